"""One incident through a whole review in Chromium: notified, selected, written, returned once, approved, printed."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, Route, expect
from pypdf import PdfReader

from jurisdictions.models import AuditEvent, Jurisdiction, User
from jurisdictions.tenancy import jurisdiction_scope
from reviews.actions.answer import Place, save_answer
from reviews.models import Answer, Review, ReviewReport
from reviews.tasks import render_reports
from tests.cast import member
from tests.pages.conftest import picture
from tests.reviews.situations import add, complete, make_review

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
Window = Callable[..., Page]


def choose(page: Page, name: str, value: str) -> None:
    """Press a radio button or a checkbox by its label, as a person does."""
    page.locator(f"label[for='id_{name}-{value}']").click()


def fill_date(page: Page, name: str, day: object) -> None:
    page.locator(f"[name='{name}-day']").fill(f"{day:%-d}")
    page.locator(f"[name='{name}-month']").select_option(f"{day:%m}")
    page.locator(f"[name='{name}-year']").fill(f"{day:%Y}")


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()


def follow(page: Page, link: str) -> None:
    page.get_by_role("link", name=re.compile(f"^{re.escape(link)}")).first.click()


def saved(page: Page, item: str) -> None:
    """The field itself says that it is saved."""
    expect(page.locator(f"[data-item={item}] .npcs-field-state")).to_contain_text("Saved", timeout=30_000)


def test_a_review_from_notification_to_the_approved_pdf(
    window: Window,
    cedar: Jurisdiction,
    reviewer: User,
    coordinator: User,
    quality_lead: User,
    director: User,
    tmp_path: Path,
) -> None:
    today = timezone.localdate()

    # The coordinator notifies, records the safety of other children, and selects.
    page = window(coordinator)
    page.goto("/")
    expect(page).to_have_url(re.compile("/j/cedar/$"))
    follow(page, "Notify an incident")
    page.locator("[name='0-incident_type']").first.wait_for(state="attached")
    choose(page, "0-incident_type", "fatality")
    fill_date(page, "0-occurred_on", today)
    fill_date(page, "0-aware_on", today)
    page.locator("[name='0-county']").fill("Cedar County")
    page.locator("[name='0-case_number']").fill("CASE-77")
    child = page.locator("[name=child]").first.input_value().split(":")[0]
    page.locator(f"[name='{child}-age_value']").fill("3")
    unit = page.locator(f"[name='{child}-age_unit']").first
    if unit.evaluate("node => node.tagName") == "SELECT":
        unit.select_option("months")
    else:
        choose(page, f"{child}-age_unit", "months")
    choose(page, f"{child}-sex", "female")
    picture(page, "journey-notify")
    press(page, "Notify this incident")
    expect(page.locator("h1")).to_contain_text(f"{today.year}-001")
    page.goto("/j/cedar/")
    follow(page, "Record it")
    choose(page, "0-other_children_in_home", "no")
    saved(page, "other_children_in_home")
    page.goto(f"/j/cedar/reviews/{today.year}-001/")
    follow(page, "Ask for the selection decision")
    press(page, "Ask for the selection decision")
    page.goto("/j/cedar/")
    follow(page, "Decide")
    page.get_by_text("Yes, select it for a review").click()
    page.locator("label[for^=id_reasons]").first.click()
    page.locator("[name=lead]").select_option(label="Reviewer (Reviewer)")
    picture(page, "journey-selection")
    press(page, "Record the decision")
    expect(page.locator("main")).to_contain_text("In review")

    # The reviewer states, types, loses the tab mid-sentence, and finds every saved word again.
    home = f"/j/cedar/reviews/{today.year}-001/"
    page = window(reviewer)
    page.goto("/j/cedar/")
    follow(page, "Make it")
    page.get_by_text("I had no part in serving this family").click()
    press(page, "Make this statement")
    page.goto(home + "parts/safety/")
    box = page.locator("textarea:visible").first
    name = box.get_attribute("name") or ""
    item = name.split("-", 1)[1]
    box.press_sequentially("The peer support team calls again after the fun", delay=15)
    saved(page, item)
    page.context.pages[0].close(run_before_unload=False)
    page = page.context.new_page()
    page.goto(home + "parts/safety/")
    expect(page.locator(f"[name='{name}']")).to_have_value("The peer support team calls again after the fun")

    # Sent incomplete: everything missing is named, and each line leads to the field itself.
    page.goto(home + "move/send_to_quality_lead/")
    missing = page.locator("section[aria-labelledby=problems-title] li")
    assert missing.count() > 10
    picture(page, "journey-missing")
    with jurisdiction_scope(cedar.pk):
        complete(Review.objects.get(), member(reviewer, cedar))
        Answer.objects.filter(item="staff_support").delete()
    page.reload()
    expect(missing).to_have_count(1)
    missing.locator("a").click()
    expect(page).to_have_url(re.compile("parts/safety/#id_0-staff_support"))
    expect(page.locator("[data-item=staff_support] :focus")).to_have_count(1)
    page.locator("label[for^='id_0-staff_support-']").first.click()
    saved(page, "staff_support")
    page.goto(home + "move/send_to_quality_lead/")
    expect(missing).to_have_count(0)
    press(page, "Send to quality lead")
    expect(page.locator("main")).to_contain_text("With the quality lead")

    # The quality lead reads the whole, leaves a remark, returns it; the team settles it and sends again.
    reader = window(quality_lead)
    reader.goto("/j/cedar/")
    follow(reader, "Read")
    reader.get_by_text("Leave a remark on Timeline").click()
    reader.locator("#remark-timeline").fill("Which record says so?")
    press(reader, "Leave this remark")
    picture(reader, "journey-read")
    follow(reader, "Return to the team")
    press(reader, "Return to the team")
    page.goto("/j/cedar/")
    follow(page, "Open")
    follow(page, "Timeline")
    expect(page.locator("main")).to_contain_text("Which record says so?")
    page.get_by_role("button", name="This is settled").click()
    page.goto(home + "move/send_to_quality_lead/")
    press(page, "Send to quality lead")
    reader.goto(home + "move/send_to_director/")
    press(reader, "Send to director")

    # The director reads the same page and approves; the review report no longer says draft.
    chief = window(director)
    chief.goto("/j/cedar/")
    follow(chief, "Read")
    follow(chief, "Approve this review")
    press(chief, "Approve this review")
    chief.goto(home)
    expect(chief.locator("main")).to_contain_text("Approved")
    chief.goto(home + "report/")
    press(chief, "Make the review report (PDF)")
    with jurisdiction_scope(cedar.pk):
        asked = ReviewReport.objects.get()
    assert render_reports(asked.jurisdiction_id) == 1
    chief.reload()
    picture(chief, "journey-report")
    with chief.expect_download() as download:
        chief.get_by_role("link", name=re.compile("Get the review report")).click()
    file = tmp_path / "report.pdf"
    download.value.save_as(file)
    text = "".join(page.extract_text() for page in PdfReader(file).pages)
    assert "DRAFT" not in text.upper()
    assert "CASE-77" not in text
    with jurisdiction_scope(cedar.pk):
        kinds = set(AuditEvent.objects.values_list("kind", flat=True))
    assert {"review.approve", "review.read_whole", "review.answered"} <= kinds


def test_two_browsers_on_one_field(
    window: Window, cedar: Jurisdiction, reviewer: User, coordinator: User
) -> None:
    with jurisdiction_scope(cedar.pk):
        lead = member(reviewer, cedar)
        make_review(cedar, member(coordinator, cedar), lead=lead)
    first, second = window(reviewer), window(reviewer)
    for page in (first, second):
        page.goto("/j/cedar/reviews/2026-001/parts/safety/")
    box = "textarea:visible >> nth=0"
    item = first.locator(box).evaluate("node => node.closest('[data-item]').dataset.item")
    first.locator(box).fill("The aunt has the number to call.")
    saved(first, item)
    second.locator(box).fill("The aunt was called on Monday.")
    clash = second.locator(f"[data-item={item}] .npcs-conflict, .npcs-conflict").first
    expect(clash).to_contain_text("Both of you changed", timeout=30_000)
    expect(clash).to_contain_text("has the number")
    picture(second, "journey-conflict")
    assert Axe().run(second).response["violations"] == []
    clash.get_by_role("button", name="Keep mine").click()
    saved(second, item)
    with jurisdiction_scope(cedar.pk):
        assert Answer.objects.get(item=item).value == "The aunt was called on Monday."


def test_signed_out_in_the_middle_loses_nothing(
    window: Window, cedar: Jurisdiction, reviewer: User, coordinator: User
) -> None:
    with jurisdiction_scope(cedar.pk):
        lead = member(reviewer, cedar)
        make_review(cedar, member(coordinator, cedar), lead=lead)
    page = window(reviewer)
    page.goto("/j/cedar/reviews/2026-001/parts/safety/")
    kept = [cookie for cookie in page.context.cookies() if cookie["name"] == settings.SESSION_COOKIE_NAME]
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    box = page.locator("textarea:visible").first
    box.fill("Seen by the on-call worker.")
    expect(page.get_by_text("You are signed out.", exact=True)).to_be_visible(timeout=30_000)
    picture(page, "journey-signed-out")
    page.context.add_cookies(kept)  # signed in again in another tab
    page.get_by_role("button", name="Try saving again").click()
    expect(page.locator("[data-save-state]").first).to_contain_text("Saved", timeout=30_000)
    expect(box).to_have_value("Seen by the on-call worker.")


def test_without_javascript_a_part_is_saved_by_its_button(
    window: Window, cedar: Jurisdiction, reviewer: User, coordinator: User
) -> None:
    with jurisdiction_scope(cedar.pk):
        lead = member(reviewer, cedar)
        make_review(cedar, member(coordinator, cedar), lead=lead)
    page = window(reviewer, javascript=False)
    page.goto("/j/cedar/reviews/2026-001/parts/safety/")
    page.locator("textarea:visible").first.fill("Seen.")
    press(page, "Save and go to Records")
    expect(page).to_have_url(re.compile("parts/records/"))
    expect(page.locator("main")).to_contain_text("Saved.")


def test_without_javascript_no_button_of_an_entry_loses_what_was_typed(
    window: Window, cedar: Jurisdiction, reviewer: User, coordinator: User
) -> None:
    with jurisdiction_scope(cedar.pk):
        lead = member(reviewer, cedar)
        review = make_review(cedar, member(coordinator, cedar), lead=lead)
        need = add(review, lead, "needs", need_statement="A safe place to sleep.", need_met="unmet")
    page = window(reviewer, javascript=False)
    address = f"/j/cedar/reviews/2026-001/entries/{need.pk}/"
    page.goto(address)
    box = page.locator(f"[name='{need.pk}-need_statement']")
    box.fill("A crib, and someone at night.")

    # Somebody else is quicker: both texts come back, and the button has done nothing yet.
    with jurisdiction_scope(cedar.pk):
        place = Place(review, need.pk, "need_statement")
        save_answer(place, value="A warm room.", missing="", version=1, by=lead)
    press(page, "Make this an improvement opportunity")
    expect(page.locator("main")).to_contain_text("has done nothing yet")
    expect(page.locator(".npcs-conflict")).to_contain_text("A warm room.")
    expect(box).to_have_value("A crib, and someone at night.")
    press(page, "Keep mine")
    press(page, "Make this an improvement opportunity")
    expect(page.locator("main")).to_contain_text("now an improvement opportunity")
    expect(page.locator("textarea[name$=opportunity_need]")).to_have_value("A crib, and someone at night.")

    page.goto(address)
    page.locator("textarea[name$=need_received]").first.fill("A class on weekday mornings.")
    press(page, "Remove this need")
    page.get_by_text("Removed (1)").click()
    page.get_by_role("button", name="Bring it back").click()
    page.goto(address)
    expect(page.locator("textarea[name$=need_received]").first).to_have_value("A class on weekday mornings.")

    # Enter in a one-line field saves and stays; it presses none of the other buttons.
    page.goto(re.sub("entries/.*", "parts/opportunities/", address))
    page.locator(".npcs-entries a").click()
    title = page.locator("input.usa-input[name$=opportunity_title]")
    title.fill("Someone at night")
    title.press("Enter")
    expect(page.locator("main")).to_contain_text("Saved.")
    expect(title).to_have_value("Someone at night")


def test_what_was_answered_before_the_page_was_ready_is_saved_too(
    window: Window, cedar: Jurisdiction, reviewer: User, coordinator: User
) -> None:
    with jurisdiction_scope(cedar.pk):
        make_review(cedar, member(coordinator, cedar), lead=member(reviewer, cedar))
    page = window(reviewer)
    held: list[Route] = []
    page.route("**/autosave*.js", lambda route: held.append(route))
    page.goto("/j/cedar/reviews/2026-001/parts/safety/", wait_until="commit")
    choose(page, "0-other_children_in_home", "no")
    assert held
    for script in held:
        script.continue_()
    saved(page, "other_children_in_home")
