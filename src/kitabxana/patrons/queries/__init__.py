"""Reads of readers."""

from __future__ import annotations

from kitabxana.patrons.queries.applications import applications, open_to_all
from kitabxana.patrons.queries.audit import audit_of_patrons
from kitabxana.patrons.queries.cards import card_holders
from kitabxana.patrons.queries.categories import categories, category_list
from kitabxana.patrons.queries.contacts import contacts, memberships_ending
from kitabxana.patrons.queries.details import details, ward_ids, ward_pairs
from kitabxana.patrons.queries.family import own_account, wards_of
from kitabxana.patrons.queries.photos import photo
from kitabxana.patrons.queries.readers import (
    PATRON_ORDERS,
    READER_BEHIND,
    is_visible,
    latest_patrons,
    patron,
    patron_by_card,
    patron_ids_by_card,
    patrons_by_card,
    patrons_by_id,
    patrons_page,
    reader_identity,
    readers_of_unit,
    visible_patrons,
)
from kitabxana.patrons.queries.retention import forget_before
from kitabxana.patrons.queries.series import card_numbering, next_cards

__all__ = [
    "PATRON_ORDERS",
    "READER_BEHIND",
    "applications",
    "audit_of_patrons",
    "card_holders",
    "card_numbering",
    "categories",
    "category_list",
    "contacts",
    "details",
    "forget_before",
    "is_visible",
    "latest_patrons",
    "memberships_ending",
    "next_cards",
    "open_to_all",
    "own_account",
    "patron",
    "patron_by_card",
    "patron_ids_by_card",
    "patrons_by_card",
    "patrons_by_id",
    "patrons_page",
    "photo",
    "reader_identity",
    "readers_of_unit",
    "visible_patrons",
    "ward_ids",
    "ward_pairs",
    "wards_of",
]
