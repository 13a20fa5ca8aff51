"""Units described, moved, closed; rules of many libraries at once; the steps of the set-up."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry
from kitabxana.base.ports import actor_for
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation import operations as do
from kitabxana.organisation.queries import setup_open, setup_steps, tree, unit_details
from kitabxana.organisation.rules import HOLIDAYS, POLICIES, TEMPLATES, policy_problem, value
from kitabxana.organisation.tests.builders import a_login, a_nation
from kitabxana.organisation.tests.people import PEOPLE

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
NOW, DAY = datetime(2026, 5, 4, 9, tzinfo=UTC), date(2026, 5, 4)
NAMES = {"az": "Gəncə", "en": "Ganja"}


@pytest.fixture(autouse=True)
def _nation() -> None:
    a_nation()


def refused(operation: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as raised:
        operation()
    return [one.code for one in raised.value.refusals]


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("operation", ["describe", "move", "close", "reopen", "many"])
def test_who_may_change_a_library_of_gnc(operation: str, who: str) -> None:
    by = PEOPLE[who]
    acts: dict[str, Callable[[], object]] = {
        "describe": lambda: do.describe_unit(code="GNC-2", names=NAMES, by=by),
        "move": lambda: do.move_unit(code="GNC-2", parent="GNC", by=by),
        "close": lambda: do.close_unit(code="GNC-2", on=DAY, by=by),
        "reopen": lambda: do.reopen_unit(code="GNC-2", by=by),
        "many": lambda: do.set_many(name="loan_length", value=9, units=["GNC-2"], by=by),
    }
    entries = AuditEntry.objects.count()
    if who in ("administrator", "administrator here"):
        acts[operation]()
        assert AuditEntry.objects.count() == entries + 1
    else:
        assert refused(acts[operation]) == ["not_permitted"]
        assert AuditEntry.objects.count() == entries


def test_what_a_unit_says_itself_is_kept_and_what_it_leaves_empty_is_inherited() -> None:
    do.describe_unit(code="GNC", names=NAMES, by=SYSTEM, zone="Europe/Istanbul", latitude=40.68, longitude=46.36)
    assert (tree().units["GNC-M"].zone, tree().units["SAK-M"].zone) == ("Europe/Istanbul", "Asia/Baku")
    do.describe_unit(code="GNC", names=NAMES, by=SYSTEM, zone="", phone="+994 22 256 10 10")
    assert tree().units["GNC-M"].zone == "Asia/Baku"
    assert (unit_details(["GNC"])["GNC"].zone, tree().units["GNC"].latitude) == ("", 40.68)
    last = AuditEntry.objects.filter(action="unit.describe").order_by("-id")[0]
    assert (last.before, last.after) == (
        {"zone": "Europe/Istanbul", "phone": ""},
        {"zone": "", "phone": "+994 22 256 10 10"},
    )


@pytest.mark.parametrize(
    ("code", "details"),
    [
        ("no_name", {"names": {"az": " "}}),
        ("unknown_zone", {"zone": "Mars/Base"}),
        ("bad_country_or_currency", {"currency": "manat"}),
        ("bad_country_or_currency", {"country": "az"}),
        ("bad_coordinates", {"latitude": 40.0}),
        ("bad_coordinates", {"latitude": 91.0, "longitude": 0.0}),
        ("bad_email", {"email": "kitab"}),
    ],
)
def test_what_no_unit_can_be_is_refused(code: str, details: dict[str, object]) -> None:
    assert refused(lambda: do.describe_unit(code="GNC", by=SYSTEM, **({"names": NAMES} | details))) == [code]  # type: ignore[arg-type]


def test_a_unit_moves_with_all_below_it_and_its_people_with_it() -> None:
    do.add_unit(code="GNC-M-P", kind="point", parent="GNC-M", names=NAMES, by=SYSTEM)
    masa, gnc = a_login("masa", role="librarian", unit="GNC-M"), a_login("gnc", role="administrator", unit="GNC")
    assert refused(lambda: do.move_unit(code="GNC-M", parent="SAK", by=actor_for(gnc))) == ["not_permitted"]
    do.move_unit(code="GNC-M", parent="SAK", by=SYSTEM)
    assert [unit.path for unit in tree().under("AZ/SAK/")] == [
        "AZ/SAK/", "AZ/SAK/GNC-M/", "AZ/SAK/GNC-M/GNC-M-P/", "AZ/SAK/SAK-M/",
    ]  # fmt: skip
    assert actor_for(masa).scopes("desk.use") == ("AZ/SAK/GNC-M/",)
    assert [unit.code for unit in tree().children("SAK")] == ["GNC-M", "SAK-M"]


def test_what_has_no_place_there_does_not_move() -> None:
    do.add_unit(code="TR", kind="nation", parent=None, names=NAMES, by=SYSTEM)
    do.add_unit(code="IN", kind="system", parent="GNC", names=NAMES, by=SYSTEM)
    for code, parent in (("GNC", "IN"), ("GNC", "GNC"), ("GNC-M", "SAK-M"), ("GNC", "TR"), ("AZ", "TR")):
        assert refused(lambda c=code, p=parent: do.move_unit(code=c, parent=p, by=SYSTEM)) == ["wrong_parent"]  # type: ignore[misc]
    do.close_unit(code="IN", on=DAY, by=SYSTEM)
    assert refused(lambda: do.move_unit(code="GNC-M", parent="IN", by=SYSTEM)) == ["unit_closed"]


def test_a_unit_closes_when_nothing_is_left_in_it() -> None:
    assert refused(lambda: do.close_unit(code="GNC", on=DAY, by=SYSTEM)) == ["units_below"]
    assert refused(lambda: do.close_unit(code="AZ", on=DAY, by=SYSTEM)) == ["units_below"]
    for code in ("GNC-M", "GNC-2", "GNC"):
        do.close_unit(code=code, on=DAY, by=SYSTEM)
    assert [unit.code for unit in tree().libraries()] == ["SAK-M"]
    assert refused(lambda: do.close_unit(code="GNC", on=DAY, by=SYSTEM)) == ["unit_closed"]
    assert refused(lambda: do.reopen_unit(code="GNC-M", by=SYSTEM)) == ["unit_closed"]
    do.reopen_unit(code="GNC", by=SYSTEM)
    do.reopen_unit(code="GNC-M", by=SYSTEM)
    assert [unit.code for unit in tree().libraries()] == ["GNC-M", "SAK-M"]


def test_one_rule_is_set_and_given_back_at_many_libraries_or_at_none() -> None:
    do.set_policy(name="max_loans", value=3, unit="GNC-M", by=SYSTEM)
    libraries = ["GNC-M", "GNC-2", "SAK-M"]
    assert do.set_many(name="max_loans", value=3, units=libraries, by=SYSTEM) == 2
    here = PEOPLE["administrator here"]
    assert refused(lambda: do.set_many(name="max_loans", value=4, units=libraries, by=here)) == ["not_permitted"]
    assert refused(lambda: do.set_many(name="max_loans", value="x", units=libraries, by=SYSTEM)) == ["wrong_type"]
    assert refused(lambda: do.set_many(name="max_loans", value=4, units=[], by=SYSTEM)) == ["no_units"]
    values = [value(tree(), "max_loans", unit=one, category="", item_type="") for one in libraries]
    assert values == [3, 3, 3]
    assert do.set_many(name="max_loans", value=None, units=libraries, by=SYSTEM, give_back=True) == 3
    assert tree().policies.get("max_loans") is None


def test_every_preset_can_be_applied() -> None:
    for name, values in TEMPLATES.items():
        assert {policy: policy_problem(policy, wanted) for policy, wanted in values.items()} == dict.fromkeys(values)
        assert set(values) <= set(POLICIES)
        do.apply_template(name=name, unit="GNC", by=SYSTEM)
        assert value(tree(), "loan_length", unit="GNC-M", category="", item_type="") == values["loan_length"]
    assert do.add_public_holidays(unit="AZ", country="AZ", by=SYSTEM) == len(HOLIDAYS["AZ"])
    assert do.add_public_holidays(unit="AZ", country="AZ", by=SYSTEM) == 0
    calendar = tree().calendar("GNC-M", since=date(2027, 1, 1))
    assert [day for day in range(18, 27) if calendar.hours(date(2027, 3, day)) is None] == [20, 21, 22, 23, 24]
    assert refused(lambda: do.apply_template(name="x", unit="GNC", by=SYSTEM)) == ["unknown_template"]


def test_the_set_up_is_noted_step_by_step_by_who_may_do_everything() -> None:
    assert not setup_open()
    for who in ("nobody", "librarian here", "administrator here"):
        assert refused(lambda w=who: do.note_step(name="nation", by=PEOPLE[w], now=NOW)) == ["not_permitted"]  # type: ignore[misc]
    do.note_step(name="nation", by=SYSTEM, now=NOW, skipped=True)
    assert (setup_open(), setup_steps()) == (True, {"nation": True})
    do.note_step(name="nation", by=SYSTEM, now=NOW)
    do.note_step(name="nation", by=SYSTEM, now=NOW, skipped=True)
    assert setup_steps() == {"nation": False}
    assert refused(lambda: do.note_step(name="lunch", by=SYSTEM, now=NOW)) == ["unknown_step"]
    do.note_step(name="finished", by=SYSTEM, now=NOW)
    assert not setup_open()


def test_the_first_library_gets_codes_of_its_name() -> None:
    found = do.found_library(
        nation="AZ", system={"az": "Şəki MKS"}, library={"az": "Şəki kitabxanası", "ru": ""}, by=SYSTEM, city="Şəki"
    )
    assert found == ("SEKI", "SEKI-2")
    unit = tree().units["SEKI-2"]
    assert (unit.path, unit.city, dict(unit.names)) == ("AZ/SEKI/SEKI-2/", "Şəki", {"az": "Şəki kitabxanası"})
    assert do.found_library(nation="AZ", system={}, library={"az": "Ağsu"}, by=SYSTEM) == ("", "AGSU")
    assert refused(lambda: do.found_library(nation="AZ", system={"az": "X"}, library={}, by=SYSTEM)) == ["no_name"]
    assert "X" not in tree().units
