"""Parts and their hosts: an article and its journal, a story and its volume, by field 773 (Host Item Entry).

A host is named in 773 $w: "(agency)number" of its 003 and 001, or for one that has none "(KITABXANA)" and its number
here. Where in the host a part stands is 773 $g. Source: MARC 21 Format for Bibliographic Data, 773 and leader/07.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kitabxana.catalogue.rules.fields import clean, control_field, data_fields, pick
from kitabxana.kernel.identifiers import control_number

if TYPE_CHECKING:
    from kitabxana.catalogue.facts import MarcJson
    from kitabxana.catalogue.rules.fields import Field

SCHEME: Final = "host"
"""Identifiers of a part that name its host: value "agency:number"."""

OURS: Final = "KITABXANA"
_NUMBER = re.compile(r"(?:\(([^)]+)\))?\s*(.+)")
_SERIAL = ("b", "i", "s")


def hosts_named(marc: MarcJson) -> list[str]:
    """The hosts that a record says it is part of, as "agency:number"; a bare number is one of its own agency's."""
    own = control_number(control_field(marc, "003"))
    return list(dict.fromkeys(name for field in _entries(marc) for name in _names(field, own)))


def names_of(marc: MarcJson, record_id: int) -> list[str]:
    """How parts may name this record as their host."""
    number, agency = control_number(control_field(marc, "001")), control_number(control_field(marc, "003"))
    return [f"{OURS}:{record_id}", *([f"{agency}:{number}"] if number else [])]


def number_here(name: str) -> int | None:
    """The record that a host's name means by its number here, None for one named by its agency's number."""
    agency, _, number = name.partition(":")
    return int(number) if agency == OURS and number.isascii() and number.isdecimal() and len(number) < 16 else None


def place_in(marc: MarcJson, hosts: list[str]) -> str:
    """Where in one of these hosts the record stands: 773 $g, "" where it does not say."""
    own = control_number(control_field(marc, "003"))
    found = (pick(field, "g") for field in _entries(marc) if set(_names(field, own)) & set(hosts))
    return next((text for text in found if text), "")


def told_hosts(marc: MarcJson) -> list[str]:
    """What the record itself says of its hosts, for readers: title, imprint and place."""
    return [text for field in _entries(marc) if (text := clean(pick(field, "atbdgnp")))]


def part_of(host: MarcJson, record_id: int, *, day: str) -> MarcJson:
    """The outline of a record for a part of this host; `day` is its date of entry (yymmdd)."""
    leader = host["leader"]
    fixed = (control_field(host, "008") or " " * 40).ljust(40)
    level = "b" if leader[7:8] in _SERIAL else "a"
    fields: list[dict[str, Any]] = [
        {"008": f"{day}s{fixed[7:11]}    {fixed[15:35]}{fixed[35:38]}{fixed[38:40]}"},
        {"100": _field("1 ", a="")},
        {"245": _field("10", a="", c="")},
        {"300": _field("  ", a="")},
        {"773": {"ind1": "0", "ind2": " ", "subfields": _entry(host, record_id)}},
    ]
    return {"leader": f"00000n{leader[6:7] or 'a'}{level} a2200000 i 4500", "fields": fields}


def _entry(host: MarcJson, record_id: int) -> list[dict[str, str]]:
    known = dict(reversed(data_fields(host)))  # the first of each tag
    main = next((known[tag] for tag in ("100", "110", "111") if tag in known), None)
    imprint = known.get("264") or known.get("260")
    number, agency = control_field(host, "001").strip(), control_field(host, "003").strip()
    told = {
        "a": clean(pick(main, "abcdq")) if main else "",
        "t": clean(pick(known["245"], "abnp")) if "245" in known else "",
        "d": pick(imprint, "abc") if imprint else "",
        "g": "",
        "x": pick(known["022"], "a") if "022" in known else "",
        "z": pick(known["020"], "a") if "020" in known else "",
        "w": f"({agency}){number}" if number and agency else f"({OURS}){record_id}",
    }
    return [{code: text} for code, text in told.items() if text or code == "g"]


def _field(indicators: str, **subfields: str) -> Field:
    pairs = [{code: text} for code, text in subfields.items()]
    return {"ind1": indicators[0], "ind2": indicators[1], "subfields": pairs}


def _entries(marc: MarcJson) -> list[Field]:
    return [field for tag, field in data_fields(marc) if tag == "773"]


def _names(field: Field, own: str) -> list[str]:
    texts = [pair["w"].strip() for pair in field["subfields"] if pair.get("w", "").strip()]
    found = (_NUMBER.fullmatch(text) for text in texts)
    return [f"{control_number(one[1] or own)}:{control_number(one[2])}"[:60] for one in found if one]
