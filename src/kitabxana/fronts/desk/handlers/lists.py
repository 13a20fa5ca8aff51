"""Lists and runs of numbers by level of the tree: what holds here, who said it, who below says otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from kitabxana.base.access import actor_of, staff
from kitabxana.base.actor import EVERYWHERE
from kitabxana.fronts.desk.forms import typed
from kitabxana.fronts.desk.render.item_words import CHECKS, LISTS, SERIES, all_told
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.render.reader_words import told as reader_told
from kitabxana.fronts.desk.render.words import language, named, unit_name
from kitabxana.fronts.desk.session import at_library
from kitabxana.holdings import operations
from kitabxana.holdings.queries import Lists, entries_of, numbering_for
from kitabxana.kernel.decisions import Refused
from kitabxana.kernel.numbering import RunOut
from kitabxana.organisation.queries import tree
from kitabxana.patrons.operations import set_card_series
from kitabxana.patrons.queries import card_numbering

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kitabxana.base.actor import Actor
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.kernel.numbering import Numbering
    from kitabxana.organisation.facts import Tree, UnitFacts

EVERYONE = "*"
"""How the whole installation is written in the address."""


@staff("lists.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def lists(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """One list at one level; what is sent is said at exactly this level."""
    actor, organisation = actor_of(request), tree()
    code, unit = _level(request, actor, where, organisation)
    kind = typed(request.GET, "kind")
    kind = kind if kind in LISTS else "location"
    refused: list[str] = []
    if request.method == "POST":
        try:
            _say(request, kind=kind, unit=unit, by=actor)
        except Refused as refusal:
            cards = request.POST.get("series") == "card"
            refused = [reader_told(one) for one in refusal.refusals] if cards else all_told(refusal.refusals)
        else:
            return redirect(f"{reverse('desk:lists')}?{urlencode({'unit': code, 'kind': kind, 'saved': '1'})}")
    context = {
        "code": code,
        "kind": kind,
        "kinds": LISTS.items(),
        "levels": _levels(actor, organisation),
        "rows": _rows(kind, unit, organisation),
        "languages_told": settings.LANGUAGES,
        "series": _series(unit, organisation) if unit else [],
        "refused": refused,
        "sent": request.POST,
        "saved": "saved" in request.GET,
    }
    return page(request, where, "items/lists", context, status=422 if refused else 200)


def _level(request: DeskRequest, actor: Actor, where: UnitFacts, organisation: Tree) -> tuple[str, str | None]:
    """(as in the address, the unit's code or None for the whole installation); only where the login may say so."""
    code = typed(request.GET, "unit") or where.code
    if code == EVERYONE:
        path, unit = EVERYWHERE, None
    else:
        unit = code if code in organisation.units else where.code
        path = organisation.units[unit].path
    if not actor.may("lists.edit", path):
        raise PermissionDenied
    return code, unit


def _levels(actor: Actor, organisation: Tree) -> list[tuple[str, str, int]]:
    """(code, name, depth) of every level where this login may say something."""
    found = [
        (unit.code, unit.name(language()), unit.path.count("/") - 1)
        for unit in organisation.units.values()
        if actor.may("lists.edit", unit.path)
    ]
    return [(EVERYONE, "", 0), *found] if actor.may("lists.edit", EVERYWHERE) else found


def _rows(kind: str, unit: str | None, organisation: Tree) -> list[dict[str, Any]]:
    found = Lists(organisation)
    below, here = found.below(kind, unit), entries_of(kind, unit)
    return [
        {
            "entry": entry,
            "name": named(entry.names, code),
            "names": [(tag, text, entry.names.get(tag, "")) for tag, text in settings.LANGUAGES],
            "here": code in here or entry.origin == unit,
            "origin": unit_name(organisation.units, entry.origin) if entry.origin else "",
            "below": [(unit_name(organisation.units, one), hidden) for one, hidden in below.get(code, ())],
        }
        for code, entry in sorted(found.at(kind, unit).items())
    ]


def _series(unit: str, organisation: Tree) -> list[dict[str, Any]]:
    found = []
    for kind, label in SERIES.items():
        cards = kind == "card"
        run = (
            card_numbering(unit, organisation=organisation)
            if cards
            else numbering_for(kind, unit, organisation=organisation)
        )
        found.append(
            {
                "kind": kind,
                "label": label,
                "run": run,
                "own": run is not None and run.unit == unit,
                "origin": unit_name(organisation.units, run.unit) if run else "",
                "next": _next(run) if run else "",
                "checks": CHECKS.items() if kind in ("barcode", "card") else (),
            }
        )
    return found


def _next(run: Numbering) -> str:
    try:
        return run.text(run.last + 1)
    except RunOut:
        return "—"


def _say(request: DeskRequest, *, kind: str, unit: str | None, by: Actor) -> None:
    data = request.POST
    if "series" in data:
        digits, last = typed(data, "digits") or "0", typed(data, "last") or "0"
        if unit is None:
            raise Refused.one("unknown_unit", unit=EVERYONE)
        kind = typed(data, "series")
        said: dict[str, Any] = {
            "unit": unit,
            "prefix": data.get("prefix", "")[:30],
            "digits": int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 4 else -1,
            "last": int(last) if last.isascii() and last.isdecimal() and len(last) < 20 else -1,
            "check": typed(data, "check"),
            "by": by,
        }
        if kind == "card":
            set_card_series(**said)
        else:
            operations.set_series(kind=kind, **said)
        return
    code = typed(data, "code")
    if "drop" in data:
        operations.drop_entry(kind=kind, unit=unit, code=code, by=by)
        return
    operations.set_entry(
        kind=kind,
        unit=unit,
        code=code,
        names={tag: typed(data, f"name_{tag}") for tag, _ in settings.LANGUAGES},
        hidden=bool(data.get("hidden")),
        not_for_loan=bool(data.get("not_for_loan")) if kind == "item_type" else None,
        by=by,
    )
