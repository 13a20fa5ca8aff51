"""CQL read and written: any tree comes back, any text has a tree or one diagnostic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitabxana.formats.cql import (
    DEEPEST,
    MESSAGES,
    MOST_BOOLEANS,
    MOST_CHARACTERS,
    Boolean,
    Clause,
    CqlError,
    Diagnostic,
    Modifier,
    Prefix,
    Query,
    Relation,
    SortKey,
    parse_cql,
    to_cql,
)
from kitabxana.kernel.tests.steps import calls

WORDS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters='\\"'), max_size=8),
    st.sampled_from(["and", "OR", "any", "sortby", "dc.title", "^kür*", "a?b", r"\*a\"b\\", "Хәмсә", "a b", "=", "("]),
)
NAMES = st.one_of(st.sampled_from(["dc.title", "title", "marc.245$a", "and", "cql.serverChoice"]), WORDS)
SIGNS = st.sampled_from(["=", "==", "<>", "<", "<=", ">", ">="])
MODIFIERS = st.lists(st.one_of(st.builds(Modifier, NAMES), st.builds(Modifier, NAMES, SIGNS, WORDS)), max_size=2).map(
    tuple
)
RELATIONS = st.builds(Relation, st.one_of(SIGNS, st.sampled_from(["any", "all", "adj", "exact", "cql.any"])), MODIFIERS)
PREFIXES = st.lists(st.builds(Prefix, NAMES, WORDS), max_size=1).map(tuple)
CLAUSES = st.builds(Clause, st.lists(WORDS, min_size=1, max_size=3).map(tuple), NAMES, RELATIONS, PREFIXES)
TREES = st.recursive(
    CLAUSES,
    lambda inner: st.builds(Boolean, st.sampled_from(["and", "or", "not", "prox"]), inner, inner, MODIFIERS, PREFIXES),
    max_leaves=6,
)
QUERIES = st.builds(Query, TREES, st.lists(st.builds(SortKey, NAMES, MODIFIERS), max_size=2).map(tuple))
PIECES = st.one_of(
    st.text(max_size=5),
    st.sampled_from(
        ["(", ")", '"', "/", "=", "<>", ">", "and", "or", "not", "prox", "sortby", "\\", "dc.title", "any"]
    ),
)


def read(text: str) -> Query | Diagnostic:
    try:
        return parse_cql(text)
    except CqlError as error:
        return error.diagnostic


@given(QUERIES)
def test_what_is_written_reads_back(query: Query) -> None:
    assert parse_cql(to_cql(query)) == query


@given(st.one_of(st.text(), st.lists(PIECES, max_size=15).map(" ".join), st.lists(PIECES, max_size=15).map("".join)))
def test_any_text_is_read_or_told_why_not(text: str) -> None:
    found = read(text)
    if isinstance(found, Diagnostic):
        assert found.message == MESSAGES[found.code]
        assert 0 <= found.position <= len(text)
    else:
        assert parse_cql(to_cql(found)) == found


@pytest.mark.parametrize(
    ("text", "code", "details", "position"),
    [
        ("", 10, "character 0", 0),
        ("title =", 10, "character 7", 7),
        ("a and", 10, "character 5", 5),
        ("= b", 10, "character 0", 0),
        ("a =/ b =", 10, "character 8", 8),
        ("a sortby", 10, "character 8", 8),
        ("> dc = ", 10, "character 7", 7),
        ("()", 13, "1", 1),
        ("(a", 13, "0", 0),
        ("a)", 13, "1", 1),
        ("a and (b or (c)", 13, "6", 6),
        ('title = ("dəli")', 13, "8", 8),
        ('a and "b', 14, "6", 6),
        ('"a\\"', 14, "0", 0),
        ("a\\", 26, "\\", 1),
        ("(" * (DEEPEST + 1) + "a" + ")" * (DEEPEST + 1), 13, str(DEEPEST), DEEPEST),
        (" or ".join("a" * (MOST_BOOLEANS + 2)), 38, str(MOST_BOOLEANS), 5 * MOST_BOOLEANS + 2),
        ("a" * (MOST_CHARACTERS + 1), 12, str(MOST_CHARACTERS), MOST_CHARACTERS),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(text: str, code: int, details: str, position: int) -> None:
    with pytest.raises(CqlError) as raised:
        parse_cql(text)
    told = raised.value.diagnostic
    assert (told.code, told.details, told.position) == (code, details, position)
    assert told.uri == f"info:srw/diagnostic/1/{code}"


def test_what_is_just_allowed() -> None:
    assert parse_cql("(" * DEEPEST + "a" + ")" * DEEPEST) == parse_cql("a")
    chain = parse_cql(" or ".join("a" * (MOST_BOOLEANS + 1)))
    assert parse_cql(to_cql(chain)) == chain
    nested = parse_cql("a or (" * DEEPEST + "a" + ")" * DEEPEST)
    assert parse_cql(to_cql(nested)) == nested


@pytest.mark.parametrize(
    "text", ["(" * 20_000, '"' * 20_000, "\\" * 20_000, "a/" * 10_000, "> a " * 5_000, "a " * 10_000]
)
def test_no_text_takes_long(text: str) -> None:
    assert calls(lambda: read(text)) < 60 * len(text)


def test_keywords_have_no_case_and_quoted_words_are_none() -> None:
    assert parse_cql("a AND b") == parse_cql("a and b")
    assert parse_cql("title ANY kür") == parse_cql("title any kür")
    assert parse_cql('"and"').root == Clause(("and",))
    assert parse_cql("kitab adı").root == Clause(("kitab", "adı"))
    assert parse_cql("title = dəli kür").root == Clause(("dəli", "kür"), "title")
    assert parse_cql('title="Dəli \\"Kür\\""').root == Clause(('Dəli \\"Kür\\"',), "title")


def test_written_with_parentheses_only_where_needed() -> None:
    assert to_cql(parse_cql("((a or (b)) and ((c not d)))")) == "a or b and (c not d)"
    assert to_cql(parse_cql("a sortby dc.date/sort.descending title")) == "a sortby dc.date/sort.descending title"
    assert to_cql(parse_cql('dc.title exact/stem "dəli kür"')) == 'dc.title exact/stem "dəli kür"'
