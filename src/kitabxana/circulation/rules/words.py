"""How a rule is written: parameters when it refuses, None when it does not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kitabxana.kernel.decisions import Refusal

Found = Mapping[str, Any] | None


def when(refused: object, **params: Any) -> Found:
    return params if refused else None


def card_invalid(facts: Any) -> Found:
    return when(facts.patron.card_state != "valid", card=facts.patron.card)


def card_expired(facts: Any) -> Found:
    return when(facts.patron.expires_on < facts.today, date=facts.patron.expires_on.isoformat())


def restricted(facts: Any) -> Found:
    return when(facts.patron.restrictions, reason="; ".join(facts.patron.restrictions))


def standing(refusals: Iterable[Refusal], *, lift: frozenset[str], liftable: frozenset[str]) -> tuple[Refusal, ...]:
    """The refusals that remain when `lift` is asked for by one who holds the permissions `liftable`."""
    return tuple(refusal for refusal in refusals if not (refusal.code in lift and refusal.override in liftable))
