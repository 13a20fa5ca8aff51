"""What a unit inherits, and how long a process may believe what it has read."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from django.db import transaction

from kitabxana.base.actor import SYSTEM
from kitabxana.kernel.periods import NeverOpen
from kitabxana.organisation.facts import ClosureFacts
from kitabxana.organisation.models import OpeningHours
from kitabxana.organisation.operations import add_closure, add_unit, set_hours, set_policy
from kitabxana.organisation.queries import tree
from kitabxana.organisation.tests.builders import a_nation

TODAY = date(2026, 11, 23)


@pytest.fixture
def _nation(db: None) -> None:
    a_nation()


pytestmark = pytest.mark.usefixtures("_nation")


def add(code: str, parent: str | None, kind: str = "library", **details: Any) -> None:
    add_unit(code=code, kind=kind, parent=parent, names={"en": code}, by=SYSTEM, **details)


def test_zone_currency_and_country_come_from_the_nearest_unit_that_has_them() -> None:
    add("TR", None, "nation", country="TR", zone="Europe/Istanbul", currency="TRY")
    add("ANK", "TR", "system")
    add("ANK-1", "ANK")
    add("NAX", "AZ", "system", zone="Asia/Tbilisi")
    add("NAX-1", "NAX", currency="USD")
    units = tree().units
    assert [(units[code].country, units[code].zone, units[code].currency) for code in ("GNC-M", "ANK-1", "NAX-1")] == [
        ("AZ", "Asia/Baku", "AZN"),
        ("TR", "Europe/Istanbul", "TRY"),
        ("AZ", "Asia/Tbilisi", "USD"),
    ]


def test_paths_hold_exactly_what_lies_under_a_unit() -> None:
    add("GNC2", "AZ", "system")
    add("GNC2-M", "GNC2")
    organisation = tree()
    assert [unit.code for unit in organisation.under("AZ/GNC/")] == ["GNC", "GNC-2", "GNC-M"]
    assert organisation.units["GNC-M"].lineage == ("GNC-M", "GNC", "AZ")
    assert organisation.system_of("GNC-M").code == "GNC"
    assert organisation.system_of("AZ").code == "AZ"
    assert {unit.code for unit in organisation.children("AZ")} == {"GNC", "GNC2", "SAK"}
    assert {unit.code for unit in organisation.libraries()} == {"GNC-M", "GNC-2", "SAK-M", "GNC2-M"}
    assert organisation.by_id[organisation.units["SAK"].id].code == "SAK"


def test_a_name_falls_back_but_never_fails() -> None:
    unit = tree().units["GNC"]
    assert (unit.name("az"), unit.name("ru")) == ("GNC MKS", "GNC MKS")
    assert tree().units["AZ"].name("tr") == "Azerbaijan"


def test_hours_are_the_nearest_unit_s_and_not_mixed() -> None:
    set_hours(unit="GNC", weekly={6: (time(10), time(14))}, by=SYSTEM)
    organisation = tree()
    assert organisation.weekly_hours("GNC-M") == {6: (time(10), time(14))}
    assert organisation.weekly_hours("SAK-M")[1] == (time(9), time(18))
    calendar = organisation.calendar("GNC-M", since=TODAY)
    assert calendar.next_open(TODAY) == date(2026, 11, 28)


def test_closures_add_up_from_the_unit_to_the_root() -> None:
    add_closure(unit="AZ", first_day=date(2020, 12, 31), last_day=date(2021, 1, 2), yearly=True, by=SYSTEM)
    add_closure(unit="GNC", first_day=date(2026, 12, 1), last_day=date(2026, 12, 3), by=SYSTEM)
    add_closure(unit="GNC-2", first_day=date(2026, 12, 4), last_day=date(2026, 12, 4), by=SYSTEM)
    organisation = tree()
    first_open = {
        code: organisation.calendar(code, since=TODAY).next_open(date(2026, 12, 1))
        for code in ("SAK-M", "GNC-M", "GNC-2")
    }
    assert first_open == {"SAK-M": date(2026, 12, 1), "GNC-M": date(2026, 12, 4), "GNC-2": date(2026, 12, 5)}
    for code in first_open:
        assert organisation.calendar(code, since=TODAY).next_open(date(2036, 12, 31)) == date(2037, 1, 3)


@pytest.mark.parametrize(
    ("closure", "closed", "open_days"),
    [
        (ClosureFacts(date(2026, 3, 20), date(2026, 3, 22), yearly=False), [date(2026, 3, 22)], [date(2027, 3, 20)]),
        (ClosureFacts(date(2020, 3, 20), date(2020, 3, 24), yearly=True), [date(2031, 3, 24)], [date(2031, 3, 25)]),
        (ClosureFacts(date(2020, 12, 30), date(2021, 1, 3), yearly=True),
         [date(2030, 1, 3), date(2030, 12, 30)], [date(2030, 1, 4), date(2030, 12, 29)]),
        (ClosureFacts(date(2024, 2, 29), date(2024, 2, 29), yearly=True),
         [date(2025, 3, 1), date(2028, 3, 1)], [date(2025, 2, 28)]),
    ],
)  # fmt: skip
def test_which_days_a_closure_covers(closure: ClosureFacts, closed: list[date], open_days: list[date]) -> None:
    assert [closure.covers(day) for day in (*closed, *open_days)] == [True] * len(closed) + [False] * len(open_days)


def test_where_nobody_said_when_the_library_is_open_no_day_is_closed() -> None:
    add("TR", None, "nation", zone="Europe/Istanbul")
    assert tree().weekly_hours("TR") == {}
    assert tree().calendar("TR", since=TODAY).next_open(TODAY) == TODAY


def test_a_calendar_read_from_a_broken_row_ends_in_a_word_not_in_a_loop() -> None:
    OpeningHours.objects.all().delete()  # behind the operations' back: never-open closures on top
    add_closure(unit="SAK", first_day=date(2026, 1, 1), last_day=date(2026, 12, 30), yearly=True, by=SYSTEM)
    calendar = tree().calendar("SAK-M", since=TODAY)
    assert calendar.next_open(TODAY) == date(2026, 12, 31)
    shut = type(calendar)(zone=calendar.zone, weekly={}, closed=calendar.closed)
    with pytest.raises(NeverOpen):
        shut.next_open(TODAY)


def test_an_unchanged_tree_costs_one_statement_and_is_the_same_object(django_assert_num_queries: Any) -> None:
    first = tree()
    with django_assert_num_queries(1):
        assert tree() is first


@pytest.mark.parametrize("change", ["unit", "hours", "closure", "policy"])
def test_every_change_is_seen_by_the_next_question(change: str) -> None:
    before = tree()
    if change == "unit":
        add("GNC-3", "GNC")
    elif change == "hours":
        set_hours(unit="GNC", weekly={1: (time(9), time(10))}, by=SYSTEM)
    elif change == "closure":
        add_closure(unit="GNC", first_day=TODAY, last_day=TODAY, by=SYSTEM)
    else:
        set_policy(name="loan_length", value=3, by=SYSTEM)
    after = tree()
    assert after.stamp != before.stamp
    assert (after.units, after.hours, after.closures, after.policies) != (
        before.units, before.hours, before.closures, before.policies
    )  # fmt: skip


def test_what_was_rolled_back_is_forgotten() -> None:
    before = tree()
    with transaction.atomic():
        set_policy(name="loan_length", value=3, by=SYSTEM)
        assert tree().policies  # its own transaction sees it
        transaction.set_rollback(True)
    after = tree()
    assert after.stamp == before.stamp
    assert after.policies == {}
