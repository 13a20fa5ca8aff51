"""One book as several agencies describe it meets on a key and scores; volumes, editions and years keep books apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kitabxana.catalogue.matching import (
    HOUSE,
    Match,
    Weights,
    asked_keys,
    compare,
    match_keys,
    packed,
    traits_of,
    unpacked,
)
from kitabxana.catalogue.rules import derive
from kitabxana.catalogue.tests.builders import field
from kitabxana.formats.marc import iter_records

DATA = Path(__file__).resolve().parents[5] / "shared" / "data" / "marc"
LEADER = "00000nam a2200000 i 4500"


def book(
    *more: dict[str, Any], title: str = "Dəli Kür", rest: str = "", author: str = "Şıxlı, İsmayıl",
    year: str = "1982", publisher: str = "Yazıçı", pages: str = "428 s.", leader: str = LEADER, language: str = "aze",
) -> dict[str, Any]:  # fmt: skip
    fixed = f"240101s{year or '    '}    aj            000 1 {language} d"
    subfields = {"a": title + (" :" if rest else " /"), **({"b": rest + " /"} if rest else {}), "c": author}
    return {
        "leader": leader,
        "fields": [
            {"008": fixed},
            *([field("100", "1 ", a=author)] if author else []),
            field("245", "10", **subfields),
            *([field("260", a="Bakı :", b=publisher + ",", c=f"{year}.")] if publisher else []),
            *([field("300", a=pages)] if pages else []),
            *more,
        ],
    }


def matched(mine: dict[str, Any], theirs: dict[str, Any], *, weights: Weights = HOUSE) -> Match:
    return compare(traits_of(mine), traits_of(theirs), weights=weights)


def is_one(mine: dict[str, Any], theirs: dict[str, Any]) -> bool:
    found = matched(mine, theirs)
    return not found.differs and found.score >= HOUSE.sure


def meet(mine: dict[str, Any], theirs: dict[str, Any]) -> bool:
    return bool(set(asked_keys(traits_of(mine))) & set(match_keys(traits_of(theirs))))


@pytest.mark.parametrize(
    "other",
    [
        book(title="DELI KUR", author="Shikhli, Ismayil"),
        book(title="Дәли Күр", author="Шыхлы, Исмајыл", publisher="Јазычы", pages="428 с."),
        book(title="Dəli Kür", rest="roman", author="Şıxlı İ."),
        book(title="Dəli Kür", author="", publisher="Yazıçı nəşriyyatı"),
        book(title="Dəli  Kür.", pages="[2], 428, [3] s. ; 21 sm"),
        book(title="Deli Kür", author="Şıhlı, İsmail", year="1983", pages="427 s."),
        book(field("880", "1 ", _6="245-01/(N", a="Дәли Күр"), title="Dali Kur"),
        book(title="Dəli Kür", publisher="", pages=""),
    ],
)
def test_another_agencys_form_is_the_same_book(other: dict[str, Any]) -> None:
    assert meet(book(), other)
    assert is_one(book(), other), matched(book(), other)


@pytest.mark.parametrize(
    ("mine", "theirs", "why"),
    [
        (book(title="Tarix. 1-ci cild"), book(title="Tarix. 2-ci cild"), "volume"),
        (book(title="История. Том I"), book(title="История. Том II"), "volume"),
        (book(title="Tarih", rest="cilt 3"), book(title="Tarih", rest="cilt 4"), "volume"),
        (book(title="History, vol. 2"), book(title="History"), "volume"),
        (book(title="Cəbr 7"), book(title="Cəbr 8"), "figures"),
        (book(field("250", a="2-ci nəşri")), book(field("250", a="3-cü nəşr")), "edition"),
        (book(field("250", a="Second edition")), book(field("250", a="Birinci nəşr")), "edition"),
        (book(year="1982"), book(year="1986"), "year"),
        (book(), book(leader="00000nim a2200000 i 4500"), "material"),
        (book(), book({"007": "cr |||"}), "material"),
    ],
)
def test_a_hard_difference_makes_two_books_and_says_why(mine: dict[str, Any], theirs: dict[str, Any], why: str) -> None:
    assert matched(mine, theirs).differs == why
    assert matched(theirs, mine).differs == why


def test_parts_with_names_of_their_own_are_two() -> None:
    one, other = book(title="Xəmsə"), book(title="Xəmsə")
    one["fields"][2]["245"]["subfields"].insert(1, {"p": "Sirlər xəzinəsi"})
    other["fields"][2]["245"]["subfields"].insert(1, {"p": "Yeddi gözəl"})
    assert matched(one, other).differs == "part"
    assert matched(one, one).differs == ""


def test_a_number_in_245_n_is_the_volume_that_another_writes_into_the_title() -> None:
    numbered = book(title="Tarix")
    numbered["fields"][2]["245"]["subfields"].insert(1, {"n": "2-ci cild"})
    assert is_one(numbered, book(title="Tarix, II cild"))
    assert matched(numbered, book(title="Tarix, III cild")).differs == "volume"


def test_a_serial_goes_on_over_the_years() -> None:
    serial = "00000nas a2200000 i 4500"
    issn = field("022", a="0028-0836")
    mine, theirs = book(issn, leader=serial, year="1990"), book(issn, leader=serial, year="2005")
    assert matched(mine, theirs).differs == ""


def test_every_point_says_what_it_saw_and_what_it_adds() -> None:
    isbn = field("020", a="9789952800005")
    found = matched(book(isbn), book(isbn, year="1983", publisher="Gənclik"))
    assert found.score == sum(point.weight for point in found.points)
    told = {point.name: (point.mine, point.theirs, point.weight) for point in found.points}
    assert told["isbn"] == ("9789952800005", "9789952800005", HOUSE.isbn)
    assert told["year"] == ("1982", "1983", HOUSE.year // 4)
    assert told["publisher"][2] == -HOUSE.publisher
    assert told["pages"] == ("428", "428", HOUSE.pages)


def test_a_shared_isbn_alone_asks_for_a_person() -> None:
    """Publishers use a number again: the score stays below what is taken unseen."""
    isbn = field("020", a="9789952800005")
    found = matched(book(isbn), book(isbn, title="Başqa kitab haqqında", author="Vəliyev, Əli", pages="64 s."))
    assert found.score < HOUSE.maybe


def test_system_numbers_of_one_agency_meet_however_written() -> None:
    mine, theirs = book(field("035", a="(OCoLC)ocm00012345")), book(field("035", a="(OCoLC)12345"), title="Kur")
    assert meet(mine, theirs)
    assert {point.name for point in matched(mine, theirs).points} >= {"control"}
    stranger = book(field("035", a="(DLC)12345"))
    assert "control" not in {point.name for point in matched(mine, stranger).points}


def test_national_numbers_speak_against_each_other_only_within_one_scheme() -> None:
    mine = book(field("015", a="AZ-1982-17", _2="aznb"))
    other = {point.name: point.weight for point in matched(mine, book(field("015", a="AZ-1982-99", _2="aznb"))).points}
    assert other["national"] < 0
    strangers = matched(mine, book(field("010", a="   82012345 ")))
    assert "national" not in {point.name for point in strangers.points}


def test_weights_come_from_a_stored_profile() -> None:
    isbn = field("020", a="9789952800005")
    weights = Weights.of({"isbn": 90, "unknown": 3})
    told = {point.name: point.weight for point in matched(book(isbn), book(isbn), weights=weights).points}
    assert (told["isbn"], told["title"]) == (90, HOUSE.title)


def test_a_typing_error_spoils_no_more_than_a_key() -> None:
    for other in (book(title="Dali Kürr"), book(author="Sihli, I."), book(pages="248 s."), book(year="1981")):
        assert meet(book(), other)


def test_keys_are_short_and_go_with_the_identifiers_of_a_record() -> None:
    derived = derive(book(field("020", a="9789952800005")))
    keys = [value for scheme, value in derived.identifiers if scheme == "key"]
    assert keys
    assert all(len(key) == 12 for key in keys)
    assert ("isbn", "9789952800005") in derived.identifiers
    authority = {"leader": "00000nz  a2200000n  4500", "fields": [field("100", a="Nizami Gəncəvi")]}
    assert derive(authority).traits is None


def test_every_real_record_has_traits_and_is_itself() -> None:
    """A whole file of real records, odd ones too: no exception; each one equals itself and has keys to be found by."""
    seen = 0
    for parsed in iter_records(DATA / "bib.utf8.mrc.gz"):
        if parsed.marc is None:
            continue
        traits = traits_of(parsed.marc)
        assert compare(traits, traits).differs == ""
        assert set(match_keys(traits)) <= set(asked_keys(traits))
        seen += bool(match_keys(traits))
    assert seen > 2600


@pytest.mark.parametrize("name", ["bib.utf8.mrc.gz", "bib.nonutf8.mrc.gz"])
def test_traits_come_out_of_their_packing_as_they_went_in(name: str) -> None:
    read = [traits_of(parsed.marc) for parsed in iter_records(DATA / name) if parsed.marc]
    assert [unpacked(packed(one)) for one in read] == read
    assert len({packed(one) for one in read}) > 500
