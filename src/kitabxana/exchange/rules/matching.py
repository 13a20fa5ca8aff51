"""When a match needs no person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.catalogue.matching import HOUSE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitabxana.catalogue.matching import Candidate


def surely(some: Sequence[Candidate]) -> Candidate | None:
    """The one that needs no person: enough points, no hard difference, and no other stored record equally like."""
    if not some or some[0].match.differs or some[0].match.score < HOUSE.sure:
        return None
    rivals = [other for other in some[1:] if not other.match.differs and other.match.score == some[0].match.score]
    return None if any(other.digest != some[0].digest for other in rivals) else some[0]
