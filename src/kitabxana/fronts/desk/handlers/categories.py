"""Categories of readers: who is what, for how long, and who moves on with age."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kitabxana.base.access import actor_of, staff
from kitabxana.fronts.desk.forms import typed, whole_number
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.render.reader_words import category_choices, told
from kitabxana.fronts.desk.render.words import named
from kitabxana.fronts.desk.session import at_library
from kitabxana.kernel.decisions import Refused
from kitabxana.patrons.operations import move_by_age, set_category
from kitabxana.patrons.queries import category_list

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts

LANGUAGES = ("az", "tr", "en", "ru")


@staff("desk.use")
@require_safe
@at_library
def show(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """All categories; `edit` opens one of them, `new` an empty form, for who may change them."""
    return _show(request, where, code=typed(request.GET, "edit"), new="new" in request.GET)


@staff("organisation.edit")
@require_POST
@at_library
def change(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """Keep a category; with `ages` look who grew out of theirs (`look`), or move them."""
    by, now = actor_of(request), timezone.now()
    if "ages" in request.POST:
        looking = request.POST["ages"] == "look"
        moved = move_by_age(by=by, now=now, dry_run=looking)
        if looking:
            return _show(request, where, moves=moved)
        messages.success(request, _("Readers moved: %(count)s.") % {"count": sum(moved.values())})
        return redirect("desk:categories")
    code = typed(request.POST, "code")
    try:
        set_category(code=code, by=by, **_values(request.POST))
    except Refused as refused:
        problem = [told(one) for one in refused.refusals]
        return _show(request, where, code=code, new=True, problem=problem, sent=request.POST)
    messages.success(request, _("Kept."))
    return redirect("desk:categories")


def _values(data: QueryDict) -> dict[str, Any]:
    return {
        "names": {language: name for language in LANGUAGES if (name := typed(data, f"name_{language}")[:80])},
        "enrolment_months": min(whole_number(data, "enrolment_months") or 12, 1200),
        "least_age": _age(data, "least_age"),
        "most_age": _age(data, "most_age"),
        "next_category": typed(data, "next_category") or None,
        "needs_guarantor": "needs_guarantor" in data,
        "self_registration": "self_registration" in data,
    }


def _age(data: QueryDict, name: str) -> int | None:
    age = whole_number(data, name)
    return None if age is None else min(age, 150)


def _show(
    request: DeskRequest, where: UnitFacts, *, code: str = "", new: bool = False, problem: list[str] | None = None,
    sent: QueryDict | None = None, moves: dict[str, int] | None = None,
) -> HttpResponse:  # fmt: skip
    may_edit = actor_of(request).may_anywhere("organisation.edit")
    found = {one.code: one for one in category_list()}
    names = {key: named(one.names, key) for key, one in found.items()}
    form: dict[str, Any] | None = None
    if may_edit and (new or code in found):
        one = found.get(code)
        kept = {name: getattr(one, name) for name in ("enrolment_months", "least_age", "most_age", "needs_guarantor",
                                                      "self_registration")} if one else {}  # fmt: skip
        if one:
            kept |= {"next_category": one.next, "names": dict(one.names)}
        form = {"enrolment_months": 12, "names": {}, **kept, **(_values(sent) if sent else {}), "code": code}
        form["names"] = [(language, form["names"].get(language, "")) for language in LANGUAGES]
    context = {
        "rows": [(one, names[key], names.get(one.next or "", "")) for key, one in found.items()],
        "choices": category_choices(),
        "form": form,
        "known": code in found,
        "problem": problem or [],
        "moves": None if moves is None else [
            (names.get(source, source), names.get(target, target), count)
            for move, count in moves.items() for source, _arrow, target in [move.partition(" > ")]
        ],
        "may_edit": may_edit,
    }  # fmt: skip
    return page(request, where, "categories", context, status=409 if problem else 200)
