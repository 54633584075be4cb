"""What every walk through the pages of an import does."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from jurisdictions.models import Jurisdiction
from reviews import tasks
from tests.pages.conftest import WIDTHS, picture


def looked_at(page: Page, name: str) -> None:
    """At both widths nothing runs out of sight, and axe finds nothing."""
    for width in WIDTHS:
        page.set_viewport_size(dict(zip(("width", "height"), WIDTHS[width], strict=True)))  # type: ignore[arg-type]
        picture(page, f"{name}-{width}")
        across = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert across <= 0, name
    assert [one["id"] for one in Axe().run(page).response["violations"]] == [], name


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button).click()


def follow(page: Page, link: str) -> None:
    page.get_by_role("link", name=link).first.click()


def worked(page: Page, agency: Jurisdiction) -> str:
    tasks.run_imports(agency.pk)
    counts = page.locator(".npcs-counts")
    expect(counts).to_be_visible(timeout=30_000)
    return " ".join(counts.inner_text().split())


def brought(page: Page, file: Path, agency: Jurisdiction, *, rows: int) -> None:
    """Bring a file of incidents, and go to its columns once a worker has looked at it."""
    page.goto("/j/cedar/imports/")
    follow(page, "Bring in a file")
    page.set_input_files("#id_file", file)
    press(page, "Upload and look at it")
    tasks.unpack_uploads(agency.pk)
    expect(page.get_by_text(f"{rows:,} rows below the column headings")).to_be_visible(timeout=20_000)
    follow(page, "Say what the columns mean")


def tried(page: Page, agency: Jurisdiction) -> str:
    """Go from the columns through codes and dates to the trial; its counts."""
    press(page, "Next: codes and dates")
    press(page, "Try it")
    return worked(page, agency)
