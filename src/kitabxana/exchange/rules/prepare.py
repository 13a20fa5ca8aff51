"""One record at a time from what a codec read to what the tables and the index take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from kitabxana.catalogue.rules import canonical, derive
from kitabxana.exchange.facts import Prepared, Profile
from kitabxana.exchange.rules.items import split_items
from kitabxana.formats.marc import SourceError, iter_records
from kitabxana.search.facts import Held
from kitabxana.search.rules import document, encoded_tail

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kitabxana.formats.marc import Parsed


def prepare_file(path: Path, *, start: int, profile: Profile, batch: int) -> Iterator[list[Prepared]]:
    """The records of a file from position `start`, `batch` at a time. Raises formats' SourceError at damage."""
    waiting: list[Prepared] = []
    try:
        for parsed in iter_records(path, start=start, encoding=profile.encoding):
            waiting.append(prepare(parsed, profile))
            if len(waiting) == batch:
                yield waiting
                waiting = []
    except SourceError:  # what came before the damage goes on
        if waiting:
            yield waiting
        raise
    if waiting:
        yield waiting


def prepare(parsed: Parsed, profile: Profile) -> Prepared:
    """Everything that can be known of a record without the database; a bad one keeps its reason and its bytes."""
    if parsed.marc is None:
        return _refused(parsed, parsed.reason, parsed.detail)
    try:
        marc, items = split_items(parsed.marc, profile)
        text = canonical(marc)
    except ValueError as error:
        return _refused(parsed, "bad_encoding", str(error))
    if not marc["fields"]:
        return _refused(parsed, "empty", "no fields")
    if b"\\u0000" in text:
        return _refused(parsed, "bad_character", "NUL in a field: PostgreSQL holds no such text")
    derived = derive(marc, text=text)
    made = document(record_id=0, marc=marc, derived=derived, held=Held())
    return Prepared(
        offset=parsed.offset,
        next_position=parsed.next_position,
        data=parsed.data,
        kind=derived.kind,
        control_number=derived.control_number,
        agency=derived.agency,
        digest=derived.digest,
        marc=text.decode(),
        brief=derived.brief,
        brief_json=orjson.dumps(derived.brief).decode(),
        identifiers=derived.identifiers,
        document=encoded_tail(made),
        class_key=made.class_key,
        items=items,
        traits=derived.traits if profile.matching == "points" else None,
    )


def _refused(parsed: Parsed, reason: str, detail: str) -> Prepared:
    return Prepared(parsed.offset, parsed.next_position, parsed.data, reason=reason, detail=detail)
