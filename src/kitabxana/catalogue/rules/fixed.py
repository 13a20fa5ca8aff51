"""The fixed-length fields of MARC 21: leader, 006, 007 and 008, place by place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.catalogue.rules.marc21 import Place, codes, places

if TYPE_CHECKING:
    from collections.abc import Iterator

Doubt = tuple[str, int | None, dict[str, str | int]]
"""(code of the finding, position, params)."""

_FORMS = {
    "a": "book", "t": "book", "c": "music", "d": "music", "i": "music", "j": "music", "e": "map", "f": "map",
    "g": "visual", "k": "visual", "o": "visual", "r": "visual", "m": "computer", "p": "mixed", "s": "serial",
}  # fmt: skip
_LENGTHS_007 = {
    "a": (8,), "c": (6, 14), "d": (6,), "f": (10,), "g": (9,), "h": (13,), "k": (6,), "m": (8, 23), "o": (2,),
    "q": (2,), "r": (11,), "s": (14,), "t": (2,), "v": (9,), "z": (2,),
}  # fmt: skip
_DIGITS = frozenset("0123456789")
_DATE = _DIGITS | frozenset("u ")


def form_of(leader: str) -> str:
    """The form of material whose codes 008/18-34 has: "book", "serial", "map"…, "" for what the leader does not say."""
    if leader[6:7] == "a" and leader[7:8] in ("b", "i", "s"):
        return "serial"
    return _FORMS.get(leader[6:7], "")


def leader_doubts(leader: str, kind: str) -> Iterator[Doubt]:
    """What is wrong in the leader of a "b" (bibliographic) or "a" (authority) record."""
    if len(leader) != 24:
        yield "bad_leader", None, {"length": len(leader)}
    for place in places("LDR", kind):
        yield from _doubts(leader, place, 0, fill=False)


def fixed_doubts(tag: str, text: str, leader: str, kind: str) -> Iterator[Doubt]:
    """What is wrong in one 006, 007 or 008."""
    if tag == "007":
        yield from _in_007(text)
    elif tag == "008":
        yield from _in_008(text, leader, kind)
    elif tag == "006" and kind == "b":
        yield from _in_006(text)


def _in_006(text: str) -> Iterator[Doubt]:
    if len(text) != 18:
        yield "bad_length", None, {"length": len(text), "wanted": "18"}
    elif (form := _FORMS.get(text[0])) is None:
        yield "undefined_code", 0, {"value": text[0]}
    else:
        for place in places("008", form):
            yield from _doubts(text, place, 17)


def _in_007(text: str) -> Iterator[Doubt]:
    lengths = _LENGTHS_007.get(text[:1])
    if lengths is None:
        yield "undefined_code", 0, {"value": text[:1]}
        return
    if len(text) not in lengths:
        yield "bad_length", None, {"length": len(text), "wanted": " / ".join(map(str, lengths))}
    for place in places("007", text[0]):
        if len(text) >= place.end:
            yield from _doubts(text, place, 0)


def _in_008(text: str, leader: str, kind: str) -> Iterator[Doubt]:
    if len(text) != 40:
        yield "bad_length", None, {"length": len(text), "wanted": "40"}
        return
    for place in places("008", kind):
        yield from _doubts(text, place, 0)
    if kind == "b":
        for place in places("008", form_of(leader)):
            yield from _doubts(text, place, 0)


def _doubts(text: str, place: Place, less: int, *, fill: bool = True) -> Iterator[Doubt]:
    """One place of a field in which the places stand `less` further left than their numbers say."""
    start = place.start - less
    value = text[start : place.end - less]
    if place.kind == "each":
        if place.now.issuperset(value):
            return
        for position, sign in enumerate(value, start):
            if sign in place.once:
                yield "obsolete_code", position, {"value": _seen(sign)}
            elif sign not in place.now and not (fill and sign == "|"):
                yield "undefined_code", position, {"value": _seen(sign)}
    elif value not in place.now and not (fill and value.strip("|") == ""):
        yield from _special(value, place, start)


def _special(value: str, place: Place, start: int) -> Iterator[Doubt]:
    shown: dict[str, str | int] = {"value": _seen(value)}
    if place.kind == "@digits":
        good = _DIGITS.issuperset(value)
    elif place.kind == "@date":
        good = _DATE.issuperset(value)
    elif place.kind == "@minutes":
        good = value in ("nnn", "---") or _DIGITS.issuperset(value)
    elif place.kind in ("@language", "@country"):
        now, once = codes(place.kind[1:])
        code = value.rstrip() if place.kind == "@country" else value
        good = code in now or value == "   "
        if code in once:
            yield "obsolete_code", start, shown
            return
    else:
        good = False
    if not good:
        yield "undefined_code", start, shown


def _seen(value: str) -> str:
    return value.replace(" ", "#")
