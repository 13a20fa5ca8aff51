"""Several copies at one go: each is a loan, or a refusal, of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.circulation.operations.check_out import check_out
from kitabxana.holdings.queries import items_by_barcode
from kitabxana.kernel.decisions import Refusal, Refused

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from kitabxana.base.actor import Actor
    from kitabxana.circulation.facts import LoanFacts


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one barcode: a loan, or why not."""

    barcode: str
    loan: LoanFacts | None
    refusals: tuple[Refusal, ...] = ()


def check_out_many(
    *, barcodes: Sequence[str], patron_id: int, unit: str, by: Actor, now: datetime, lift: frozenset[str] = frozenset()
) -> list[Tried]:
    """Lend copies by barcode to one reader; one that is refused does not keep the others. A barcode counts once.

    Each is a transaction of its own, in the order given, so that limits bite where they should.
    """
    items = items_by_barcode(barcodes)
    found = []
    for barcode in dict.fromkeys(barcodes):
        item = items.get(barcode)
        if item is None:
            found.append(Tried(barcode, None, (Refusal("unknown_item", {"barcode": barcode}),)))
            continue
        try:
            with transaction.atomic():
                loan = check_out(item_id=item.id, patron_id=patron_id, unit=unit, by=by, now=now, lift=lift)
        except Refused as refused:
            found.append(Tried(barcode, None, refused.refusals))
        else:
            found.append(Tried(barcode, loan))
    return found
