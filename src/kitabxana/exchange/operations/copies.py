"""The copies of a batch: known ones brought up to date, new ones stored, impossible ones set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.holdings import operations as holdings
from kitabxana.holdings.queries import known_items, unbarcoded_digests
from kitabxana.organisation.operations import add_unit
from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import unit_problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kitabxana.base.actor import Actor
    from kitabxana.exchange.facts import Prepared, Profile, Summary
    from kitabxana.exchange.operations.rejects import Rejects
    from kitabxana.holdings.facts import NewItem


def store_copies(
    records: Sequence[tuple[int, Prepared]], *, profile: Profile, summary: Summary, rejects: Rejects, by: Actor
) -> set[int]:
    """Store the copies of these (record id, record) pairs; returns the ids of records whose copies changed.

    Libraries and item types that are not known yet are added, so that no copy is lost for want of a name.
    """
    given = [(record_id, record, item) for record_id, record in records for item in record.items]
    if not given:
        return set()
    possible = _possible_units((item for _, _, item in given), profile=profile, summary=summary, by=by)
    summary.item_types_added += holdings.ensure_item_types({item.item_type for _, _, item in given})
    known = known_items(item.barcode for _, _, item in given if item.barcode)
    bare = unbarcoded_digests(record_id for record_id, _, item in given if not item.barcode)
    taken: dict[str, int] = {}
    fresh: list[tuple[int, NewItem]] = []
    changed: set[int] = set()
    for record_id, record, item in given:
        code = item.barcode or ""
        stored = known.get(code)
        problem = _problem(item, possible)
        if not problem and ((stored and stored[1] != record_id) or (code and taken.get(code, record_id) != record_id)):
            problem = "barcode_taken"
        if problem:
            summary.items_rejected += 1
            rejects.add(record, reason=problem, detail=f"item {code} of {item.home_unit or 'no library'}")
        elif stored or (not code and (record_id, item.source_digest) in bare):
            if stored and stored[2] != item.source_digest:
                holdings.replace(stored[0], item)
                changed.add(record_id)
        elif code not in taken:
            fresh.append((record_id, item))
            changed.add(record_id)
            if code:
                taken[code] = record_id
    holdings.add_many(fresh)
    summary.items_created += len(fresh)
    return changed


def _problem(item: NewItem, possible: set[str]) -> str:
    if not item.home_unit:
        return "no_library"
    return "" if {item.home_unit, item.holding_unit} <= possible else "bad_library_code"


def _possible_units(items: Iterable[NewItem], *, profile: Profile, summary: Summary, by: Actor) -> set[str]:
    """The unit codes that exist, after the new ones among `items` are added below `profile.under` by who may."""
    units = tree().units
    wanted = {code for item in items for code in (item.home_unit, item.holding_unit) if code}
    root = profile.under or next((unit.code for unit in units.values() if unit.kind == "nation"), "")
    may = bool(root) and by.may("organisation.edit", units[root].path)
    for code in sorted(wanted - set(units)):
        if may and unit_problem(code=code, kind="library", zone="") is None:
            add_unit(code=code, kind="library", parent=root, names={}, by=by)
            summary.libraries_added.append(code)
    return set(tree().units)
