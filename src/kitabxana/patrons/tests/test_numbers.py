"""National numbers: sealed in the database, found by exact value only, told nowhere."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry
from kitabxana.base.sealing import WrongKey, fingerprint, seal, unseal
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.organisation.tests.people import LIBRARIAN_ELSEWHERE, LIBRARIAN_HERE, PEOPLE
from kitabxana.patrons.facts import Draft
from kitabxana.patrons.models import Patron, PersonalNumber
from kitabxana.patrons.operations import enrol, reveal_numbers, set_category, set_number
from kitabxana.patrons.queries import details
from kitabxana.patrons.queries.finding import find, units_in
from kitabxana.patrons.tests.builders import a_reader

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
FIN = "5XQ2ZKM"


@pytest.fixture(autouse=True)
def _nation(settings: Any) -> None:
    settings.PERSONAL_KEY = "a key of this test"
    a_nation()


def test_what_is_sealed_opens_in_its_place_with_its_key_only(settings: Any) -> None:
    sealed = seal(FIN, place="patron:1:fin")
    assert unseal(sealed, place="patron:1:fin") == FIN
    assert seal(FIN, place="patron:1:fin") != sealed  # a fresh nonce each time
    assert FIN.encode() not in sealed
    for broken in (sealed[:-1], b"\x02" + sealed[1:], sealed[:-1] + bytes([sealed[-1] ^ 1]), b""):
        with pytest.raises(WrongKey):
            unseal(broken, place="patron:1:fin")
    with pytest.raises(WrongKey):
        unseal(sealed, place="patron:2:fin")
    mark = fingerprint(FIN)
    assert (len(mark), fingerprint(FIN)) == (32, mark)
    settings.PERSONAL_KEY = "another key"
    assert fingerprint(FIN) != mark
    with pytest.raises(WrongKey):
        unseal(sealed, place="patron:1:fin")


def test_a_number_is_nowhere_in_the_clear(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    set_category(code="ADULT", names={}, by=SYSTEM)
    draft = Draft(surname="Quliyeva", home_unit="GNC-M", category="ADULT", number_kind="fin", number=FIN.lower())
    assert FIN.lower() not in repr(draft)
    one = enrol(draft, by=LIBRARIAN_HERE, now=NOW)
    set_number(patron_id=one, kind="passport", number="C 0123456", by=LIBRARIAN_HERE)
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name.startswith(("patrons", "base"))]
        for table in tables:
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ''), '') FROM \"{table}\" t")  # noqa: S608 - our own tables
            text = cursor.fetchone()[0].lower()
            for secret in (FIN, "C0123456"):
                assert secret.lower() not in text, table
                assert secret.encode().hex() not in text, table
    assert "patrons_personalnumber" in tables
    assert FIN.lower() not in caplog.text.lower()
    found = details(one, scopes=("",))
    assert found is not None
    assert found.number_kinds == ("fin", "passport")
    assert FIN not in str(found)


def test_a_number_finds_its_reader_by_its_whole_value_and_where_one_may_look() -> None:
    one = a_reader()
    set_number(patron_id=one, kind="fin", number=FIN, by=LIBRARIAN_HERE)
    here, there = (units_in(who.scopes("patrons.view")) for who in (LIBRARIAN_HERE, LIBRARIAN_ELSEWHERE))
    for typed in (FIN, FIN.lower(), f" {FIN[:3]} {FIN[3:]} "):
        assert find(typed, units=here) == [one]
        assert find(typed, units=there) == []
    for typed in (FIN[:6], FIN + "A", "5XQ2ZKN"):
        assert find(typed, units=here) == []


def test_a_number_is_one_person_s() -> None:
    one, other = a_reader(), a_reader(card="R2", home_unit="SAK-M")
    set_number(patron_id=one, kind="fin", number=FIN, by=SYSTEM)
    set_number(patron_id=one, kind="fin", number=FIN, by=SYSTEM)
    with pytest.raises(Refused) as refused:
        set_number(patron_id=other, kind="fin", number=FIN, by=LIBRARIAN_ELSEWHERE)
    assert (refused.value.refusals[0].code, refused.value.refusals[0].params) == ("number_taken", {"library": "GNC-M"})
    set_number(patron_id=one, kind="fin", number="5XQ2ZKN", by=SYSTEM)
    set_number(patron_id=other, kind="fin", number=FIN, by=SYSTEM)
    set_number(patron_id=other, kind="fin", number="", by=SYSTEM)
    assert list(PersonalNumber.objects.values_list("patron_id", "kind")) == [(one, "fin")]


def test_a_registration_with_a_taken_or_wrong_number_leaves_nothing() -> None:
    one = a_reader()
    set_number(patron_id=one, kind="fin", number=FIN, by=SYSTEM)
    for number, code in ((FIN, "number_taken"), ("5XQ2Z", "bad_number")):
        draft = Draft(surname="X", home_unit="GNC-M", category="ADULT", card="N", number_kind="fin", number=number)
        with pytest.raises(Refused, match=code):
            enrol(draft, by=SYSTEM, now=NOW)
    assert Patron.objects.count() == 1


def test_a_look_at_the_number_is_written_down_without_the_number() -> None:
    one = a_reader()
    set_number(patron_id=one, kind="fin", number=FIN, by=LIBRARIAN_HERE)
    assert reveal_numbers(patron_id=one, by=PEOPLE["administrator here"]) == {"fin": FIN}
    [entry] = AuditEntry.objects.filter(action="patron.number_seen")
    assert (entry.object_id, entry.actor_name) == (str(one), PEOPLE["administrator here"].name)
    assert FIN not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize("who", PEOPLE)
def test_who_may_enter_and_who_may_see_a_number(who: str) -> None:
    one = a_reader()
    here = who in ("librarian here", "administrator here", "administrator")
    if here:
        set_number(patron_id=one, kind="fin", number=FIN, by=PEOPLE[who])
    else:
        with pytest.raises(Refused, match="not_permitted"):
            set_number(patron_id=one, kind="fin", number=FIN, by=PEOPLE[who])
    if here and who != "librarian here":
        assert reveal_numbers(patron_id=one, by=PEOPLE[who]) == {"fin": FIN}
    else:
        with pytest.raises(Refused, match="not_permitted"):
            reveal_numbers(patron_id=one, by=PEOPLE[who])
        assert not AuditEntry.objects.filter(action="patron.number_seen").exists()
