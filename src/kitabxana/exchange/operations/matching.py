"""Which stored record each incoming one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.catalogue.facts import Derived, Known
from kitabxana.catalogue.matching import unpacked
from kitabxana.catalogue.queries import known_by_control_number, known_by_digest
from kitabxana.catalogue.queries.matching import candidates
from kitabxana.catalogue.rules import match

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitabxana.catalogue.matching import Candidate
    from kitabxana.exchange.facts import Prepared


def known_by_number(records: Sequence[Prepared], *, run: int | None) -> dict[int, Known]:
    """By control number and agency, or by the whole text where there is no number (docs/decisions/0002).

    Keyed by the place of the record in `records`; two statements.
    """
    numbers = known_by_control_number((one.control_number, one.agency) for one in records if one.control_number)
    digests = known_by_digest(one.digest for one in records if not one.control_number)
    found: dict[int, Known] = {}
    for at, record in enumerate(records):
        if record.control_number:
            derived = Derived(record.kind, record.control_number, record.agency, record.digest, record.brief, ())
            known = match(derived, numbers.get((record.control_number, record.agency), ()), run=run)
        else:
            known = digests.get(record.digest)
        if known is not None:
            found[at] = known
    return found


def alike(
    records: Sequence[Prepared], *, run: int | None, but: set[int], least: int | None = None
) -> dict[int, list[Candidate]]:
    """What may be the same by points, the likest first, for the places of `records` that are not in `but`.

    `least` as in `candidates`.
    """
    asked = [(at, unpacked(record.traits)) for at, record in enumerate(records) if record.traits and at not in but]
    found = candidates([traits for _, traits in asked], run=run, least=least) if asked else []
    return {at: some for (at, _), some in zip(asked, found, strict=True) if some}
