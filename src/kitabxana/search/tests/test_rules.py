"""What a reader's words ask for, and what of a record answers them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitabxana.catalogue.rules import derive
from kitabxana.catalogue.tests.builders import field, marc
from kitabxana.formats.marc import iter_records
from kitabxana.language import words
from kitabxana.search.facts import FIELDS, And, Document, Everything, Node, Not, Or, Phrase, Term
from kitabxana.search.rules import FIELD_NAMES, document, encoded, parse_box

DATA = Path(__file__).resolve().parents[5] / "shared" / "data" / "marc"
FILES = ["bib.utf8.mrc.gz", "bib.nonutf8.mrc.gz", "auth.utf8.mrc.gz", "unimarc.iso2709.mrc.gz"]
NAMES = st.sampled_from([*FIELD_NAMES, "no_such", "Title", "BAŞLIQ"])
PIECES = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["OR", "|", "-", '"', '""', "*", "ə*", "-OR", ":", "title:", '"a b', "9789952800005", "0317-8471"]),
    st.builds("{}:{}".format, NAMES, st.text(max_size=6)),
)


def assert_sound(node: Node) -> None:
    match node:
        case Term():
            assert node.field in FIELDS
            assert node.word
            assert node.field == "number" or words(node.word) == [node.word]
        case Phrase():
            assert node.field in FIELDS
            assert len(node.words) > 1
            assert [words(word) for word in node.words] == [[word] for word in node.words]
        case And() | Or():
            assert len(node.parts) > 1
            assert not isinstance(node, And) or not all(isinstance(part, Not) for part in node.parts)
            for part in node.parts:
                assert_sound(part)
        case Not():
            assert_sound(node.part)
        case Everything():
            pass


@given(st.text())
def test_any_text_has_a_meaning(text: str) -> None:
    assert_sound(parse_box(text))


@given(st.lists(PIECES, max_size=8).map(" ".join))
def test_any_play_of_signs_has_a_meaning(text: str) -> None:
    assert_sound(parse_box(text))


def term(word: str, field_name: Any = "all", *, prefix: bool = False) -> Term:
    return Term(field_name, word, prefix)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", Everything()),
        ("  ?! ", Everything()),
        ("-", Everything()),
        ("Dəli Kür", And((term("deli"), term("kur")))),
        ("DELI", term("deli")),
        ("-kür", And((Everything(), Not(term("kur"))))),
        ("dəli -kür", And((term("deli"), Not(term("kur"))))),
        ("dəli OR kür", Or((term("deli"), term("kur")))),
        ("dəli | kür su", Or((term("deli"), And((term("kur"), term("su")))))),
        ("OR", Everything()),
        ("dəli OR", term("deli")),
        ("or", term("or")),
        ('"dəli kür"', Phrase("all", ("deli", "kur"))),
        ('"dəli kür', Phrase("all", ("deli", "kur"))),
        ('"dəli"', term("deli")),
        ("kür*", term("kur", prefix=True)),
        ("title:kür", term("kur", "title")),
        ("MÜƏLLİF:şıxlı", term("sixli", "author")),
        ('yazar:"orhan pamuk"', Phrase("author", ("orhan", "pamuk"))),
        ("nəsə:kür", And((term("nese"), term("kur")))),
        ("978-9952-8-0000-5", term("9789952800005", "number")),
        ("isbn:978-9952-8-0000-5", term("9789952800005", "number")),
        ("0317-8471", term("03178471", "number")),
        ("number:AZ 1", And((term("az", "number"), term("1")))),
        ("number:Az-001", term("az001", "number")),
    ],
)
def test_what_is_meant(typed: str, meant: Node) -> None:
    assert parse_box(typed) == meant


@cache
def documents(name: str) -> list[tuple[dict[str, Any], Document]]:
    read = (parsed.marc for parsed in iter_records(DATA / name))
    return [
        (one, document(record_id=at, marc=one, derived=derive(one), units=("GNC-M", "GNC", "AZ", "GNC")))
        for at, one in enumerate(read)
        if one is not None
    ]


@pytest.mark.parametrize("name", FILES)
def test_every_real_record_becomes_a_document(name: str) -> None:
    assert documents(name)
    for _, made in documents(name):
        assert set(made.texts) <= set(FIELDS)
        assert all(text.split() == words(text) for text in made.texts.values())
        everything = set(made.texts["all"].split())
        assert all(set(text.split()) <= everything for text in made.texts.values())
        assert made.facets["library"] == ("GNC-M", "GNC", "AZ")
        assert all(len(value) <= 120 and value.strip() for values in made.facets.values() for value in values)
        assert all(len(values) == len(set(values)) <= 12 for values in made.facets.values())
        assert 0 <= made.year <= 2099
        assert 0 < made.title_key < 2**63
        assert 0 < made.author_key < 2**63
        assert all(made.numbers)
        assert orjson.loads(encoded(made))["id"] == made.record_id


def test_the_words_of_a_real_title_find_its_record() -> None:
    asked = 0
    for record, made in documents("bib.utf8.mrc.gz"):
        node = parse_box('"' + derive(record).brief.get("title", "").replace('"', " ") + '"')
        wanted = node.words if isinstance(node, Phrase) else ()
        asked += bool(wanted)
        assert set(wanted) <= set(made.texts["title"].split()) if wanted else True
    assert asked > 1500


def test_what_is_searched_where() -> None:
    record = marc(
        field("020", a="978-9952-8-0000-5"), field("490", a="Azərbaycan nəsri"), field("505", a="Birinci fəsil"),
        field("650", a="Romanlar", _2="local"), field("700", "1 ", a="Rəsul Rza", e="redaktor", _4="edt"),
        field("880", "10", _6="245-01/(N", a="Дәли Күр"), field("856", u="http://example.org/x"),
        field("952", p="BARKOD1"), field("264", " 1", a="Bakı", b="Azərnəşr", c="1982"), number="AZ 1",
    )  # fmt: skip
    made = document(record_id=1, marc=record, derived=derive(record), units=())
    texts = {name: set(text.split()) for name, text in made.texts.items()}
    assert {"deli", "kur", "azerbaycan", "nesri", *words("Дәли Күр")} <= texts["title"]
    assert {"sixli", "resul", "rza"} <= texts["author"]
    assert {"baki", "azernesr"} <= texts["publisher"]
    assert texts["subject"] == {"romanlar"}
    assert {"birinci", "fesil"} <= texts["all"]
    assert not {"http", "barkod1", "edt", "local", "sixli"} & texts["title"]
    assert not {"http", "example", "barkod1", "local"} & texts["all"]
    assert {"9789952800005", "az1"} <= set(made.numbers)
    assert made.facets["author"] == ("Şıxlı, İsmayıl", "Rəsul Rza")
    assert (made.facets["material"], made.facets["language"], made.year) == (("book",), ("aze",), 1982)


def test_what_has_no_title_comes_last_and_articles_do_not_count() -> None:
    def key(title: str, ind: str = "10") -> int:
        record = {"leader": "00000nam a22", "fields": [field("245", ind, a=title)]}
        return document(record_id=1, marc=record, derived=derive(record), units=()).title_key

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
