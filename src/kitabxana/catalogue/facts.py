"""What the house knows of a record beside its MARC."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.catalogue.matching.facts import Traits

MarcJson = dict[str, Any]
Line = tuple[str, Any]
"""(tag, content) of one field, the content as in MARC-in-JSON; ("LDR", text) for the leader."""


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
    """A record already in the house, as far as matching needs it.

    `merged`: it has gone into the record `id`, which stays as it is and takes the copies.
    """

    id: int
    digest: bytes
    brief: dict[str, Any]
    deleted: bool
    import_run: int | None = None
    version: int = 0
    merged: bool = False


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """One record for a page or a protocol. `marc` is MARC-in-JSON without item fields; `changed_at` is in UTC."""

    id: int
    kind: str
    marc: MarcJson
    brief: dict[str, Any]
    version: int
    suppressed: bool
    deleted: bool
    created_at: datetime
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A record with what is derived of it, as stored; of its `identifiers` those that are not for matching only."""

    id: int
    marc: MarcJson
    brief: dict[str, Any]
    control_number: str
    identifiers: tuple[tuple[str, str], ...]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a host, or a host of a part: `brief` as in `Derived`, `place` where in the host the part stands."""

    id: int
    brief: dict[str, Any]
    place: str


@dataclass(frozen=True, slots=True)
class Dated:
    """A record in a list that tells when: `brief` as in `Derived`, the moments in UTC."""

    id: int
    brief: dict[str, Any]
    created_at: datetime
    changed_at: datetime


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


@dataclass(frozen=True, slots=True)
class Made:
    """Who made a state of a record, when (UTC), `through` what ("desk", "rest", "import", "copy") and `how`.

    `how`: created, changed, imported, restored, deleted, undeleted, merged (into another record, or another one into
    this), unmerged.
    """

    by: str
    through: str
    how: str
    at: datetime


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """One state in a record's history; the newest one is `current`."""

    version: int
    made: Made
    current: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One field in the difference of two states; `kind` is same, added, removed or changed."""

    kind: str
    before: Line | None
    after: Line | None


@dataclass(frozen=True, slots=True)
class ThreeWayRow:
    """One field in the difference of two changes of one state.

    `side` tells who touched it: same (nobody), theirs, mine, both (alike), conflict (each in another way).
    """

    side: str
    base: Line | None
    theirs: Line | None
    mine: Line | None


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """Two changes of one state together; `merged` has both of them, and mine where they conflict."""

    rows: tuple[ThreeWayRow, ...]
    merged: MarcJson

    @property
    def conflicts(self) -> int:
        return sum(row.side == "conflict" for row in self.rows)


@dataclass(frozen=True, slots=True)
class OverlayRule:
    """How fields of one tag meet when another description is put over ours: see `rules.overlay`.

    `tag` is "650", "6XX" or "*"; `level` is "" for everyone, "senior" for those who hold `records.senior`.
    """

    tag: str
    how: str
    level: str = ""


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a save: `changed` is False when there was nothing new; `findings` are warnings and advice."""

    record_id: int
    version: int
    changed: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Goes:
    """A record that goes into another one: `take` are places of its fields (`rules.merging.entries`) that are taken
    over, None for what the house proposes; `version` is the one that was looked at."""

    record_id: int
    take: frozenset[int] | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of a merge; `moved` counts what was moved, by kind of row."""

    id: int
    keep: int
    version: int
    gone: tuple[int, ...]
    moved: dict[str, int]


@dataclass(frozen=True, slots=True)
class MergeFacts:
    """A merge for a list: `gone` are the records that went into `keep`, all of one `kind`; moments in UTC."""

    id: int
    keep: int
    kind: str
    gone: tuple[int, ...]
    made_by: str
    made_at: datetime
    undone_at: datetime | None
    undone_by: str


@dataclass(frozen=True, slots=True)
class SearchFacts:
    """A search for duplicates: how far it is (`percent`), and what it has found."""

    id: int
    state: str
    least: int
    percent: int
    compared: int
    pairs: int
    made_by: str
    made_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """Records that may be one, lowest number first; `score` is the lowest by which one was joined to the others."""

    id: int
    size: int
    score: int
    put_off: bool
    records: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """What a cataloguer had typed when it was last kept: `text` as in text mode, `version` the state it began with.

    `key` names it among this cataloguer's; `record_id` is None for a record that is not stored yet.
    """

    key: str
    record_id: int | None
    version: int | None
    framework: str
    text: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class MacroFacts:
    """A named sequence of edits; `unit` is the library whose it is, None for the cataloguer's own."""

    id: int
    name: str
    text: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class ListedValue:
    """An authorised value as it holds at a unit: `origin` is the unit that says so, None the whole installation."""

    code: str
    names: dict[str, str]
    origin: str | None
    hidden: bool = False
