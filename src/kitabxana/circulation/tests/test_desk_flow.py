"""Lending, renewing and taking back at one desk, on a real database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import check_in, check_out, place_hold, renew
from kitabxana.circulation.queries import loan, loans_of, past_loan
from kitabxana.holdings.queries import items_by_id
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.operations import add_unit, set_policy
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.operations import restrict
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from kitabxana.circulation.facts import LoanFacts

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nation() -> None:
    a_nation()


def lend(item: int, patron: int, **more: Any) -> LoanFacts:
    return check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=NOW, **more)


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [refusal.code for refusal in refused.value.refusals]


def test_a_loan_from_shelf_to_shelf() -> None:
    set_policy(name="loan_length", value=10, unit="GNC-M", by=SYSTEM)
    item, patron = a_copy(a_record()), a_reader()
    made = lend(item, patron)
    # 23 November + 10 days, to the end of the day in Baku (+04), which is 19:59:59 UTC
    assert made.due_at == datetime(2026, 12, 3, 19, 59, 59, tzinfo=UTC)
    assert items_by_id([item])[item].place == "loan"
    back = check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=NOW + timedelta(days=11))
    assert (back.instruction, back.notes) == ("to_shelf", ("was_overdue",))
    assert loans_of(patron) == []
    past = past_loan(made.id)
    assert past is not None
    assert past.patron_id == patron
    assert items_by_id([item])[item].place == "shelf"


def test_every_refusal_is_told_at_once_and_lifted_one_by_one() -> None:
    item = a_copy(a_record(), damaged=True)
    patron = a_reader(expires_on=date(2026, 1, 2))
    restrict(patron_id=patron, reason="itirilmiş kitab", by=SYSTEM)
    with pytest.raises(Refused) as refused:
        lend(item, patron)
    assert codes(refused) == ["card_expired", "patron_restricted", "item_damaged"]
    with pytest.raises(Refused) as refused:
        lend(item, patron, lift=frozenset({"card_expired"}))
    assert codes(refused) == ["patron_restricted", "item_damaged"]
    made = lend(item, patron, lift=frozenset({"card_expired", "patron_restricted", "item_damaged"}))
    assert loan(made.id) is not None


def test_a_copy_on_loan_is_not_lent_again() -> None:
    item, first = a_copy(a_record()), a_reader()
    second = a_reader(card="R2")
    lend(item, first)
    with pytest.raises(Refused) as refused:
        lend(item, second)
    assert codes(refused) == ["on_loan"]
    with pytest.raises(Refused) as refused:
        lend(item, first)
    assert codes(refused) == ["already_lent_to_patron"]


def test_the_limit_counts_open_loans() -> None:
    set_policy(name="max_loans", value=1, by=SYSTEM)
    record, patron = a_record(), a_reader()
    lend(a_copy(record), patron)
    with pytest.raises(Refused) as refused:
        lend(a_copy(record, barcode="B2"), patron)
    assert codes(refused) == ["too_many_loans"]
    assert refused.value.refusals[0].params == {"open": 1, "limit": 1, "limit_of": "loans"}


def test_a_renewal_counts_from_the_due_date_and_ends_at_its_limit() -> None:
    item, patron = a_copy(a_record()), a_reader()
    made = lend(item, patron)
    longer = renew(loan_id=made.id, by=SYSTEM, now=NOW)
    assert longer.due_at == made.due_at + timedelta(days=15)
    with pytest.raises(Refused) as refused:
        renew(loan_id=made.id, by=SYSTEM, now=NOW)
    assert codes(refused) == ["too_many_renewals"]


def test_a_held_copy_goes_to_the_waiting_reader_and_to_nobody_else() -> None:
    record = a_record()
    item, first, waiting, third = a_copy(record), a_reader(), a_reader(card="R2"), a_reader(card="R3")
    made = lend(item, first)
    place_hold(record_id=record, patron_id=waiting, pickup_unit="GNC-M", by=SYSTEM, now=NOW)
    with pytest.raises(Refused) as refused:
        renew(loan_id=made.id, by=SYSTEM, now=NOW)
    assert codes(refused) == ["renewal_needed_by_hold"]
    back = check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=NOW)
    assert back.instruction == "hold_shelf"
    assert back.hold is not None
    assert back.hold.patron_id == waiting
    with pytest.raises(Refused) as refused:
        lend(item, third)
    assert codes(refused) == ["held_for_other"]
    assert lend(item, waiting).patron_id == waiting


def test_a_copy_of_another_library_is_sent_home_and_arrives() -> None:
    item = a_copy(a_record(), unit="GNC-2")
    lend(item, a_reader())
    back = check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=NOW)
    assert (back.instruction, back.to_unit) == ("transfer", "GNC-2")
    astray = check_in(item_id=item, unit="SAK-M", by=SYSTEM, now=NOW)
    assert (astray.instruction, astray.to_unit, astray.notes) == ("transfer", "GNC-2", ("wrong_library",))
    home = check_in(item_id=item, unit="GNC-2", by=SYSTEM, now=NOW)
    assert home.instruction == "to_shelf"
    assert items_by_id([item])[item].place == "shelf"


def test_a_card_is_good_in_the_whole_nation() -> None:
    item, patron = a_copy(a_record()), a_reader(home_unit="SAK-M")
    assert lend(item, patron).patron_id == patron


def test_a_reader_of_another_nation_needs_an_administrator() -> None:
    add_unit(code="TR", kind="nation", parent=None, names={"tr": "Türkiye"}, by=SYSTEM, zone="Europe/Istanbul")
    item, patron = a_copy(a_record()), a_reader(home_unit="TR")
    with pytest.raises(Refused) as refused:
        lend(item, patron)
    assert codes(refused) == ["patron_elsewhere"]
    assert refused.value.refusals[0].override == "circulation.override.patron_elsewhere"


def test_a_loan_takes_a_bounded_number_of_statements(django_assert_max_num_queries: Any) -> None:
    item, patron = a_copy(a_record()), a_reader()
    with django_assert_max_num_queries(30):
        lend(item, patron)
    with django_assert_max_num_queries(30):
        check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=NOW)
