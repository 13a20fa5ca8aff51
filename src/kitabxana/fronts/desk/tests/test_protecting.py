"""Merging, forgetting and exporting at the desk, and the data protection officer's page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.charges.tests.builders import owes
from kitabxana.circulation.operations import check_out
from kitabxana.fronts.desk.tests.people import administrator, librarian, signed_in
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.tests.builders import a_login
from kitabxana.patrons.operations import set_number
from kitabxana.patrons.queries import details, patron
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from django.test import Client


@pytest.fixture(autouse=True)
def _nothing_looked_at() -> None:
    cache.clear()


def officer(unit: str | None = "GNC", *, works_at: str = "GNC-M") -> Client:
    return signed_in(a_login(f"dpo-{unit}", role="data_protection", unit=unit), unit=works_at)


def test_two_readers_are_compared_and_merged() -> None:
    keep = a_reader(card="KEEP", phone="050 111 11 11")
    gone = a_reader(card="GONE", surname="Алиева", phone="050 222 22 22", email="a@example.az")
    boss = administrator()
    page = boss.get(f"/desk/readers/{keep}/merge/", {"card": "GONE"}).content.decode()
    assert all(text in page for text in ("Алиева", "050 222 22 22", "a@example.az", 'name="take" value="phone"'))
    missing = boss.get(f"/desk/readers/{keep}/merge/", {"card": "NONE"})
    assert (missing.status_code, "No reader was found for NONE." in missing.content.decode()) == (409, True)
    done = boss.post(f"/desk/readers/{keep}/merge/", {"card": "GONE", "take": "phone"})
    assert done["Location"] == f"/desk/readers/{keep}/"
    found = details(keep, scopes=("",))
    assert found is not None
    assert (found.facts.surname, found.facts.phone, found.facts.email) == ("Əliyeva", "050 222 22 22", "a@example.az")
    assert patron(gone, scopes=("",)) is None


def test_a_reader_with_a_loan_is_not_forgotten_and_one_without_is() -> None:
    one = a_reader()
    boss = administrator()
    check_out(item_id=a_copy(a_record()), patron_id=one, unit="GNC-M", by=SYSTEM, now=timezone.now())
    refused = boss.post(f"/desk/readers/{one}/leave/")
    assert (refused.status_code, "The reader still has loans: 1." in refused.content.decode()) == (409, True)
    assert patron(one, scopes=("",)) is not None
    owing = a_reader(card="R3")
    owes(owing, 150)
    page = boss.post(f"/desk/readers/{owing}/leave/").content.decode()
    assert "The reader still owes: 1.50\N{NO-BREAK SPACE}AZN." in page
    other = a_reader(card="R2")
    assert boss.post(f"/desk/readers/{other}/leave/")["Location"] == "/desk/readers/"
    assert patron(other, scopes=("",)) is None


def test_all_data_come_as_a_file() -> None:
    one = a_reader()
    answer = officer().post(f"/desk/readers/{one}/export/")
    assert answer["Content-Disposition"] == f'attachment; filename="reader-{one}.json"'
    assert answer["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert json.loads(answer.content)["reader"]["surname"] == "Əliyeva"
    assert officer("SAK", works_at="SAK-M").post(f"/desk/readers/{one}/export/").status_code == 404


def test_a_national_number_is_shown_on_a_page_that_nothing_keeps() -> None:
    one = a_reader()
    set_number(patron_id=one, kind="fin", number="5XQ2ZKM", by=SYSTEM)
    boss = administrator()
    for client in (librarian(), boss):
        assert "5XQ2ZKM" not in client.get(f"/desk/readers/{one}/").content.decode()
    answer = boss.post(f"/desk/readers/{one}/numbers/")
    assert "5XQ2ZKM" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert "5XQ2ZKM" not in str(dict(boss.session))


def test_the_officer_sees_who_did_what_with_whom_in_that_officer_s_libraries() -> None:
    here, there = a_reader(card="H1", surname="Buradakı"), a_reader(card="S1", surname="Oradakı", home_unit="SAK-M")
    librarian().get(f"/desk/readers/{here}/")
    librarian("SAK-M").get(f"/desk/readers/{there}/")
    mine = officer().get("/desk/audit/").content.decode()
    assert all(text in mine for text in ("lib-GNC-M", "looked at", "Buradakı", "127.0.0.1", "GNC-M kitabxanası"))
    assert "lib-SAK-M" not in mine
    assert "Oradakı" not in mine
    whole = officer(None).get("/desk/audit/").content.decode()
    assert "lib-GNC-M" in whole
    assert "lib-SAK-M" in whole


def test_the_trail_is_narrowed_by_card_login_and_days() -> None:
    one, other = a_reader(card="A1", surname="Birinci"), a_reader(card="B1", surname="İkinci")
    for reader in (one, other):
        librarian_client = signed_in(a_login(f"l{reader}", role="librarian", unit="GNC-M"))
        librarian_client.get(f"/desk/readers/{reader}/")
    watcher = officer()

    def seen(**asked: str) -> set[str]:
        page = watcher.get("/desk/audit/", asked).content.decode()
        return {name for name in ("Birinci", "İkinci") if name in page.split("<table", 1)[-1] and "<table" in page}

    assert seen(card="A1") == {"Birinci"}
    assert seen(login=f"l{other}") == {"İkinci"}
    assert seen(card="NONE") == set()
    assert seen(since="2001-01-01") == {"Birinci", "İkinci"}
    assert seen(until="2001-01-01") == set()
    assert watcher.get(f"/desk/readers/{one}/edit/").status_code == 403
