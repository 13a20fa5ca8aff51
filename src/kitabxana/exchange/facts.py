"""What goes into the house in bulk, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from kitabxana.formats.marc import FileFormat
    from kitabxana.formats.unimarc import Flavour
    from kitabxana.holdings.facts import NewItem


@dataclass(frozen=True, slots=True)
class Profile:
    """How a file is read. `items` is where copies stand: "952" (Koha) or "852" (MARC 21 852 with 876–878).

    `library` takes copies that name none; `under` is the unit below which unknown libraries are added;
    `item_type` is for copies that name none; `encoding` overrides what ISO 2709 records say of themselves; `form` is
    the file's format, "" to tell it by the first bytes; `flavour` what its records are in, "" to tell it by their
    fields: all but MARC 21 are converted.
    """

    items: str = "952"
    library: str = ""
    under: str = ""
    item_type: str = "BK"
    source: str = ""
    encoding: str = ""
    form: FileFormat | Literal[""] = ""
    flavour: Flavour | Literal[""] = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """One record read from a file, ready to be stored; made without the database, in a process of its own.

    A refused record has `reason` and nothing derived; `lost` names what a conversion to MARC 21 had no place for.
    `marc` and `brief_json` are JSON texts; `document` is the tail of the index document (search.rules.encoded_tail),
    `class_key` the shelf key of its first class number.
    """

    offset: int
    next_position: int
    data: bytes
    reason: str = ""
    detail: str = ""
    kind: str = "b"
    control_number: str = ""
    agency: str = ""
    digest: bytes = b""
    marc: str = ""
    brief: dict[str, Any] = field(default_factory=dict)
    brief_json: str = ""
    identifiers: tuple[tuple[str, str], ...] = ()
    document: str = ""
    class_key: str = ""
    items: tuple[NewItem, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(slots=True)
class Summary:
    """Counts of one import run, whole file, earlier parts of a resumed run included.

    `incomplete` counts records whose conversion to MARC 21 left something behind, since this start.
    """

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    items_created: int = 0
    items_rejected: int = 0
    seconds: float = 0.0
    incomplete: int = 0
    rejects_file: str = ""
    resumed_at: int = 0
    cancelled: bool = False
    libraries_added: list[str] = field(default_factory=list)
    item_types_added: list[str] = field(default_factory=list)
