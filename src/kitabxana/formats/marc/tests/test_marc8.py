from __future__ import annotations

import pytest

from kitabxana.formats.marc.marc8 import NotMarc8, from_marc8


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"Plain", "Plain"),
        (b"T\xe8urk\xe8ulog", "Türkülog"),  # the mark comes first in MARC-8
        (b"\xf2\xe3a", "ậ"),  # two marks, one letter
        (b"\xa2stanbul \xb8", "Østanbul ı"),
        (b"\x1b(NbAKU\x1b(B!", "Баку!"),
        (b"\x1b)N\xc2\xc1\x1b)!E", "ба"),
        (b"\x1b$1!0!\x1b(B.", "一."),
        (b"\x1b$1!0!!0!\x1bs.", "一一."),
        (b"H\x1bb2\x1bsO", "H₂O"),
        (b"\x88The \x89Book", "\x98The \x9cBook"),
        (b"a\x8db", "a\u200db"),
        (b"end\xe2", "end\u0301"),
    ],
)
def test_decoding(data: bytes, text: str) -> None:
    assert from_marc8(data) == text


@pytest.mark.parametrize("data", [b"\xaf", b"\xff", b"\x85", b"\x1b(Nb\x1b", b"\x1b(Zx", b"\x1b$1!0", b"\x1b$1{69"])
def test_what_marc8_does_not_define_is_an_error_with_its_place(data: bytes) -> None:
    with pytest.raises(NotMarc8, match=r"at byte \d+"):
        from_marc8(data)
