"""Readers are found by name in any spelling and script, by card, telephone and e-mail, and only where one may look."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kitabxana.base.actor import SYSTEM
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.organisation.tests.people import LIBRARIAN_ELSEWHERE, LIBRARIAN_HERE
from kitabxana.patrons.models import NameLink, NameWord, Patron
from kitabxana.patrons.operations import add_card, edit
from kitabxana.patrons.operations.names import index_names, prune_names
from kitabxana.patrons.queries import patrons_page
from kitabxana.patrons.queries.finding import MOST_FOUND, find, units_in
from kitabxana.patrons.rules import near, slips, traces
from kitabxana.patrons.tests.builders import a_reader

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nation() -> None:
    a_nation()


def names(text: str) -> list[str]:
    return [facts.name for facts in patrons_page(scopes=("",), offset=0, limit=50, text=text)[1]]


@pytest.mark.parametrize(
    ("surname", "firstname", "typed"),
    [
        (
            "Əliyev",
            "Həsən",
            ("eliyev hesen", "ALİYEV HASAN", "Aliyev", "Алиев", "Әлијев Һәсән", "әлиев", "hesen eliyev"),
        ),
        ("Достоевский", "Фёдор", ("dostoyevski", "Dostoevskij Fedor", "достоевский федор", "DOSTOYEVSKY")),
        ("Nizami", "Gəncəvi", ("نظامی", "Низами Гянджеви", "nizami gencevi")),
        ("Süleymanov", "Cəfər", ("suleymanov cafer", "Сулейманов Джафар", "Suleymanov Jafar", "suleyman")),
        ("Hüseynova", "Şəfiqə", ("huseynova", "Hüseynova sefika", "şəfiqə")),
        ("Yılmaz", "Ayşe", ("yilmaz", "YILMAZ", "ayse yılmaz", "Йылмаз")),
        ("O'Brien", "Conor", ("obrien", "o’brien", "O`BRIEN conor")),
        ("Qaraqoyunlu-Məmmədzadə", "Gülnarə", ("memmedzade", "qaraqoyunlu", "gulnara karakoyunlu")),
    ],
)
def test_a_name_is_found_in_other_spellings_and_scripts(surname: str, firstname: str, typed: tuple[str, ...]) -> None:
    a_reader(card="A", surname=surname, firstname=firstname)
    a_reader(card="B", surname="Vəliyev", firstname="Tofiq")
    missed = [text for text in typed if names(text) != [f"{surname} {firstname}"]]
    assert missed == []


@pytest.mark.parametrize(
    "typed", ["Memmmedova", "Memedova", "Memmedvoa", "Nemmedova", "emmedova", "mammedov", "Memmedova Sevdaa", "Səvda"]
)
def test_a_slip_of_the_finger_is_mended(typed: str) -> None:
    a_reader(surname="Məmmədova", firstname="Sevda")
    a_reader(card="B", surname="Vəliyev", firstname="Tofiq")
    assert names(typed) == ["Məmmədova Sevda"]


def test_what_is_far_from_a_name_does_not_find_it() -> None:
    a_reader(surname="Məmmədova", firstname="Sevda")
    for typed in ("Mahmudlu", "xyz", "Sevda Vəliyeva", "Mə Və"):
        assert names(typed) == []


def test_what_was_typed_comes_before_what_resembles_it() -> None:
    for card, surname in enumerate(("Aliyev", "Əliyev", "Əliyeva", "Əliyevski", "Alıyev")):
        a_reader(card=str(card), surname=surname, firstname="X")
    assert names("əliyev") == ["Əliyev X", "Əliyeva X", "Əliyevski X", "Aliyev X", "Alıyev X"]
    assert names("aliyev")[:2] == ["Aliyev X", "Alıyev X"]


def test_slips_are_counted_as_a_typist_makes_them() -> None:
    for one, other, count in (
        ("anar", "anar", 0), ("anar", "anra", 1), ("anar", "anr", 1), ("anar", "annar", 1), ("anar", "amar", 1),
        ("anar", "nara", 2), ("", "abc", 3), ("abc", "", 3), ("mammad", "mamad", 1), ("ab", "ba", 1),
    ):  # fmt: skip
        assert slips(one, other) == slips(other, one) == count, (one, other)
    assert near("anara", "anaar")
    assert not near("anar", "nara")
    assert traces("abc") == {"abc"}
    assert traces("abcd") == {"abcd", "bcd", "acd", "abd", "abc"}


def test_numbers_are_looked_up_whole() -> None:
    one = a_reader(card="ab-0042", phone="+994 50 123 45 67", email="Aytan@Example.az")
    a_reader(card="ab-00421", phone="+994 50 123 45 68", email="aytan2@example.az")
    add_card(patron_id=one, number="X9", by=SYSTEM)
    for text in ("ab-0042", " X9 ", "x9", "050 123-45-67", "994501234567", "aytan@example.az", "AYTAN@EXAMPLE.AZ"):
        assert find(text, units=None) == [one], text
    for text in ("ab-004", "123", "@example.az", "50 123 45", "00421"):
        assert find(text, units=None) == [], text


def test_nobody_is_found_where_one_may_not_look() -> None:
    here, sister, elsewhere = (a_reader(card=unit, home_unit=unit) for unit in ("GNC-M", "GNC-2", "SAK-M"))
    for who, seen in ((LIBRARIAN_HERE, {here, sister}), (LIBRARIAN_ELSEWHERE, {elsewhere})):
        units = units_in(who.scopes("patrons.view"))
        for text in ("Əliyeva", "Eliyeva Ayten", "Aliyeva", "Eliyevva"):
            assert set(find(text, units=units)) == seen, text
        assert find("GNC-M", units=units) == []  # no digit, no name
    card_here, card_there = a_reader(card="G77"), a_reader(card="S77", home_unit="SAK-M", phone="0501234567")
    mine = units_in(LIBRARIAN_HERE.scopes("patrons.view"))
    assert (find("G77", units=mine), find("S77", units=mine), find("0501234567", units=mine)) == ([card_here], [], [])
    assert find("S77", units=units_in(("",))) == [card_there]
    assert find("Əliyeva", units=units_in(())) == []


def test_a_change_of_name_or_library_is_found_as_it_is_now() -> None:
    one = a_reader()
    edit(patron_id=one, changes={"surname": "Rzayeva"}, by=SYSTEM, now=NOW)
    assert (names("əliyeva"), names("rzayeva")) == ([], ["Rzayeva Aytən"])
    edit(patron_id=one, changes={"home_unit": "SAK-M"}, by=SYSTEM, now=NOW)
    assert find("rzayeva", units=units_in(LIBRARIAN_HERE.scopes("patrons.view"))) == []
    assert find("rzayeva", units=units_in(LIBRARIAN_ELSEWHERE.scopes("patrons.view"))) == [one]


def test_words_that_nobody_bears_are_forgotten_and_no_others() -> None:
    one = a_reader(surname="Nadirova")
    a_reader(card="B", surname="Vəliyev")
    edit(patron_id=one, changes={"surname": "Rzayeva"}, by=SYSTEM, now=NOW)
    assert prune_names() == 1
    assert set(NameWord.objects.values_list("word", flat=True)) == {"rzayeva", "veliyev", "ayten"}
    assert names("Rzayeva") == ["Rzayeva Aytən"]


def test_indexing_again_changes_nothing_and_a_deleted_reader_is_not_indexed() -> None:
    one = a_reader()
    links = set(NameLink.objects.values_list("word_id", "unit_id", "patron_id"))
    index_names([one])
    assert set(NameLink.objects.values_list("word_id", "unit_id", "patron_id")) == links
    Patron.objects.filter(pk=one).update(deleted_at=NOW)
    index_names([one])
    assert not NameLink.objects.exists()


def test_a_name_borne_by_more_than_are_shown_comes_by_surname() -> None:
    row = Patron.objects.get(pk=a_reader(surname="Zamanov", firstname="Əli"))
    ends = ["".join("abcdefghij"[int(digit)] for digit in f"{number:04d}") for number in range(MOST_FOUND + 20)]
    many = [
        Patron(home_unit=row.home_unit, category=row.category, surname=f"Zamanov{end}", firstname="Əli",
               search_key=f"zamanov{end} eli", enrolled_on=row.enrolled_on, expires_on=row.expires_on)
        for end in ends
    ]  # fmt: skip
    index_names([made.pk for made in Patron.objects.bulk_create(many)])
    a_reader(card="A", surname="Əlizadə", firstname="Zöhrə")
    total, page = patrons_page(scopes=("",), offset=0, limit=3, text="zamanov")
    assert (total, [facts.surname for facts in page]) == (MOST_FOUND, ["Zamanov", "Zamanovaaaa", "Zamanovaaab"])
    assert names("eli")[0] == "Əlizadə Zöhrə"
    assert names("zamanovaaaf e")[0] == names("e zamanovaaaf")[0] == "Zamanovaaaf Əli"
    assert names("z elizade") == ["Əlizadə Zöhrə"]  # z begins too many words: it is sifted, not looked up
    assert names("x zamanovaaaf") == []


def test_a_search_costs_a_bounded_number_of_statements() -> None:
    for number in range(30):
        a_reader(card=f"N{number}", surname="Məmmədova", firstname=f"Ad{number}")
    costs = {}
    for text in ("Məmmədova", "Memmedva Ad", "Маммадова", "N7", "0501234567"):
        with CaptureQueriesContext(connection) as queries:
            patrons_page(scopes=LIBRARIAN_HERE.scopes("patrons.view"), offset=0, limit=25, text=text)
        costs[text] = len(queries)
    assert max(costs.values()) <= 11, costs
