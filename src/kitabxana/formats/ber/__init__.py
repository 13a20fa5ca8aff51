"""BER, the bytes in which Z39.50 speaks (ITU-T X.690): tags, lengths and contents, written and read within bounds.

Reading takes definite and indefinite lengths; writing makes definite ones. What the contents mean is the protocol's.
"""

from __future__ import annotations

from kitabxana.formats.ber.reading import BadBer, Element, read, size_of
from kitabxana.formats.ber.writing import boolean, integer, null, oid, primitive, structure

__all__ = [
    "BadBer",
    "Element",
    "boolean",
    "integer",
    "null",
    "oid",
    "primitive",
    "read",
    "size_of",
    "structure",
]
