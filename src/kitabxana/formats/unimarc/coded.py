"""Leader, 008, 041, 044 and 040 of a MARC 21 record, from the leader, the 1XX block and 801 of a UNIMARC one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitabxana.formats.marc import MarcJson, fields, subfield, subfields
from kitabxana.formats.unimarc.table import COUNTRIES

if TYPE_CHECKING:
    from kitabxana.formats.marc import DataField

_TYPES = {"b": "t", "l": "m", "m": "o"}
_LEVELS = {" ": " ", "1": "1", "2": "8", "3": "3"}
_DATE_KINDS = {"a": "c", "b": "d", "c": "u", "d": "s", "e": "r", "f": "q", "g": "m", "h": "t", "i": "p", "j": "e"}
_AUDIENCES = {"a": "j", "b": "a", "c": "b", "d": "c", "e": "d", "k": "e", "m": "g"}
_GOVERNMENT = {"a": "f", "b": "s", "c": "l", "d": "l", "e": "c", "f": "i", "g": "f", "h": "o", "u": "u", "z": "z"}
_PICTURES = {"a": "a", "b": "b", "c": "c", "d": "e", "e": "e", "f": "f", "g": "g", "h": "h", "i": "i", "j": "j",
             "k": "k", "l": "l", "m": "m"}  # fmt: skip
_CONTENTS = {"a": "b", "b": "c", "c": "i", "d": "a", "e": "d", "f": "e", "g": "r", "i": "s", "j": "p", "k": "j",
             "l": "u", "m": "m", "n": "l", "p": "t", "v": "m", "z": "z"}  # fmt: skip
_LITERATURE = {"a": "1", "b": "d", "c": "e", "d": "h", "e": "i", "f": "j", "g": "p", "h": "s", "y": "0", "z": "m"}
_SERIALS = {"a": "p", "b": "m", "c": "n", "e": "l", "f": "d", "g": "w"}
_FREQUENCIES = {"a": "d", "b": "c", "c": "w", "d": "e", "e": "s", "f": "m", "g": "b", "h": "q", "i": "t", "j": "f",
                "k": "a", "l": "g", "m": "h", "n": "i", "o": "j", "u": "u", "z": "z"}  # fmt: skip
_REGULARITY = {"a": "r", "b": "n", "u": "u", "y": "x"}
_FORMS = {"d": "d", "f": "f", "s": "s", "i": "r"}
_LANGUAGE_ROLES = {"a": "a", "b": "k", "c": "h", "d": "b", "e": "f", "f": "f", "h": "e", "i": "g", "j": "j"}
_RULES = {"aacr2": "aacr", "isbd": "isbd", "rda": "rda", "psbo": "psbo", "rcr": "rcr"}

USED = {"100": "a", "101": "abcdefhij", "102": "a", "105": "a", "106": "a", "110": "a", "801": "abg"}
"""What of these fields is carried over, wholly or as far as MARC 21 has a place for it."""


def leader_of(marc: MarcJson) -> str:
    """The leader; its place 18 says that the punctuation of ISBD is left out, as UNIMARC does, place 09 UTF-8."""
    given = marc["leader"].ljust(24)
    status = given[5] if given[5] in "acdnp" else "n"
    kind = _TYPES.get(given[6], given[6]) if given[6].isalpha() else "a"
    level = given[7] if given[7] in "acdims" else "m"
    return f"00000{status}{kind}{level} a2200000{_LEVELS.get(given[17], ' ')}c 4500"


def fixed_field(marc: MarcJson, leader: str) -> str:
    """008, forty characters; what UNIMARC does not tell is a fill character, never a guess."""
    general = _coded(marc, "100").ljust(36)
    entered = general[2:8] if general[:8].isdigit() else "||||||"
    dates = general[9:17].replace("#", " ")
    languages = _languages(marc)
    country = _country(marc)
    middle = _serial(marc) if leader[7] in "is" else _book(marc, general) if leader[6] in "at" else "|" * 17
    kind = _DATE_KINDS.get(general[8], "|")
    main = languages[0] if languages and len(languages[0]) == 3 else "|||"
    return f"{entered}{kind}{dates}{country:3.3}{middle}{main}|{'c' if leader[7] == 's' else '|'}"[:40]


def _book(marc: MarcJson, general: str) -> str:
    """Places 18 to 34 of a text."""
    own = _coded(marc, "105").ljust(13)
    form = _FORMS.get(_coded(marc, "106")[:1], " " if _coded(marc, "106")[:1] == "r" else "|")
    audience = _AUDIENCES.get(general[17], "|")
    if not own.strip():
        return f"||||{audience}{form}||||{_government(general)}||||||"
    pictures = "".join(_PICTURES.get(code, " ") for code in own[:4])
    contents = "".join(_CONTENTS.get(code, " ") for code in own[4:8])
    flags = "".join(code if code in "01" else "|" for code in own[8:11])
    life = own[12] if own[12] in "abcd" else " "
    return f"{pictures}{audience}{form}{contents}{_government(general)}{flags} {_LITERATURE.get(own[11], '|')}{life}"


def _serial(marc: MarcJson) -> str:
    own = _coded(marc, "110").ljust(11)
    frequency, regular = _FREQUENCIES.get(own[1], "|"), _REGULARITY.get(own[2], "|")
    return f"{frequency}{regular}||{_SERIALS.get(own[0], '|')}||||||||||||"[:17]


def _government(general: str) -> str:
    return " " if general[20] == "y" else _GOVERNMENT.get(general[20], "|")


def language_fields(marc: MarcJson) -> list[dict[str, Any]]:
    """041 where there is more to tell than the one language of 008."""
    found = []
    for field in fields(marc, "101"):
        pairs = [
            {_LANGUAGE_ROLES[code]: text.strip().lower()}
            for pair in field["subfields"]
            for code, text in pair.items()
            if code in _LANGUAGE_ROLES and text.strip()
        ]
        if len(pairs) > 1 or (pairs and "a" not in pairs[0]):
            translated = "1" if field["ind1"] in ("1", "2") else "0"
            found.append({"041": {"ind1": translated, "ind2": " ", "subfields": pairs}})
    return found


def country_fields(marc: MarcJson) -> list[dict[str, Any]]:
    """044 where 008 has no room: several countries, or one that MARC's list is not known to have."""
    codes = _countries(marc)
    if len(codes) < 2 and all(code in COUNTRIES for code in codes):
        return []
    return [{"044": {"ind1": " ", "ind2": " ", "subfields": [{"c": code} for code in codes]}}]


def source_field(marc: MarcJson) -> list[dict[str, Any]]:
    """040 from every 801: the original agency, those that transcribed, changed and issued, language and rules."""
    parts: dict[str, list[str]] = {code: [] for code in "abecd"}
    for field in fields(marc, "801"):
        agency = "-".join(text.strip() for text in (subfield(field, "a"), subfield(field, "b")) if text.strip())
        code = {"0": "a", "1": "c", "2": "d", "3": "d"}.get(field["ind2"], "a")
        if agency:
            parts["d" if code != "d" and parts[code] else code].append(agency)
        parts["e"] += [_RULES.get(text.strip().lower(), text.strip()) for text in subfields(field, "g")]
    language = _coded(marc, "100").ljust(36)[22:25].strip(" |#")
    parts["b"] = [language] if len(language) == 3 else []
    pairs = [{code: text} for code, texts in parts.items() for text in dict.fromkeys(texts)]
    return [{"040": {"ind1": " ", "ind2": " ", "subfields": pairs}}] if pairs else []


def _coded(marc: MarcJson, tag: str) -> str:
    found = fields(marc, tag)
    return subfield(found[0], "a") if found else ""


def _values(found: list[DataField]) -> list[str]:
    return [text.strip().lower() for field in found for text in subfields(field, "a") if text.strip()]


def _languages(marc: MarcJson) -> list[str]:
    return _values(fields(marc, "101"))


def _countries(marc: MarcJson) -> list[str]:
    return list(dict.fromkeys(_values(fields(marc, "102"))))


def _country(marc: MarcJson) -> str:
    codes = _countries(marc)
    return COUNTRIES.get(codes[0], "|||").ljust(3) if codes else "|||"
