"""Rotas: copies that stand in each library of a round for its days, and travel on by their scans."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.facts.rotas import Stage
from kitabxana.circulation.operations import (
    advance_rotas,
    check_in,
    drop_rota,
    place_hold,
    put_on_rota,
    set_rota,
    take_off_rota,
)
from kitabxana.circulation.queries.holds import on_their_way
from kitabxana.circulation.queries.rotas import copies_of_rota, rota, to_send_on
from kitabxana.circulation.tests.invariants import assert_all_true
from kitabxana.circulation.tests.scenes import NOW, lend, policy, refused
from kitabxana.holdings.queries import items_by_id
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.queries import tree
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.organisation.tests.people import ADMINISTRATOR_HERE, LIBRARIAN_HERE
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
ROUND = (Stage("GNC-M", 10), Stage("GNC-2", 20), Stage("SAK-M", 30))


@pytest.fixture(autouse=True)
def _nation() -> Iterator[None]:
    a_nation()
    yield
    assert_all_true()


def a_rota(*stages: Stage, **more: Any) -> int:
    asked: dict[str, Any] = {"unit": "GNC-M", "name": "Səyyar rəf"} | more
    return set_rota(stages=stages or ROUND, by=SYSTEM, now=NOW, **asked)


def goes_round(*barcodes: str, rota_id: int, days: float = 0) -> int:
    return put_on_rota(rota_id=rota_id, barcodes=barcodes, by=SYSTEM, now=NOW + timedelta(days=days))


def night(days: float) -> int:
    return advance_rotas(now=NOW + timedelta(days=days))


def scan(item: int, unit: str, days: float) -> tuple[str, str]:
    done = check_in(item_id=item, unit=unit, by=SYSTEM, now=NOW + timedelta(days=days))
    return done.instruction, done.to_unit


def where(rota_id: int) -> list[tuple[str, str, str]]:
    """(barcode, where it belongs, last day of its stay) of each copy."""
    found = copies_of_rota(rota_id, offset=0, limit=50)[1]
    return [(one.item.barcode or "", one.to_unit, str(one.until or "")) for one in found]


def test_case_22_a_copy_goes_the_whole_round_and_begins_again() -> None:
    item, number = a_copy(a_record()), a_rota()
    assert goes_round("B1", rota_id=number) == 1
    assert where(number) == [("B1", "GNC-M", "2026-12-03")]
    assert (night(10), night(10.3), where(number)) == (0, 0, [("B1", "GNC-M", "2026-12-03")])
    assert night(11) == 1
    assert [one.item.id for one in to_send_on("GNC-M")] == [item]
    assert scan(item, "GNC-M", 12) == ("transfer", "GNC-2")
    assert [(one.reason, one.item.id) for one in on_their_way("GNC-2", incoming=True)] == [("rotation", item)]
    assert (to_send_on("GNC-M"), night(40)) == ([], 0)
    assert scan(item, "GNC-2", 13) == ("to_shelf", "GNC-2")
    assert where(number) == [("B1", "GNC-2", "2026-12-26")]
    assert scan(item, "GNC-2", 20) == ("to_shelf", "GNC-2")
    assert where(number) == [("B1", "GNC-2", "2026-12-26")]
    assert night(34) == 1
    scan(item, "GNC-2", 34)
    scan(item, "SAK-M", 35)
    assert night(66) == 1
    assert where(number) == [("B1", "GNC-M", "")]
    assert scan(item, "SAK-M", 66) == ("transfer", "GNC-M")


def test_a_round_that_ends_brings_the_copy_home_and_lets_it_go() -> None:
    home = a_copy(a_record(), barcode="B1", unit="SAK-M")
    number = a_rota(*ROUND[:2], cyclic=False)
    goes_round("B1", rota_id=number)
    assert [one.item.id for one in to_send_on("SAK-M")] == [home]
    assert scan(home, "SAK-M", 0) == ("transfer", "GNC-M")
    scan(home, "GNC-M", 1)
    night(12)
    scan(home, "GNC-M", 12)
    scan(home, "GNC-2", 13)
    assert night(34) == 1
    assert where(number) == []
    assert [one.to_unit for one in to_send_on("GNC-2")] == ["SAK-M"]
    policy(return_policy="float")
    assert scan(home, "GNC-2", 34) == ("transfer", "SAK-M")
    assert scan(home, "SAK-M", 35) == ("to_shelf", "SAK-M")
    assert scan(home, "GNC-2", 36) == ("to_shelf", "GNC-2")  # it floats again: no rota sends it


def test_readers_go_before_the_rota_and_a_loan_out_when_its_stay_ends_is_sent_on_from_its_return() -> None:
    record = a_record()
    item, number, reader = a_copy(record), a_rota(), a_reader()
    goes_round("B1", rota_id=number)
    lend(item, reader)
    assert (night(11), to_send_on("GNC-M")) == (1, [])
    place_hold(record_id=record, patron_id=a_reader(card="R2"), pickup_unit="GNC-M", by=SYSTEM, now=NOW)
    assert scan(item, "GNC-M", 12) == ("hold_shelf", "GNC-M")
    lend(item, reader, now=NOW + timedelta(days=13), lift="held_for_other wanted_by_other")
    assert scan(item, "GNC-2", 14) == ("transfer", "GNC-M")  # for who waits; it was where its rota wants it
    assert where(number) == [("B1", "GNC-2", "2026-12-27")]


def test_stages_are_changed_while_copies_travel() -> None:
    item, number = a_copy(a_record()), a_rota()
    goes_round("B1", rota_id=number)
    first, second, third = rota(number).stages  # type: ignore[union-attr]
    assert first.copies == 1
    moved = [second, Stage("GNC-M", 5, first.id), third]
    a_rota(*moved, rota_id=number, name="Yeni ad")
    assert where(number) == [("B1", "GNC-M", "2026-11-28")]
    a_rota(Stage("SAK-M", 5, first.id), second, rota_id=number)
    assert where(number) == [("B1", "SAK-M", "")]
    assert scan(item, "GNC-M", 1) == ("transfer", "SAK-M")
    a_rota(second, third, rota_id=number)  # what belonged to a stage that is gone goes home
    assert where(number) == []
    assert scan(item, "SAK-M", 2) == ("transfer", "GNC-M")
    scan(item, "GNC-M", 3)
    assert scan(item, "SAK-M", 4) == ("transfer", "GNC-M")


def test_a_rota_that_rests_keeps_its_copies_where_they_are() -> None:
    a_copy(a_record())
    number = a_rota(resting=True)
    goes_round("B1", rota_id=number)
    assert night(100) == 0
    a_rota(*rota(number).stages, rota_id=number)  # type: ignore[union-attr]
    assert night(100) == 1


def test_taken_off_or_with_its_rota_gone_a_copy_goes_home() -> None:
    here, there = a_copy(a_record()), a_copy(a_record(), barcode="B2", unit="SAK-M")
    number = a_rota()
    goes_round("B1", "B2", rota_id=number)
    scan(there, "SAK-M", 0)
    scan(there, "GNC-M", 1)
    take_off_rota(item_id=there, by=SYSTEM)
    assert [one.item.id for one in to_send_on("GNC-M")] == [there]
    assert refused(take_off_rota, item_id=there, by=SYSTEM) == ["not_on_rota"]
    assert goes_round("B2", rota_id=number, days=2) == 1  # on its way home it may begin another round
    drop_rota(rota_id=number, by=SYSTEM)
    assert rota(number) is None
    assert scan(there, "GNC-M", 3) == ("transfer", "SAK-M")
    assert scan(here, "GNC-M", 3) == ("to_shelf", "GNC-M")
    assert items_by_id([here])[here].place == "shelf"


def test_what_can_t_be_a_rota_is_told_at_once_and_only_who_may_makes_one() -> None:
    a_copy(a_record(), barcode="B1")
    a_copy(a_record(), barcode="B9", unit="SAK-M")
    assert refused(a_rota, Stage("GNC-M", 0), Stage("GNC-M", 5), Stage("XX", 1), Stage("GNC", 1), name=" ") == [
        "rota_without_name", "unknown_unit", "rota_not_there", "rota_stage_days", "rota_stays",
    ]  # fmt: skip
    assert refused(set_rota, unit="GNC-M", name="A", stages=[], by=SYSTEM, now=NOW) == ["rota_too_short"]
    asked: dict[str, Any] = {"unit": "GNC-M", "name": "A", "stages": ROUND, "now": NOW}
    assert refused(set_rota, by=LIBRARIAN_HERE, **asked) == ["not_permitted"]
    assert refused(set_rota, by=ADMINISTRATOR_HERE, **(asked | {"unit": "SAK-M"})) == ["not_permitted"]
    number = set_rota(by=ADMINISTRATOR_HERE, **asked)
    elsewhere: dict[str, Any] = {"rota_id": number, "by": ADMINISTRATOR_HERE, "now": NOW}
    assert refused(put_on_rota, barcodes=["B9"], **elsewhere) == ["not_permitted"]
    assert refused(put_on_rota, barcodes=["B1", "B7"], **elsewhere) == ["unknown_item"]
    assert where(number) == []
    assert put_on_rota(barcodes=["B1", "B1"], **elsewhere) == 1
    assert refused(put_on_rota, barcodes=["B1"], **elsewhere) == ["on_a_rota"]
    assert refused(drop_rota, rota_id=number, by=LIBRARIAN_HERE) == ["not_permitted"]
    assert refused(drop_rota, rota_id=number + 1, by=SYSTEM) == ["unknown_rota"]


def test_a_night_costs_the_same_however_many_copies_travel(django_assert_num_queries: Any) -> None:
    number = a_rota()
    for count in range(8):
        a_copy(a_record(), barcode=f"B{count}")
    goes_round(*[f"B{count}" for count in range(8)], rota_id=number)
    tree()
    with django_assert_num_queries(13):
        assert night(11) == 8
