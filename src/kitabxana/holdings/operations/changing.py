"""Changing copies: what differs is found first, refused or written after; one copy and five thousand go one way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from kitabxana.base import audit, outbox
from kitabxana.catalogue.operations import lean_on
from kitabxana.holdings.facts import PlannedChange
from kitabxana.holdings.models import Item
from kitabxana.holdings.queries import Lists, facts_of
from kitabxana.holdings.rules import PERMISSION_OF, away_problem, key_of, value_problem
from kitabxana.kernel.decisions import Refusal, Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from kitabxana.base.actor import Actor
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import Tree

_STANDING = ("call_number", "scheme", "volume")


@dataclass(frozen=True, slots=True)
class Planner:
    """Asks what a change does with a copy; holds what the answers need, read once."""

    by: Actor
    organisation: Tree
    lists: Lists

    @classmethod
    def of(cls, by: Actor) -> Planner:
        organisation = tree()
        return cls(by, organisation, Lists(organisation))

    def plan(self, row: Item, changes: Mapping[str, Any]) -> PlannedChange:
        """What would change in `row`; values that it has already are left out."""
        now = {name: self._present(row, name) for name in changes}
        after = {name: value for name, value in changes.items() if now[name] != value}
        before = {name: now[name] for name in after}
        item = facts_of(row, self.organisation)
        return PlannedChange(item, before, after, tuple(self._refusals(item, after)))

    def _present(self, row: Item, name: str) -> Any:
        if name == "home_unit":
            return self.organisation.by_id[row.home_unit_id].code
        return row.item_type_id if name == "item_type" else getattr(row, name)

    def _refusals(self, item: ItemFacts, after: Mapping[str, Any]) -> Iterable[Refusal]:
        units = self.organisation.units
        home = after.get("home_unit", item.home_unit)
        if home not in units:
            return [Refusal("unknown_unit", {"unit": home})]
        paths = [units[item.home_unit].path, units[home].path]
        needed = sorted({PERMISSION_OF[name] for name in after})
        missing = [one for one in needed if not all(self.by.may(one, path) for path in paths)]
        if missing:
            return [Refusal("not_permitted", {"permission": permission}) for permission in missing]
        found = [
            Refusal(code, {"field": name}) for name, value in after.items() if (code := value_problem(name, value))
        ]
        if after.get("withdrawn") and (away := away_problem(item)):
            found.append(Refusal(away, {"barcode": item.barcode or str(item.id)}))
        if "lost" in after and item.place == "loan":  # the reader's account goes with it: circulation's to say
            found.append(Refusal("lost_on_loan", {"barcode": item.barcode or str(item.id)}))
        return [*found, *self._not_listed(after, home)]

    def _not_listed(self, after: Mapping[str, Any], home: str) -> Iterable[Refusal]:
        codes = {"item_type": "unknown_item_type", "location": "location_not_listed",
                 "collection": "collection_not_listed"}  # fmt: skip
        return [
            Refusal(code, {"code": str(after[kind]), "unit": home})
            for kind, code in codes.items()
            if kind in after and not self.lists.takes(kind, home, str(after[kind]))
        ]


def lock_rows(item_ids: Iterable[int]) -> list[Item]:
    """Lock copies in the order of their ids until the transaction ends; one statement."""
    rows = Item.objects.select_for_update(of=("self",), no_key=True).select_related("item_type")
    return list(rows.filter(pk__in=sorted(set(item_ids))).order_by("pk"))


def write(planned: Sequence[PlannedChange], *, organisation: Tree, now: datetime) -> None:
    """Write what was planned for locked copies: one statement for all that change alike. No audit, no event."""
    alike: dict[tuple[tuple[str, Any], ...], list[int]] = {}
    for one in planned:
        alike.setdefault(tuple(sorted(_columns(one, organisation, now).items())), []).append(one.item.id)
    for columns, ids in alike.items():
        Item.objects.filter(pk__in=ids).update(**dict(columns), version=F("version") + 1)


def _columns(one: PlannedChange, organisation: Tree, now: datetime) -> dict[str, Any]:
    columns = {name: value for name, value in one.after.items() if name not in ("home_unit", "item_type")}
    if "home_unit" in one.after:
        columns["home_unit_id"] = organisation.units[one.after["home_unit"]].id
    if "item_type" in one.after:
        columns["item_type_id"] = one.after["item_type"]
    if any(name in one.after for name in _STANDING):
        columns["shelf_key"] = key_of(**{name: one.after.get(name, getattr(one.item, name)) for name in _STANDING})
    if "lost" in one.after:
        columns["lost_at"] = now if one.after["lost"] else None
    if "withdrawn" in one.after:
        columns["withdrawn_at"] = now if one.after["withdrawn"] else None
    return columns


@transaction.atomic
def change_item(*, item_id: int, changes: Mapping[str, Any], by: Actor, version: int | None = None) -> None:
    """Change what is said of a copy, its states too; `changes` are fields of `rules.PERMISSION_OF`.

    Locks the copy. `version` is what the change was made from. Writes nothing where nothing differs. Refused:
    unknown_item, stale_item, not_permitted (each field needs its own permission, at the old library and the new),
    unknown_unit, unknown_item_type, location_not_listed, collection_not_listed, barcode_taken, lost_on_loan,
    the codes of `rules.value_problem`, and for withdrawal those of `rules.away_problem`. Tells the index.
    """
    rows = lock_rows([item_id])
    if not rows:
        raise Refused.one("unknown_item", barcode=str(item_id))
    row, planner = rows[0], Planner.of(by)
    if version is not None and version != row.version:
        raise Refused.one("stale_item", barcode=row.barcode or str(row.pk))
    planned = planner.plan(row, changes)
    if planned.refusals:
        raise Refused(planned.refusals)
    if not planned.after:
        return
    try:
        with transaction.atomic():
            write([planned], organisation=planner.organisation, now=timezone.now())
    except IntegrityError as taken:
        raise Refused.one("barcode_taken", barcode=planned.after.get("barcode")) from taken
    audit.record(by, "item.change", object_type="item", object_id=row.pk, before=dict(planned.before),
                 after=dict(planned.after))  # fmt: skip
    outbox.publish("item.changed", {"records": [row.record_id]})


def set_state(*, item_id: int, state: str, value: str | bool, by: Actor) -> None:
    """Say that a copy is lost (one of `rules.LOST_KINDS`, "" found), damaged, withdrawn, not for loan or restricted.

    The states are independent: the others stay as they are. As `change_item` otherwise.
    """
    change_item(item_id=item_id, changes={state: value}, by=by)


@transaction.atomic
def delete_item(*, item_id: int, by: Actor) -> None:
    """Delete a copy that should not have been added; its barcode is never another's, its line in the book stays.

    Locks it. Refused: unknown_item, not_permitted, item_lent, item_waits, item_travels. Tells the index.
    """
    rows = lock_rows([item_id])
    if not rows:
        raise Refused.one("unknown_item", barcode=str(item_id))
    row, organisation = rows[0], tree()
    if not by.may("items.edit", organisation.by_id[row.home_unit_id].path):
        raise Refused.one("not_permitted", permission="items.edit")
    barcode = row.barcode or str(row.pk)
    if away := away_problem(facts_of(row, organisation)):
        raise Refused.one(away, barcode=barcode)
    Item.objects.filter(pk=row.pk).update(deleted_at=timezone.now(), version=F("version") + 1)
    audit.record(by, "item.delete", object_type="item", object_id=row.pk, before={"barcode": row.barcode})
    outbox.publish("item.changed", {"records": [row.record_id]})


@transaction.atomic
def restore_item(*, item_id: int, by: Actor) -> None:
    """Bring a deleted copy back. Refused: unknown_item, not_permitted, unknown_record. Tells the index."""
    row = Item.every.select_for_update(no_key=True).filter(pk=item_id, deleted_at__isnull=False).first()
    if row is None:
        raise Refused.one("unknown_item", barcode=str(item_id))
    if not by.may("items.edit", tree().by_id[row.home_unit_id].path):
        raise Refused.one("not_permitted", permission="items.edit")
    lean_on(row.record_id)
    Item.every.filter(pk=row.pk).update(deleted_at=None, version=F("version") + 1)
    audit.record(by, "item.restore", object_type="item", object_id=row.pk, after={"barcode": row.barcode})
    outbox.publish("item.changed", {"records": [row.record_id]})
