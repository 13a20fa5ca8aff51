"""What the house knows of a record beside its MARC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.catalogue.matching.facts import Traits

MarcJson = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Derived:
    """Everything computed from one record, by `rules.derive` alone.

    `brief` is what lists show: title, rest (remainder of title), by (statement of responsibility), author, year,
    publisher, place, language, material, edition, isbn, and for linked original script (880) script_title,
    script_author; absent keys are unknown. `identifiers` are (scheme, normalised value),
    those of scheme "key" for matching only; `traits` is what matching compares, None for an authority.
    """

    kind: str
    control_number: str
    agency: str
    digest: bytes
    brief: dict[str, Any]
    identifiers: tuple[tuple[str, str], ...]
    traits: Traits | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """An access point of a record as a page shows and links it; `relator` is the code or term as recorded."""

    text: str
    relator: str = ""
    script: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A record already in the house, as far as matching needs it."""

    id: int
    digest: bytes
    brief: dict[str, Any]
    deleted: bool
    import_run: int | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """One record for a page or a protocol. `marc` is MARC-in-JSON without item fields."""

    id: int
    kind: str
    marc: MarcJson
    brief: dict[str, Any]
    version: int
    suppressed: bool
    deleted: bool
    created_at: datetime
