"""33, 35: one running line a source, recomputed as often as one likes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry
from kitabxana.charges.facts import Balance, DebitFacts, Source, Till
from kitabxana.charges.models import Debit
from kitabxana.charges.operations import cancel, pay, set_accruing, settle_accruing, waive
from kitabxana.charges.queries import account, debits_of, history_page
from kitabxana.charges.tests.builders import LOAN, NOW, found
from kitabxana.kernel.decisions import Refused

HERE: dict[str, Any] = {"unit": "GNC-M", "by": SYSTEM, "now": NOW}


def grows(patron: int, minor: int, source: Source = LOAN) -> DebitFacts | None:
    return set_accruing(patron_id=patron, source=source, amount_minor=minor, **HERE)


def ends(patron: int, minor: int) -> list[tuple[int, int]]:
    """(amount, outstanding) of the fine's lines."""
    lines = settle_accruing(patron_id=patron, source=LOAN, amount_minor=minor, **HERE)
    assert not any(line.running for line in lines)
    return [(line.amount.minor, line.outstanding.minor) for line in lines]


def take(patron: int, minor: int) -> int:
    return pay(patron_id=patron, amount_minor=minor, till=Till("GNC-M", "card"), by=SYSTEM, now=NOW).id


def balance(patron: int) -> Balance:
    return account(patron).balances.get("AZN", Balance())


def test_33_one_line_a_loan_however_often_it_is_computed(reader: int) -> None:
    lines = [grows(reader, minor) for minor in (20, 40, 40, 60)]
    assert {line.id for line in lines if line} == {debits_of(LOAN)[0].id}
    assert balance(reader) == Balance(60, 0, 1)
    assert ends(reader, 60) == [(60, 60)]
    assert ends(reader, 60) == [(60, 60)]


def test_33_a_job_that_comes_after_the_return_charges_nothing(reader: int) -> None:
    grows(reader, 60)
    ends(reader, 60)
    assert grows(reader, 80) is None
    assert balance(reader) == Balance(60, 0, 1)


def test_33_the_index_itself_lets_one_running_line_of_a_source_exist(reader: int) -> None:
    line = grows(reader, 60)
    assert line is not None
    with pytest.raises(IntegrityError, match="one_running_debit_a_source"), transaction.atomic():
        Debit.objects.create(
            patron_id=reader, unit_id=Debit.objects.get().unit_id, kind="fine", amount_minor=1, outstanding_minor=1,
            currency="AZN", source_kind="loan", source_id=7, running=True, charged_at=NOW, charged_by="",
        )  # fmt: skip


def test_a_renewed_loan_begins_a_new_stretch(reader: int) -> None:
    grows(reader, 60)
    ends(reader, 60)
    assert grows(reader, 20, Source("loan", 7, part=1)) is not None
    assert balance(reader) == Balance(80, 0, 2)


def test_what_was_paid_while_it_ran_stands_and_the_rest_goes_on(reader: int) -> None:
    grows(reader, 60)
    take(reader, 50)
    assert balance(reader) == Balance(10, 0, 1)
    grows(reader, 60)
    assert len(debits_of(LOAN)) == 1
    grows(reader, 100)
    assert [(line.amount.minor, line.running) for line in debits_of(LOAN)] == [(60, False), (40, True)]
    assert ends(reader, 110) == [(60, 10), (50, 50)]
    assert balance(reader) == Balance(60, 0, 2)


def test_what_was_waived_while_it_ran_is_not_charged_again(reader: int) -> None:
    line = grows(reader, 60)
    assert line is not None
    waive(debit_id=line.id, amount_minor=25, **HERE)
    grows(reader, 80)
    assert ends(reader, 80) == [(60, 35), (20, 20)]


def test_what_a_librarian_cancelled_is_not_charged_again(reader: int) -> None:
    line = grows(reader, 60)
    assert line is not None
    cancel(debit_id=line.id, **HERE)
    assert ends(reader, 60) == [(60, 0)]
    assert balance(reader) == Balance()


def test_35_a_backdated_return_takes_off_what_is_open_and_gives_back_what_was_paid(reader: int) -> None:
    grows(reader, 100)
    take(reader, 70)
    assert ends(reader, 20) == [(100, 0)]
    assert balance(reader) == Balance(0, 50, 0)
    assert ends(reader, 20) == [(100, 0)]
    assert balance(reader) == Balance(0, 50, 0)


def test_35_it_may_be_made_less_more_than_once_and_more_again(reader: int) -> None:
    grows(reader, 100)
    assert ends(reader, 100) == [(100, 100)]
    assert ends(reader, 60) == [(100, 60)]
    assert ends(reader, 30) == [(100, 30)]
    assert ends(reader, 45) == [(100, 30), (15, 15)]
    assert balance(reader) == Balance(45, 0, 2)


def test_35_a_waived_fine_that_becomes_less_gives_nothing_back(reader: int) -> None:
    line = grows(reader, 100)
    assert line is not None
    waive(debit_id=line.id, **HERE)
    assert ends(reader, 40) == [(100, 0)]
    assert balance(reader) == Balance()


def test_a_fine_of_nothing_leaves_no_line_and_one_that_fell_to_nothing_is_settled(reader: int) -> None:
    assert grows(reader, 0) is None
    assert ends(reader, 0) == []
    line = grows(reader, 30)
    assert line is not None
    grows(reader, 0)
    assert account(reader).debits == ()
    assert history_page(reader)[0] == 0
    assert ends(reader, 0) == [(0, 0)]
    assert found(line.id).settled_at == NOW


def test_what_can_t_be_an_amount_is_refused(reader: int) -> None:
    for call in (set_accruing, settle_accruing):
        with pytest.raises(Refused, match="bad_amount"):
            call(patron_id=reader, source=LOAN, amount_minor=-1, **HERE)


def test_growing_is_not_written_into_the_audit_trail_every_night(reader: int) -> None:
    before = AuditEntry.objects.count()
    for minor in (20, 40, 60):
        grows(reader, minor)
    ends(reader, 70)
    actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))[before:]
    assert actions == ["charges.debit", "charges.fine"]
