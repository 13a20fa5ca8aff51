"""What matching sees of a record, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MarcJson = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Traits:
    """One record as matching compares it; all words folded and bridged (language.bridge), so that scripts meet.

    `controls` are "agency:number" of 001/003 and 035; `national` are "scheme:number" of 010, 015, 016. `titles` are
    245 $a $b and the original script linked to it, `heads` the same from $a alone. `authors` are the entry
    words of the first names, `people` all words of all names and of the statement of responsibility. `volumes` are
    numbers of parts (245 $n, "2-ci cild", "vol. 2"), `figures` the other numbers in the title, `part` is 245 $p.
    `edition` is its number, 0 when it has none. `pages` is 0 when not known. `material` is leader/06-07 and "o" for
    what is online.
    """

    controls: frozenset[str] = frozenset()
    isbns: frozenset[str] = frozenset()
    issns: frozenset[str] = frozenset()
    national: frozenset[str] = frozenset()
    titles: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    people: frozenset[str] = frozenset()
    years: frozenset[int] = frozenset()
    publisher: str = ""
    pages: int = 0
    edition: int = 0
    volumes: frozenset[int] = frozenset()
    figures: frozenset[str] = frozenset()
    part: str = ""
    language: str = ""
    material: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One thing compared: what each record says and what that adds to the score (below zero: speaks against)."""

    name: str
    mine: str
    theirs: str
    weight: int


@dataclass(frozen=True, slots=True)
class Match:
    """How like two records are. `differs` names the hard difference that makes them two, "" when there is none."""

    score: int
    points: tuple[Point, ...]
    differs: str = ""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each point adds when it agrees fully, and what a match must reach.

    From `sure` on two records are one; from `maybe` on a person must look.
    """

    control: int = 40
    isbn: int = 50
    issn: int = 60
    national: int = 50
    title: int = 50
    author: int = 20
    year: int = 12
    publisher: int = 10
    pages: int = 12
    maybe: int = 60
    sure: int = 82

    @classmethod
    def of(cls, stored: dict[str, int]) -> Weights:
        """From a stored profile; unknown names are left out, missing ones take the house's value."""
        return cls(**{name: int(value) for name, value in stored.items() if name in cls.__slots__})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored record that may be the one, with how like it is; `import_run` is the import that last wrote it."""

    record_id: int
    match: Match
    digest: bytes
    brief: dict[str, Any]
    import_run: int | None = None
