"""What is done about readers once a night."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from kitabxana.patrons.operations.ages import move_by_age
from kitabxana.patrons.operations.applying import forget_applications
from kitabxana.patrons.operations.importing import forget_uploads
from kitabxana.patrons.operations.leaving import erase_kept_too_long
from kitabxana.patrons.operations.names import prune_names

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.base.actor import Actor


def nightly(*, by: Actor, now: datetime, dry_run: bool = False) -> dict[str, Any]:
    """Age moves, readers kept too long, old applications and files, words nobody bears; what came of each.

    A dry run only tells the first two. Run again, it finds nothing more to do.
    """
    told: dict[str, Any] = {
        "moved": move_by_age(by=by, now=now, dry_run=dry_run),
        "left": erase_kept_too_long(by=by, now=now, dry_run=dry_run),
    }
    if not dry_run:
        told["applications"] = forget_applications(now=now)
        told["uploads"] = forget_uploads(now=now)
        with transaction.atomic():
            told["words"] = prune_names()
    return told
