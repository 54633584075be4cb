"""The second step in a real browser: set up by app and by passkey, signing in with each, by keyboard, at 360 px."""

import re
import time
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from jurisdictions.models import Membership, User
from tests.pages.conftest import picture
from tests.second_step import code, give_app

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PASSWORD = "learn together and blame nobody"
Window = Callable[..., Page]


@pytest.fixture
def person(reviewer: User) -> User:
    reviewer.set_password(PASSWORD)
    reviewer.save(update_fields=["password"])
    assert Membership.objects.filter(user=reviewer).exists()
    return reviewer


def first_step(page: Page, person: User) -> None:
    page.goto("/j/cedar/inbox/")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def assert_accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1], "nothing is wider than the window"


def security_device(page: Page, *, verifies: bool = True) -> None:
    """A device of the browser's own that keeps passkeys and knows its person, or does not."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": verifies,
                "automaticPresenceSimulation": True,
            }
        },
    )


def press(page: Page, button: str) -> None:
    """Once the page's script is there, which hands over to the browser."""
    page.wait_for_load_state()
    page.get_by_role("button", name=button).click()


@pytest.mark.parametrize(("width", "javascript"), [("desktop", True), ("phone", False)])
def test_an_app_is_set_up_in_under_two_minutes_and_one_goes_on(
    window: Window, person: User, width: str, javascript: bool
) -> None:
    page, began = window(None, width=width, javascript=javascript), time.monotonic()
    first_step(page, person)
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up your second step")
    expect(page.get_by_role("img", name="QR code of the key that follows as text")).to_be_visible()
    if javascript:
        assert page.locator(".npcs-qr").evaluate("image => image.naturalWidth") > 0, (
            "the policy lets it through"
        )
        assert_accessible(page)
    picture(page, f"enrol-{width}")
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.get_by_label("Six-digit code").fill(code(secret))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Save your recovery codes")
    expect(page.locator(".npcs-codes code")).to_have_count(10)
    if javascript:
        assert_accessible(page)
    picture(page, f"codes-{width}")
    page.get_by_role("button", name="I have saved them").click()
    expect(page).to_have_url(re.compile("/j/cedar/inbox/$"))
    assert time.monotonic() - began < 120


def test_a_wrong_code_is_said_at_the_field_and_the_key_stays(window: Window, person: User) -> None:
    page = window(None)
    first_step(page, person)
    secret = page.locator("#secret").inner_text()
    page.get_by_label("Six-digit code").fill("000000")
    page.keyboard.press("Enter")
    expect(page.locator(".npcs-summary")).to_be_focused()
    expect(page.locator(".npcs-summary")).to_contain_text("This code does not fit")
    assert page.locator("#secret").inner_text() == secret
    assert_accessible(page)


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_signing_in_with_a_code_by_keyboard(window: Window, person: User, width: str) -> None:
    secret = give_app(person)
    page = window(None, width=width)
    first_step(page, person)
    expect(page.get_by_role("heading", level=1)).to_have_text("Now the second step")
    assert_accessible(page)
    picture(page, f"second-step-{width}")
    page.get_by_label("Code from your app").focus()
    page.keyboard.type(code(secret))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/j/cedar/inbox/$"))


def test_a_passkey_is_made_and_signs_in(window: Window, person: User) -> None:
    page = window(None)
    security_device(page)
    first_step(page, person)
    page.get_by_role("link", name="Use a passkey instead").click()
    assert_accessible(page)
    picture(page, "passkey")
    page.get_by_label("A name for it").fill("Work laptop")
    press(page, "Make the passkey")
    page.get_by_role("button", name="I have saved them").click()
    expect(page).to_have_url(re.compile("/j/cedar/inbox/$"))
    page.goto("/account/security/")
    expect(page.get_by_role("rowheader", name="Work laptop")).to_be_visible()
    assert_accessible(page)
    picture(page, "security")
    page.context.clear_cookies()
    first_step(page, person)
    assert_accessible(page)
    press(page, "Use your passkey")
    expect(page).to_have_url(re.compile("/j/cedar/inbox/$"))


def test_a_device_that_does_not_know_its_person_makes_no_passkey(window: Window, person: User) -> None:
    page = window(None)
    security_device(page, verifies=False)
    first_step(page, person)
    page.get_by_role("link", name="Use a passkey instead").click()
    press(page, "Make the passkey")
    expect(page.get_by_role("alert")).to_contain_text("The passkey was not used")
    assert not Authenticator.objects.exists()


# Clears the bit that says that the person was verified: nothing signs it when a passkey is made.
UNVERIFIED = """() => {
    const create = navigator.credentials.create.bind(navigator.credentials);
    navigator.credentials.create = async function (options) {
        const made = await create(options);
        const said = new Uint8Array(made.response.attestationObject).slice();
        const name = "authData", text = String.fromCharCode(...said);
        const length = text.indexOf(name) + name.length;
        const begins = length + (said[length] === 0x58 ? 2 : 3);
        said[begins + 32] &= ~0x04;
        return {
            id: made.id, rawId: made.rawId, type: made.type, getClientExtensionResults: () => ({}),
            response: { clientDataJSON: made.response.clientDataJSON, attestationObject: said.buffer },
        };
    };
}"""
# Asks the browser for less than the page did.
DISCOURAGED = """() => {
    const form = document.querySelector("form[data-passkey]");
    const asked = JSON.parse(form.dataset.asked);
    form.dataset.asked = JSON.stringify({ ...asked, userVerification: "discouraged" });
}"""


def test_a_passkey_made_without_verification_is_refused_by_the_server(window: Window, person: User) -> None:
    page = window(None)
    security_device(page)
    first_step(page, person)
    page.get_by_role("link", name="Use a passkey instead").click()
    page.wait_for_load_state()
    page.evaluate(UNVERIFIED)
    press(page, "Make the passkey")
    expect(page.locator(".npcs-summary")).to_contain_text("could not be made")
    assert not Authenticator.objects.exists()


def test_a_passkey_shown_without_verification_is_refused_by_the_server(window: Window, person: User) -> None:
    page = window(None)
    security_device(page)
    first_step(page, person)
    page.get_by_role("link", name="Use a passkey instead").click()
    press(page, "Make the passkey")
    page.get_by_role("button", name="I have saved them").click()
    page.context.clear_cookies()
    first_step(page, person)
    page.wait_for_load_state()
    page.evaluate(DISCOURAGED)
    press(page, "Use your passkey")
    expect(page.locator(".npcs-summary")).to_contain_text("did not fit")
    page.goto("/j/cedar/inbox/")
    expect(page).to_have_url(re.compile("/account/"))


def test_sign_in_and_security_on_a_phone(window: Window, person: User) -> None:
    give_app(person)
    page = window(person, width="phone")
    page.goto("/account/security/")
    assert_accessible(page)
    picture(page, "security-phone")
