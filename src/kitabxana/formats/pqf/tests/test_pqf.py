"""PQF read and written: any tree comes back, any text has a tree or one diagnostic; YAZ's vectors."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitabxana.formats.pqf import (
    MESSAGES,
    MOST_CHARACTERS,
    MOST_OPERATORS,
    Attribute,
    Bib1Diagnostic,
    Bib1Error,
    Operand,
    Operation,
    Proximity,
    ResultSet,
    RpnNode,
    RpnQuery,
    parse_pqf,
    to_pqf,
)
from kitabxana.kernel.tests.steps import calls

VECTORS = Path(__file__).resolve().parents[6] / "shared" / "data" / "schemas" / "samples" / "cql_yaz" / "cql2pqf"
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.sampled_from(["@and", "Хәмсә", "dəli kür", '"', "\\", "{a}", "", "1=4", "\\\\"]),
)
VALUES = st.one_of(st.integers(0, 99_999), st.sampled_from(["Title", "a b", "1.5"]))
ATTRIBUTES = st.lists(
    st.builds(Attribute, st.integers(1, 12), VALUES, st.sampled_from(["", "bib-1", "1.2.840.10003.3.1"])),
    max_size=3,
    unique_by=lambda one: (one.type, one.attribute_set),
).map(tuple)
OPERANDS = st.one_of(
    st.builds(Operand, TEXTS, ATTRIBUTES, st.sampled_from(["general", "string", "oid", "date", "null"])),
    st.builds(Operand, st.integers(-9, 9).map(str), ATTRIBUTES, st.just("numeric")),
    st.builds(ResultSet, TEXTS, ATTRIBUTES),
)
NUMBERS = st.integers(0, 99)
NEARNESS = st.builds(
    Proximity, st.sampled_from([None, True, False]), NUMBERS, st.booleans(), NUMBERS, NUMBERS, st.booleans()
)
TREES = st.recursive(
    OPERANDS,
    lambda inner: st.one_of(
        st.builds(Operation, st.sampled_from(["and", "or", "not"]), inner, inner),
        st.builds(Operation, st.just("prox"), inner, inner, NEARNESS),
    ),
    max_leaves=6,
)
PIECES = st.one_of(
    st.text(max_size=4),
    st.sampled_from(
        ["@attr", "1=4", "@and", "@or", "@prox", "@set", "@term", "numeric", "0", "1", "k", '"', "{", "a", "@x"]
    ),
)


def read(text: str) -> RpnQuery | Bib1Diagnostic:
    try:
        return parse_pqf(text)
    except Bib1Error as error:
        return error.diagnostic


@given(st.builds(RpnQuery, TREES, st.sampled_from(["", "bib-1", "gils"])))
def test_what_is_written_reads_back(query: RpnQuery) -> None:
    assert parse_pqf(to_pqf(query)) == query


@given(st.one_of(st.text(), st.lists(PIECES, max_size=15).map(" ".join)))
def test_any_text_is_read_or_told_why_not(text: str) -> None:
    found = read(text)
    if isinstance(found, Bib1Diagnostic):
        assert found.message == MESSAGES[found.code]
        assert 0 <= found.position <= len(text)
    else:
        assert parse_pqf(to_pqf(found)) == found


def vectors() -> list[tuple[str, str]]:
    """What YAZ writes for its sample queries: the lines after the first."""
    found = []
    for path in sorted(VECTORS.glob("*.out")):
        pqf = " ".join(path.read_text(encoding="utf-8").splitlines()[1:]).strip()
        if pqf and "error" not in pqf:
            found.append((path.stem, pqf))
    return found


@pytest.mark.parametrize(("name", "text"), vectors())
def test_what_yaz_writes_is_read(name: str, text: str) -> None:
    query = parse_pqf(text)
    assert parse_pqf(to_pqf(query)) == query
    for operand in leaves(query.root):
        kinds = [attribute.type for attribute in operand.attributes]
        assert len(kinds) == len(set(kinds))
        assert 1 in kinds


def leaves(node: RpnNode) -> list[Operand]:
    if isinstance(node, Operation):
        return leaves(node.left) + leaves(node.right)
    return [node] if isinstance(node, Operand) else []


def test_there_are_vectors_of_every_kind() -> None:
    assert len(vectors()) == 47
    operators = {query.root.operator for _, text in vectors() if isinstance((query := parse_pqf(text)).root, Operation)}
    assert operators == {"and", "or", "not", "prox"}


TITLE, PHRASE = Attribute(1, 4), Attribute(4, 1)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("kür", RpnQuery(Operand("kür"))),
        ('@attrset bib-1 @attr 1=4 "Dəli Kür"', RpnQuery(Operand("Dəli Kür", (TITLE,)), "bib-1")),
        ("@attr 1=4 {Dəli Kür}", RpnQuery(Operand("Dəli Kür", (TITLE,)))),
        ("@attr bib-1 1=Title a", RpnQuery(Operand("a", (Attribute(1, "Title", "bib-1"),)))),
        ('"@and"', RpnQuery(Operand("@and"))),
        ("\\@and", RpnQuery(Operand("@and"))),
        ('"a \\"b\\" \\\\"', RpnQuery(Operand('a "b" \\'))),
        ("@attr 1=4 @and a @attr 1=7 b",
         RpnQuery(Operation("and", Operand("a", (TITLE,)), Operand("b", (Attribute(1, 7),))))),
        ("@attr 4=1 @attr 1=4 @attr 4=2 a", RpnQuery(Operand("a", (TITLE, Attribute(4, 2))))),
        ("@not @or a b c", RpnQuery(Operation("not", Operation("or", Operand("a"), Operand("b")), Operand("c")))),
        ("@or @set 1 a", RpnQuery(Operation("or", ResultSet("1"), Operand("a")))),
        ("@term numeric 1990", RpnQuery(Operand("1990", (), "numeric"))),
        ("@prox 0 3 1 2 k 2 a b",
         RpnQuery(Operation("prox", Operand("a"), Operand("b"), Proximity(exclusion=False, distance=3, ordered=True,
                                                                          relation=2, unit=2)))),
        ("@prox void 3 0 2 private 9 a b",
         RpnQuery(Operation("prox", Operand("a"), Operand("b"), Proximity(exclusion=None, distance=3, ordered=False,
                                                                          relation=2, unit=9, private=True)))),
    ],
)  # fmt: skip
def test_what_is_said(text: str, meant: RpnQuery) -> None:
    assert parse_pqf(text) == meant


@pytest.mark.parametrize(
    ("text", "code", "addinfo", "position"),
    [
        ("", 108, "character 0", 0),
        ("@and a", 108, "character 6", 6),
        ("a b", 108, "character 2", 2),
        ("@near a b", 108, "character 0", 0),
        ("@attr 1= a", 108, "character 6", 6),
        ("@attr bib-1 x a", 108, "character 12", 12),
        ("@attr @and a b", 108, "character 6", 6),
        ("@set @and", 108, "character 5", 5),
        ('@and a "b', 108, "character 7", 7),
        ("@and a {b", 108, "character 7", 7),
        ("@prox 2 1 1 2 k 2 a b", 108, "character 6", 6),
        ("@prox 0 x 1 2 k 2 a b", 108, "character 8", 8),
        ("@term numeric x", 125, "x", 14),
        ("@term colour x", 229, "colour", 6),
        ("@or " * (MOST_OPERATORS + 1) + "a " * (MOST_OPERATORS + 2), 6, str(MOST_OPERATORS), 4 * MOST_OPERATORS),
        ("a" * (MOST_CHARACTERS + 1), 11, str(MOST_CHARACTERS), MOST_CHARACTERS),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, code: int, addinfo: str, position: int) -> None:
    with pytest.raises(Bib1Error) as raised:
        parse_pqf(text)
    told = raised.value.diagnostic
    assert (told.code, told.addinfo, told.position) == (code, addinfo, position)


def test_the_deepest_is_read() -> None:
    left = "@or " * MOST_OPERATORS + "a " * (MOST_OPERATORS + 1)
    right = "@or a " * MOST_OPERATORS + "a"
    for text in (left, right):
        assert parse_pqf(to_pqf(parse_pqf(text))) == parse_pqf(text)


@pytest.mark.parametrize(
    "text", ["@attr 1=4 " * 2_000 + "a", '"' * 20_000, "{" * 20_000, "\\" * 20_000, "@term general " * 1_400]
)
def test_no_text_takes_long(text: str) -> None:
    assert calls(lambda: read(text)) < 60 * len(text)
