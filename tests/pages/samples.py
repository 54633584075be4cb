"""Whole pages drawn from the components with invented answers, as a view would draw them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django import forms
from django.template import Context, engines
from django.template.loader import render_to_string
from django.test import override_settings

from dictionary.fields import BoundItem
from dictionary.schema import Choice, Item
from jurisdictions.tables import Row, Task
from npcs.frame import Frame, Link

SAMPLE_PAGES = Path(__file__).parent / "sample_pages"
ITEM = {"section": "needs", "part": "needs", "privacy": "sensitive", "basis": "ours"}
REASONS = ("unknown", "not_asked", "not_applicable", "withheld")
MET = (
    Choice("met", "Met", "The family got what the need called for, in time."),
    Choice("partly", "Partly met"),
    Choice("unmet", "Not met"),
)
PARTNERS = tuple(
    Choice(code, label)
    for code, label in (
        ("school", "School or child care"),
        ("hospital", "Hospital or clinic"),
        ("police", "Police"),
        ("court", "Court"),
    )
)
COUNTIES = tuple(Choice(f"c{number}", f"County {number}") for number in range(1, 12))
SOURCES = (
    Choice("41", "12 Nov 2025: second hotline call, after the mother’s hospital stay"),
    Choice("42", "about Jan 2026: waiting list for the day programme"),
)
ANCHORS = {
    "0": "Not an influence: work with other agencies went as families would need it to.",
    "1": "Some influence: contact happened, with delays that others made up for.",
    "2": "Clear influence: important information did not reach the people deciding, more than once.",
    "3": "Strong influence: agencies worked apart, and what each knew alone would have changed the plan.",
}
STORY = (
    "<h2>What the family told us</h2><p>The mother asked for help with <strong>night care</strong> three times.</p>"
    "<ul><li>The first call was noted.</li><li>The second was not passed on.</li></ul>"
    "<table><tr><th>Month</th><th>Contacts</th></tr><tr><td>November</td><td>2</td></tr></table>"
)

FRAME = Frame(
    person="R. Alvarez",
    roles=("Reviewer", "Debriefer"),
    agency="Alder County Children’s Services",
    slug="alder",
    nav=(
        Link("My work", "/work"),
        Link("Incidents", "/incidents"),
        Link("Reviews", "/reviews", current=True),
        Link("People", "/people"),
    ),
    inbox_count=3,
    inbox_url="/inbox",
    search_url="/search",
    others=(Link("Birch City Family Services", "/j/birch/"),),
    demo=True,
)
PARTS = [
    ("Selection decision", "/p1", "Done", "done", "", False),
    ("Records and timeline", "/p2", "In progress", "going", "14 entries", False),
    ("Family needs", "/p3", "In progress", "going", "2 open", True),
    ("Debriefs", "/p4", "Not started", "todo", "", False),
    ("Opportunities", "/p5", "Not started", "todo", "", False),
    ("Systems factors", "", "Cannot start yet", "blocked", "", False),
    ("Summary", "/p7", "Not started", "todo", "", False),
]


def item(key: str, label: str, type_: str, **more: Any) -> Item:
    return Item(key=key, label=label, type=type_, **{**ITEM, "missing": REASONS, **more})


def bound(one: Item, value: Any = None, **more: Any) -> BoundItem:
    return BoundItem(**{"item": one, "entry": 7, "value": value, "version": 1, **more})


def every_type() -> list[BoundItem]:
    """One field of each type, with the states a field can be in."""
    return [
        bound(
            item(
                "need_statement",
                "The need, as the family would put it",
                "text",
                required=True,
                max_length=200,
                help="One sentence, in their words where you can.",
            ),
            "Somebody to watch the baby at night",
        ),
        bound(
            item("need_received", "What was provided", "plain", required=True),
            "A parenting class on weekday mornings.",
        ),
        bound(
            item(
                "history_account",
                "The agency’s contact with the family before",
                "prose",
                help="Paste from Word keeps headings, lists and tables.",
            ),
            STORY,
        ),
        bound(item("children_in_home", "Other children in the home", "integer", min=0), 2),
        bound(item("aware_on", "When the agency learned of it", "date", required=True), "2026-03-03"),
        bound(
            item("event_on", "When it happened", "partial_date", help="As exactly as the source says."),
            {"date": "2026-03-02", "precision": "exact", "time": "14:20"},
        ),
        bound(item("need_met", "Was the need met?", "choice", choices=MET, required=True), "partly"),
        bound(
            item(
                "need_gap",
                "Why what was provided made sense at the time",
                "plain",
                when={"in": ["need_met", ["partly", "unmet"]]},
            ),
            "",
            warnings=("This says “failed”. How would the worker have seen it that day?",),
        ),
        bound(item("county", "County where it happened", "choice", choices=COUNTIES, required=True)),
        bound(
            item("opportunity_partners", "Partners who could act", "choices", choices=PARTNERS), ["school"]
        ),
        bound(
            item(
                "factor_teamwork",
                "Teamwork with other agencies",
                "rating",
                anchors=ANCHORS,
                missing=("not_applicable", "unknown"),
                help="How people in different agencies shared what they knew.",
            ),
            "1",
        ),
        bound(
            item("need_sources", "What this rests on", "links", links=("timeline",)),
            ["41"],
            link_choices=SOURCES,
        ),
        bound(
            item("last_contact", "Last contact before the incident", "date", required=True),
            "2027-01-09",
            errors=("Last contact before the incident: this date lies in the future.",),
        ),
        bound(item("need_view", "The family’s own view", "plain"), None, missing="not_asked"),
    ]


def rendered(name: str, **context: Any) -> str:
    """A page of sample_pages, drawn with the project's own engine."""
    source = (SAMPLE_PAGES / name).read_text()
    with override_settings(ROOT_URLCONF="tests.pages.sample_urls"):
        engine = engines["django"].engine  # type: ignore[attr-defined]
        return str(
            engine.from_string(source).render(
                Context({"frame": FRAME, "csrf_token": "t" * 64, "messages": [], **context})
            )
        )


def from_file(name: str, **context: Any) -> str:
    with override_settings(ROOT_URLCONF="tests.pages.sample_urls"):
        return render_to_string(name, {"frame": Frame(demo=True), "csrf_token": "t" * 64, **context})


def part_page(fields: Sequence[BoundItem] | None = None) -> str:
    return rendered(
        "part.html",
        fields=every_type() if fields is None else fields,
        parts=PARTS,
        crumbs=[("Reviews", "/reviews"), ("2026-014", "/r"), ("Family needs", "")],
    )


def task_list_page() -> str:
    return rendered(
        "task_list.html",
        crumbs=[("Reviews", "/reviews"), ("2026-014", "")],
        problems=[
            ("Family need 2 does not say what was received.", "/p3#id_7-need_received"),
            ("The timeline has 2 entries without a source.", "/p2"),
        ],
        groups=[
            (
                "Prepare",
                [
                    Task("Selection decision", "/p1", "Done", "done", "4 March, by the coordinator"),
                    Task("Conflict-of-interest statement", "/p1b", "Done", "done", "4 of 4 signed"),
                ],
            ),
            (
                "Understand",
                [
                    Task(
                        "Records and timeline",
                        "/p2",
                        "In progress",
                        "going",
                        "14 entries, 2 without a source",
                    ),
                    Task("Debriefs", "/p4", "In progress", "going", "3 held, 1 declined, 1 not reached"),
                ],
            ),
            (
                "Analyse",
                [
                    Task("Family needs", "/p3", "In progress", "going", "5 needs, 2 without “received”"),
                    Task("Improvement opportunities", "/p5", "Not started", "quiet", ""),
                    Task("Systems factors", "", "Cannot start yet", "quiet", "Add an opportunity first"),
                ],
            ),
            (
                "Conclude",
                [
                    Task("Recommendations", "/p8", "Not started", "quiet", ""),
                    Task("Quality review", "/p9", "Returned", "attention", "3 remarks to answer"),
                ],
            ),
        ],
    )


def list_page() -> str:
    status = engines["django"].from_string(
        "{% include 'components/status.html' with word=word tone=tone only %}"
    )
    stages = [
        ("In review", "going"),
        ("With quality lead", "attention"),
        ("Approved", "done"),
        ("To be selected", "quiet"),
        ("4 days late", "stop"),
    ]
    return rendered(
        "list.html",
        chips=[("Stage: in review", "/a"), ("County 4", "/b")],
        columns=[
            {"label": "Review", "sort_url": "/n"},
            {"label": "Type", "sort_url": ""},
            {"label": "County", "sort_url": "/c"},
            {"label": "Lead", "sort_url": ""},
            {"label": "Stage", "sort_url": ""},
            {"label": "Due", "sort_url": "/d", "sorted": "ascending"},
            {"label": "Days in stage", "numeric": True, "sort_url": "/g"},
        ],
        rows=[
            Row(
                (
                    f"2026-{n:03}",
                    "Near fatality" if n % 3 else "Fatality",
                    f"County {n % 5 + 1}",
                    "R. Alvarez",
                    status.render({"word": stages[n % 5][0], "tone": stages[n % 5][1]}),
                    f"{n} June 2026",
                    str(n * 3),
                ),
                f"/r/{n}",
            )
            for n in range(8, 20)
        ],
    )


def my_work_page() -> str:
    lines = [
        (
            "Answer 3 remarks",
            "2026-014",
            "Returned by the quality lead",
            "4 days late",
            "stop",
            "/a",
            "Answer",
        ),
        ("Write the needs", "2026-021", "You lead this review", "tomorrow", "attention", "/b", "Go on"),
        (
            "Sign the conflict-of-interest statement",
            "2026-030",
            "You are on the team",
            "in 6 days",
            "quiet",
            "/c",
            "Sign",
        ),
    ]
    return rendered(
        "my_work.html",
        lines=lines,
    )


def conflict_page() -> str:
    return rendered(
        "conflict.html",
        yours="A class on weekday mornings.",
        theirs="A class in the evening.",
    )


def confirm_page() -> str:
    return rendered(
        "confirm.html",
    )


class SignIn(forms.Form):
    login = forms.EmailField(label="E-mail address")
    password = forms.CharField(label="Password")


class NewPassword(forms.Form):
    password1 = forms.CharField(label="New password")
    password2 = forms.CharField(label="The same again")


def all_pages() -> dict[str, str]:
    errors = {
        name: from_file(f"errors/{name}.html") for name in ("400", "403", "403_csrf", "404", "500", "503")
    }
    wrong = SignIn({"login": "r@alder.example", "password": ""})
    return {
        "part": part_page(),
        "task-list": task_list_page(),
        "list": list_page(),
        "my-work": my_work_page(),
        "conflict": conflict_page(),
        "confirm": confirm_page(),
        "sign-in": from_file(
            "account/login.html", form=SignIn(), redirect_field_value="/j/alder/", redirect_field_name="next"
        ),
        "sign-in-wrong": from_file(
            "account/login.html", form=wrong, redirect_field_value="", redirect_field_name="next"
        ),
        "reset": from_file("account/password_reset.html", form=forms.Form()),
        "reset-sent": from_file("account/password_reset_done.html"),
        "new-password": from_file(
            "account/password_reset_from_key.html", form=NewPassword(), token_fail=False, action_url="/x"
        ),
        "link-used": from_file("account/password_reset_from_key.html", token_fail=True),
        "sign-out": from_file("account/logout.html"),
        **errors,
    }
