from __future__ import annotations

import io
import json
import time
from typing import Any

import pytest

from kitabxana.formats.marc import Parsed, Unwritable, control, iter_marcjson, iter_records, parse_marcjson, to_marcjson
from kitabxana.formats.marc.shape import MAX_RECORD_BYTES
from kitabxana.formats.marc.tests.corpus import DATA, unpacked

TITLE = {"245": {"ind1": "1", "ind2": "0", "subfields": [{"a": 'Əli "və" {Nino} \\'}, {"a": "\n"}]}}


def one(number: str) -> dict[str, Any]:
    return {"leader": "00000nam a2200000 a 4500", "fields": [{"001": number}, TITLE]}


def read(text: str | bytes, *, start: int = 0) -> list[Parsed]:
    return list(iter_marcjson(io.BytesIO(text.encode() if isinstance(text, str) else text), start=start))


def numbers(got: list[Parsed]) -> list[str]:
    return [parsed.reason if parsed.marc is None else control(parsed.marc, "001") for parsed in got]


MANY = [one("az-1"), one("az-2"), one("az-3")]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(MANY),
        json.dumps(MANY, ensure_ascii=False, indent=2),
        json.dumps(MANY, indent=0),
        "".join(json.dumps(record) + "\r\n" for record in MANY),
        "\n\n".join(json.dumps(record, indent=1) for record in MANY),
        "".join(f"\x1e{json.dumps(record)}\n" for record in MANY),
        ",".join(json.dumps(record) for record in MANY),
        "\ufeff[\n" + ",\n".join(json.dumps(record) for record in MANY) + "\n]\n",
        "[" + ",".join(json.dumps({"fields": record["fields"], "leader": record["leader"]}) for record in MANY) + "]",
    ],
)
def test_an_array_lines_and_one_after_the_other(text: str) -> None:
    got = read(text)
    assert numbers(got) == ["az-1", "az-2", "az-3"]
    assert [parsed.marc for parsed in got] == MANY
    assert [parsed.mended for parsed in got] == [(), (), ()]
    data = text.encode()
    assert all(data[parsed.offset : parsed.next_position] == parsed.data for parsed in got)
    assert read(text, start=got[0].next_position) == got[1:]


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda text: text[:-2], "not_well_formed"),
        (lambda text: text.replace('"245"', '"245', 1), "not_well_formed"),
        (lambda text: text.replace('"az-2"', "az-2"), "not_well_formed"),
        (lambda text: text.replace('"az-2"', "17"), "bad_field"),
        (lambda text: text.replace('"subfields"', '"sub"'), "bad_field"),
        (lambda text: text.replace('"ind2": "0"', '"ind1": "0"'), "bad_field"),
        (lambda text: text.replace('"leader": "', '"leader": 5, "x": "'), "bad_leader"),
        (lambda text: text.replace("az-2", "\\ud800"), "not_well_formed"),
    ],
)
def test_a_broken_record_costs_no_neighbour(spoil: Any, reason: str, indent: int | None) -> None:
    spoilt = spoil(json.dumps(one("az-2"), indent=indent))
    text = "\n".join([json.dumps(one("az-1")), spoilt, json.dumps(one("az-3")), ""])
    got = read(text)
    assert numbers(got) == ["az-1", reason, "az-3"]
    assert got[1].data.decode().strip() == spoilt.strip()


def test_what_is_no_record_is_told() -> None:
    assert numbers(read(json.dumps(one("az-1")) + "\nhello\n" + json.dumps(one("az-2")))) == ["az-1", "junk", "az-2"]
    assert numbers(read(json.dumps(one("az-1")) + "}\n" + json.dumps(one("az-2"), indent=1))) == [
        "az-1",
        "junk",
        "az-2",
    ]
    assert numbers(read(json.dumps(one("az-1"))[:-9])) == ["truncated"]
    assert numbers(read("{}")) == ["bad_field"]
    assert numbers(read('{"leader": "x", "fields": []}')) == ["empty"]
    assert read("[]") == []
    assert read("") == []


def test_records_inside_another_systems_wrapper_are_found() -> None:
    text = json.dumps({"total": 2, "content": [{"id": 7, "parsed": one("az-1")}, {"id": 8, "parsed": one("az-2")}]})
    assert [number for number in numbers(read(text)) if number.startswith("az")] == ["az-1", "az-2"]


def test_what_is_mended_is_told() -> None:
    text = '{"id": 5, "fields": [{"245": {"subfields": [{"a": "x", "b": "y"}, {"a": "z"}], "ind1": "", "lang": "az"}}]}'
    marc, mended = parse_marcjson(text.encode())
    field = {"ind1": " ", "ind2": " ", "subfields": [{"a": "x"}, {"b": "y"}, {"a": "z"}]}
    assert marc == {"leader": "", "fields": [{"245": field}]}
    assert set(mended) == {"foreign_element", "subfields_together", "indicators"}


@pytest.mark.slow
def test_a_stretch_without_end_is_given_up_and_memory_stays_bounded() -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1, /) -> bytes:
            self.given += size
            return b'{"fields": [' + b'"x", ' * (size // 5) if self.given < 3 * MAX_RECORD_BYTES else b""

    started = time.monotonic()
    got = list(iter_marcjson(Endless()))  # type: ignore[arg-type]
    assert {parsed.reason for parsed in got} <= {"oversize", "not_well_formed", "truncated", "junk"}
    assert max(len(parsed.data) for parsed in got) <= MAX_RECORD_BYTES + 2**20
    assert time.monotonic() - started < 20


def test_one_endless_line_of_small_records_is_read_in_linear_time() -> None:
    text = b"[" + b",".join(to_marcjson(one(str(at))).strip() for at in range(20_000)) + b"]"
    started = time.monotonic()
    assert len([parsed for parsed in read(text) if parsed.marc]) == 20_000
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("name", ["bib.marcjson.jsonl.gz", "auth.marcjson.jsonl.gz", "holdings.marcjson.jsonl.gz"])
def test_every_open_record(name: str) -> None:
    got = list(iter_records(DATA / name))
    lines = [json.loads(line) for line in unpacked(name).splitlines() if line.strip()]
    assert len(got) == len(lines) > 0
    for parsed, line in zip(got, lines, strict=True):
        assert parsed.marc is not None, parsed.detail
        assert parsed.marc["leader"] == line["leader"]
        theirs = [(tag, value) for field in line["fields"] for tag, value in field.items()]
        ours = [(tag, value) for field in parsed.marc["fields"] for tag, value in field.items()]
        assert [tag for tag, _ in ours] == [tag for tag, _ in theirs]
        for (_, mine), (_, given) in zip(ours, theirs, strict=True):
            if isinstance(given, str):
                assert mine == given
            else:
                pairs = [pair for entry in given["subfields"] for pair in entry.items()]
                assert [pair for entry in mine["subfields"] for pair in entry.items()] == pairs
                assert (mine["ind1"], mine["ind2"]) == (given["ind1"], given["ind2"])


def test_writing_says_what_it_cannot_write() -> None:
    assert parse_marcjson(to_marcjson(one("ə")))[0] == one("ə")
    with pytest.raises(Unwritable):
        to_marcjson(one("\ud800"))
