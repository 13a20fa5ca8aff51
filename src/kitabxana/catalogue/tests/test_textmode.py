"""A record as lines: every real one comes back the same, and what a cataloguer types is read kindly."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitabxana.catalogue.messages import TEXT_PROBLEMS
from kitabxana.catalogue.rules import validate
from kitabxana.catalogue.rules.textmode import filled, rendered, typed
from kitabxana.catalogue.tests.builders import field, marc
from kitabxana.formats.marc import iter_records

DATA = Path(__file__).resolve().parents[5] / "shared" / "data" / "marc"
LEADER = "LDR 00000nam#a2200000#i#4500"


@cache
def records(name: str) -> list[dict[str, Any]]:
    return [parsed.marc for parsed in iter_records(DATA / name) if parsed.marc is not None]


def fields(*lines: str) -> list[dict[str, Any]]:
    read = typed("\n".join([LEADER, *lines]))
    assert read.problems == []
    return list(read.marc["fields"])


def problems(text: str) -> list[tuple[int, str]]:
    assert all(problem.code in TEXT_PROBLEMS for problem in typed(text).problems)
    return [(problem.line, problem.code) for problem in typed(text).problems]


def test_a_record_as_lines() -> None:
    record = marc(field("020", a="9789952800005"), number="77")
    assert rendered(record).splitlines() == [
        LEADER,
        "001 77",
        "003 AZ-TEST",
        "008 240101s1982####aj############000#1#aze#d",
        "100 1# $aŞıxlı, İsmayıl",
        "245 10 $aDəli Kür / $cŞıxlı, İsmayıl",
        "020 ## $a9789952800005",
    ]
    assert typed(rendered(record)).marc == record


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["bib.utf8.mrc.gz", "bib.nonutf8.mrc.gz", "auth.utf8.mrc.gz", "unimarc.iso2709.mrc.gz", "holdings.utf8.mrc.gz"],
)
def test_every_real_record_comes_back_the_same(name: str) -> None:
    assert records(name)
    for record in records(name):
        read = typed(rendered(record))
        assert read.marc == record
        assert read.problems == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bib.marcxml.xml.gz", "auth.marcxml.xml.gz", "unimarc.marcxml.xml.gz"])
def test_every_real_record_of_the_xml_files_comes_back_the_same(name: str) -> None:
    for record in records(name):
        assert typed(rendered(record)).marc == record


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("245 10 $a Dəli Kür / $c İsmayıl Şıxlı", field("245", "10", a="Dəli Kür /", c="İsmayıl Şıxlı")),
        ("245 10 $aDəli Kür /$cİsmayıl Şıxlı  ", field("245", "10", a="Dəli Kür /", c="İsmayıl Şıxlı")),
        ("650  7 $aRomanlar", field("650", " 7", a="Romanlar")),
        ("650 #7 $aRomanlar", field("650", " 7", a="Romanlar")),
        ("500 $aQeyd", field("500", "  ", a="Qeyd")),
        ("500    $aQeyd", field("500", "  ", a="Qeyd")),
        ("100 1 $aNizami", field("100", "1 ", a="Nizami")),
        ("365 ## $a{dollar}5 {lcub}x{rcub} {bilinmir}", field("365", a="$5 {x} {bilinmir}")),
        ("500 ## $a{space}iki tərəfi{u+00A0}", field("500", a=" iki tərəfi\xa0")),
        ("500 ## $a", field("500", a="")),
        ("001 az 1", {"001": "az 1"}),
        ("008 #x{num}|", {"008": " x#|"}),
        ("LDR =başqa", {"LDR": "başqa"}),
        ("500 =mətn", {"500": "mətn"}),
        ("001 :10 $aqəribə", field("001", "10", a="qəribə")),
        ("HLD ##", field("HLD")),
    ],
)
def test_what_is_typed_is_read_kindly(line: str, meant: dict[str, Any]) -> None:
    assert fields(line, "") == [meant]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", [(1, "no_leader")]),
        (LEADER + "\n\n245 10 Dəli Kür", [(3, "no_subfield")]),
        (LEADER + "\n245 Dəli $aKür", [(2, "bad_indicators")]),
        (LEADER + "\n245 10 $a Dəli $ Kür", [(2, "no_code")]),
        (LEADER + "\n245 10 $", [(2, "no_code")]),
        ("245 10 $aDəli Kür", [(1, "no_leader")]),
    ],
)
def test_a_line_that_can_t_be_read_is_told_with_its_number(text: str, told: list[tuple[int, str]]) -> None:
    assert problems(text) == told


def test_a_finding_knows_its_line() -> None:
    read = typed(f"{LEADER}\n008 240101s1982####aj############000#1#aze#d\n\n245 10 $aA\n500 ## $aB\n500 ## $?C")
    [finding] = validate(read.marc)
    assert (finding.code, read.line_of(finding)) == ("undefined_subfield", 6)
    assert read.line_of(validate({"leader": read.marc["leader"], "fields": []})[0]) is None


def test_what_was_left_empty_is_not_kept() -> None:
    read = fields("001 1", "250 ## $a", "264 #1 $aBakı $b $c2024", "500 ##")
    assert filled({"leader": "", "fields": read})["fields"] == [{"001": "1"}, field("264", " 1", a="Bakı", c="2024")]


SIGNS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
ONE = st.characters(exclude_categories=["Cs"])
RECORDS = st.builds(
    lambda leader, entries: {"leader": leader, "fields": entries},
    SIGNS,
    st.lists(
        st.one_of(
            st.dictionaries(
                st.one_of(st.sampled_from(["001", "008", "LDR", "500"]), SIGNS), SIGNS, min_size=1, max_size=1
            ),
            st.builds(
                lambda tag, one, two, pairs: {tag: {"ind1": one, "ind2": two, "subfields": pairs}},
                st.one_of(st.sampled_from(["245", "001", "LDR"]), SIGNS),
                ONE,
                ONE,
                st.lists(st.dictionaries(st.one_of(ONE, SIGNS), SIGNS, min_size=1, max_size=1), max_size=3),
            ),
        ),
        max_size=4,
    ),
)


@given(RECORDS)
def test_any_record_comes_back_the_same(record: dict[str, Any]) -> None:
    assert typed(rendered(record)).marc == record


@given(st.text(max_size=60))
def test_nothing_typed_breaks_it(text: str) -> None:
    read = typed(text)
    assert typed(rendered(read.marc)).marc == read.marc
