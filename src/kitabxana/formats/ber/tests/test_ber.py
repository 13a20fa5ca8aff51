"""BER by the examples of X.690, back and forth, and whatever a stranger may send."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kitabxana.formats.ber import BadBer, boolean, integer, oid, primitive, read, size_of, structure
from kitabxana.formats.ber.writing import UNIVERSAL

SOME = structure(22, integer(13, 0), structure(300, primitive(105, b"x" * 300)), boolean(16, value=True))


@pytest.mark.parametrize(
    ("written", "hexadecimal"),
    [
        (integer(2, 0, of=UNIVERSAL), "020100"),
        (integer(2, 127, of=UNIVERSAL), "02017f"),
        (integer(2, 128, of=UNIVERSAL), "02020080"),
        (integer(2, -128, of=UNIVERSAL), "020180"),
        (integer(2, -129, of=UNIVERSAL), "0202ff7f"),
        (oid(6, "2.999.3", of=UNIVERSAL), "0603883703"),  # X.690, 8.19.5
        (oid(6, "1.2.840.10003.3.1", of=UNIVERSAL), "06072a8648ce130301"),
        (primitive(105, b"a"), "9f690161"),
        (primitive(201, b""), "9f814900"),
        (structure(16, of=UNIVERSAL), "3000"),
    ],
)
def test_values_are_written_as_the_standard_says(written: bytes, hexadecimal: str) -> None:
    assert written.hex() == hexadecimal


def test_what_was_written_is_read() -> None:
    element = read(SOME)
    assert (element.of, element.number) == (2, 22)
    assert [part.number for part in element.parts] == [13, 300, 16]
    number, holding, yes = element.parts
    assert number.whole_number == 0
    assert holding.parts[0].text == "x" * 300
    assert yes.yes
    assert element.part(16) is yes
    assert element.part(17) is None


@given(st.integers(-(2**63), 2**63 - 1))
def test_every_number_comes_back(value: int) -> None:
    assert read(integer(7, value)).whole_number == value


@given(st.lists(st.integers(0, 2**31), max_size=8), st.integers(0, 2), st.integers(0, 39))
def test_every_identifier_comes_back(arcs: list[int], first: int, second: int) -> None:
    dotted = ".".join(map(str, [first, second, *arcs]))
    assert read(oid(6, dotted)).dotted == dotted


def test_indefinite_lengths_and_strings_in_pieces_are_read() -> None:
    data = bytes.fromhex("b680 8d0100 a480 040161 0401 62 0000 0000".replace(" ", ""))
    element = read(data)
    assert [part.number for part in element.parts] == [13, 4]
    assert element.parts[1].text == "ab"
    assert size_of(data + b"rest") == len(data)
    assert all(size_of(data[:cut]) is None for cut in range(len(data)))


def test_how_long_it_is_is_told_as_soon_as_the_head_tells() -> None:
    assert [size_of(SOME[:cut]) for cut in (0, 1, 2, 3)] == [None, None, None, None]
    assert size_of(SOME[:4]) == len(SOME)


@pytest.mark.parametrize(
    "data",
    [
        b"", SOME[:-1], SOME + b"x", b"\x80", b"\x04\x80ab\x00\x00", b"\x04\x89" + b"\x01" * 9,
        b"\xbf\xff\xff\xff\xff\x7f", b"\xa1\x03\x02\x05\x00", b"\xa1\x02\x02\x01", b"\xa1\x80" * 60,
        b"\x04\xff", b"\xa1\x80\x00",
    ],
)  # fmt: skip
def test_what_is_no_ber(data: bytes) -> None:
    with pytest.raises(BadBer):
        read(data)


def test_what_says_too_much_in_little_is_refused() -> None:
    with pytest.raises(BadBer):
        read(structure(1, b"\x05\x00" * 100_001))
    with pytest.raises(BadBer):
        size_of(b"\xa1\x80" + b"\x05\x00" * 100_001)
    with pytest.raises(ValueError, match=r"1\.99"):
        oid(6, "1.99")
    with pytest.raises(BadBer):
        read(primitive(2, b"x" * 9)).whole_number  # noqa: B018 - reading it is what fails


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    try:
        size = size_of(data)
        read(data)
    except BadBer:
        return
    assert size == len(data)
