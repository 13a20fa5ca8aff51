"""Copies in bibliographic records: Koha's 952, or MARC 21 852 with 876–878 (MARC 21 Format for Holdings Data)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kitabxana.catalogue.rules import Field, canonical, digest_of, pick
from kitabxana.holdings.facts import NewItem
from kitabxana.holdings.rules import SCHEMES
from kitabxana.kernel.money import parse_minor
from kitabxana.language import shelf_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitabxana.catalogue.facts import MarcJson
    from kitabxana.exchange.facts import Profile

ITEM_TAGS = {"952": ("952",), "852": ("852", "876", "877", "878")}
_LOST_KINDS = {"1": "lost", "2": "long_overdue", "3": "lost_paid", "4": "missing"}
"""Koha's usual values of LOST; any other value but 0 is kept as "lost"."""
_SCHEMES = {"ddc": "ddc", "lcc": "lc", "udc": "udc", "cutter": "cutter", "0": "lc", "1": "ddc"}
_SOURCES = {
    "purchase": ("purchase", "buy", "alış", "satınalma", "satın alma", "покупка"),
    "gift": ("gift", "donation", "hədiyyə", "bağış", "дар"),
    "exchange": ("exchange", "mübadilə", "değişim", "обмен"),
    "legal_deposit": ("legal deposit", "legal_deposit", "məcburi nüsxə", "derleme", "обязательный экземпляр"),
}
"""How a copy came, as 952 $e is written in the libraries' languages; other words are a seller's or giver's name."""


def split_items(marc: MarcJson, profile: Profile) -> tuple[MarcJson, tuple[NewItem, ...]]:
    """The record without the fields that describe copies, and these copies."""
    tags = ITEM_TAGS[profile.items]
    kept, taken = [], []
    for entry in marc["fields"]:
        tag, content = next(iter(entry.items()))
        if tag in tags and isinstance(content, dict) and (tag != "952" or _is_koha_item(content)):
            taken.append((tag, content))
        else:
            kept.append(entry)
    if not taken:
        return marc, ()
    made = _READERS[profile.items](taken, profile)
    return {**marc, "fields": kept}, tuple(made)


def _is_koha_item(field: Field) -> bool:
    """Other systems use 952 for other things: Koha's has a barcode, an item number, or home and holding library."""
    codes = {code for pair in field["subfields"] for code in pair}
    return bool(codes & {"p", "9"}) or codes >= {"a", "b"}


def _from_koha(taken: list[tuple[str, Field]], profile: Profile) -> list[NewItem]:
    return [_koha_item(field, profile) for _, field in taken]


def _koha_item(field: Field, profile: Profile) -> NewItem:
    one: dict[str, str] = {}
    for pair in field["subfields"]:
        for code, text in pair.items():
            one.setdefault(code, text.strip())
    home = one.get("a") or one.get("b") or profile.library
    call_number, scheme = one.get("o", "")[:255], _SCHEMES.get(one.get("2", "").lower(), "")
    source, told = _source(one.get("e", ""))
    return NewItem(
        barcode=one.get("p", "")[:60] or None,
        home_unit=home,
        holding_unit=one.get("b") or home,
        item_type=(one.get("y") or profile.item_type)[:10],
        location=one.get("c", "")[:80],
        collection=one.get("8", "")[:80],
        call_number=call_number,
        shelf_key=shelf_key(call_number, scheme or "local")[:255] if call_number else "",
        accession_number=one.get("i", "")[:40],
        copy_number=one.get("t", "")[:40],
        volume=one.get("h", "")[:200],
        note=one.get("z", ""),
        price_minor=parse_minor(one.get("g", "")),
        replacement_minor=parse_minor(one.get("v", "")),
        scheme=scheme if scheme in SCHEMES else "",
        source=source,
        staff_note="\n".join(text for text in (one.get("x", ""), told) if text),
        lost=_lost(one.get("1", "")),
        damaged=_flag(one, "4"),
        withdrawn=_flag(one, "0"),
        not_for_loan=_flag(one, "7"),
        restricted=_flag(one, "5"),
        loans=int(one["l"][:9]) if one.get("l", "").isdecimal() else 0,
        created_at=_day(one.get("d", "")),
        source_digest=digest_of(canonical(field)),
    )


def _from_holdings(taken: list[tuple[str, Field]], profile: Profile) -> list[NewItem]:
    """One copy per 876–878; an 852 that has none of its own (linked by $8, else the first) is a copy itself."""
    places = [field for tag, field in taken if tag == "852"]
    made: list[NewItem] = []
    used: set[int] = set()
    for tag, field in taken:
        if tag == "852":
            continue
        place = _place_of(field, places)
        if place is not None:
            used.add(id(place))
        made.append(_holding_item(place, field, profile))
    made += [_holding_item(place, None, profile) for place in places if id(place) not in used]
    return made


def _place_of(item: Field, places: list[Field]) -> Field | None:
    link = pick(item, "8").partition(".")[0]
    same = (place for place in places if link and pick(place, "8").partition(".")[0] == link)
    return next(same, places[0] if places else None)


def _holding_item(place: Field | None, item: Field | None, profile: Profile) -> NewItem:
    where: Field = place or {"subfields": []}
    own: Field = item or {"subfields": []}
    library = pick(own, "l") or pick(where, "b").partition(" ")[0] or pick(where, "a") or profile.library
    call_number = pick(where, "khijlm")[:255]
    scheme = _SCHEMES.get(where.get("ind1", ""), "")
    barcode = (pick(own, "p") or pick(where, "p")).partition(" ")[0][:60]
    return NewItem(
        barcode=barcode or None,
        home_unit=library,
        holding_unit=library,
        item_type=(pick(own, "h") or profile.item_type)[:10],
        location=pick(where, "c")[:80],
        call_number=call_number,
        shelf_key=shelf_key(call_number, scheme or "local")[:255] if call_number else "",
        scheme=scheme,
        staff_note=pick(own, "x") or pick(where, "x"),
        copy_number=(pick(own, "t") or pick(where, "t"))[:40],
        volume=pick(own, "3")[:200],
        note=(pick(own, "z") or pick(where, "z")),
        price_minor=parse_minor(pick(own, "c")),
        source_digest=digest_of(canonical({"place": place, "item": item})),
    )


def _source(text: str) -> tuple[str, str]:
    """(how the copy came, what is kept as a note): a name that tells no way stands in the note."""
    plain = text.strip().casefold()
    known = next((code for code, words in _SOURCES.items() if plain in words), "")
    return (known, "") if known or not plain or plain == "other" else ("other", text.strip())


def _flag(one: dict[str, str], code: str) -> bool:
    return one.get(code, "") not in ("", "0")


def _lost(text: str) -> str:
    return "" if text in ("", "0") else _LOST_KINDS.get(text, "lost")


def _day(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text[:10]).replace(tzinfo=UTC)
    except ValueError:
        return None


_READERS: dict[str, Callable[[list[tuple[str, Field]], Profile], list[NewItem]]] = {
    "952": _from_koha,
    "852": _from_holdings,
}
