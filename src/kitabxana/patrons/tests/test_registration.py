"""Registering, changing, cards, restrictions and guarantors as operations."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kitabxana.base.actor import SYSTEM, Actor
from kitabxana.base.models import AuditEntry, User
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.operations import set_policy
from kitabxana.organisation.queries import tree
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.organisation.tests.people import ADMINISTRATOR, ADMINISTRATOR_HERE, LIBRARIAN_HERE, PEOPLE
from kitabxana.patrons.facts import Draft, PatronDetails
from kitabxana.patrons.models import Card, Guarantee, Patron, Restriction
from kitabxana.patrons.operations import (
    add_card,
    add_guarantor,
    edit,
    end_guarantee,
    enrol,
    lift_automatically,
    lift_restriction,
    mark_card,
    note_view,
    restrict,
    restrict_automatically,
    set_category,
    set_pin,
)
from kitabxana.patrons.queries import details
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
DRAFT = Draft(surname="Quliyeva", firstname="Nərgiz", home_unit="GNC-M", category="ADULT", birth_date=date(1990, 5, 17))


@pytest.fixture(autouse=True)
def _nation() -> None:
    a_nation()
    set_category(code="ADULT", names={"az": "Böyük"}, enrolment_months=24, by=SYSTEM)
    set_category(code="CHILD", names={}, most_age=14, next_category="ADULT", needs_guarantor=True, by=SYSTEM)


def whole(patron_id: int) -> PatronDetails:
    found = details(patron_id, scopes=("",))
    assert found is not None
    return found


def codes(act: Callable[[], object]) -> set[str]:
    with pytest.raises(Refused) as refused:
        act()
    return {one.code for one in refused.value.refusals}


def draft(**changed: Any) -> Draft:
    import dataclasses

    return dataclasses.replace(DRAFT, **changed)


def test_all_that_is_wrong_is_told_at_once() -> None:
    wrong = draft(surname="-", birth_date=date(2030, 1, 1), email="x", phone="x", card="a b", category="CHILD",
                  history="?", expires_on=date(2020, 1, 1))  # fmt: skip
    assert codes(lambda: enrol(wrong, by=SYSTEM, now=NOW)) == {
        "no_name", "bad_birth_date", "bad_email", "bad_phone", "bad_card", "bad_choice", "bad_term", "needs_guarantor",
    }  # fmt: skip
    assert Patron.objects.count() == 0


def test_the_term_begins_where_the_library_is() -> None:
    late = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)  # 00:30 of the 24th in Baku
    facts = whole(enrol(DRAFT, by=SYSTEM, now=late)).facts
    assert (facts.enrolled_on, facts.expires_on) == (date(2026, 11, 24), date(2028, 11, 24))


def test_what_may_be_lifted_is_lifted_by_those_who_may() -> None:
    young = draft(birth_date=date(2000, 1, 1), category="CHILD")
    lift = frozenset({"wrong_age", "needs_guarantor"})
    assert codes(lambda: enrol(young, by=LIBRARIAN_HERE, now=NOW, lift=frozenset({"wrong_age"}))) == {"needs_guarantor"}
    enrol(young, by=LIBRARIAN_HERE, now=NOW, lift=lift)
    [entry] = AuditEntry.objects.filter(action="patron.register")
    assert (entry.after or {})["lifted"] == ["wrong_age", "needs_guarantor"]
    assert codes(lambda: enrol(draft(surname=""), by=SYSTEM, now=NOW, lift=frozenset({"no_name"}))) == {"no_name"}


def test_who_seems_known_is_asked_about_in_the_whole_nation() -> None:
    first = enrol(draft(home_unit="SAK-M"), by=SYSTEM, now=NOW)
    with pytest.raises(Refused) as refused:
        enrol(draft(surname="Гулиева", firstname="Наргиз"), by=LIBRARIAN_HERE, now=NOW)
    [one] = refused.value.refusals
    assert (one.code, dict(one.params), one.override) == (
        "likely_duplicate", {"library": "SAK-M", "patron": first}, "patrons.edit",
    )  # fmt: skip
    enrol(draft(birth_date=date(1990, 5, 18)), by=SYSTEM, now=NOW)
    enrol(draft(firstname="Leyla"), by=SYSTEM, now=NOW)
    enrol(DRAFT, by=SYSTEM, now=NOW, lift=frozenset({"likely_duplicate"}))
    assert Patron.objects.count() == 4


def test_registering_costs_the_same_however_many_readers_there_are() -> None:
    def cost(number: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            enrol(draft(card=f"C{number}", firstname=f"Ad{number}"), by=LIBRARIAN_HERE, now=NOW)
        return len(queries)

    tree()  # every process holds it after its first question
    first = cost(1)
    for number in range(2, 12):
        enrol(draft(card=f"C{number}", firstname=f"Ad{number}"), by=SYSTEM, now=NOW)
    assert cost(12) == first
    assert first <= 18


def test_only_what_a_change_brings_about_stands_in_its_way() -> None:
    one = a_reader(category="CHILD", birth_date=date(2000, 1, 1))
    edit(patron_id=one, changes={"phone": "050 123 45 67"}, by=LIBRARIAN_HERE, now=NOW)  # the age was wrong before
    assert whole(one).facts.phone == "050 123 45 67"
    assert codes(
        lambda: edit(patron_id=one, changes={"email": "x", "birth_date": date(1999, 1, 1)}, by=LIBRARIAN_HERE, now=NOW)
    ) == {"bad_email", "wrong_age"}


def test_a_change_that_changes_nothing_leaves_no_trace() -> None:
    one = a_reader(phone="050 123 45 67")
    before = (whole(one), AuditEntry.objects.count())
    edit(patron_id=one, changes={"phone": " 050 123  45 67 "}, by=LIBRARIAN_HERE, now=NOW)
    assert (whole(one), AuditEntry.objects.count()) == before


def test_no_field_of_the_table_is_changed_by_its_name() -> None:
    one = a_reader()
    for name in ("user_id", "deleted_at", "merged_into_id", "search_key", "id", "card", "number", "guarantors"):
        assert codes(lambda name=name: edit(patron_id=one, changes={name: 1}, by=SYSTEM, now=NOW)) == {  # type: ignore[misc]
            "nothing_to_change"
        }


def test_a_reader_moves_only_between_libraries_where_one_may_edit() -> None:
    one = a_reader()
    assert codes(lambda: edit(patron_id=one, changes={"home_unit": "GNC-2"}, by=LIBRARIAN_HERE, now=NOW)) == {
        "not_permitted"
    }
    edit(patron_id=one, changes={"home_unit": "GNC-2"}, by=ADMINISTRATOR_HERE, now=NOW)
    assert codes(lambda: edit(patron_id=one, changes={"home_unit": "SAK-M"}, by=ADMINISTRATOR_HERE, now=NOW)) == {
        "not_permitted"
    }
    edit(patron_id=one, changes={"home_unit": "SAK-M"}, by=ADMINISTRATOR, now=NOW)
    entry = AuditEntry.objects.filter(action="patron.edit").latest("at")
    assert (entry.before, entry.after) == ({"home_unit": "GNC-2"}, {"home_unit": "SAK-M"})


def test_the_audit_trail_keeps_no_name_phone_or_note_of_a_change() -> None:
    one = a_reader()
    secret = {"surname": "Gizlinova", "phone": "055 777 66 55", "email": "Gizli@example.az", "staff_note": "sirr"}
    edit(patron_id=one, changes=secret, by=LIBRARIAN_HERE, now=NOW)
    assert whole(one).facts.email == "gizli@example.az"
    told = str(list(AuditEntry.objects.values()))
    assert all(text not in told for text in ("Gizlinova", "777", "izli@example", "sirr"))


def test_several_cards_and_a_login_that_moves_with_its_number() -> None:
    one = a_reader(card="OLD")
    set_pin(patron_id=one, pin="8302", by=SYSTEM)
    add_card(patron_id=one, number="SECOND", by=SYSTEM)
    assert sorted(card.state for card in whole(one).cards) == ["valid", "valid"]
    add_card(patron_id=one, number="NEW", instead_of="OLD", state="lost", by=SYSTEM)
    assert [(card.number, card.state) for card in whole(one).cards] == [
        ("NEW", "valid"), ("SECOND", "valid"), ("OLD", "lost"),
    ]  # fmt: skip
    assert User.objects.get().username == "NEW"
    mark_card(patron_id=one, number="OLD", state="valid", by=SYSTEM)
    assert {card.state for card in whole(one).cards} == {"valid"}
    assert codes(lambda: add_card(patron_id=one, number="OLD", by=SYSTEM)) == {"card_taken"}
    assert codes(lambda: add_card(patron_id=one, instead_of="NONE", by=SYSTEM)) == {"unknown_card"}
    assert codes(lambda: mark_card(patron_id=one, number="OLD", state="eaten", by=SYSTEM)) == {"bad_choice"}
    assert Card.objects.count() == 3  # what was refused made none


def test_a_made_number_passes_over_those_that_were_given_out_by_hand() -> None:
    one = a_reader(card="R1")
    made = add_card(patron_id=one, by=SYSTEM)
    a_reader(card=f"AZ{int(made[2:]) + 1:08d}")
    assert add_card(patron_id=one, by=SYSTEM) == f"AZ{int(made[2:]) + 2:08d}"


def test_the_least_length_of_a_pin_is_the_library_s() -> None:
    one = a_reader()
    set_policy(name="pin_length", value=6, unit="GNC", by=SYSTEM)
    with pytest.raises(Refused) as refused:
        set_pin(patron_id=one, pin="83021", by=SYSTEM)
    assert (refused.value.refusals[0].code, refused.value.refusals[0].params) == ("pin_too_short", {"least": 6})
    set_pin(patron_id=one, pin="830219", by=SYSTEM)


def test_the_house_restricts_once_for_each_reason_and_lifts_it_again() -> None:
    one = a_reader()
    assert restrict_automatically(patron_id=one, kind="suspension", source="loan:7", until=date(2099, 1, 1), by=SYSTEM)
    assert not restrict_automatically(
        patron_id=one, kind="suspension", source="loan:7", until=date(2099, 2, 1), by=SYSTEM
    )
    assert restrict_automatically(patron_id=one, kind="debt", source="", by=SYSTEM)
    assert sorted(row.until or date.max for row in Restriction.objects.all()) == [date(2099, 2, 1), date.max]
    assert len(whole(one).facts.restrictions) == 2
    assert lift_automatically(patron_id=one, kind="debt", source="", by=SYSTEM)
    assert not lift_automatically(patron_id=one, kind="debt", source="", by=SYSTEM)
    assert len(whole(one).facts.restrictions) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Restriction.objects.create(patron_id=one, kind="suspension", source="loan:7")


def test_a_restriction_is_lifted_once() -> None:
    one = a_reader()
    bar = restrict(patron_id=one, reason="borc", by=LIBRARIAN_HERE)
    lift_restriction(restriction_id=bar, by=LIBRARIAN_HERE)
    assert codes(lambda: lift_restriction(restriction_id=bar, by=LIBRARIAN_HERE)) == {"unknown_restriction"}
    [kept] = whole(one).restrictions
    assert (kept.reason, kept.by, kept.in_force) == ("borc", LIBRARIAN_HERE.name, False)


def test_nobody_answers_for_oneself_nor_for_one_s_own_guarantor() -> None:
    child, parent, stranger = a_reader(), a_reader(card="P"), a_reader(card="S", home_unit="SAK-M")
    add_guarantor(patron_id=child, guarantor_id=parent, relation="parent", by=LIBRARIAN_HERE)
    add_guarantor(patron_id=child, guarantor_id=parent, relation="guardian", by=LIBRARIAN_HERE)
    assert [kin.relation for kin in whole(child).guarantors] == ["guardian"]
    assert [kin.patron_id for kin in whole(parent).wards] == [child]
    for guarantor, ward in ((child, child), (child, parent)):
        assert codes(
            lambda ward=ward, guarantor=guarantor: add_guarantor(patron_id=ward, guarantor_id=guarantor, by=SYSTEM)  # type: ignore[misc]
        ) == {"guarantor_elsewhere"}
    assert codes(lambda: add_guarantor(patron_id=child, guarantor_id=stranger, by=LIBRARIAN_HERE)) == {
        "unknown_guarantor"
    }
    assert codes(lambda: add_guarantor(patron_id=child, name=" ", by=LIBRARIAN_HERE)) == {"unknown_guarantor"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Guarantee.objects.create(ward_id=child, guarantor_id=child)


def test_a_reader_s_own_look_and_the_house_s_are_not_written_down() -> None:
    one = a_reader()
    note_view(patron_id=one, by=Actor(name="R1", user_id=9, patron_id=one))
    note_view(patron_id=one, by=SYSTEM)
    assert not AuditEntry.objects.filter(action="patron.view").exists()
    note_view(patron_id=one, by=Actor(name="other", user_id=10, patron_id=one + 1, address="10.0.0.1"))
    assert AuditEntry.objects.filter(action="patron.view").count() == 1


ACTS: dict[str, Callable[[int, Actor], object]] = {
    "enrol": lambda _, by: enrol(DRAFT, by=by, now=NOW),
    "edit": lambda one, by: edit(patron_id=one, changes={"phone": "050 123 45 67"}, by=by, now=NOW),
    "add_card": lambda one, by: add_card(patron_id=one, by=by),
    "mark_card": lambda one, by: mark_card(patron_id=one, number="R1", state="lost", by=by),
    "lift": lambda _, by: lift_restriction(restriction_id=Restriction.objects.get().pk, by=by),
    "guarantor": lambda one, by: add_guarantor(patron_id=one, name="Sevda", by=by),
    "end": lambda one, by: end_guarantee(patron_id=one, guarantee_id=Guarantee.objects.get().pk, by=by),
}


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("act", ACTS)
def test_who_may_do_what_to_a_reader_of_gnc(act: str, who: str) -> None:
    one = a_reader()
    restrict(patron_id=one, reason="x", by=SYSTEM)
    if act == "end":
        add_guarantor(patron_id=one, name="Sevda", by=SYSTEM)
    entries = AuditEntry.objects.count()
    if who in ("librarian here", "administrator here", "administrator"):
        ACTS[act](one, PEOPLE[who])
        assert AuditEntry.objects.count() == entries + 1
        return
    state = (whole(one), Patron.objects.count())
    assert codes(lambda: ACTS[act](one, PEOPLE[who])) == {"not_permitted"}
    assert ((whole(one), Patron.objects.count()), AuditEntry.objects.count()) == (state, entries)


def test_the_next_category_is_another_one_that_is_known() -> None:
    for more in (
        {"next_category": "CHILD", "most_age": 9},
        {"next_category": "NONE", "most_age": 9},
        {"next_category": "ADULT"},
    ):
        assert codes(lambda more=more: set_category(code="CHILD", names={}, by=SYSTEM, **more)) == {  # type: ignore[misc]
            "wrong_next_category"
        }


def test_a_page_of_restrictions_that_end_today_still_holds_today() -> None:
    one = a_reader()
    restrict(patron_id=one, reason="bu gün", until=NOW.date(), by=SYSTEM)
    today, tomorrow = (details(one, scopes=("",), now=moment) for moment in (NOW, NOW + timedelta(days=1)))
    assert today is not None
    assert tomorrow is not None
    assert today.facts.restrictions == ("bu gün",)
    assert tomorrow.facts.restrictions == ()
