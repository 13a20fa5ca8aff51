from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitabxana.kernel.periods import FAR, Calendar, DaysMode, NeverOpen, due_moment, end_of_day

BAKU = ZoneInfo("Asia/Baku")
DAY = (time(9), time(18))
WEEKDAYS = dict.fromkeys(range(1, 6), DAY)
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)


def calendar(*closed: date, zone: ZoneInfo = BAKU, weekly: dict[int, tuple[time, time]] | None = None) -> Calendar:
    return Calendar(zone=zone, weekly=WEEKDAYS if weekly is None else weekly, closed=frozenset(closed))


def due_day(days: int, mode: DaysMode, cal: Calendar) -> date:
    return cal.local_day(due_moment(start=MONDAY, days=days, mode=mode, calendar=cal))


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
def test_the_three_modes_on_one_calendar(days: int, mode: DaysMode, due: date) -> None:
    assert due_day(days, mode, calendar(date(2026, 11, 30))) == due


def test_a_day_loan_is_good_to_the_end_of_the_day_where_the_library_is() -> None:
    assert end_of_day(date(2026, 11, 23), BAKU) == datetime(2026, 11, 23, 19, 59, 59, tzinfo=UTC)
    assert end_of_day(date(2026, 11, 23), ZoneInfo("Europe/Istanbul")) == datetime(2026, 11, 23, 20, 59, 59, tzinfo=UTC)


def test_a_loan_late_in_the_evening_counts_from_the_library_s_day() -> None:
    late = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)  # already the 24th in Baku
    due = due_moment(start=late, days=1, mode="keep", calendar=calendar())
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
def test_a_calendar_that_is_never_open_ends_the_search(mode: DaysMode) -> None:
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
