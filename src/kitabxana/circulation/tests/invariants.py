"""What must hold after every operation of circulation, whatever it was."""

from __future__ import annotations

from kitabxana.circulation.models import Allocation, Loan, Transfer
from kitabxana.holdings.tests.builders import places


def assert_all_true() -> None:
    """Every copy is in one place, and what circulation says of it agrees with that place."""
    by_place: dict[str, set[int]] = {"loan": set(), "transit": set(), "hold_shelf": set()}
    for item, place in places().items():
        by_place.setdefault(place, set()).add(item)
    lent = set(Loan.objects.values_list("item_id", flat=True))
    underway = set(Transfer.objects.filter(arrived_at__isnull=True).values_list("item_id", flat=True))
    assert by_place["loan"] == lent
    assert by_place["transit"] == underway
    ready = set()
    for allocation in Allocation.objects.select_related("hold", "item"):
        assert allocation.item.record_id == allocation.hold.record_id
        assert allocation.hold.item_id in (None, allocation.item_id)
        assert (allocation.ready_at is None) == (allocation.expires_on is None)
        if allocation.ready_at is not None:
            ready.add(allocation.item_id)
            assert allocation.item.holding_unit_id == allocation.hold.pickup_unit_id
        elif allocation.trapped_at is not None:
            assert allocation.item.place == "transit"
        else:
            assert allocation.item.place == "shelf"
            assert not allocation.hold.suspended
    assert by_place["hold_shelf"] == ready
