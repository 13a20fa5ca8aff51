from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitabxana.kernel.periods import (
    FAR,
    Calendar,
    DayMode,
    HourMode,
    LoanPeriod,
    NeverOpen,
    due_moment,
    end_of_day,
    start_of_day,
    units_late,
)

BAKU = ZoneInfo("Asia/Baku")
DAY = (time(9), time(18))
WEEKDAYS = dict.fromkeys(range(1, 6), DAY)
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)


def calendar(*closed: date, zone: ZoneInfo = BAKU, weekly: dict[int, tuple[time, time]] | None = None) -> Calendar:
    return Calendar(zone=zone, weekly=WEEKDAYS if weekly is None else weekly, closed=frozenset(closed))


def due_day(days: int, mode: DayMode, cal: Calendar) -> date:
    return cal.local_day(due_moment(start=MONDAY, period=LoanPeriod(days, day_mode=mode), calendar=cal))


@pytest.mark.parametrize(
    ("days", "mode", "due"),
    [
        (5, "keep", date(2026, 11, 28)),  # a Saturday
        (5, "next_open", date(2026, 12, 1)),  # Monday the 30th is closed
        (5, "skip_closed", date(2026, 12, 1)),
        (4, "next_open", date(2026, 11, 27)),
        (0, "keep", date(2026, 11, 23)),
    ],
)
def test_the_three_modes_on_one_calendar(days: int, mode: DayMode, due: date) -> None:
    assert due_day(days, mode, calendar(date(2026, 11, 30))) == due


def test_a_day_loan_is_good_to_the_end_of_the_day_where_the_library_is() -> None:
    assert end_of_day(date(2026, 11, 23), BAKU) == datetime(2026, 11, 23, 19, 59, 59, tzinfo=UTC)
    assert end_of_day(date(2026, 11, 23), ZoneInfo("Europe/Istanbul")) == datetime(2026, 11, 23, 20, 59, 59, tzinfo=UTC)


def test_a_loan_late_in_the_evening_counts_from_the_library_s_day() -> None:
    late = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)  # already the 24th in Baku
    due = due_moment(start=late, period=LoanPeriod(1, day_mode="keep"), calendar=calendar())
    assert calendar().local_day(due) == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/Sao_Paulo", date(2018, 11, 4), 23),  # 00:00 does not exist: the day begins at 01:00
        ("Asia/Beirut", date(2023, 3, 26), 23),
        ("Africa/Cairo", date(2023, 10, 26), 25),  # 23:00–23:59 comes twice
        ("Asia/Baku", date(2026, 3, 29), 24),
    ],
)
def test_where_midnight_vanishes_or_comes_twice_the_day_still_ends_where_the_next_begins(
    zone: str, day: date, hours: int
) -> None:
    before, end = (end_of_day(one, ZoneInfo(zone)) for one in (day - timedelta(days=1), day))
    assert end - before == timedelta(hours=hours)
    assert end.astimezone(ZoneInfo(zone)).date() == day
    assert (end + timedelta(seconds=1)).astimezone(ZoneInfo(zone)).date() == day + timedelta(days=1)


@pytest.mark.parametrize("mode", ["next_open", "skip_closed"])
def test_a_calendar_that_is_never_open_ends_the_search(mode: DayMode) -> None:
    with pytest.raises(NeverOpen):
        due_day(3, mode, calendar(weekly={}))
    everything = [date(2026, 11, 23) + timedelta(days=n) for n in range(2 * FAR)]
    with pytest.raises(NeverOpen):
        due_day(3, mode, calendar(*everything))


@given(
    days=st.integers(0, 400),
    closed=st.frozensets(st.dates(date(2026, 11, 1), date(2028, 1, 1)), max_size=60),
    zone=st.sampled_from(["Asia/Baku", "Europe/Istanbul", "America/Sao_Paulo", "Pacific/Apia"]),
)
def test_a_due_day_is_open_and_never_earlier_than_counted(days: int, closed: frozenset[date], zone: str) -> None:
    cal = Calendar(zone=ZoneInfo(zone), weekly=WEEKDAYS, closed=closed)
    kept, moved = due_day(days, "keep", cal), due_day(days, "next_open", cal)
    assert kept <= moved
    assert cal.is_open(moved)
    assert not any(cal.is_open(kept + timedelta(days=n)) for n in range((moved - kept).days))
    if days:
        skipped = due_day(days, "skip_closed", cal)
        start = cal.local_day(MONDAY)
        between = [start + timedelta(days=n) for n in range(1, (skipped - start).days + 1)]
        assert sum(map(cal.is_open, between)) == days
        assert cal.is_open(skipped)


@pytest.mark.parametrize(
    ("mode", "days", "due"),
    [
        ("previous_open", 5, date(2026, 11, 27)),
        ("previous_open", 0, date(2026, 11, 23)),
        ("same_weekday", 7, date(2026, 12, 7)),  # the 30th is closed: the next open Monday
        ("same_weekday", 5, date(2026, 12, 1)),  # no whole weeks: the next open day
    ],
)
def test_two_more_modes(mode: DayMode, days: int, due: date) -> None:
    assert due_day(days, mode, calendar(date(2026, 11, 30))) == due


def test_moving_back_never_ends_a_loan_before_it_began() -> None:
    shut = [date(2026, 11, 20) + timedelta(days=n) for n in range(10)]
    assert due_day(2, "previous_open", calendar(*shut)) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("mode", "start", "hours", "due"),
    [
        # open 09:00 to 18:00 on weekdays, Baku is UTC+4; the 23rd is a Monday
        ("keep", (23, 15), 12, (24, 3)),
        ("end_of_hours", (23, 15), 12, (23, 18)),  # never at 03:00
        ("next_opening", (23, 15), 12, (24, 9)),
        ("next_opening", (23, 10), 3, (23, 13)),
        ("end_of_hours", (23, 17), 1, (23, 18)),
        ("next_opening", (23, 6), 1, (23, 9)),  # due before the opening of an open day
        ("end_of_hours", (27, 17), 20, (27, 18)),  # Friday evening: Saturday is closed
        ("next_opening", (27, 17), 20, (30, 9)),
        ("end_of_hours", (28, 12), 2, (30, 9)),  # no closing lies between: the next opening
    ],
)
def test_case_02_an_hour_loan_is_due_when_somebody_is_there(
    mode: HourMode, start: tuple[int, int], hours: int, due: tuple[int, int]
) -> None:
    lent, wanted = (datetime(2026, 11, day, hour, tzinfo=BAKU) for day, hour in (start, due))
    period = LoanPeriod(hours, "hours", hour_mode=mode)
    assert due_moment(start=lent, period=period, calendar=calendar()) == wanted


def test_case_02_after_opening_comes_the_offset_and_an_exception_has_its_own_hours() -> None:
    period = LoanPeriod(20, "hours", offset_minutes=30)
    friday = datetime(2026, 11, 27, 17, tzinfo=BAKU)
    assert due_moment(start=friday, period=period, calendar=calendar()) == datetime(2026, 11, 30, 9, 30, tzinfo=BAKU)
    saturday = Calendar(zone=BAKU, weekly=WEEKDAYS, opened={date(2026, 11, 28): (time(14), time(16))})
    assert due_moment(start=friday, period=period, calendar=saturday) == datetime(2026, 11, 28, 14, 30, tzinfo=BAKU)


FIXED = date(2026, 12, 5)  # a Saturday, closed


@pytest.mark.parametrize(
    ("rule", "days", "due"),
    [
        ("no_later", 30, date(2026, 12, 4)),
        ("no_later", 3, date(2026, 11, 26)),
        ("exactly", 3, date(2026, 12, 7)),
        ("no_earlier", 3, date(2026, 12, 7)),
        ("no_earlier", 30, date(2026, 12, 23)),
    ],
)
def test_case_04_a_hard_due_date_comes_after_the_calendar_and_is_looked_up_itself(
    rule: Any, days: int, due: date
) -> None:
    period = LoanPeriod(days, fixed_day=FIXED, fixed_rule=rule)
    assert calendar().local_day(due_moment(start=MONDAY, period=period, calendar=calendar())) == due


@pytest.mark.parametrize(
    ("card_ends", "due"),
    [
        (date(2026, 12, 31), date(2026, 12, 3)),
        (date(2026, 12, 3), date(2026, 12, 3)),
        (date(2026, 12, 1), date(2026, 12, 1)),
        (date(2026, 11, 29), date(2026, 11, 27)),  # a Sunday: the Friday before
    ],
)
def test_case_05_a_loan_ends_no_later_than_the_card(card_ends: date, due: date) -> None:
    period = LoanPeriod(10, last_day=card_ends)
    assert calendar().local_day(due_moment(start=MONDAY, period=period, calendar=calendar())) == due


def test_an_exception_is_open_whatever_else_says_closed() -> None:
    day = date(2026, 11, 28)
    assert not calendar().is_open(day)
    opened = Calendar(zone=BAKU, weekly=WEEKDAYS, closed=frozenset({day}), opened={day: None})
    assert opened.is_open(day)
    assert opened.hours(day) == (time.min, time.max)
    assert calendar().hours(day) is None


@pytest.mark.parametrize(
    ("due", "back", "closed_count", "late"),
    [
        # (day, hour) in November 2026, local; the 28th and 29th are closed
        ((27, 23), (27, 22), False, 0),
        ((27, 23), (28, 10), True, 1),
        ((27, 23), (28, 10), False, 0),
        ((27, 23), (29, 9), False, 0),  # the drop box on a Sunday, early or not
        ((27, 23), (30, 9), False, 1),
        ((27, 23), (30, 9), True, 3),
        ((28, 23), (30, 9), False, 1),  # due on a closed day: it is not taken off, having never counted
    ],
)
def test_case_34_days_late(due: tuple[int, int], back: tuple[int, int], *, closed_count: bool, late: int) -> None:
    moments = [datetime(2026, 11, day, hour, tzinfo=BAKU) for day, hour in (due, back)]
    counted = units_late(
        due=moments[0], returned=moments[1], unit="days", calendar=calendar(), closed_count=closed_count
    )
    assert counted == late


@given(hours=st.integers(0, 400), start=st.integers(0, 200))
def test_case_34_hours_late_leave_out_closed_time_and_no_more(hours: int, start: int) -> None:
    due = MONDAY + timedelta(hours=start)
    back = due + timedelta(hours=hours)
    late = units_late(due=due, returned=back, unit="hours", calendar=calendar(), closed_count=False)
    open_minutes = sum(
        calendar().is_open(calendar().local_day(due + timedelta(minutes=30 * n))) for n in range(2 * hours)
    )
    assert late == open_minutes * 30 // 60
    assert units_late(due=due, returned=back, unit="hours", calendar=calendar(), closed_count=True) == hours


def test_a_day_begins_where_the_one_before_ends() -> None:
    assert start_of_day(date(2026, 9, 6), ZoneInfo("America/Santiago")) == datetime(2026, 9, 6, 4, tzinfo=UTC)
