"""Two rows that are one person become one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base import audit
from kitabxana.base.sealing import seal, unseal
from kitabxana.kernel.decisions import Refused
from kitabxana.patrons.models import Card, Guarantee, PersonalNumber, Restriction
from kitabxana.patrons.operations.edit import CHANGEABLE
from kitabxana.patrons.operations.leaving import blank
from kitabxana.patrons.operations.locking import editable
from kitabxana.patrons.operations.names import index_names
from kitabxana.patrons.operations.photos import move_photo
from kitabxana.patrons.operations.register import COLUMNS
from kitabxana.patrons.operations.ties import move_all
from kitabxana.patrons.queries.numbers import place_of
from kitabxana.patrons.rules import phone_key, search_key

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.base.actor import Actor
    from kitabxana.patrons.models import Patron

ONE_FOR_LIFE = frozenset({"fin", "tckn"})
TAKEN = CHANGEABLE & frozenset(COLUMNS)
"""What may be taken from the row that goes."""


@transaction.atomic
def merge(*, keep: int, gone: int, by: Actor, now: datetime, take: frozenset[str] = frozenset()) -> None:
    """Give all that belongs to `gone` to `keep`, and leave of `gone` an empty row that says where it went.

    `take` names fields whose value of `gone` wins; empty fields of `keep` are filled anyway, and the membership is the
    longer of the two. Both rows are locked, the lower id first. Cards stay valid: the person has both in hand.
    Refused: unknown_patron, not_permitted (`patrons.merge`, for both), same_patron, nothing_to_change, two_numbers (two
    national numbers that one person has only one of), ties_left, and what other features have against it.
    """
    if keep == gone:
        raise Refused.one("same_patron")
    if strange := sorted(take - TAKEN):
        raise Refused.one("nothing_to_change", name=strange[0])
    rows = {one: editable(one, by, permission="patrons.merge") for one in sorted((keep, gone))}
    stays, goes = rows[keep], rows[gone]
    moved = dict(move_all(gone, keep))
    moved["cards"] = Card.objects.filter(patron=goes).update(patron=stays)
    _move_restrictions(goes, stays)
    _move_guarantees(goes, stays)
    _move_numbers(goes, stays)
    move_photo(goes.pk, stays.pk)
    _fill(stays, goes, take, now=now)
    login = goes.user if stays.user is None else None
    if login is not None:
        goes.user = None
        goes.save(update_fields=["user"])
        stays.user = login
    blank(goes, now=now, merged_into=stays)
    stays.save()
    index_names([keep])
    audit.record(by, "patron.merge", object_type="patron", object_id=keep, after={"gone": gone, "moved": moved})
    audit.record(by, "patron.merged", object_type="patron", object_id=gone, after={"into": keep})


def _fill(stays: Patron, goes: Patron, take: frozenset[str], *, now: datetime) -> None:
    for name in TAKEN:
        if name in take or not getattr(stays, name):
            setattr(stays, name, getattr(goes, name))
    stays.enrolled_on = min(stays.enrolled_on, goes.enrolled_on)
    stays.expires_on = max(stays.expires_on, goes.expires_on)
    stays.search_key = search_key(stays.surname, stays.firstname, stays.middle_name)
    stays.phone_key = phone_key(stays.phone)
    stays.changed_at = now


def _move_restrictions(goes: Patron, stays: Patron) -> None:
    """What the house restricts both for is one restriction."""
    automatic = Restriction.objects.filter(lifted_at__isnull=True).exclude(kind="manual")
    both = {(row.kind, row.source) for row in automatic.filter(patron=stays)}
    double = [row.pk for row in automatic.filter(patron=goes) if (row.kind, row.source) in both]
    Restriction.objects.filter(pk__in=double).delete()
    Restriction.objects.filter(patron=goes).update(patron=stays)


def _move_guarantees(goes: Patron, stays: Patron) -> None:
    """Nobody answers twice for one, nor for oneself."""
    for mine, other in (("ward", "guarantor"), ("guarantor", "ward")):
        kept = set(Guarantee.objects.filter(**{mine: stays}).values_list(f"{other}_id", flat=True)) - {None}
        rows = Guarantee.objects.filter(**{mine: goes})
        rows.filter(**{f"{other}_id__in": kept | {stays.pk}}).delete()
        rows.update(**{mine: stays})


def _move_numbers(goes: Patron, stays: Patron) -> None:
    kept = set(PersonalNumber.objects.filter(patron=stays).values_list("kind", flat=True))
    for row in PersonalNumber.objects.filter(patron=goes):
        if row.kind in kept and row.kind in ONE_FOR_LIFE:
            raise Refused.one("two_numbers", kind=row.kind)
        if row.kind in kept:
            row.delete()
            continue
        number = unseal(bytes(row.sealed), place=place_of(goes.pk, row.kind))
        row.patron, row.sealed = stays, seal(number, place=place_of(stays.pk, row.kind))
        row.save()
