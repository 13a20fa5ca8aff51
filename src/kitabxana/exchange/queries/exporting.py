"""Records out of the house in bulk."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import connection

from kitabxana.catalogue import queries as catalogue
from kitabxana.exchange.rules.encoding import Encoded, encoded
from kitabxana.exchange.rules.export_formats import EXPORT_FORMATS
from kitabxana.exchange.rules.koha_items import field_952
from kitabxana.holdings import queries as holdings
from kitabxana.organisation.queries import tree
from kitabxana.search.facts import SearchRequest
from kitabxana.search.queries import each_hit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitabxana.exchange.rules.encoding import Copies, Rows, SecondEncoder
    from kitabxana.search.facts import Node

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records go out: all live ones, or the hits of `query`. `kind` is "b" bibliographic or "a" authority.

    `suppressed` gives those too that readers do not find, `items` each record's copies as 952, withdrawn ones too.
    """

    query: Node | None = None
    kind: str = "b"
    suppressed: bool = False
    items: bool = False


def export(name: str, wanted: Wanted, *, beside: SecondEncoder | None = None) -> Iterator[Encoded]:
    """The whole file in the format of this name, in pieces of about a thousand records in order of id.

    In memory bounded by two pieces. `beside` encodes every other one of them. Statements: one a piece, three with
    copies. A record changed meanwhile comes as it is when its piece is read.
    """
    form, first = EXPORT_FORMATS[name], True
    yield Encoded(form.head, 0)
    for piece in _pieces(name, wanted, beside):
        yield piece if first or not piece.records else replace(piece, data=form.between + piece.data)
        first = first and not piece.records
    yield Encoded(form.tail, 0)


def _pieces(name: str, wanted: Wanted, beside: SecondEncoder | None) -> Iterator[Encoded]:
    batches = _read_ahead(_batches(wanted))
    for rows in batches:
        if beside is None:
            yield encoded(name, rows, _copies(rows, wanted))
            continue
        beside.give(name, rows, _copies(rows, wanted))
        more = next(batches, None)
        own = encoded(name, more, _copies(more, wanted)) if more else None
        yield beside.take()
        if own:
            yield own


def _read_ahead(batches: Iterator[Rows]) -> Iterator[Rows]:
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


def _batches(wanted: Wanted) -> Iterator[Rows]:
    if wanted.query is None:
        last = 0
        while rows := catalogue.marc_after(last, limit=BATCH, kind=wanted.kind, suppressed=wanted.suppressed):
            yield rows
            last = rows[-1][0]
        return
    for ids in each_hit(SearchRequest(wanted.query)):
        for at in range(0, len(ids), BATCH):
            yield catalogue.marc_of(ids[at : at + BATCH], kind=wanted.kind, suppressed=wanted.suppressed)


def _copies(rows: Rows, wanted: Wanted) -> Copies:
    if not wanted.items:
        return {}
    reference = {code for code, facts in holdings.item_types().items() if facts["not_for_loan"]}
    found = holdings.items_of([record_id for record_id, _ in rows], withdrawn=True, organisation=tree())
    return {record_id: [field_952(item, reference=reference) for item in items] for record_id, items in found.items()}
