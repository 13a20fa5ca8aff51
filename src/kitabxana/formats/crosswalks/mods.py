"""MODS 3.8 from MARC 21, after the mapping the Library of Congress publishes for it (MARC to MODS 3.x)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from lxml import etree

from kitabxana.formats.crosswalks.mods_tables import (
    CLASSIFICATIONS,
    GENRES,
    IDENTIFIERS,
    ISSUANCE,
    NOTES,
    RELATED,
    RESOURCE_TYPES,
    STANDARD_NUMBERS,
    SUBJECT_SOURCES,
)
from kitabxana.formats.marc import DataField, MarcJson, Unwritable, control, subfield, subfields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAMESPACE = "http://www.loc.gov/mods/v3"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_SCHEMA = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
_WHERE = f"{NAMESPACE} http://www.loc.gov/standards/mods/v3/mods-3-8.xsd"
_PREFIXES = cast("dict[str, str]", {None: NAMESPACE, "xlink": "http://www.w3.org/1999/xlink"})
_NAMES = {"00": "personal", "10": "corporate", "11": "conference"}
_ENDS = " /:;,="


class _Placed(NamedTuple):
    """A field under the tag it speaks for (an 880 under that of its twin), and the number that links the two."""

    tag: str
    field: DataField
    group: str


def to_mods(marc: MarcJson) -> bytes:
    """One ``<mods>`` element in UTF-8, version 3.8, without XML declaration.

    The same text in another script (880) stands beside its twin with the same ``altRepGroup``. Raises Unwritable for
    characters XML does not have.
    """
    root = etree.Element(f"{{{NAMESPACE}}}mods", nsmap=_PREFIXES)
    root.set("version", "3.8")
    root.set(_SCHEMA, _WHERE)
    placed = list(_placed(marc))
    try:
        for part in _PARTS:
            part(root, marc, placed)
    except ValueError as error:
        raise Unwritable("", str(error)) from error
    return etree.tostring(root, encoding="utf-8")


def _placed(marc: MarcJson) -> Iterator[_Placed]:
    for entry in marc["fields"]:
        for tag, field in entry.items():
            if isinstance(field, str):
                continue
            link = subfield(field, "6")
            group = link[4:6] if link[3:4] == "-" and link[4:6] != "00" else ""
            yield _Placed(link[:3] if tag == "880" and link[3:4] == "-" else tag, field, group)


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    """A child element; attributes without a value are left out, one called ``kind`` is MODS' ``type``."""
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    for key, value in attributes.items():
        if value:
            child.set("type" if key == "kind" else key, value)
    if text:
        child.text = text
    return child


def _join(field: DataField, codes: str, separator: str = " ") -> str:
    return separator.join(text.strip() for text in subfields(field, codes)).strip()


def _bare(text: str) -> str:
    """Without the punctuation ISBD puts before the next element."""
    return text.rstrip(_ENDS).strip()


# Titles

_TITLE_KINDS = {"210": "abbreviated", "130": "uniform", "240": "uniform", "242": "translated", "246": "alternative"}


def _titles(root: etree._Element, _: MarcJson, placed: list[_Placed]) -> None:
    for tag, field, group in placed:
        if tag in {"245", *_TITLE_KINDS}:
            title = _add(root, "titleInfo", kind=_TITLE_KINDS.get(tag, ""), altRepGroup=group)
            _title(
                title, field, articles=field["ind1"] if tag == "130" else field["ind2"] if tag in "245 240 242" else ""
            )


def _title(parent: etree._Element, field: DataField, *, articles: str = "") -> None:
    whole = _join(field, "a") or _join(field, "t") or _join(field, "kfgs")
    skip = int(articles) if articles.isdecimal() and int(articles) < len(whole) else 0
    if skip:
        _add(parent, "nonSort", whole[:skip])
    _add(parent, "title", _bare(whole[skip:]))
    for code, name in (("b", "subTitle"), ("n", "partNumber"), ("p", "partName")):
        if text := _bare(_join(field, code)):
            _add(parent, name, text)


# Names


def _names(root: etree._Element, _: MarcJson, placed: list[_Placed]) -> None:
    for tag, field, group in placed:
        if tag[:1] in ("1", "7") and tag[1:] in _NAMES and not subfield(field, "t"):
            _name(root, tag, field, group=group, usage="primary" if tag[0] == "1" else "")
        elif tag == "720":
            name = _add(root, "name", kind="personal" if field["ind1"] == "1" else "", altRepGroup=group)
            _add(name, "namePart", _bare(_join(field, "a")))
            _roles(name, field, "e", "4")


def _name(parent: etree._Element, tag: str, field: DataField, *, group: str = "", usage: str = "") -> None:
    kind = _NAMES[tag[1:]]
    given = kind == "personal" and field["ind1"] == "3"
    name = _add(parent, "name", kind="family" if given else kind, altRepGroup=group, usage=usage)
    if uris := [uri for uri in subfields(field, "01") if uri.startswith("http")]:
        name.set("valueURI", uris[0])
    if kind == "personal":
        _add(name, "namePart", _bare(_join(field, "aq")))
        for code, part in (("b", "termsOfAddress"), ("c", "termsOfAddress"), ("d", "date")):
            if text := _bare(_join(field, code)):
                _add(name, "namePart", text, kind=part)
    else:
        for text in subfields(field, "ab" if kind == "corporate" else "acdenq"):
            _add(name, "namePart", _bare(text))
    for text in subfields(field, "u"):
        _add(name, "affiliation", text)
    _roles(name, field, "e" if kind != "conference" else "j", "4")


def _roles(name: etree._Element, field: DataField, terms: str, codes: str) -> None:
    for text in subfields(field, terms):
        _add(_add(name, "role"), "roleTerm", _bare(text).rstrip("."), kind="text")
    for text in subfields(field, codes):
        code = text.rpartition("/")[2].strip(" .")
        _add(_add(name, "role"), "roleTerm", code, kind="code", authority="marcrelator")


# Kind and genre


def _kinds(root: etree._Element, marc: MarcJson, placed: list[_Placed]) -> None:
    leader, fixed = marc["leader"].ljust(24), control(marc, "008").ljust(40)
    kind = _add(root, "typeOfResource", RESOURCE_TYPES.get(leader[6], "mixed material"))
    if leader[7] in "cd":
        kind.set("collection", "yes")
    if leader[6] in "dft":
        kind.set("manuscript", "yes")
    if leader[6] in "at" and leader[7] in "acdm" and fixed[33] in GENRES:
        _add(root, "genre", GENRES[fixed[33]], authority="marcgt")
    for tag, field, group in placed:
        if tag == "655":
            source = SUBJECT_SOURCES.get(field["ind2"]) or subfield(field, "2")
            _add(root, "genre", _bare(_join(field, "avxyz", "--")), authority=source, altRepGroup=group)


# Origin

_EVENTS = {"0": "production", "1": "publication", "2": "distribution", "3": "manufacture", "4": "copyright"}
_DATES = {"production": "dateCreated", "copyright": "copyrightDate"}


def _origins(root: etree._Element, marc: MarcJson, placed: list[_Placed]) -> None:
    for tag, field, group in placed:
        if tag in {"260", "264"}:
            event = _EVENTS.get(field["ind2"], "publication") if tag == "264" else "publication"
            origin = _add(root, "originInfo", eventType=event, altRepGroup=group)
            for place in subfields(field, "a"):
                _add(_add(origin, "place"), "placeTerm", _bare(place), kind="text")
            for publisher in subfields(field, "b"):
                _add(origin, "publisher", _bare(publisher))
            for date in subfields(field, "c"):
                _add(origin, _DATES.get(event, "dateIssued"), _bare(date))
    _coded_origin(root, marc, placed)


def _coded_origin(root: etree._Element, marc: MarcJson, placed: list[_Placed]) -> None:
    leader, fixed = marc["leader"].ljust(24), control(marc, "008").ljust(40)
    origin = etree.Element(f"{{{NAMESPACE}}}originInfo")
    if country := fixed[15:18].strip(" |"):
        _add(_add(origin, "place"), "placeTerm", country, kind="code", authority="marccountry")
    first, second = fixed[7:11], fixed[11:15]
    two = fixed[6] in "cdikmqu"
    if first.strip(" |"):
        _add(origin, "dateIssued", first, encoding="marc", point="start" if two and second.strip(" |") else "")
        if two and second.strip(" |"):
            _add(origin, "dateIssued", second, encoding="marc", point="end")
    for tag, field, _ in placed:
        if tag == "250":
            _add(origin, "edition", _bare(_join(field, "ab")))
        elif tag in {"310", "321"}:
            _add(origin, "frequency", _bare(_join(field, "ab")))
    if leader[7] in ISSUANCE:
        _add(origin, "issuance", ISSUANCE[leader[7]])
    if len(origin):
        root.append(origin)


# Language, form, contents


def _languages(root: etree._Element, marc: MarcJson, placed: list[_Placed]) -> None:
    codes = [control(marc, "008")[35:38].strip(" |")]
    for tag, field, _ in placed:
        if tag == "041" and not subfield(field, "2"):
            for text in subfields(field, "ad"):
                codes += [text[at : at + 3] for at in range(0, len(text), 3)] if len(text) % 3 == 0 else [text]
    for code in dict.fromkeys(filter(None, codes)):
        _add(_add(root, "language"), "languageTerm", code, kind="code", authority="iso639-2b")


def _physical(root: etree._Element, _: MarcJson, placed: list[_Placed]) -> None:
    for tag, field, group in placed:
        if tag == "300":
            form = _add(root, "physicalDescription", altRepGroup=group)
            _add(form, "extent", _join(field, "abcefg"))
        elif tag in {"336", "337", "338"}:
            authority = subfield(field, "2") or {"336": "rdacontent", "337": "rdamedia", "338": "rdacarrier"}[tag]
            for term in subfields(field, "a"):
                if tag == "336":
                    _add(root, "genre", term, authority=authority)
                else:
                    kind = "media" if tag == "337" else "carrier"
                    _add(_add(root, "physicalDescription"), "form", term, authority=authority, kind=kind)


_TEXTS = {"520": ("abstract", "ab"), "505": ("tableOfContents", "agrt"), "521": ("targetAudience", "ab"),
          "506": ("accessCondition", "abcde"), "540": ("accessCondition", "abcd")}  # fmt: skip
_ACCESS = {"506": "restriction on access", "540": "use and reproduction"}


def _texts(root: etree._Element, _: MarcJson, placed: list[_Placed]) -> None:
    for tag, field, group in placed:
        if tag in _TEXTS:
            name, codes = _TEXTS[tag]
            _add(root, name, _join(field, codes), kind=_ACCESS.get(tag, ""), altRepGroup=group)
        elif tag in NOTES or (tag[:1] == "5" and not tag.startswith("59")):
            kind = NOTES.get(tag, "")
            text = " ".join(
                t.strip() for pair in field["subfields"] for c, t in pair.items() if c.isalpha() and c not in "uw"
            )
            _add(root, "note", text, kind=kind, altRepGroup=group)
        elif tag == "245" and (said := _join(field, "c")):
            _add(root, "note", said, kind="statement of responsibility", altRepGroup=group)


# Subjects and classes

_SUBJECT_PARTS = {"v": "genre", "x": "topic", "y": "temporal", "z": "geographic"}
_SUBJECT_HEADS = {"648": "temporal", "650": "topic", "651": "geographic", "653": "topic", "656": "occupation"}


def _subjects(root: etree._Element, _: MarcJson, placed: list[_Placed]) -> None:
    for tag, field, group in placed:
        named = tag[:1] == "6" and tag[1:] in _NAMES
        if not named and tag not in _SUBJECT_HEADS and tag != "630":
            continue
        source = SUBJECT_SOURCES.get(field["ind2"], "") if tag != "653" else ""
        subject = _add(root, "subject", authority=source or subfield(field, "2"), altRepGroup=group)
        if named:
            _name(subject, tag, field)
            if subfield(field, "t"):
                _add(_add(subject, "titleInfo"), "title", _bare(_join(field, "t")))
        elif tag == "630":
            _title(_add(subject, "titleInfo"), field)
        else:
            for text in subfields(field, "ab"):
                _add(subject, _SUBJECT_HEADS[tag], _bare(text).rstrip("."))
        for pair in field["subfields"]:
            for code, text in pair.items():
                if code in _SUBJECT_PARTS:
                    _add(subject, _SUBJECT_PARTS[code], _bare(text).rstrip("."))


def _classes(root: etree._Element, _: MarcJson, placed: list[_Placed]) -> None:
    for tag, field, _group in placed:
        if tag in CLASSIFICATIONS:
            edition = subfield(field, "2")
            authority = CLASSIFICATIONS[tag] or edition
            for text in subfields(field, "a"):
                rest = _join(field, "b") if tag in {"050", "060"} else ""
                number = f"{text} {rest}".strip()
                _add(
                    root, "classification", number, authority=authority, edition=edition if CLASSIFICATIONS[tag] else ""
                )


# Relations, numbers, places


def _related(root: etree._Element, _: MarcJson, placed: list[_Placed]) -> None:
    traced = any(tag in {"800", "810", "811", "830"} for tag, _, _ in placed)
    for tag, field, group in placed:
        if tag in RELATED:
            _linked(_add(root, "relatedItem", kind=RELATED[tag]), field)
        elif tag in {"800", "810", "811", "830"} or (tag in {"440", "490"} and not (traced and field["ind1"] == "1")):
            series = _add(root, "relatedItem", kind="series")
            title = _add(series, "titleInfo", altRepGroup=group)
            _add(title, "title", _bare(_join(field, "t") or _join(field, "a")))
            if volume := _join(field, "v"):
                _add(title, "partNumber", volume)
            if tag[1:] in _NAMES:
                _name(series, tag, field)
        elif tag[:1] == "7" and tag[1:] in {*_NAMES, "30"} and (subfield(field, "t") or tag == "730"):
            item = _add(root, "relatedItem", kind="constituent" if field["ind2"] == "2" else "")
            _add(_add(item, "titleInfo"), "title", _bare(_join(field, "t") or _join(field, "a")))
            if tag != "730":
                _name(item, tag, field)


def _linked(item: etree._Element, field: DataField) -> None:
    """A linking entry, 760 to 787."""
    if title := _bare(_join(field, "t") or _join(field, "s")):
        _add(_add(item, "titleInfo"), "title", title)
    if author := _bare(_join(field, "a")):
        _add(_add(item, "name"), "namePart", author)
    if origin := _join(field, "d"):
        _add(_add(item, "originInfo"), "publisher", origin)
    if part := _join(field, "g"):
        _add(_add(item, "part"), "text", part)
    for code, kind in (("x", "issn"), ("z", "isbn"), ("w", "local")):
        for text in subfields(field, code):
            _add(item, "identifier", text, kind=kind)


def _identifiers(root: etree._Element, _: MarcJson, placed: list[_Placed]) -> None:
    for tag, field, _group in placed:
        kind = IDENTIFIERS.get(tag, "")
        if tag == "024":
            kind = STANDARD_NUMBERS.get(field["ind1"]) or subfield(field, "2") or "local"
        if not kind:
            continue
        for code in "az":
            for text in subfields(field, code):
                number = text.strip().partition(" ")[0] if tag in {"020", "022"} else text.strip()
                identifier = _add(root, "identifier", number, kind=kind)
                if code == "z":
                    identifier.set("invalid", "yes")


def _locations(root: etree._Element, _: MarcJson, placed: list[_Placed]) -> None:
    for tag, field, _group in placed:
        if tag == "852":
            location = _add(root, "location")
            _add(location, "physicalLocation", _join(field, "abce"))
            if shelf := _join(field, "khijlm"):
                _add(location, "shelfLocator", shelf)
        elif tag == "856":
            for address in subfields(field, "u"):
                if field["ind2"] in "0 1":
                    _add(_add(root, "location"), "url", address, displayLabel=_join(field, "yz3"))
                else:
                    item = _add(root, "relatedItem")
                    item.set(_XLINK, address)
                    _add(_add(item, "location"), "url", address, displayLabel=_join(field, "yz3"))


def _record(root: etree._Element, marc: MarcJson, placed: list[_Placed]) -> None:
    info = _add(root, "recordInfo")
    for tag, field, _ in placed:
        if tag == "040":
            for text in subfields(field, "a"):
                _add(info, "recordContentSource", text, authority="marcorg")
            for text in subfields(field, "e"):
                _add(info, "descriptionStandard", text)
    if entered := control(marc, "008")[:6].strip(" |"):
        _add(info, "recordCreationDate", entered, encoding="marc")
    if changed := control(marc, "005"):
        _add(info, "recordChangeDate", changed, encoding="iso8601")
    if number := control(marc, "001"):
        _add(info, "recordIdentifier", number, source=control(marc, "003"))


_PARTS: tuple[Callable[[etree._Element, MarcJson, list[_Placed]], None], ...] = (
    _titles, _names, _kinds, _origins, _languages, _physical, _texts, _subjects, _classes, _related, _identifiers,
    _locations, _record,
)  # fmt: skip
