"""Reads of readers."""

from __future__ import annotations

from kitabxana.patrons.queries.applications import applications, open_to_all
from kitabxana.patrons.queries.audit import audit_of_patrons
from kitabxana.patrons.queries.cards import card_holders
from kitabxana.patrons.queries.categories import categories, category_list
from kitabxana.patrons.queries.contacts import contacts, memberships_ending
from kitabxana.patrons.queries.details import details, ward_ids, wards_of
from kitabxana.patrons.queries.readers import (
    PATRON_ORDERS,
    is_visible,
    patron,
    patron_by_card,
    patron_ids_by_card,
    patrons_by_id,
    patrons_page,
    reader_identity,
    visible_patrons,
)
from kitabxana.patrons.queries.retention import forget_before

__all__ = [
    "PATRON_ORDERS",
    "applications",
    "audit_of_patrons",
    "card_holders",
    "categories",
    "category_list",
    "contacts",
    "details",
    "forget_before",
    "is_visible",
    "memberships_ending",
    "open_to_all",
    "patron",
    "patron_by_card",
    "patron_ids_by_card",
    "patrons_by_id",
    "patrons_page",
    "reader_identity",
    "visible_patrons",
    "ward_ids",
    "wards_of",
]
