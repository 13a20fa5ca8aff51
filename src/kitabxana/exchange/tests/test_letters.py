"""Servers that answer in another character set than was said of them: read rightly or set aside, on real bytes."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from itertools import islice
from unicodedata import normalize

import pytest

from kitabxana.exchange.rules.copying import parsed_of
from kitabxana.exchange.rules.letters import in_wrong_letters
from kitabxana.formats.marc import ENCODINGS, iter_records
from kitabxana.formats.marc.tests.corpus import DATA
from kitabxana.formats.z3950 import SentRecord

SINGLE = tuple(one for one in ENCODINGS if one not in ("utf-8", "marc-8"))
CYRILLIC = ("cp1251", "koi8-r", "cp866")


@cache
def real(name: str, *, step: int = 1) -> tuple[tuple[bytes, str], ...]:
    """(bytes, fields as rightly read) of the real records of a file that have letters beyond ASCII, in any way."""
    read = islice(iter_records(DATA / name), 0, None, step)
    return tuple(
        (one.data, told(one.marc))
        for one in read
        if one.marc is not None and (b"\x1b" in one.data or not one.data.isascii())
    )


def told(marc: object) -> str:
    return normalize("NFC", json.dumps(marc, ensure_ascii=False))


def outcome(data: bytes, right: str, encoding: str) -> str:
    parsed = parsed_of(SentRecord("marc21", data), encoding=encoding)
    if parsed.marc is None:
        assert parsed.reason == "bad_encoding"
        return "aside"
    return "right" if told(parsed.marc) == right else "wrong"


@pytest.mark.parametrize("encoding", ["", *ENCODINGS])
def test_a_server_in_utf_8_is_read_rightly_whatever_was_said(encoding: str) -> None:
    found = Counter(outcome(data, right, encoding) for data, right in real("bib.utf8.mrc.gz", step=8))
    assert found["right"] > 100
    assert set(found) == {"right"}


def test_what_proves_itself_is_never_read_in_wrong_letters() -> None:
    """Records of MARC-8, and of Windows 1251 and KOI-8, where nothing, UTF-8 or MARC-8 was said."""
    for encoding in ("", "utf-8", "marc-8"):
        found = Counter(outcome(*one, encoding) for one in real("bib.nonutf8.mrc.gz") + real("unimarc.iso2709.mrc.gz"))
        assert not found["wrong"], encoding
        assert found["right"] > 150, encoding
    assert not Counter(outcome(*one, "marc-8") for one in real("bib.nonutf8.mrc.gz"))["aside"]


@pytest.mark.parametrize("encoding", CYRILLIC)
def test_marc_8_where_a_cyrillic_set_was_said_is_set_aside(encoding: str) -> None:
    found = Counter(outcome(*one, encoding) for one in real("bib.nonutf8.mrc.gz"))
    assert found["aside"] > 1000
    assert found["right"] > 100, "those with escape sequences, or in UTF-8"
    assert found["wrong"] <= 40, "of 1,269: short ones with a single letter"


def test_a_cyrillic_set_where_another_one_was_said_is_set_aside() -> None:
    for encoding in ("cp1254", "cp1252", "latin-1"):
        found = Counter(outcome(*one, encoding) for one in real("unimarc.iso2709.mrc.gz"))
        assert (found["wrong"], found["aside"]) == (0, 113)
    wrong = 0
    for _, right in real("unimarc.iso2709.mrc.gz"):
        body = json.dumps(json.loads(right)["fields"], ensure_ascii=False)
        text = "".join(letter for letter in body if letter.isascii() or "\u0410" <= letter <= "\u044f")
        for own in CYRILLIC:
            assert not in_wrong_letters(text.encode(own).decode(own)), "read as it is"
            for other in CYRILLIC:
                if other != own and not text.isascii():
                    wrong += not in_wrong_letters(text.encode(own).decode(other, errors="replace"))
    assert wrong < 60, "of 1,200: those without a capital"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1254", "Şıxlı, İsmayıl. Dəli Kür : roman / Çağdaş Türk edebiyatı üzerine çözümlemeler"),
        ("cp1252", "Études réunies à l'été : œuvres complètes, été, où, ça, naïf, Übergröße"),
        ("cp1251", "Молла Насреддин. — Баку : Язычы, 1983. — 150 с., № 7, ISBN 5-06, серия IBM PC"),
        ("koi8-r", "ИСТОРИЯ КПСС и Linux для всех; том II"),
        ("cp866", "Баку, 1961 (т. 2): Azərbaycan".replace("ə", "e")),
    ],
)
def test_right_letters_are_no_wrong_ones(encoding: str, text: str) -> None:
    assert not in_wrong_letters(text.encode(encoding, errors="ignore").decode(encoding))
