"""What the format says of a record: told on small ones, and on every real one."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitabxana.catalogue.facts import Finding
from kitabxana.catalogue.messages import FINDINGS, finding_text, place_of
from kitabxana.catalogue.rules import canonical, data_fields, validate
from kitabxana.catalogue.rules.marc21 import OFTEN, ONCE, codes, field_rules, places
from kitabxana.catalogue.rules.validation import LEVELS, errors
from kitabxana.catalogue.tests.builders import field, marc
from kitabxana.formats.marc import iter_records

DATA = Path(__file__).resolve().parents[5] / "shared" / "data" / "marc"
BIBLIOGRAPHIC = ("bib.utf8.mrc.gz", "bib.nonutf8.mrc.gz")
HEADING = field("100", "1 ", a="Nizami Gəncəvi,", d="1141-1209")
AUTHORITY: dict[str, Any] = {
    "leader": "00000nz  a2200000n  4500",
    "fields": [{"008": "240101n| azannaabn          |n aaa     d"}, HEADING],
}


@cache
def records(name: str) -> list[dict[str, Any]]:
    return [parsed.marc for parsed in iter_records(DATA / name) if parsed.marc is not None]


def said(record: dict[str, Any]) -> list[str]:
    """ "code place" of every finding."""
    return [f"{finding.code} {place_of(finding)}".strip() for finding in validate(record)]


def with_008(text: str, *, leader: str = "00000nam a2200000 i 4500") -> dict[str, Any]:
    return {"leader": leader, "fields": [{"008": text}, field("245", "10", a="Dəli Kür")]}


def test_a_good_record_is_found_good() -> None:
    isbn = field("020", a="9789952800005", q="(cildli)")
    script = field("880", "10", _6="245-01/(N", a="Дәли Күр /", c="Исмајыл Шыхлы")
    record = marc(isbn, field("650", " 7", a="Romanlar", _2="agrovoc", _0="x", _1="y"), field("994", "zz", q="local"))
    record["fields"].append(script)
    title = next(content for tag, content in data_fields(record) if tag == "245")
    title["subfields"].insert(0, {"6": "880-01"})
    assert said(record) == []
    assert said(AUTHORITY) == []


@pytest.mark.parametrize(
    ("wrong", "finding"),
    [
        (field("020", a="978-9952-8-0000-6"), "bad_isbn 020 $a"),
        (field("020", a="9789952800005 (cildli)"), "isbn_with_words 020 $a"),
        (field("022", a="0317-8472"), "bad_issn 022 $a"),
        (field("022", a="0317-8471", l="1234-5678"), "bad_issn 022 $l"),
        (field("041", "1 ", a="aze", h="azz"), "unknown_value 041 $h"),
        (field("041", "1 ", a="azerus"), "joined_codes 041 $a"),
        (field("041", "0 ", a="scr"), "obsolete_value 041 $a"),
        (field("044", a="azerb"), "unknown_value 044 $a"),
        (field("700", "1 ", a="Seferli, Ə.", _4="qqq"), "unknown_value 700 $4"),
        (field("700", "1 ", a="Seferli, Ə.", _4="clb"), "obsolete_value 700 $4"),
        (field("440", " 0", a="Seriya"), "obsolete_tag 440"),
        (field("503", a="?"), "obsolete_tag 503"),
        (field("599", a="öz qeydimiz"), ""),
        (field("LOC", a="başqa sistem"), ""),
        (field("502", a="?", z="?"), "undefined_subfield 502 $z"),
        (field("300", a="5 s.", d="?"), "obsolete_subfield 300 $d"),
        (field("246", "3 ", a="A", b="B", _9="öz"), ""),
        (field("246", "9 ", a="A"), "undefined_indicator 246"),
        (field("260", "0 ", a="Bakı"), "obsolete_indicator 260"),
        (field("246", "3 ", a="A", é="B"), "bad_subfield_code 246 $é"),
        (field("588"), "empty_field 588"),
        (field("500", a=""), "empty_subfield 500 $a"),
        (field("500", a="bir\nsətir"), "control_character 500"),
        (field("500", a="bir\x00sətir"), "bad_character 500"),
        (field("24", a="?"), "bad_tag 24"),
        (field("009", a="?"), "not_a_control_field 009"),
        ({"246": "?"}, "not_a_data_field 246"),
        ({"500": {"ind1": "", "ind2": " ", "subfields": [{"a": "?"}]}}, "bad_indicator 500"),
        (field("880", "3 ", _6="246-02/(N", a="?"), "lonely_link 880 $6"),
        (field("880", _6="246", a="?"), "bad_link 880 $6"),
        (field("880", a="?"), "bad_link 880 $6"),
        (field("880", _6="246-00", a="?"), "undefined_indicator 880"),
        (field("880", "3 ", _6="246-00/(N", a="?"), ""),
        (field("246", "3 ", _6="880-07", a="?"), "lonely_link 246 $6"),
        (field("246", "3 ", _6="245-01", a="?"), "bad_link 246 $6"),
        (field("245", "10", a="?"), "repeated_key 245[2]"),
        (field("110", "2 ", a="?"), "several_entries"),
        (field("240", "10", a="?"), ""),
        (field("254", a="?"), ""),
        ({"008": "x" * 39}, "bad_length 008[2]"),
        ({"007": "ta"}, ""),
        ({"007": "tx"}, "undefined_code 007/01"),
        ({"007": "ta "}, "bad_length 007"),
        ({"007": "!"}, "undefined_code 007/00"),
        ({"006": "a    o    |00| 0 "}, "bad_length 006"),
        ({"006": "m     o  d        "}, ""),
        ({"006": "m     x  d        "}, "undefined_code 006/06"),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_place(wrong: dict[str, Any], finding: str) -> None:
    told = said(marc(wrong))
    assert finding in told if finding else told == []
    whatever = {"repeated_key 008[2]"}
    assert {one.partition(" ")[0] for one in set(told) - whatever} <= {finding.partition(" ")[0], "undefined_tag"}


@pytest.mark.parametrize(
    ("fixed", "finding"),
    [
        ("240101s1982    aj            000 1 aze d", ""),
        ("240101s1982    aj |||||||||||||||||aze||", ""),
        ("24x101s1982    aj            000 1 aze d", "undefined_code 008/00"),
        ("240101y1982    aj            000 1 aze d", "undefined_code 008/06"),
        ("240101s198x    aj            000 1 aze d", "undefined_code 008/07"),
        ("240101s198u    aj            000 1 aze d", ""),
        ("240101s1982    q             000 1 aze d", "undefined_code 008/15"),
        ("240101s1982    ajr           000 1 aze d", "obsolete_code 008/15"),
        ("240101s1982    aj     Q      000 1 aze d", "undefined_code 008/22"),
        ("240101s1982    aj            002 1 aze d", "undefined_code 008/31"),
        ("240101s1982    aj            000 1 azz d", "undefined_code 008/35"),
        ("240101s1982    aj            000 1     d", ""),
        ("240101s1982    aj            000   aze d", "obsolete_code 008/33"),
    ],
)
def test_the_fixed_field_is_read_place_by_place(fixed: str, finding: str) -> None:
    assert said(with_008(fixed)) == ([finding] if finding else [])


@pytest.mark.parametrize(
    ("kind", "own"),
    [
        ("as", " mr p       0   a0"),
        ("em", "        a     1    "),
        ("gm", " 090            vl "),
        ("jm", " sgn            n  "),
        ("mm", "      o  d         "),
        ("pc", "      o            "),
    ],
)
def test_each_material_has_places_of_its_own(kind: str, own: str) -> None:
    fixed = f"240101s1982    aj {own[1:18]:17}aze d"
    told = [one for one in said(with_008(fixed, leader=f"00000n{kind} a2200000 i 4500")) if "008" in one]
    assert told == []
    assert [one for one in said(with_008(fixed)) if "008" in one]  # a book has none of these there


@pytest.mark.parametrize(
    ("leader", "finding"),
    [
        ("00000nam a22", "bad_leader LDR"),
        ("00000qam a2200000 i 4500", "undefined_code LDR/05"),
        ("00000n?m a2200000 i 4500", "undefined_code LDR/06"),
        ("00000nbm a2200000 i 4500", "obsolete_code LDR/06"),
        ("00000nam a220000|| 4500", "bad_leader LDR"),
        ("00000nam a2200000|i 4500", "undefined_code LDR/17"),
    ],
)
def test_the_leader(leader: str, finding: str) -> None:
    assert finding in said(with_008("240101s1982    aj            000 1 aze d", leader=leader))


def test_what_must_be_there() -> None:
    bare = {"leader": "00000nam a2200000 i 4500", "fields": [{"001": "1"}]}
    assert said(bare) == ["no_title", "no_fixed_field"]
    assert said({**bare, "leader": AUTHORITY["leader"]}) == ["no_heading", "no_fixed_field"]
    assert said({**bare, "leader": "00000nx  a2200000n  4500"}) == []  # holdings: another format


def test_an_error_keeps_a_record_out_and_a_warning_does_not() -> None:
    assert errors(validate(marc(field("500", a="")))) == []
    assert [finding.code for finding in errors(validate(marc(field("245", "10", a="?"))))] == ["repeated_key"]


def test_every_finding_has_a_level_and_a_sentence() -> None:
    assert set(LEVELS) == set(FINDINGS)
    assert set(LEVELS.values()) == {"error", "warning", "advice"}


def test_the_tables_hold_what_the_standard_says() -> None:
    rules = field_rules("b")
    assert (rules["245"].repeat, rules["650"].repeat) == (ONCE, OFTEN)
    assert len([tag for tag, rule in rules.items() if rule.repeat]) > 220
    assert len(field_rules("a")) > 100
    subfields = rules["245"].subfields
    assert subfields is not None
    assert (subfields["a"], subfields["n"], subfields["d"]) == (ONCE, OFTEN, 0)
    assert {"aze", "tur", "rus"} <= codes("language")[0]
    assert {"aj", "tu", "nyu"} <= codes("country")[0]
    assert all(
        places("008", form) for form in ("b", "a", "book", "serial", "map", "music", "visual", "computer", "mixed")
    )
    for form in ("b", "book", "serial", "map", "music", "visual", "computer", "mixed"):
        ends = [(place.start, place.end) for place in places("008", form)]
        assert all(last <= start for (_, last), (start, _) in pairwise(ends))


@pytest.mark.slow
@pytest.mark.parametrize("name", [*BIBLIOGRAPHIC, "auth.utf8.mrc.gz", "unimarc.iso2709.mrc.gz", "holdings.utf8.mrc.gz"])
def test_every_real_record_can_be_judged_and_told(name: str) -> None:
    assert records(name)
    for record in records(name):
        for finding in validate(record):
            assert finding.level == LEVELS[finding.code]
            assert finding_text(finding)
            assert "%(" not in finding_text(finding)


def test_few_real_records_have_errors() -> None:
    """A rule that refuses what the great libraries write is wrong itself."""
    for name in BIBLIOGRAPHIC:
        bad = [record for record in records(name) if errors(validate(record))]
        assert 0 < len(bad) < 0.04 * len(records(name))


def test_no_field_of_the_great_libraries_is_unknown() -> None:
    """Every tag that is often in real records is in the tables, or the record's own mistake is known."""
    tags = Counter(tag for record in records("bib.nonutf8.mrc.gz") for tag, _ in data_fields(record))
    rules = field_rules("b")
    often = {tag for tag, count in tags.items() if count > 20 and re.fullmatch("[0-8]{3}", tag)}
    assert often - set(rules) == {"880"}


FIELD = st.one_of(
    st.dictionaries(
        st.sampled_from(["001", "006", "007", "008", "245", "LDR"]), st.text(max_size=41), min_size=1, max_size=1
    ),
    st.builds(
        lambda tag, ind, pairs: {tag: {"ind1": ind, "ind2": ind, "subfields": pairs}},
        st.sampled_from(["020", "022", "041", "044", "100", "245", "650", "700", "880", "999", "00", "001"]),
        st.text(max_size=1),
        st.lists(st.dictionaries(st.text(max_size=2), st.text(max_size=12), min_size=1, max_size=1), max_size=4),
    ),
)


@given(st.text(max_size=26), st.lists(FIELD, max_size=6))
def test_no_record_breaks_it(leader: str, fields: list[dict[str, Any]]) -> None:
    record = {"leader": leader, "fields": fields}
    for finding in validate(record):
        assert isinstance(finding, Finding)
        assert finding_text(finding)
    if not errors(validate(record)):
        assert b"\\u0000" not in canonical(record)  # it can be stored
