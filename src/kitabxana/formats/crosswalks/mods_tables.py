"""What a MARC 21 tag or code is called in MODS."""

from __future__ import annotations

RESOURCE_TYPES = {
    "a": "text", "c": "notated music", "d": "notated music", "e": "cartographic", "f": "cartographic",
    "g": "moving image", "i": "sound recording-nonmusical", "j": "sound recording-musical", "k": "still image",
    "m": "software, multimedia", "o": "mixed material", "p": "mixed material", "r": "three dimensional object",
    "t": "text",
}  # fmt: skip
"""Leader/06 → typeOfResource."""

ISSUANCE = {"a": "monographic", "b": "continuing", "c": "monographic", "d": "monographic", "i": "integrating resource",
            "m": "monographic", "s": "serial"}  # fmt: skip
"""Leader/07 → issuance."""

GENRES = {"0": "not fiction", "1": "fiction", "d": "drama", "e": "essay", "f": "novel", "h": "humor, satire",
          "i": "letter", "j": "short story", "p": "poetry", "s": "speech"}  # fmt: skip
"""008/33 of books → genre of the list "marcgt"."""

SUBJECT_SOURCES = {"0": "lcsh", "1": "lcshac", "2": "mesh", "3": "nal", "5": "csh", "6": "rvm"}
"""Second indicator of 6XX → the list a heading is from; 7 is told in $2."""

CLASSIFICATIONS = {"050": "lcc", "060": "nlm", "070": "", "080": "udc", "082": "ddc", "084": "", "086": "sudocs"}
"""Tag → scheme, "" where the field names it in $2."""

IDENTIFIERS = {"010": "lccn", "020": "isbn", "022": "issn", "028": "music publisher", "030": "coden", "035": "local",
               "037": "stock number", "074": "gpo item number", "088": "report number"}  # fmt: skip
STANDARD_NUMBERS = {"0": "isrc", "1": "upc", "2": "ismn", "3": "ean", "4": "sici"}
"""First indicator of 024 → kind of number; 7 is told in $2."""

NOTES = {"502": "thesis", "504": "bibliography", "508": "creation/production credits", "511": "performers",
         "518": "venue", "524": "preferred citation", "530": "additional physical form", "533": "reproduction",
         "534": "original version", "535": "original location", "536": "funding", "538": "system details",
         "541": "acquisition", "545": "biographical/historical", "546": "language", "561": "ownership",
         "581": "publications", "583": "action", "586": "awards"}  # fmt: skip

RELATED = {"760": "series", "762": "constituent", "765": "original", "767": "otherVersion", "770": "constituent",
           "772": "host", "773": "host", "774": "constituent", "775": "otherVersion", "776": "otherFormat",
           "777": "otherVersion", "780": "preceding", "785": "succeeding", "786": "original", "787": ""}  # fmt: skip
"""Linking entry → kind of relatedItem, "" for one MODS has no word for."""
