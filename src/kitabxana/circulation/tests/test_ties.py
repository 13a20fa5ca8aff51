"""A reader's loans and holds when the reader leaves, reads what is held, or turns out to be two rows of one person."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.models import Allocation, PastHold, PastLoan, ReturnClaim
from kitabxana.circulation.operations import claim_returned, place_hold
from kitabxana.circulation.queries import holds_of, loans_of, past_loans_of
from kitabxana.circulation.tests.invariants import assert_all_true
from kitabxana.circulation.tests.scenes import NOW, lend, refused, take
from kitabxana.holdings.queries import items_by_id
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.operations import erase, export_everything, merge
from kitabxana.patrons.queries import patron
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nation() -> Iterator[None]:
    a_nation()
    yield
    assert_all_true()


def waits(record: int, reader: int, *, days: float = 0) -> int:
    now = NOW + timedelta(days=days)
    return place_hold(record_id=record, patron_id=reader, pickup_unit="GNC-M", by=SYSTEM, now=now).id


def test_39_who_has_a_book_or_waits_for_one_stays_and_leaves_when_both_are_over() -> None:
    reader, item, wanted = a_reader(), a_copy(a_record()), a_record()
    lend(item, reader)
    other = a_copy(wanted, barcode="B2")
    hold = waits(wanted, reader)
    with pytest.raises(Refused) as found:
        erase(patron_id=reader, by=SYSTEM, now=NOW)
    assert [(one.code, dict(one.params)) for one in found.value.refusals] == [
        ("open_loans", {"loans": 1}), ("open_holds", {"holds": 1})
    ]  # fmt: skip
    claim_returned(loan_id=loans_of(reader)[0].id, by=SYSTEM, now=NOW, note="mən qaytardım")
    take(item)
    lend(other, reader, now=NOW + timedelta(days=1))
    assert refused(erase, patron_id=reader, by=SYSTEM, now=NOW) == ["open_loans"]
    take(other, days=2)
    erase(patron_id=reader, by=SYSTEM, now=NOW + timedelta(days=2))
    assert patron(reader, scopes=("",)) is None
    assert list(PastLoan.objects.values_list("patron_id", flat=True)) == [None, None]
    assert list(PastHold.objects.values_list("id", "patron_id", "outcome")) == [(hold, None, "filled")]
    assert not ReturnClaim.objects.exists()


def test_39_two_rows_of_one_person_bring_all_their_loans_together() -> None:
    keep, gone = a_reader(), a_reader(card="R2")
    first, second, third = (a_copy(a_record(), barcode=f"B{n}") for n in range(3))
    lend(first, keep)
    lent = lend(second, gone)
    lend(third, gone)
    take(third)
    claim = claim_returned(loan_id=lent.id, by=SYSTEM, now=NOW)
    merge(keep=keep, gone=gone, by=SYSTEM, now=NOW)
    assert {loan.item_id for loan in loans_of(keep)} == {first, second}
    assert [loan.item_id for loan in past_loans_of(keep)] == [third]
    assert ReturnClaim.objects.get(pk=claim).patron_id == keep
    assert take(second, days=2).loan is not None


def test_39_one_person_waits_once_for_a_title_where_the_earlier_row_stood() -> None:
    keep, gone, other = a_reader(), a_reader(card="R2"), a_reader(card="R3")
    record, another = a_record(), a_record()
    copies = [a_copy(record), a_copy(another, barcode="B2")]
    for number, copy in enumerate(copies):
        lend(copy, a_reader(card=f"X{number}"))
    earlier, between, later = waits(record, gone), waits(record, other, days=0.1), waits(record, keep, days=0.2)
    single = waits(another, gone)
    merge(keep=keep, gone=gone, by=SYSTEM, now=NOW)
    assert {hold.id for hold in holds_of(keep)} == {earlier, single}
    assert list(PastHold.objects.values_list("id", "patron_id", "outcome")) == [(later, keep, "cancelled")]
    back = take(copies[0])
    assert back.hold is not None
    assert back.hold.id == earlier != between


def test_39_the_hold_whose_copy_stands_ready_goes_on() -> None:
    keep, gone = a_reader(), a_reader(card="R2")
    record = a_record()
    item = a_copy(record)
    earlier, later = waits(record, gone), waits(record, keep, days=0.2)
    kept = {"hold_id": later, "trapped_at": NOW, "ready_at": NOW, "expires_on": NOW.date()}
    Allocation.objects.filter(item_id=item).update(**kept)
    items = type(Allocation.objects.get().item).objects
    items.filter(pk=item).update(place="hold_shelf")
    merge(keep=keep, gone=gone, by=SYSTEM, now=NOW)
    assert [hold.id for hold in holds_of(keep)] == [later]
    assert list(PastHold.objects.values_list("id", "outcome")) == [(earlier, "cancelled")]


def test_39_who_has_the_title_already_waits_no_more_and_the_copy_set_aside_is_free() -> None:
    keep, gone = a_reader(), a_reader(card="R2")
    record = a_record()
    mine, ready = a_copy(record), a_copy(record, barcode="B2")
    lend(mine, keep)
    hold = waits(record, gone)
    assert take(ready).instruction == "hold_shelf"
    merge(keep=keep, gone=gone, by=SYSTEM, now=NOW)
    assert holds_of(keep) == []
    assert list(PastHold.objects.values_list("id", "outcome")) == [(hold, "filled")]
    assert items_by_id([ready])[ready].place == "shelf"


def test_39_the_person_reads_loans_and_holds_with_their_titles() -> None:
    reader, record = a_reader(), a_record()
    item = a_copy(record)
    made = lend(item, reader)
    claim_returned(loan_id=made.id, by=SYSTEM, now=NOW, note="rəfdədir")
    held = export_everything(patron_id=reader, by=SYSTEM, now=NOW)["circulation"]
    assert json.loads(json.dumps(held)) == held
    (told,) = held["loans"]
    barcode = items_by_id([item])[item].barcode
    assert (told["barcode"], told["library"], told["due_at"]) == (barcode, "GNC-M", made.due_at.isoformat())
    assert told["title"]
    assert [claim["note"] for claim in held["claims"]] == ["rəfdədir"]
    take(item)
    held = export_everything(patron_id=reader, by=SYSTEM, now=NOW)["circulation"]
    assert (held["loans"], [past["returned_at_library"] for past in held["past_loans"]]) == ([], ["GNC-M"])
