"""What other catalogues have, as the desk shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core import signing

from kitabxana.catalogue.queries import known_by_id
from kitabxana.catalogue.rules import validate
from kitabxana.exchange.messages import POINTS, REPLY_PROBLEMS
from kitabxana.fronts.desk.render.records import MarcLine, marc_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitabxana.exchange.facts import Offer, Reply, SearchTarget

_SALT = "kitabxana.desk.copying"
_HOURS = 12


@dataclass(frozen=True, slots=True)
class OfferRow:
    """A record offered; `record` is its sealed text for the form. `ours` is what we have most like it, "" if nothing.

    `mark` is how it is drawn: in (new), hold (perhaps ours), out (ours beyond doubt). `first` gets the keyboard.
    """

    offer: Offer
    record: str
    lines: tuple[MarcLine, ...]
    levels: dict[str, int]
    mark: str
    first: bool
    ours: dict[str, Any]
    ours_id: int | None
    ours_version: int | None
    differs: str


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """One catalogue's answer; `problem` is told where it has none."""

    reply: Reply
    problem: str
    offers: tuple[OfferRow, ...]


def reply_rows(replies: Sequence[Reply]) -> list[ReplyRow]:
    """Who has something comes first; the first record that we have not is `first`. One statement for all of ours."""
    offers = [offer for reply in replies for offer in reply.offers]
    first = next((offer for offer in offers if not offer.same), offers[0] if offers else None)
    versions = known_by_id({offer.known[0].record_id for offer in offers if offer.known})
    rows = [
        ReplyRow(
            reply,
            str(REPLY_PROBLEMS[reply.problem]) if reply.problem else "",
            tuple(_row(offer, reply.target, first=offer is first, versions=versions) for offer in reply.offers),
        )
        for reply in replies
    ]
    return sorted(rows, key=lambda row: not row.offers)


def _row(offer: Offer, target: SearchTarget, *, first: bool, versions: dict[int, Any]) -> OfferRow:
    best = offer.known[0] if offer.known else None
    levels: dict[str, int] = {}
    for finding in validate(offer.marc):
        levels[finding.level] = levels.get(finding.level, 0) + 1
    apart = best.match.differs if best else ""
    return OfferRow(
        offer=offer,
        record=signing.dumps([offer.marc, target.name, target.profile], salt=_SALT, compress=True),
        lines=tuple(marc_lines(offer.marc)),
        levels=levels,
        mark="out" if offer.same else "hold" if best and not apart else "in",
        first=first,
        ours=best.brief if best else {},
        ours_id=best.record_id if best else None,
        ours_version=versions[best.record_id].version if best and best.record_id in versions else None,
        differs=str(POINTS[apart]) if apart else "",
    )


def opened(sealed: str) -> tuple[dict[str, Any], str, str]:
    """(record, name of the catalogue, name of the profile) of a form's sealed text; raises signing.BadSignature."""
    marc, source, profile = signing.loads(sealed, salt=_SALT, max_age=_HOURS * 3600)
    return marc, source, profile
