"""What goes into the house in bulk, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from kitabxana.catalogue.facts import Finding
    from kitabxana.catalogue.matching import Candidate, Traits
    from kitabxana.catalogue.rules.authorities import Place
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
    `matching` is how a record finds itself in the house: "control" by its control number and agency alone, "points"
    also by numbers, title, author, year and pages (catalogue.matching). What was found by points is left as it is and
    takes the copies (`overlay` "keep"), or is replaced ("replace"): field by field where there are `fields`, each
    (tag, how, level) of a catalogue.facts.OverlayRule, as a whole where there are none.
    """

    items: str = "952"
    library: str = ""
    under: str = ""
    item_type: str = "BK"
    source: str = ""
    encoding: str = ""
    form: FileFormat | Literal[""] = ""
    flavour: Flavour | Literal[""] = ""
    matching: str = "control"
    overlay: str = "keep"
    fields: Sequence[Sequence[str]] = ()

    def __post_init__(self) -> None:
        """From JSON they come as lists; two profiles that say the same are equal."""
        object.__setattr__(self, "fields", tuple(tuple(one) for one in self.fields))


@dataclass(frozen=True, slots=True)
class Prepared:
    """One record read from a file, ready to be stored; made without the database, in a process of its own.

    A refused record has `reason` and nothing derived; `lost` names what a conversion to MARC 21 had no place for.
    `marc` and `brief_json` are JSON texts; `document` is the tail of the index document (search.rules.encoded_tail),
    `class_key` the shelf key of its first class number. `lines` are those of the browse lists, each the values of a
    search.rules.headings.Listed; `places` are its fields that name an authority in $0. `traits` is what matching by
    points compares (catalogue.matching.packed), None for an authority.
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
    lines: tuple[tuple[Any, ...], ...] = ()
    items: tuple[NewItem, ...] = ()
    lost: tuple[str, ...] = ()
    traits: str | None = None
    places: tuple[Place, ...] = ()


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


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """A staged file. `verdicts` and `results` count its records; `position` of `size` are bytes of the file."""

    id: int
    file_name: str
    state: str
    size: int
    position: int
    read: int
    done: int
    error: str
    made_by: str
    made_at: datetime
    committed_at: datetime | None
    verdicts: dict[str, int]
    results: dict[str, int]
    undecided: int
    profile: dict[str, Any]

    @property
    def busy(self) -> bool:
        return self.state in ("reading", "committing", "undoing")

    @property
    def percent(self) -> int:
        """How far the work in hand has come; a packed file is longer than it looks, so 99 is the most while reading."""
        if self.state == "reading":
            return min(99, self.position * 100 // max(1, self.size))
        return self.done * 100 // max(1, self.read)


@dataclass(frozen=True, slots=True)
class LyingFile:
    """A file laid on the server to be imported; `size` in bytes."""

    name: str
    size: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class StagedFacts:
    """One record of a batch (see models.StagedRecord); `points` are (name, mine, theirs, weight).

    `marc` is as the record came; `lost` names what its conversion to MARC 21 leaves behind.
    """

    number: int
    verdict: str
    decision: str
    result: str
    reason: str
    detail: str
    score: int
    differs: str
    points: tuple[tuple[str, str, str, int], ...]
    candidate: int | None
    brief: dict[str, Any]
    marc: dict[str, Any]
    record_id: int | None
    findings: tuple[Finding, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchTarget:
    """Another catalogue that can be searched from `unit` and all below it (None: from everywhere).

    By SRU `address` is http(s), `version` one of formats.sru.VERSIONS and `indexes` are its own names for
    formats.sru.INDEXES. By Z39.50 `address` is `host` or `host:port`, `database` a name or several with "+" between,
    `encoding` overrides what its records say of themselves, and `indexes` are attributes (formats.z3950.USES); `login`
    and `password` are what it asks for.
    `seconds` is how long its answer is waited for; `profile` names the import profile whose overlay rules hold for its
    records, "" for none; `flavour` as in `Profile`.
    """

    name: str
    address: str
    unit: str | None = None
    version: str = "1.2"
    schema: str = "marcxml"
    flavour: str = ""
    seconds: int = 5
    indexes: Mapping[str, str] = field(default_factory=dict)
    profile: str = ""
    active: bool = True
    id: int | None = None
    protocol: str = "sru"
    database: str = ""
    encoding: str = ""
    login: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Question:
    """What other catalogues are asked: any of `terms` in what `kind` (a key of formats.sru.INDEXES) names."""

    kind: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A record that another catalogue has: in MARC 21, without its copies; `lost` as in `Prepared`.

    `known` are the records of ours that it may be, the likest first; `same` is the one that it is beyond doubt. `score`
    is that of the likest, 0 without one.
    """

    marc: dict[str, Any]
    brief: dict[str, Any]
    traits: Traits | None = None
    lost: tuple[str, ...] = ()
    known: tuple[Candidate, ...] = ()
    same: Candidate | None = None

    @property
    def score(self) -> int:
        return self.known[0].match.score if self.known else 0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of asking one target: `total` is how many records it says it has, `unread` how many it sent damaged.

    `problem` is a code of messages.REPLY_PROBLEMS, "" where it answered; `detail` its own words.
    """

    target: SearchTarget
    offers: tuple[Offer, ...] = ()
    total: int = 0
    unread: int = 0
    seconds: float = 0.0
    problem: str = ""
    detail: str = ""
