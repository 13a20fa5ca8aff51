"""Card numbers by the run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from stdnum import luhn

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.organisation.tests.people import LIBRARIAN_HERE, PEOPLE
from kitabxana.patrons.facts import Draft
from kitabxana.patrons.models import Card
from kitabxana.patrons.operations import add_card, draw_cards, enrol, set_card_series
from kitabxana.patrons.queries import card_numbering, patron
from kitabxana.patrons.tests.builders import a_reader

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nation() -> None:
    a_nation()


def series(*, unit: str = "GNC", **more: Any) -> None:
    basics: dict[str, Any] = {"unit": unit, "prefix": "G", "digits": 6, "last": 0, "by": SYSTEM}
    set_card_series(**basics | more)


def registered(unit: str = "GNC-M", surname: str = "Quliyeva") -> str:
    one = enrol(Draft(surname=surname, home_unit=unit, category="ADULT"), by=SYSTEM, now=NOW)
    found = patron(one, scopes=("",))
    assert found is not None
    return found.card


def test_a_reader_without_a_card_gets_the_next_number_of_the_library() -> None:
    a_reader(card="G000002")
    assert registered().startswith("AZ")
    series()
    series(unit="GNC-2", prefix="", digits=9, last=41, check="luhn")
    assert [registered(), registered(), registered("GNC-2"), registered("SAK-M")[:2]] == [
        "G000001", "G000003", f"000000042{luhn.calc_check_digit('000000042')}", "AZ"
    ]  # fmt: skip
    one = a_reader(card="R7", surname="Səfərov")
    assert add_card(patron_id=one, by=SYSTEM) == "G000004"


def test_numbers_drawn_for_printed_cards_are_nobody_else_s_and_can_be_given_by_hand() -> None:
    a_reader(card="G000003")
    series()
    assert draw_cards(unit="GNC-M", count=4, by=LIBRARIAN_HERE) == (1, 5)
    assert registered() == "G000006"
    one = enrol(Draft(surname="Əhmədov", home_unit="GNC-M", category="ADULT", card="G000002"), by=SYSTEM, now=NOW)
    assert Card.objects.get(number="G000002").patron_id == one
    [entry] = AuditEntry.objects.filter(action="series.draw")
    assert (entry.object_id, entry.after) == ("GNC/card", {"first": "G000001", "last": "G000005", "count": 4})


def test_a_run_does_not_go_back_and_what_was_refused_leaves_no_trace() -> None:
    a_reader()
    series(last=10)
    with pytest.raises(Refused, match="series_goes_back"):
        series(last=9)
    with pytest.raises(Refused, match="unknown_category"):
        enrol(Draft(surname="X", home_unit="GNC-M", category="NONE"), by=SYSTEM, now=NOW)
    run = card_numbering("GNC-2")
    assert run is not None
    assert (run.unit, run.last) == ("GNC", 10)
    assert registered() == "G000011"


def test_a_full_run_says_so() -> None:
    a_reader()
    series(prefix="20000000000", digits=1, last=8, check="ean")
    assert registered() == "2000000000091"
    with pytest.raises(Refused, match="series_full"):
        registered()


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"unit": "NO"}, "unknown_unit"),
        ({"prefix": "x" * 14}, "bad_prefix"),
        ({"prefix": "A B"}, "bad_prefix"),
        ({"digits": 19}, "bad_count"),
        ({"check": "x"}, "bad_check"),
        ({"check": "ean"}, "not_an_ean"),
    ],
)
def test_runs_that_can_t_be(asked: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused, match=code):
        series(**asked)


@pytest.mark.parametrize(("asked", "code"), [
    ({"unit": "NO"}, "unknown_unit"), ({"count": 0}, "too_many_cards"), ({"count": 501}, "too_many_cards"),
    ({"unit": "SAK-M"}, "no_series"),
])  # fmt: skip
def test_what_can_t_be_drawn(asked: dict[str, Any], code: str) -> None:
    series()
    basics: dict[str, Any] = {"unit": "GNC-M", "count": 1, "by": SYSTEM}
    with pytest.raises(Refused, match=code):
        draw_cards(**basics | asked)


@pytest.mark.parametrize("who", PEOPLE)
def test_who_may_begin_and_who_may_draw(who: str) -> None:
    series()
    if who in ("administrator", "administrator here"):
        series(unit="GNC-M", by=PEOPLE[who])
    else:
        with pytest.raises(Refused, match="not_permitted"):
            series(unit="GNC-M", by=PEOPLE[who])
    if who in ("administrator", "administrator here", "librarian here"):
        assert draw_cards(unit="GNC-M", count=1, by=PEOPLE[who]) == (1, 1)
    else:
        with pytest.raises(Refused, match="not_permitted"):
            draw_cards(unit="GNC-M", count=1, by=PEOPLE[who])
