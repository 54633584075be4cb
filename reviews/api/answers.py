"""What is written in a review, for other software: read whole, saved field by field; entries, parts and remarks."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from dictionary import values
from dictionary.validation import check_one
from jurisdictions.api import Api, ApiProblem, ApiRequest, Kind, Shown, door, may_read, refused, take
from jurisdictions.api.described import Component
from jurisdictions.api.door import Scope
from jurisdictions.api.shapes import invalid, mend
from jurisdictions.roles import Permission
from reviews.actions.entries import add_entry, bring_back_entry, make_opportunity, remove_entry
from reviews.actions.remarks import leave_remark, mark_part, settle_remark
from reviews.api import shapes
from reviews.content import Content, read_content
from reviews.models import Entry, Remark
from reviews.rules.reading import problems_before_remarking
from reviews.saving import (
    Conflict,
    EntryRemoved,
    NotReadable,
    Saved,
    Sent,
    UnknownItem,
    save_one,
)
from reviews.views.page import ReviewPage, read_review
from reviews.views.parts import OWN_PAGES

_LARGEST = 2**63 - 1


class AnswerList(Api):
    @door(
        Permission.REVIEW_VIEW,
        scope=Scope.READ,
        summary="Read everything that is written in a review",
        answers=shapes.Answers,
    )
    def get(self, request: ApiRequest, number: str) -> dict[str, Any]:
        page = read_review(request, number, what="review.read_whole")
        content = page.content
        return {
            "number": number,
            "edition": content.edition.number,
            "own_questions": page.review.own_edition.number if page.review.own_edition else None,
            "state": page.review.state,
            "entries": [
                {
                    "entry": entry.pk,
                    "section": entry.section,
                    "position": entry.position,
                    "title": content.titles[entry.pk],
                    "made_from": entry.made_from_id,
                }
                for found in content.entries.values()
                for entry in found
            ],
            "answers": list(_answers(content)),
        }

    @door(
        Permission.REVIEW_EDIT,
        Permission.INCIDENT_NOTIFY,
        scope=Scope.WRITE,
        summary="Save one answer, over the version that was read",
        takes=Component("SaveAnswer"),
        answers=shapes.AnswerSaved,
        refuses=(Kind.STALE,),
    )
    def post(self, request: ApiRequest, number: str) -> dict[str, Any]:
        sent = _sent(request.data)
        try:
            saved = save_one(number, sent, by=request.membership)
        except UnknownItem:
            raise invalid([mend("/item", "The edition of this review asks no such thing.")]) from None
        except EntryRemoved:
            raise invalid([mend("/entry", "This item is not answered there: see the entries.")]) from None
        except NotReadable as problem:
            raise invalid([mend(f"/{problem.place}", problem.message, problem.item.label)]) from None
        except Conflict as conflict:
            raise _stale(conflict, sent.entry, is_told=may_read(request)) from None
        return _saved(saved)


class Entries(Api):
    @door(
        Permission.REVIEW_VIEW,
        scope=Scope.WRITE,
        summary="Add an entry to a repeating section",
        takes=shapes.EntryAdded,
        answers=shapes.EntryKey,
        status=201,
    )
    def post(self, request: ApiRequest, number: str) -> dict[str, Any]:
        sent = take(shapes.EntryAdded, request.data)
        page = _held(request, number)
        section = next((one for one in page.content.edition.sections if one.key == sent["section"]), None)
        if section is None or not section.repeats or section.key == "child":
            raise invalid([mend("/section", "This section takes no entries here.")])
        _may_write(page, section.part)
        return {"entry": add_entry(page.review.incident, section.key, by=request.membership).pk}


class EntryOne(Api):
    @door(
        Permission.REVIEW_VIEW,
        scope=Scope.WRITE,
        summary="Take an entry out of a review; its answers stay, and it can be brought back",
        answers=shapes.EntryKey,
        refuses=(Kind.REFUSED,),
    )
    def delete(self, request: ApiRequest, number: str, entry: int) -> dict[str, Any]:
        found = _entry(_held(request, number), entry)
        return {"entry": remove_entry(found, by=request.membership).pk}

    @door(
        Permission.REVIEW_VIEW,
        scope=Scope.WRITE,
        summary="Bring an entry back that was taken out",
        answers=shapes.EntryKey,
        refuses=(Kind.REFUSED,),
    )
    def put(self, request: ApiRequest, number: str, entry: int) -> dict[str, Any]:
        found = _entry(_held(request, number), entry)
        return {"entry": bring_back_entry(found, by=request.membership).pk}


class OpportunityMade(Api):
    @door(
        Permission.REVIEW_VIEW,
        scope=Scope.WRITE,
        summary="Make an improvement opportunity of a need, in its words",
        answers=shapes.EntryKey,
        refuses=(Kind.REFUSED,),
    )
    def post(self, request: ApiRequest, number: str, entry: int) -> dict[str, Any]:
        page = _held(request, number)
        need = _entry(page, entry)
        if need.section != "needs" or need.removed_at is not None:
            raise Http404
        _may_write(page, "opportunities")
        return {"entry": make_opportunity(need, by=request.membership).pk}


class PartDone(Api):
    @door(
        Permission.REVIEW_VIEW,
        scope=Scope.WRITE,
        summary="Say that a part is done, or take it back",
        takes=shapes.PartMarked,
        answers=shapes.PartMarked,
    )
    def put(self, request: ApiRequest, number: str, part: str) -> dict[str, Any]:
        sent = take(shapes.PartMarked, request.data)
        page = _held(request, number)
        if part in OWN_PAGES or all(one.key != part for one in page.content.edition.parts):
            raise Http404
        _may_write(page, part)
        mark_part(page.review, part, done=sent["done"], by=request.membership)
        return {"done": sent["done"]}


class RemarkList(Api):
    @door(
        Permission.REVIEW_VIEW,
        scope=Scope.READ,
        summary="Read the remarks beside the parts of a review",
        answers=shapes.Remarks,
    )
    def get(self, request: ApiRequest, number: str) -> dict[str, Any]:
        page = read_review(request, number)
        return {
            "results": [
                {
                    "remark": one.pk,
                    "part": one.part,
                    "text": one.text,
                    "by": str(one.by),
                    "at": one.at.isoformat(),
                    "settled_at": one.settled_at.isoformat() if one.settled_at else None,
                }
                for one in page.remarks
            ]
        }

    @door(
        Permission.REVIEW_VIEW,
        scope=Scope.WRITE,
        summary="Leave a remark beside a part",
        takes=shapes.RemarkLeft,
        answers=shapes.RemarkKey,
        status=201,
    )
    def post(self, request: ApiRequest, number: str) -> dict[str, Any]:
        sent = take(shapes.RemarkLeft, request.data)
        page = _held(request, number)
        if problems := problems_before_remarking(page.review, by=request.membership):
            raise refused(problems)
        return {"remark": leave_remark(page.review, **sent, by=request.membership).pk}


class RemarkSettled(Api):
    @door(
        Permission.REVIEW_VIEW,
        scope=Scope.WRITE,
        summary="Say that a remark was looked at",
        answers=shapes.RemarkKey,
        refuses=(Kind.REFUSED,),
    )
    def post(self, request: ApiRequest, number: str, remark: int) -> dict[str, Any]:
        page = _held(request, number)
        found = get_object_or_404(Remark, pk=remark, review=page.review)
        _may_write(page, found.part)
        return {"remark": settle_remark(found, by=request.membership).pk}


def _held(request: ApiRequest, number: str) -> ReviewPage:
    """The review, in the state that it keeps until this request is done."""
    page = read_review(request, number)
    page.hold_still()
    return page


def _may_write(page: ReviewPage, part: str) -> None:
    if locked := page.why_locked(part):
        raise refused(locked)


def _entry(page: ReviewPage, entry: int) -> Entry:
    """An entry of the review, removed or not, that the person may change. Children change with the facts."""
    found: Entry = get_object_or_404(
        Entry.objects.exclude(section="child"), pk=entry, record=page.review.incident
    )
    _may_write(page, page.content.edition.section(found.section).part)
    return found


def _answers(content: Content) -> Any:
    edition = content.edition
    for (entry, key), given in sorted(content.given.items(), key=lambda one: (one[0][0] or 0, one[0][1])):
        if key not in edition or (given.value is None and not given.missing):
            continue
        item = edition.item(key)
        yield {
            "item": key,
            "entry": entry,
            "part": item.part,
            "label": item.label,
            "value": given.value,
            "missing": given.missing,
            "words": str(content.text(key, entry)),
            "version": given.version,
            "at": given.at.isoformat(),
        }


def _sent(data: Any) -> Sent:
    """The body, looked at as far as its item's own reader needs."""
    known = ("item", "entry", "version", "value", "missing")
    unknown = f"This is no field here. There are: {', '.join(known)}."
    errors = [mend(f"/{name}", unknown) for name in sorted(set(data) - set(known))[:5]]
    item, entry, version, missing = (data.get(name) for name in ("item", "entry", "version", "missing"))
    if not isinstance(item, str):
        errors.append(mend("/item", "Name the item that is answered."))
    if entry is not None and not _is_whole(entry):
        errors.append(mend("/entry", "Give the key of an entry, or null."))
    if not _is_whole(version):
        errors.append(mend("/version", "Give the version that was read; 0 where nothing stood."))
    if missing is not None and not isinstance(missing, str):
        errors.append(mend("/missing", "Give one of the reasons of the item."))
    if errors:
        raise invalid(errors)
    return Sent(str(item), entry, int(version), data.get("value"), missing or "")


def _is_whole(number: Any) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= _LARGEST


def _stale(conflict: Conflict, entry: int | None, *, is_told: bool) -> ApiProblem:
    """The version to save over; and both texts, where the token may be told what stands."""
    item, theirs = conflict.item, conflict.theirs
    where: dict[str, Any] = {"item": item.key, "entry": entry, "version": theirs.version if theirs else 0}
    if not is_told:
        return ApiProblem(Kind.STALE, **where)
    return ApiProblem(
        Kind.STALE,
        shown=Shown("review.read", conflict.review, {"part": item.part}),
        **where,
        label=item.label,
        yours={
            "value": conflict.value,
            "missing": conflict.missing,
            "words": str(values.display(item, conflict.value, conflict.missing)),
        },
        theirs={
            "value": theirs.value if theirs else None,
            "missing": theirs.missing if theirs else "",
            "words": str(values.display(item, theirs.value, theirs.missing)) if theirs else "",
            "by": str(theirs.author) if theirs and theirs.author else "An import",
            "at": theirs.at.isoformat() if theirs else None,
        },
    )


def _saved(saved: Saved) -> dict[str, Any]:
    item, warnings = saved.item, []
    if item.checks or item.warnings:
        sheet = read_content(saved.review.incident, saved.edition).sheet
        warnings = [problem.message for problem in check_one(sheet, item, saved.entry)]
    return {"item": item.key, "entry": saved.entry, "version": saved.version, "warnings": warnings}
