"""What of a record is searchable, on real records."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest

from kitabxana.catalogue.rules import derive
from kitabxana.catalogue.tests.builders import field, marc
from kitabxana.formats.marc import iter_records
from kitabxana.language import words
from kitabxana.search.facts import Document, Held
from kitabxana.search.rules import document, encoded, facet_headings, popularity
from kitabxana.search.rules.documents import HEADS, LAST, MARK

DATA = Path(__file__).resolve().parents[5] / "shared" / "data" / "marc"
FILES = ["bib.utf8.mrc.gz", "bib.nonutf8.mrc.gz", "auth.utf8.mrc.gz", "unimarc.iso2709.mrc.gz"]
HELD = Held(
    units=("GNC-M", "GNC", "AZ"), call_numbers=("821 N72", "821  n72"), shelf_key="821", popularity=3, added=20261123
)


def made_of(record: dict[str, Any], *, held: Held = HELD) -> Document:
    return document(record_id=7, marc=record, derived=derive(record), held=held)


@cache
def documents(name: str) -> list[tuple[dict[str, Any], Document]]:
    read = (parsed.marc for parsed in iter_records(DATA / name))
    return [(one, made_of(one)) for one in read if one is not None]


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_every_real_record_becomes_a_document(name: str) -> None:
    assert documents(name)
    for _, made in documents(name):
        values = made.values
        everything = set(values.get("all", "").split())
        for head in HEADS:
            text = values.get(head, "")
            assert text.split() == words(text)
            assert set(text.split()) <= everything
            assert all(key[0] in "xbstkn" for key in values.get(f"{head}_kin", "").split())
        assert all(len(value) <= 120 and value.strip() for value in values["author_facet"] + values["subject_facet"])
        assert len(values["author_facet"]) == len(set(values["author_facet"])) <= 12
        assert 0 <= values["year"] <= 2099
        assert values["title_key"]
        assert all(number[1] == "=" and number[2:] for number in values["number"])
        for term in values["suggest"]:
            plain, mark, heading = term.partition(MARK)
            assert plain
            assert mark
            assert heading[0] in "tas"
        read = orjson.loads(encoded(made))
        assert read["id"] == 7
        assert read["library"] == ["GNC-M", "GNC", "AZ"]
        assert read["call_number"] == ["821n72"]
        assert read["call_key"] == "821"


def test_the_words_of_a_real_title_stand_in_its_document() -> None:
    asked = 0
    for record, made in documents("bib.utf8.mrc.gz"):
        wanted = words(derive(record).brief.get("title", ""))
        asked += bool(wanted)
        assert set(wanted) <= set(made.values.get("title", "").split())
    assert asked > 1500


def a_book() -> dict[str, Any]:
    return marc(
        field("020", a="978-9952-8-0000-5"), field("490", a="Azərbaycan nəsri"), field("505", a="Birinci fəsil"),
        field("650", a="Romanlar", _2="local"), field("700", "1 ", a="Rəsul Rza", e="redaktor", _4="edt"),
        field("880", "10", _6="245-01/(N", a="Дәли Күр"), field("856", u="http://example.org/x"),
        field("952", p="BARKOD1"), field("264", " 1", a="Bakı", b="Azərnəşr", c="1982"),
        field("041", "1 ", a="aze", h="rus"), field("080", a="821.512.162"), number="AZ 1",
    )  # fmt: skip


def test_what_is_searched_where() -> None:
    values = made_of(a_book()).values
    texts = {name: set(values[name].split()) for name in ("all", *HEADS, "other", "marc")}
    assert {"deli", "kur", "azerbaycan", "nesri", *words("Дәли Күр")} <= texts["title"]
    assert {"sixli", "resul", "rza"} <= texts["author"]
    assert texts["subject"] == {"romanlar"}
    assert {"s=azerbaycan", "p=azernesr", "l=baki", "edt=resul", "c=birinci"} <= texts["other"]
    assert {"birinci", "fesil", "azernesr"} <= texts["all"]
    assert not {"http", "barkod1", "edt", "local", "redaktor"} & texts["all"]
    assert "sixli" not in texts["title"]
    assert {"245a=deli", "952p=barkod1", "7004=edt"} <= texts["marc"]
    assert {"i=9789952800005", "c=az1"} <= set(values["number"])
    assert set(values["code"]) == {"o=rus", "l=aze"}
    assert values["author_facet"] == ["Şıxlı, İsmayıl", "Rəsul Rza"]
    assert (values["material"], values["language"], values["year"]) == (["book"], ["aze"], 1982)
    assert values["class_number"] == ["821.512.162"]


def test_the_audience_is_read_from_008_22() -> None:
    record = a_book()
    record["fields"] = [
        {"008": "240101s1982    aj     j      000 1 aze d"} if "008" in one else one for one in record["fields"]
    ]
    assert "a=j" in made_of(record).values["code"]


def test_words_of_heads_carry_the_keys_of_their_relatives() -> None:
    keys = set(made_of(marc(title="Kitablarımız")).values["title_kin"].split())
    assert {"xkitablarımız", "bkitablarimiz"} <= keys
    assert {key for key in keys if key[0] == "s"} == {
        key for key in made_of(marc(title="Kitab")).values["title_kin"].split() if key[0] == "s"
    }
    cyrillic = set(made_of(marc(title="Хәмсә")).values["title_kin"].split())
    latin = set(made_of(marc(title="Xəmsə")).values["title_kin"].split())
    assert "txemse" in cyrillic
    assert {key for key in cyrillic if key[0] == "b"} == {key for key in latin if key[0] == "b"}


def test_suggestions_are_looked_up_by_any_word_of_a_name_and_the_start_of_a_title() -> None:
    found = made_of(a_book()).values["suggest"]
    assert f"deli kur{MARK}tDəli Kür" in found
    assert {f"sixli ismayil{MARK}aŞıxlı, İsmayıl", f"ismayil{MARK}aŞıxlı, İsmayıl"} <= set(found)


def test_headings_of_facets_are_those_of_the_document() -> None:
    found = facet_headings(a_book())
    assert found == {"author": ("Şıxlı, İsmayıl", "Rəsul Rza"), "subject": ("Romanlar",)}


def test_what_has_no_title_comes_last_and_articles_do_not_count() -> None:
    def key(title: str, ind: str = "10") -> str:
        record = {"leader": "00000nam a22", "fields": [field("245", ind, a=title)]}
        return str(made_of(record).values["title_key"])

    ordered = [
        key("Cəfər"),
        key("Çinar"),
        key("The Dawn", "14"),
        key("Əli və Nino"),
        key("İnək"),
        key("Zaman"),
        key(""),
    ]
    assert ordered == sorted(ordered)
    assert key("The Dawn", "14") == key("Dawn")
    assert key("") == LAST


@pytest.mark.parametrize(
    ("copies", "loans", "step"), [(0, 0, 0), (1, 0, 0), (1, 1, 1), (2, 0, 1), (3, 5, 3), (900, 9000, 9)]
)
def test_popularity_goes_by_powers_of_two(copies: int, loans: int, step: int) -> None:
    assert popularity(copies=copies, loans=loans) == step
