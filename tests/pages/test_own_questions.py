"""An agency's own questions from the first to the release: by keyboard, without JavaScript, both widths, with axe."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from dictionary.models import OwnEdition
from jurisdictions.models import Jurisdiction, User
from jurisdictions.tenancy import jurisdiction_scope
from tests.cast import member
from tests.dictionary.own_questions import question, released
from tests.pages.conftest import picture
from tests.reviews.situations import make_review

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
DICTIONARY = Path(__file__).parents[1] / "dictionary" / "redcap" / "case_review.csv"
LIST = "/j/cedar/questions/"


def looked_at(page: Page, name: str) -> None:
    picture(page, name)
    assert [one["id"] for one in Axe().run(page).response["violations"]] == [], name
    across = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert across <= 0, name


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_from_the_first_question_to_the_release_without_javascript(
    window: Callable[..., Page], cedar: Jurisdiction, administrator: User, width: str
) -> None:
    plain, page = (window(administrator, width=width, javascript=script) for script in (False, True))
    page.goto(LIST)
    looked_at(page, f"own-none-{width}")
    plain.goto(LIST)
    plain.get_by_role("button", name="Begin a draft").click()
    plain.get_by_role("link", name="Add a question").click()
    plain.get_by_role("button", name="Save the question", exact=True).last.click()
    page.goto(f"{LIST}draft/add/")
    page.get_by_role("button", name="Save the question", exact=True).last.click()
    assert page.evaluate("document.activeElement.className") == "npcs-summary"
    looked_at(page, f"own-errors-{width}")
    plain.get_by_label("Question", exact=True).fill("Which program served the family?")
    plain.get_by_label("Where it is asked").select_option("household")
    plain.get_by_label("One answer from a list").check()
    plain.get_by_label("Answers to choose from").fill("fsp, Family support\nHome visits")
    plain.get_by_label("Sensitive:").check()
    plain.get_by_role("button", name="Save and add another").click()
    plain.get_by_label("Question", exact=True).fill("How many visits?")
    plain.get_by_label("Where it is asked").select_option("household")
    plain.get_by_label("Whole number").check()
    plain.get_by_label("Open:").check()
    plain.get_by_label("Show it").select_option(label="Only if answered: Which program served the family?")
    plain.get_by_label("Only for this answer").fill("family support")
    plain.get_by_role("button", name="Save the question", exact=True).last.click()
    plain.get_by_role("link", name="Bring in a file").click()
    plain.get_by_label("File", exact=True).set_input_files(DICTIONARY)
    plain.get_by_role("button", name="Read the file").click()
    page.goto(plain.url)
    looked_at(page, f"own-file-{width}")
    plain.get_by_role("button", name="Take over what is ticked").click()
    page.goto(plain.url)
    looked_at(page, f"own-draft-{width}")
    plain.get_by_role("link", name="See the difference and release").click()
    page.goto(plain.url)
    looked_at(page, f"own-release-{width}")
    plain.get_by_role("button", name="Release as own questions 1").click()
    page.goto(plain.url)
    looked_at(page, f"own-list-{width}")
    page.get_by_role("rowheader").get_by_role("link").click()
    looked_at(page, f"own-edition-{width}")
    with jurisdiction_scope(cedar.pk):
        assert len(OwnEdition.objects.get().questions) > 5


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_the_preview_shows_and_hides_as_a_review_does(
    window: Callable[..., Page], cedar: Jurisdiction, administrator: User, reviewer: User, width: str
) -> None:
    with jurisdiction_scope(cedar.pk):
        chief, lead = member(administrator, cedar), member(reviewer, cedar)
        later = question("own_late", label="How late?", type="integer", when={"=": ["own_shift", "night"]})
        make_review(cedar, lead, lead=lead, own_edition=released(chief, question(), later))
    page, review = window(administrator, width=width), window(reviewer, width=width)
    page.goto(LIST)
    page.get_by_role("button", name="Change them in a draft").click()
    page.get_by_role("link", name="See it as people will").click()
    review.goto("/j/cedar/reviews/2026-001/parts/own_questions/")
    for shown in (page, review):
        assert not shown.get_by_label("How late?").is_visible()
        shown.get_by_label("Night", exact=True).check()
        assert shown.get_by_label("How late?").is_visible()
    looked_at(page, f"own-preview-{width}")
    looked_at(review, f"own-part-{width}")


def test_a_question_is_added_by_keyboard_alone(
    window: Callable[..., Page], cedar: Jurisdiction, administrator: User
) -> None:
    page = window(administrator)
    page.goto(LIST)
    press_on(page, "Begin a draft")
    press_on(page, "Add a question")
    to(page, "id_label")
    page.keyboard.type("Who called?")
    to(page, "id_type_0")
    page.keyboard.press("ArrowDown")
    to(page, "id_privacy_0")
    page.keyboard.press("Space")
    press_on(page, "Save the question")
    page.get_by_role("link", name="Who called?").wait_for()
    press_on(page, "See the difference and release")
    press_on(page, "Release as own questions 1")
    page.get_by_text("Own questions 1 are released.").wait_for()


def to(page: Page, control: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == control:
            return
    raise AssertionError(control)


def press_on(page: Page, words: str) -> None:
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == words:
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(words)
