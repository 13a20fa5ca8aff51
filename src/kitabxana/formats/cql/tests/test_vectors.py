"""The vectors of YAZ: what each sample query says, and which are no CQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from kitabxana.formats.cql import Boolean, Clause, CqlError, CqlNode, Modifier, Prefix, Query, parse_cql, to_cql

SAMPLES = Path(__file__).resolve().parents[6] / "shared" / "data" / "schemas" / "samples" / "cql_yaz"


def numbered() -> list[tuple[str, str]]:
    """(number, query) of the sample file: a comment begins a group, as the vectors' names count them."""
    found, group, one, fresh = [], 0, 0, True
    for line in (SAMPLES / "cql2xcqlsample").read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            fresh = True
            continue
        group, one, fresh = (group + 1, 1, False) if fresh else (group, one + 1, False)
        found.append((f"{group}.{one}", line))
    return found


VECTORS = numbered()
EXTENSION = "10.9"  # title = ("…"): the sample file says it should fail, and the grammar knows no such clause


def expected(number: str) -> Any:
    text = (SAMPLES / "cql" / f"{number}.out").read_bytes().strip()
    return _of_element(etree.fromstring(text)) if text else None


def _of_element(element: Any) -> Any:
    keys = [(key.findtext("index"), _modifiers(key.find("modifiers"))) for key in element.findall("sortKeys/key")]
    if element.tag == "searchClause":
        relation = element.find("relation")
        uri = element.findtext("prefixes/prefix/identifier")
        head = (uri, element.findtext("index"), relation.findtext("value"), _modifiers(relation.find("modifiers")))
        return (*head, [term.text or "" for term in element.findall("term")], keys)
    boolean = element.find("boolean")
    left, right = (_of_element(element.find(name)[0]) for name in ("leftOperand", "rightOperand"))
    return boolean.findtext("value"), _modifiers(boolean.find("modifiers")), left, right, keys


def _modifiers(element: Any) -> list[tuple[str, str, str]]:
    """In any order: YAZ turns theirs round."""
    listed = [] if element is None else element.findall("modifier")
    return sorted(
        (one.findtext("type"), one.findtext("comparison") or "", one.findtext("value") or "") for one in listed
    )


def said(query: Query) -> Any:
    return _said(query.root, {}, [(key.index, _plain(key.modifiers)) for key in query.sort_keys])


def _said(node: CqlNode, known: dict[str, str], keys: list[Any]) -> Any:
    known = known | {prefix.name: prefix.uri for prefix in node.prefixes}
    if isinstance(node, Boolean):
        left, right = _said(node.left, known, []), _said(node.right, known, [])
        return node.operator, _plain(node.modifiers), left, right, keys
    name, dot, rest = node.index.partition(".")
    uri = known.get(name if dot else "") if node.index != "cql.serverChoice" else None
    index = (rest or name) if uri else node.index
    return uri, index, node.relation.name, _plain(node.relation.modifiers), list(node.terms), keys


def _plain(modifiers: tuple[Modifier, ...]) -> list[tuple[str, str, str]]:
    return sorted((one.name, one.comparison, one.value) for one in modifiers)


def test_the_vectors_are_all_there() -> None:
    files = {path.stem for path in (SAMPLES / "cql").glob("*.out")}
    assert files == {number for number, _ in VECTORS}
    assert len(files) == 81


@pytest.mark.parametrize(("number", "text"), VECTORS)
def test_what_a_sample_says(number: str, text: str) -> None:
    wanted = expected(number)
    if wanted is None or number == EXTENSION:
        with pytest.raises(CqlError):
            parse_cql(text)
        return
    query = parse_cql(text)
    assert said(query) == wanted
    assert parse_cql(to_cql(query)) == query


def test_prefixes_are_kept_where_they_stand() -> None:
    first, second = Prefix("a", "urn:a"), Prefix("", "urn:b")
    query = parse_cql('> a = "urn:a" a.x = 1 and (> "urn:b" y = 2)')
    assert query.root.prefixes == (first,)
    assert isinstance(query.root, Boolean)
    assert isinstance(query.root.right, Clause)
    assert query.root.right.prefixes == (second,)
