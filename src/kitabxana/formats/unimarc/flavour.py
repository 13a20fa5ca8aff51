"""Which of the MARC formats a record is in, by what it holds: the leaders of all of them look alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from kitabxana.formats.marc import fields, subfields

if TYPE_CHECKING:
    from kitabxana.formats.marc import MarcJson

Flavour = Literal["marc21", "unimarc", "rusmarc", "irbis"]
FLAVOURS: tuple[Flavour, ...] = ("marc21", "unimarc", "rusmarc", "irbis")
_GENERAL = re.compile(r"[0-9 #|]{8}.[0-9 #|u?]{8}")


def flavour_of(marc: MarcJson) -> Literal["marc21", "unimarc"]:
    """UNIMARC (and with it RUSMARC) has its general processing data in 100 $a, 36 places beginning with a date.

    A record with 245, or with 008 and without 200, is MARC 21; without 100 it needs 200 $a and neither 008 nor 245.
    Authority records: 100 $a as well, or 152 beside a heading in 2XX.
    """
    tags = {tag for field in marc["fields"] for tag in field}
    general = [text for field in fields(marc, "100") for text in subfields(field, "a")]
    if "245" in tags:
        return "marc21"
    if any(_GENERAL.match(text) for text in general) and not any(
        subfields(field, "d") for field in fields(marc, "100")
    ):
        return "unimarc"
    return "unimarc" if "200" in tags and "008" not in tags and "001" in tags and not _is_mab(marc) else "marc21"


def is_irbis(marc: MarcJson) -> bool:
    """Whether this is a record of an IRBIS export: no leader, and a worksheet's name or a key of IRBIS's own."""
    tags = {tag for field in marc["fields"] for tag in field}
    return not marc["leader"] and bool(tags & {"920", "903", "907"}) and "001" not in tags


def is_authority(marc: MarcJson) -> bool:
    """Whether a UNIMARC record is one of authorities: leader/06 x, y or z, or a heading with its kind in 152."""
    tags = {tag for field in marc["fields"] for tag in field}
    return marc["leader"][6:7] in ("x", "y", "z") or ("152" in tags and "210" not in tags and "215" not in tags)


def _is_mab(marc: MarcJson) -> bool:
    """MAB, of German libraries until 2013: its leader says so, and 001 has indicators there."""
    return marc["leader"][6:9] == "M2." or any(isinstance(field.get("001"), dict) for field in marc["fields"])
