"""How readers are written to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.organisation.queries import tree
from kitabxana.patrons.facts import Contact
from kitabxana.patrons.models import Card, Guarantee, Patron

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


def contacts(patron_ids: Iterable[int]) -> dict[int, Contact]:
    """Contacts of these readers by id, also of who left; four statements however many they are."""
    wanted = list(patron_ids)
    by_id = tree().by_id
    cards = dict(Card.objects.filter(patron__in=wanted, state="valid").order_by("pk").values_list("patron", "number"))
    answering = Guarantee.objects.filter(
        ward__in=wanted, ward__category__needs_guarantor=True, guarantor__deleted_at__isnull=True
    ).exclude(guarantor=None)
    guarantors = dict(answering.order_by("-pk").values_list("ward", "guarantor"))
    return {
        row.pk: Contact(
            id=row.pk,
            name=" ".join(filter(None, (row.surname, row.firstname, row.middle_name))),
            firstname=row.firstname,
            surname=row.surname,
            card=cards.get(row.pk, ""),
            category=row.category_id,
            home_unit=by_id[row.home_unit_id].code,
            language=row.language,
            email=row.email,
            phone=row.phone,
            post="\n".join(filter(None, (row.address, f"{row.postcode} {row.city}".strip()))) if row.address else "",
            allowed=frozenset(row.contact_by),
            expires_on=row.expires_on,
            guarantor=guarantors.get(row.pk),
            left=row.deleted_at is not None,
        )
        for row in Patron.objects.filter(pk__in=wanted)
    }


def memberships_ending(*, since: date, until: date, after: int, limit: int) -> list[tuple[int, date]]:
    """(reader, last day) of memberships that end between these days (inclusive), by id above `after`."""
    rows = Patron.objects.filter(expires_on__range=(since, until), deleted_at__isnull=True, pk__gt=after)
    return list(rows.order_by("pk").values_list("pk", "expires_on")[:limit])
