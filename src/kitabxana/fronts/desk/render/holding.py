"""Holds as the desk sees them: lists to walk along with, and a title's line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kitabxana.catalogue.queries import briefs
from kitabxana.circulation.queries.holds import ranks
from kitabxana.circulation.rules.holds import volumes_of
from kitabxana.fronts.desk.render.words import local_day, short_date, short_moment, unit_name
from kitabxana.organisation.queries import tree
from kitabxana.patrons.queries import patrons_by_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.utils.functional import _StrPromise

    from kitabxana.base.actor import Actor
    from kitabxana.circulation.facts import HoldFacts
    from kitabxana.circulation.facts.rotas import Travelling
    from kitabxana.circulation.queries.holds import OnItsWay, ToClear, ToFetch
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import UnitFacts

LISTS = {
    "fetch": _("To fetch"),
    "ready": pgettext_lazy("list", "Hold shelf"),
    "clear": _("To clear"),
    "in": _("On its way here"),
    "out": _("On its way from here"),
    "on": _("Travelling on"),
}


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """A copy in one of the lists; `library` is where it is fetched, goes or comes from, `until` the last day."""

    item_id: int
    record_id: int
    title: str
    author: str
    barcode: str
    call_number: str
    location: str
    library: str
    when: str
    until: str = ""
    reader: str = ""
    card: str = ""
    reader_id: int | None = None
    note: str = ""
    transfer: int = 0
    """Of a copy on its way that no reader waits for: it can be sent elsewhere, but not to `ends`."""

    ends: tuple[str, ...] = ()


def fetch_rows(rows: Sequence[ToFetch], *, where: UnitFacts, names: bool) -> list[ShelfRow]:
    """`names`: who it is for; the pull list goes through many hands and tells the pickup library alone."""
    units, shown = tree().units, _titles(row.item for row in rows)
    readers = patrons_by_id({row.hold.patron_id for row in rows}) if names and rows else {}
    found = []
    for row in rows:
        reader = readers.get(row.hold.patron_id)
        found.append(
            ShelfRow(
                **_copy(row.item, shown),
                library=unit_name(units, row.hold.pickup_unit),
                when=short_moment(row.since, where.zone),
                until=short_date(row.hold.expires_on) if row.hold.expires_on else "",
                reader=reader.name if reader else "",
                card=reader.card if reader else "",
                reader_id=reader.id if reader else None,
                note=row.hold.note,
            )
        )
    return found


def clear_rows(rows: Sequence[ToClear], *, where: UnitFacts) -> list[ShelfRow]:
    shown = _titles(row.item for row in rows)
    readers = patrons_by_id({row.patron_id for row in rows if row.patron_id}) if rows else {}
    units = tree().units
    return [
        ShelfRow(
            **_copy(row.item, shown),
            library=unit_name(units, row.item.home_unit),
            when=short_moment(row.ended_at, where.zone),
            reader=readers[row.patron_id].name if row.patron_id in readers else "",
        )
        for row in rows
    ]


def way_rows(rows: Sequence[OnItsWay], *, where: UnitFacts, incoming: bool) -> list[ShelfRow]:
    units, shown = tree().units, _titles(row.item for row in rows)
    return [
        ShelfRow(
            **_copy(row.item, shown),
            library=unit_name(units, row.start if incoming else row.end),
            when=short_moment(row.sent_at, where.zone),
            note=str(_why(row)),
            transfer=0 if row.hold else row.id,
            ends=(row.start, row.end),
        )
        for row in rows
    ]


def rota_rows(rows: Sequence[Travelling]) -> list[ShelfRow]:
    units, shown = tree().units, _titles(row.item for row in rows)
    return [ShelfRow(**_copy(row.item, shown), library=unit_name(units, row.to_unit), when="") for row in rows]


def _why(row: OnItsWay) -> _StrPromise | str:
    if row.hold is not None:
        return _("for a reader")
    return _("with its rota") if row.reason == "rotation" else ""


def _titles(items: Iterable[ItemFacts]) -> Mapping[int, Mapping[str, Any]]:
    wanted = {item.record_id for item in items}
    return briefs(wanted) if wanted else {}


def _copy(item: ItemFacts, shown: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    brief = shown.get(item.record_id, {})
    return {
        "item_id": item.id, "record_id": item.record_id, "title": brief.get("title", ""),
        "author": brief.get("author", ""), "barcode": item.barcode or "", "call_number": item.call_number,
        "location": item.location,
    }  # fmt: skip


def asked_choices(copies: Sequence[ItemFacts]) -> list[tuple[str, str, str]]:
    """What can be waited for besides the first free copy: (value, words, heading) of volumes and of certain copies."""
    units, lendable = tree().units, [copy for copy in copies if copy.lendable]
    volumes = [(f"volume:{one}", one, str(_("A volume"))) for one in volumes_of(lendable)]
    return volumes + [
        (
            f"item:{copy.id}",
            " · ".join(
                filter(None, (copy.barcode, copy.volume, copy.call_number, unit_name(units, copy.holding_unit)))
            ),
            str(_("A certain copy")),
        )
        for copy in lendable
    ]


@dataclass(frozen=True, slots=True)
class LineRow:
    """One who waits; `state` is waiting, fetched, on_the_way, ready or suspended. `reader` is "" where this login may
    not see readers of that library."""

    id: int
    rank: int
    reader_id: int | None
    reader: str
    card: str
    pickup: str
    library: str
    placed: str
    state: str
    until: str
    wanted_until: str
    last: bool
    volume: str
    one_copy: bool
    cohort: bool
    note: str


def line_rows(line: Sequence[HoldFacts], *, actor: Actor, where: UnitFacts) -> list[LineRow]:
    if not line:
        return []
    units, rank = tree().units, ranks(line)
    people = patrons_by_id({hold.patron_id for hold in line})
    found = []
    for hold in line:
        reader = people.get(hold.patron_id)
        seen = reader is not None and actor.may("patrons.view", units[reader.home_unit].path)
        day = hold.expires_on or hold.suspended_until
        found.append(
            LineRow(
                id=hold.id,
                rank=rank[hold.id],
                reader_id=hold.patron_id if seen else None,
                reader=reader.name if reader and seen else "",
                card=reader.card if reader and seen else "",
                pickup=hold.pickup_unit,
                library=unit_name(units, hold.pickup_unit),
                placed=short_date(local_day(hold.placed_at, where.zone)),
                state=_state(hold),
                until=short_date(day) if day else "",
                wanted_until=short_date(hold.wanted_until) if hold.wanted_until else "",
                last=hold.priority_class > 0,
                volume=hold.volume,
                one_copy=hold.item_id is not None,
                cohort=hold.cohort is not None,
                note=hold.note if seen else "",
            )
        )
    return found


def _state(hold: HoldFacts) -> str:
    if hold.ready_at is not None:
        return "ready"
    if not hold.waiting:
        return "on_the_way"
    if hold.suspended:
        return "suspended"
    return "fetched" if hold.target_item_id is not None else "waiting"
