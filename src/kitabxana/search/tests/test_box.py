"""The search box: what is meant by what is typed, in four languages and three scripts."""

from __future__ import annotations

import gzip
import json
import re
from datetime import date
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitabxana.catalogue.rules import MATERIALS, derive
from kitabxana.formats.marc import iter_records
from kitabxana.kernel.tests.steps import calls
from kitabxana.language import words
from kitabxana.search.facts import And, Code, Everything, Marc, Node, Not, Or, Phrase, Span, Term
from kitabxana.search.languages import box
from kitabxana.search.languages.codes import (
    AUDIENCE_NAMES,
    MATERIAL_NAMES,
    audience_codes,
    language_code,
    material_code,
)
from kitabxana.search.languages.names import ASKED, BY_NAME, name_key
from kitabxana.search.languages.nodes import typed
from kitabxana.search.tests.trees import assert_sound, without_spelling

CODES = Path(__file__).resolve().parents[5] / "shared" / "data" / "codes"
MARC = CODES.parent / "marc"
PAGE = Path(__file__).resolve().parents[4] / "docs" / "librarian" / "searching.md"
TODAY = date(2026, 3, 1)
NAMES = st.sampled_from([name for asked in ASKED for name in asked.names] + ["no_such", "BAŞLIQ", "245$a", "marc:100"])
PIECES = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        ["OR", "AND", "|", "-", '"', '""', "*", "ə*", "-OR", ":", "title:", '"a b', "(", ")", "-(", "»", "«"]
    ),
    st.sampled_from(["9789952800005", "0317-8471", "marc:245a=", "year:1990-", "new:30", "lang:az", "title:(a"]),
    st.builds("{}:{}".format, NAMES, st.text(max_size=6)),
)


def read(text: str) -> Node:
    return without_spelling(box.parse(text, today=TODAY).node)


@given(st.text())
def test_any_text_has_a_meaning(text: str) -> None:
    assert_sound(box.parse(text, today=TODAY).node)


@given(st.lists(PIECES, max_size=10).map(" ".join))
def test_any_play_of_signs_has_a_meaning(text: str) -> None:
    found = box.parse(text, today=TODAY)
    assert_sound(found.node)
    assert all(part.rstrip(":") in text for part in found.unknown)


@pytest.mark.parametrize(
    "text", ["(" * 100_000, "a:(" * 50_000, '"' * 100_001, "-(" * 50_000 + "a", "a" * 1_000_000, "year:" * 100_000]
)
def test_no_text_takes_long(text: str) -> None:
    assert_sound(box.parse(text, today=TODAY).node)
    assert calls(lambda: box.parse(text, today=TODAY)) < 60 * len(text)


def term(word: str, field_name: Any = "all", **more: Any) -> Term:
    return Term(field_name, word, **more)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("", Everything()),
        ("  ?! ", Everything()),
        ("-", Everything()),
        ("Dəli Kür", And((term("deli"), term("kur")))),
        ("DELI", term("deli")),
        ("Хәмсә", term("хемсе")),
        ("نظامي", term("نظامی")),
        ("-kür", And((Everything(), Not(term("kur"))))),
        ("dəli -kür", And((term("deli"), Not(term("kur"))))),
        ("dəli-kür", And((term("deli"), term("kur")))),
        ("dəli OR kür", Or((term("deli"), term("kur")))),
        ("dəli | kür su", Or((term("deli"), And((term("kur"), term("su")))))),
        ("(dəli | kür) su", And((Or((term("deli"), term("kur"))), term("su")))),
        ("dəli -(kür | su)", And((term("deli"), Not(Or((term("kur"), term("su"))))))),
        ("(dəli (kür", And((term("deli"), term("kur")))),
        ("dəli) kür", And((term("deli"), term("kur")))),
        ("dəli AND kür", And((term("deli"), term("kur")))),
        ("AND", term("and")),
        ("OR", Everything()),
        ("dəli OR", term("deli")),
        ("or", term("or")),
        ('"dəli kür"', Phrase("all", ("deli", "kur"))),
        ("«Дели Кюр»", Phrase("all", ("дели", "кюр"))),
        ("“dəli kür”", Phrase("all", ("deli", "kur"))),
        ('"dəli kür', Phrase("all", ("deli", "kur"))),
        ('"dəli"', term("deli", exact=True)),
        ("kür*", term("kur", prefix=True)),
        ("title:kür", term("kur", "title")),
        ("название:кюр", term("кюр", "title")),
        ("title:(dəli | kür*)", Or((term("deli", "title"), term("kur", "title", prefix=True)))),
        ("title:(dəli author:şıxlı)", And((term("deli", "title"), term("sixli", "author")))),
        ("MÜƏLLİF:şıxlı", term("sixli", "author")),
        ('yazar:"orhan pamuk"', Phrase("author", ("orhan", "pamuk"))),
        ("çevirmen:pamuk", term("pamuk", "author", relator="trl")),
        ('bəstəkar:"Üzeyir Hacıbəyli"', And((term("uzeyir", "author", relator="cmp", exact=True),
                                            term("hacibeyli", "author", relator="cmp", exact=True)))),
        ("978-9952-8-0000-5", term("9789952800005", "number")),
        ("978 9952 8000 05", term("9789952800005", "number")),
        ("isbn:978-9952-8-0000-5", term("9789952800005", "isbn")),
        ("isbn:9952-8-0000", term("995280000", "isbn")),
        ("0317-8471", term("03178471", "number")),
        ("Impressionistlər 1874-1886", And((term("impressionistler"), Or((term("18741886", "number"),
                                                                    And((term("1874"), term("1886")))))))),
        ("03178471", Or((term("03178471", "number"), term("03178471")))),
        ("issn:2434-561x", term("2434561x", "issn")),
        ("number:AZ 1", And((term("az", "number"), term("1")))),
        ("number:AB-к1", term("abk1", "number")),
        ("number:Az-001", term("az001", "number")),
        ('id:"AZ 1"', term("az1", "control_number")),
        ("001:AZ-1", term("az1", "control_number")),
        ("barkod:KT-000*", term("kt000", "barcode", prefix=True)),
        ("şifr:84(5Az)7 nəsr", And((term("84(5az)7", "call_number"), term("nesr")))),
        ("(şifr:84(5Az) | x)", Or((term("84(5az)", "call_number"), term("x")))),
        ("year:1990-2000", Span("year", 1990, 2000)),
        ("il:2000–1990", Span("year", 1990, 2000)),
        ("yıl:>1990", Span("year", 1991, None)),
        ("год:<=1928", Span("year", None, 1928)),
        ("year:-1928", Span("year", None, 1928)),
        ("year:1990-", Span("year", 1990, None)),
        ("year:1990", Span("year", 1990, 1990)),
        ("il:۱۹۹۰", Span("year", 1990, 1990)),
        ("lang:az", Code("language", "aze")),
        ("-dil:rusca", And((Everything(), Not(Code("language", "rus"))))),
        ('dil:"Osmanlı Türkçesi"', Code("language", "ota")),
        ("язык:(русский | азербайджанский)", Or((Code("language", "rus"), Code("language", "aze")))),
        ("orijinal:fars", Code("original_language", "per")),
        ("növ:xəritə", Code("material", "map")),
        ('növ:"səsli kitab"', Code("material", "spoken")),
        ("oxucu:böyüklər", Code("audience", "e")),
        ("audience:j", Code("audience", "j")),
        ("oxucu:yeniyetmə", Or((Code("audience", "c"), Code("audience", "d")))),
        ("kitabxana:GNC-M", Code("library", "GNC-M")),
        ("library:gnc", Or((Code("library", "gnc"), Code("library", "GNC")))),
        ("new:30", Span("added", 20260130, None)),
        ("yeni:0", Span("added", 20260301, None)),
        ("marc:245a=kür", Marc("245", "a", "kur")),
        ("marc:245$a=kür", Marc("245", "a", "kur")),
        ("245$a:kür", Marc("245", "a", "kur")),
        ('MARC:650="Dəli Kür"', And((Marc("650", "", "deli"), Marc("650", "", "kur")))),
    ],
)  # fmt: skip
def test_what_is_meant(asked: str, meant: Node) -> None:
    found = box.parse(asked, today=TODAY)
    assert without_spelling(found.node) == meant
    assert found.unknown == ()


@pytest.mark.parametrize(
    ("asked", "meant", "unknown"),
    [
        ("nəsə:kür", And((term("nese"), term("kur"))), ("nəsə:kür",)),
        ("-nəsə:kür su", And((Not(And((term("nese"), term("kur")))), term("su"))), ("nəsə:kür",)),
        ("nəsə:(kür su)", And((term("nese"), term("kur"), term("su"))), ("nəsə:",)),
        ("il:keçən", term("kecen"), ("il:keçən",)),
        ("lang:marslı", term("marsli"), ("lang:marslı",)),
        ('növ:"uçan xalça"', Phrase("all", ("ucan", "xalca")), ('növ:"uçan xalça"',)),
        ("new:dünən", term("dunen"), ("new:dünən",)),
        ("marc:x", term("x"), ("marc:x",)),
        ("oxucu:mələk", term("melek"), ("oxucu:mələk",)),
    ],
)
def test_what_cannot_be_understood_is_told_and_searched_as_words(
    asked: str, meant: Node, unknown: tuple[str, ...]
) -> None:
    found = box.parse(asked, today=TODAY)
    assert without_spelling(found.node) == meant
    assert found.unknown == unknown


@pytest.mark.parametrize(
    ("raw", "pairs"),
    [
        ("Dəli Kür", [("deli", "Dəli"), ("kur", "Kür")]),
        ("Bakı'nın", [("bakinin", "Bakı'nın")]),
        ("KİTABXANALARDA", [("kitabxanalarda", "KİTABXANALARDA")]),
        ("Қарабағ, Хәмсә!", [("карабаг", "Қарабағ"), ("хемсе", "Хәмсә")]),
        ("d'Artagnan", [("d", "d"), ("artagnan", "artagnan")]),
        ("ölkə-dövlət", [("olke", "ölkə"), ("dovlet", "dövlət")]),
        ("o\u0308lke", [("olke", "ölke")]),
        ("½", [("1", "1"), ("2", "2")]),
    ],
)
def test_words_are_kept_as_they_were_written(raw: str, pairs: list[tuple[str, str]]) -> None:
    assert typed(raw) == pairs
    node = box.parse(raw, today=TODAY).node
    terms = node.parts if isinstance(node, And) else (node,)
    assert [(one.word, one.written) for one in terms if isinstance(one, Term)] == pairs


def test_real_titles_are_read_as_their_words() -> None:
    """Typed as they stand, nearly all ask for their own words (not quotation marks, AND, a span of years, a number)."""
    asked, otherwise = 0, []
    for parsed in iter_records(MARC / "bib.utf8.mrc.gz"):
        title = derive(parsed.marc).brief.get("title", "") if parsed.marc else ""
        node = box.parse(title, today=TODAY).node
        parts = node.parts if isinstance(node, And) else (node,)
        asked += bool(title)
        number_alone = re.fullmatch(r"\S*\d{3}\S*", title)
        if not number_alone and [part.word for part in parts if isinstance(part, Term)] != words(title):
            otherwise.append(title)
        assert_sound(node)
        assert box.parse(title, today=TODAY).unknown == ()
        quoted = box.parse('title:"' + title.replace('"', " ") + '"', today=TODAY).node
        assert not isinstance(quoted, Phrase) or quoted.words == tuple(words(title))
    assert asked > 1500
    assert [title for title in otherwise if not re.search(r'["“”«»]|\bAND\b|\d{4}-\d{4}', title)] == []
    assert len(otherwise) < asked / 50


@given(st.text())
def test_typed_words_are_the_words_of_the_index(raw: str) -> None:
    assert [folded for folded, _ in typed(raw)] in (words(raw), words(normalize("NFC", raw)))


def test_no_name_stands_for_two_fields() -> None:
    meant: dict[str, set[int]] = {}
    for at, asked in enumerate(ASKED):
        for name in asked.names:
            meant.setdefault(name_key(name), set()).add(at)
    assert {name: found for name, found in meant.items() if len(found) > 1} == {}
    assert set(BY_NAME) == set(meant)


def test_every_name_can_be_typed() -> None:
    for asked in ASKED:
        for name in asked.names:
            if asked.target != "marc":
                assert box.parse(f"{name}:x", today=TODAY).node != read(f"{name} x"), name
            assert read(f"{name}:1990") == read(f"{asked.en[0].upper()}:1990")


def test_every_language_of_iso_639_is_known_by_its_codes_and_names() -> None:
    with gzip.open(CODES / "isocodes_iso_639-2.json.gz") as file:
        listed = json.load(file)["639-2"]
    for one in listed:
        code = one.get("bibliographic", one["alpha_3"])
        if code != "qaa-qtz":
            assert language_code(code) == code
            assert language_code(one["alpha_3"]) == code
        if "alpha_2" in one:
            assert language_code(one["alpha_2"].upper()) == code
    for name, code in {
        "Azərbaycan": "aze", "azərbaycanca": "aze", "Azərbaycan dilində": "aze", "Türkcə": "tur", "Türkçe": "tur",
        "İngiliscə": "eng", "русский язык": "rus", "farsca": "per", "gürcücə": "geo", "Almanca": "ger", "ləzgi": "lez",
        "Osmanlıca": "ota", "çağatay": "chg", "talış": "tly", "латинский": "lat", "ərəbcə": "ara", "kurdish": "kur",
    }.items():  # fmt: skip
        assert language_code(name) == code, name
    assert language_code("marslıca") == language_code("xq") == language_code("") == ""


def test_every_material_and_audience_has_its_names() -> None:
    assert set(MATERIAL_NAMES) == set(MATERIALS)
    for code, names in MATERIAL_NAMES.items():
        assert [material_code(name.upper()) for name in names] == [code] * len(names)
    for codes, names in AUDIENCE_NAMES.values():
        assert [audience_codes(name) for name in names] == [codes] * len(names)


def rows(heading: str) -> list[list[str]]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith(f"| {heading} |"))
    table = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return table


def test_the_page_shows_every_field_with_all_its_names_and_no_other() -> None:
    shown = [tuple(tuple(re.findall(r"`([^`]+)`", cell)) for cell in cells[:4]) for cells in rows("az")]
    assert shown == [(asked.az, asked.tr, asked.en, asked.ru) for asked in ASKED]


def test_the_page_shows_every_kind_and_audience() -> None:
    kinds = {code.strip("`"): tuple(re.findall(r"`([^`]+)`", names)) for code, names in rows("kind")}
    assert kinds == MATERIAL_NAMES
    audiences = {name: tuple(re.findall(r"`([^`]+)`", names)) for name, names, _ in rows("readers")}
    assert audiences == {name: names for name, (_, names) in AUDIENCE_NAMES.items()}


def test_every_example_of_the_page_is_understood() -> None:
    examples = [cells[0].strip("`").replace("\\|", "|") for cells in rows("typed")]
    assert len(examples) > 15
    for example in examples:
        found = box.parse(example, today=TODAY)
        assert found.unknown == (), example
        assert found.node != Everything()
