"""Cases that need a debt, another's debt, or a desk that was cut off."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.charges.operations import pay
from kitabxana.charges.tests.builders import a_till, owes
from kitabxana.circulation.facts import OfflineFacts
from kitabxana.circulation.models import OfflineEvent
from kitabxana.circulation.operations import renew, replay, settle_conflict
from kitabxana.circulation.queries import loans_of, offline_conflicts, past_loans_of
from kitabxana.circulation.tests.invariants import assert_all_true
from kitabxana.circulation.tests.scenes import NOW, lend, policy, refused, take
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.organisation.tests.people import LIBRARIAN_ELSEWHERE
from kitabxana.patrons.operations import add_guarantor
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitabxana.circulation.facts import OfflineAnswer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nation() -> Iterator[None]:
    a_nation()
    yield
    assert_all_true()


def test_case_18_a_debt_limit_looks_at_what_is_owed_less_credit() -> None:
    policy(debt_limit=500)
    patron, item = a_reader(), a_copy(a_record())
    owes(patron, 700)
    assert refused(lend, item, patron) == ["debt_too_high"]
    pay(patron_id=patron, amount_minor=200, till=a_till(), by=SYSTEM, now=NOW)
    lend(item, patron)


def test_case_18_lending_renewing_and_renewing_of_itself_have_limits_of_their_own() -> None:
    patron, item = a_reader(), a_copy(a_record())
    policy(renewals_allowed=9, auto_renew_before=99)
    made = lend(item, patron)
    owes(patron, 300)
    policy(renewal_debt_limit=200)
    assert refused(renew, loan_id=made.id, by=SYSTEM, now=NOW) == ["debt_too_high"]
    renew(loan_id=made.id, by=SYSTEM, now=NOW, automatic=True)
    policy(renewal_debt_limit=None, auto_renew_debt_limit=200)
    assert refused(renew, loan_id=made.id, by=SYSTEM, now=NOW, automatic=True) == ["debt_too_high"]
    renew(loan_id=made.id, by=SYSTEM, now=NOW)
    lend(a_copy(a_record(), barcode="B2"), patron)  # no limit was set for lending


def test_case_18_the_debts_of_those_one_answers_for_count_where_policy_says() -> None:
    policy(debt_limit=500)
    parent, child, item = a_reader(), a_reader(card="C1"), a_copy(a_record())
    add_guarantor(patron_id=child, guarantor_id=parent, relation="parent", by=SYSTEM)
    owes(child, 400)
    owes(parent, 200)
    take_it = lend(item, parent)
    assert take_it.patron_id == parent
    take(item)
    policy(debts_of_wards=True)
    assert refused(lend, item, parent) == ["debt_too_high"]
    lend(item, child)  # the child does not answer for the parent


def offline(key: str, kind: str, barcode: str, minutes: int, card: str = "") -> OfflineFacts:
    return OfflineFacts(key, kind, barcode, NOW + timedelta(minutes=minutes), card)


def send(*events: OfflineFacts, hours: int = 5) -> list[OfflineAnswer]:
    return replay(unit="GNC-M", events=events, by=SYSTEM, now=NOW + timedelta(hours=hours))


def test_case_40_offline_events_are_applied_in_the_order_in_which_they_happened() -> None:
    first, second = a_reader(), a_reader(card="R2")
    item = a_copy(a_record())
    answers = send(
        offline("3", "check_out", "B1", 30, "R2"),
        offline("1", "check_out", "B1", 10, "R1"),
        offline("2", "check_in", "B1", 20),
    )
    assert [(one.key, one.outcome) for one in answers] == [("1", "done"), ("2", "done"), ("3", "done")]
    [past] = past_loans_of(first)
    assert (past.lent_at, past.returned_at) == (NOW + timedelta(minutes=10), NOW + timedelta(minutes=20))
    [loan] = loans_of(second)
    assert (loan.item_id, loan.lent_at) == (item, NOW + timedelta(minutes=30))


def test_case_40_what_is_sent_again_is_done_once_and_gets_its_first_answer() -> None:
    patron = a_reader()
    a_copy(a_record())
    events = offline("1", "check_out", "B1", 10, "R1"), offline("2", "renew", "B1", 20, "R1")
    assert [one.again for one in send(*events)] == [False, False]
    assert [(one.outcome, one.again) for one in send(*events, hours=900)] == [("done", True)] * 2
    [loan] = loans_of(patron)
    assert loan.renewals == 1
    assert OfflineEvent.objects.count() == 2


def test_case_40_a_conflict_changes_nothing_and_waits_for_a_librarian() -> None:
    here, other = a_reader(), a_reader(card="R2")
    item = a_copy(a_record())
    lend(item, other, now=NOW)  # online, at another desk
    answers = send(
        offline("1", "check_out", "B1", 10, "R1"),
        offline("2", "check_out", "NOPE", 20, "R1"),
        offline("3", "check_in", "B1", 9000),
    )
    assert [one.codes for one in answers] == [("on_loan",), ("unknown_item",), ("happens_later",)]
    assert loans_of(here) == []
    assert len(loans_of(other)) == 1
    kept = offline_conflicts(scopes=("AZ/GNC/",), limit=9)
    assert [one.refusals[0].code for one in kept] == ["on_loan", "unknown_item", "happens_later"]
    assert offline_conflicts(scopes=("AZ/SAK/",), limit=9) == []
    assert refused(settle_conflict, event_id=kept[0].id, by=LIBRARIAN_ELSEWHERE, now=NOW) == ["not_permitted"]
    settle_conflict(event_id=kept[0].id, by=SYSTEM, now=NOW)
    assert refused(settle_conflict, event_id=kept[0].id, by=SYSTEM, now=NOW) == ["unknown_event"]
    assert len(offline_conflicts(scopes=("AZ/GNC/",), limit=9)) == 2
    assert [(one.outcome, one.again) for one in send(offline("1", "check_out", "B1", 10, "R1"))] == [("conflict", True)]


def test_case_40_only_a_desk_that_may_sends_them() -> None:
    assert refused(replay, unit="GNC-M", events=[], by=LIBRARIAN_ELSEWHERE, now=NOW) == ["not_permitted"]
