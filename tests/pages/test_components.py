"""The components in a real browser: saving, two editors, a lost server, a paste from Word, the keyboard."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Route, expect

from tests.pages import samples
from tests.pages.desk import SITE, Desk


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return samples.all_pages()


@pytest.fixture
def desk(chromium: Browser, pages: dict[str, str]) -> Iterator[Desk]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=SITE)
    context.add_cookies([{"name": "csrftoken", "value": "fresh-token", "url": SITE}])
    desk = Desk(context.new_page(), pages)
    yield desk
    assert desk.problems == []
    desk.page.unroute_all(behavior="ignoreErrors")
    context.close()


def test_typing_is_saved_within_three_seconds(desk: Desk) -> None:
    desk.open()
    box = desk.field("need_received").get_by_role("textbox")
    box.press("Control+End")
    box.press_sequentially(" And a night nurse.", delay=20)
    expect(desk.state("need_received")).to_have_text("Saved 10:42", timeout=3000)
    expect(desk.page.locator("[data-save-state]").first).to_have_text("Saved 10:42")
    assert desk.sent == [
        {
            "item": "need_received",
            "entry": 7,
            "version": 1,
            "value": "A parenting class on weekday mornings. And a night nurse.",
            "missing": "",
        }
    ]
    assert desk.field("need_received").locator("[name='v-7-need_received']").input_value() == "2"


def test_typing_without_a_pause_is_saved_all_the_same(desk: Desk) -> None:
    desk.open()
    desk.field("need_received").get_by_role("textbox").press_sequentially("a" * 45, delay=90)
    assert desk.sent, "more than three seconds of typing, and nothing was sent"


def test_one_request_at_a_time_and_the_next_carries_the_new_version(desk: Desk) -> None:
    desk.open()
    box = desk.field("need_received").get_by_role("textbox")
    box.fill("first")
    expect(desk.state("need_received")).to_have_text("Saved 10:42")
    box.fill("second")
    desk.page.wait_for_timeout(1300)
    assert [(body["value"], body["version"]) for body in desk.sent] == [("first", 1), ("second", 2)]


def test_every_type_sends_its_value(desk: Desk) -> None:
    desk.open()
    desk.field("children_in_home").get_by_role("textbox").fill("3")
    desk.field("need_met").get_by_label("Not met").check()
    desk.field("opportunity_partners").get_by_label("Police").check()
    desk.field("need_sources").get_by_label("about Jan 2026").check()
    desk.field("county").get_by_label("County where it happened").first.select_option("c3")
    desk.field("factor_teamwork").get_by_label("Not enough information").check()
    desk.field("aware_on").get_by_label("Day").fill("2026-02-28")
    desk.field("event_on").get_by_label("Time").fill("15:05")
    desk.field("need_view").get_by_label("The family’s own view").first.fill("They asked twice.")
    desk.page.locator("h1").click()
    expect(desk.page.locator("[data-save-state]").first).to_have_text("Saved 10:42")
    values = {body["item"]: (body["value"], body["missing"]) for body in desk.sent}
    assert values == {
        "children_in_home": ("3", ""),
        "need_met": ("unmet", ""),
        "opportunity_partners": (["school", "police"], ""),
        "need_sources": (["41", "42"], ""),
        "county": ("c3", ""),
        "factor_teamwork": (None, "unknown"),
        "aware_on": ("2026-02-28", ""),
        "event_on": ({"date": "2026-03-02", "precision": "exact", "time": "15:05"}, ""),
        "need_view": ("They asked twice.", ""),
    }


def test_words_typed_before_the_editor_came_are_kept_and_saved(desk: Desk) -> None:
    held: list[Route] = []
    desk.page.route("**/editor.js", lambda route: held.append(route))
    desk.page.goto(f"{SITE}/part", wait_until="commit")
    desk.field("history_account").locator("textarea").fill(
        "One visit.\nTold:\n• once\n• twice\n\n1. Then none."
    )
    assert held
    held[0].fallback()
    expect(desk.state("history_account")).to_have_text("Saved 10:42")
    assert [body["value"] for body in desk.sent] == [
        "<p>One visit.<br>Told:</p><ul><li>once</li><li>twice</li></ul><ol><li>Then none.</li></ol>"
    ]
    expect(desk.field("history_account").get_by_role("textbox")).to_be_focused()


def test_a_date_waits_until_it_is_whole(desk: Desk) -> None:
    desk.open()
    field = desk.field("aware_on")
    field.get_by_label("Month").select_option("")
    desk.page.locator("h1").click()
    expect(desk.state("aware_on")).to_have_text("Not saved yet: give the month too.", timeout=3000)
    field.get_by_label("Month").select_option("04")
    expect(desk.state("aware_on")).to_have_text("Saved 10:42", timeout=3000)
    assert [body["value"] for body in desk.sent] == ["2026-04-03"]


def test_a_question_appears_with_the_answer_that_leads_to_it(desk: Desk) -> None:
    desk.open()
    gap = desk.field("need_gap")
    expect(gap).to_be_visible()
    desk.field("need_met").get_by_role("radio", name="Met", exact=False).first.check()
    expect(gap).to_be_hidden()
    desk.field("need_met").get_by_label("Not met").check()
    expect(gap).to_be_visible()
    desk.field("need_met").get_by_role("button", name="Clear the answer").click()
    expect(gap).to_be_hidden()


def test_what_the_server_refuses_is_said_in_its_words(desk: Desk) -> None:
    desk.answer = lambda body: (422, {"errors": ["Give a whole number in figures, for example 3."]})
    desk.open()
    box = desk.field("children_in_home").get_by_role("textbox")
    box.fill("many")
    expect(desk.field("children_in_home").locator("[data-errors]")).to_contain_text("Give a whole number")
    assert box.get_attribute("aria-invalid") == "true"
    desk.answer = desk.saved
    box.fill("4")
    expect(desk.state("children_in_home")).to_have_text("Saved 10:42", timeout=3000)
    assert box.get_attribute("aria-invalid") is None


def _conflict(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    if body["version"] < 9:
        theirs = {"value": "An evening class.", "missing": "", "html": "An <ins>evening</ins> class."}
        mine = {"html": "<mark>Mine</mark><script>alert(1)</script>"}
        return 409, {"version": 9, "by": "Dana", "at": "10:42", "theirs": theirs, "yours": mine}
    return 200, {"version": 10, "saved_at": "10:43", "warnings": [], "shown": {}}


@pytest.mark.parametrize(
    ("button", "kept"),
    [
        ("Keep mine", "Mine."),
        ("Keep Dana’s", "An evening class."),
        ("Edit both into one", "Mine.\n\n[Dana:]\nAn evening class."),
    ],
)
def test_two_editors_choose(desk: Desk, button: str, kept: str) -> None:
    desk.answer = _conflict
    desk.open()
    field = desk.field("need_received")
    box = field.locator("textarea")
    box.fill("Mine.")
    expect(field.get_by_role("group", name="Both of you changed “What was provided”.")).to_be_visible()
    expect(field.locator("[data-theirs]")).to_have_text("An evening class.")
    expect(field.locator("[data-yours]")).to_have_text("Mine")
    expect(field.get_by_text("The other text stays in the history.")).to_be_visible()
    field.get_by_role("button", name=button).click()
    expect(field.locator(".npcs-conflict")).to_have_count(0)
    expect(box).to_have_value(kept)
    expect(box).to_be_focused()
    expect(desk.state("need_received")).to_contain_text("Saved", timeout=3000)
    sent = [(body["value"], body["version"]) for body in desk.sent]
    assert sent == [("Mine.", 1)] + ([] if "Dana" in button else [(kept, 9)])


def test_a_lost_server_loses_nothing(desk: Desk) -> None:
    desk.answer = lambda body: None
    desk.open()
    desk.field("need_received").get_by_role("textbox").fill("Typed while the server was away.")
    expect(desk.state("need_received")).to_contain_text("Not saved", timeout=3000)
    expect(desk.page.locator("[data-save-state]").first).to_have_text("Not saved: 1 answer")
    desk.answer = lambda body: (503, {})
    expect(desk.page.get_by_text("The server does not answer. Keep this page open")).to_be_visible()
    desk.answer = desk.saved
    desk.page.get_by_role("button", name="Try now").click()
    expect(desk.state("need_received")).to_have_text("Saved 10:42")
    expect(desk.page.locator(".npcs-banner")).to_have_count(0)
    assert desk.sent[-1]["value"] == "Typed while the server was away."


def test_signed_out_keeps_the_text_and_saves_on_return(desk: Desk) -> None:
    desk.answer = lambda body: (401, {"sign_in": "/account/sign-in/"})
    desk.open()
    desk.field("need_received").get_by_role("textbox").fill("Kept.")
    link = desk.page.get_by_role("link", name="Sign in in a new tab")
    expect(link).to_be_visible()
    assert link.get_attribute("href") == "/account/sign-in/"
    assert link.get_attribute("target") == "_blank"
    desk.answer = desk.saved
    desk.page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(desk.state("need_received")).to_have_text("Saved 10:42")
    expect(desk.page.locator(".npcs-banner")).to_have_count(0)


def test_leaving_with_something_unsaved_asks_first(desk: Desk) -> None:
    desk.answer = lambda body: None
    desk.open()
    desk.field("need_received").get_by_role("textbox").press_sequentially("x")
    asked: list[str] = []
    desk.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    desk.page.goto(f"{SITE}/my-work")
    assert asked == ["beforeunload"]


def test_the_button_waits_for_the_save_and_posts_the_new_version(desk: Desk) -> None:
    desk.open()
    desk.field("need_received").get_by_role("textbox").fill("Last words.")
    with desk.page.expect_navigation():
        desk.page.get_by_role("button", name="Save and go to Opportunities").click()
    assert [body["value"] for body in desk.sent] == ["Last words."]
    assert len(desk.posted) == 1
    assert 'name="v-7-need_received"\r\n\r\n2' in desk.posted[0] or "v-7-need_received=2" in desk.posted[0]
    assert "csrfmiddlewaretoken=fresh-token" in desk.posted[0]
    assert "next=opportunities" in desk.posted[0]


def test_a_button_posts_where_nothing_was_typed(desk: Desk) -> None:
    """A submit that is asked for again while its first event is still going on would be ignored."""
    desk.open()
    with desk.page.expect_navigation():
        desk.page.get_by_role("button", name="Save and go to Opportunities").click()
    assert (desk.sent, len(desk.posted)) == ([], 1)


WORD = (samples.SAMPLE_PAGES / "from_word.html").read_text()

PASTE = """([element, html, text]) => {
  element.focus();
  getSelection().selectAllChildren(element);
  const data = new DataTransfer();
  if (html) data.setData('text/html', html);
  data.setData('text/plain', text);
  element.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
}"""


def test_a_paste_from_word_keeps_headings_lists_and_tables(desk: Desk) -> None:
    desk.open()
    region = desk.field("history_account").get_by_role("textbox", name="The agency’s contact")
    desk.page.evaluate(PASTE, [region.element_handle(), WORD, "plain"])
    expect(desk.state("history_account")).to_have_text("Saved 10:42", timeout=3000)
    value = desk.sent[-1]["value"]
    assert "<h2>Contact before</h2>" in value
    assert "<strong>Three</strong> calls" in value
    assert "<ul><li>First call<ul><li>Night line</li></ul></li><li>Second call</li></ul>" in value
    assert "<ol><li>Asked for help</li></ol>" in value
    assert '<td colspan="2">' in value
    assert not any(word in value for word in ("style", "class", "script", "img", "·", "Mso"))
    desk.page.keyboard.press("Control+Z")
    expect(region).to_contain_text("What the family told us")
    expect(region).not_to_contain_text("Contact before")


def test_thirty_pages_go_in_quickly(desk: Desk) -> None:
    desk.open()
    page = (
        "<h2>Heading</h2><p class=MsoNormal>"
        + "Words of a long account. " * 110
        + "</p><ul><li>Point</li></ul>"
    )
    region = desk.field("history_account").get_by_role("textbox", name="The agency’s contact")
    began = desk.page.evaluate("performance.now()")
    desk.page.evaluate(PASTE, [region.element_handle(), page * 30, ""])
    assert desk.page.evaluate("performance.now()") - began < 3000
    expect(desk.state("history_account")).to_have_text("Saved 10:42", timeout=5000)
    assert desk.sent[-1]["value"].count("<h2>Heading</h2>") == 30


def test_lists_bold_and_italic(desk: Desk) -> None:
    desk.open()
    field = desk.field("history_account")
    field.get_by_role("textbox", name="The agency’s contact").click()
    desk.page.keyboard.press("Control+A")
    desk.page.keyboard.press("Delete")
    field.get_by_role("button", name="Bullets").click()
    desk.page.keyboard.type("One")
    desk.page.keyboard.press("Enter")
    desk.page.keyboard.press("Control+B")
    desk.page.keyboard.type("Two")
    desk.page.keyboard.press("Control+B")
    expect(field.get_by_role("button", name="Bullets")).to_have_attribute("aria-pressed", "true")
    desk.page.locator("h1").click()
    expect(desk.state("history_account")).to_have_text("Saved 10:42", timeout=3000)
    assert desk.sent[-1]["value"] == "<ul><li>One</li><li><strong>Two</strong></li></ul>"


def test_the_editor_by_keyboard(desk: Desk) -> None:
    desk.open()
    field = desk.field("history_account")
    region = field.get_by_role("textbox", name="The agency’s contact")
    region.click()
    desk.page.keyboard.press("Control+A")
    desk.page.keyboard.press("Delete")
    desk.page.keyboard.type("A heading")
    desk.page.keyboard.press("Alt+F10")
    expect(field.get_by_role("button", name="Heading")).to_be_focused()
    desk.page.keyboard.press("Enter")
    desk.page.keyboard.press("End")
    desk.page.keyboard.press("Enter")
    desk.page.keyboard.type("Then words.")
    desk.page.keyboard.press("Alt+F10")
    desk.page.keyboard.press("ArrowRight")
    expect(field.get_by_role("button", name="Bold")).to_be_focused()
    desk.page.locator("h1").click()
    expect(desk.state("history_account")).to_have_text("Saved 10:42", timeout=3000)
    assert desk.sent[-1]["value"] == "<h2>A heading</h2><p>Then words.</p>"


def test_a_rating_by_keyboard(desk: Desk) -> None:
    desk.open()
    field = desk.field("factor_teamwork")
    field.get_by_label("Some influence").focus()
    desk.page.keyboard.press("ArrowDown")
    expect(field.get_by_label("Clear influence")).to_be_checked()
    expect(desk.state("factor_teamwork")).to_have_text("Saved 10:42", timeout=3000)
    assert desk.sent[-1]["value"] == "2"


def test_a_reason_does_not_wipe_out_words(desk: Desk) -> None:
    desk.open()
    field = desk.field("need_received")
    field.locator("summary").click()
    field.get_by_label("No answer because").select_option("not_asked")
    expect(desk.state("need_received")).to_contain_text("There is an answer already")
    expect(field.locator("textarea")).to_have_value("A parenting class on weekday mornings.")


def test_a_page_without_scripts_still_shows_and_posts_everything(
    chromium: Browser, pages: dict[str, str]
) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    desk = Desk(context.new_page(), pages).open()
    expect(desk.field("need_gap")).to_be_visible()
    expect(desk.page.get_by_role("navigation", name="Main")).to_be_visible()
    desk.field("history_account").locator("textarea").fill("Plain words.")
    desk.page.get_by_role("button", name="Save and go to Opportunities").click()
    assert "7-history_account=Plain+words." in desk.posted[0]
    assert "h-7-history_account" not in desk.posted[0]
    context.close()


def test_the_menu_on_a_phone(desk: Desk) -> None:
    desk.page.set_viewport_size({"width": 360, "height": 740})
    desk.open("task-list")
    nav = desk.page.get_by_role("navigation", name="Main")
    expect(nav).to_be_hidden()
    desk.page.get_by_role("button", name="Menu").click()
    expect(nav).to_be_visible()
    desk.page.get_by_text("You", exact=True).click()
    expect(desk.page.get_by_role("button", name="Sign out")).to_be_visible()
    desk.page.keyboard.press("Escape")
    expect(desk.page.get_by_role("button", name="Sign out")).to_be_hidden()


@pytest.mark.parametrize("width", [360, 1440])
def test_no_page_has_an_accessibility_error_or_overflows(
    desk: Desk, pages: dict[str, str], width: int
) -> None:
    desk.page.set_viewport_size({"width": width, "height": 900})
    wrong: dict[str, Any] = {}
    for name in pages:
        desk.open(name)
        found = Axe().run(desk.page)
        if found.violations_count:
            wrong[name] = [
                (v["id"], [node["html"][:120] for node in v["nodes"]]) for v in found.response["violations"]
            ]
        if desk.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.setdefault(name, []).append("wider than the window")
    assert wrong == {}


def test_two_texts_side_by_side_pass_the_checks_too(desk: Desk) -> None:
    desk.answer = _conflict
    desk.open()
    desk.field("need_received").locator("textarea").fill("Mine.")
    expect(desk.field("need_received").locator(".npcs-conflict")).to_be_visible()
    found = Axe().run(desk.page)
    assert found.violations_count == 0, found.generate_report()
