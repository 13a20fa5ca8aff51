"""Records out of the house in bulk."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
from django.db import connection

from kitabxana.catalogue import queries as catalogue
from kitabxana.exchange.rules.koha_items import field_952
from kitabxana.formats.marc import Unwritable
from kitabxana.holdings import queries as holdings
from kitabxana.organisation.queries import tree
from kitabxana.search.facts import SearchRequest
from kitabxana.search.queries import each_hit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitabxana.exchange.rules.export_formats import ExportFormat
    from kitabxana.formats.marc import MarcJson
    from kitabxana.search.facts import Node

BATCH = 1000
Batch = list[tuple[int, str]]
"""Ids and records as MARC-in-JSON texts."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records go out: all live ones, or the hits of `query`. `kind` is "b" bibliographic or "a" authority.

    `suppressed` gives those too that readers do not find, `items` each record's copies as 952, withdrawn ones too.
    """

    query: Node | None = None
    kind: str = "b"
    suppressed: bool = False
    items: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record its format cannot carry; `place` as in formats' Unwritable."""

    record_id: int
    place: str
    why: str


@dataclass(frozen=True, slots=True)
class Exported:
    """A piece of the file: its bytes, how many records they are, and which were left out."""

    data: bytes
    records: int
    left_out: tuple[LeftOut, ...] = ()


def export(form: ExportFormat, wanted: Wanted) -> Iterator[Exported]:
    """The whole file in pieces of about a thousand records in order of id, in memory bounded by one piece.

    Statements: one a piece, three with copies. A record changed meanwhile comes as it is when its piece is read.
    """
    first = True
    yield Exported(form.head, 0)
    for rows in _read_ahead(_batches(wanted)):
        copies = _copies([record_id for record_id, _ in rows]) if wanted.items else {}
        encoded: list[bytes] = []
        left_out: list[LeftOut] = []
        for record_id, text in rows:
            marc: MarcJson = orjson.loads(text)
            if record_id in copies:
                marc["fields"] += copies[record_id]
            try:
                encoded.append(form.encode(marc, record_id))
            except Unwritable as error:
                left_out.append(LeftOut(record_id, error.place, str(error)))
        data = form.between.join(encoded)
        yield Exported(data if first else form.between + data if encoded else b"", len(encoded), tuple(left_out))
        first = first and not encoded
    yield Exported(form.tail, 0)


def _read_ahead(batches: Iterator[Batch]) -> Iterator[Batch]:
    """The next batch is read while the one at hand is encoded, over a connection of its own.

    Within a transaction it is not: only this connection sees what was done in it.
    """
    if connection.in_atomic_block:
        yield from batches
        return
    with ThreadPoolExecutor(1) as reader:
        try:
            coming = reader.submit(next, batches, None)
            while (rows := coming.result()) is not None:
                coming = reader.submit(next, batches, None)
                yield rows
        finally:
            reader.submit(connection.close)


def count_wanted(wanted: Wanted) -> int | None:
    """How many records an export will read, for its progress bar; None where nobody knows beforehand."""
    plain = wanted.query is None and wanted.kind == "b" and not wanted.suppressed
    return catalogue.count_records() if plain else None


def _batches(wanted: Wanted) -> Iterator[Batch]:
    if wanted.query is None:
        last = 0
        while rows := catalogue.marc_after(last, limit=BATCH, kind=wanted.kind, suppressed=wanted.suppressed):
            yield rows
            last = rows[-1][0]
        return
    for ids in each_hit(SearchRequest(wanted.query)):
        for at in range(0, len(ids), BATCH):
            yield catalogue.marc_of(ids[at : at + BATCH], kind=wanted.kind, suppressed=wanted.suppressed)


def _copies(record_ids: list[int]) -> dict[int, list[dict[str, object]]]:
    reference = {code for code, facts in holdings.item_types().items() if facts["not_for_loan"]}
    found = holdings.items_of(record_ids, withdrawn=True, organisation=tree())
    return {record_id: [field_952(item, reference=reference) for item in items] for record_id, items in found.items()}
