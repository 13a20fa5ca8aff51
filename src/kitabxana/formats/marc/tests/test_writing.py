from __future__ import annotations

import copy
import io
from typing import Any

import pytest

from kitabxana.formats.marc import (
    MarcJson,
    RawRecord,
    TooLong,
    Unwritable,
    iter_marcxml,
    iter_records,
    marcxml_collection,
    parse_iso2709,
    parse_marcxml,
    to_iso2709,
    to_marcxml,
)
from kitabxana.formats.marc.tests.corpus import DATA, ISO_FILES, SIMPLE, UNIMARC_FILES, XML_FILES

TITLE: dict[str, Any] = {"245": {"ind1": "1", "ind2": "0", "subfields": [{"a": "Kür & Araz <\r\n\t>"}, {"c": '"'}]}}
MARC: MarcJson = {"leader": "00000nam  22000000a 4500", "fields": [{"001": "az-1"}, TITLE, {"FMT": "BK"}]}

ONLY_MAB = "unimarc_auth.marcxml.xml.gz"


def with_field(tag: str, value: Any) -> MarcJson:
    marc = copy.deepcopy(MARC)
    marc["fields"].append({tag: value})
    return marc


def test_iso2709_computes_its_figures_and_says_utf8() -> None:
    data = to_iso2709(MARC)
    assert data[:24] == b"00095nam a22000610a 4500"
    assert len(data) == 95
    parsed = parse_iso2709(RawRecord(0, data))
    assert (parsed.marc or {})["fields"] == MARC["fields"]
    assert parsed.mended == ()
    assert to_iso2709(parse_iso2709(RawRecord(0, SIMPLE)).marc or {}) == SIMPLE


def test_marcxml_keeps_every_character() -> None:
    assert parse_marcxml(to_marcxml(MARC)) == (MARC, ())
    assert [one.marc for one in iter_marcxml(io.BytesIO(b"".join(marcxml_collection([MARC, MARC]))))] == [MARC, MARC]


@pytest.mark.parametrize(
    ("tag", "value", "place"),
    [
        ("500", {"ind1": " ", "ind2": " ", "subfields": [{"a": "ə" * 5000}]}, "500[1]"),
        ("245", {"ind1": " ", "ind2": " ", "subfields": [{"a": "x" * 10_000}]}, "245[2]"),
    ],
)
def test_a_field_too_long_is_said_with_its_place(tag: str, value: object, place: str) -> None:
    with pytest.raises(TooLong) as caught:
        to_iso2709(with_field(tag, value))
    assert caught.value.place == place


def test_a_record_too_long_is_said() -> None:
    note = {"500": {"ind1": " ", "ind2": " ", "subfields": [{"a": "x" * 9_000}]}}
    marc = {**MARC, "fields": [note] * 11}
    assert len(to_iso2709(marc)) < 100_000
    with pytest.raises(TooLong, match="108"):
        to_iso2709({**MARC, "fields": [note] * 12})


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        ("24", "x"),
        ("Ə01", "x"),
        ("500", {"ind1": "", "ind2": " ", "subfields": []}),
        ("500", {"ind1": "10", "ind2": " ", "subfields": []}),
        ("500", {"ind1": " ", "ind2": " ", "subfields": [{"ab": "x"}]}),
        ("500", {"ind1": " ", "ind2": " ", "subfields": [{"a": "x\x1ey"}]}),
        ("003", "x\x1d"),
        ("001", {"ind1": " ", "ind2": " ", "subfields": [{"a": "x"}]}),
    ],
)
def test_what_iso2709_has_no_room_for_is_refused(tag: str, value: object) -> None:
    with pytest.raises(Unwritable) as caught:
        to_iso2709(with_field(tag, value))
    assert caught.value.place.startswith(f"{tag}[")


@pytest.mark.parametrize("leader", ["x" * 25, "00000nam  22000000a 450İ", "00000nam  220000\x1e0a 4500"])
def test_a_leader_that_is_none_is_refused(leader: str) -> None:
    with pytest.raises(Unwritable, match=r"^leader"):
        to_iso2709({**MARC, "leader": leader})


def test_a_character_xml_forbids_is_refused_with_its_place() -> None:
    with pytest.raises(Unwritable, match=r"^245\[2\]"):
        to_marcxml(with_field("245", {"ind1": " ", "ind2": " ", "subfields": [{"a": "\x1b"}]}))
    with pytest.raises(Unwritable, match=r"^leader"):
        to_marcxml({**MARC, "leader": "\x14"})


def same_leader(left: str, right: str) -> bool:
    """Equal but for what the writer computes: lengths, base address, coding, the fixed places."""
    return (left[5:9], left[17:20]) == (right.ljust(24)[5:9], right.ljust(24)[17:20])


@pytest.mark.slow
@pytest.mark.parametrize("name", [*ISO_FILES, *UNIMARC_FILES, *(name for name in XML_FILES if name != ONLY_MAB)])
def test_every_open_record_survives_both_formats(name: str) -> None:
    refused = {"iso2709": 0, "marcxml": 0}
    total = 0
    for parsed in iter_records(DATA / name):
        if parsed.marc is None or parsed.marc["leader"][6:9] == "M2.":
            continue  # refused, or MAB, whose fields 001-009 have indicators and subfields
        total += 1
        try:
            again = parse_iso2709(RawRecord(0, to_iso2709(parsed.marc)))
            assert again.marc is not None, again.detail
            assert again.marc["fields"] == parsed.marc["fields"]
            assert same_leader(again.marc["leader"], parsed.marc["leader"])
        except Unwritable:
            refused["iso2709"] += 1
        try:
            assert parse_marcxml(to_marcxml(parsed.marc)) == (parsed.marc, ())
        except Unwritable:
            refused["marcxml"] += 1
    assert total > 0
    # Local tags of other lengths, control characters, fields over 9,999 bytes, leaders outside ASCII.
    assert max(refused.values()) <= total * 0.005, refused
