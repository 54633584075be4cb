"""What comes from the machine's own packages: WeasyPrint's libraries and the browser of the tests."""

import argparse
import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable

# The file WeasyPrint loads, and the Debian package that brings it.
PDF_LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
MAC_LIBRARIES = {"libpango-1.0.dylib": "pango", "libharfbuzz-subset.dylib": "harfbuzz"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A cleaned PATH lacks the folders in which dpkg looks for its tools.
SYSTEM_PATH = ":/usr/local/sbin:/usr/sbin:/sbin"


def _can_load(library: str) -> bool:
    for place in ("", "/opt/homebrew/lib/", "/usr/local/lib/") if sys.platform == "darwin" else ("",):
        try:
            ctypes.CDLL(place + library)
        except OSError:
            continue
        return True
    return False


def missing_pdf_packages() -> list[str]:
    """The packages that WeasyPrint needs and this machine lacks."""
    libraries = MAC_LIBRARIES if sys.platform == "darwin" else PDF_LIBRARIES
    return [package for library, package in libraries.items() if not _can_load(library)]


def find_browser() -> str:
    """The Chromium the browser tests drive; empty when there is none. NPCS_CHROMIUM names another."""
    if given := os.environ.get("NPCS_CHROMIUM"):
        return given
    return next((found for name in BROWSERS if (found := shutil.which(name))), "")


def install(packages: list[str], say: Callable[[str], None]) -> bool:
    """Install Debian packages when this is root on Debian or its kin; whether that worked."""
    apt = shutil.which("apt-get")
    if os.geteuid() != 0 or apt is None:
        return False
    say(f"installing {' '.join(packages)} from the system's packages …")
    path = os.environ.get("PATH", os.defpath) + SYSTEM_PATH
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "PATH": path}
    ask = [apt, "install", "-y", "-qq", "--no-install-recommends", *packages]
    for command in (ask, [apt, "update", "-qq"], ask):  # most often the lists are there already
        result = subprocess.run(
            command, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        if command is ask and result.returncode == 0:
            return True
    say(f"that did not work: {(result.stderr.strip().splitlines() or ['no reason given'])[-1]}")
    return False


def ensure_pdf_libraries(say: Callable[[str], None]) -> None:
    """Install WeasyPrint's libraries, or name them: everything but the PDF works without."""
    missing = missing_pdf_packages()
    if not missing or (install(missing, say) and not missing_pdf_packages()):
        return
    how = "brew install" if sys.platform == "darwin" else "apt-get install"
    say(f"PDFs need system libraries that are missing. As an administrator: {how} {' '.join(missing)}")


def ensure_browser(say: Callable[[str], None]) -> None:
    """Install Chromium, or say that the browser tests will be skipped."""
    if find_browser() or (install(["chromium"], say) and find_browser()):
        return
    say(
        "no Chromium here, so browser tests are skipped. As an administrator: apt-get install chromium; "
        "or set NPCS_CHROMIUM=/path/to/chromium"
    )


def main(arguments: list[str]) -> int:
    """`launcher system [--pdf] [--browser]`."""
    parser = argparse.ArgumentParser(prog="launcher system", description=__doc__)
    parser.add_argument("--pdf", action="store_true", help="WeasyPrint's libraries")
    parser.add_argument("--browser", action="store_true", help="the browser of the tests")
    options = parser.parse_args(arguments)

    def say(sentence: str) -> None:
        print(sentence, file=sys.stderr, flush=True)

    if options.pdf:
        ensure_pdf_libraries(say)
    if options.browser:
        ensure_browser(say)
    return 0
