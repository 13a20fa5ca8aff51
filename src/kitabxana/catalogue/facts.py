"""What the house knows of a record beside its MARC."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

MarcJson = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Derived:
    """Everything computed from one record, by `rules.derive` alone.

    `brief` is what lists show: title, rest (remainder of title), by (statement of responsibility), author, year,
    publisher, place, language, material, edition, isbn, and for linked original script (880) script_title,
    script_author; absent keys are unknown. `identifiers` are (scheme, normalised value).
    """

    kind: str
    control_number: str
    agency: str
    digest: bytes
    brief: dict[str, Any]
    identifiers: tuple[tuple[str, str], ...]


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


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the format does not allow (error, warning) or no longer recommends (advice) in one record.

    `tag` is "LDR" for the leader, "" for the record as a whole; `occurrence` counts the fields of a tag from 1;
    `position` counts the characters of a fixed field from 0, else it is None. `params` fill the text of `code`.
    """

    code: str
    level: str
    tag: str = ""
    occurrence: int = 0
    subfield: str = ""
    position: int | None = None
    params: dict[str, str | int] = dataclass_field(default_factory=dict)
