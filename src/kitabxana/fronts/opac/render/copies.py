"""Where a book stands: one honest line for a list, and the copies by library for its own page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kitabxana.fronts.opac.messages import COPY_STATES
from kitabxana.fronts.opac.render.libraries import Opening, opening
from kitabxana.fronts.opac.render.nearness import Distance, distance, nearness
from kitabxana.fronts.opac.render.words import day, local_day, number, unit_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from kitabxana.circulation.facts import LoanFacts
    from kitabxana.holdings.facts import CopyGroup, ItemFacts
    from kitabxana.organisation.facts import Tree, UnitFacts

MOST_PLACES: Final = 3
MARKS: Final = {
    "available": "in", "in_library": "in", "loan": "out", "hold_shelf": "hold", "transit": "move",
    "missing": "stop",
}  # fmt: skip
"""How a state is drawn; "out" where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One line on a book's copies: `mark` draws it, `said` is the fact, `more` what follows it; `none`: no copy."""

    mark: str
    said: str
    more: str = ""
    none: bool = False


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy on a book's page; `shelf` is the library on whose shelf it can be seen among others, "" for none."""

    id: int
    shelf: str
    call_number: str
    location: str
    volume: str
    number: str
    note: str
    barcode: str
    mark: str
    state: str


@dataclass(slots=True)
class Branch:
    """The copies that one library has of a book; `free` of them can be taken from the shelf now."""

    code: str
    name: str
    where: str
    opening: Opening | None
    distance: Distance | None = None
    copies: list[Copy] = field(default_factory=list)
    free: int = 0

    @property
    def summary(self) -> str:
        """How many of the library's copies are on the shelf."""
        return _("%(free)s of %(all)s on the shelf") % {"free": number(self.free), "all": number(len(self.copies))}

    @property
    def mark(self) -> str:
        return "in" if self.free else "out"


def state_of(copy: ItemFacts | CopyGroup) -> str:
    """A copy's state as a reader is told it, a key of `COPY_STATES`: never better than it is."""
    if copy.lost:
        return "missing"
    if copy.place != "shelf":
        return copy.place
    if copy.restricted or copy.damaged:
        return "unavailable"
    return "in_library" if copy.not_for_loan else "available"


def standing(
    groups: Sequence[CopyGroup], *, organisation: Tree, due: datetime | None, now: datetime,
    prefer: Sequence[str] = (), own: str = "",
) -> Standing:  # fmt: skip
    """The one line for a list. `due` is when the first lent copy is due.

    Libraries under `prefer` are named first, then those nearest to `own`, the reader's own library ("" for none).
    """
    counted: Counter[str] = Counter()
    free: Counter[str] = Counter()
    for group in groups:
        state = state_of(group)
        counted[state] += group.count
        if state == "available":
            free[organisation.by_id[group.unit_id].code] += group.count
    if counted["available"]:
        total = counted["available"]
        said = ngettext("%(count)s available", "%(count)s available", total) % {"count": number(total)}
        return Standing("in", said, _places(free, organisation, prefer, own))
    if counted["loan"] and due is not None:
        return _all_lent(due, organisation=organisation, groups=groups, now=now)
    for state in ("in_library", "loan", "hold_shelf", "transit", "order", "conservation", "unavailable"):
        if counted[state]:
            return Standing(MARKS.get(state, "out"), str(COPY_STATES[state]))
    return Standing("out", _("0 copies"), none=True)


def _all_lent(due: datetime, *, organisation: Tree, groups: Sequence[CopyGroup], now: datetime) -> Standing:
    lent = next(group for group in groups if state_of(group) == "loan")
    zone = organisation.by_id[lent.unit_id].zone
    when = day(local_day(due, zone), today=local_day(now, zone))
    if due < now:
        return Standing("out", str(COPY_STATES["loan"]), _("was due back on %(day)s") % {"day": when})
    return Standing("out", str(COPY_STATES["loan"]), _("back by %(day)s") % {"day": when})


def _places(free: Counter[str], organisation: Tree, prefer: Sequence[str], own: str) -> str:
    """The towns or libraries with free copies: those asked for, then the nearest, then those with most."""
    mine = organisation.units.get(own)

    def rank(code: str) -> tuple[bool, tuple[int, float], int, str]:
        unit = organisation.units[code]
        away = nearness(organisation, unit, own=mine) if mine else (0, 0.0)
        return not any(wanted in unit.lineage for wanted in prefer), away, -free[code], code

    named = dict.fromkeys(_place(organisation.units[code]) for code in sorted(free, key=rank))
    shown, rest = list(named)[:MOST_PLACES], len(named) - MOST_PLACES
    places = ", ".join(shown)
    if rest <= 0:
        return _("in: %(places)s") % {"places": places}
    more = {"places": places, "count": number(rest)}
    return ngettext("in: %(places)s and %(count)s more place", "in: %(places)s and %(count)s more places", rest) % more


def _place(unit: UnitFacts) -> str:
    return unit.city or unit_name(unit)


def branches(
    items: Sequence[ItemFacts], loans: Mapping[int, LoanFacts], *, organisation: Tree, now: datetime, own: str = ""
) -> list[Branch]:
    """The copies by the library where each stands, libraries with free copies first, then the nearest to `own`."""
    found: dict[str, Branch] = {}
    for item in items:
        unit = organisation.units[item.holding_unit]
        branch = found.get(unit.code)
        if branch is None:
            branch = found[unit.code] = _branch(unit, organisation=organisation, now=now, own=own)
        branch.copies.append(_copy(item, loans.get(item.id), unit, now=now))
        branch.free += state_of(item) == "available"
    if own in organisation.units:
        return sorted(found.values(), key=lambda one: (not one.free, one.distance, one.name))
    return sorted(found.values(), key=lambda one: (-one.free, one.name))


def _branch(unit: UnitFacts, *, organisation: Tree, now: datetime, own: str) -> Branch:
    where = ", ".join(part for part in (unit.city, unit.address) if part)
    mine = organisation.units.get(own)
    away = distance(organisation, unit, own=mine) if mine else None
    return Branch(unit.code, unit_name(unit), where, opening(organisation, unit, now=now), away)


def _copy(item: ItemFacts, loan: LoanFacts | None, unit: UnitFacts, *, now: datetime) -> Copy:
    state = state_of(item)
    text, mark = str(COPY_STATES[state]), MARKS.get(state, "out")
    if state == "loan" and loan is not None:
        text = _due_text(local_day(loan.due_at, unit.zone), today=local_day(now, unit.zone))
    return Copy(
        id=item.id,
        shelf=item.home_unit if item.shelf_key else "",
        call_number=item.call_number,
        location=item.location or item.collection,
        volume=item.volume,
        number=_("copy %(number)s") % {"number": item.copy_number} if item.copy_number else "",
        note=item.note,
        barcode=item.barcode or "",
        mark=mark,
        state=text,
    )


def _due_text(due: date, *, today: date) -> str:
    if due < today:
        return _("On loan, was due back on %(day)s") % {"day": day(due, today=today)}
    return _("On loan, back by %(day)s") % {"day": day(due, today=today)}
