from __future__ import annotations

import base64
import io
import json
from typing import Any

import pytest

from kitabxana.formats.marc import Parsed, RawRecord, control, fields, parse_iso2709, split_iso2709, subfield
from kitabxana.formats.marc.shape import MAX_RECORD_BYTES
from kitabxana.formats.marc.tests.corpus import DATA, SIMPLE, TITLE, record, unpacked
from kitabxana.kernel.tests.steps import calls

NINO = "Əli və Nino /"


def read(data: bytes) -> list[Parsed]:
    return [parse_iso2709(raw) for raw in split_iso2709(io.BytesIO(data))]


def title(parsed: Parsed) -> str:
    assert parsed.marc is not None, (parsed.reason, parsed.detail)
    return subfield(fields(parsed.marc, "245")[0], "a")


def test_a_sound_record_is_read_whole_and_without_remark() -> None:
    [parsed] = read(SIMPLE)
    assert (parsed.reason, parsed.mended, parsed.offset, parsed.next_position) == ("", (), 0, len(SIMPLE))
    assert parsed.marc == {
        "leader": SIMPLE[:24].decode(),
        "fields": [
            {"001": "az-1"},
            {"008": "240101s2024    aj "},
            {"245": {"ind1": "1", "ind2": "0", "subfields": [{"a": NINO}, {"c": "Qurban Səid."}]}},
        ],
    }


@pytest.mark.parametrize("between", [b"\n", b"\r\n", b"\n\n\x00 ", b"\xef\xbb\xbf"])
def test_line_ends_and_bom_between_records_are_no_error(between: bytes) -> None:
    got = read(between + SIMPLE + between + SIMPLE + between)
    assert [parsed.reason for parsed in got] == ["", ""]
    assert got[1].offset == 2 * len(between) + len(SIMPLE)


def test_junk_between_records_is_refused_by_itself() -> None:
    got = read(SIMPLE + b"--- page 2 ---" + SIMPLE)
    assert [(parsed.reason, parsed.data) for parsed in got][1] == ("junk", b"--- page 2 ---")
    assert title(got[0]) == title(got[2]) == NINO


@pytest.mark.parametrize("length", [0, 1, 99_999, 70_000, len(SIMPLE) * 2, len(SIMPLE) + 10])
def test_a_wrong_length_swallows_no_neighbour(length: int) -> None:
    wrong = record(("001", b"az-1"), ("008", b"240101s2024    aj "), TITLE, length=length)
    got = read(SIMPLE + wrong + SIMPLE)
    assert [title(parsed) for parsed in got] == [NINO] * 3
    assert [parsed.mended for parsed in got] == [(), ("length",), ()]


def test_a_record_cut_off_in_the_middle_spares_the_next() -> None:
    got = read(SIMPLE[:90] + SIMPLE + SIMPLE[:-10])
    assert [parsed.reason for parsed in got] == ["truncated", "", "truncated"]
    assert got[0].data == SIMPLE[:90]


def test_a_record_terminator_inside_a_field_does_not_cut_the_record() -> None:
    odd = record(("001", b"az-2"), ("245", b"10\x1faA\x1dB"))
    got = read(odd + SIMPLE)
    assert [parsed.data for parsed in got] == [odd, SIMPLE]


def test_records_over_99_999_bytes_are_read_by_their_terminators() -> None:
    notes = [("500", b"  \x1fa" + b"x" * 9_000) for _ in range(30)]
    directory, body = b"", b""
    for tag, part in (("001", b"big"), *notes):
        directory += f"{tag}{len(part) + 1:04d}{len(body) % 100_000:05d}".encode()
        body += part + b"\x1e"
    big = b"99999nam a2200000 a 4500" + directory + b"\x1e" + body + b"\x1d"
    got = read(big + SIMPLE)
    assert got[0].marc is not None
    assert len(fields(got[0].marc, "500")) == 30
    assert set(got[0].mended) == {"length", "base_address", "directory"}
    assert title(got[1]) == NINO


def test_fields_out_of_order_in_the_file_follow_the_directory() -> None:
    body = b"10\x1faT\x1eaz-3\x1e"
    directory = b"001000500006" + b"245000600000"
    data = b"00060nam a2200049 a 4500" + directory + b"\x1e" + body + b"\x1d"
    [parsed] = read(data)
    assert parsed.marc is not None
    assert (control(parsed.marc, "001"), title(parsed), parsed.mended) == ("az-3", "T", ("length",))


def test_wrong_figures_are_no_licence_to_shift_fields() -> None:
    data = SIMPLE.replace(b"001000500000", b"100000900000")
    assert [parsed.reason for parsed in read(data)] == ["bad_directory"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x1d", "empty"),
        (b"00026nam a2200025 a 4500\x1e\x1d", "empty"),
        (b"no record at all\x1d", "junk"),
        (SIMPLE[:60] + b"9" + SIMPLE[60:], "bad_directory"),
        (record(("245", b"10\x1fa\xff\xfe")), "bad_encoding"),
        (record(("245", b"10\x1faMontr\xc3\xa9al, Qu\xe9bec")), "bad_encoding"),
        (record(("008", b""), ("245", b"10\x1fa\xaf\xff"), coding=" "), "bad_encoding"),
        (record(("200", b"1 \x1fa\xcf\xf0\xe8"), coding=" "), "bad_encoding"),
        (record(("245", b"10\x1faA\x00B")), "bad_character"),
        (record(("245", b"10abc\x1faA")), "bad_field"),
        (b"00050n\xc3\xa9m" + SIMPLE[9:], "bad_leader"),
    ],
)
def test_what_cannot_be_read_without_guessing_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    got = read(data + SIMPLE)
    assert (got[0].reason, got[0].marc, got[0].data) == (reason, None, data)
    assert got[0].detail
    assert title(got[-1]) == NINO


def test_utf8_under_a_marc8_leader_is_read_as_utf8_and_said() -> None:
    [parsed] = read(record(("008", b""), TITLE, coding=" "))
    assert (title(parsed), parsed.mended) == (NINO, ("utf8_under_marc8",))
    assert parsed.marc is not None
    assert parsed.marc["leader"][9] == " "


def test_marc8_is_decoded_and_an_encoding_can_be_told() -> None:
    assert title(read(record(("008", b""), ("245", b"10\x1faC\xe2afer, T\xe8urk"), coding=" "))[0]) == "Cáfer, Türk"
    unimarc = RawRecord(0, record(("200", b"1 \x1fa\xc1\xe0\xea\xf3"), coding=" "))
    told = parse_iso2709(unimarc, encoding="cp1251")
    assert told.marc is not None
    assert subfield(fields(told.marc, "200")[0], "a") == "Баку"


def test_small_faults_of_form_are_mended_and_said() -> None:
    [parsed] = read(
        record(("245", b"1\x1faA\x1f\x1fb"), ("246", b"1 \xe2\x80\xaa\x1faB"), ("500", b"Text"), ("FMT", b"BK"))
    )
    assert parsed.marc is not None
    assert parsed.marc["fields"] == [
        {"245": {"ind1": "1", "ind2": " ", "subfields": [{"a": "A"}, {"b": ""}]}},
        {"246": {"ind1": "1", "ind2": " ", "subfields": [{"a": "B"}]}},
        {"500": "Text"},
        {"FMT": "BK"},
    ]
    assert parsed.mended == ("empty_subfield", "indicators", "no_subfields")


def test_reading_goes_on_where_it_stopped() -> None:
    data = unpacked("bib.utf8.mrc.gz")
    whole = list(split_iso2709(io.BytesIO(data)))
    for at in (1, 700, len(whole) - 1):
        stop = whole[at - 1].offset + len(whole[at - 1].data)
        assert list(split_iso2709(io.BytesIO(data), start=stop)) == whole[at:]


def test_an_endless_record_is_given_up_in_bounded_pieces() -> None:
    got = read(b"00100nam a2200049 a 4500001000500006" + b"x" * (MAX_RECORD_BYTES + 3_000_000) + b"\x1d" + SIMPLE)
    assert got[0].reason == "oversize"
    assert len(got[0].data) < MAX_RECORD_BYTES + 1_000_000
    assert title(got[-1]) == NINO


def test_a_file_that_lost_its_terminators_is_cut_at_the_leaders_in_good_time() -> None:
    data = SIMPLE[:-1] * 40_000
    got: list[Any] = []
    made = calls(lambda: got.extend(split_iso2709(io.BytesIO(data))))
    assert made < 100 * 40_000
    assert [raw.data for raw in got] == [SIMPLE[:-1]] * 40_000
    assert parse_iso2709(got[0]).reason == "truncated"


def covered(data: bytes) -> list[Parsed]:
    got = read(data)
    left, at = b"", 0
    for parsed in got:
        assert parsed.offset >= at
        assert (parsed.marc is None) == bool(parsed.reason)
        left += data[at : parsed.offset]
        at = parsed.next_position
        assert data[parsed.offset : at] == parsed.data
    assert not (left + data[at:]).replace(b"\xef\xbb\xbf", b"").strip(b"\r\n\t \x00\x1a")
    return got


def test_every_file_with_known_problems_is_covered_byte_by_byte() -> None:
    names = [path for path in (DATA / "problem_files").iterdir() if path.suffix not in {".xml", ".json"}]
    counts = {path.name: [parsed.reason for parsed in covered(path.read_bytes())] for path in names}
    assert len(counts) > 50
    assert counts["solrmarc_solrmarc__errorRecs.mrc"] == [""] * 5
    assert counts["sul-dlss_solrmarc-sw__combineBibMhld_b1badb3.mrc"] == ["", "bad_directory", ""]


def test_every_malformed_record_is_read_or_refused_and_none_lost() -> None:
    reasons: list[str] = []
    for line in unpacked("malformed_iso2709.jsonl.gz").splitlines():
        reasons += [parsed.reason for parsed in covered(base64.b64decode(json.loads(line)["raw_b64"]))]
    assert reasons.count("") > 450
    assert set(reasons) <= {
        "",
        "junk",
        "truncated",
        "bad_directory",
        "bad_field",
        "bad_encoding",
        "bad_leader",
        "bad_character",
    }
