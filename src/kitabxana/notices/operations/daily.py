"""The day's pass: what is told because a day has come. Run again on the same day, it finds nothing new to tell."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kitabxana.circulation.queries import holds_on_shelf, to_return, who_must_return
from kitabxana.notices.facts import Occasion
from kitabxana.notices.operations.items import of_copies, of_records
from kitabxana.notices.operations.queueing import tell
from kitabxana.notices.rules import CATCH_UP_DAYS, OVERDUE_POLICIES, loan_due, overdue_level
from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import POLICIES, value
from kitabxana.patrons.queries import contacts, memberships_ending

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from kitabxana.circulation.facts import LentItem
    from kitabxana.organisation.facts import Tree

AT_ONCE = 500


def tell_of_the_day(*, now: datetime) -> dict[str, int]:
    """Queue what this day calls for: loans due and overdue, hold shelves, memberships; how many messages of each.

    Days are those of each library's own clock. What should have been told up to two weeks ago is told now.
    """
    return {"loans": _tell_loans(now), "holds": _tell_holds(now), "memberships": _tell_memberships(now)}


def _most(organisation: Tree, *policies: str) -> int:
    """The greatest number of days that any library sets for these policies."""
    found = [POLICIES[name].default for name in policies]
    found += [one for name in policies for one in organisation.policies.get(name, {}).values()]
    return max((one for one in found if one is not None), default=0)


def _tell_loans(now: datetime) -> int:
    organisation = tree()
    since = now - timedelta(days=_most(organisation, *OVERDUE_POLICIES) + CATCH_UP_DAYS + 1)
    until = now + timedelta(days=_most(organisation, "due_soon_days") + 1)
    readers, made = who_must_return(since=since, until=until), 0
    for start in range(0, len(readers), AT_ONCE):
        some = readers[start : start + AT_ONCE]
        lent = to_return(some, since=since, until=until)
        categories = {one.id: one.category for one in contacts(some).values()}
        occasions = [
            told
            for one in lent
            if (told := _of_loan(one, categories[one.loan.patron_id], organisation, now)) is not None
        ]
        titles = of_copies({int(one.item["copy"]) for one in occasions})
        made += tell([_titled(one, titles.get(one.item["copy"], {})) for one in occasions], now=now)
    return made


def _titled(one: Occasion, title: dict[str, str]) -> Occasion:
    return Occasion(one.trigger, one.patron_id, one.thing, one.unit, one.level, {**title, **one.item})


def _of_loan(one: LentItem, category: str, organisation: Tree, now: datetime) -> Occasion | None:
    """What is to be told of a loan today, None for nothing. Only the last rung reached: never two letters at once."""
    loan = one.loan
    zone = ZoneInfo(organisation.units[loan.unit].zone)
    due, today = loan.due_at.astimezone(zone).date(), now.astimezone(zone).date()
    asked = {"unit": loan.policy_unit or loan.unit, "category": category, "item_type": one.item_type}
    late = (today - due).days
    ladder = [value(organisation, name, **asked) for name in OVERDUE_POLICIES]
    trigger, level = "", 0
    if late > 0:
        level = overdue_level(late, ladder)
        trigger = "overdue" if level else ""
    elif late == 0:
        trigger = "due_today" if value(organisation, "tell_due_today", **asked) and loan.due_at > now else ""
    else:
        before = value(organisation, "due_soon_days", **asked)
        # A loan shorter than its reminder would be reminded of on the day it is made.
        fresh = loan.renewed_at or loan.lent_at
        trigger = "due_soon" if before and -late <= before and fresh.astimezone(zone).date() < today else ""
    if not trigger:
        return None
    thing = loan_due(loan.id, due)
    return Occasion(trigger, loan.patron_id, thing, loan.unit, level, {"date": loan.due_at, "copy": loan.item_id})


def _tell_holds(now: datetime) -> int:
    organisation = tree()
    ahead = _most(organisation, "hold_reminder_days")
    rows = holds_on_shelf(
        since=now.date() - timedelta(days=CATCH_UP_DAYS), until=now.date() + timedelta(days=ahead + 1)
    )
    titles = of_records({one.record_id for one in rows})
    occasions = []
    for one in rows:
        assert one.expires_on, "asked for"
        today = now.astimezone(ZoneInfo(organisation.units[one.pickup_unit].zone)).date()
        asked = {"unit": one.pickup_unit, "category": one.patron_category, "item_type": ""}
        before, left = value(organisation, "hold_reminder_days", **asked), (one.expires_on - today).days
        stood = one.ready_at is not None and one.ready_at < now - timedelta(days=1)
        trigger = "hold_expired" if left < 0 else "hold_reminder" if before and left <= before and stood else ""
        if trigger:
            item = {**titles[one.record_id], "date": one.expires_on}
            thing = f"hold {one.id} {one.expires_on.isoformat()}"
            occasions.append(Occasion(trigger, one.patron_id, thing, one.pickup_unit, item=item))
    return tell(occasions, now=now)


def _tell_memberships(now: datetime) -> int:
    organisation = tree()
    ahead = _most(organisation, "membership_reminder_days")
    today, made = now.date(), 0
    rows = _ending(today - timedelta(days=CATCH_UP_DAYS), today + timedelta(days=ahead + 1))
    for some in rows:
        made += tell(_of_memberships(some, organisation, now), now=now)
    return made


def _ending(since: date, until: date) -> Iterator[list[int]]:
    after = 0
    while some := memberships_ending(since=since, until=until, after=after, limit=AT_ONCE):
        yield [patron_id for patron_id, _ in some]
        after = some[-1][0]


def _of_memberships(patron_ids: Iterable[int], organisation: Tree, now: datetime) -> list[Occasion]:
    occasions = []
    for one in contacts(patron_ids).values():
        today = now.astimezone(ZoneInfo(organisation.units[one.home_unit].zone)).date()
        asked = {"unit": one.home_unit, "category": one.category, "item_type": ""}
        before, left = value(organisation, "membership_reminder_days", **asked), (one.expires_on - today).days
        if left < 0:
            trigger = "membership_ended" if value(organisation, "tell_membership_ended", **asked) else ""
        else:
            trigger = "membership_ending" if before and left <= before else ""
        if trigger:
            item = {"date": one.expires_on, "listed": False}
            thing = f"membership {one.expires_on.isoformat()}"
            occasions.append(Occasion(trigger, one.id, thing, one.home_unit, item=item))
    return occasions
