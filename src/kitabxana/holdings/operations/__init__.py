"""Writes of copies: adding, changing, moving, many at once, and the lists and numbers they draw from."""

from __future__ import annotations

from kitabxana.holdings.operations.adding import add_items
from kitabxana.holdings.operations.batches import BATCH_FIELDS, change_items, undo_batch, withdraw_items
from kitabxana.holdings.operations.binding import bind, unbind
from kitabxana.holdings.operations.changing import change_item, delete_item, restore_item, set_state
from kitabxana.holdings.operations.copies import (
    add_item,
    add_item_type,
    add_many,
    ensure_item_types,
    lock_item,
    move,
    put_back,
    remove_many,
    replace,
    set_found,
    set_lost,
)
from kitabxana.holdings.operations.lists import drop_entry, set_entry
from kitabxana.holdings.operations.numbers import draw_barcodes, set_series

__all__ = [
    "BATCH_FIELDS",
    "add_item",
    "add_item_type",
    "add_items",
    "add_many",
    "bind",
    "change_item",
    "change_items",
    "delete_item",
    "draw_barcodes",
    "drop_entry",
    "ensure_item_types",
    "lock_item",
    "move",
    "put_back",
    "remove_many",
    "replace",
    "restore_item",
    "set_entry",
    "set_found",
    "set_lost",
    "set_series",
    "set_state",
    "unbind",
    "undo_batch",
    "withdraw_items",
]
