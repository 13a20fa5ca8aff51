"""A reader who leaves: nothing that tells who it was stays behind, and nothing that counts is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base import audit
from kitabxana.base.models import User
from kitabxana.kernel.decisions import Refusal, Refused
from kitabxana.patrons.models import Card, Guarantee, NameLink, Patron, PatronPhoto, PersonalNumber, Restriction
from kitabxana.patrons.operations.locking import editable
from kitabxana.patrons.operations.ties import forget_all, hindrances
from kitabxana.patrons.queries.retention import kept_too_long

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.base.actor import Actor


@transaction.atomic
def erase(*, patron_id: int, by: Actor, now: datetime) -> None:
    """Forget a reader: name, birth date, contacts, notes, numbers, photo, login, restrictions. The row and its cards'
    numbers stay, so that no number is given out again and the loans that ended still count.

    Refused: unknown_patron, not_permitted (`patrons.erase`), answers_for_others, what other features have open, and
    ties_left where a feature keeps rows that nobody would forget.
    """
    patron = editable(patron_id, by, permission="patrons.erase")
    if found := refusals_to_erase(patron_id):
        raise Refused(found)
    forget_all(patron_id)
    blank(patron, now=now)
    audit.record(by, "patron.erase", object_type="patron", object_id=patron_id)


def refusals_to_erase(patron_id: int) -> tuple[Refusal, ...]:
    """What must end first."""
    wards = Guarantee.objects.filter(guarantor_id=patron_id).count()
    own = (Refusal("answers_for_others", {"wards": wards}),) if wards else ()
    return own + hindrances(patron_id)


def erase_kept_too_long(*, by: Actor, now: datetime, dry_run: bool = False) -> dict[str, int]:
    """Forget readers whose membership ended longer ago than `reader_kept_months`, each in a transaction of its own.

    Returns {"due", "erased", "kept"}: kept are those with something open, who are asked again another night.
    """
    due = kept_too_long(now=now)
    erased = 0
    for patron_id in () if dry_run else due:
        try:
            erase(patron_id=patron_id, by=by, now=now)
        except Refused:
            continue
        erased += 1
    return {"due": len(due), "erased": erased, "kept": 0 if dry_run else len(due) - erased}


def blank(patron: Patron, *, now: datetime, merged_into: Patron | None = None) -> None:
    """Empty a reader's row and all that belongs to it alone; the locked row is written."""
    user = patron.user
    for name in ("surname", "firstname", "middle_name", "search_key", "email", "phone", "phone_key", "address", "city",
                 "postcode", "language", "staff_note", "public_note"):  # fmt: skip
        setattr(patron, name, "")
    patron.birth_date, patron.contact_by, patron.user, patron.history = None, [], None, "default"
    patron.shown_to_guarantor = False
    patron.changed_at = patron.deleted_at = now
    patron.merged_into = merged_into
    patron.save()
    Card.objects.filter(patron=patron).update(state="withdrawn")
    for rows in (Restriction.objects, PersonalNumber.objects, NameLink.objects, PatronPhoto.objects):
        rows.filter(patron_id=patron.pk).delete()
    Guarantee.objects.filter(ward=patron).delete()
    if user is not None:
        User.objects.filter(pk=user.pk).delete()
