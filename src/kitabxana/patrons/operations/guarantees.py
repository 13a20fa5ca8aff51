"""Who answers for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base import audit
from kitabxana.kernel.decisions import Refused
from kitabxana.patrons.models import Guarantee, Patron
from kitabxana.patrons.operations.locking import editable
from kitabxana.patrons.queries.readers import scope_of
from kitabxana.patrons.rules import RELATIONS

if TYPE_CHECKING:
    from kitabxana.base.actor import Actor


@transaction.atomic
def add_guarantor(
    *, patron_id: int, by: Actor, guarantor_id: int | None = None, name: str = "", phone: str = "", relation: str = ""
) -> int:
    """Let another reader, or a person outside (`name`, `phone`), answer for this one; returns the guarantee's id.

    Refused: unknown_patron, not_permitted, unknown_guarantor, guarantor_elsewhere (oneself, or one's own ward),
    bad_choice.
    """
    ward = editable(patron_id, by)
    if relation and relation not in RELATIONS:
        raise Refused.one("bad_choice")
    if guarantor_id is None:
        if not name.strip():
            raise Refused.one("unknown_guarantor")
        row = Guarantee.objects.create(ward=ward, name=name.strip()[:200], phone=phone.strip()[:40], relation=relation)
    else:
        seen = Patron.objects.filter(scope_of(by.scopes("patrons.view")), pk=guarantor_id, deleted_at__isnull=True)
        if not seen.exists():
            raise Refused.one("unknown_guarantor")
        answers = Guarantee.objects.filter(ward_id=guarantor_id, guarantor_id=patron_id).exists()
        if guarantor_id == patron_id or answers:
            raise Refused.one("guarantor_elsewhere")
        row, _ = Guarantee.objects.update_or_create(
            ward=ward, guarantor_id=guarantor_id, defaults={"relation": relation}
        )
    after = {"guarantee": row.pk, "guarantor": guarantor_id}
    audit.record(by, "patron.guarantor", object_type="patron", object_id=patron_id, after=after)
    return row.pk


@transaction.atomic
def end_guarantee(*, patron_id: int, guarantee_id: int, by: Actor) -> None:
    """One does not answer for this reader any more. Refused: unknown_patron, not_permitted, unknown_guarantor."""
    editable(patron_id, by)
    if not Guarantee.objects.filter(pk=guarantee_id, ward_id=patron_id).delete()[0]:
        raise Refused.one("unknown_guarantor")
    before = {"guarantee": guarantee_id}
    audit.record(by, "patron.guarantor", object_type="patron", object_id=patron_id, before=before)
