"""A reader's photo: made small and plain before it is kept, sealed, and gone with the reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base import audit
from kitabxana.base.sealing import seal_bytes, unseal_bytes
from kitabxana.formats.pictures import MOST_DOTS, TooManyDots, Unreadable, small_jpeg
from kitabxana.kernel.decisions import Refused
from kitabxana.patrons.models import PatronPhoto
from kitabxana.patrons.operations.locking import editable
from kitabxana.patrons.queries.photos import photo_place

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.base.actor import Actor

MOST_PHOTO_BYTES = 8_000_000
WIDTH, HEIGHT = 480, 600
"""Dots of what is kept at most: 35 × 45 mm at 300 dots an inch are fewer."""


def set_photo(*, patron_id: int, content: bytes, by: Actor, now: datetime) -> None:
    """Keep a JPEG or PNG as this reader's photo, instead of any former one. Locks the reader.

    The picture is decoded before anything is locked. Refused: picture_too_large, picture_too_many_dots, no_picture,
    unknown_patron, not_permitted.
    """
    if len(content) > MOST_PHOTO_BYTES:
        raise Refused.one("picture_too_large", most=MOST_PHOTO_BYTES // 1_000_000)
    try:
        small = small_jpeg(content, width=WIDTH, height=HEIGHT)
    except TooManyDots as many:
        raise Refused.one("picture_too_many_dots", most=MOST_DOTS // 1_000_000) from many
    except Unreadable as unreadable:
        raise Refused.one("no_picture") from unreadable
    with transaction.atomic():
        editable(patron_id, by)
        kept = {"sealed": seal_bytes(small, place=photo_place(patron_id)), "taken_at": now}
        PatronPhoto.objects.update_or_create(pk=patron_id, defaults=kept)
        audit.record(by, "patron.photo", object_type="patron", object_id=patron_id, after={"kept": True})


@transaction.atomic
def drop_photo(*, patron_id: int, by: Actor) -> None:
    """Take a reader's photo out. Locks the reader. Refused: unknown_patron, not_permitted."""
    editable(patron_id, by)
    gone, _ = PatronPhoto.objects.filter(pk=patron_id).delete()
    if gone:
        audit.record(by, "patron.photo", object_type="patron", object_id=patron_id, after={"kept": False})


def move_photo(gone: int, keep: int) -> None:
    """Give one reader's photo to another who has none; sealed anew, for it opens for its own reader only."""
    found = PatronPhoto.objects.filter(pk=gone).first()
    if found is None:
        return
    if not PatronPhoto.objects.filter(pk=keep).exists():
        face = unseal_bytes(bytes(found.sealed), place=photo_place(gone))
        PatronPhoto.objects.create(
            pk=keep, sealed=seal_bytes(face, place=photo_place(keep)), taken_at=found.taken_at
        )  # fmt: skip
    found.delete()
