"""All that is held on one person, for that person to read."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kitabxana.base import audit
from kitabxana.base.ports import patron_ties
from kitabxana.base.sealing import unseal
from kitabxana.organisation.queries import tree
from kitabxana.patrons.models import Card, Guarantee, Patron, PersonalNumber, Restriction
from kitabxana.patrons.operations.locking import editable, own
from kitabxana.patrons.operations.register import COLUMNS
from kitabxana.patrons.queries.numbers import place_of
from kitabxana.patrons.queries.photos import photo_of

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.base.actor import Actor

MOST_ENTRIES = 10_000


@transaction.atomic
def export_everything(*, patron_id: int, by: Actor, now: datetime) -> dict[str, Any]:
    """JSON values: what readers' tables hold, the audit trail about the reader (who worked there, not by name), and
    under its own name what each other feature holds. The reader may, and who has `patrons.export`. Refused:
    unknown_patron, not_permitted.
    """
    mine = by.patron_id == patron_id
    patron = own(patron_id, by) if mine else editable(patron_id, by, permission="patrons.export")
    audit.record(by, "patron.export", object_type="patron", object_id=patron_id)
    found: dict[str, Any] = {"made_at": now.isoformat(), "reader": _reader(patron)}
    found["cards"] = [
        {"number": row.number, "state": row.state, "issued_at": row.issued_at.isoformat()}
        for row in Card.objects.filter(patron=patron).order_by("pk")
    ]
    found["restrictions"] = [
        {
            "kind": row.kind,
            "reason": row.reason,
            "from": row.created_at.isoformat(),
            "until": str(row.until) if row.until else None,
            "lifted_at": row.lifted_at.isoformat() if row.lifted_at else None,
        }
        for row in Restriction.objects.filter(patron=patron).order_by("pk")
    ]
    found["guarantors"] = _kin(
        Guarantee.objects.filter(ward=patron).values("guarantor_id", "name", "phone", "relation")
    )
    found["answers_for"] = _kin(Guarantee.objects.filter(guarantor=patron).values("ward_id", "relation"))
    found["national_numbers"] = {
        row.kind: unseal(bytes(row.sealed), place=place_of(patron_id, row.kind))
        for row in PersonalNumber.objects.filter(patron=patron)
    }
    face = photo_of(patron_id)
    found["photo"] = {"jpeg_base64": b64encode(face).decode()} if face else None
    found["done_with_these_data"] = [
        {"at": row.at.isoformat(), "action": row.action, "library": row.unit, "before": row.before, "after": row.after}
        for row in audit.entries(object_type="patron", object_ids=[patron_id], limit=MOST_ENTRIES)
    ]
    return found | {ties.feature: dict(ties.held(patron_id)) for ties in patron_ties}


def _reader(patron: Patron) -> dict[str, Any]:
    plain = {name: getattr(patron, name) for name in COLUMNS if name != "birth_date"}
    return plain | {
        "id": patron.pk,
        "birth_date": str(patron.birth_date) if patron.birth_date else None,
        "library": tree().by_id[patron.home_unit_id].code,
        "category": patron.category_id,
        "contact_by": patron.contact_by,
        "enrolled_on": str(patron.enrolled_on),
        "expires_on": str(patron.expires_on),
        "login": patron.user.username if patron.user else None,
        "created_at": patron.created_at.isoformat(),
        "changed_at": patron.changed_at.isoformat(),
    }


def _kin(rows: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in rows]
