"""Each race of lending twice: with the locks taken out of the operations the truth breaks, with them it holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import connection

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import accrue_fines, check_in, check_out, place_hold, renew, undo_check_out
from kitabxana.circulation.queries import loans_of, queue_of
from kitabxana.circulation.tests.builders import PastLoan
from kitabxana.cli.consistency import broken
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.operations import set_policy
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.tests.builders import a_reader
from tests.concurrency.test_races import NOW, at_once
from tests.concurrency.unlocked import Unlocked

pytestmark = pytest.mark.django_db(transaction=True)
LATE = NOW + timedelta(days=25)
ROUNDS = 5
Desk = Callable[[], object]


@dataclass(frozen=True)
class Scene:
    """Desks that act at once, and whether what must hold does hold afterwards."""

    desks: Sequence[Desk]
    holds: Callable[[], bool]


def lend(item: int, patron: int) -> Desk:
    return lambda: check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=NOW)


def one_more_than_allowed(number: int) -> Scene:
    """Two desks lend to a reader who may have one copy more."""
    set_policy(name="max_loans", value=1, by=SYSTEM)
    record, patron = a_record(), a_reader(card=f"R{number}")
    items = [a_copy(record, barcode=f"{number}-{one}") for one in range(2)]
    return Scene([lend(item, patron) for item in items], lambda: len(loans_of(patron)) == 1)


def one_copy_returned_twice(number: int) -> Scene:
    """Two desks take the same copy back, a moment apart."""
    item, patron = a_copy(a_record(), barcode=str(number)), a_reader(card=f"R{number}")
    loan = check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=NOW)

    def take(seconds: int) -> Desk:
        later = NOW + timedelta(days=1, seconds=seconds)
        return lambda: check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=later)

    return Scene([take(1), take(2)], lambda: PastLoan.objects.filter(id=loan.id).count() == 1)


def the_night_and_the_return(number: int) -> Scene:
    """The nightly reckoning has seen a late loan that a desk is taking back as of a day when it was not late."""
    set_policy(name="fine_amount", value=20, by=SYSTEM)
    item, patron = a_copy(a_record(), barcode=str(number)), a_reader(card=f"R{number}")
    check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=NOW)
    came = NOW + timedelta(days=1)
    return Scene(
        [
            lambda: accrue_fines(by=SYSTEM, now=LATE),
            lambda: check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=LATE, returned_at=came),
        ],
        lambda: "fine_runs_without_loan" not in {problem["code"] for problem in broken()},
    )


def one_renewal_left(number: int) -> Scene:
    """The reader renews at home while the desk does; one renewal is allowed."""
    item, patron = a_copy(a_record(), barcode=str(number)), a_reader(card=f"R{number}")
    loan = check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=NOW)
    told: list[int] = []

    def again() -> None:
        told.append(renew(loan_id=loan.id, by=SYSTEM, now=NOW).renewals)

    return Scene([again, again], lambda: told == [1])


def one_reader_asking_twice(number: int) -> Scene:
    """The same hold is asked for by telephone and at home."""
    record, patron = a_record(), a_reader(card=f"R{number}")
    out = a_copy(record, barcode=str(number))  # nothing is to be fetched: one copy for two holds another guard refuses
    check_out(item_id=out, patron_id=a_reader(card=f"X{number}"), unit="GNC-M", by=SYSTEM, now=NOW)
    ask = storming(record, [patron, patron])
    return Scene(ask, lambda: len(queue_of(record)) == 1)


def one_lending_undone_and_taken_back(number: int) -> Scene:
    """A desk undoes its lending while another takes the copy back: the loan ended, or it never was."""
    item, patron = a_copy(a_record(), barcode=str(number)), a_reader(card=f"R{number}")
    loan = check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=NOW)
    moment = NOW + timedelta(minutes=1)
    undone = AuditEntry.objects.filter(action="loan.check_out_undone", object_id=str(loan.id))
    return Scene(
        [
            lambda: undo_check_out(loan_id=loan.id, unit="GNC-M", by=SYSTEM, now=moment),
            lambda: check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=moment),
        ],
        lambda: PastLoan.objects.filter(id=loan.id).exists() != undone.exists(),
    )


def storming(record: int, readers: Sequence[int]) -> list[Desk]:
    return [
        lambda patron=patron: place_hold(  # type: ignore[misc]
            record_id=record, patron_id=patron, pickup_unit="GNC-M", by=SYSTEM, now=NOW
        )
        for patron in readers
    ]


SCENES = [
    one_more_than_allowed, one_copy_returned_twice, the_night_and_the_return, one_renewal_left, one_reader_asking_twice,
    one_lending_undone_and_taken_back,
]  # fmt: skip


@pytest.mark.parametrize("scene", SCENES)
def test_without_the_locks_the_truth_breaks(scene: Callable[[int], Scene]) -> None:
    a_nation()
    made = scene(0)
    race = Unlocked(len(made.desks))
    at_once(*(race(desk) for desk in made.desks))
    assert race.taken_out
    assert not made.holds()


@pytest.mark.parametrize("scene", SCENES)
def test_with_the_locks_it_holds(scene: Callable[[int], Scene]) -> None:
    a_nation()
    for number in range(ROUNDS):
        made = scene(number)
        came_of = at_once(*made.desks)
        assert "done" in came_of
        assert made.holds(), came_of
        assert broken() == []


def test_a_storm_of_holds_leaves_a_line_without_gaps_or_doubles() -> None:
    """Eight readers, three times each, on one title and at once; everybody stands in the line once."""
    a_nation()
    record = a_record()
    lent = a_copy(record)
    check_out(item_id=lent, patron_id=a_reader(card="FIRST"), unit="GNC-M", by=SYSTEM, now=NOW)
    readers = [a_reader(card=f"S{number}") for number in range(8)]
    came_of = at_once(*storming(record, readers * 3))
    assert sorted(came_of) == ["already_on_hold"] * 16 + ["done"] * 8
    line = queue_of(record)
    assert sorted(hold.patron_id for hold in line) == readers
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM circulation_hold WHERE record_id = %s ORDER BY priority_class, id", [record])
        assert [hold.id for hold in line] == [row[0] for row in cursor.fetchall()]
    assert broken() == []
