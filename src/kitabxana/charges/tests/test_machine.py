"""Any desk, any order: the ledger does what an account of single coins does, and its sums are true after each step."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kitabxana.base.actor import SYSTEM
from kitabxana.charges import operations as do
from kitabxana.charges.facts import DebitFacts, Till
from kitabxana.charges.queries import account, debits_of, history_page, register
from kitabxana.charges.tests.builders import LOAN, NOW, a_register, faults, found
from kitabxana.charges.tests.model import PlainAccount, PlainDebit
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.tests.builders import a_reader

HERE: dict[str, Any] = {"unit": "GNC-M", "by": SYSTEM, "now": NOW}
amounts = st.integers(0, 40)
ACTED: dict[str, int] = {}
"""How often each rule did something rather than being refused, over the whole run."""


class Desk(RuleBasedStateMachine):
    debits = Bundle("debits")
    payments = Bundle("payments")

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.plain = PlainAccount()
        self.cash = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @initialize()
    def open_the_library(self) -> None:
        a_nation()
        self.reader = a_reader()
        self.till = Till("GNC-M", "cash", a_register())

    def attempt(self, name: str, *, expected: bool, **values: Any) -> Any:
        """Do it; it must be refused exactly when the plain account could not."""
        done = None
        with contextlib.suppress(Refused):
            done = getattr(do, name)(by=SYSTEM, now=NOW, **values)
            ACTED[name] = ACTED.get(name, 0) + 1
        assert (done is not None) == expected, name
        return done

    @rule(target=debits, kind=st.sampled_from(["copy", "lost"]), amount=amounts)
    def charge(self, kind: str, amount: int) -> int:
        made = do.charge_by_hand(patron_id=self.reader, kind=kind, amount_minor=amount, **HERE)
        self.plain.debits[made.id] = PlainDebit(kind, amount)
        return made.id

    @rule(target=payments, amount=amounts, keep=st.booleans(), chosen=st.lists(debits, max_size=3, unique=True))
    def pay(self, amount: int, keep: bool, chosen: list[int]) -> int:  # noqa: FBT001 - hypothesis calls it
        plain = self.plain
        is_open = {one: self.is_open(one) for one in plain.debits}
        wanted = sorted(chosen) or [one for one in sorted(plain.debits) if is_open[one]]
        owed = sum(plain.debits[one].open for one in wanted)
        fits = amount > 0 and all(is_open[one] for one in wanted) and (keep or amount <= owed)
        paid = self.attempt(
            "pay", expected=fits, patron_id=self.reader, amount_minor=amount, till=self.till, keep_rest=keep,
            debit_ids=chosen,
        )  # fmt: skip
        if paid is None:
            return 0
        self.cash += amount
        plain.money[paid.id] = 0
        plain.money[paid.id] = plain.use(paid.id, amount, wanted)
        return int(paid.id)

    @precondition(lambda self: any(self.plain.money.values()) and self.plain.owed)
    @rule(pick=st.integers(0, 20), chosen=st.just([]) | st.lists(debits, max_size=1))
    def apply_credit(self, pick: int, chosen: list[int]) -> None:
        plain = self.plain
        useful = sorted(one for one, coins in plain.money.items() if coins)
        payment = useful[pick % len(useful)]
        is_open = {one: self.is_open(one) for one in plain.debits}
        wanted = sorted(chosen) or [one for one in sorted(plain.debits) if is_open[one]]
        owed = sum(plain.debits[one].open for one in wanted)
        fits = bool(plain.money.get(payment) and owed) and all(is_open[one] for one in wanted)
        self.attempt("apply_credit", expected=fits, credit_id=payment, unit="GNC-M", debit_ids=chosen)
        if fits:
            plain.money[payment] = plain.use(payment, plain.money[payment], wanted)

    @rule(debit=debits, amount=st.none() | amounts)
    def waive(self, debit: int, amount: int | None) -> None:
        row = self.plain.debits[debit]
        coins = row.open if amount is None else amount
        fits = self.is_open(debit) and coins <= row.open and amount != 0
        self.attempt("waive", expected=fits, debit_id=debit, unit="GNC-M", amount_minor=amount)
        if fits:
            self.plain.use(0, coins, [debit])

    def is_open(self, debit: int) -> bool:
        """A fine that fell to nothing runs on, and there is nothing of it to settle."""
        return found(debit).settled_at is None and not (
            self.plain.debits[debit].running and not self.plain.debits[debit].open
        )

    @rule(debit=debits)
    def replace(self, debit: int) -> None:
        row = self.plain.debits[debit]
        fits = self.is_open(debit) and row.kind == "lost"
        self.attempt("replace_in_kind", expected=fits, debit_id=debit, unit="GNC-M")
        if fits:
            self.plain.use(0, row.open, [debit])

    @rule(debit=debits)
    def cancel(self, debit: int) -> None:
        owed_in_kind = self.is_open(debit) and not self.plain.debits[debit].open
        taken = self.plain.take_off(debit, self.plain.debits[debit].amount)
        self.attempt("cancel", expected=bool(taken) or owed_in_kind, debit_id=debit, unit="GNC-M")

    @rule(payment=payments, amount=st.none() | amounts)
    def refund(self, payment: int, amount: int | None) -> None:
        left = self.plain.money.get(payment, 0)
        coins = left if amount is None else amount
        fits = 0 < coins <= left
        self.attempt("refund", expected=fits, credit_id=payment, till=self.till, amount_minor=amount)
        if fits:
            self.plain.money[payment] -= coins
            self.cash -= coins

    @rule(target=debits, amount=amounts)
    def the_fine_grows(self, amount: int) -> int:
        do.set_accruing(patron_id=self.reader, source=LOAN, amount_minor=amount, **HERE)
        plain = self.plain
        if plain.ended:
            return plain.fine[-1]
        rest = max(0, amount - plain.fine_charged)
        running = next((one for one in plain.fine if plain.debits[one].running), None)
        if running is not None:
            plain.debits[running].amount = rest
        elif rest:
            self.see_new_fine(rest, running=True)
        return plain.fine[-1] if plain.fine else self.charge_nothing()

    @rule(target=debits, amount=amounts)
    def the_fine_is_settled(self, amount: int) -> int:
        do.settle_accruing(patron_id=self.reader, source=LOAN, amount_minor=amount, **HERE)
        plain = self.plain
        difference = amount - plain.fine_charged
        running = next((one for one in plain.fine if plain.debits[one].running), None)
        if running is not None:
            plain.debits[running].amount, plain.debits[running].running = max(0, difference), False
        elif difference > 0:
            self.see_new_fine(difference, running=False)
        for debit in reversed(plain.fine):
            if difference < 0 and debit != running:
                taken = plain.take_off(debit, -difference)
                plain.corrected += taken
                difference += taken
        plain.ended = bool(plain.fine)
        return plain.fine[-1] if plain.fine else self.charge_nothing()

    def see_new_fine(self, amount: int, *, running: bool) -> None:
        made = debits_of(LOAN, kind="fine")[-1].id
        self.plain.fine.append(made)
        self.plain.debits[made] = PlainDebit("fine", amount, running=running)

    def charge_nothing(self) -> int:
        made = do.charge_by_hand(patron_id=self.reader, kind="copy", amount_minor=0, **HERE).id
        self.plain.debits[made] = PlainDebit("copy", 0)
        return made

    @invariant()
    def both_say_the_same(self) -> None:
        if not hasattr(self, "reader"):
            return
        assert faults() == {}
        mine = account(self.reader)
        balance = mine.balances.get("AZN")
        assert (balance.owed_minor if balance else 0) == self.plain.owed
        assert {one.id: one.remaining.minor for one in mine.credits} == {
            payment: coins for payment, coins in self.plain.money.items() if coins
        }
        lines = {line.id: line for line in history_page(self.reader)[1] if isinstance(line, DebitFacts)}
        for number, row in self.plain.debits.items():
            line = lines.get(number)
            assert (line.outstanding.minor if line else 0) == row.open >= 0
        drawer = register(self.till.register_id or 0, scopes=("",))
        assert drawer is not None
        assert drawer.shift is not None
        assert drawer.shift.expected_minor == self.cash >= 0


@pytest.mark.slow
@pytest.mark.django_db
def test_the_ledger_does_what_an_account_of_single_coins_does() -> None:
    ACTED.clear()
    every = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Desk, settings=settings(max_examples=15, stateful_step_count=30, deadline=None, suppress_health_check=every)
    )
    assert ACTED["pay"] + ACTED["waive"] + ACTED["cancel"] > 12
