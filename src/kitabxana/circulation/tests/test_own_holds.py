"""What a reader does from home: looks before asking, fetches where a copy can be brought, forgets what was."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from kitabxana.base.actor import SYSTEM, Actor
from kitabxana.base.models import AuditEntry
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import (
    change_pickup,
    check_in,
    check_out,
    forget_ended,
    forget_history,
    forget_returned,
    look_at_hold,
    place_hold,
)
from kitabxana.circulation.queries import past_loan, past_loans_count
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.operations import set_policy
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.operations import change_own
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from datetime import datetime

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nation(db: None) -> None:
    a_nation()


def reader_of(patron_id: int) -> Actor:
    return Actor(name="reader", patron_id=patron_id)


def lent_and_back(patron: int, *, days_ago: int, at: datetime | None = None) -> int:
    back = at or timezone.now() - timedelta(days=days_ago)
    item = a_copy(a_record(), barcode=f"H{days_ago}-{patron}")
    lent = check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=back - timedelta(days=3))
    check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=back)
    return lent.id


def test_a_look_tells_what_placing_would_say_and_what_may_be_chosen() -> None:
    record, patron = a_record(), a_reader()
    copies = {a_copy(record), a_copy(record, barcode="B2", unit="GNC-2")}
    set_policy(name="sent_to", value="system", by=SYSTEM)
    asked = {"record_id": record, "patron_id": patron, "pickup_unit": "GNC-M", "now": timezone.now()}
    look = look_at_hold(**asked, by=reader_of(patron))  # type: ignore[arg-type]
    assert look.refusals == ()
    assert look.pickups == ("GNC-2", "GNC-M")  # not beyond the system
    assert {one.id for one in look.copies} == copies
    assert look.item_level == "allow"
    place_hold(**asked, by=reader_of(patron))  # type: ignore[arg-type]
    again = look_at_hold(**asked, by=reader_of(patron))  # type: ignore[arg-type]
    assert [one.code for one in again.refusals] == ["already_on_hold"]
    with pytest.raises(Refused, match="not_permitted"):
        look_at_hold(**asked, by=reader_of(a_reader(card="R2")))  # type: ignore[arg-type]


def test_a_reader_fetches_only_where_a_copy_can_be_brought() -> None:
    record, patron = a_record(), a_reader()
    a_copy(record)
    set_policy(name="sent_to", value="system", by=SYSTEM)
    now = timezone.now()
    hold = place_hold(record_id=record, patron_id=patron, pickup_unit="GNC-M", by=SYSTEM, now=now)
    with pytest.raises(Refused, match="pickup_out_of_reach"):
        change_pickup(hold_id=hold.id, pickup_unit="SAK-M", by=reader_of(patron), now=now)
    moved = change_pickup(hold_id=hold.id, pickup_unit="GNC-2", by=reader_of(patron), now=now)
    assert moved.pickup_unit == "GNC-2"


def test_a_reader_forgets_one_loan_or_all_and_nobody_else_does() -> None:
    patron, other = a_reader(), a_reader(card="R2")
    first, second, theirs = (lent_and_back(one, days_ago=n) for n, one in ((5, patron), (4, patron), (3, other)))
    for wrong in (theirs, 10**9):
        with pytest.raises(Refused, match="unknown_loan"):
            forget_history(patron_id=patron, by=reader_of(patron), loan_id=wrong)
    with pytest.raises(Refused, match="not_permitted"):
        forget_history(patron_id=patron, by=SYSTEM)
    assert forget_history(patron_id=patron, by=reader_of(patron), loan_id=first) == 1
    told = AuditEntry.objects.filter(action="patron.forget_history").values_list("after", flat=True)
    assert list(told) == [{"loans": 1}], "the trail does not say which"
    assert past_loans_count(patron) == 1
    assert forget_history(patron_id=patron, by=reader_of(patron)) == 1
    kept = past_loan(second)
    assert kept is not None
    assert kept.patron_id is None, "the loan itself still counts"
    assert past_loans_count(other) == 1


def test_by_night_each_loan_is_forgotten_when_its_reader_and_library_want_it() -> None:
    plain, ever, never = a_reader(), a_reader(card="R2"), a_reader(card="R3")
    now = timezone.now()
    change_own(patron_id=ever, changes={"history": "forever"}, by=reader_of(ever), now=now)
    for patron in (plain, ever, never):
        for days in (40, 5):
            lent_and_back(patron, days_ago=days)
    change_own(patron_id=never, changes={"history": "never"}, by=reader_of(never), now=now)
    set_policy(name="history_days", value=30, by=SYSTEM)
    assert forget_ended(now=now) == 3
    assert [past_loans_count(one) for one in (plain, ever, never)] == [1, 2, 0]
    assert forget_ended(now=now) == 0


def test_who_wants_nothing_kept_is_forgotten_with_the_return() -> None:
    plain, never = a_reader(), a_reader(card="R2")
    change_own(patron_id=never, changes={"history": "never"}, by=reader_of(never), now=timezone.now())
    loans = [lent_and_back(one, days_ago=1) for one in (plain, never)]
    forget_returned([{"loan": loan} for loan in loans])
    assert [past_loans_count(one) for one in (plain, never)] == [1, 0]
    set_policy(name="history_days", value=0, by=SYSTEM)
    forget_returned([{"loan": loan} for loan in loans])
    assert past_loans_count(plain) == 0
