"""Reads of readers."""

from __future__ import annotations

from kitabxana.patrons.queries.categories import categories, category_list
from kitabxana.patrons.queries.details import details
from kitabxana.patrons.queries.readers import (
    PATRON_ORDERS,
    is_visible,
    patron,
    patron_by_card,
    patrons_by_id,
    patrons_page,
    reader_identity,
    visible_patrons,
)

__all__ = [
    "PATRON_ORDERS",
    "categories",
    "category_list",
    "details",
    "is_visible",
    "patron",
    "patron_by_card",
    "patrons_by_id",
    "patrons_page",
    "reader_identity",
    "visible_patrons",
]
