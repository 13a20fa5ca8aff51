"""Writes of readers: the only door."""

from __future__ import annotations

from kitabxana.patrons.operations.ages import move_by_age
from kitabxana.patrons.operations.applying import apply, decide, forget_applications
from kitabxana.patrons.operations.cards import add_card, change_pin, mark_card, set_pin
from kitabxana.patrons.operations.categories import set_category
from kitabxana.patrons.operations.edit import change_own, edit
from kitabxana.patrons.operations.export import export_everything
from kitabxana.patrons.operations.guarantees import add_guarantor, end_guarantee
from kitabxana.patrons.operations.importing import Unreadable, headings, import_patrons, preview, write_rejects
from kitabxana.patrons.operations.leaving import erase, erase_kept_too_long, refusals_to_erase
from kitabxana.patrons.operations.locking import lock_patron
from kitabxana.patrons.operations.many import change_many
from kitabxana.patrons.operations.merging import merge
from kitabxana.patrons.operations.names import prune_names
from kitabxana.patrons.operations.nightly import nightly
from kitabxana.patrons.operations.numbers import reveal_numbers, set_number
from kitabxana.patrons.operations.photos import MOST_PHOTO_BYTES, drop_photo, set_photo
from kitabxana.patrons.operations.register import enrol, register
from kitabxana.patrons.operations.restrictions import (
    lift_automatically,
    lift_restriction,
    restrict,
    restrict_automatically,
)
from kitabxana.patrons.operations.series import draw_cards, set_card_series
from kitabxana.patrons.operations.viewing import note_view, note_views

__all__ = [
    "MOST_PHOTO_BYTES",
    "Unreadable",
    "add_card",
    "add_guarantor",
    "apply",
    "change_many",
    "change_own",
    "change_pin",
    "decide",
    "draw_cards",
    "drop_photo",
    "edit",
    "end_guarantee",
    "enrol",
    "erase",
    "erase_kept_too_long",
    "export_everything",
    "forget_applications",
    "headings",
    "import_patrons",
    "lift_automatically",
    "lift_restriction",
    "lock_patron",
    "mark_card",
    "merge",
    "move_by_age",
    "nightly",
    "note_view",
    "note_views",
    "preview",
    "prune_names",
    "refusals_to_erase",
    "register",
    "restrict",
    "restrict_automatically",
    "reveal_numbers",
    "set_card_series",
    "set_category",
    "set_number",
    "set_photo",
    "set_pin",
    "write_rejects",
]
