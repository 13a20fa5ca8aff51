"""RPN: what a query asks of the house, the diagnostic of what it cannot ask, and that CQL asks the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitabxana.formats.cql import CqlError
from kitabxana.formats.pqf import Bib1Diagnostic, Bib1Error, ResultSet, RpnQuery, parse_pqf
from kitabxana.search.facts import And, Code, Everything, Node, Not, Or, Phrase, Span, Term
from kitabxana.search.languages import cql, pqf
from kitabxana.search.languages.names import Target
from kitabxana.search.languages.uses import BY_NAME, BY_NUMBER, USES, use_of
from kitabxana.search.tests.trees import assert_sound, without_spelling

ROOT = Path(__file__).resolve().parents[4]
SAMPLES = ROOT.parent / "shared" / "data" / "schemas" / "samples" / "cql_yaz"
PAGE = ROOT / "docs" / "developer" / "query-languages.md"
ATTRIBUTES = st.one_of(
    st.sampled_from([f"1={use.number}" for use in USES] + [f"1={use.name}" for use in USES]),
    st.builds("{}={}".format, st.integers(1, 7), st.sampled_from([1, 2, 3, 4, 5, 6, 100, 101, 102, 103, 104, "x"])),
)
TERMS = st.one_of(
    st.text(max_size=6).map(lambda text: '"' + re.sub(r'[\\"]', "", text) + '"'),
    st.sampled_from(["1990", "aze", '"dəli kür"', "kür?", "kür#", '""', "9789952800005", '"1990 2000"']),
)
OPERANDS = st.builds(
    lambda attributes, term: " ".join([*(f"@attr {one}" for one in attributes), term]),
    st.lists(ATTRIBUTES, max_size=3),
    TERMS,
)


def asked(text: str) -> Node | Bib1Diagnostic:
    try:
        return pqf.parse(text)
    except Bib1Error as error:
        return error.diagnostic


@given(OPERANDS)
def test_every_operand_has_a_sound_tree_or_a_diagnostic(text: str) -> None:
    found = asked(text)
    if isinstance(found, Bib1Diagnostic):
        assert found.message
        assert found.code != 108
    else:
        assert_sound(found)


@given(st.sampled_from(["@and", "@or", "@not", "@prox 0 1 1 2 k 2"]), OPERANDS, OPERANDS)
def test_every_operation_has_a_sound_tree_or_a_diagnostic(operator: str, left: str, right: str) -> None:
    found = asked(f"{operator} {left} {right}")
    if not isinstance(found, Bib1Diagnostic):
        assert_sound(found)


def term(word: str, field_name: Any = "all", **more: Any) -> Term:
    return Term(field_name, word, **more)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("kür", term("kur")),
        ('"Dəli Kür"', Phrase("all", ("deli", "kur"))),
        ('@attrset bib-1 @attr 1=4 @attr 4=6 "Dəli Kür"', And((term("deli", "title"), term("kur", "title")))),
        ('@attr 1=4 @attr 4=1 "Хәмсә китабы"', Phrase("title", ("хемсе", "китабы"))),
        ('@attr 1=4 @attr 4=105 "dəli kür"', Or((term("deli", "title"), term("kur", "title")))),
        ("@attr 1=4 @attr 4=108 kür", term("kur", "title", exact=True)),
        ("@attr 1=4 @attr 5=1 kü", term("ku", "title", prefix=True)),
        ('@attr 1=4 @attr 4=6 @attr 5=1 "dəl kü"',
         And((term("del", "title", prefix=True), term("ku", "title", prefix=True)))),
        ("@attr 1=4 @attr 5=104 kü?", term("ku", "title", prefix=True)),
        ("@attr 1=4 @attr 5=101 kü#", term("ku", "title", prefix=True)),
        ("@attr 1=Title-uniform xəmsə", term("xemse", "uniform_title")),
        ("@attr Bib-1 1=1003 şıxlı", term("sixli", "author")),
        ("@attr 1.2.840.10003.3.1 1=1 şıxlı", term("sixli", "author")),
        ("@attr 1=1020 şıxlı", term("sixli", "author", relator="edt")),
        ("@attr 1=1002 pamuk", Or((term("pamuk", "author"), term("pamuk", "subject")))),
        ("@attr 1=1002 @attr 2=6 pamuk", And((Everything(), Not(term("pamuk", "author", exact=True)),
                                              Not(term("pamuk", "subject", exact=True))))),
        ("@attr 1=7 978-9952-8-0000-5", term("9789952800005", "isbn")),
        ("@attr 1=8 @attr 4=104 @attr 3=1 @attr 6=3 2434-561X", term("2434561x", "issn")),
        ("@attr 1=12 AZ-1", term("az1", "control_number")),
        ("@attr 1=8023 KT-1", term("kt1", "barcode")),
        ("@attr 1=1028 KT-1", Or((term("kt1", "number"), term("kt1", "barcode")))),
        ('@attr 1=20 @attr 5=1 "84(5Az)"', term("84(5az)", "call_number", prefix=True)),
        ("@attr 1=31 1990", Span("year", 1990, 1990)),
        ("@attr 1=31 @attr 2=1 @attr 4=4 1990", Span("year", None, 1989)),
        ("@attr 1=pubdate @attr 2=2 1990", Span("year", None, 1990)),
        ("@attr 1=31 @attr 2=4 1990", Span("year", 1990, None)),
        ("@attr 1=31 @attr 2=5 1990", Span("year", 1991, None)),
        ('@attr 1=31 @attr 2=104 "1990 2000"', Span("year", 1990, 2000)),
        ("@attr 1=1011 @attr 2=4 @attr 4=5 20260130", Span("added", 20260130, None)),
        ("@attr 1=54 tur", Code("language", "tur")),
        ("@attr 1=1095 per", Code("original_language", "per")),
        ("@attr 1=8011 GNC", Code("library", "GNC")),
        ("@attr 1=_ALLRECORDS @attr 2=103 x", Everything()),
        ("@attr 1=4 @and dəli kür", And((term("deli", "title"), term("kur", "title")))),
        ("@not @or a b @attr 1=54 rus", And((Or((term("a"), term("b"))), Not(Code("language", "rus"))))),
        ("@attr 1=4 @prox 0 1 1 2 k 2 dəli kür", Phrase("title", ("deli", "kur"))),
        ("@prox void 2 0 1 known 2 dəli kür", Or((Phrase("all", ("deli", "kur")), Phrase("all", ("kur", "deli"))))),
        ("@attr 1=31 @term numeric 1990", Span("year", 1990, 1990)),
    ],
)  # fmt: skip
def test_what_is_meant(text: str, meant: Node) -> None:
    assert without_spelling(pqf.parse(text)) == meant


@pytest.mark.parametrize(
    ("text", "code", "addinfo", "position"),
    [
        ("@and a", 108, "character 6", 6),
        ("@attrset gils a", 121, "gils", 0),
        ("@and a @attr exp1 1=1 b", 121, "exp1", 22),
        ("@attr 7=1 a", 113, "7", 10),
        ("@attr 1=9999 a", 114, "9999", 13),
        ("@attr 1=/record/title a", 114, "/record/title", 22),
        ("@attr 2=100 a", 117, "100", 12),
        ("@attr 1=4 @attr 2=1 a", 117, "1", 20),
        ("@attr 2=x a", 117, "x", 10),
        ("@attr 4=3 a", 118, "3", 10),
        ("@attr 1=7 @attr 4=99 a", 118, "99", 21),
        ("@attr 3=1 a", 119, "1", 10),
        ("@attr 5=2 a", 120, "2", 10),
        ("@attr 5=3 a", 120, "3", 10),
        ("@attr 5=104 a?b", 120, "104", 12),
        ("@attr 5=104 a#", 120, "104", 12),
        ("@attr 1=54 @attr 5=1 az", 120, "1", 21),
        ("@attr 6=3 a", 122, "3", 10),
        ('@attr 5=1 "dəli kü"', 123, "4 5", 10),
        ('""', 125, "", 0),
        ('"!!"', 125, "!!", 0),
        ("@attr 5=104 ?", 9, "1", 12),
        ("@attr 1=31 keçən", 126, "keçən", 11),
        ("@attr 1=54 marslı", 126, "marslı", 11),
        ("@set 1", 18, "1", 0),
        ("@term oid 1.2.3", 229, "oid", 10),
        ("@prox 1 1 1 2 k 2 a b", 110, "prox", 0),
        ("@prox 0 1 1 2 k 3 a b", 132, "3", 0),
        ("@prox 0 1 1 2 p 2 a b", 132, "2", 0),
        ("@prox 0 1 1 5 k 2 a b", 131, "5", 0),
        ("@prox 0 9 1 2 k 2 a b", 202, "9", 0),
        ("@prox 0 1 1 2 k 2 @and a b c", 129, "", 0),
        ("@prox 0 1 1 2 k 2 @attr 1=4 a b", 201, "", 0),
        ("@prox 0 1 1 2 k 2 @attr 1=7 1 @attr 1=7 2", 201, "", 28),
    ],
)
def test_what_cannot_be_asked_is_told(text: str, code: int, addinfo: str, position: int) -> None:
    with pytest.raises(Bib1Error) as raised:
        pqf.parse(text)
    told = raised.value.diagnostic
    assert (told.code, told.addinfo, told.position) == (code, addinfo, position)


def test_a_session_s_result_sets_are_operands() -> None:
    earlier = Term("all", "kur")
    query = parse_pqf("@and @set 1 su")
    assert without_spelling(pqf.tree_of(query, result_sets={"1": earlier})) == And((term("kur"), term("su")))
    assert pqf.tree_of(RpnQuery(ResultSet("1")), result_sets={"1": earlier}) == earlier
    with pytest.raises(Bib1Error) as raised:
        pqf.tree_of(query, result_sets={"2": earlier})
    assert (raised.value.diagnostic.code, raised.value.diagnostic.addinfo) == (30, "1")


def test_the_deepest_is_answered() -> None:
    found = pqf.parse("@or " * 200 + " ".join(f"@attr 1=7 {number}" for number in range(201)))
    assert isinstance(found, Or)
    assert len(found.parts) == 201
    assert_sound(pqf.parse("@and a @not b " * 20 + "c"))


def test_cql_and_its_translation_by_yaz_ask_the_same() -> None:
    answered = 0
    for path in (SAMPLES / "cql2pqf").glob("*.out"):
        first, *rest = path.read_text(encoding="utf-8").splitlines()
        try:
            meant: Node | None = cql.parse(first.removeprefix("Parsing CQL ")).node
        except CqlError:
            meant = None
        found = asked(" ".join(rest))
        assert (None if isinstance(found, Bib1Diagnostic) else found) == meant, path.name
        answered += meant is not None
    assert answered == 21


def test_no_use_is_told_twice_and_every_field_has_one() -> None:
    assert len(BY_NUMBER) == len(BY_NAME) == len(USES)
    targets = {str(target) for name in get_args(Target) for target in (get_args(name) or (name,))} - {"marc"}
    assert {str(target) for use in USES for target in use.targets} == targets
    assert use_of("AUTHOR") == use_of(1003)


def test_the_page_shows_every_use_and_where_it_looks() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    start = lines.index("| Use | looks at |") + 2
    shown: dict[int, tuple[str, set[str], str]] = {}
    for line in lines[start : lines.index("", start)]:
        cells = line.split("|")
        looks = re.findall(r"`(\w+)`", cells[2])
        relator = looks.pop() if "relator" in cells[2] else ""
        for number, name in re.findall(r"(\d+) `([^`]+)`", cells[1]):
            shown[int(number)] = (name, set(looks), relator)
    assert shown == {use.number: (use.name, {str(target) for target in use.targets}, use.relator) for use in USES}


def test_the_page_shows_every_attribute_that_is_taken() -> None:
    page = PAGE.read_text(encoding="utf-8")
    shown = {
        name: {int(number) for number in re.findall(r"\b(\d+)\b", cells)}
        for name, cells in re.findall(r"^\| (\w+) \(\d\) \| ([^|]+) \|", page, re.MULTILINE)
    }
    assert shown["relation"] == {*pqf.RELATIONS, 103}
    assert shown["structure"] == set(pqf.STRUCTURES)
    assert shown["truncation"] == {1, 100, 101, 104}
    whole = page.split("structures of words also", 1)[1].split(".", 1)[0]
    assert {int(number) for number in re.findall(r"\d+", whole)} == pqf.WHOLE_STRUCTURES - set(pqf.STRUCTURES)
