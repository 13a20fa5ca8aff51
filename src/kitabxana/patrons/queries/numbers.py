"""Which reader has a national number: asked with the whole number only."""

from __future__ import annotations

from kitabxana.base.sealing import fingerprint
from kitabxana.patrons.models import PersonalNumber
from kitabxana.patrons.rules import NUMBER_KINDS, number_problem, plain_number


def number_key(kind: str, plain: str) -> bytes:
    return fingerprint(f"{kind}:{plain}")


def place_of(patron_id: int, kind: str) -> str:
    """What a number is sealed for."""
    return f"patron:{patron_id}:{kind}"


def patrons_by_number(text: str) -> list[int]:
    """Ids of readers whose number, of whatever kind, is exactly this; one statement, none for what is no number."""
    plain = plain_number(text)
    keys = [number_key(kind, plain) for kind in NUMBER_KINDS if number_problem(kind, plain) is None]
    if not keys:
        return []
    return list(PersonalNumber.objects.filter(lookup__in=keys).values_list("patron_id", flat=True))
