"""Two desks at once, on real transactions: first that the race is there, then that the operations do not lose it.

Each race is run twice: once by hand with neither lock nor rule between the looking and the writing, once through the
operation. Where the first shows nothing, the second would prove nothing.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, connection, transaction

from kitabxana.base.actor import SYSTEM
from kitabxana.base.idempotency import once
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import check_in, check_out, place_hold, renew, undo_check_in, undo_check_out
from kitabxana.circulation.tests.builders import Hold, Loan, PastLoan
from kitabxana.circulation.tests.invariants import assert_all_true
from kitabxana.holdings.queries import items_by_id
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.operations import set_policy
from kitabxana.organisation.queries import tree
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kitabxana.circulation.facts import CheckedIn

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
ROUNDS = 6


@pytest.fixture(autouse=True)
def _nation() -> Iterator[None]:
    a_nation()
    yield
    assert_all_true()


def at_once(*desks: Callable[[], object]) -> list[str]:
    """Let all begin together; what came of each: "done", the codes of its refusals, or the name of its error."""
    start = threading.Barrier(len(desks))
    came_of: list[str] = [""] * len(desks)

    def work(number: int, desk: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            start.wait(10)
            desk()
        except Refused as refused:
            came_of[number] = str(refused)
        except Exception as error:  # noqa: BLE001 - the test compares what came of it
            came_of[number] = type(error).__name__
        else:
            came_of[number] = "done"
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(desks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    return came_of


def lend(item: int, patron: int) -> Callable[[], object]:
    return lambda: check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=NOW)


def take(item: int, answers: list[CheckedIn] | None = None) -> Callable[[], None]:
    kept = [] if answers is None else answers
    later = NOW + timedelta(days=1)
    return lambda: kept.append(check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=later))


def bare_loan(item: int, patron: int) -> Loan:
    unit = tree().units["GNC-M"].id
    return Loan.objects.create(
        item_id=item, patron_id=patron, unit_id=unit, policy_unit_id=unit, lent_at=NOW, due_at=NOW, days_mode="keep"
    )


def looked_then_wrote(
    look: Callable[[], bool], write: Callable[[], object], seen: threading.Barrier
) -> Callable[[], None]:
    """What a desk without locks does: both look before either writes."""

    def desk() -> None:
        with transaction.atomic():
            free = look()
            seen.wait(10)
            if free:
                write()

    return desk


def test_without_lock_and_rule_both_desks_find_the_copy_free_and_the_index_alone_stops_one() -> None:
    item, readers = a_copy(a_record()), [a_reader(), a_reader(card="R2")]
    seen = threading.Barrier(2)

    def desk(patron: int) -> Callable[[], None]:
        return looked_then_wrote(
            lambda: not Loan.objects.filter(item_id=item).exists(), lambda: bare_loan(item, patron), seen
        )

    assert sorted(at_once(*map(desk, readers))) == ["IntegrityError", "done"]
    assert Loan.objects.count() == 1
    at_once(take(item))


def test_10_two_desks_one_barcode_one_lends_and_the_other_is_told_why() -> None:
    item, readers = a_copy(a_record()), [a_reader(card=f"R{number}") for number in range(3)]
    for _ in range(ROUNDS):
        came_of = at_once(*(lend(item, patron) for patron in readers))
        assert sorted(came_of) == ["done", "on_loan", "on_loan"]
        assert Loan.objects.get().patron_id == readers[came_of.index("done")]
        assert at_once(take(item)) == ["done"]
    assert items_by_id([item])[item].loans == ROUNDS


def test_10_a_loan_that_slipped_past_the_locks_is_still_answered_with_on_loan() -> None:
    """The last guard: another path writes a loan while a desk, having found none, is about to."""
    item, patron, other = a_copy(a_record()), a_reader(), a_reader(card="R2")
    came_of: list[str] = []
    desk = threading.Thread(target=lambda: came_of.extend(at_once(lend(item, patron))))
    with transaction.atomic():
        bare_loan(item, other)  # takes no lock that a check-out asks for
        desk.start()
        wait_until_somebody_waits()
    desk.join(20)
    assert came_of == ["on_loan"]
    assert Loan.objects.get().patron_id == other
    at_once(take(item))


def wait_until_somebody_waits() -> None:
    """Until another session stands at a lock."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    pause = threading.Event()
    for _ in range(400):
        with connection.cursor() as cursor:
            cursor.execute(waiting)
            if cursor.fetchone() != (0,):
                return
        pause.wait(0.02)
    pytest.fail("nobody waited")


def test_without_locks_two_returns_both_close_the_loan() -> None:
    item = a_copy(a_record())
    loan = bare_loan(item, a_reader())
    seen = threading.Barrier(2)
    closed: list[int] = []
    desk = looked_then_wrote(lambda: Loan.objects.filter(item_id=item).exists(), lambda: closed.append(loan.pk), seen)
    assert at_once(desk, desk) == ["done", "done"]
    assert len(closed) == 2
    Loan.objects.all().delete()


def test_two_returns_of_one_copy_close_one_loan() -> None:
    item, patron = a_copy(a_record()), a_reader()
    for number in range(1, ROUNDS + 1):
        assert at_once(lend(item, patron)) == ["done"]
        answers: list[CheckedIn] = []
        assert at_once(*[take(item, answers)] * 2) == ["done", "done"]
        assert sorted(answer.loan is not None for answer in answers) == [False, True]
        assert PastLoan.objects.count() == number
        assert not Loan.objects.exists()


def test_two_scans_of_a_copy_that_must_go_home_send_it_once() -> None:
    for number in range(ROUNDS):
        item = a_copy(a_record(), barcode=f"T{number}", unit="GNC-2")
        answers: list[CheckedIn] = []
        assert at_once(take(item, answers), take(item, answers)) == ["done", "done"]
        assert [(answer.instruction, answer.to_unit) for answer in answers] == [("transfer", "GNC-2")] * 2
        assert_all_true()


def test_a_renewal_racing_the_return_prolongs_an_open_loan_or_finds_none() -> None:
    item, patron = a_copy(a_record()), a_reader()
    for _ in range(ROUNDS):
        loan = check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=NOW)
        renewed, returned = at_once(lambda: renew(loan_id=loan.id, by=SYSTEM, now=NOW), take(item))  # noqa: B023
        assert returned == "done"
        past = PastLoan.objects.get(id=loan.id)
        assert (renewed, past.renewals) in (("done", 1), ("unknown_loan", 0))
        assert (past.due_at > loan.due_at) == (renewed == "done")


def test_a_return_racing_the_next_check_out_leaves_one_truth() -> None:
    item, first, second = a_copy(a_record()), a_reader(), a_reader(card="R2")
    for _ in range(ROUNDS):
        assert at_once(lend(item, first)) == ["done"]
        returned, lent = at_once(take(item), lend(item, second))
        assert returned == "done"
        assert lent in ("done", "on_loan")
        assert_all_true()
        at_once(take(item))


def test_an_undo_racing_another_desk_leaves_one_truth() -> None:
    """Of a lending, while the copy is taken back elsewhere; of a return, while it is lent to the next."""
    item, first, second = a_copy(a_record()), a_reader(), a_reader(card="R2")
    for number in range(1, ROUNDS + 1):
        loan = check_out(item_id=item, patron_id=first, unit="GNC-M", by=SYSTEM, now=NOW).id
        came_of = at_once(
            lambda: undo_check_out(loan_id=loan, unit="GNC-M", by=SYSTEM, now=NOW),  # noqa: B023
            lambda: check_in(item_id=item, unit="GNC-2", by=SYSTEM, now=NOW),
        )
        assert came_of in (["done", "done"], ["unknown_loan", "done"])
        assert PastLoan.objects.filter(id=loan).exists() == (came_of[0] == "unknown_loan")
        check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=NOW)
        loan = check_out(item_id=item, patron_id=first, unit="GNC-M", by=SYSTEM, now=NOW).id
        check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=NOW)
        came_of = at_once(
            lambda: undo_check_in(loan_id=loan, unit="GNC-M", by=SYSTEM, now=NOW),  # noqa: B023
            lend(item, second),
        )
        assert came_of in (["done", "on_loan"], ["too_late_to_undo", "done"])
        assert Loan.objects.get().patron_id == (first if came_of[0] == "done" else second), number
        assert_all_true()
        at_once(take(item))


def test_without_the_reader_s_lock_one_hold_is_placed_twice() -> None:
    record, patron = a_record(), a_reader()
    a_copy(record)
    pickup = tree().units["GNC-M"].id
    desk = looked_then_wrote(
        lambda: not Hold.objects.filter(patron_id=patron).exists(),
        lambda: Hold.objects.create(record_id=record, patron_id=patron, pickup_unit_id=pickup, placed_at=NOW),
        threading.Barrier(2),
    )
    assert at_once(desk, desk) == ["done", "done"]
    assert Hold.objects.count() == 2
    Hold.objects.all().delete()


def test_one_hold_asked_for_twice_is_placed_once() -> None:
    for number in range(ROUNDS):
        record, patron = a_record(), a_reader(card=f"H{number}")
        a_copy(record, barcode=f"H{number}")

        def ask(record: int = record, patron: int = patron) -> None:
            place_hold(record_id=record, patron_id=patron, pickup_unit="GNC-M", by=SYSTEM, now=NOW)

        assert sorted(at_once(ask, ask)) == ["already_on_hold", "done"]
        assert Hold.objects.filter(record_id=record).count() == 1


def test_without_the_reader_s_lock_two_desks_lend_beyond_the_limit() -> None:
    record, patron = a_record(), a_reader()
    items = [a_copy(record, barcode=f"L{number}") for number in range(2)]
    seen = threading.Barrier(2)

    def desk(item: int) -> Callable[[], None]:
        return looked_then_wrote(
            lambda: Loan.objects.filter(patron_id=patron).count() < 1, lambda: bare_loan(item, patron), seen
        )

    assert at_once(*map(desk, items)) == ["done", "done"]
    assert Loan.objects.count() == 2
    at_once(*map(take, items))


def test_the_limit_holds_when_two_desks_lend_at_once() -> None:
    set_policy(name="max_loans", value=1, by=SYSTEM)
    record, patron = a_record(), a_reader()
    items = [a_copy(record, barcode=f"L{number}") for number in range(2)]
    for _ in range(ROUNDS):
        assert sorted(at_once(*(lend(item, patron) for item in items))) == ["done", "too_many_loans"]
        at_once(*map(take, items))


def test_two_copies_returned_at_once_go_to_two_readers() -> None:
    record = a_record()
    items = [a_copy(record, barcode=f"Q{number}") for number in range(2)]
    borrowers = [a_reader(card=f"B{number}") for number in range(2)]
    at_once(*(lend(item, patron) for item, patron in zip(items, borrowers, strict=True)))
    for number in range(3):
        place_hold(record_id=record, patron_id=a_reader(card=f"W{number}"), pickup_unit="GNC-M", by=SYSTEM, now=NOW)
    answers: list[CheckedIn] = []
    assert at_once(*(take(item, answers) for item in items)) == ["done", "done"]
    first, second, _ = Hold.objects.order_by("pk").values_list("pk", flat=True)
    assert sorted(answer.hold.id for answer in answers if answer.hold) == [first, second]


def test_the_constraint_itself_lets_one_loan_of_a_copy_exist() -> None:
    item, patron = a_copy(a_record()), a_reader()
    bare_loan(item, patron)
    with pytest.raises(IntegrityError), transaction.atomic():
        bare_loan(item, patron)
    Loan.objects.all().delete()


def test_case_11_one_request_sent_twice_at_once_is_done_once_and_both_get_its_answer() -> None:
    """Without the key both are done: the first renews, and so does the second."""
    set_policy(name="renewals_allowed", value=1000, by=SYSTEM)
    made = check_out(item_id=a_copy(a_record()), patron_id=a_reader(), unit="GNC-M", by=SYSTEM, now=NOW)

    def ask(key: str, answers: list[int]) -> Callable[[], object]:
        def do() -> int:
            return renew(loan_id=made.id, by=SYSTEM, now=NOW).renewals

        return lambda: answers.append(once(caller="desk", key=key, asked=["renew", made.id], do=do))

    twice: list[int] = []
    assert at_once(ask("", twice), ask("", twice)) == ["done", "done"]
    assert sorted(twice) == [1, 2]
    for number in range(ROUNDS):
        answers: list[int] = []
        assert at_once(*[ask(f"k{number}", answers)] * 3) == ["done"] * 3
        assert answers == [3 + number] * 3
