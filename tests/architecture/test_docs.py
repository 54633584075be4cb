"""The docs say what is there: generated pages are current, every part is named, links lead somewhere, words hold."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command, get_commands

from npcs import diagrams, docs
from reviews.models import Review
from reviews.rules.moves import MOVES

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
DECISIONS = sorted(page for page in (DOCS / "adr").glob("*.md") if page.name != "README.md")
OUR_APPS = ("npcs", "reviews", "dictionary", "inbox", "jurisdictions")
OPERATIONS = (DOCS / "operations.md").read_text()
README = (ROOT / "README.md").read_text()


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


# -- Written by the code ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", docs.pages())
def test_a_generated_page_is_current(name: str) -> None:
    assert (DOCS / name).read_text() == docs.pages()[name], "run script/manage write_docs"


def test_the_command_writes_once_and_finds_what_is_stale(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"permissions\.md"):
        call_command("write_docs", check=True, into=tmp_path)
    assert not list(tmp_path.iterdir())
    call_command("write_docs", into=tmp_path)
    call_command("write_docs", check=True, into=tmp_path)
    page = tmp_path / docs.PERMISSIONS
    page.write_text(page.read_text() + "by hand\n")
    with pytest.raises(CommandError, match=r"Stale: permissions\.md\."):
        call_command("write_docs", check=True, into=tmp_path)


def test_the_picture_shows_every_state_and_move_and_claims_no_other() -> None:
    picture = diagrams.review_states()
    for state in Review.State:
        assert f">{state.label}</text>" in picture
    for move in MOVES.values():
        assert picture.count(f">{move.label}</text>") >= len(move.begins)
    assert set(diagrams.WAYS) == {(begin, move.action) for move in MOVES.values() for begin in move.begins}


def test_a_move_without_a_place_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(diagrams.WAYS, (Review.State.WITH_DIRECTOR, "approve"))
    with pytest.raises(diagrams.NoPlace, match="Approve this review"):
        diagrams.review_states()


def test_every_address_of_ours_tells_its_methods() -> None:
    for line in docs.permissions_page().splitlines():
        if line.startswith(("| `/j/", "| `/partnership/")):
            assert re.search(r"\| (GET|POST|GET, POST) \|", line), line


# -- Every part is named ----------------------------------------------------------------------------


@pytest.mark.parametrize("app", OUR_APPS)
def test_every_app_is_described(app: str) -> None:
    assert f"| `{app}` |" in (DOCS / "architecture.md").read_text()
    assert f"| `{app}/` |" in README


def test_every_folder_stands_in_the_readme() -> None:
    folders = {
        path.name
        for path in ROOT.iterdir()
        if path.is_dir() and (path.name[0] != "." and "var" not in path.name)
    } - {"staticfiles", "test-results", "htmlcov", "secrets", "__pycache__"}
    assert {folder for folder in folders if f"`{folder}/" not in README} == set()


@pytest.mark.parametrize(
    "script", sorted(path.name for path in (ROOT / "script").iterdir() if path.is_file())
)
def test_every_script_is_described(script: str) -> None:
    assert f"script/{script}" in README


def test_every_setting_stands_in_the_table_and_no_other() -> None:
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "npcs" / "settings.py").read_text()))
    table = OPERATIONS.partition("## Settings")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.M)) == read


def test_every_variable_of_the_scripts_is_named() -> None:
    text = "".join(path.read_text() for path in (ROOT / "launcher").glob("*.py"))
    text += (ROOT / "script" / "lib" / "setup.sh").read_text()
    # Handed from the launcher to the tests; nobody sets it by hand. NPCS_MODE is a setting.
    for name in set(re.findall(r"NPCS_[A-Z]+(?:_[A-Z]+)*", text)) - {"NPCS_TEST_SUPERUSER_URL", "NPCS_MODE"}:
        assert f"`{name}`" in README, name


def test_every_command_is_described() -> None:
    ours = {name for name, app in get_commands().items() if app in OUR_APPS}
    table = OPERATIONS.partition("## Commands")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)", table, re.M)) == ours


def test_every_decision_is_one_page_with_its_drawbacks_and_stands_in_the_list() -> None:
    listed = (DOCS / "adr" / "README.md").read_text()
    numbers = [int(page.name[:4]) for page in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))
    for page in DECISIONS:
        text = page.read_text()
        assert re.match(rf"# {int(page.name[:4])}\. .+\n\nDecided on .+\. Look again: .+\.\n", text), (
            page.name
        )
        assert re.findall(r"^## (.+)$", text, re.M) == ["Context", "Decision", "Drawbacks"], page.name
        assert len(text.splitlines()) <= 60, page.name
        assert f"({page.name})" in listed


# -- Links ------------------------------------------------------------------------------------------


def links() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
            if "://" not in target:
                yield page, target


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(
    ("page", "target"), list(links()), ids=lambda value: getattr(value, "name", str(value))
)
def test_a_link_leads_somewhere(page: Path, target: str) -> None:
    path, _, anchor = target.partition("#")
    found = (page.parent / path).resolve() if path else page
    assert found.exists(), f"{named(page)} links to {target}"
    if anchor:
        assert anchor in anchors(found)


def test_every_page_is_reached_from_the_readme() -> None:
    reached, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        ahead += [(page.parent / target.partition("#")[0]).resolve() for at, target in links() if at == page]
    assert set(PAGES) - reached == set()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_code_that_a_page_names_is_there(page: Path) -> None:
    """Paths in backquotes that begin with a folder of ours."""
    for path in re.findall(
        r"`((?:npcs|reviews|dictionary|inbox|jurisdictions|tests|static|docker|script|examples|"
        r"launcher|templates|requirements)/[\w./-]+)`",
        page.read_text(),
    ):
        assert (ROOT / path).exists(), f"{named(page)} names {path}"


# -- Words ------------------------------------------------------------------------------------------

GLOSSARY = (DOCS / "glossary.md").read_text()
BASES = ("public source: ", "recalled", "ours", "trade", "django-guardian")


def terms() -> list[tuple[str, str]]:
    told = GLOSSARY.partition("## Words that we do not use")[0]
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| ([^|]+) \|$", told, re.M)
    return [(term, basis) for term, basis in rows if term not in {"Term", "---"}]


def what_people_read() -> dict[str, str]:
    """The words of pages, mails and dictionary, by file; template tags and comments left out."""
    read = {}
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]:
        text = re.sub(r"\{% comment %\}.*?\{% endcomment %\}", "", path.read_text(), flags=re.S)
        strings = " ".join(re.findall(r'=\s?"([^"{}]*)"', text))  # titles and labels given to components
        read[named(path)] = re.sub(r"\{[%{#].*?[%}#]\}|<[^>]+>", " ", text, flags=re.S) + " " + strings
    for path in sorted((ROOT / "dictionary" / "editions").rglob("*.yaml")):
        read[named(path)] = "\n".join(said(yaml.safe_load(path.read_text())))
    return read


def said(document: object, key: str = "") -> Iterator[str]:
    """Every text of a document but keys, codes and where it comes from."""
    if isinstance(document, dict):
        for name, value in document.items():
            if name not in {"basis", "key", "code", "section", "part", "when"}:
                yield from said(value, str(name))
    elif isinstance(document, list):
        for value in document:
            yield from said(value, key)
    elif isinstance(document, str):
        yield document


# Our own sentences only: what the demo's invented people wrote is theirs.
FORBIDDEN = {
    "finding": r"\bfindings?\b",
    "fault": r"\bfaults?\b",
    "screening": r"\bscreening\b",
    "victim": r"\bvictims?\b",
    "perpetrator": r"\bperpetrators?\b",
    "root cause": r"\broot causes?\b",
    # The agency's number, an open case of CPS and a case of the police are called so; a child never is.
    "case": r"(?<!police )(?<!open )(?<!in )\bcases?\b(?! (?:numbers?|management|content))",
}


@pytest.mark.parametrize("word", FORBIDDEN)
def test_pages_and_dictionary_avoid_a_word(word: str) -> None:
    met = [
        f"{path}: …{text[max(0, hit.start() - 40) : hit.end() + 20]}…"
        for path, text in what_people_read().items()
        for hit in re.finditer(FORBIDDEN[word], text, re.I)
    ]
    assert met == []


def test_the_glossary_says_where_each_word_comes_from() -> None:
    assert len(terms()) > 50
    for term, basis in terms():
        assert basis.startswith(BASES), f"{term}: {basis}"


def test_no_term_stands_twice() -> None:
    names = [term.lower() for term, _ in terms()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("term", [term for term, _ in terms()])
def test_a_term_of_the_glossary_is_used(term: str) -> None:
    """In what people read, or in the code: a word that nobody uses needs no explanation."""
    sources = [
        path for app in OUR_APPS for path in (ROOT / app).rglob("*.*") if path.suffix in {".py", ".yaml"}
    ]
    code = "\n".join(path.read_text().lower() for path in sources if "migrations" not in path.parts)
    everything = "\n".join(what_people_read().values()).lower() + code
    for word in term.lower().split(", "):
        assert re.search(rf"\b{re.escape(word).replace('y', '(?:y|ies)')}", everything), word
