"""Registering from home, and what the night does."""

from __future__ import annotations

import dataclasses
import os
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.operations import set_policy
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.organisation.tests.people import LIBRARIAN_ELSEWHERE, LIBRARIAN_HERE, PEOPLE
from kitabxana.patrons.facts import Draft
from kitabxana.patrons.models import Application, Patron
from kitabxana.patrons.operations import apply, decide, forget_applications, move_by_age, nightly, set_category
from kitabxana.patrons.operations.applying import MOST_FROM_ONE
from kitabxana.patrons.queries import applications, open_to_all, patrons_by_id
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
DRAFT = Draft(surname="Quliyeva", firstname="Nərgiz", home_unit="GNC-M", category="ADULT",
              birth_date=date(1990, 5, 17), phone="050 123 45 67")  # fmt: skip


@pytest.fixture(autouse=True)
def _nation() -> None:
    a_nation()
    set_category(code="ADULT", names={}, by=SYSTEM, self_registration=True)
    set_policy(name="self_registration", value=True, unit="GNC-M", by=SYSTEM)


def codes(act: Callable[[], object]) -> set[str]:
    with pytest.raises(Refused) as refused:
        act()
    return {one.code for one in refused.value.refusals}


def sent(address: str = "10.0.0.1", now: datetime = NOW, **changed: Any) -> int:
    return apply(draft=dataclasses.replace(DRAFT, **changed), address=address, now=now)


def test_who_applies_is_no_reader_until_the_library_says_so() -> None:
    one = sent()
    assert Patron.objects.count() == 0
    [waiting] = applications(scopes=LIBRARIAN_HERE.scopes("patrons.edit"))
    assert (waiting.id, waiting.home_unit, waiting.typed["surname"]) == (one, "GNC-M", "Quliyeva")
    patron = decide(application_id=one, take=True, card="N1", by=LIBRARIAN_HERE, now=NOW)
    assert patron is not None
    facts = patrons_by_id([patron])[patron]
    assert (facts.surname, facts.card, facts.birth_date, facts.home_unit) == (
        "Quliyeva", "N1", date(1990, 5, 17), "GNC-M",
    )  # fmt: skip
    assert applications(scopes=("",)) == []
    assert Application.objects.get().typed == {}


def test_who_is_not_taken_leaves_nothing() -> None:
    one = sent()
    assert decide(application_id=one, take=False, by=LIBRARIAN_HERE, now=NOW) is None
    assert Patron.objects.count() == 0
    assert "Quliyeva" not in str(list(Application.objects.values())) + str(list(AuditEntry.objects.values()))
    assert codes(lambda: decide(application_id=one, take=True, by=LIBRARIAN_HERE, now=NOW)) == {"unknown_application"}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"home_unit": "SAK-M"}, "not_open_to_all"),
        ({"home_unit": "NONE"}, "unknown_unit"),
        ({"category": "STAFF"}, "not_open_to_all"),
        ({"category": "NONE"}, "not_open_to_all"),
        ({"birth_date": None}, "bad_birth_date"),
        ({"phone": ""}, "bad_phone"),
        ({"email": "x"}, "bad_email"),
        ({"surname": ""}, "no_name"),
    ],
)
def test_what_is_not_taken_at_all(changed: dict[str, Any], code: str) -> None:
    set_category(code="STAFF", names={}, by=SYSTEM)
    assert codes(lambda: sent(**changed)) == {code}
    assert Application.objects.count() == 0


def test_one_address_applies_a_few_times_a_day_and_is_kept_as_a_mark_only() -> None:
    for number in range(MOST_FROM_ONE):
        sent(firstname=f"Ad{number}")
    assert codes(lambda: sent(firstname="Daha")) == {"slow_down"}
    sent("10.0.0.2")
    sent(now=NOW + timedelta(days=1, seconds=1))
    assert "10.0.0" not in str(list(Application.objects.values()))


def test_what_one_says_of_oneself_is_no_more_than_that() -> None:
    one = sent(card="STOLEN", staff_note="x", expires_on=date(2099, 1, 1), history="forever", number="5XQ2ZKM",
               number_kind="fin")  # fmt: skip
    kept = Application.objects.get(pk=one).typed
    assert not {"card", "staff_note", "expires_on", "history", "number"} & set(kept)
    patron = decide(application_id=one, take=True, by=LIBRARIAN_HERE, now=NOW)
    assert patron is not None
    row = Patron.objects.get(pk=patron)
    assert (row.staff_note, row.history, row.cards.get().number[:2]) == ("", "default", "AZ")


@pytest.mark.parametrize("who", PEOPLE)
def test_who_may_decide(who: str) -> None:
    one = sent()
    if who in ("librarian here", "administrator here", "administrator"):
        decide(application_id=one, take=True, by=PEOPLE[who], now=NOW)
        return
    assert codes(lambda: decide(application_id=one, take=True, by=PEOPLE[who], now=NOW)) == {"not_permitted"}
    assert len(applications(scopes=("",))) == 1
    assert applications(scopes=LIBRARIAN_ELSEWHERE.scopes("patrons.edit")) == []


def test_one_who_seems_known_is_asked_about_when_taken() -> None:
    a_reader(surname="Quliyeva", firstname="Nərgiz", birth_date=date(1990, 5, 17))
    one = sent()
    assert codes(lambda: decide(application_id=one, take=True, by=LIBRARIAN_HERE, now=NOW)) == {"likely_duplicate"}
    assert len(applications(scopes=("",))) == 1
    decide(application_id=one, take=True, by=LIBRARIAN_HERE, now=NOW, lift=frozenset({"likely_duplicate"}))


def test_applications_pass_away() -> None:
    sent()
    sent(now=NOW - timedelta(days=31))
    assert forget_applications(now=NOW) == 1
    assert Application.objects.count() == 1
    assert open_to_all() == (["GNC-M"], ["ADULT"])


def test_who_grows_out_of_a_category_moves_on_the_birthday_of_the_reader_s_library() -> None:
    set_category(code="YOUTH", names={}, least_age=15, most_age=17, next_category="ADULT", by=SYSTEM)
    set_category(code="CHILD", names={}, most_age=14, next_category="YOUTH", by=SYSTEM)
    born = {
        "still": date(2011, 11, 25), "today": date(2011, 11, 24), "long ago": date(1990, 1, 1), "nobody knows": None,
    }  # fmt: skip
    readers = {
        card: a_reader(card=card.replace(" ", ""), category="CHILD", birth_date=day) for card, day in born.items()
    }
    set_category(code="YOUTH", names={}, least_age=15, most_age=17, next_category="ADULT", by=SYSTEM)
    set_category(code="CHILD", names={}, most_age=14, next_category="YOUTH", by=SYSTEM)
    late = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)  # 00:30 of the 24th in Baku
    assert move_by_age(by=SYSTEM, now=NOW, dry_run=True) == {"CHILD > ADULT": 1}
    assert move_by_age(by=SYSTEM, now=late, dry_run=True) == {"CHILD > YOUTH": 1, "CHILD > ADULT": 1}
    assert Patron.objects.filter(category_id="CHILD").count() == 4
    assert move_by_age(by=SYSTEM, now=late) == {"CHILD > YOUTH": 1, "CHILD > ADULT": 1}
    assert move_by_age(by=SYSTEM, now=late) == {}
    found = {card: patrons_by_id([one])[one].category for card, one in readers.items()}
    assert found == {"still": "CHILD", "today": "YOUTH", "long ago": "ADULT", "nobody knows": "CHILD"}
    entries = AuditEntry.objects.filter(action="patron.age", object_id=str(readers["today"]))
    assert [(entry.before, entry.after) for entry in entries] == [({"category": "CHILD"}, {"category": "YOUTH"})]


def test_the_night_does_it_all_and_a_dry_night_nothing(settings: Any, tmp_path: Path) -> None:
    set_category(code="CHILD", names={}, most_age=14, next_category="ADULT", by=SYSTEM)
    grown = a_reader(card="A", category="CHILD", birth_date=date(1990, 1, 1))
    set_category(code="CHILD", names={}, most_age=14, next_category="ADULT", by=SYSTEM)
    gone = a_reader(card="B", expires_on=date(2020, 1, 1), surname="Getmiş")
    set_policy(name="reader_kept_months", value=36, by=SYSTEM)
    sent(now=NOW - timedelta(days=31))
    settings.DATA_DIR = tmp_path
    for name, day in (("old", NOW - timedelta(days=8)), ("new", NOW)):
        (tmp_path / "uploads").mkdir(exist_ok=True)
        (tmp_path / "uploads" / f"{name}.csv").write_text("x")
        os.utime(tmp_path / "uploads" / f"{name}.csv", (day.timestamp(), day.timestamp()))
    dry = nightly(by=SYSTEM, now=NOW, dry_run=True)
    assert dry == {"moved": {"CHILD > ADULT": 1}, "left": {"due": 1, "erased": 0, "kept": 0}}
    assert nightly(by=SYSTEM, now=NOW) == {
        "moved": {"CHILD > ADULT": 1}, "left": {"due": 1, "erased": 1, "kept": 0}, "applications": 1, "uploads": 1,
        "words": 1,
    }  # fmt: skip
    assert patrons_by_id([grown])[grown].category == "ADULT"
    assert Patron.objects.get(pk=gone).deleted_at == NOW
    assert [file.name for file in (tmp_path / "uploads").iterdir()] == ["new.csv"]
