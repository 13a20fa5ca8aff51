"""Readers for tests."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from django.utils import timezone
from PIL import Image

from kitabxana.base.actor import SYSTEM
from kitabxana.patrons.models import Card
from kitabxana.patrons.operations import register, set_category, set_photo


def a_reader(
    *,
    card: str = "R1",
    home_unit: str = "GNC-M",
    category: str = "ADULT",
    expires_on: date = date(2099, 1, 1),
    surname: str = "Əliyeva",
    **details: Any,
) -> int:
    """A reader with a valid card; returns the id."""
    set_category(code=category, names={"az": category}, by=SYSTEM)
    return register(
        card=card, surname=surname, home_unit=home_unit, category=category, expires_on=expires_on,
        enrolled_on=min(date(2026, 1, 1), expires_on), by=SYSTEM, details={"firstname": "Aytən", **details},
    )  # fmt: skip


def mark_card(number: str, state: str) -> None:
    """Say of a card that it is valid, lost or replaced."""
    Card.objects.filter(number=number).update(state=state)


def a_photo(patron_id: int) -> None:
    """Give a reader a photo."""
    out = io.BytesIO()
    Image.new("RGB", (80, 100), (155, 27, 48)).save(out, "JPEG")
    set_photo(patron_id=patron_id, content=out.getvalue(), by=SYSTEM, now=timezone.now())
