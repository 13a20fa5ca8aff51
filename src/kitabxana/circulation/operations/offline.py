"""What was done while there was no connection: applied afterwards in the order in which it happened, each once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kitabxana.base import audit
from kitabxana.base.statements import prepared
from kitabxana.circulation.facts import OfflineAnswer, OfflineFacts
from kitabxana.circulation.models import OfflineEvent
from kitabxana.circulation.operations.check_in import check_in
from kitabxana.circulation.operations.check_out import check_out
from kitabxana.circulation.operations.permission import desk
from kitabxana.circulation.operations.renew import renew
from kitabxana.circulation.queries import loans_by_item
from kitabxana.circulation.queries.extract import extract
from kitabxana.circulation.rules.offline import DOES, proposal
from kitabxana.holdings.queries import items_by_barcode
from kitabxana.kernel.decisions import Refusal, Refused
from kitabxana.organisation.queries import tree
from kitabxana.patrons.queries import patron_ids_by_card

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from kitabxana.base.actor import Actor
    from kitabxana.organisation.facts import Tree, UnitFacts


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where the events happened, who sends them, and what their numbers stand for, read for all of them at once."""

    organisation: Tree
    where: UnitFacts
    by: Actor
    now: datetime
    items: Mapping[str, int]
    readers: Mapping[str, int]


def replay(*, unit: str, events: Sequence[OfflineFacts], by: Actor, now: datetime) -> list[OfflineAnswer]:
    """Apply the events of a desk that was cut off, by the moment they happened; answers in that order.

    Each is a transaction of its own and is known by its key for ever: sent again, it changes nothing and gets its
    first answer. What the rules refuse now that it meets what others did meanwhile is a conflict: it is kept for
    review (`OfflineEvent`) and changes nothing else. Nothing is lifted. Refused as a whole: unknown_unit,
    not_permitted.
    """
    organisation = tree()
    where = desk(organisation, unit, by=by, permission="circulation.offline")
    numbers = {one.barcode for one in events}, {one.card for one in events if one.card}
    at = _Desk(organisation, where, by, now, *_known(*numbers, by=by))
    return [_apply(event, at) for event in sorted(events, key=lambda one: (one.at, one.key))]


def _known(barcodes: set[str], cards: set[str], *, by: Actor) -> tuple[dict[str, int], dict[str, int]]:
    """Copies by barcode, and the readers this actor may see by card."""
    items = {barcode: item.id for barcode, item in items_by_barcode(barcodes).items()}
    return items, patron_ids_by_card(cards, scopes=by.scopes("patrons.view"))


@transaction.atomic
def take_along(*, unit: str, by: Actor, now: datetime) -> Iterator[bytes]:
    """The extract a desk works by without a connection (`queries.extract`), in blocks; that it was taken is audited.

    Refused: unknown_unit, not_permitted.
    """
    where = desk(tree(), unit, by=by, permission="circulation.offline")
    audit.record(by, "offline.take_along", object_type="unit", object_id=where.id, after={"unit": unit})
    return extract(unit=unit, now=now)


@transaction.atomic
def _apply(event: OfflineFacts, at: _Desk) -> OfflineAnswer:
    number = _note(event, at)
    if number is None:  # whoever sent it first is through: the unique key made us wait
        row = OfflineEvent.objects.get(unit_id=at.where.id, key=event.key)
        return OfflineAnswer(event.key, row.outcome, _codes(row), again=True)
    try:
        with transaction.atomic():
            _do(event, at)
    except Refused as refused:
        told = [{"code": one.code, "params": dict(one.params), "override": one.override} for one in refused.refusals]
        OfflineEvent.objects.filter(pk=number).update(outcome="conflict", refusals=told)
        return OfflineAnswer(event.key, "conflict", tuple(one.code for one in refused.refusals))
    return OfflineAnswer(event.key, "done")


_NOTE = """
    INSERT INTO circulation_offlineevent (unit_id, key, kind, barcode, card, done_by, happened_at, received_at, sent_by,
                                          outcome, refusals, settled_by)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'done', '[]', '')
    ON CONFLICT (unit_id, key) DO NOTHING RETURNING id"""


def _note(event: OfflineFacts, at: _Desk) -> int | None:
    """The number of the new row, None where the key is known."""
    values: list[Any] = [
        at.where.id,
        event.key,
        event.kind,
        event.barcode,
        event.card,
        event.done_by,
        event.at,
        at.now,
        at.by.name,
    ]
    with prepared() as cursor:
        cursor.execute(_NOTE, values)
        found = cursor.fetchone()
    return int(found[0]) if found else None


def _codes(row: OfflineEvent) -> tuple[str, ...]:
    return tuple(one["code"] for one in row.refusals)


def _do(event: OfflineFacts, at: _Desk, *, lift: frozenset[str] = frozenset()) -> None:
    if event.at > at.now:
        raise Refused.one("happens_later")
    item = at.items.get(event.barcode)
    if item is None:
        raise Refused.one("unknown_item", barcode=event.barcode)
    if event.kind == "check_in":
        check_in(item_id=item, unit=at.where.code, by=at.by, now=at.now, returned_at=event.at)
        return
    reader = at.readers.get(event.card)
    if reader is None:
        raise Refused.one("unknown_patron", card=event.card)
    if event.kind == "check_out":
        check_out(item_id=item, patron_id=reader, unit=at.where.code, by=at.by, now=event.at, lift=lift)
        return
    loan = loans_by_item([item], organisation=at.organisation).get(item)
    if loan is None or loan.patron_id != reader:
        raise Refused.one("unknown_loan")
    renew(loan_id=loan.id, by=at.by, now=event.at)


@transaction.atomic
def settle_conflict(*, event_id: int, by: Actor, now: datetime) -> None:
    """A librarian has looked at a conflict and done what was to be done. Refused: unknown_event, not_permitted."""
    _settle(_conflict(event_id, by=by), "offline.settle", by=by, now=now)


@transaction.atomic
def lend_after_all(*, event_id: int, by: Actor, now: datetime) -> None:
    """Do what a conflict's proposal says: lend the copy to the reader from now on, lifting what stood in the way.

    Refused: unknown_event, not_permitted; and as `check_out`, by what stands in the way by now and was not lifted.
    """
    row = _conflict(event_id, by=by)
    told = [Refusal(one["code"], one["params"], one.get("override")) for one in row.refusals]
    if proposal(row.kind, told) not in DOES:
        raise Refused(told)
    event = OfflineFacts(row.key, row.kind, row.barcode, now, row.card)
    organisation = tree()
    at = _Desk(organisation, organisation.by_id[row.unit_id], by, now, *_known({row.barcode}, {row.card}, by=by))
    _do(event, at, lift=frozenset(_codes(row)))
    _settle(row, "offline.lend", by=by, now=now)


def _conflict(event_id: int, *, by: Actor) -> OfflineEvent:
    """The open conflict, locked."""
    row = OfflineEvent.objects.select_for_update(of=("self",)).select_related("unit").filter(
        pk=event_id, outcome="conflict", settled_at=None
    ).first()  # fmt: skip
    if row is None:
        raise Refused.one("unknown_event")
    if not by.may("circulation.offline", row.unit.path):
        raise Refused.one("not_permitted", permission="circulation.offline")
    return row


def _settle(row: OfflineEvent, action: str, *, by: Actor, now: datetime) -> None:
    row.settled_at, row.settled_by = now, by.name
    row.save(update_fields=["settled_at", "settled_by"])
    audit.record(by, action, object_type="offline_event", object_id=row.pk, after={"codes": list(_codes(row))})
