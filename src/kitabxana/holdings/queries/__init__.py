"""Reads of copies, their lists and numbers, and what was done with them."""

from __future__ import annotations

from kitabxana.holdings.queries.batches import act, batch, batches, history_of
from kitabxana.holdings.queries.copies import (
    ITEM_ORDERS,
    bound_copies,
    copy_groups,
    facts_of,
    item_by_barcode,
    item_in,
    item_types,
    items_by_barcode,
    items_by_id,
    items_of,
    items_page,
    items_where,
    known_items,
    on_shelf,
    records_bound_in,
    stock_of,
    unbarcoded_digests,
)
from kitabxana.holdings.queries.lists import Lists, entries_of
from kitabxana.holdings.queries.numbers import (
    accession_book,
    count_book,
    next_numbers,
    numbering_for,
    numbering_of,
    numberings,
)

__all__ = [
    "ITEM_ORDERS",
    "Lists",
    "accession_book",
    "act",
    "batch",
    "batches",
    "bound_copies",
    "copy_groups",
    "count_book",
    "entries_of",
    "facts_of",
    "history_of",
    "item_by_barcode",
    "item_in",
    "item_types",
    "items_by_barcode",
    "items_by_id",
    "items_of",
    "items_page",
    "items_where",
    "known_items",
    "next_numbers",
    "numbering_for",
    "numbering_of",
    "numberings",
    "on_shelf",
    "records_bound_in",
    "stock_of",
    "unbarcoded_digests",
]
