"""Other systems' records as MARC 21: UNIMARC, RUSMARC, and what IRBIS exports."""

from __future__ import annotations

from kitabxana.formats.unimarc.convert import Converted, NotConvertible, to_marc21
from kitabxana.formats.unimarc.flavour import FLAVOURS, Flavour, flavour_of, is_authority, is_irbis
from kitabxana.formats.unimarc.irbis import irbis_to_marc21

__all__ = [
    "FLAVOURS",
    "Converted",
    "Flavour",
    "NotConvertible",
    "flavour_of",
    "irbis_to_marc21",
    "is_authority",
    "is_irbis",
    "to_marc21",
]
