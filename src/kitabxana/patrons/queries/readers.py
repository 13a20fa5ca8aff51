"""Readers one by one and by the page. Which ones a librarian sees is decided here, in the query, by scope."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone

from kitabxana.base.statements import prepared
from kitabxana.kernel.decisions import Refusal
from kitabxana.language import words
from kitabxana.organisation.queries import tree
from kitabxana.patrons.facts import PatronFacts
from kitabxana.patrons.messages import RESTRICTIONS
from kitabxana.patrons.models import Card, Patron, PatronPhoto, Restriction
from kitabxana.patrons.queries.finding import find, units_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from django.db.models import QuerySet

    from kitabxana.organisation.facts import Tree


READER_BEHIND = "(SELECT p.id FROM patrons_patron p WHERE p.user_id = base_user.id AND p.deleted_at IS NULL)"


def reader_identity(patron_id: int | None) -> dict[str, Any]:
    """The reader behind a login, of the value of `READER_BEHIND`."""
    return {"patron_id": patron_id}


def facts_of(row: Patron, organisation: Tree, *, now: datetime | None = None) -> PatronFacts:
    """Facts of a row read with its cards and restrictions; `now` is the moment whose restrictions count."""
    return facts_from(row, row.cards.all(), row.restrictions.all(), organisation, now=now)


def facts_from(
    row: Any, cards: Iterable[Any], restrictions: Iterable[Any], organisation: Tree, *, now: datetime | None = None
) -> PatronFacts:
    """As `facts_of`, of anything that has the columns of a reader, of cards and of restrictions that are not lifted."""
    cards = sorted(cards, key=lambda card: (card.state != "valid", -card.pk))
    home = organisation.by_id[row.home_unit_id]
    today = (now or timezone.now()).astimezone(ZoneInfo(home.zone)).date()
    return PatronFacts(
        id=row.pk,
        card=cards[0].number if cards else "",
        card_state=cards[0].state if cards else "none",
        surname=row.surname,
        firstname=row.firstname,
        middle_name=row.middle_name,
        category=row.category_id,
        home_unit=home.code,
        language=row.language,
        birth_date=row.birth_date,
        email=row.email,
        phone=row.phone,
        address=row.address,
        enrolled_on=row.enrolled_on,
        expires_on=row.expires_on,
        restrictions=tuple(reason_of(restriction) for restriction in restrictions if in_force(restriction, today)),
        history=row.history,
        city=row.city,
        postcode=row.postcode,
        staff_note=row.staff_note,
        public_note=row.public_note,
        changed_at=row.changed_at,
        has_photo=getattr(row, "has_photo", False),
    )


def in_force(restriction: Restriction, today: date) -> bool:
    return restriction.lifted_at is None and (restriction.until is None or restriction.until >= today)


def reason_of(restriction: Restriction) -> str:
    """The reason as it was written, else the name of its kind in the language of whoever reads."""
    return restriction.reason or str(RESTRICTIONS[restriction.kind])


def with_photos(rows: QuerySet[Patron]) -> QuerySet[Patron]:
    """Rows that know whether a photo is kept, without opening it."""
    return rows.annotate(has_photo=Exists(PatronPhoto.objects.filter(pk=OuterRef("pk"))))


def complete(
    rows: QuerySet[Patron], *, organisation: Tree | None = None, now: datetime | None = None
) -> list[PatronFacts]:
    """Facts of these rows; four statements however many they are, three with the tree in hand."""
    organisation = organisation or tree()
    whole = with_photos(rows).prefetch_related(
        Prefetch("cards", Card.objects.all()),
        Prefetch("restrictions", Restriction.objects.filter(lifted_at__isnull=True)),
    )
    return [facts_of(row, organisation, now=now) for row in whole]


def readers_of_unit(code: str) -> list[Refusal]:
    """Why the unit can't close: readers whose library it is (for `ports.unit_guards`); one statement."""
    readers = Patron.objects.filter(home_unit__code=code, deleted_at__isnull=True).count()
    return [Refusal("readers_left", {"readers": readers})] if readers else []


def scope_of(prefixes: Sequence[str]) -> Q:
    """Readers a librarian with a permission under these path prefixes may see: all of the library systems they touch.

    The libraries of one system (MKS) share their readers.
    """
    return _within(units_in(prefixes))


def _within(units: list[int] | None) -> Q:
    return Q() if units is None else Q(home_unit__in=units)


class _Card(NamedTuple):
    pk: int
    number: str
    state: str


class _Restriction(NamedTuple):
    reason: str
    kind: str
    until: date | None
    lifted_at: None = None


_READER = ("pk", "home_unit_id", "category_id", "surname", "firstname", "middle_name", "birth_date", "email", "phone",
           "address", "city", "postcode", "language", "enrolled_on", "expires_on", "history", "staff_note",
           "public_note", "changed_at")  # fmt: skip
_ONE = f"""
    SELECT id, {", ".join(_READER[1:])} FROM patrons_patron
    WHERE id = %s AND deleted_at IS NULL"""  # noqa: S608 - names of our own
_LOCK = f"{_ONE} FOR NO KEY UPDATE"
_STANDING = """
    SELECT id, number, state, NULL, NULL, NULL::date FROM patrons_card WHERE patron_id = %(patron)s
    UNION ALL
    SELECT NULL, NULL, NULL, reason, kind, until FROM patrons_restriction
    WHERE patron_id = %(patron)s AND lifted_at IS NULL"""
_SHOWN = (*_READER, "has_photo")
_LOOK = f"""
    SELECT r.*, EXISTS (SELECT 1 FROM patrons_patronphoto WHERE patron_id = r.id), s.*
    FROM ({_ONE % "%(patron)s"}) r LEFT JOIN ({_STANDING}) s (card, number, state, reason, kind, until)
        ON true"""  # noqa: S608 - names of our own


def one_reader(
    patron_id: int, *, organisation: Tree, now: datetime | None = None, lock: bool = False
) -> PatronFacts | None:
    """A reader that is not deleted, whoever asks; one statement, written out, for every loan begins here.

    With `lock` the row is locked until the transaction ends, and a second statement reads cards and restrictions after
    the lock is had: they are those of now, not of before the wait. Rows that only refer to the reader may be written
    meanwhile (FOR NO KEY UPDATE).
    """
    with prepared() as cursor:
        if lock:
            cursor.execute(_LOCK, [patron_id])
            row = cursor.fetchone()
            if row is None:
                return None
            cursor.execute(_STANDING, {"patron": patron_id})
            standing = cursor.fetchall()
        else:
            cursor.execute(_LOOK, {"patron": patron_id})
            found = cursor.fetchall()
            if not found:
                return None
            row, standing = found[0][: len(_SHOWN)], [one[len(_SHOWN) :] for one in found]
    cards = [_Card(*one[:3]) for one in standing if one[0] is not None]
    restrictions = [_Restriction(*one[3:]) for one in standing if one[4] is not None]
    whole = SimpleNamespace(**dict(zip(_SHOWN, row, strict=False)))
    return facts_from(whole, cards, restrictions, organisation, now=now)


def patron(patron_id: int, *, scopes: Sequence[str]) -> PatronFacts | None:
    """A reader whom a librarian with these scopes may see; one statement and the tree."""
    organisation, units = tree(), units_in(scopes)
    found = one_reader(patron_id, organisation=organisation)
    seen = found is not None and (units is None or organisation.units[found.home_unit].id in units)
    return found if seen else None


def is_visible(patron_id: int, *, scopes: Sequence[str]) -> bool:
    """Whether `patron` would find this reader; two statements."""
    return Patron.objects.filter(scope_of(scopes), pk=patron_id, deleted_at__isnull=True).exists()


def patron_by_card(number: str, *, scopes: Sequence[str]) -> PatronFacts | None:
    """The reader who holds or held this card, valid or not; the rules say what an invalid one means."""
    rows = Patron.objects.filter(scope_of(scopes), cards__number=number, deleted_at__isnull=True)
    found = complete(rows)
    return found[0] if found else None


def patrons_by_card(numbers: Iterable[str], *, scopes: Sequence[str]) -> dict[str, PatronFacts]:
    """The readers who hold these valid cards, by number; four statements however many."""
    held = Card.objects.filter(number__in=list(numbers), state="valid").values_list("number", "patron_id")
    owners = dict(held)
    known = visible_patrons(set(owners.values()), scopes=scopes)
    return {number: known[owner] for number, owner in owners.items() if owner in known}


def latest_patrons(
    units: Iterable[int], *, scopes: Sequence[str], limit: int, category: str | None = None
) -> list[PatronFacts]:
    """The readers of these libraries who were registered last, in the order in which they came."""
    rows = Patron.objects.filter(scope_of(scopes), home_unit_id__in=list(units), deleted_at__isnull=True)
    if category is not None:
        rows = rows.filter(category_id=category)
    return complete(rows.order_by("-pk")[:limit])[::-1]


def patron_ids_by_card(numbers: Iterable[str], *, scopes: Sequence[str]) -> dict[str, int]:
    """Card → reader, for those cards whose readers `patron_by_card` would find; one statement."""
    rows = Card.objects.filter(number__in=list(numbers), patron__deleted_at__isnull=True)
    units = units_in(scopes)
    if units is not None:
        rows = rows.filter(patron__home_unit_id__in=units)
    return dict(rows.values_list("number", "patron_id"))


def patrons_by_id(patron_ids: Iterable[int]) -> dict[int, PatronFacts]:
    return {facts.id: facts for facts in complete(Patron.objects.filter(pk__in=list(patron_ids)))}


def visible_patrons(patron_ids: Iterable[int], *, scopes: Sequence[str]) -> dict[int, PatronFacts]:
    """Those of these readers whom a librarian with these scopes may see; four statements however many."""
    rows = Patron.objects.filter(scope_of(scopes), pk__in=list(patron_ids), deleted_at__isnull=True)
    return {facts.id: facts for facts in complete(rows)}


PATRON_ORDERS = {
    "id": "pk",
    "name": "search_key",
    "home_unit": "home_unit__code",
    "category": "category_id",
    "enrolled_on": "enrolled_on",
    "expires_on": "expires_on",
}


def patrons_page(
    *, scopes: Sequence[str], offset: int, limit: int, text: str = "", card: str | None = None,
    surname: str | None = None, unit: str | None = None, order: Sequence[str] = (),
) -> tuple[int, list[PatronFacts]]:  # fmt: skip
    """(number of all, one page) of visible readers, in name order unless `order` names others of `PATRON_ORDERS`.

    `text` narrows to what `finding.find` finds for it, five hundred at most and the best first; `surname` to surnames
    that begin so (folded), `card` to the holder of this valid card, `unit` to readers of this library. "-" before a
    name of `order` sorts descending.
    """
    units = units_in(scopes)
    rows = Patron.objects.filter(_within(units), deleted_at__isnull=True)
    best = find(text, units=units) if text.strip() else None
    if best is not None:
        rows = rows.filter(pk__in=best)
    if surname is not None:
        rows = rows.filter(search_key__startswith=" ".join(words(surname)))
    if card is not None:
        rows = rows.filter(cards__number=card, cards__state="valid")
    if unit is not None:
        rows = rows.filter(home_unit__code=unit)
    if best is not None and not order:
        narrowed = not (surname is card is unit is None)
        left = set(rows.values_list("pk", flat=True)) if narrowed else set(best)
        kept = [pk for pk in best if pk in left]
        shown = patrons_by_id(kept[offset : offset + limit])
        return len(kept), [shown[pk] for pk in kept[offset : offset + limit]]
    columns = [name[: name.startswith("-")] + PATRON_ORDERS[name.removeprefix("-")] for name in order or ("name",)]
    return rows.count(), complete(rows.order_by(*columns, "pk")[offset : offset + limit])
