"""Two descriptions of one book made one: what the record that stays takes over, and where it comes to stand.

A field and its original script (880, linked by $6) are taken together and get a number of their own. Tags: MARC 21
Format for Bibliographic Data.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kitabxana.catalogue.rules.fields import control_field, linked_tag, pick
from kitabxana.language import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kitabxana.catalogue.facts import MarcJson

Entry = tuple[str, Any]
"""(tag, content) of one field, as in MARC-in-JSON."""

_NUMBERS: Final = frozenset({"015", "016", "020", "022", "024", "027", "028", "035"})
_ACCESS: Final = frozenset(
    {"246", "600", "610", "611", "630", "647", "648", "650", "651", "653", "655", "700", "710", "711", "730", "856"}
)
_NEVER: Final = frozenset({"040", "042", "245", "880", "886"})
"""What a record says of itself, and what stands once and is no addition."""

_INSTEAD: Final = {"260": "264", "264": "260", "082": "083", "440": "490"}
"""Tags that tell the same in another way."""

_AROUND: Final = frozenset("01256789")
"""Subfields that do not make two fields different: links, numbers of headings, materials and institutions."""

_PUNCTUATION: Final = re.compile(r"[^\w ]+")
_LINK: Final = re.compile(r"(\d{3}|880)-(\d\d)")


def entries(marc: MarcJson) -> list[Entry]:
    """The fields in their order: a field is known by its place in this list."""
    return [(tag, content) for entry in marc["fields"] for tag, content in entry.items()]


def choosable(marc: MarcJson) -> list[int]:
    """The places of the fields that one can take or leave: neither control fields nor the 880 of another field."""
    return [at for at, (tag, content) in enumerate(entries(marc)) if isinstance(content, dict) and tag != "880"]


def same_key(entry: Entry) -> str:
    """What two fields share that say the same: tag and folded words; for an ISBN its digits alone."""
    tag, content = entry
    if tag in ("020", "022"):
        number = re.sub(r"[^0-9Xx]", "", pick(content, "a").split("(")[0]) or pick(content, "z")
        return f"{tag} {number[3:-1] if len(number) == 13 else number[:-1]}"
    said = " ".join(fold(text) for pair in content["subfields"] for code, text in pair.items() if code not in _AROUND)
    plain = " ".join(_PUNCTUATION.sub(" ", said).split())
    return f"{tag} {plain}" if tag not in ("100", "700") else f"x00 {' '.join(plain.split()[:3])}"


def proposed(keep: MarcJson, gone: MarcJson) -> frozenset[int]:
    """The places in `gone` of what the record that stays should take: numbers and headings that it has not, and
    whatever it says nothing of."""
    own = entries(keep)
    tags = {tag for tag, _ in own}
    keys = {same_key(entry) for entry in own if isinstance(entry[1], dict)}
    found = []
    theirs = entries(gone)
    for at in choosable(gone):
        tag = theirs[at][0]
        if tag in _NEVER or tag[0] in "19":
            continue
        if tag in _NUMBERS or tag in _ACCESS:
            wanted = same_key(theirs[at]) not in keys
        else:
            wanted = tag not in tags and _INSTEAD.get(tag, "") not in tags
        if wanted:
            found.append(at)
            keys.add(same_key(theirs[at]))
    return frozenset(found)


def merged(keep: MarcJson, others: Sequence[tuple[MarcJson, Iterable[int]]], *, leave: Iterable[int] = ()) -> MarcJson:
    """`keep` without the fields at `leave`, with those that are taken of each other record, after its own of the tag.

    Each other record's number goes into 035, so that it is known by it (MARC 21, 035 $a).
    """
    left = set(leave)
    own = _without(entries(keep), left)
    for gone, take in others:
        theirs = entries(gone)
        wanted = [theirs[at] for at in sorted(set(take) & set(choosable(gone)))]
        if number := _system_number(gone):
            wanted.append(("035", {"ind1": " ", "ind2": " ", "subfields": [{"a": number}]}))
        keys = {same_key(entry) for entry in own if entry[0] == "035"}
        for entry in wanted:
            if entry[0] == "035" and same_key(entry) in keys:
                continue
            for one in _with_script(entry, theirs, own):
                own.insert(_place(own, one[0]), one)
            keys.add(same_key(entry))
    return {"leader": keep["leader"], "fields": [{tag: content} for tag, content in own]}


def fullness(marc: MarcJson, *, copies: int) -> tuple[int, int, int]:
    """By which of some records is the best to stay: full before brief (leader/17), then fields, then copies."""
    level = marc["leader"][17:18]
    full = 2 if level in (" ", "1", "4") else 1 if level in ("2", "7") else 0
    return full, sum(tag[0] in "0123456789" and tag[0] != "9" for tag, _ in entries(marc)), copies


def _without(own: list[Entry], left: set[int]) -> list[Entry]:
    links = {(own[at][0], _number(own[at])) for at in left if at < len(own) and isinstance(own[at][1], dict)}
    return [
        entry
        for at, entry in enumerate(own)
        if not (at in left and isinstance(entry[1], dict) and entry[0] != "880")
        and not (entry[0] == "880" and (linked_tag(entry[1]), _number(entry)) in links)
    ]


def _number(entry: Entry) -> str:
    """The occurrence number in $6, "" where the field is linked to none."""
    found = _LINK.match(pick(entry[1], "6")) if isinstance(entry[1], dict) else None
    return found[2] if found and found[2] != "00" else ""


def _with_script(entry: Entry, theirs: Sequence[Entry], own: Sequence[Entry]) -> list[Entry]:
    """The field, and its original script with it, under the next number that is free here."""
    number = _number(entry)
    if not number:
        return [entry]
    scripts = [one for one in theirs if one[0] == "880" and _number(one) == number and linked_tag(one[1]) == entry[0]]
    used = {int(one) for one in map(_number, own) if one}
    fresh = f"{max(used, default=0) + 1:02d}"
    return [_relinked(one, fresh if scripts else "00") for one in (entry, *scripts)]


def _relinked(entry: Entry, number: str) -> Entry:
    tag, content = entry
    pairs = [
        {code: _LINK.sub(rf"\1-{number}", text, count=1) if code == "6" else text}
        for pair in content["subfields"]
        for code, text in pair.items()
        if not (code == "6" and number == "00" and tag != "880")
    ]
    return tag, {**content, "subfields": pairs}


def _place(own: Sequence[Entry], tag: str) -> int:
    """Behind the last field whose tag is not higher; records keep their own order otherwise."""
    return next((at + 1 for at in range(len(own) - 1, -1, -1) if own[at][0] <= tag), 0)


def _system_number(marc: MarcJson) -> str:
    number, agency = control_field(marc, "001").strip(), control_field(marc, "003").strip()
    return f"({agency}){number}" if number and agency else ""
