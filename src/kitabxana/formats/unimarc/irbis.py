"""What IRBIS exports, as UNIMARC: its fields are near to it, and here is where they differ."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kitabxana.formats.marc import MarcJson, fields, subfield
from kitabxana.formats.unimarc.convert import Converted, to_marc21
from kitabxana.formats.unimarc.pieces import made

if TYPE_CHECKING:
    from kitabxana.formats.marc import DataField
    from kitabxana.formats.unimarc.pieces import Pairs

_ROWS = """
010 010 aa bb dd
101 101 *a
102 102 *a
200 200 aa ee ff gg vh
205 205 aa bf
210 210 aa cc dd
215 215 aa cc dd ee
225 225 aa ee vv ii ff xx
230 230 aa
300 300 *a
314 314 *a
320 320 *a
331 330 *a
337 337 *a ea
461 461 ct ee fo an hd dc gn xx zz vv
463 463 ct jd hv sp
454 454 at ec
510 510 da ee
517 517 aa
541 541 *a
600 600 aa bb cc ff gg 33
606 606 aa bx cx hz gy ex ox 33
607 607 aa bx gx hz
610 610 *a
621 686 *a aa
675 675 *a aa
700 700 aa bb gg cc ff 44 33 pp
701 701 aa bb gg cc ff 44 33 pp
702 702 aa bb gg cc ff 44 33 pp
710 710 aa bb cc 44 33
711 711 aa bb cc 44 33
712 712 aa bb cc 44 33
961 701 aa bb gg cc ff 44 33
962 711 aa bb cc 44 33
964 686 *a
951 856 iu tz af
"""
_SYSTEMS = {"621": "rubbk", "964": "rugasnti"}
_LEVELS = {"PAZK": "am", "SPEC": "am", "ASP": "aa", "NJ": "as", "NJP": "as", "OJ": "as", "J": "as", "AUNTD": "am",
           "PVK": "am", "SOB": "am"}  # fmt: skip
_STATES = {"4": "1", "6": "0"}
"""Status of a copy → Koha's flag: lost, written off."""

_OWN = {"903", "907", "905", "919", "920", "999", "900", "908", "060", "906", "910"}
"""IRBIS's own housekeeping: what is taken from it is said in `irbis_to_marc21`, and none of it describes the work."""


def _row(line: str) -> tuple[str, tuple[str, dict[str, str]]]:
    source, target, *pairs = line.split()
    return source, (target, {pair[0]: pair[1] for pair in pairs})


ROWS = dict(map(_row, _ROWS.strip().splitlines()))


def irbis_to_marc21(marc: MarcJson) -> Converted:
    """One record of an IRBIS export as MARC 21, with what has no place there (see `Converted`).

    903 (the record's key) is 001, 920 (the worksheet) tells book, serial or article, 908 (author mark) goes with the
    class to 084, 919 tells the language of cataloguing, 910 (copies) becomes 952 as Koha's. Raises NotConvertible.
    """
    lost: list[str] = []
    out: list[dict[str, Any]] = []
    for entry in marc["fields"]:
        for tag, given in entry.items():
            if isinstance(given, str):
                out.append({tag: given})
            elif tag in ROWS:
                _rename(tag, given, out, lost)
            elif tag == "910":
                out.append({"952": made("  ", _copy(given, lost))})
            elif tag not in _OWN:
                lost += [f"{tag}${code}" if code != "*" else tag for pair in given["subfields"] for code in pair]
    out.append({"100": made("  ", [("a", _general(marc))])})
    if number := _whole(marc, "903"):
        out.insert(0, {"001": number})
    if marks := _whole(marc, "908"):
        out.append({"686": made("  ", [("a", marks), ("2", "rueskl")])})
    sheet = _LEVELS.get(_whole(marc, "920"), "am")
    converted = to_marc21({"leader": f"00000n{sheet}  2200000   4500", "fields": out})
    return Converted(converted.marc, tuple(dict.fromkeys([*lost, *converted.lost])))


def _rename(tag: str, given: DataField, out: list[dict[str, Any]], lost: list[str]) -> None:
    target, codes = ROWS[tag]
    pairs: Pairs = []
    for pair in given["subfields"]:
        for code, text in pair.items():
            if code in codes:
                pairs.append((codes[code], text))
            elif text.strip():
                lost.append(f"{tag}${code}")
    if tag in _SYSTEMS:
        pairs.append(("2", _SYSTEMS[tag]))
    if pairs:
        ind2 = "1" if target[0] == "7" and any(code == "b" for code, _ in pairs) else " "
        out.append({target: made(f" {ind2}", pairs)})


def _copy(given: DataField, lost: list[str]) -> Pairs:
    """One copy: number in the inventory, barcode or radio label, place, day and price of acquisition, state."""
    inventory, barcode = subfield(given, "b").strip(), subfield(given, "h").strip()
    day = subfield(given, "c").strip()
    flag = _STATES.get(subfield(given, "a").strip(), "")
    pairs = [
        ("p", barcode or inventory),
        ("i", inventory),
        ("c", subfield(given, "d").strip()),
        ("d", f"{day[:4]}-{day[4:6]}-{day[6:8]}" if len(day) == 8 and day.isdigit() else ""),
        ("g", subfield(given, "e").strip()),
        (flag, "1" if flag else ""),
        ("y", "BK"),
    ]
    lost += [
        f"910${code}" for pair in given["subfields"] for code, text in pair.items() if code not in "abhcde" and text
    ]
    return [(code, text) for code, text in pairs if text]


def _general(marc: MarcJson) -> str:
    """100 $a of UNIMARC: the day of the first entry in 907, the year of 210, the language of cataloguing in 919."""
    days = [day for field in fields(marc, "907") if len(day := subfield(field, "a").strip()) == 8 and day.isdigit()]
    years = [found[0] for field in fields(marc, "210") if (found := re.search("[0-9]{4}", subfield(field, "d")))]
    made_at = min(days, default="").ljust(8)
    language = next((subfield(field, "a").strip() for field in fields(marc, "919") if subfield(field, "a")), "")
    kind = "d" if years else " "
    return f"{made_at}{kind}{(years or [''])[0]:4}    {'':3}  {language:3.3}{'':11}".ljust(36)[:36]


def _whole(marc: MarcJson, tag: str) -> str:
    found = fields(marc, tag)
    return subfield(found[0], "*").strip() if found else ""
