"""UNIMARC authority records as MARC 21 ones: heading, references, notes and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitabxana.formats.marc import fields, subfield
from kitabxana.formats.unimarc import coded, pieces

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitabxana.formats.marc import DataField, MarcJson

HEADINGS = {"00": "00", "10": "10", "15": "51", "20": "00", "30": "30", "50": "50", "60": "51", "80": "55"}
"""End of a UNIMARC heading's tag → end of the MARC 21 one: 200, 400, 500 and 700 are 100, 400, 500 and 700."""

_BLOCKS = {"2": "1", "4": "4", "5": "5", "7": "7"}
_DIVISIONS = {"j": "v", "x": "x", "y": "z", "z": "y"}
_PLAIN = {"a": "a", "h": "n", "i": "p", "k": "f", "l": "k", "m": "l", "r": "m", "s": "n", "u": "r", "w": "o", "3": "0"}

NOTES: dict[str, tuple[str, str, dict[str, str]]] = {
    "010": ("024", "7 ", {"a": "a"}),
    "033": ("024", "7 ", {"a": "a", "2": "2", "z": "z"}),
    "035": ("035", "  ", {"a": "a", "z": "z"}),
    "101": ("377", "  ", {"a": "a"}),
    "102": ("370", "  ", {"a": "c"}),
    "300": ("680", "  ", {"a": "i"}),
    "305": ("360", "  ", {"a": "i", "b": "a"}),
    "310": ("260", "  ", {"a": "i", "b": "a"}),
    "320": ("666", "  ", {"a": "a"}),
    "330": ("680", "  ", {"a": "i"}),
    "340": ("678", "  ", {"a": "a"}),
    "356": ("680", "  ", {"a": "i"}),
    "675": ("080", "  ", {"a": "a", "v": "2"}),
    "676": ("082", "04", {"a": "a", "v": "2"}),
    "680": ("050", " 4", {"a": "a", "b": "b"}),
    "686": ("084", "  ", {"a": "a", "b": "b", "2": "2"}),
    "810": ("670", "  ", {"a": "a", "b": "b"}),
    "815": ("675", "  ", {"a": "a"}),
    "820": ("667", "  ", {"a": "a"}),
    "825": ("681", "  ", {"a": "i"}),
    "830": ("667", "  ", {"a": "a"}),
    "835": ("682", "  ", {"a": "i", "b": "a", "d": "i"}),
    "856": ("856", "  ", {code: code for code in "abcdfhijklmnopqrstuvwxyz"}),
}
"""Tag, indicators and subfields of the fields that are renamed."""


def authority(marc: MarcJson, add: Callable[[str, str, pieces.Pairs], None], lose: Callable[[str], None]) -> str:
    """Give every field of the record to ``add``, and to ``lose`` what has no place; returns the leader."""
    for entry in marc["fields"]:
        for tag, value in entry.items():
            if isinstance(value, str):
                continue
            end = HEADINGS.get(tag[1:]) if tag[:1] in _BLOCKS else None
            if end:
                used = _heading(tag, end, value, add)
            elif tag in NOTES:
                target, indicators, codes = NOTES[tag]
                pairs = [(codes[code], text) for code, text in pieces.each(value) if code in codes]
                add(target, indicators, [*pairs, *([("2", "isni")] if tag == "010" else [])] if pairs else [])
                used = set(codes)
            else:
                used = {"100": {"a"}, "152": {"a", "b"}, "801": set("abg")}.get(tag, set())
            for code, text in pieces.each(value):
                if code not in used and text:
                    lose(f"{tag}${code}")
    return f"00000{_status(marc)}z  a2200000n  4500"


def _heading(tag: str, end: str, given: DataField, add: Callable[[str, str, pieces.Pairs], None]) -> set[str]:
    if end == "00":
        pairs, used = pieces.person(given)
        ind1 = "3" if tag[1:] == "20" else "0" if given["ind2"] == "0" else "1"
    elif end == "10":
        pairs, used = pieces.body(given)
        end, ind1 = ("11" if given["ind1"] == "1" else "10"), "2"
    else:
        pairs, used = [(_PLAIN[code], text) for code, text in pieces.each(given) if code in _PLAIN], set(_PLAIN)
        ind1 = " "
    own = {code for code in _DIVISIONS if code not in used or end not in {"00", "10", "11"}}
    pairs += [(_DIVISIONS[code], text) for code, text in pieces.each(given) if code in own]
    add(_BLOCKS[tag[0]] + end, f"{ind1}{'0' if end == '30' else ' '}", pairs)
    return used | own


def _status(marc: MarcJson) -> str:
    given = marc["leader"].ljust(24)[5]
    return given if given in "acdnosx" else "n"


def fixed_field(marc: MarcJson) -> str:
    """008 of an authority record: the day of entry, an established heading; all else is not told."""
    found = fields(marc, "100")
    general = subfield(found[0], "a").strip() if found else ""
    entered = general[2:8] if general[:8].isdigit() and len(general) >= 8 else "||||||"
    return f"{entered}|||a{'|' * 30}"


def source_field(marc: MarcJson) -> list[dict[str, Any]]:
    """040 as of a bibliographic record, with the rules and the subject system of 152."""
    made = coded.source_field(marc)
    rules = [
        (("e", "f")[code == "b"], text.strip().lower())
        for field in fields(marc, "152")
        for code, text in pieces.each(field)
        if code in "ab" and text
    ]
    if not rules:
        return made
    pairs = made[0]["040"]["subfields"] if made else []
    return [{"040": {"ind1": " ", "ind2": " ", "subfields": [*pairs, *({code: text} for code, text in rules)]}}]
