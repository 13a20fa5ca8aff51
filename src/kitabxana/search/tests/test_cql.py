"""CQL: what a query asks of the house, and the diagnostic of what it cannot ask."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitabxana.formats.cql import CqlError, Diagnostic
from kitabxana.search.facts import SORTS, And, Code, Everything, Marc, Node, Not, Or, Phrase, Span, Term
from kitabxana.search.languages import cql
from kitabxana.search.languages.indexes import INDEXES, SETS, URIS, set_of
from kitabxana.search.languages.names import Target
from kitabxana.search.tests.trees import assert_sound, without_spelling

ROOT = Path(__file__).resolve().parents[4]
SAMPLES = ROOT.parent / "shared" / "data" / "schemas" / "samples" / "cql_yaz"
PAGE = ROOT / "docs" / "developer" / "query-languages.md"
NAMES = st.sampled_from(
    [f"{context}.{name}" for context, indexes in INDEXES.items() for name in indexes] + ["marc.245$a"]
)
TERMS = st.one_of(
    st.text(max_size=6).map(lambda text: '"' + re.sub(r'[\\"]', "", text) + '"'),
    st.sampled_from(
        ["1990", "aze", '"dəli kür"', "kür*", "*", "^a", "a?b", r"\*", r"\x", "9789952800005", '"1990 2000"']
    ),
)
CLAUSES = st.one_of(
    TERMS, st.builds("{} {} {}".format, NAMES, st.sampled_from([*cql.RELATIONS, "encloses", "=/stem", "any/x"]), TERMS)
)


def asked(text: str) -> cql.Asked | Diagnostic:
    try:
        return cql.parse(text)
    except CqlError as error:
        return error.diagnostic


@given(st.lists(CLAUSES, min_size=1, max_size=5), st.lists(st.sampled_from(["and", "or", "not", "prox", "and (", "x"])))
def test_every_query_has_a_sound_tree_or_a_diagnostic(clauses: list[str], joins: list[str]) -> None:
    text = " ".join(piece for pair in zip(clauses, [*joins, *["and"] * 5], strict=False) for piece in pair)
    found = asked(text.rsplit(" ", 1)[0])
    if isinstance(found, Diagnostic):
        assert found.message
    else:
        assert_sound(found.node)


@given(NAMES, st.sampled_from(sorted(cql.RELATIONS)), TERMS)
def test_every_clause_has_a_sound_tree_or_a_diagnostic(name: str, relation: str, term: str) -> None:
    found = asked(f"{name} {relation} {term}")
    if isinstance(found, cql.Asked):
        assert_sound(found.node)
    else:
        assert found.code != 16


@pytest.mark.parametrize("sample", ["cql2xcqlsample", "cql2pqfsample"])
def test_every_sample_is_answered_somehow(sample: str) -> None:
    lines = [line for line in (SAMPLES / sample).read_text().splitlines() if line.strip() and not line.startswith("#")]
    answered = [asked(line) for line in lines]
    for found in answered:
        if isinstance(found, cql.Asked):
            assert_sound(found.node)
    assert sum(isinstance(found, cql.Asked) for found in answered) > len(lines) / 3


def test_the_longest_chain_is_answered() -> None:
    found = cql.parse(" or ".join(f"bath.isbn={number}" for number in range(200)))
    assert isinstance(found.node, Or)
    assert len(found.node.parts) == 200
    assert_sound(found.node)
    assert_sound(cql.parse("a or (" * 29 + "b" + ")" * 29).node)


def term(word: str, field_name: Any = "all", **more: Any) -> Term:
    return Term(field_name, word, **more)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("kür", term("kur")),
        ("dəli kür", And((term("deli"), term("kur")))),
        ('"dəli kür"', Phrase("all", ("deli", "kur"))),
        ("cql.allRecords=1", Everything()),
        ("cql.allRecords=1 not dc.language=rus", And((Everything(), Not(Code("language", "rus"))))),
        ("978-9952-8-0000-5", term("9789952800005", "number")),
        ("title=kür", term("kur", "title")),
        ("dc.title=Хәмсә", term("хемсе", "title")),
        ('dc.title="Dəli Kür"', Phrase("title", ("deli", "kur"))),
        ('dc.title adj "Dəli Kür"', Phrase("title", ("deli", "kur"))),
        ('dc.title any "dəli kür"', Or((term("deli", "title"), term("kur", "title")))),
        ('dc.title all "dəli kür*"', And((term("deli", "title"), term("kur", "title", prefix=True)))),
        ("dc.title == kür", term("kur", "title", exact=True)),
        ("dc.title exact kür", term("kur", "title", exact=True)),
        ("dc.title =/string kür", term("kur", "title", exact=True)),
        ("dc.title =/stem/ignoreCase kür", term("kur", "title")),
        ("dc.title =/cql.unmasked kür*", term("kur", "title")),
        ("dc.title <> kür", And((Everything(), Not(term("kur", "title", exact=True))))),
        ("bath.name = pamuk", Or((term("pamuk", "author"), term("pamuk", "subject")))),
        ("bath.name <> pamuk", And((Everything(), Not(term("pamuk", "author", exact=True)),
                                     Not(term("pamuk", "subject", exact=True))))),
        ("bath.isbn=9952-8-0000-5", term("9952800005", "isbn")),
        ("bath.isbn=^978-9952-8-0000-5^", term("9789952800005", "isbn")),
        ("bath.issn=2434-561X", term("2434561x", "issn")),
        ('bath.isbn any "978-9952-8-0000-5 9789944887946"',
         Or((term("9789952800005", "isbn"), term("9789944887946", "isbn")))),
        ('bath.callNumber="84(5Az)*"', term("84(5az)", "call_number", prefix=True)),
        ("rec.identifier=AZ-1", term("az1", "control_number")),
        ("rec.creationDate >= 2026-01-30", Span("added", 20260130, None)),
        ('rec.creationDate > "20251231T10:00"', Span("added", 20260101, None)),
        ("dc.date=1990", Span("year", 1990, 1990)),
        ("dc.date<1929", Span("year", None, 1928)),
        ('dc.date within "1990 2000"', Span("year", 1990, 2000)),
        ('date any "1990 1992"', Or((Span("year", 1990, 1990), Span("year", 1992, 1992)))),
        ("dc.date <> 1990", And((Everything(), Not(Span("year", 1990, 1990))))),
        ("dc.language=az", Code("language", "aze")),
        ('dc.language any "aze tur"', Or((Code("language", "aze"), Code("language", "tur")))),
        ("dc.type=map", Code("material", "map")),
        ("kitabxana.translator=pamuk", term("pamuk", "author", relator="trl")),
        ("kitabxana.barcode=KT-1", term("kt1", "barcode")),
        ("kitabxana.original=fa", Code("original_language", "per")),
        ("bath.possessingInstitution=GNC", Code("library", "GNC")),
        ("marc.245$a=kür", Marc("245", "a", "kur")),
        ("marc.245.a = kür", Marc("245", "a", "kur")),
        ('marc.650 any "kür bakı"', Or((Marc("650", "", "kur"), Marc("650", "", "baki")))),
        ("a or b and c not d", And((Or((term("a"), term("b"))), term("c"), Not(term("d"))))),
        ("a or (b and c)", Or((term("a"), And((term("b"), term("c")))))),
        ("dəli prox/ordered kür", Phrase("all", ("deli", "kur"))),
        ("title=dəli prox/distance<=1/unit=word title=kür",
         Or((Phrase("title", ("deli", "kur")), Phrase("title", ("kur", "deli"))))),
        ('> "info:srw/cql-context-set/1/dc-v1.1" title=kür', term("kur", "title")),
        ('> d="info:srw/cql-context-set/1/dc-v1.1" d.creator=kür', term("kur", "author")),
        ('a and (> x="info:srw/cql-context-set/2/rec-1.0" x.id=1)', And((term("a"), term("1", "control_number")))),
        (r'dc.title="a\*"', term("a", "title")),
    ],
)  # fmt: skip
def test_what_is_meant(text: str, meant: Node) -> None:
    assert without_spelling(cql.parse(text).node) == meant


def test_terms_are_kept_as_they_were_written() -> None:
    assert cql.parse("dc.title=İçərişəhər*").node == Term("title", "iceriseher", prefix=True, written="İçərişəhər")


@pytest.mark.parametrize(
    ("text", "code", "details", "position"),
    [
        ("a and", 10, "character 5", 5),
        ("foo.title=a", 15, "foo", 0),
        ('a and > f="urn:foo" f.x=a', 10, "character 6", 6),
        ('> f="urn:foo" f.x=a', 15, "urn:foo", 14),
        ("a and dc.colour=red", 16, "dc.colour", 6),
        ("colour=red", 16, "colour", 0),
        ("marc.24=a", 16, "marc.24", 0),
        ('> "info:srw/cql-context-set/1/dc-v1.1" isbn=1', 16, "isbn", 39),
        ("title=a prox creator=b", 18, "title creator", 8),
        ("dc.date encloses 1990", 19, "encloses", 0),
        ("dc.title x.like a", 19, "x.like", 0),
        ("dc.title=/fuzzy a", 20, "fuzzy", 0),
        ("dc.title=/locale=az a", 20, "locale", 0),
        ("dc.title < a", 22, "dc.title <", 0),
        ('dc.title within "a b"', 22, "dc.title within", 0),
        ("bath.isbn > 1", 22, "bath.isbn >", 0),
        (r"dc.title=a\x", 26, "x", 0),
        ('dc.title=""', 27, "", 0),
        ('dc.title="!!"', 27, "", 0),
        ("a and k?r", 28, "k?r", 6),
        ("dc.language=az*", 28, "az*", 0),
        ("marc.245=kü*", 28, "kü*", 0),
        ("dc.title=*", 29, "1", 0),
        ("dc.title=^kür", 31, "^kür", 0),
        ("dc.title=kü^r", 32, "kü^r", 0),
        ('dc.title="dəli kü*"', 33, "dəli kü*", 0),
        ("dc.title=kü* prox dc.title=su", 33, "kü*", 0),
        ("dc.date=keçən", 36, "keçən", 0),
        ("dc.date within 1990", 36, "1990", 0),
        ("dc.language=marslı", 36, "marslı", 0),
        ("rec.creationDate=2026-02-30", 36, "2026-02-30", 0),
        ("rec.creationDate>9999-12-31", 36, "9999-12-31", 0),
        ("(a and b) prox c", 39, "", 10),
        ("a prox/distance>1 b", 40, ">", 2),
        ("a prox/distance<5 b", 41, "5", 2),
        ("a prox/unit=sentence b", 42, "sentence", 2),
        ("a and/rel.sum b", 46, "rel.sum", 2),
        ("dc.title=*ür", 49, "*ür", 0),
        ("cql.resultSetId=1", 50, "", 0),
        ("a sortby title/locale=az", 82, "locale", 9),
        ("a sortby subject", 88, "subject", 9),
        ("a sortby title/sort.descending", 90, "descending", 9),
        ("a sortby rec.creationDate", 90, "ascending", 9),
    ],
)
def test_what_cannot_be_asked_is_told(text: str, code: int, details: str, position: int) -> None:
    with pytest.raises(CqlError) as raised:
        cql.parse(text)
    told = raised.value.diagnostic
    assert (told.code, told.details, told.position) == (code, details, position)


def test_sort_keys_are_the_house_s_orders() -> None:
    found = cql.parse("a sortby dc.date/sort.descending dc.title/ascending rec.creationDate/sort.descending")
    assert found.sort == ("newest", "title", "added")
    assert cql.parse("a sortby date author kitabxana.callno").sort == ("oldest", "author", "call_number")
    assert set(cql.SORTS.values()) == set(SORTS) - {"relevance"}


def test_every_index_looks_somewhere() -> None:
    targets = {target for name in get_args(Target) for target in (get_args(name) or (name,))} - {"marc"}
    reached = {target for indexes in INDEXES.values() for one in indexes.values() for target in one.targets}
    assert reached == targets
    assert [one.special for one in INDEXES["cql"].values() if not one.targets] == ["all_records", "result_set"]


def test_sets_are_known_by_any_version_of_their_uri() -> None:
    assert set(URIS) == set(SETS)
    for name, uris in URIS.items():
        for uri in uris:
            assert {set_of(uri), set_of(f"{uri}-v1.2"), set_of(f"{uri}/2.0/"), set_of(f"{uri.upper()}-1.1")} == {name}
    assert set_of("info:srw/cql-context-set/1/mods-v1.0") == ""


def rows(heading: str) -> list[list[str]]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith(f"| {heading} |"))
    table = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in line.split("|")[1:-1]])
    return table


def test_the_page_shows_every_index_and_where_it_looks() -> None:
    shown: dict[str, dict[str, tuple[set[str], str]]] = {}
    for cells in rows("context set"):
        context, looks = cells[0].strip("`"), re.findall(r"`(\w+)`", cells[2])
        relator = looks.pop() if "relator" in cells[2] else ""
        for name in re.findall(r"`([^`]+)`", cells[1]):
            shown.setdefault(context, {})[name.lower()] = (set(looks), relator)
    assert shown == {
        context: {
            name: ({str(target) for target in one.targets} or {str(one.special)}, one.relator)
            for name, one in indexes.items()
        }
        for context, indexes in INDEXES.items()
    }


def test_the_page_shows_every_set_relation_modifier_and_sort_key() -> None:
    sets = {cells[0].strip("`"): tuple(re.findall(r"`([^`]+)`", cells[1])) for cells in rows("set")}
    assert sets == URIS
    relations = [name for cells in rows("relation") for name in re.findall(r"`([^`]+)`", cells[0])]
    assert sorted(relations) == sorted(cql.RELATIONS)
    orders = {(cells[0].strip("`"), cells[1] == "descending"): cells[2].strip("`") for cells in rows("sort by")}
    assert orders == cql.SORTS
    modifiers = PAGE.read_text(encoding="utf-8").split("Relation modifiers", 1)[1].split("\n\n", 1)[0]
    assert {name.lower() for name in re.findall(r"`(\w+)`", modifiers)} == cql.MODIFIERS
