"""Bib-1's Use attributes: what of them the house looks for, under their numbers and the names zebra knows them by.

Numbers: Bib-1 attribute set, Bath profile 2.0; from 8000 on those that Koha added for copies and codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from kitabxana.search.languages.names import Target


@dataclass(frozen=True, slots=True)
class Use:
    """A Use attribute: its number, its name, and where it looks (any of these; an author's part)."""

    number: int
    name: str
    targets: tuple[Target, ...]
    relator: str = ""


def _uses(targets: str, *listed: tuple[int, str], relator: str = "") -> list[Use]:
    where = cast("tuple[Target, ...]", tuple(targets.split()))
    return [Use(number, name, where, relator) for number, name in listed]


USES: tuple[Use, ...] = (
    *_uses("all", (1016, "Any"), (1017, "Server-choice"), (1035, "Anywhere")),
    *_uses(
        "title", (4, "Title"), (33, "Title-key"), (34, "Title-collective"), (35, "Title-parallel"), (36, "Title-cover"),
        (37, "Title-added-title-page"), (38, "Title-caption"), (39, "Title-running"), (40, "Title-spine"),
        (41, "Title-other-variant"), (42, "Title-former"), (43, "Title-abbreviated"), (44, "Title-expanded"),
        (1082, "Title-translated"), (1096, "Title-later"),
    ),
    *_uses("series", (5, "Title-series")),
    *_uses("uniform_title", (6, "Title-uniform")),
    *_uses(
        "author", (1, "Personal-name"), (2, "Corporate-name"), (3, "Conference-name"), (1003, "Author"),
        (1004, "Author-name-personal"), (1005, "Author-name-corporate"), (1006, "Author-name-conference"),
    ),
    *_uses("author", (1020, "Editor"), relator="edt"),
    *_uses("author", (1185, "Performer"), relator="prf"),
    *_uses("author title", (1000, "Author-title")),
    *_uses("author title subject", (1036, "Author-Title-Subject")),
    *_uses("author subject", (1002, "Name")),
    *_uses(
        "subject", (21, "Subject"), (22, "Subject-Rameau"), (23, "BDI-index-subject"), (24, "INSPEC-subject"),
        (25, "MESH-subject"), (26, "PA-subject"), (27, "LC-subject-heading"), (28, "RVM-subject-heading"),
        (29, "Local-subject-index"), (45, "Subject-precis"), (46, "Subject-rswk"), (47, "Subject-subdivision"),
        (58, "Name-geographic"), (1008, "Subject-LC-childrens"), (1009, "Subject-name-personal"),
        (1073, "Subject-name-conference"), (1074, "Subject-name-corporate"), (1076, "Subject-name-geographical"),
        (1077, "Subject-chronological"), (1078, "Subject-title"), (1079, "Subject-topical"),
        (1080, "Subject-uncontrolled"),
    ),
    *_uses("genre", (1075, "Subject-genre-form")),
    *_uses("publisher", (1018, "Publisher")),
    *_uses("place", (59, "Place-publication")),
    *_uses("notes contents", (62, "Abstract"), (63, "Note")),
    *_uses("year", (30, "copydate"), (31, "pubdate")),
    *_uses("added", (32, "Date-of-acquisition"), (1011, "date-entered-on-file")),
    *_uses("language", (54, "ln")),
    *_uses("original_language", (1095, "Code-language-original")),
    *_uses("material", (1031, "Material-type")),
    *_uses("audience", (8822, "ta")),
    *_uses(
        "library", (56, "Code-institution"), (1044, "Possessing-institution"), (8011, "homebranch"),
        (8012, "holdingbranch"),
    ),
    *_uses("isbn", (7, "ISBN")),
    *_uses("issn", (8, "ISSN")),
    *_uses(
        "number", (9, "LC-card-number"), (10, "BNB-card-number"), (11, "BGF-number"), (48, "Number-natl-biblio"),
        (49, "Number-legal-deposit"), (50, "Number-govt-pub"), (51, "Music-number"), (52, "Number-db"), (60, "CODEN"),
        (1007, "Identifier-standard"), (1027, "Report-number"), (1091, "Identifier-ISRC"), (1092, "Identifier-ISMN"),
        (1093, "Identifier-ISRN"), (1094, "Identifier-DOI"), (1211, "OCLC-Number"), (1214, "EAN"),
        (9012, "Identifier-other"),
    ),
    *_uses("number barcode", (1028, "Stock-number")),
    *_uses("barcode", (8023, "barcode")),
    *_uses("control_number", (12, "Local-number"), (1045, "Record-control-number"), (9001, "Control-number")),
    *_uses(
        "call_number", (13, "Dewey-classification"), (14, "UDC-classification"), (15, "Bliss-classification"),
        (16, "LC-call-number"), (17, "NLM-call-number"), (18, "NAL-call-number"), (19, "MOS-call-number"),
        (20, "Local-classification"), (53, "Number-local-call"), (8022, "Koha-call-number"), (9990, "Call-Number"),
    ),
)  # fmt: skip

BY_NUMBER = {use.number: use for use in USES}
BY_NAME = {use.name.lower(): use for use in USES}


def use_of(value: int | str) -> Use | None:
    """The Use attribute with this number or name; None when the house does not look for it."""
    return BY_NUMBER.get(value) if isinstance(value, int) else BY_NAME.get(value.lower())
