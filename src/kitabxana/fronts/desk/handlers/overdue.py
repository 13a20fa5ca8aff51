"""What should be back: the overdue loans of a library, reader by reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from kitabxana.base.access import actor_of, staff
from kitabxana.circulation.facts.overdue import OverdueAsked
from kitabxana.circulation.queries.overdue import overdue_page
from kitabxana.circulation.rules.overdue import due_between
from kitabxana.formats.spreadsheets import spreadsheet
from kitabxana.fronts.desk.forms import page_number, typed, whole_number
from kitabxana.fronts.desk.render.overdue import overdue_readers, overdue_table
from kitabxana.fronts.desk.render.pages import page, pages
from kitabxana.fronts.desk.render.words import language, local_day, named
from kitabxana.fronts.desk.session import at_library
from kitabxana.organisation.queries import tree
from kitabxana.patrons.operations import note_views
from kitabxana.patrons.queries import categories

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.http import QueryDict

    from kitabxana.base.actor import Actor
    from kitabxana.circulation.facts import LentTitle
    from kitabxana.fronts.desk.render.overdue import OverdueReader
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts

A_PAGE = 50
MOST_IN_FILE = 10_000
LISTED = frozenset({"system", "library", "point"})


@staff("circulation.view")
@require_safe
@at_library
def overdue(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """The list of this library or another of its system, narrowed by days late and by reader; `as=csv` is all of it as
    a file. Whose contacts are shown, is written down as a look at the reader."""
    by, now, number = actor_of(request), timezone.now(), page_number(request.GET)
    seen = _libraries(by, where)
    if not seen:
        raise PermissionDenied
    chosen = {unit.code: unit for unit in seen}.get(typed(request.GET, "library")) or (
        where if where in seen else seen[0]
    )
    asked = _asked(request.GET, chosen, where=where, now=now)
    if request.GET.get("as") == "csv":
        return _file(overdue_page(asked, offset=0, limit=MOST_IN_FILE)[1], of=chosen, by=by, now=now)
    total, found = overdue_page(asked, offset=(number - 1) * A_PAGE, limit=A_PAGE)
    kept = {name: value for name in ("from", "to") if (value := whole_number(request.GET, name)) is not None}
    context = {
        "asked": asked,
        "days": kept,
        "readers": _named(found, by=by, now=now),
        "libraries": [(unit.code, unit.name(language())) for unit in seen],
        "homes": _of_system(where),
        "categories": [(code, named(names, code)) for code, names in sorted(categories().items())],
        "fines": by.may("charges.view", chosen.path),
        "file": "?"
        + urlencode({**{name: str(text) for name, text in request.GET.items() if name != "page"}, "as": "csv"}),
        "title_of": chosen.name(language()) if chosen != where else "",
        "pages": pages(request.GET, name="page", number=number, total=total, size=A_PAGE),
    }
    return page(request, where, "overdue", context)


def _libraries(by: Actor, where: UnitFacts) -> list[UnitFacts]:
    """What the list may be asked for: this library's system and what is in it, as far as the login sees loans there."""
    organisation = tree()
    system = organisation.system_of(where.code)
    return [
        unit
        for unit in organisation.under(system.path)
        if unit.kind in LISTED and by.may("circulation.view", unit.path)
    ]


def _of_system(where: UnitFacts) -> list[tuple[str, str]]:
    organisation = tree()
    system = organisation.system_of(where.code)
    return [(unit.code, unit.name(language())) for unit in organisation.under(system.path) if unit.kind in LISTED]


def _asked(data: QueryDict, unit: UnitFacts, *, where: UnitFacts, now: datetime) -> OverdueAsked:
    """What the form says; a category or library that is none asks for any."""
    least, most = whole_number(data, "from") or 0, whole_number(data, "to")
    since, before = due_between(now=now, zone=unit.zone, least=least, most=most)
    category, home = typed(data, "category"), typed(data, "home")
    return OverdueAsked(
        unit=unit.code,
        since=since,
        before=before,
        category=category if category in categories() else "",
        home_unit=home if home in dict(_of_system(where)) else "",
        settled="settled" in data,
        longest_first=typed(data, "order") == "days",
    )


def _named(found: Sequence[LentTitle], *, by: Actor, now: datetime) -> list[OverdueReader]:
    readers = overdue_readers(found, by=by, now=now)
    note_views(patron_ids=[one.id for one in readers if one.id], by=by)
    return readers


def _file(found: Sequence[LentTitle], *, of: UnitFacts, by: Actor, now: datetime) -> HttpResponse:
    name = f"overdue-{of.code}-{local_day(now, of.zone).isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    rows = overdue_table(_named(found, by=by, now=now))
    return HttpResponse(spreadsheet(rows), content_type="text/csv; charset=utf-8", headers=headers)
