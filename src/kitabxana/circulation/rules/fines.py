"""What a late return costs: sums and days alone. Booking them is the ledger's work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from kitabxana.kernel.periods import units_late

if TYPE_CHECKING:
    from datetime import date, datetime

    from kitabxana.circulation.facts.terms import FineTerms, SuspensionTerms
    from kitabxana.kernel.periods import Calendar


@dataclass(frozen=True, slots=True)
class Fine:
    """`minor` in the library's currency; `late` and `counted` in days or hours, before and after the grace."""

    minor: int
    late: int
    counted: int


def fine(*, due: datetime, returned: datetime, terms: FineTerms, calendar: Calendar, price: int | None) -> Fine:
    """The fine of a loan as it stands at `returned`. The same moment always gives the same sum, however often asked.

    `price` is the copy's own in minor units; None when unknown, then the type's replacement price stands in. A cap of
    0 lets nothing be charged; no cap is None.
    """
    late = units_late(
        due=due, returned=returned, unit=terms.loan_unit, calendar=calendar, closed_count=terms.fine_closed_days
    )
    counted = late - terms.grace
    if counted <= 0 or terms.fine_every <= 0:
        return Fine(0, late, counted)
    charged = late if terms.grace_is_fined else counted
    # Rounding up charges a period when it begins, rounding down when it is over.
    periods = -(-charged // terms.fine_every) if terms.fine_charged_at == "start" else charged // terms.fine_every
    worth = price if price is not None else terms.default_price
    caps = [cap for cap in (terms.fine_cap, worth if terms.fine_cap_at_price else None) if cap is not None]
    return Fine(min([periods * terms.fine_amount, *caps]), late, counted)


def suspension_days(*, due: datetime, returned: datetime, terms: SuspensionTerms, calendar: Calendar) -> int:
    """For how many days a late reader may not borrow; 0 for none.

    What lies beyond the grace counts; what comes of it is cut to the most allowed after it has been divided.
    """
    late = units_late(
        due=due, returned=returned, unit=terms.loan_unit, calendar=calendar, closed_count=terms.fine_closed_days
    )
    if late <= terms.grace:
        return 0
    days = (late - terms.grace) * terms.suspension_days // terms.suspension_every
    return days if terms.suspension_max is None else min(days, terms.suspension_max)


def suspended_until(
    *, days: int, returned: date, terms: SuspensionTerms, calendar: Calendar, running_until: date | None
) -> date | None:
    """The first day on which the reader may borrow again, None without a suspension.

    One that is still running is never shortened; where suspensions add up, the new one begins at its end. Where
    closed days are not fined they are no days of suspension either.
    """
    if days == 0:
        return running_until
    ends = running_until if running_until and terms.suspension_adds_up else returned
    for _ in range(days):
        ends += timedelta(days=1)
        if not terms.fine_closed_days:
            ends = calendar.next_open(ends)
    return max(ends, running_until) if running_until else ends
