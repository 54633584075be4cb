"""Inviting a list of people: reading it, what is to be mended in each line, sending the good ones once."""

import re
import threading
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from jurisdictions.actions.invitations import invite_many
from jurisdictions.inviting import LENGTH, LINES, Line, ListRefused, decoded, judge, read_list
from jurisdictions.models import AuditEvent, Invitation, Jurisdiction, User
from jurisdictions.roles import Role, every_role
from jurisdictions.tenancy import jurisdiction_scope
from tests.cast import make_person, member

PAGE = "/j/cedar/people/invite-list/"
LIST = "/j/cedar/people/"


def told(text: str) -> list[tuple[str, str, str]]:
    return [(line.name, line.email, line.roles) for line in read_list(text)]


# -- Reading --------------------------------------------------------------------------------------

DANA = ("Dana R.", "dana@agency.gov", "Reviewer")


@pytest.mark.parametrize(
    "text",
    [
        "Dana R., dana@agency.gov, Reviewer",
        "Dana R.;dana@agency.gov;Reviewer",
        "Dana R.\tdana@agency.gov\tReviewer",
        '"Dana R.", "dana@agency.gov", "Reviewer"',
        "Dana R. <dana@agency.gov>, Reviewer",
        "  Dana  R. ,  dana@agency.gov , Reviewer  \r\n\r\n",
        "Name,E-mail,Roles\nDana R.,dana@agency.gov,Reviewer",
        "roles;e-mail address;full name\nReviewer;dana@agency.gov;Dana R.",
        "Dana R., mailto:dana@agency.gov, Reviewer",
        ",,\nDana R., dana@agency.gov, Reviewer\n,,",
    ],
)
def test_a_line_is_understood_however_it_was_written(text: str) -> None:
    lines = [line for line in told(text) if line[1]]
    assert lines == [DANA]


def test_several_roles_stand_one_after_the_other_or_in_one_cell() -> None:
    text = "Lee M., lee@agency.gov, Coordinator, Quality lead\nAda, ada@agency.gov, reviewer; debriefer"
    assert [roles for _, _, roles in told(text)] == ["Coordinator, Quality lead", "reviewer; debriefer"]
    headed = "E-mail,Name,Roles\nlee@agency.gov,Lee M.,Coordinator,Quality lead"
    assert told(headed) == [("Lee M.", "lee@agency.gov", "Coordinator, Quality lead")]


def test_a_name_may_have_a_comma_and_an_address_may_stand_alone() -> None:
    assert told('"Rivera, Dana", dana@agency.gov, Reviewer')[0][0] == "Rivera, Dana"
    assert told("dana@agency.gov") == [("", "dana@agency.gov", "")]
    assert told("Dana R., dana.agency.gov, Reviewer") == [("Dana R.", "dana.agency.gov", "Reviewer")]


def test_what_nobody_sees_is_taken_out_of_a_cell() -> None:
    assert told('"Dana\n\x00\x1b R.",dana@agency.gov,Reviewer') == [DANA]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x" * (LENGTH + 1), "characters"),
        ("a@agency.gov,Reviewer\n" * (LINES + 1), f"{LINES} people at a time"),
        ('"Dana, dana@agency.gov\n', "quotation mark"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_with_words(text: str, words: str) -> None:
    with pytest.raises(ListRefused, match=words):
        read_list(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_files_of_spreadsheets_are_read(encoding: str) -> None:
    assert decoded("Zoë, zoe@agency.gov".encode(encoding)).startswith("Zoë")


def test_a_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(ListRefused, match="no text"):
        decoded(b"PK\x03\x04\x00\x00\x81")


# -- Judging --------------------------------------------------------------------------------------


@pytest.fixture
def standing(cedar: Jurisdiction, administrator: User, reviewer: User) -> None:
    with jurisdiction_scope(cedar.pk):
        by, line = member(administrator, cedar), Line(1, "", "waits@example.org", "Reviewer")
        assert not invite_many(cedar, [line], by=by)


def problems(agency: Jurisdiction, *lines: tuple[str, str]) -> list[list[tuple[str, str]]]:
    """(code, field) of what is to be mended, line by line; of each its address and roles."""
    typed = [Line(place, "A person", *line) for place, line in enumerate(lines, start=1)]
    return [[(problem.code, problem.item) for problem in one.problems] for one in judge(typed, agency)]


@pytest.mark.parametrize(
    ("email", "roles", "found"),
    [
        ("new@example.org", "reviewer, Quality Lead", []),
        ("new@example.org", "agency_administrator/director", []),
        ("new@example.org", "admin + reviewer", []),
        ("new.example.org", "Reviewer", [("invite.address", "email")]),
        ("", "Reviewer", [("invite.no_address", "email")]),
        (f"{'a' * 250}@example.org", "Reviewer", [("invite.address", "email")]),
        ("Reviewer@Example.org", "Reviewer", [("invite.is_member", "email")]),
        ("WAITS@example.org", "Reviewer", [("invite.waiting", "email")]),
        ("new@example.org", "", [("invite.role_none", "roles")]),
        ("new@example.org", "Emperor", [("invite.role_unknown", "roles")]),
        ("new@example.org", "Guest", [("invite.role_guest", "roles")]),
        ("new@example.org", "r" * 301, [("invite.role_too_long", "roles")]),
        ("nobody", "Emperor", [("invite.address", "email"), ("invite.role_unknown", "roles")]),
    ],
)
def test_each_line_says_what_is_to_be_mended(
    standing: None, cedar: Jurisdiction, email: str, roles: str, found: list[tuple[str, str]]
) -> None:
    assert problems(cedar, (email, roles)) == [found]


def test_a_doubled_address_is_named_at_its_second_place(cedar: Jurisdiction) -> None:
    lines = [("a@example.org", "Reviewer"), ("b@example.org", "Reviewer"), ("A@example.org", "Director")]
    assert problems(cedar, *lines) == [[], [], [("invite.doubled", "email")]]
    third = judge([Line(n, "", *line) for n, line in enumerate(lines, 1)], cedar)[2]
    assert third.problems[0].message == "This address is in line 1 already."


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("reveiwer", "Did you mean Reviewer?"),
        ("Co-ordinator", "Did you mean Coordinator?"),
        ("quality leed", "Did you mean Quality lead?"),
        ("Emperor of China", "The roles are: Reviewer, Debriefer"),
    ],
)
def test_the_nearest_role_is_suggested(cedar: Jurisdiction, typed: str, words: str) -> None:
    (judged,) = judge([Line(1, "", "a@example.org", typed)], cedar)
    assert words in judged.problems[0].message


def test_a_role_over_the_ceiling_names_the_right_it_would_add(cedar: Jurisdiction) -> None:
    cedar.role_ceiling = [role for role in every_role() if role not in {Role.DIRECTOR, Role.DEBRIEFER}]
    (judged,) = judge([Line(1, "", "a@example.org", "Director, Debriefer, Reviewer")], cedar)
    assert [problem.code for problem in judged.problems] == ["roles.over_ceiling"] * 2
    debriefer, director = (problem.message for problem in judged.problems)
    assert "It would add the right to approve reviews." in director
    assert "would add" not in debriefer  # a reviewer has all that a debriefer has
    assert "see every review" not in director  # a coordinator has that


def test_somebody_who_left_may_be_invited_again(cedar: Jurisdiction, reviewer: User) -> None:
    member(reviewer, cedar)
    reviewer.memberships.update(left_at="2026-01-01T00:00:00Z")
    assert problems(cedar, ("reviewer@example.org", "Reviewer")) == [[]]


def test_another_agency_s_people_and_invitations_are_not_looked_at(
    cedar: Jurisdiction, birch: Jurisdiction, outsider: User
) -> None:
    with jurisdiction_scope(birch.pk):
        line = Line(1, "", "theirs@example.org", "Reviewer")
        invite_many(birch, [line], by=member(outsider, birch))
    assert problems(cedar, ("outsider@example.org", "Reviewer"), ("theirs@example.org", "Reviewer")) == [
        [],
        [],
    ]


# -- The pages ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status"), [("nobody", 302), ("outsider", 404), ("coordinator", 403), ("administrator", 200)]
)
def test_who_may(sign_in: Callable[[str], Client], cedar: Jurisdiction, who: str, status: int) -> None:
    client = sign_in(who)
    assert client.get(PAGE).status_code == status
    posted = {"name": [""], "email": ["a@example.org"], "roles": ["Reviewer"], "send": "yes"}
    assert client.post(PAGE, posted).status_code == (302 if who == "administrator" else status)
    assert Invitation.objects.exists() == (who == "administrator")


def fields(page: str) -> dict[str, list[str]]:
    """What stands in the fields of the page, in order."""
    found = re.findall(r'<input class="usa-input" type="text" [^>]*name="(\w+)" value="([^"]*)"', page)
    return {
        name: [unescape(value) for key, value in found if key == name] for name in ("name", "email", "roles")
    }


MIXED = (
    "Dana R., dana@example.org, Reviewer\n"
    "Lee M., lee@example, Coordinator\n"
    "Ada P., ada@example.org, Reveiwer\n"
    "Sam O., sam@example.org, Quality lead, Director"
)


@pytest.fixture
def admin(sign_in: Callable[[str], Client], administrator: User) -> Client:
    return sign_in("administrator")


def test_looking_sends_nothing_and_keeps_every_word(admin: Client, cedar: Jurisdiction) -> None:
    page = admin.post(PAGE, {"pasted": MIXED}).content.decode()
    assert not Invitation.objects.exists()
    assert fields(page) == {
        "name": ["Dana R.", "Lee M.", "Ada P.", "Sam O."],
        "email": ["dana@example.org", "lee@example", "ada@example.org", "sam@example.org"],
        "roles": ["Reviewer", "Coordinator", "Reveiwer", "Quality lead, Director"],
    }
    assert "Send 2 invitations" in page
    assert 'href="#id_email_2"' in page
    assert 'href="#id_roles_3"' in page
    # What Enter presses looks again, and sends nothing.
    assert page.index('class="usa-sr-only" type="submit"') < page.index('name="send"')


def test_only_good_lines_go_out_and_the_rest_stays(
    admin: Client, cedar: Jurisdiction, administrator: User
) -> None:
    first = fields(admin.post(PAGE, {"pasted": MIXED}).content.decode())
    response = admin.post(PAGE, first | {"send": "yes"})
    page = response.content.decode()
    assert "2 invitations are on the way." in page
    assert fields(page)["email"] == ["lee@example", "ada@example.org"]
    sent = {one.email: (one.name, one.roles) for one in Invitation.objects.all()}
    assert sent == {
        "dana@example.org": ("Dana R.", ["reviewer"]),
        "sam@example.org": ("Sam O.", ["quality_lead", "director"]),
    }
    with jurisdiction_scope(cedar.pk):
        event = AuditEvent.objects.get(kind="invitations.sent")
    assert (event.by_user, event.ids["count"]) == (administrator.pk, 2)
    assert set(event.ids["invitations"]) == {str(one.pk) for one in Invitation.objects.all()}
    assert "example.org" not in str(event.ids)
    mended = {"name": ["Lee M.", "Ada P."], "email": ["lee@example.org", "ada@example.org"]}
    response = admin.post(PAGE, mended | {"roles": ["Coordinator", "Reviewer"], "send": "yes"})
    assert response.headers["Location"] == LIST
    assert Invitation.objects.count() == 4


def test_the_same_list_again_invites_nobody_twice(admin: Client) -> None:
    lines = fields(admin.post(PAGE, {"pasted": MIXED}).content.decode()) | {"send": "yes"}
    admin.post(PAGE, lines)
    again = admin.post(PAGE, lines)
    assert again.status_code == 422
    assert Invitation.objects.count() == 2
    assert "This person is invited already." in again.content.decode()


def test_a_line_can_be_left_out(admin: Client) -> None:
    lines: dict[str, Any] = fields(admin.post(PAGE, {"pasted": MIXED}).content.decode())
    response = admin.post(PAGE, lines | {"leave_out": ["2", "3"], "send": "yes"})
    assert response.headers["Location"] == LIST
    assert Invitation.objects.count() == 2
    assert admin.post(PAGE, lines | {"leave_out": ["1", "2", "3", "4"], "check": "yes"}).status_code == 302


def test_a_file_does_the_same_and_stands_beside_what_was_pasted(admin: Client) -> None:
    file = SimpleUploadedFile("people.csv", b"Zo\xeb;zoe@example.org;Reviewer\n")
    page = admin.post(PAGE, {"pasted": "a@example.org, Reviewer", "file": file}).content.decode()
    assert fields(page)["name"] == ["", "Zoë"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"pasted": "  "}, "paste it, or choose a file"),
        ({"pasted": "Name, E-mail, Roles"}, "nobody in it"),
        ({"pasted": "a@b.org,x\n" * (LINES + 1)}, "people at a time"),
        ({"file": SimpleUploadedFile("a.xlsx", b"PK\x00\x81")}, "no text"),
        ({"file": SimpleUploadedFile("a.csv", b"a" * 1_000_001)}, "1 MB at most"),
    ],
)
def test_a_list_that_cannot_be_used_stays_on_the_page(
    admin: Client, given: dict[str, Any], words: str
) -> None:
    response = admin.post(PAGE, given)
    assert response.status_code == 422
    page = unescape(response.content.decode())
    assert words in page
    assert given.get("pasted", "").strip() in page


def test_markup_and_formulas_in_a_cell_are_words(admin: Client) -> None:
    text = "<script>alert(1)</script>, x@example.org, <b>Reviewer</b>\n=HYPERLINK(1), y@example.org, Reviewer"
    page = admin.post(PAGE, {"pasted": text}).content.decode()
    assert "<script>alert" not in page
    assert "<b>Reviewer" not in page
    assert fields(page)["name"] == ["<script>alert(1)</script>", "=HYPERLINK(1)"]


def test_the_name_waits_in_the_form_of_whoever_accepts(admin: Client) -> None:
    from jurisdictions.links import token_for

    admin.post(PAGE, {"name": ["Dana R."], "email": ["d@example.org"], "roles": ["Reviewer"], "send": "yes"})
    assert "Dana R." in admin.get(LIST).content.decode()
    link = f"/invitation/{token_for(Invitation.objects.get())}/"
    assert 'value="Dana R."' in Client().get(link).content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_who_send_the_same_list_at_once_invite_nobody_twice(
    cedar: Jurisdiction, administrator: User
) -> None:
    by = member(administrator, cedar)
    other = member(make_person("second", cedar, Role.ADMINISTRATOR), cedar)
    lines = [Line(n, "", f"p{n}@example.org", "Reviewer") for n in range(1, 21)]
    left: list[int] = []
    ready = threading.Barrier(2)

    def send(who: Any) -> None:
        try:
            ready.wait()
            with jurisdiction_scope(cedar.pk):
                left.append(len(invite_many(cedar, lines, by=who)))
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[who]) for who in (by, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(left) == [0, 20]
    assert Invitation.objects.count() == 20
