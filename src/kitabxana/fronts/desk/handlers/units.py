"""The tree of the organisation: seen by all staff, changed where one may; and one rule for many libraries at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kitabxana.base.access import actor_of, staff
from kitabxana.fronts.desk.forms import coordinate, policy_value, typed
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.render.rules import Asked, field
from kitabxana.fronts.desk.render.units import branches, inherited, new_homes, rule_rows
from kitabxana.fronts.desk.render.words import local_day, long_date, unit_name
from kitabxana.fronts.desk.session import at_library
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation import operations as do
from kitabxana.organisation.messages import GROUP_NAMES, KIND_NAMES, ROLE_NAMES, SENTENCES, refusal_text
from kitabxana.organisation.queries import staff_at, tree, unit_details
from kitabxana.organisation.rules import POLICIES, STANDS_UNDER

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from kitabxana.base.actor import Actor
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts

LANGUAGES = ("az", "tr", "en", "ru")
TEXTS = ("country", "zone", "currency", "address", "city", "postcode", "phone", "email")


@staff("desk.use")
@require_safe
@at_library
def units(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """The whole tree, branch by branch; `q` keeps what matches and what stands above it."""
    by, organisation = actor_of(request), tree()
    asked = typed(request.GET, "q")
    context = {"branches": branches(organisation, by=by, asked=asked), "q": asked}
    return page(request, where, "admin/units", context)


@staff("desk.use")
@require_safe
@at_library
def unit(request: DeskRequest, where: UnitFacts, code: str) -> HttpResponse:
    """One unit: names, place, contact, what it inherits, who works there."""
    return _show(request, where, code, {})


@staff("organisation.edit")
@require_POST
@at_library
def unit_change(request: DeskRequest, where: UnitFacts, code: str) -> HttpResponse:
    """Do what `act` says with the unit: describe it, move it, close it, open it again, add one below it."""
    act = ACTS.get(typed(request.POST, "act"))
    if act is None or code not in tree().units:
        raise Http404
    try:
        told, at = act(request.POST, tree().units[code], actor_of(request))
    except Refused as refused:
        problem = [refusal_text(one) for one in refused.refusals]
        sent = {"problem": problem, "act": request.POST["act"], "sent": _described(request.POST)}
        return _show(request, where, code, sent, status=409)
    messages.success(request, told)
    return redirect("desk:unit", at)


def _describe(data: QueryDict, one: UnitFacts, by: Actor) -> tuple[str, str]:
    values = _described(data)
    do.describe_unit(code=one.code, names=values.pop("names"), by=by, **values)
    return _("Kept."), one.code


def _described(data: QueryDict) -> dict[str, Any]:
    values: dict[str, Any] = {name: typed(data, name) for name in TEXTS}
    for name in ("latitude", "longitude"):
        values[name] = coordinate(data, name)
    return values | {"names": {language: typed(data, f"name_{language}")[:120] for language in LANGUAGES}}


def _move(data: QueryDict, one: UnitFacts, by: Actor) -> tuple[str, str]:
    do.move_unit(code=one.code, parent=typed(data, "parent"), by=by)
    return _("The unit has its new place."), one.code


def _close(_data: QueryDict, one: UnitFacts, by: Actor) -> tuple[str, str]:
    do.close_unit(code=one.code, on=local_day(timezone.now(), one.zone), by=by)
    return _("The unit is closed for good."), one.code


def _reopen(_data: QueryDict, one: UnitFacts, by: Actor) -> tuple[str, str]:
    do.reopen_unit(code=one.code, by=by)
    return _("The unit is open again."), one.code


def _add(data: QueryDict, one: UnitFacts, by: Actor) -> tuple[str, str]:
    code, kind = typed(data, "code"), typed(data, "kind")
    if kind not in _kinds_below(one):
        raise Refused.one("wrong_parent")
    names = {language: name for language in LANGUAGES if (name := typed(data, f"name_{language}")[:120])}
    if not names:
        raise Refused.one("no_name")
    do.add_unit(code=code, kind=kind, parent=one.code, names=names, by=by)
    return _("The unit is added."), code


ACTS = {"describe": _describe, "move": _move, "close": _close, "reopen": _reopen, "add": _add}


def _kinds_below(one: UnitFacts) -> list[str]:
    return [kind for kind, parents in STANDS_UNDER.items() if one.kind in parents]


def _show(
    request: DeskRequest, where: UnitFacts, code: str, more: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    organisation, by = tree(), actor_of(request)
    one = organisation.units.get(code)
    if one is None:
        raise Http404
    may_staff = by.may("staff.edit", one.path)
    sent = more.get("sent") if more.get("act") == "describe" else None
    names = sent["names"] if sent else one.names
    closed = unit_details([code])[code].closed_on
    context = {
        "unit": one,
        "values": sent or one,
        "unit_title": unit_name(organisation.units, code),
        "kind": KIND_NAMES[one.kind],
        "closed_on": closed and long_date(closed),
        "lineage": [(up, unit_name(organisation.units, up)) for up in reversed(one.lineage)],
        "children": [(child, unit_name(organisation.units, child.code), KIND_NAMES[child.kind])
                     for child in organisation.children(code)],
        "names": [(language, names.get(language, "")) for language in LANGUAGES],
        "inherited": inherited(organisation, one, sent),
        "places": new_homes(organisation, one, by=by),
        "kinds": [(kind, KIND_NAMES[kind]) for kind in _kinds_below(one)],
        "people": [(person, ", ".join(str(ROLE_NAMES[role]) for role, at in person.roles if at == code))
                   for person in staff_at(code)] if may_staff else [],
        "may_staff": may_staff,
        "may_edit": by.may("organisation.edit", one.path),
    }  # fmt: skip
    return page(request, where, "admin/unit", context | more, status=status)


@staff("organisation.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def rules_many(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """One rule at many libraries: what holds there now and whose it is, what would change, and then it is done."""
    data = request.POST if request.method == "POST" else request.GET
    name, by, organisation = typed(data, "name"), actor_of(request), tree()
    name = name if name in POLICIES else ""
    give_back, chosen = "back" in data, data.getlist("at")
    problem: list[str] = []
    value = policy_value(name, typed(data, "value")) if name else None
    if request.method == "POST" and name:
        try:
            changed = do.set_many(name=name, value=value, units=chosen, by=by, give_back=give_back)
        except Refused as refused:
            problem = [refusal_text(one) for one in refused.refusals]
        else:
            told = ngettext("%(count)s unit changed.", "%(count)s units changed.", changed)
            messages.success(request, told % {"count": changed})
            return redirect("desk:rules_many")
    asked = Asked(unit=where, category="", item_type="", categories={}, item_types={})
    context = {
        "names": [(GROUP_NAMES[group], [(one, str(SENTENCES[one]) % {"value": "…"}) for one, kind in POLICIES.items()
                                        if kind.group == group and not kind.nationwide]) for group in GROUP_NAMES],
        "name": name,
        "value": typed(data, "value"),
        "field": field(organisation, asked, name, by=by) if name else None,
        "rows": rule_rows(organisation, name, new=None if give_back else (value,), chosen=chosen, by=by)
                if name else [],
        "look": "look" in data and not problem,
        "give_back": give_back,
        "problem": problem,
    }  # fmt: skip
    return page(request, where, "admin/rules_many", context, status=409 if problem else 200)
