"""Lists that inherit down the tree: what is said nearer goes before what is said above."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.holdings.operations import add_item_type, change_item, drop_entry, set_entry
from kitabxana.holdings.queries import Lists, entries_of
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.organisation.tests.people import ADMINISTRATOR_HERE, PEOPLE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nation() -> None:
    a_nation()
    add_item_type(code="BK", names={"az": "Kitab", "en": "Book"}, by=SYSTEM)


def say(unit: str | None, code: str, name: str = "", kind: str = "location", **more: Any) -> None:
    set_entry(**{"kind": kind, "unit": unit, "code": code, "names": {"az": name}, "by": SYSTEM} | more)


def seen(unit: str | None, kind: str = "location") -> dict[str, str]:
    return {code: entry.names.get("az", "") for code, entry in Lists().open_at(kind, unit).items()}


def test_what_is_said_above_holds_below_until_something_nearer_is_said() -> None:
    say(None, "RR", "Oxu zalı")
    say("GNC", "AB", "Abonement")
    say("GNC-M", "RR", "Böyük oxu zalı")
    assert seen(None) == {"RR": "Oxu zalı"}
    assert seen("GNC-M") == {"RR": "Böyük oxu zalı", "AB": "Abonement"}
    assert seen("GNC-2") == {"RR": "Oxu zalı", "AB": "Abonement"}
    assert seen("SAK-M") == {"RR": "Oxu zalı"}
    origins = {code: entry.origin for code, entry in Lists().at("location", "GNC-M").items()}
    assert origins == {"RR": "GNC-M", "AB": "GNC"}


def test_what_is_hidden_is_not_chosen_there_and_below_and_can_come_back() -> None:
    say("AZ", "RR", "Oxu zalı")
    say("GNC", "RR", hidden=True)
    assert seen("GNC-M") == {}
    assert seen("SAK-M") == {"RR": "Oxu zalı"}
    assert not Lists().takes("location", "SAK-M", "XX")
    say("GNC-M", "RR")
    assert seen("GNC-M") == {"RR": "Oxu zalı"}
    drop_entry(kind="location", unit="GNC", code="RR", by=SYSTEM)
    assert seen("GNC-2") == {"RR": "Oxu zalı"}
    with pytest.raises(Refused, match="no_such_entry"):
        drop_entry(kind="location", unit="GNC", code="RR", by=SYSTEM)


def test_names_that_are_not_given_come_from_above() -> None:
    set_entry(kind="location", unit=None, code="RR", names={"az": "Oxu zalı", "en": "Reading room"}, by=SYSTEM)
    set_entry(kind="location", unit="GNC", code="RR", names={"az": "Zal", "en": " "}, by=SYSTEM)
    assert Lists().at("location", "GNC")["RR"].names == {"az": "Zal", "en": "Reading room"}


def test_item_types_belong_to_a_level_and_are_renamed_or_hidden_below_it() -> None:
    say("GNC", "MSC", "Mikroskop", kind="item_type", not_for_loan=True)
    assert seen("GNC-2", "item_type") == {"BK": "Kitab", "MSC": "Mikroskop"}
    assert seen("SAK-M", "item_type") == {"BK": "Kitab"}
    assert Lists().at("item_type", "GNC-M")["MSC"].not_for_loan
    say("GNC-M", "BK", "Çap kitabı", kind="item_type")
    say("GNC-2", "BK", kind="item_type", hidden=True)
    assert seen("GNC-M", "item_type")["BK"] == "Çap kitabı"
    assert "BK" not in seen("GNC-2", "item_type")
    assert seen("SAK-M", "item_type")["BK"] == "Kitab"
    copy = a_copy(a_record(), item_type="BK")
    with pytest.raises(Refused, match="unknown_item_type"):
        change_item(item_id=copy, changes={"home_unit": "GNC-2", "item_type": "MAP"}, by=SYSTEM)


def test_a_type_is_hidden_and_shown_again_at_its_own_level() -> None:
    say("GNC", "MSC", "Mikroskop", kind="item_type", hidden=True)
    assert "MSC" not in seen("GNC", "item_type")
    say("GNC", "MSC", "Mikroskop", kind="item_type")
    assert "MSC" in seen("GNC", "item_type")
    assert entries_of("item_type", "GNC") == {}


def test_a_type_of_another_branch_is_not_taken_and_one_in_use_stays() -> None:
    say("GNC", "MSC", kind="item_type")
    for unit in ("SAK", None):
        with pytest.raises(Refused, match="code_of_another"):
            say(unit, "MSC", kind="item_type")
    drop_entry(kind="item_type", unit="GNC", code="MSC", by=SYSTEM)
    a_copy(a_record())
    with pytest.raises(Refused, match="type_in_use"):
        drop_entry(kind="item_type", unit=None, code="BK", by=SYSTEM)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"kind": "shoes"}, "list_not_known"),
        ({"code": ""}, "bad_list_code"),
        ({"code": " x"}, "bad_list_code"),
        ({"code": "x" * 81}, "bad_list_code"),
        ({"code": "x" * 11, "kind": "item_type"}, "bad_list_code"),
        ({"names": {"az": "x" * 121}}, "bad_name"),
        ({"names": {"az": "a\nb"}}, "bad_name"),
        ({"unit": "NO"}, "unknown_unit"),
    ],
)
def test_what_can_t_be_an_entry(asked: dict[str, Any], code: str) -> None:
    basics: dict[str, Any] = {"kind": "location", "unit": "GNC", "code": "RR", "names": {}, "by": SYSTEM}
    with pytest.raises(Refused, match=code):
        set_entry(**basics | asked)


@pytest.mark.parametrize("who", PEOPLE)
def test_who_may_say_what_holds_at_gnc(who: str) -> None:
    if who in ("administrator", "administrator here"):
        say("GNC", "RR", by=PEOPLE[who])
        drop_entry(kind="location", unit="GNC", code="RR", by=PEOPLE[who])
        assert set(AuditEntry.objects.filter(object_type="list").values_list("action", flat=True)) == {
            "list.set", "list.drop",
        }  # fmt: skip
        return
    with pytest.raises(Refused, match="not_permitted"):
        say("GNC", "RR", by=PEOPLE[who])


def test_the_whole_installation_is_only_for_those_who_hold_it() -> None:
    with pytest.raises(Refused, match="not_permitted"):
        say(None, "RR", by=ADMINISTRATOR_HERE)


def test_lists_of_many_units_cost_two_statements() -> None:
    say("GNC", "RR")
    lists = Lists()
    with CaptureQueriesContext(connection) as queries:
        for unit in ("GNC-M", "GNC-2", "SAK-M", None):
            for kind in ("item_type", "location", "collection"):
                lists.at(kind, unit)
    assert len(queries) == 2
