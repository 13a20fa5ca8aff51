"""A reader's first day."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, connection, transaction

from kitabxana.base import audit, outbox
from kitabxana.kernel.decisions import Refusal, Refused, refusals
from kitabxana.organisation.queries import tree
from kitabxana.patrons.facts import Draft
from kitabxana.patrons.models import Card, Guarantee, Patron, PatronCategory
from kitabxana.patrons.operations.locking import library
from kitabxana.patrons.operations.names import index_names
from kitabxana.patrons.operations.numbers import store_number
from kitabxana.patrons.operations.series import take_cards
from kitabxana.patrons.queries.categories import category_facts
from kitabxana.patrons.queries.series import card_numbering
from kitabxana.patrons.rules import REGISTER, Registering, months_later, phone_key, same_name, search_key, standing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from kitabxana.base.actor import Actor
    from kitabxana.organisation.facts import Tree, UnitFacts

LIFTABLE = frozenset({"wrong_age", "needs_guarantor", "likely_duplicate"})
COLUMNS = (
    "surname", "firstname", "middle_name", "birth_date", "email", "phone", "address", "city", "postcode", "language",
    "history", "shown_to_guarantor", "staff_note", "public_note",
)  # fmt: skip
"""What goes from a draft to its row as it is."""


@transaction.atomic
def enrol(
    draft: Draft, *, by: Actor, now: datetime, lift: frozenset[str] = frozenset(), tell: bool = True
) -> int:  # fmt: skip
    """Register a reader with a first card; returns the reader's id.

    Refused with every standing refusal of `rules.REGISTER`, likely_duplicate (name and birth date) among them; or
    with unknown_unit, unknown_category, unknown_guarantor, card_taken, number_taken, not_permitted.
    `lift` names codes to lift; `tell` publishes the event by which a new reader is welcomed.
    """
    organisation = tree()
    home = library(organisation, draft.home_unit, by)
    category = PatronCategory.objects.filter(pk=draft.category).first()
    if category is None:
        raise Refused.one("unknown_category", code=draft.category)
    draft = _whole(draft, months=category.enrolment_months, today=now.astimezone(ZoneInfo(home.zone)).date())
    found = refusals(REGISTER, Registering(draft, category_facts(category), draft.enrolled_on or now.date()))
    found += look_alikes(draft, organisation)
    if remaining := standing(found, lift=lift, may=lambda permission: by.may(permission, home.path)):
        raise Refused(remaining)
    patron_id = _store(draft, home, by, organisation, lifted=[refusal.code for refusal in found])
    if tell:
        outbox.publish("patron.registered", {"patron": patron_id})
    return patron_id


def register(
    *, card: str, surname: str, home_unit: str, category: str, expires_on: date, enrolled_on: date, by: Actor,
    details: Mapping[str, Any] | None = None,
) -> int:  # fmt: skip
    """`enrol` for who brings a row that is known to be right: what can be lifted is lifted.

    `details` are further fields of `Draft`.
    """
    from django.utils import timezone

    draft = Draft(
        card=card, surname=surname, home_unit=home_unit, category=category, expires_on=expires_on,
        enrolled_on=enrolled_on, **dict(details or {}),
    )  # fmt: skip
    return enrol(draft, by=by, now=timezone.now(), lift=LIFTABLE, tell=False)


def look_alikes(draft: Draft, organisation: Tree, *, but: int | None = None) -> tuple[Refusal, ...]:
    """A refusal for each reader of this birth date whose name may be the same one, in whatever spelling or script.

    All of the nation's readers are compared; told is no more than where such a reader is registered, and the id.
    """
    if draft.birth_date is None:
        return ()
    rows = Patron.objects.filter(birth_date=draft.birth_date, deleted_at__isnull=True)
    return tuple(
        Refusal(
            "likely_duplicate",
            {"library": organisation.by_id[unit].code, "patron": patron},
            "patrons.edit",
        )
        for patron, unit, *name in rows.values_list("pk", "home_unit_id", "surname", "firstname")
        if patron != but and same_name((name[0], name[1]), (draft.surname, draft.firstname))
    )


def made_card(unit: str, organisation: Tree) -> str:
    """A card's number that was never given out: of the run this library draws from, which stays locked until the
    transaction ends; where there is none, the nation's code and eight digits. Refused: series_full.
    """
    if run := card_numbering(unit, organisation=organisation):
        return run.text(take_cards(run, 1, organisation)[0])
    nation = organisation.nation_of(unit)
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT nextval('patrons_made_card')")
            number = f"{nation}{cursor.fetchone()[0]:08d}"
            if not Card.objects.filter(number=number).exists():
                return number


def _whole(draft: Draft, *, months: int, today: date) -> Draft:
    """The draft tidied, with the days that follow from the category."""
    start = draft.enrolled_on or today
    tidied: dict[str, str] = {
        field.name: " ".join(value.split())
        for field in dataclasses.fields(draft)
        if isinstance(value := getattr(draft, field.name), str) and not field.name.endswith("_note")
    }
    tidied["email"] = tidied["email"].lower()
    return dataclasses.replace(
        draft, enrolled_on=start, expires_on=draft.expires_on or months_later(start, months), **tidied  # type: ignore[arg-type]
    )  # fmt: skip


def _store(draft: Draft, home: UnitFacts, by: Actor, organisation: Tree, *, lifted: list[str]) -> int:
    guarantors = set(draft.guarantors)
    if Patron.objects.filter(pk__in=guarantors, deleted_at__isnull=True).count() < len(guarantors):
        raise Refused.one("unknown_guarantor")
    number = draft.card or made_card(home.code, organisation)
    assert draft.enrolled_on and draft.expires_on, "`_whole` has filled them"  # noqa: PT018
    patron = Patron.objects.create(
        home_unit_id=home.id,
        category_id=draft.category,
        search_key=search_key(draft.surname, draft.firstname, draft.middle_name),
        phone_key=phone_key(draft.phone),
        contact_by=list(draft.contact_by),
        enrolled_on=draft.enrolled_on,
        expires_on=draft.expires_on,
        **{name: getattr(draft, name) for name in COLUMNS},
    )
    try:
        with transaction.atomic():
            Card.objects.create(number=number, patron=patron)
    except IntegrityError as taken:
        raise Refused.one("card_taken", card=number) from taken
    index_names([patron.pk])
    if draft.number:
        store_number(patron.pk, draft.number_kind, draft.number)
    Guarantee.objects.bulk_create(Guarantee(ward=patron, guarantor_id=one) for one in sorted(guarantors))
    after = {"card": number, "library": home.code, "category": draft.category, "lifted": lifted}
    audit.record(by, "patron.register", object_type="patron", object_id=patron.pk, after=after)
    return patron.pk
