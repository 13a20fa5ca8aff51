"""Applications, files and piles of cards at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kitabxana.base.actor import SYSTEM
from kitabxana.fronts.desk.tests.people import administrator, browser, librarian
from kitabxana.organisation.operations import set_policy
from kitabxana.patrons.operations import set_category
from kitabxana.patrons.queries import applications, patron_by_card, patrons_page
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

TYPED = {"surname": "Quliyeva", "firstname": "Nərgiz", "birth_date": "1990-05-17", "phone": "050 123 45 67",
         "library": "GNC-M", "category": "ADULT"}  # fmt: skip
TABLE = "Kart;Soyad;Ad;Nədir\nT1;Rzayev;Elçin;x\nT2;;Orxan;x\nT3;Vəliyev;Tural;x\n"


@pytest.fixture(autouse=True)
def _open() -> None:
    set_category(code="ADULT", names={"en": "Adult"}, by=SYSTEM, self_registration=True)
    set_policy(name="self_registration", value=True, unit="GNC-M", by=SYSTEM)


def count() -> int:
    return patrons_page(scopes=("",), offset=0, limit=0)[0]


def test_who_registers_from_home_is_taken_at_the_desk() -> None:
    home = browser()
    assert "GNC-M kitabxanası" in home.get("/join/").content.decode()
    assert "your card waits there" in home.post("/join/", TYPED).content.decode()
    assert count() == 0
    desk = librarian()
    page = desk.get("/desk/readers/applications/").content.decode()
    assert "Quliyeva Nərgiz" in page
    [waiting] = applications(scopes=("",))
    assert "Quliyeva" not in librarian("SAK-M").get("/desk/readers/applications/").content.decode()
    answer = desk.post("/desk/readers/applications/", {"application": waiting.id, "card": "N1", "take": ""})
    reader = patron_by_card("N1", scopes=("",))
    assert reader is not None
    assert answer["Location"] == f"/desk/readers/{reader.id}/"


def test_what_can_t_be_is_told_at_home_and_programs_are_told_nothing() -> None:
    home = browser()
    for changed, told in (
        ({"surname": ""}, "A reader needs a surname."),
        ({"birth_date": "17.05"}, "The birth date can&#x27;t be right."),
        ({"library": "SAK-M"}, "does not take registrations here"),
        ({"email": "x"}, "This is no e-mail address."),
    ):
        answer = home.post("/join/", TYPED | changed)
        assert answer.status_code == 409
        assert told in answer.content.decode()
        assert 'value="Nərgiz"' in answer.content.decode()
    assert "your card waits there" in home.post("/join/", TYPED | {"website": "http://x"}).content.decode()
    assert applications(scopes=("",)) == []
    assert Client(enforce_csrf_checks=True).post("/join/", TYPED).status_code == 403


def test_where_no_library_takes_it_there_is_no_form() -> None:
    set_policy(name="self_registration", value=False, unit="GNC-M", by=SYSTEM)
    page = browser().get("/join/").content.decode()
    assert "No library takes registrations here." in page
    assert 'name="surname"' not in page


def test_one_who_is_not_taken_is_put_away() -> None:
    browser().post("/join/", TYPED)
    [waiting] = applications(scopes=("",))
    answer = librarian().post("/desk/readers/applications/", {"application": waiting.id, "leave": ""}, follow=True)
    assert "Nobody waits." in answer.content.decode()
    assert count() == 0


def bring(client: Client, **values: Any) -> str:
    return client.post("/desk/readers/import/", values).content.decode()


def test_a_file_is_looked_at_then_brought_in(settings: Any) -> None:
    boss = administrator()
    sent = SimpleUploadedFile("x.csv", TABLE.encode(), "text/csv")
    page = bring(boss, file=sent, category="ADULT")
    assert "Of the first 3 rows: 2 would be registered, 0 changed, 0 are known, 1 would be set aside." in page
    assert "There is no: Surname." in page
    assert count() == 0
    token = boss.session["upload"]
    [kept] = (settings.DATA_DIR / "uploads").iterdir()
    assert (kept.name, kept.stat().st_mode & 0o777) == (f"{token}.csv", 0o600)
    columns = {"column-0": "card", "column-1": "surname", "column-2": "firstname", "column-3": ""}
    done = bring(boss, token=token, category="ADULT", go="1", **columns)
    assert "3 rows read: 2 registered, 0 changed, 0 known, 1 set aside." in done
    last = bring(boss, token=token, category="ADULT", go="1", **columns)  # the step after the last finds the end
    assert "hx-trigger" not in last
    rejects: Path = settings.DATA_DIR / "uploads" / f"{token}.rejects.csv"
    assert "Orxan" in rejects.read_text(encoding="utf-8")
    assert count() == 2


def test_a_column_may_be_said_to_be_something_else() -> None:
    boss = administrator()
    bring(boss, file=SimpleUploadedFile("x.csv", b"A,B\nT9,Rzayev\n"), category="ADULT")
    bring(boss, token=boss.session["upload"], category="ADULT", go="1", **{"column-0": "card", "column-1": "surname"})
    reader = patron_by_card("T9", scopes=("",))
    assert reader is not None
    assert reader.surname == "Rzayev"


@pytest.mark.parametrize("token", ["", "x", "../../secret_key", "0" * 32])
def test_no_other_file_is_read(token: str) -> None:
    page = bring(administrator(), token=token, category="ADULT", go="1")
    assert 'type="file"' in page


def test_another_login_s_file_is_not_read() -> None:
    boss = administrator()
    bring(boss, file=SimpleUploadedFile("x.csv", TABLE.encode()), category="ADULT")
    token = boss.session["upload"]
    boss.logout()
    other = librarian()
    assert other.post("/desk/readers/import/", {"token": token, "go": "1"}).status_code == 403


@pytest.mark.parametrize("content", [b"\x00\xff\xfe", b"", b"one\nx\n"])
def test_what_is_no_table_is_told(content: bytes) -> None:
    sent = SimpleUploadedFile("x.csv", content or b" ", "text/csv")
    answer = administrator().post("/desk/readers/import/", {"file": sent, "category": "ADULT"})
    assert answer.status_code == 400
    assert "This is no table" in answer.content.decode()


def test_a_pile_of_cards_is_changed_after_a_look() -> None:
    one = a_reader(card="A1")
    a_reader(card="B1", home_unit="SAK-M")
    boss = administrator()
    values = {"cards": "A1\nNONE A1", "expires_on": "2098-12-31"}
    page = boss.post("/desk/readers/many/", values).content.decode()
    assert "Will be changed" in page
    assert "NONE" in page
    assert "Change 1 reader" in page
    before = patron_by_card("A1", scopes=("",))
    assert before is not None
    assert before.expires_on.year == 2099
    assert "1 reader is changed." in boss.post("/desk/readers/many/", values | {"go": "1"}).content.decode()
    after = patron_by_card("A1", scopes=("",))
    assert after is not None
    assert (after.id, after.expires_on.year) == (one, 2098)
