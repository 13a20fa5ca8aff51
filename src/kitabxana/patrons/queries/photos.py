"""Readers' faces: opened for those who may see the reader, one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.base.sealing import unseal_bytes
from kitabxana.patrons.models import PatronPhoto
from kitabxana.patrons.queries.readers import is_visible

if TYPE_CHECKING:
    from collections.abc import Sequence


def photo_place(patron_id: int) -> str:
    """What a photo is sealed for."""
    return f"patron:{patron_id}:photo"


def photo(patron_id: int, *, scopes: Sequence[str]) -> bytes | None:
    """The JPEG, None where there is none or the reader is not to be seen here. Raises `base.sealing.WrongKey`."""
    return photo_of(patron_id) if is_visible(patron_id, scopes=scopes) else None


def photo_of(patron_id: int) -> bytes | None:
    """As `photo`, for who has asked for permission."""
    sealed = PatronPhoto.objects.filter(pk=patron_id).values_list("sealed", flat=True).first()
    return unseal_bytes(bytes(sealed), place=photo_place(patron_id)) if sealed else None
