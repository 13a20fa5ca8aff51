"""What goes into the house in bulk, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from kitabxana.formats.marc import FileFormat
    from kitabxana.holdings.facts import NewItem


@dataclass(frozen=True, slots=True)
class Profile:
    """How a file is read. `items` is where copies stand: "952" (Koha) or "852" (MARC 21 852 with 876–878).

    `library` takes copies that name none; `under` is the unit below which unknown libraries are added;
    `item_type` is for copies that name none; `encoding` overrides what ISO 2709 records say of themselves; `form` is
    the file's format, "" to tell it by the first bytes.
    """

    items: str = "952"
    library: str = ""
    under: str = ""
    item_type: str = "BK"
    source: str = ""
    encoding: str = ""
    form: FileFormat | Literal[""] = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """One record read from a file, ready to be stored; made without the database, in a process of its own.

    A refused record has `reason` and nothing derived. `marc` and `brief_json` are JSON texts; `document` is the tail
    of the index document (search.rules.encoded_tail).
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
    items: tuple[NewItem, ...] = ()


@dataclass(slots=True)
class Summary:
    """Counts of one import run, whole file, earlier parts of a resumed run included."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    items_created: int = 0
    items_rejected: int = 0
    seconds: float = 0.0
    rejects_file: str = ""
    resumed_at: int = 0
    cancelled: bool = False
    libraries_added: list[str] = field(default_factory=list)
    item_types_added: list[str] = field(default_factory=list)
