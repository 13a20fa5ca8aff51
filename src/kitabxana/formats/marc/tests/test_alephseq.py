from __future__ import annotations

import io

import pytest

from kitabxana.formats.marc import Parsed, control, iter_alephseq, iter_records
from kitabxana.formats.marc.tests.corpus import DATA, unpacked


def lines(number: int, *more: str) -> str:
    texts = ["FMT   L BK", "LDR   L 00000nam^a2200301^i^4500", "24510 L $$aKür$$cƏ. $5^", *more]
    return "".join(f"{number:09d} {text}\n" for text in texts)


def read(text: str, *, start: int = 0) -> list[Parsed]:
    return list(iter_alephseq(io.BytesIO(text.encode()), start=start))


def test_the_lines_of_a_number_are_a_record() -> None:
    text = lines(3, "008   L 24^az", "001   L 000000003") + "\r\n" + lines(5, "001   L x-5")
    one, two = read(text)
    title = {"ind1": "1", "ind2": "0", "subfields": [{"a": "Kür"}, {"c": "Ə. $5^"}]}
    fields = [{"FMT": "BK"}, {"245": title}, {"008": "24 az"}, {"001": "000000003"}]
    assert one.marc == {"leader": "00000nam a2200301 i 4500", "fields": fields}
    assert one.mended == ()
    assert two.marc is not None
    assert two.marc["fields"][-2:] == [{"001": "x-5"}, {"SYS": "000000005"}]
    assert two.mended == ("control_number",)
    assert read(text, start=one.next_position)[0].marc == two.marc


def test_the_system_number_stands_in_for_a_missing_001() -> None:
    [parsed] = read(lines(7))
    assert parsed.marc is not None
    assert control(parsed.marc, "001") == "000000007"
    assert parsed.mended == ("control_number",)


@pytest.mark.parametrize(
    ("bad", "reason"), [("24510 L", "bad_field"), ("5001  L note", "bad_field"), ("2451  $$ax", "bad_field")]
)
def test_a_broken_record_costs_no_neighbour(bad: str, reason: str) -> None:
    got = read(lines(1) + lines(2, bad) + lines(3))
    assert [parsed.reason for parsed in got] == ["", reason, ""]
    assert got[1].data.decode() == lines(2, bad)
    assert [parsed.reason for parsed in read("hello\n" + lines(1))] == ["junk", ""]


def test_every_open_record_with_each_of_its_lines() -> None:
    got = list(iter_records(DATA / "bib.alephseq.gz"))
    assert len(got) == 78
    text = unpacked("bib.alephseq.gz").decode()
    assert b"".join(parsed.data for parsed in got).decode() == text
    for parsed in got:
        assert parsed.marc is not None, parsed.detail
        own = [line for line in parsed.data.decode().splitlines() if line[10:13] != "LDR"]
        made = []
        for field in parsed.marc["fields"]:
            for tag, value in field.items():
                if isinstance(value, str):
                    made.append((tag + "  ", value))
                else:
                    subs = "".join(f"$${code}{text}" for pair in value["subfields"] for code, text in pair.items())
                    made.append((tag + value["ind1"] + value["ind2"], subs))
        if "control_number" in parsed.mended:
            made = [entry for entry in made if entry != ("001  ", parsed.data[:9].decode())]
        given = [(line[10:15], line[18:] if line[18:20] == "$$" else line[18:].replace("^", " ")) for line in own]
        assert made == given
