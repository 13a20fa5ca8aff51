"""SRU: addresses as each version asks them, answers as servers give them."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kitabxana.formats.cql import Boolean, Clause, parse_cql
from kitabxana.formats.sru import BadAnswer, cql_for, read_answer, search_address

SAMPLES = Path(__file__).resolve().parents[6] / "shared" / "data" / "schemas" / "samples"


def asked(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def test_each_version_is_asked_in_its_own_words() -> None:
    old = asked(search_address("http://x.org/db?key=7", version="1.1", query="a", most=5))
    assert old == {"key": "7", "operation": "searchRetrieve", "version": "1.1", "query": "a", "startRecord": "1",
                   "maximumRecords": "5", "recordSchema": "marcxml", "recordPacking": "xml"}  # fmt: skip
    new = asked(search_address("http://x.org/db", version="2.0", query="a", most=5))
    assert "operation" not in new
    assert (new["queryType"], new["recordXMLEscaping"]) == ("cql", "xml")


def test_parameters_that_ours_are_go_before_those_of_the_address() -> None:
    told = search_address("http://x.org/db?query=theirs&operation=explain#x", version="1.2", query="ours", most=1)
    assert asked(told)["query"] == "ours"
    assert asked(told)["operation"] == "searchRetrieve"
    assert "#" not in told


@given(st.text(min_size=1, max_size=40).filter(lambda text: text.strip() != ""))
@settings(max_examples=200, deadline=None)
def test_whatever_is_asked_for_stays_one_term(text: str) -> None:
    root = parse_cql(cql_for("title", [text], indexes={})).root
    assert isinstance(root, Clause)
    assert root.index == "dc.title"
    assert len(root.terms) == 1


def test_several_numbers_are_asked_for_at_once_and_names_are_the_target_s_own() -> None:
    root = parse_cql(cql_for("isbn", ["978", "0"], indexes={"isbn": "pica.isb"})).root
    assert isinstance(root, Boolean)
    assert root.operator == "or"
    assert {one.index for one in (root.left, root.right) if isinstance(one, Clause)} == {"pica.isb"}


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_whatever_comes_is_an_answer_or_a_bad_one(data: bytes) -> None:
    with pytest.raises(BadAnswer):
        read_answer(data, most=5)


@given(st.text(alphabet="<>/ =\"'&;recordDtaMARC!-[]", max_size=120))
@settings(max_examples=200, deadline=None)
def test_whatever_stands_in_an_answer_is_read_or_refused(inside: str) -> None:
    body = f"<searchRetrieveResponse><records><record><recordData>{inside}</recordData></record></records>"
    try:
        answer = read_answer(f"{body}</searchRetrieveResponse>".encode(), most=5)
    except BadAnswer:
        return
    assert all(record.marc is None for record in answer.records)


def test_real_answers_of_libraries_are_read() -> None:
    read = []
    for file in sorted(SAMPLES.rglob("*.xml")):
        data = file.read_bytes()
        if b"searchRetrieveResponse" in data[:3000]:
            read.append(read_answer(data, most=50))
    assert read
    assert any(answer.total > 0 for answer in read)


def test_a_diagnostic_is_told_with_its_number() -> None:
    answer = read_answer(
        b'<r:searchRetrieveResponse xmlns:r="http://www.loc.gov/zing/srw/"><r:numberOfRecords>0</r:numberOfRecords>'
        b'<r:diagnostics><d:diagnostic xmlns:d="http://www.loc.gov/zing/srw/diagnostic/">'
        b"<d:uri>info:srw/diagnostic/1/16</d:uri><d:details>no.such</d:details><d:message>Unsupported index</d:message>"
        b"</d:diagnostic></r:diagnostics></r:searchRetrieveResponse>",
        most=5,
    )
    [told] = answer.diagnostics
    assert (told.code, told.message, told.details) == ("16", "Unsupported index", "no.such")
