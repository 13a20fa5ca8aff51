"""Two readers become one, one leaves, and one reads all that is held on them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth import authenticate

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry, User
from kitabxana.base.ports import PatronTies, patron_ties
from kitabxana.kernel.decisions import Refusal, Refused
from kitabxana.organisation.operations import set_policy
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.organisation.tests.people import ADMINISTRATOR, ADMINISTRATOR_HERE, LIBRARIAN_HERE, PEOPLE, holder
from kitabxana.patrons.models import Card, Guarantee, NameLink, Patron, PersonalNumber, Restriction
from kitabxana.patrons.operations import (
    add_guarantor,
    edit,
    erase,
    erase_kept_too_long,
    export_everything,
    merge,
    restrict,
    restrict_automatically,
    reveal_numbers,
    set_number,
    set_pin,
)
from kitabxana.patrons.queries import details, forget_before, patron_by_card, patrons_page
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
FIN, OTHER_FIN = "5XQ2ZKM", "7AB3CDE"


@pytest.fixture(autouse=True)
def _nation() -> None:
    a_nation()


class Shelf:
    """A feature of its own with rows by reader: what the port asks of circulation or charges, on a list."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, str]] = []

    def ties(self) -> PatronTies:
        return PatronTies("shelf", self._hindrances, self._move, self._held, self._forget)

    def _of(self, patron: int) -> list[str]:
        return [state for owner, state in self.rows if owner == patron]

    def _hindrances(self, patron: int) -> list[Refusal]:
        return [Refusal("on_loan")] if "open" in self._of(patron) else []

    def _move(self, gone: int, keep: int) -> dict[str, int]:
        count = len(self._of(gone))
        self.rows = [(keep if owner == gone else owner, state) for owner, state in self.rows]
        return {"shelf": count}

    def _held(self, patron: int) -> dict[str, Any]:
        return {"states": self._of(patron)}

    def _forget(self, patron: int) -> None:
        self.rows = [row for row in self.rows if row[0] != patron]


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    kept = patron_ties[:]
    made = Shelf()
    patron_ties.append(made.ties())
    yield made
    patron_ties[:] = kept


def codes(act: Callable[[], object]) -> set[str]:
    with pytest.raises(Refused) as refused:
        act()
    return {one.code for one in refused.value.refusals}


def two_rows_of_one() -> tuple[int, int]:
    keep = a_reader(card="KEEP", surname="Əliyeva", expires_on=date(2027, 1, 1), phone="050 111 11 11")
    gone = a_reader(card="GONE", surname="Алиева", expires_on=date(2028, 1, 1), email="ayten@example.az",
                    phone="050 222 22 22", home_unit="GNC-2")  # fmt: skip
    return keep, gone


def test_all_that_one_row_has_goes_to_the_other(shelf: Shelf) -> None:
    keep, gone = two_rows_of_one()
    child, parent = a_reader(card="CHILD"), a_reader(card="PARENT")
    shelf.rows = [(gone, "open"), (keep, "past"), (gone, "past")]
    set_pin(patron_id=gone, pin="8302", by=SYSTEM)
    set_number(patron_id=gone, kind="fin", number=FIN, by=SYSTEM)
    restrict(patron_id=gone, reason="borc", by=SYSTEM)
    for one in (keep, gone):
        restrict_automatically(patron_id=one, kind="debt", source="", by=SYSTEM)
        add_guarantor(patron_id=one, guarantor_id=parent, by=SYSTEM)
    add_guarantor(patron_id=child, guarantor_id=gone, by=SYSTEM)
    merge(keep=keep, gone=gone, by=ADMINISTRATOR_HERE, now=NOW, take=frozenset({"phone"}))
    found = details(keep, scopes=("",))
    assert found is not None
    assert shelf.rows == [(keep, "open"), (keep, "past"), (keep, "past")]
    assert {(card.number, card.state) for card in found.cards} == {("KEEP", "valid"), ("GONE", "valid")}
    assert (found.facts.surname, found.facts.email, found.facts.phone) == (
        "Əliyeva", "ayten@example.az", "050 222 22 22",
    )  # fmt: skip
    assert found.facts.expires_on == date(2028, 1, 1)
    assert sorted(one.kind for one in found.restrictions) == ["debt", "manual"]
    assert ([kin.patron_id for kin in found.guarantors], [kin.patron_id for kin in found.wards]) == ([parent], [child])
    assert reveal_numbers(patron_id=keep, by=SYSTEM) == {"fin": FIN}
    user = authenticate(None, username="GONE", password="8302")
    assert user is not None
    assert Patron.objects.get(user=user).pk == keep


def test_of_the_row_that_went_nothing_is_left_but_where_it_went() -> None:
    keep, gone = two_rows_of_one()
    set_pin(patron_id=keep, pin="8302", by=SYSTEM)
    set_pin(patron_id=gone, pin="8302", by=SYSTEM)
    merge(keep=keep, gone=gone, by=SYSTEM, now=NOW)
    row = Patron.objects.get(pk=gone)
    assert (row.merged_into_id, row.deleted_at, row.surname, row.email, row.search_key) == (keep, NOW, "", "", "")
    assert details(gone, scopes=("",)) is None
    assert [user.username for user in User.objects.all()] == ["KEEP"]
    held = patron_by_card("GONE", scopes=("",))
    assert held is not None
    assert held.id == keep
    assert [facts.id for facts in patrons_page(scopes=("",), offset=0, limit=9, text="050 222 22 22")[1]] == []
    assert set(NameLink.objects.values_list("patron_id", flat=True)) == {keep}
    told = {(entry.action, entry.object_id) for entry in AuditEntry.objects.filter(action__startswith="patron.merge")}
    assert told == {("patron.merge", str(keep)), ("patron.merged", str(gone))}


def test_one_who_answered_for_the_other_does_not_answer_for_oneself() -> None:
    keep, gone = two_rows_of_one()
    add_guarantor(patron_id=keep, guarantor_id=gone, by=SYSTEM)
    merge(keep=keep, gone=gone, by=SYSTEM, now=NOW)
    assert not Guarantee.objects.exists()


def test_two_persons_are_not_merged_and_nothing_is_half_done(shelf: Shelf) -> None:
    keep, gone = two_rows_of_one()
    set_number(patron_id=keep, kind="fin", number=FIN, by=SYSTEM)
    set_number(patron_id=gone, kind="fin", number=OTHER_FIN, by=SYSTEM)
    assert codes(lambda: merge(keep=keep, gone=gone, by=SYSTEM, now=NOW)) == {"two_numbers"}
    assert codes(lambda: merge(keep=keep, gone=keep, by=SYSTEM, now=NOW)) == {"same_patron"}
    assert codes(lambda: merge(keep=keep, gone=10**9, by=SYSTEM, now=NOW)) == {"unknown_patron"}
    assert codes(lambda: merge(keep=keep, gone=gone, by=SYSTEM, now=NOW, take=frozenset({"user"}))) == {
        "nothing_to_change"
    }
    assert {card.number: card.patron_id for card in Card.objects.all()} == {"KEEP": keep, "GONE": gone}
    assert Patron.objects.filter(deleted_at__isnull=True).count() == 2


def test_merging_needs_the_permission_at_both_libraries() -> None:
    keep, gone = a_reader(card="A"), a_reader(card="B", home_unit="SAK-M")
    for who in (LIBRARIAN_HERE, ADMINISTRATOR_HERE, PEOPLE["administrator elsewhere"]):
        assert codes(lambda who=who: merge(keep=keep, gone=gone, by=who, now=NOW)) == {"not_permitted"}  # type: ignore[misc]
    merge(keep=keep, gone=gone, by=ADMINISTRATOR, now=NOW)


def test_nothing_personal_is_left_of_one_who_leaves(shelf: Shelf) -> None:
    one = a_reader(surname="Gizlinova", phone="050 777 66 55", email="g@example.az", birth_date=date(1990, 5, 17),
                   staff_note="Sirr", address="Gizli küçə 5")  # fmt: skip
    set_pin(patron_id=one, pin="8302", by=SYSTEM)
    set_number(patron_id=one, kind="fin", number=FIN, by=SYSTEM)
    restrict(patron_id=one, reason="borc", by=SYSTEM)
    add_guarantor(patron_id=one, name="Sevda", by=SYSTEM)
    shelf.rows = [(one, "past")]
    erase(patron_id=one, by=ADMINISTRATOR_HERE, now=NOW)
    left = " ".join(
        str(value) for table in (Patron, AuditEntry) for row in table.objects.values_list() for value in row
    )
    assert "R1" in left or str(one) in left
    assert all(text not in left for text in ("Gizli", "7776655", "g@example", "Sirr", "Sevda", "1990-05", "Aytən"))
    counts = [table._base_manager.count() for table in (User, PersonalNumber, Restriction, Guarantee, NameLink)]
    assert counts == [0] * len(counts)
    assert shelf.rows == []
    assert Card.objects.get(number="R1").state == "withdrawn"
    with pytest.raises(Refused, match="card_taken"):
        a_reader(card="R1")


def test_who_has_something_open_or_answers_for_others_stays(shelf: Shelf) -> None:
    one, child = a_reader(), a_reader(card="CHILD")
    shelf.rows = [(one, "open")]
    add_guarantor(patron_id=child, guarantor_id=one, by=SYSTEM)
    assert codes(lambda: erase(patron_id=one, by=SYSTEM, now=NOW)) == {"on_loan", "answers_for_others"}
    assert details(one, scopes=("",)) is not None
    assert shelf.rows == [(one, "open")]


@pytest.mark.parametrize("who", PEOPLE)
def test_who_may_forget_and_who_may_export(who: str) -> None:
    one = a_reader()
    if who in ("administrator here", "administrator"):
        assert export_everything(patron_id=one, by=PEOPLE[who], now=NOW)["reader"]["id"] == one
        erase(patron_id=one, by=PEOPLE[who], now=NOW)
        return
    for act in (erase, export_everything):
        assert codes(lambda act=act: act(patron_id=one, by=PEOPLE[who], now=NOW)) == {"not_permitted"}  # type: ignore[misc]
    assert details(one, scopes=("",)) is not None


def test_the_data_protection_officer_exports_and_changes_nothing() -> None:
    one = a_reader()
    officer = holder("data_protection", "AZ/GNC/")
    assert export_everything(patron_id=one, by=officer, now=NOW)["reader"]["surname"] == "Əliyeva"
    for act in (lambda: erase(patron_id=one, by=officer, now=NOW),
                lambda: edit(patron_id=one, changes={"phone": ""}, by=officer, now=NOW),
                lambda: reveal_numbers(patron_id=one, by=officer)):  # fmt: skip
        assert codes(act) == {"not_permitted"}


def test_all_that_is_held_is_told_and_is_json(shelf: Shelf) -> None:
    one = a_reader(phone="050 123 45 67", birth_date=date(1990, 5, 17))
    set_number(patron_id=one, kind="fin", number=FIN, by=SYSTEM)
    restrict(patron_id=one, reason="borc", by=SYSTEM)
    add_guarantor(patron_id=one, name="Sevda", phone="1", by=SYSTEM)
    shelf.rows = [(one, "past")]
    found = json.loads(json.dumps(export_everything(patron_id=one, by=ADMINISTRATOR, now=NOW)))
    assert found["reader"]["birth_date"] == "1990-05-17"
    assert found["national_numbers"] == {"fin": FIN}
    assert found["shelf"] == {"states": ["past"]}
    assert [card["number"] for card in found["cards"]] == ["R1"]
    assert [one["reason"] for one in found["restrictions"]] == ["borc"]
    assert found["guarantors"][0]["name"] == "Sevda"
    actions = [entry["action"] for entry in found["done_with_these_data"]]
    assert actions[0] == "patron.export"
    assert actions[-1] == "patron.register"
    assert ADMINISTRATOR.name not in str(found["done_with_these_data"])


def test_past_loans_are_kept_as_the_reader_or_else_the_library_wants() -> None:
    plain, ever, never = (a_reader(card=choice, history=choice) for choice in ("default", "forever", "never"))
    there = a_reader(card="S", home_unit="SAK-M")
    set_policy(name="history_days", value=30, unit="GNC", by=SYSTEM)
    found = forget_before([plain, ever, never, there, 10**9], now=NOW)
    assert found == {
        plain: NOW - timedelta(days=30), ever: None, never: NOW, there: NOW - timedelta(days=365), 10**9: NOW,
    }  # fmt: skip


def test_readers_who_left_long_ago_are_forgotten_by_night(shelf: Shelf) -> None:
    long_ago, open_still, lately = (
        a_reader(card=card, expires_on=day)
        for card, day in (("A", date(2026, 1, 1)), ("B", date(2026, 1, 1)), ("C", date(2026, 11, 1)))
    )
    for unit in ("GNC",):
        set_policy(name="reader_kept_months", value=6, unit=unit, by=SYSTEM)
    there = a_reader(card="D", home_unit="SAK-M", expires_on=date(2026, 1, 1))
    shelf.rows = [(open_still, "open")]
    assert erase_kept_too_long(by=SYSTEM, now=NOW, dry_run=True) == {"due": 2, "erased": 0, "kept": 0}
    assert erase_kept_too_long(by=SYSTEM, now=NOW) == {"due": 2, "erased": 1, "kept": 1}
    alive = set(Patron.objects.filter(deleted_at__isnull=True).values_list("pk", flat=True))
    assert alive == {open_still, lately, there}
    assert long_ago not in alive
