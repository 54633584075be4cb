# Sourced by the scripts beside this folder. Finds a Python, builds the environment, installs what
# one requirements file names, and leaves its interpreter in $python. POSIX sh; what it says goes to
# standard error, so that the output of a command stays clean.
#
#   PYTHON=/path/to/python3.13   the interpreter to build with (else one is looked for)
#   NPCS_VENV=/path/to/venv      where the environment lies (else .venv in the project)

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
venv=${NPCS_VENV:-$root/.venv}
case $venv in /*) ;; *) venv=$PWD/$venv ;; esac
python=$venv/bin/python
uv=''
# The machine's own certificates: in a cleaned environment uv would otherwise trust only its own.
export UV_SYSTEM_CERTS=1 PIP_DISABLE_PIP_VERSION_CHECK=1

say() { printf '%s\n' "$*" >&2; }

give_up() {
    say "$@"
    exit 1
}

# Show what a command said only if it failed, without pip's remarks on folders it does not find.
quietly() {
    output=$(mktemp)
    status=0
    "$@" >"$output" 2>&1 </dev/null || status=$?
    [ "$status" = 0 ] || grep -v 'is ignored' "$output" >&2 || true
    rm -f "$output"
    return "$status"
}

# Run each candidate: a version manager's shim exists for versions that are not there.
is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1 </dev/null
}

can_build() {
    "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1 </dev/null
}

find_python() {
    versions=${PYENV_ROOT:-${HOME:-}/.pyenv}/versions
    for candidate in "${PYTHON:-}" python3.13 python3.14 python3.12 python3 python \
        "$versions"/3.13*/bin/python3 "$versions"/3.14*/bin/python3 "$versions"/3.12*/bin/python3 \
        /opt/homebrew/bin/python3.1[234]; do
        if [ -n "$candidate" ] && can_build "$candidate"; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return 0
        fi
    done
    return 1
}

# Any Python with pip can bring uv, and uv can fetch a Python.
find_uv() {
    uv=$(command -v uv 2>/dev/null) && return 0
    for candidate in python3 python; do
        if quietly "$candidate" -m venv "$venv.uv" &&
            quietly "$venv.uv/bin/python" -m pip install --require-hashes -r "$root/script/lib/uv.txt"; then
            uv=$venv.uv/bin/uv
            return 0
        fi
    done 2>/dev/null
    return 1
}

build_environment() {
    if [ -e "$venv" ] && [ ! -f "$venv/pyvenv.cfg" ] && ! rmdir "$venv" 2>/dev/null; then
        give_up "$venv is there, but it is no Python environment. Move it away, or set NPCS_VENV to another folder."
    fi
    rm -rf "$venv"
    if found=$(find_python); then
        say "Building $venv with $("$found" -V 2>&1) …"
        quietly "$found" -m venv "$venv" || give_up "The environment could not be built in $venv."
    else
        say "No Python 3.12 or newer on this machine; asking uv for one …"
        if ! find_uv || ! quietly "$uv" venv --quiet --no-project --python '>=3.12,<3.14' "$venv"; then
            rm -rf "$venv" "$venv.uv"
            give_up "NPCS needs Python 3.12 or newer with its venv module, and could not fetch one." \
                "Install it (Debian or Ubuntu: apt-get install python3 python3-venv; macOS: brew install python@3.13)," \
                "or say where it is: PYTHON=/path/to/python3.13 $0"
        fi
    fi
}

install_requirements() {
    if [ -x "$venv/bin/uv" ]; then
        uv=$venv/bin/uv
    elif [ -n "$uv" ]; then
        quietly "$uv" pip install --quiet --python "$python" --require-hashes -r "$root/script/lib/uv.txt" ||
            give_up "uv could not be installed; see the lines above."
        uv=$venv/bin/uv
    else
        quietly "$python" -m pip install --quiet --require-hashes -r "$root/script/lib/uv.txt" ||
            give_up "uv could not be installed; see the lines above."
        uv=$venv/bin/uv
    fi
    say "Installing what requirements/$1.txt names …"
    quietly "$uv" pip install --quiet --python "$python" --require-hashes -r "$root/requirements/$1.txt" ||
        give_up "The packages of requirements/$1.txt could not be installed; see the lines above."
    rm -rf "$venv.uv"
    cp "$root/requirements/$1.txt" "$venv/.npcs-$1.txt"
}

is_installed() {
    cmp -s "$root/requirements/$1.txt" "$venv/.npcs-$1.txt" && is_new_enough "$python"
}

# Two scripts started at once must not build the same folder.
lock() {
    mkdir -p "$(dirname -- "$venv")"
    if command -v flock >/dev/null 2>&1; then
        exec 9>"$venv.lock"
        flock -n 9 && return
        say "Another script is setting up $venv; waiting for it …"
        flock 9
        return
    fi
    told=''
    until mkdir "$venv.lock.d" 2>/dev/null; do
        holder=$(cat "$venv.lock.d/pid" 2>/dev/null || true)
        if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then
            rm -rf "$venv.lock.d"
            continue
        fi
        [ -n "$told" ] || say "Another script is setting up $venv; waiting for it …"
        told=yes
        sleep 1
    done
    echo $$ >"$venv.lock.d/pid"
    trap 'rm -rf "$venv.lock.d"' EXIT
}

unlock() {
    if command -v flock >/dev/null 2>&1; then
        exec 9>&-
    else
        rm -rf "$venv.lock.d"
        trap - EXIT
    fi
}

# set_up demo | test
set_up() {
    is_installed "$1" && return
    lock
    if ! is_installed "$1"; then
        if ! is_new_enough "$python" || ! { [ -x "$venv/bin/uv" ] || quietly "$python" -m pip --version; }; then
            build_environment
        fi
        install_requirements "$1"
    fi
    unlock
}
