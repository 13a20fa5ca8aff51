"""Copies for the demonstration's records, written into them as Koha's 952, so that they come in by the real import."""

from __future__ import annotations

import random
from typing import IO, TYPE_CHECKING, Any

from kitabxana.catalogue.rules import clean, derive, material_of, pick
from kitabxana.formats.marc import Unwritable, control, fields, iter_records, to_iso2709

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEED = 1920
OWN_AGENCY = "AZ-BaKX"
CENTRAL = ("GNC-MRK", "SMQ-MRK", "SKI-MRK", "LNK-MRK", "QUB-MRK")
VILLAGE = ("GNC-USQ", "GNC-HCK", "SMQ-2", "SKI-KIS", "LNK-BLD", "QUB-XNL")
TURKISH = ("TR-ANK", "TR-IZM")
_ITEM_TYPES = {"serial": "PER", "score": "MUS", "music": "AV", "video": "AV", "spoken": "AV", "computer": "AV"}
_LOCATIONS = {"PER": "Dövri nəşrlər", "REF": "Oxu zalı", "CH": "Uşaq şöbəsi", "MUS": "Not-musiqi şöbəsi"}
_ONLINE = frozenset({"ebook", "ejournal"})


def write_with_copies(source: Path, target: IO[bytes]) -> int:
    """Write the records of `source` with their copies as ISO 2709; returns how many copies there are.

    Always the same copies for the same records. A record that can't be written so is left without copies.
    Our own come last, so that they are the new arrivals.
    """
    chance = random.Random(SEED)
    number = 0
    records = [parsed.marc for parsed in iter_records(source) if parsed.marc]
    for marc in sorted(records, key=lambda one: control(one, "003") == OWN_AGENCY):
        copies = list(_copies(marc, chance, first=number + 1))
        number += len(copies)
        try:
            target.write(to_iso2709({**marc, "fields": [*marc["fields"], *copies]}))
        except Unwritable:
            target.write(to_iso2709(marc))
    return number


def _copies(marc: dict[str, Any], chance: random.Random, *, first: int) -> Iterator[dict[str, Any]]:
    material = material_of(marc)
    if material in _ONLINE:
        return
    item_type = _item_type(marc, material)
    call_number, scheme = _call_number(marc)
    for at, library in enumerate(_libraries(marc, chance, item_type)):
        barcode = f"9940{first + at:08d}"
        values = {
            "a": library,
            "b": library,
            "c": _LOCATIONS.get(item_type, "Abonement"),
            "d": f"20{chance.randint(15, 25)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
            "g": f"{chance.randint(3, 28)}.{chance.choice(('00', '50'))}",
            "i": f"{chance.randint(1000, 98000)}",
            "o": call_number,
            "p": barcode,
            "t": str(at + 1),
            "y": item_type,
            "2": scheme,
        }
        yield {"952": {"ind1": " ", "ind2": " ", "subfields": [{code: text} for code, text in values.items() if text]}}


def _libraries(marc: dict[str, Any], chance: random.Random, item_type: str) -> list[str]:
    language = control(marc, "008")[35:38]
    if control(marc, "003") == OWN_AGENCY:
        wanted = chance.sample(CENTRAL, chance.randint(1, 3)) + chance.sample(VILLAGE, chance.randint(0, 2))
        return wanted + (chance.sample(TURKISH, 1) if language == "tur" or chance.random() < 0.1 else [])
    if language in ("tur", "ota"):
        return [chance.choice(TURKISH), chance.choice(CENTRAL)]
    if item_type == "CH":
        return ["GNC-USQ", chance.choice(VILLAGE)]
    return [chance.choice(CENTRAL)] + ([chance.choice(VILLAGE)] if chance.random() < 0.25 else [])


def _item_type(marc: dict[str, Any], material: str) -> str:
    fixed = control(marc, "008")
    if material in _ITEM_TYPES:
        return _ITEM_TYPES[material]
    if material == "book" and fixed[22:23] in ("a", "b", "c", "j"):
        return "CH"
    return "REF" if material == "book" and fixed[24:25] in ("d", "e") else "BK"


def _call_number(marc: dict[str, Any]) -> tuple[str, str]:
    """The classification with the first letters of the heading, as our libraries mark their shelves."""
    brief = derive(marc).brief
    mark = clean(str(brief.get("author") or brief.get("title") or ""))[:3].strip()
    for tag, scheme in (("080", "udc"), ("082", "ddc"), ("050", "lcc")):
        for field in fields(marc, tag):
            if number := pick(dict(field), "a").replace("/", ""):
                return f"{number} {mark}".strip(), scheme
    return mark, ""
