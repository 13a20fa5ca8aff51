"""Every operation of the organisation × nobody, librarians and administrators, here and elsewhere."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry, User
from kitabxana.base.ports import actor_for
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.models import RoleAssignment
from kitabxana.organisation.operations import (
    add_closure,
    add_unit,
    assign_role,
    delete_policy,
    set_hours,
    set_policy,
)
from kitabxana.organisation.tests.builders import a_login, a_nation
from kitabxana.organisation.tests.people import ADMINISTRATOR, ADMINISTRATOR_HERE, PEOPLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitabxana.base.actor import Actor

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 31)
HOURS = {1: (time(9), time(18))}


def _login() -> int:
    return User.objects.get(username="orxan").pk


LOCAL: dict[str, Callable[[Actor], object]] = {
    "add_unit": lambda by: add_unit(code="GNC-9", kind="library", parent="GNC", names={}, by=by),
    "set_hours": lambda by: set_hours(unit="GNC-M", weekly=HOURS, by=by),
    "add_closure": lambda by: add_closure(unit="GNC-M", first_day=DAY, last_day=DAY, by=by),
    "set_policy": lambda by: set_policy(name="loan_length", value=1, unit="GNC-M", by=by),
    "delete_policy": lambda by: delete_policy(name="max_loans", unit="GNC-M", by=by),
    "assign_role": lambda by: assign_role(user_id=_login(), role="librarian", unit="GNC-M", by=by),
}
NATIONAL: dict[str, Callable[[Actor], object]] = {
    "add_unit": lambda by: add_unit(code="TR", kind="nation", parent=None, names={}, by=by),
    "set_hours": lambda by: set_hours(unit="AZ", weekly=HOURS, by=by),
    "add_closure": lambda by: add_closure(unit="AZ", first_day=DAY, last_day=DAY, by=by),
    "set_policy": lambda by: set_policy(name="loan_length", value=1, by=by),
    "delete_policy": lambda by: delete_policy(name="max_loans", by=by),
    "assign_role": lambda by: assign_role(user_id=_login(), role="administrator", unit=None, by=by),
}


@pytest.fixture(autouse=True)
def _nation() -> None:
    a_nation()
    a_login("orxan")
    set_policy(name="max_loans", value=1, by=SYSTEM)
    set_policy(name="max_loans", value=2, unit="GNC-M", by=SYSTEM)


def may(operation: Callable[[Actor], object], by: Actor) -> bool:
    entries = AuditEntry.objects.count()
    codes: list[str] = []
    try:
        operation(by)
    except Refused as refused:
        codes = [refusal.code for refusal in refused.refusals]
    assert codes in ([], ["not_permitted"])
    assert AuditEntry.objects.count() == entries + (not codes)
    return not codes


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("operation", LOCAL)
def test_who_may_change_a_library_of_gnc(operation: str, who: str) -> None:
    assert may(LOCAL[operation], PEOPLE[who]) == (who in ("administrator", "administrator here"))


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("operation", NATIONAL)
def test_who_may_change_the_nation(operation: str, who: str) -> None:
    assert may(NATIONAL[operation], PEOPLE[who]) == (who == "administrator")


def test_nobody_rises_above_the_place_of_the_one_who_appoints() -> None:
    for unit in (None, "AZ", "SAK", "SAK-M"):
        with pytest.raises(Refused, match="not_permitted"):
            assign_role(user_id=_login(), role="administrator", unit=unit, by=ADMINISTRATOR_HERE)
    assign_role(user_id=_login(), role="administrator", unit="GNC", by=ADMINISTRATOR_HERE)
    actor = actor_for(User.objects.get(username="orxan"))
    assert actor.grants["staff.edit"] == ("AZ/GNC/",)
    assert actor.unit == "GNC"


def test_two_roles_add_up_permission_by_permission() -> None:
    assign_role(user_id=_login(), role="librarian", unit="GNC-M", by=ADMINISTRATOR)
    assign_role(user_id=_login(), role="cataloguer", unit="SAK", by=ADMINISTRATOR)
    grants = actor_for(User.objects.get(username="orxan")).grants
    assert grants["circulation.check_out"] == ("AZ/GNC/GNC-M/",)
    assert grants["records.edit"] == ("AZ/SAK/",)
    assert grants["desk.use"] == ("AZ/GNC/GNC-M/", "AZ/SAK/")
    assert "staff.edit" not in grants


def test_a_role_is_held_once() -> None:
    for _ in range(2):
        assign_role(user_id=_login(), role="librarian", unit=None, by=ADMINISTRATOR)
    assert RoleAssignment.objects.count() == 1


@pytest.mark.parametrize(
    ("code", "operation"),
    [
        ("bad_code", lambda by: add_unit(code="", kind="library", parent="GNC", names={}, by=by)),
        ("bad_code", lambda by: add_unit(code="GNC/9", kind="library", parent="GNC", names={}, by=by)),
        ("bad_code", lambda by: add_unit(code="A" * 11, kind="library", parent="GNC", names={}, by=by)),
        ("code_taken", lambda by: add_unit(code="SAK", kind="library", parent="GNC", names={}, by=by)),
        ("unknown_unit", lambda by: add_unit(code="X1", kind="library", parent="NONE", names={}, by=by)),
        ("unknown_kind", lambda by: add_unit(code="X1", kind="shop", parent="GNC", names={}, by=by)),
        ("unknown_zone", lambda by: add_unit(code="X", kind="point", parent="GNC", names={}, by=by, zone="Mars/Base")),
        ("unknown_unit", lambda by: set_hours(unit="NONE", weekly=HOURS, by=by)),
        ("no_open_day", lambda by: set_hours(unit="GNC", weekly={}, by=by)),
        ("bad_hours", lambda by: set_hours(unit="GNC", weekly={8: (time(9), time(18))}, by=by)),
        ("bad_hours", lambda by: set_hours(unit="GNC", weekly={1: (time(18), time(9))}, by=by)),
        ("dates_out_of_order", lambda by: add_closure(unit="GNC", first_day=DAY, last_day=date(2026, 1, 1), by=by)),
        ("closure_too_long", lambda by: add_closure(unit="GNC", first_day=DAY, last_day=DAY.replace(year=2027), by=by)),
        ("unknown_policy", lambda by: set_policy(name="no_such", value=1, by=by)),
        ("unknown_unit", lambda by: set_policy(name="loan_length", value=1, unit="NONE", by=by)),
        ("unknown_role", lambda by: assign_role(user_id=1, role="emperor", unit=None, by=by)),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_its_reason(code: str, operation: Callable[[Actor], object]) -> None:
    with pytest.raises(Refused) as refused:
        operation(ADMINISTRATOR)
    assert [refusal.code for refusal in refused.value.refusals] == [code]


def test_case_03_a_calendar_with_no_open_day_is_rejected_on_save() -> None:
    add_closure(unit="GNC", first_day=date(2026, 1, 1), last_day=date(2026, 12, 30), yearly=True, by=SYSTEM)
    with pytest.raises(Refused) as refused:
        add_closure(unit="AZ", first_day=date(2020, 12, 31), last_day=date(2020, 12, 31), yearly=True, by=SYSTEM)
    assert [(refusal.code, refusal.params["unit"]) for refusal in refused.value.refusals] == [("no_open_day", "GNC")]
    add_closure(unit="SAK", first_day=date(2020, 12, 31), last_day=date(2020, 12, 31), yearly=True, by=SYSTEM)
