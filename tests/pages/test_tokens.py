"""A token made, used and ended in a real browser; the pages about tokens and the description, at both widths."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from jurisdictions.models import Jurisdiction, User
from tests.pages.test_second_step import assert_accessible
from tests.tokens import Software, give_token

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
Window = Callable[..., Page]
LIST = "/api/v1/j/cedar/incidents/"


def test_a_token_is_made_used_and_ended(window: Window, coordinator: User) -> None:
    page = window(coordinator)
    page.goto("/account/security/")
    page.get_by_role("link", name="See your tokens").click()
    page.get_by_role("link", name="Make a token").click()
    page.get_by_role("button", name="Make the token").click()
    expect(page.locator(".npcs-summary a")).to_have_count(2)
    assert_accessible(page)
    page.get_by_label("What will use it?").fill("Our register")
    page.get_by_label("Read").check(force=True)
    page.get_by_role("button", name="Make the token").click()
    assert_accessible(page)
    text = page.locator("main code").inner_text()
    assert Software(text).get(LIST).status_code == 200
    page.get_by_role("link", name="I have copied it").click()
    assert_accessible(page)
    expect(page.locator("main")).not_to_contain_text(text)
    page.get_by_role("button", name="End the token Our register").click()
    expect(page.locator("main table")).to_contain_text("Ended")
    assert Software(text).get(LIST).status_code == 401


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_the_pages_are_accessible(
    window: Window, administrator: User, coordinator: User, cedar: Jurisdiction, width: str
) -> None:
    give_token(coordinator, cedar)
    page = window(administrator, **({"width": "phone"} if width == "phone" else {}))
    for path in ("/account/tokens/", "/account/tokens/new/", "/j/cedar/people/tokens/", "/api/docs/"):
        page.goto(path)
        expect(page.locator("h1")).to_have_count(1)
        assert_accessible(page)
