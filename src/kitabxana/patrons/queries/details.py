"""All that a desk shows of one reader."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils import timezone

from kitabxana.organisation.queries import tree
from kitabxana.patrons.facts import CardFacts, GuaranteeFacts, PatronDetails, RestrictionFacts
from kitabxana.patrons.models import Guarantee, Patron, PersonalNumber
from kitabxana.patrons.queries.readers import facts_of, in_force, reason_of, scope_of, with_photos

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from django.db.models import QuerySet

    from kitabxana.organisation.facts import Tree


def details(patron_id: int, *, scopes: Sequence[str], now: datetime | None = None) -> PatronDetails | None:
    """One reader whole, or None when there is none in these scopes. Restrictions that ended are among them."""
    organisation = tree()
    rows = Patron.objects.filter(scope_of(scopes), pk=patron_id, deleted_at__isnull=True)
    row = with_photos(rows).prefetch_related("cards", "restrictions").first()
    return _details(row, organisation, now or timezone.now()) if row else None


def _details(row: Patron, organisation: Tree, now: datetime) -> PatronDetails:
    today = now.astimezone(ZoneInfo(organisation.by_id[row.home_unit_id].zone)).date()
    cards = sorted(row.cards.all(), key=lambda card: (card.state != "valid", -card.pk))
    return PatronDetails(
        facts=facts_of(row, organisation, now=now),
        city=row.city,
        postcode=row.postcode,
        contact_by=tuple(row.contact_by),
        staff_note=row.staff_note,
        public_note=row.public_note,
        changed_at=row.changed_at,
        has_login=row.user_id is not None,
        shown_to_guarantor=row.shown_to_guarantor,
        cards=tuple(CardFacts(card.pk, card.number, card.state, card.issued_at) for card in cards),
        restrictions=_restrictions(row, today),
        guarantors=_people(Guarantee.objects.filter(ward=row).select_related("guarantor"), "guarantor"),
        wards=_people(Guarantee.objects.filter(guarantor=row).select_related("ward"), "ward"),
        number_kinds=tuple(PersonalNumber.objects.filter(patron=row).order_by("kind").values_list("kind", flat=True)),
    )


def _restrictions(row: Patron, today: date) -> tuple[RestrictionFacts, ...]:
    """Those in force first, the newest first."""
    found = [
        RestrictionFacts(
            id=one.pk,
            kind=one.kind,
            reason=reason_of(one),
            until=one.until,
            created_at=one.created_at,
            by=one.created_by,
            in_force=in_force(one, today),
        )
        for one in row.restrictions.all()
    ]
    return tuple(sorted(found, key=lambda one: (not one.in_force, -one.id)))


def _people(rows: QuerySet[Guarantee], other: str) -> tuple[GuaranteeFacts, ...]:
    found = []
    for row in rows:
        reader: Patron | None = getattr(row, other)
        name = " ".join(filter(None, (reader.surname, reader.firstname))) if reader else row.name
        found.append(
            GuaranteeFacts(
                row.pk, reader.pk if reader else None, name, reader.phone if reader else row.phone, row.relation
            )
        )
    return tuple(found)


def ward_ids(patron_id: int) -> list[int]:
    """The readers this one answers for; one statement."""
    rows = Guarantee.objects.filter(guarantor_id=patron_id, ward__deleted_at__isnull=True)
    return list(rows.order_by("ward_id").values_list("ward_id", flat=True))


def ward_pairs(patron_ids: Iterable[int]) -> list[tuple[int, int]]:
    """(guarantor, ward) for whoever of these readers answers for another; one statement."""
    rows = Guarantee.objects.filter(guarantor_id__in=list(patron_ids), ward__deleted_at__isnull=True)
    return [(guarantor or 0, ward) for guarantor, ward in rows.values_list("guarantor_id", "ward_id")]
