"""National numbers: entered at the desk, found by their exact value, shown only to those who may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from kitabxana.base import audit
from kitabxana.base.sealing import seal, unseal
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree
from kitabxana.patrons.models import PersonalNumber
from kitabxana.patrons.operations.locking import editable
from kitabxana.patrons.queries.numbers import number_key, place_of
from kitabxana.patrons.rules import NUMBER_KINDS, number_problem, plain_number

if TYPE_CHECKING:
    from kitabxana.base.actor import Actor


@transaction.atomic
def set_number(*, patron_id: int, kind: str, number: str, by: Actor) -> None:
    """Keep a reader's number of this kind instead of any former one; "" takes it out.

    Refused: unknown_patron, not_permitted, bad_number, number_taken (another reader has it: `library` tells where).
    """
    editable(patron_id, by)
    if kind not in NUMBER_KINDS:
        raise Refused.one("bad_number", kind=kind)
    if number.strip():
        store_number(patron_id, kind, number)
    else:
        PersonalNumber.objects.filter(patron_id=patron_id, kind=kind).delete()
    after = {"kind": kind, "kept": bool(number.strip())}
    audit.record(by, "patron.number", object_type="patron", object_id=patron_id, after=after)


def store_number(patron_id: int, kind: str, number: str) -> None:
    """Seal and keep a number, in the transaction of a write that has asked for permission. Refused: as `set_number`."""
    if number_problem(kind, number):
        raise Refused.one("bad_number", kind=kind)
    plain = plain_number(number)
    lookup = number_key(kind, plain)
    holder = PersonalNumber.objects.filter(lookup=lookup).select_related("patron").first()
    if holder is not None and holder.patron_id != patron_id:
        raise Refused.one("number_taken", library=tree().by_id[holder.patron.home_unit_id].code)
    values = {"sealed": seal(plain, place=place_of(patron_id, kind)), "lookup": lookup}
    try:
        with transaction.atomic():
            PersonalNumber.objects.update_or_create(patron_id=patron_id, kind=kind, defaults=values)
    except IntegrityError as taken:  # another desk was quicker
        raise Refused.one("number_taken", library="") from taken


@transaction.atomic
def reveal_numbers(*, patron_id: int, by: Actor) -> dict[str, str]:
    """Kind → number of one reader, in the clear; the look is written down before it is had.

    Refused: unknown_patron, not_permitted (`patrons.number`). Raises `base.sealing.WrongKey`.
    """
    editable(patron_id, by, permission="patrons.number")
    audit.record(by, "patron.number_seen", object_type="patron", object_id=patron_id)
    rows = PersonalNumber.objects.filter(patron_id=patron_id)
    return {row.kind: unseal(bytes(row.sealed), place=place_of(patron_id, row.kind)) for row in rows}
