"""What a reader waits for: where each stands in line, and what may be asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kitabxana.base.code_names import tongue
from kitabxana.circulation.queries import holds_of
from kitabxana.circulation.queries.holds import ranks
from kitabxana.circulation.rules.holds import volumes_of
from kitabxana.fronts.opac.messages import COPY_STATES
from kitabxana.fronts.opac.render.copies import state_of
from kitabxana.fronts.opac.render.loans import books_of
from kitabxana.fronts.opac.render.words import day, local_day, number, unit_name
from kitabxana.language import sort_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from kitabxana.circulation.facts import HoldFacts, HoldLook
    from kitabxana.fronts.opac.render.books import Book
    from kitabxana.organisation.facts import Tree


@dataclass(frozen=True, slots=True)
class HoldRow:
    """`place` is where the reader stands in line, "" with a copy kept. `waiting` says that no copy is kept yet.

    Days as a form takes them: `wanted_until`, "" for none.
    """

    id: int
    book: Book
    mark: str
    state: str
    place: str
    library: str
    pickup: str
    waiting: bool
    suspended: bool
    volume: str
    one_copy: bool
    one_of_several: bool
    placed: str
    wanted_until: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of a list to choose from; `group` is what it stands under."""

    code: str
    name: str
    group: str = ""


def hold_rows(patron_id: int, *, organisation: Tree, now: datetime) -> list[HoldRow]:
    """A reader's holds, oldest first; three statements however many."""
    return rows_of(holds_of(patron_id), organisation=organisation, now=now)


def rows_of(holds: Sequence[HoldFacts], *, organisation: Tree, now: datetime) -> list[HoldRow]:
    """These holds as their reader sees them; two statements however many."""
    if not holds:
        return []
    books, rank = books_of({hold.record_id for hold in holds}), ranks(holds)
    return [
        _row(hold, books[hold.record_id], organisation, rank=rank[hold.id], now=now)
        for hold in holds
        if hold.record_id in books
    ]


def _row(hold: HoldFacts, title: Book, organisation: Tree, *, rank: int, now: datetime) -> HoldRow:
    unit = organisation.units[hold.pickup_unit]
    today = local_day(now, unit.zone)
    mark, state = _state(hold, today=today)
    return HoldRow(
        id=hold.id,
        book=title,
        mark=mark,
        state=state,
        place=_("number %(rank)s in line") % {"rank": number(rank)} if rank else "",
        library=unit_name(unit),
        pickup=hold.pickup_unit,
        waiting=hold.waiting,
        suspended=hold.suspended,
        volume=hold.volume,
        one_copy=hold.item_id is not None,
        one_of_several=hold.cohort is not None,
        placed=day(local_day(hold.placed_at, unit.zone), today=today),
        wanted_until=hold.wanted_until.isoformat() if hold.wanted_until else "",
    )


def _state(hold: HoldFacts, *, today: date) -> tuple[str, str]:
    """How it is drawn, and the words."""
    if hold.ready_at is not None and hold.expires_on is not None:
        return "in", _("Ready to collect until %(day)s") % {"day": day(hold.expires_on, today=today)}
    if not hold.waiting:
        return "move", _("On its way to your library")
    if hold.suspended_until is not None:
        return "out", _("Suspended until %(day)s") % {"day": day(hold.suspended_until, today=today)}
    if hold.suspended:
        return "out", _("Suspended")
    if hold.target_item_id is not None:
        return "move", _("A copy is being fetched for you")
    return "hold", _("Waiting for a free copy")


def pickup_choices(codes: Iterable[str], organisation: Tree) -> list[Choice]:
    """Libraries to collect at, by name under their systems."""
    units = [organisation.units[code] for code in codes]
    found = [Choice(one.code, unit_name(one), unit_name(organisation.system_of(one.code))) for one in units]
    return sorted(found, key=lambda one: (sort_key(one.group, tongue()), sort_key(one.name, tongue())))


def asked_choices(look: HoldLook, organisation: Tree) -> list[Choice]:
    """What can be waited for: the first free copy, one of a volume, or a certain one."""
    found = [] if look.item_level == "force" else [Choice("", _("The first copy that is free"))]
    volumes = volumes_of(look.copies)
    if look.item_level != "force" and volumes:
        found += [Choice(f"volume:{volume}", volume, _("A volume")) for volume in volumes]
    if look.item_level != "deny":
        for one in look.copies:
            parts = (
                unit_name(organisation.units[one.holding_unit]), one.call_number, one.volume, one.barcode,
                str(COPY_STATES[state_of(one)]),
            )  # fmt: skip
            found.append(Choice(f"item:{one.id}", " · ".join(filter(None, parts)), _("A certain copy")))
    return found
