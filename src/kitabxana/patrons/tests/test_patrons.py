"""Readers: who is found by whom, cards that are never used twice, signing in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry, User
from kitabxana.base.ports import actor_for
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.operations import add_unit
from kitabxana.organisation.tests.builders import a_login, a_nation
from kitabxana.organisation.tests.people import LIBRARIAN_ELSEWHERE, LIBRARIAN_HERE, PEOPLE
from kitabxana.patrons.models import Card, Patron, Restriction
from kitabxana.patrons.operations import lock_patron, register, restrict, set_category, set_pin
from kitabxana.patrons.queries import (
    PATRON_ORDERS,
    is_visible,
    patron,
    patron_by_card,
    patrons_by_id,
    patrons_page,
    visible_patrons,
)
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitabxana.base.actor import Actor

pytestmark = pytest.mark.django_db
HERE = LIBRARIAN_HERE.scopes("patrons.view")
ELSEWHERE = LIBRARIAN_ELSEWHERE.scopes("patrons.view")
EVERYWHERE = ("",)


@pytest.fixture(autouse=True)
def _nation() -> None:
    a_nation()


def found(text: str = "", **narrowed: Any) -> list[str]:
    total, page = patrons_page(scopes=EVERYWHERE, offset=0, limit=50, text=text, **narrowed)
    assert total == len(page)
    return [facts.name for facts in page]


def test_a_name_is_found_as_any_keyboard_writes_it() -> None:
    a_reader(surname="Əliyeva", firstname="Şəfiqə", middle_name="İlqar qızı")
    for text in ("əliyeva", "ELIYEVA", "eliyeva sefiqe", "Şəfiqə ƏLİ", "ilqar", "İLQAR əliyeva", "  qizi "):
        assert found(text) == ["Əliyeva Şəfiqə İlqar qızı"]
    assert found("yeva") == []  # words are found from their beginning
    assert found("eliyeva orxan") == []  # all words must be there


@pytest.mark.parametrize("text", ["%", "_", "\\", "%yeva", "_yeva", "'; DROP TABLE patrons_patron; --"])
def test_what_is_no_letter_is_not_a_pattern(text: str) -> None:
    a_reader(surname="Əliyeva")
    assert found(text) == []
    assert found() == ["Əliyeva Aytən"]


def test_a_list_is_narrowed_and_ordered() -> None:
    a_reader(card="R1", surname="Vəliyev", home_unit="GNC-M")
    a_reader(card="R2", surname="Abbasov", home_unit="GNC-2")
    a_reader(card="R3", surname="Vəliyeva", home_unit="SAK-M", category="CHILD")
    assert found() == ["Abbasov Aytən", "Vəliyev Aytən", "Vəliyeva Aytən"]
    assert found(surname="veliyev") == ["Vəliyev Aytən", "Vəliyeva Aytən"]
    assert found(surname="aytən") == []
    assert found(card="R2") == ["Abbasov Aytən"]
    assert found(unit="SAK-M") == ["Vəliyeva Aytən"]
    for name in ("id", "name", "home_unit"):
        assert found(order=(f"-{name}",)) == found(order=(name,))[::-1]
    assert found(order=("category", "-name"))[-1] == "Vəliyeva Aytən"
    assert all(len(found(order=(name,))) == 3 for name in PATRON_ORDERS)
    total, page = patrons_page(scopes=EVERYWHERE, offset=1, limit=1)
    assert (total, [facts.surname for facts in page]) == (3, ["Vəliyev"])


def test_a_page_costs_the_same_however_many_readers_are_on_it() -> None:
    a_reader()
    with CaptureQueriesContext(connection) as one:
        patrons_page(scopes=HERE, offset=0, limit=50)
    for number in range(10):
        restrict(patron_id=a_reader(card=f"N{number}"), reason="x", by=SYSTEM)
    with CaptureQueriesContext(connection) as many:
        patrons_page(scopes=HERE, offset=0, limit=50)
    assert len(many) == len(one) == 6


def test_the_libraries_of_one_system_share_their_readers_and_no_others_do() -> None:
    here, sister, elsewhere = (
        a_reader(card=unit, home_unit=unit, surname=unit) for unit in ("GNC-M", "GNC-2", "SAK-M")
    )
    everyone = [here, sister, elsewhere]
    for scopes, seen in ((HERE, {here, sister}), (ELSEWHERE, {elsewhere}), (EVERYWHERE, set(everyone)), ((), set())):
        assert set(visible_patrons(everyone, scopes=scopes)) == seen
        assert {one for one in everyone if patron(one, scopes=scopes)} == seen
        assert {one for one in everyone if is_visible(one, scopes=scopes)} == seen
        cards = {"GNC-M": here, "GNC-2": sister, "SAK-M": elsewhere}
        assert {one for card, one in cards.items() if patron_by_card(card, scopes=scopes)} == seen
        assert {facts.id for facts in patrons_page(scopes=scopes, offset=0, limit=9)[1]} == seen


def test_a_system_whose_code_begins_alike_is_another_system() -> None:
    add_unit(code="GNC2", kind="system", parent="AZ", names={}, by=SYSTEM)
    add_unit(code="GNC2-M", kind="library", parent="GNC2", names={}, by=SYSTEM)
    stranger = a_reader(home_unit="GNC2-M")
    assert patron(stranger, scopes=HERE) is None


def test_who_is_deleted_is_found_by_nobody() -> None:
    gone = a_reader(card="R1")
    Patron.objects.filter(pk=gone).update(deleted_at=datetime.now(tz=UTC))
    assert patron(gone, scopes=EVERYWHERE) is None
    assert patron_by_card("R1", scopes=EVERYWHERE) is None
    assert found() == []
    with transaction.atomic():
        assert lock_patron(gone) is None


def test_a_card_s_number_is_never_given_out_again_whatever_became_of_it() -> None:
    first = a_reader(card="R1")
    for state in ("valid", "lost", "replaced"):
        Card.objects.update(state=state)
        with pytest.raises(Refused, match="card_taken"):
            a_reader(card="R1")
    assert Patron.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Card.objects.create(number="R1", patron_id=first)
    with pytest.raises(IntegrityError), transaction.atomic():
        Patron.objects.filter(pk=first).delete()  # the card keeps its reader's row


def test_the_valid_card_stands_for_the_reader() -> None:
    one = a_reader(card="OLD")
    Card.objects.update(state="replaced")
    assert (patrons_by_id([one])[one].card, patrons_by_id([one])[one].card_state) == ("OLD", "replaced")
    Card.objects.create(number="NEW", patron_id=one)
    assert (patrons_by_id([one])[one].card, patrons_by_id([one])[one].card_state) == ("NEW", "valid")
    held = patron_by_card("OLD", scopes=EVERYWHERE)
    assert held is not None
    assert held.id == one
    assert found(card="OLD") == []


def test_registering_is_refused_with_its_reason() -> None:
    set_category(code="ADULT", names={}, by=SYSTEM)
    basics: dict[str, Any] = {
        "card": "R1", "surname": "Vəliyev", "home_unit": "GNC-M", "category": "ADULT",
        "expires_on": date(2027, 1, 1), "enrolled_on": date(2026, 1, 1), "by": SYSTEM,
    }  # fmt: skip
    for changed, code in (({"home_unit": "NONE"}, "unknown_unit"), ({"category": "NONE"}, "unknown_category")):
        with pytest.raises(Refused, match=code):
            register(**basics | changed)
    register(**basics, details={"firstname": "ﷺ" * 100, "middle_name": "ﷺ" * 100})  # one letter folds to eighteen
    assert Patron.objects.count() == 1


def test_a_reader_signs_in_with_card_and_pin() -> None:
    one = a_reader(card="R1")
    assert authenticate(None, username="R1", password="4711") is None
    set_pin(patron_id=one, pin="4711", by=SYSTEM)
    user = authenticate(None, username="R1", password="4711")
    assert isinstance(user, User)
    assert actor_for(user).patron_id == one
    set_pin(patron_id=one, pin="4712", by=SYSTEM)
    assert authenticate(None, username="R1", password="4711") is None
    assert authenticate(None, username="R1", password="4712") == user
    assert User.objects.count() == 1
    assert "4712" not in str(list(AuditEntry.objects.values()))


def test_a_new_card_is_the_new_name_to_sign_in_with() -> None:
    one = a_reader(card="OLD")
    set_pin(patron_id=one, pin="4711", by=SYSTEM)
    Card.objects.update(state="lost")
    with pytest.raises(Refused, match="no_valid_card"):
        set_pin(patron_id=one, pin="4711", by=SYSTEM)
    Card.objects.create(number="NEW", patron_id=one)
    set_pin(patron_id=one, pin="4711", by=SYSTEM)
    assert authenticate(None, username="OLD", password="4711") is None
    assert authenticate(None, username="NEW", password="4711") is not None


def test_a_pin_never_takes_over_a_login_of_staff() -> None:
    boss = a_login("admin", role="administrator")
    one = a_reader(card="admin")
    with pytest.raises(Refused, match="login_taken"):
        set_pin(patron_id=one, pin="4711", by=SYSTEM)
    assert authenticate(None, username="admin", password="4711") is None
    assert actor_for(boss).patron_id is None


def test_a_restriction_holds_to_its_last_day_where_the_reader_s_library_is() -> None:
    one = a_reader()
    restrict(patron_id=one, reason="itirilmiş kitab", until=date(2026, 11, 23), by=SYSTEM)
    restrict(patron_id=one, reason="borc", by=SYSTEM)
    last_minute = datetime(2026, 11, 23, 19, 59, tzinfo=UTC)  # 23:59 in Baku
    with transaction.atomic():
        before, after = (lock_patron(one, now=moment) for moment in (last_minute, last_minute + timedelta(minutes=2)))
    assert before is not None
    assert after is not None
    assert sorted(before.restrictions) == ["borc", "itirilmiş kitab"]
    assert after.restrictions == ("borc",)


def test_nobody_s_reader_is_refused_not_an_error() -> None:
    with pytest.raises(Refused, match="unknown_patron"):
        set_pin(patron_id=10**9, pin="4711", by=SYSTEM)
    with pytest.raises(Refused, match="unknown_patron"):
        restrict(patron_id=10**9, reason="x", by=SYSTEM)


OPERATIONS: dict[str, Callable[[int, Actor], object]] = {
    "set_pin": lambda one, by: set_pin(patron_id=one, pin="4711", by=by),
    "restrict": lambda one, by: restrict(patron_id=one, reason="x", by=by),
    "register": lambda _, by: register(
        card="R2", surname="X", home_unit="GNC-M", category="ADULT", expires_on=date(2027, 1, 1),
        enrolled_on=date(2026, 1, 1), by=by,
    ),
}  # fmt: skip


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_who_may_edit_a_reader_of_gnc(operation: str, who: str) -> None:
    one = a_reader()
    before = (User.objects.count(), Restriction.objects.count(), Patron.objects.count(), AuditEntry.objects.count())
    if who in ("librarian here", "administrator here", "administrator"):
        OPERATIONS[operation](one, PEOPLE[who])
        assert AuditEntry.objects.count() == before[3] + 1
        return
    with pytest.raises(Refused, match="not_permitted"):
        OPERATIONS[operation](one, PEOPLE[who])
    after = (User.objects.count(), Restriction.objects.count(), Patron.objects.count(), AuditEntry.objects.count())
    assert after == before


@pytest.mark.parametrize("who", PEOPLE)
def test_who_may_name_a_category(who: str) -> None:
    if PEOPLE[who].may_anywhere("organisation.edit"):
        set_category(code="PENSION", names={"az": "Təqaüdçü"}, by=PEOPLE[who])
    else:
        with pytest.raises(Refused, match="not_permitted"):
            set_category(code="PENSION", names={}, by=PEOPLE[who])
