"""Readers from a table: guessed columns, preview, rows set aside, going on after a break."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.organisation.tests.people import ADMINISTRATOR_HERE, PEOPLE
from kitabxana.patrons.facts import ImportPlan
from kitabxana.patrons.models import Card, Patron, PatronImport, PatronImportReject
from kitabxana.patrons.operations import (
    Unreadable,
    change_many,
    headings,
    import_patrons,
    preview,
    set_category,
    write_rejects,
)
from kitabxana.patrons.operations import importing as room
from kitabxana.patrons.queries import patron_by_card, patrons_by_id
from kitabxana.patrons.rules.columns import FIELDS, delimiter_of, fields_of, guess, read_day
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
HEADER = "Kart №,Soyadı,Adı,Doğum tarixi,Telefon,FİN"
COLUMNS = {"Kart №": "card", "Soyadı": "surname", "Adı": "firstname", "Doğum tarixi": "birth_date", "Telefon": "phone",
           "FİN": "number"}  # fmt: skip
PLAN = ImportPlan(COLUMNS, {"home_unit": "GNC-M", "category": "ADULT"})


@pytest.fixture(autouse=True)
def _nation() -> None:
    a_nation()
    set_category(code="ADULT", names={}, by=SYSTEM)


def table(place: Path, *rows: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    file = place / "readers.csv"
    file.write_text("\n".join((header, *rows)) + "\n", encoding=encoding)
    return file


def people(count: int) -> list[str]:
    """Rows of readers born on different days, for those who seem known are asked about."""
    return [f"N{number},Soyad,Ad,{1 + number % 28:02d}.{1 + number // 28:02d}.1990,," for number in range(count)]


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (["Kart nömrəsi", "Soyad", "Ad", "Ata adı", "Doğum tarixi"],
         ["card", "surname", "firstname", "middle_name", "birth_date"]),
        (["cardnumber", "surname", "firstname", "branchcode", "categorycode", "dateexpiry"],
         ["card", "surname", "firstname", "home_unit", "category", "expires_on"]),
        (["Üye No", "Soyadı", "Adı", "T.C. Kimlik No", "E-posta"], ["card", "surname", "firstname", "number", "email"]),
        (["Фамилия", "Имя", "Отчество", "Телефон"], ["surname", "firstname", "middle_name", "phone"]),
        (["Surname", "Last name", "?"], ["surname"]),
    ],
)  # fmt: skip
def test_columns_are_known_by_their_headings(header: list[str], found: list[str]) -> None:
    assert list(guess(header).values()) == found
    assert set(found) <= set(FIELDS)


def test_a_row_says_what_is_in_it_and_the_rest_is_assumed() -> None:
    columns = {"s": "surname", "d": "birth_date", "c": "category", "n": "number"}
    row = {"s": "  Quliyev   oğlu ", "d": "7/5/1990", "c": "", "n": "5XQ2ZKM", "x": "?"}
    assert fields_of(row, columns, {"category": "ADULT"}) == (
        {"surname": "Quliyev oğlu", "birth_date": date(1990, 5, 7), "category": "ADULT", "number": "5XQ2ZKM",
         "number_kind": "fin"},
        None,
    )  # fmt: skip
    assert fields_of({"d": "31.02.1990"}, columns, {})[1] == "bad_birth_date"
    assert fields_of({"n": "10000000146"}, columns, {})[0]["number_kind"] == "tckn"
    for text, day in (("2026-11-23", 23), ("23.11.2026", 23), ("3-11-2026", 3), ("2026-11-23T10:00", 23)):
        assert read_day(text) == date(2026, 11, day)
    assert read_day("11/23/2026") is read_day("yesterday") is None
    assert [delimiter_of(line) for line in ("a,b;c,d", "a;b;c", "a\tb", "a|b|c,d")] == [",", ";", "\t", "|"]


@pytest.mark.parametrize(("encoding", "between"), [("utf-8", ","), ("utf-8-sig", ";"), ("utf-16", "\t")])
def test_a_file_is_read_however_a_spreadsheet_wrote_it(tmp_path: Path, encoding: str, between: str) -> None:
    row = 'N1,"Əliyev",Şəfiqə,1990-05-17,050 123 45 67,'
    file = table(tmp_path, row.replace(",", between), header=HEADER.replace(",", between), encoding=encoding)
    header, guessed, rows = headings(file)
    assert header == HEADER.split(",")
    assert guessed["Soyadı"] == "surname"
    assert rows[0]["Soyadı"] == "Əliyev"
    summary = import_patrons(file, plan=PLAN, by=SYSTEM, now=NOW)
    assert (summary.created, summary.finished) == (1, True)
    reader = patron_by_card("N1", scopes=("",))
    assert reader is not None
    assert (reader.name, reader.phone, reader.birth_date) == ("Əliyev Şəfiqə", "050 123 45 67", date(1990, 5, 17))


@pytest.mark.parametrize("content", [b"", b"one column\nx\n", b"a,b\n\xff\xfe\xfd,x\n", b"\x00\x01\x02,\x03\n"])
def test_what_is_no_table_is_told(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(content)
    try:
        summary = import_patrons(file, plan=PLAN, by=SYSTEM, now=NOW)
    except Unreadable:
        summary = None
    assert summary is None or summary.created == 0
    assert Patron.objects.count() == 0


def test_a_preview_says_what_would_be_and_leaves_nothing(tmp_path: Path) -> None:
    a_reader(card="N0", surname="Köhnə")
    file = table(tmp_path, *people(3), "N9,,Ad,17.05.1990,,", "N8,Vəliyev,Ad,17.05.2990,,")
    summary = preview(file, plan=PLAN, by=SYSTEM, now=NOW)
    assert (summary.read, summary.created, summary.known, summary.rejected) == (5, 2, 1, 2)
    assert summary.problems == {"missing surname": 1, "bad_birth_date": 1}
    assert (Patron.objects.count(), PatronImport.objects.count()) == (1, 0)


def test_bad_rows_are_set_aside_with_their_reason_and_can_be_mended(tmp_path: Path) -> None:
    a_reader(card="KNOWN", surname="Köhnə", birth_date=date(1980, 1, 1))
    file = table(
        tmp_path,
        "A1,Quliyeva,Nərgiz,17.05.1990,050 123 45 67,5XQ2ZKM",
        "A2,Гулиева,Наргиз,17.05.1990,,",
        "A1,Başqa,Ad,01.01.1991,,",
        "A3,Rzayev,Ad,01.01.1992,call me,",
        "A4,Həsənov,Ad,01.01.1993,,5XQ2ZKM",
        "KNOWN,Yeni,Ad,01.01.1994,,",
        "A5,Cəfərov,Ad,bilmir,,",
    )
    summary = import_patrons(file, plan=PLAN, by=ADMINISTRATOR_HERE, now=NOW)
    assert (summary.read, summary.created, summary.known, summary.rejected) == (7, 1, 2, 4)
    assert summary.problems == {"likely_duplicate": 1, "bad_phone": 1, "number_taken": 1, "bad_birth_date": 1}
    target = tmp_path / "rejects.csv"
    assert write_rejects(file, plan=PLAN, target=target) == 4
    assert target.stat().st_mode & 0o777 == 0o600
    with target.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["Kart №"], row["problem"]) for row in rows] == [
        ("A2", "likely_duplicate"), ("A3", "bad_phone"), ("A4", "number_taken"), ("A5", "bad_birth_date"),
    ]  # fmt: skip
    lifted = ImportPlan(PLAN.columns, PLAN.defaults, frozenset({"likely_duplicate"}))
    again = import_patrons(target, plan=lifted, by=ADMINISTRATOR_HERE, now=NOW)
    assert (again.created, again.rejected) == (1, 3)
    assert not PatronImportReject.objects.filter(problem__contains="Наргиз").exists()
    entry = AuditEntry.objects.filter(action="patrons.import").latest("at")
    assert (entry.after or {})["created"] == 1


def test_an_import_goes_on_where_it_ended_and_a_whole_one_does_nothing_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "BATCH", 7)
    file = table(tmp_path, *people(40))
    ended = iter([False, False, True])
    first = import_patrons(file, plan=PLAN, by=SYSTEM, now=NOW, cancelled=lambda: next(ended))
    assert (first.created, first.finished, Patron.objects.count()) == (14, False, 14)
    part = import_patrons(file, plan=PLAN, by=SYSTEM, now=NOW, most=10)
    assert (part.created, part.resumed_at, part.finished) == (24, 14, False)
    rest = import_patrons(file, plan=PLAN, by=SYSTEM, now=NOW)
    assert (rest.created, rest.read, rest.resumed_at, rest.finished) == (40, 40, 24, True)
    again = import_patrons(file, plan=PLAN, by=SYSTEM, now=NOW)
    assert (again.created, again.read, Patron.objects.count()) == (40, 40, 40)


def test_a_batch_that_breaks_leaves_nothing_half_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "BATCH", 5)
    file = table(tmp_path, *people(12))
    told: list[int] = []

    def die(summary: Any) -> None:
        told.append(summary.created)
        if len(told) == 2:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_patrons(file, plan=PLAN, by=SYSTEM, now=NOW, progress=die)
    run = PatronImport.objects.get()
    assert (run.rows_done, Patron.objects.count(), Card.objects.count()) == (10, 10, 10)
    assert import_patrons(file, plan=PLAN, by=SYSTEM, now=NOW).created == 12


def test_known_readers_are_changed_when_asked_by_what_the_rows_say(tmp_path: Path) -> None:
    one = a_reader(card="N1", surname="Köhnə", phone="050 111 11 11", home_unit="GNC-2")
    file = table(tmp_path, "N1,Yeni,,,,5XQ2ZKM")
    plan = ImportPlan(PLAN.columns, PLAN.defaults, update=True)
    assert import_patrons(file, plan=plan, by=SYSTEM, now=NOW).updated == 1
    facts = patrons_by_id([one])[one]
    assert (facts.surname, facts.phone, facts.home_unit) == ("Yeni", "050 111 11 11", "GNC-2")


@pytest.mark.parametrize("who", PEOPLE)
def test_who_may_import_and_change_many(tmp_path: Path, who: str) -> None:
    one = a_reader()
    file = table(tmp_path, *people(2))
    changes = {"expires_on": date(2098, 1, 1)}
    if who in ("administrator here", "administrator"):
        assert import_patrons(file, plan=PLAN, by=PEOPLE[who], now=NOW).created == 2
        assert change_many(patron_ids=[one], changes=changes, by=PEOPLE[who], now=NOW) == {one: ""}
        return
    if who == "administrator elsewhere":
        assert import_patrons(file, plan=PLAN, by=PEOPLE[who], now=NOW).problems == {"not_permitted": 2}
        told = change_many(patron_ids=[one], changes=changes, by=PEOPLE[who], now=NOW)
        assert told == {one: "not_permitted"}
    else:
        for act in (lambda: import_patrons(file, plan=PLAN, by=PEOPLE[who], now=NOW),
                    lambda: change_many(patron_ids=[one], changes=changes, by=PEOPLE[who], now=NOW)):  # fmt: skip
            with pytest.raises(Refused, match="not_permitted"):
                act()
    assert Patron.objects.count() == 1
    assert patrons_by_id([one])[one].expires_on == date(2099, 1, 1)


def test_many_are_changed_after_a_look_and_each_by_the_rules() -> None:
    set_category(code="CHILD", names={}, most_age=14, by=SYSTEM)
    young = a_reader(card="Y", birth_date=date(2016, 1, 1))
    old = a_reader(card="O", birth_date=date(1980, 1, 1))
    ask: dict[str, Any] = {
        "patron_ids": [young, old, 10**9],
        "changes": {"category": "CHILD"},
        "by": SYSTEM,
        "now": NOW,
    }
    told = {young: "", old: "wrong_age", 10**9: "unknown_patron"}
    assert change_many(**ask, dry_run=True) == told
    assert patrons_by_id([young])[young].category == "ADULT"
    assert not AuditEntry.objects.filter(action="patrons.change").exists()
    assert change_many(**ask) == told
    assert {one: facts.category for one, facts in patrons_by_id([young, old]).items()} == {young: "CHILD", old: "ADULT"}
    with pytest.raises(Refused, match="nothing_to_change"):
        change_many(**ask | {"changes": {"surname": "X"}})
    with pytest.raises(Refused, match="too_many"):
        change_many(**ask | {"patron_ids": range(5001)})
