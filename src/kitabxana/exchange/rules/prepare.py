"""One record at a time from what a codec read to what the tables and the index take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from kitabxana.catalogue.matching import packed
from kitabxana.catalogue.rules import canonical, derive
from kitabxana.catalogue.rules.authorities import places_named
from kitabxana.exchange.facts import Prepared, Profile
from kitabxana.exchange.rules.items import split_items
from kitabxana.formats.marc import iter_batches
from kitabxana.formats.unimarc import NotConvertible, flavour_of, irbis_to_marc21, is_irbis, to_marc21
from kitabxana.search.facts import Held
from kitabxana.search.rules import document, encoded_tail, headings_of, references_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kitabxana.formats.marc import MarcJson, Parsed


def prepare_file(
    path: Path, *, start: int, profile: Profile, batch: int, share: tuple[int, int] = (0, 1)
) -> Iterator[list[Prepared]]:
    """The records of a file from position `start`, `batch` at a time; `share` as in `iter_batches`.

    Raises formats' SourceError at damage, after what came before.
    """
    read = iter_batches(
        path, size=batch, start=start, encoding=profile.encoding, form=profile.form, share=share
    )  # fmt: skip
    for some in read:
        yield [prepare(parsed, profile) for parsed in some]


def prepare(parsed: Parsed, profile: Profile) -> Prepared:
    """Everything that can be known of a record without the database; a bad one keeps its reason and its bytes."""
    if parsed.marc is None:
        return _refused(parsed, parsed.reason, parsed.detail)
    try:
        given, lost = as_marc21(parsed.marc, profile.flavour)
        marc, items = split_items(given, profile)
        text = canonical(marc)
    except NotConvertible as refused:
        return _refused(parsed, refused.reason, str(refused))
    except ValueError as error:
        return _refused(parsed, "bad_encoding", str(error))
    if not marc["fields"]:
        return _refused(parsed, "empty", "no fields")
    if b"\\u0000" in text:
        return _refused(parsed, "bad_character", "NUL in a field: PostgreSQL holds no such text")
    derived = derive(marc, text=text)
    made = document(record_id=0, marc=marc, derived=derived, held=Held())
    lines = (
        headings_of(derived.brief, {"author": made.values["author_facet"], "subject": made.values["subject_facet"]})
        if derived.kind == "b"
        else references_of(marc)
    )
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
        lines=tuple(map(tuple, lines)),
        items=items,
        lost=lost,
        places=places_named(marc) if derived.kind == "b" and b'{"0":' in text else (),
        traits=packed(derived.traits) if derived.traits else None,
    )


def as_marc21(marc: MarcJson, flavour: str) -> tuple[MarcJson, tuple[str, ...]]:
    """The record in MARC 21, and what of it was left behind; as it is where it is in MARC 21 already.

    Without a `flavour` the record's own fields tell it. Raises NotConvertible.
    """
    flavour = flavour or ("irbis" if not marc["leader"] and is_irbis(marc) else flavour_of(marc))
    if flavour == "marc21":
        return marc, ()
    converted = irbis_to_marc21(marc) if flavour == "irbis" else to_marc21(marc)
    return converted.marc, converted.lost


def _refused(parsed: Parsed, reason: str, detail: str) -> Prepared:
    return Prepared(parsed.offset, parsed.next_position, parsed.data, reason=reason, detail=detail)
