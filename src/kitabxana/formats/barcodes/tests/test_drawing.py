"""What is drawn is read again by a scanner's software, and has the widths that the standards say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from kitabxana.formats.barcodes import NotDrawable, draw
from kitabxana.formats.barcodes.code128 import WIDTHS, values
from kitabxana.kernel.identifiers import ean_check

if TYPE_CHECKING:
    from kitabxana.formats.barcodes import Drawing

FORMATS = {"code128": "Code 128", "ean13": "EAN-13", "qr": "QR Code"}
BAR = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")
DOT = 4


def picture(drawing: Drawing) -> Image.Image:
    """The drawing as a printer with four dots a module would print it."""
    high = 1 if drawing.kind == "qr" else 40
    image = Image.new("L", (drawing.width * DOT, drawing.height * DOT * high), 255)
    for x, y, wide, back in BAR.findall(drawing.path):
        assert wide == back
        box = (int(x) * DOT, int(y) * DOT * high, (int(x) + int(wide)) * DOT, (int(y) + 1) * DOT * high)
        image.paste(0, box)
    return image


def read(drawing: Drawing) -> tuple[str, str]:
    [found] = zxingcpp.read_barcodes(picture(drawing), try_rotate=False)
    return str(found.format), found.text


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30))
def test_code_128_is_read_as_it_was_written(text: str) -> None:
    assert read(draw("code128", text)) == (FORMATS["code128"], text)


@settings(max_examples=60, deadline=None)
@given(st.from_regex(r"[A-Z]{0,3}[0-9]{1,14}[a-z]{0,2}[0-9]{0,5}", fullmatch=True))
def test_code_128_of_letters_and_figures_as_libraries_have_them(text: str) -> None:
    assert read(draw("code128", text)) == (FORMATS["code128"], text)


def test_control_signs_have_their_own_set() -> None:
    [found] = zxingcpp.read_barcodes(picture(draw("code128", "A\tB\x1d9z")), try_rotate=False)
    assert found.bytes == b"A\tB\x1d9z"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12345678", [105, 12, 34, 56, 78]),
        ("A1", [104, 33, 17]),
        ("GN000123", [104, 39, 46, 99, 0, 1, 23]),
        ("GN12345", [104, 39, 46, 17, 99, 23, 45]),
        ("12345X", [105, 12, 34, 100, 21, 56]),
        ("99", [105, 99]),
    ],
)
def test_figures_go_two_by_two_where_that_is_shorter(text: str, expected: list[int]) -> None:
    found = values(text)
    assert found[:-2] == expected
    assert found[-1] == 106
    assert found[-2] == (found[0] + sum(place * one for place, one in enumerate(found[1:-2], 1))) % 103


def test_every_character_is_eleven_modules_and_no_two_are_alike() -> None:
    assert [sum(map(int, widths)) for widths in WIDTHS] == [11] * 106 + [13]
    assert len(set(WIDTHS)) == 107
    # Bars of a character are an even number of modules together: the code's own check on each of them.
    assert all(sum(map(int, widths[::2])) % 2 == 0 for widths in WIDTHS[:106])


@settings(max_examples=60, deadline=None)
@given(st.from_regex(r"[0-9]{12}", fullmatch=True))
def test_ean_13_is_read_as_it_was_written(body: str) -> None:
    text = body + ean_check(body)
    drawing = draw("ean13", text)
    assert drawing.width == 95 + 18
    assert read(drawing) == (FORMATS["ean13"], text)


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40))
def test_qr_takes_every_script(text: str) -> None:
    assert read(draw("qr", text)) == (FORMATS["qr"], text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("code128", "MƏK-001"),
        ("code128", ""),
        ("code128", "\x7f"),
        ("code128", "1" * 101),
        ("ean13", "2000000000014"),
        ("ean13", "200000000001"),
        ("ean13", "٢٠٠٠٠٠٠٠٠٠٠١٥"),
        ("qr", ""),
        ("qr", "x" * 201),
    ],
)
def test_what_has_no_signs_is_not_drawn(kind: str, text: str) -> None:
    with pytest.raises(NotDrawable):
        draw(kind, text)  # type: ignore[arg-type]
