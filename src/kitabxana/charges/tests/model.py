"""An account kept in the plainest way there is: every minor unit is one coin that lies somewhere."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class PlainDebit:
    """`paid` lists the credit of every coin that settled it, in order."""

    kind: str
    amount: int
    paid: list[int] = field(default_factory=list)
    running: bool = False

    @property
    def open(self) -> int:
        return self.amount - len(self.paid)


@dataclass
class PlainAccount:
    debits: dict[int, PlainDebit] = field(default_factory=dict)
    money: dict[int, int] = field(default_factory=dict)
    """Payment → coins of it that lie unused."""

    fine: list[int] = field(default_factory=list)
    corrected: int = 0
    ended: bool = False

    @property
    def owed(self) -> int:
        return sum(debit.open for debit in self.debits.values())

    def use(self, credit: int, coins: int, debits: list[int]) -> int:
        """Put coins on debits, one by one, each on the first that is open; returns how many were left over."""
        for debit in debits:
            while coins and self.debits[debit].open:
                self.debits[debit].paid.append(credit)
                self.debits[debit].running = False
                coins -= 1
        return coins

    def take_off(self, debit: int, coins: int) -> int:
        """Make a debit smaller coin by coin: open ones, then the newest payment's back to it; returns how many."""
        row, done = self.debits[debit], 0
        while done < coins:
            if not row.open:
                money = [credit for credit in row.paid if credit in self.money]
                if not money:
                    break
                row.paid.remove(max(money))
                self.money[max(money)] += 1
            row.paid.append(0)  # taken off: no credit of the reader's
            row.running = False
            done += 1
        return done

    @property
    def fine_charged(self) -> int:
        return sum(self.debits[one].amount for one in self.fine if not self.debits[one].running) - self.corrected
