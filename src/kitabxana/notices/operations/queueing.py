"""Occasions become messages: one transaction for a reader, told once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation

from kitabxana.base import audit
from kitabxana.base.actor import SYSTEM
from kitabxana.kernel.money import Money
from kitabxana.notices.facts import LANGUAGES, Reached
from kitabxana.notices.models import Message, Notice, Wish
from kitabxana.notices.queries import wording
from kitabxana.notices.rules import TRIGGERS, after_quiet, choose, phone_number, render, shortened
from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import value
from kitabxana.patrons.queries import contacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kitabxana.notices.facts import Occasion, Way, Wording
    from kitabxana.organisation.facts import Tree, UnitFacts
    from kitabxana.patrons.facts import Contact

_LANGUAGES_OF = {"AZ": "az", "TR": "tr"}
_ITEM = ("title", "author", "barcode", "date", "amount", "what")


@dataclass(frozen=True, slots=True)
class _Scene:
    """What the messages of some occasions are made from, read once for all of them."""

    organisation: Tree
    people: Mapping[int, Contact]
    wishes: Mapping[int, Mapping[str, str]]
    open_channels: frozenset[str]
    now: datetime
    words: dict[tuple[str, str, str], Wording] = field(default_factory=dict)
    """Texts read so far, by trigger, language and unit."""

    def wording(self, trigger: str, language: str, unit: UnitFacts) -> Wording:
        key = (trigger, language, unit.code)
        if key not in self.words:
            self.words[key] = wording(trigger, language, unit=unit, organisation=self.organisation)
        return self.words[key]


def open_channels() -> frozenset[str]:
    """What this installation can send through: letters always, the rest as its settings say."""
    ways = {"email": settings.EMAIL_HOST, "sms": settings.SMS_GATEWAY["url"]}
    return frozenset({"print", *(name for name, there in ways.items() if there)})


def tell(occasions: Iterable[Occasion], *, now: datetime) -> int:
    """Queue messages for what was not told yet; returns how many were made.

    What concerns one reader, of one trigger, level and library, becomes one message. Each reader's messages, their
    notices and their audit rows are one transaction; when another worker was quicker, the unique key undoes it whole.
    """
    fresh = _untold(list(occasions))
    if not fresh:
        return 0
    people = contacts({one.patron_id for one in fresh})
    people |= contacts({one.guarantor for one in people.values() if one.guarantor} - set(people))
    scene = _Scene(tree(), people, _wishes(people), open_channels(), now)
    by_reader: dict[int, dict[tuple[str, int, str], list[Occasion]]] = defaultdict(lambda: defaultdict(list))
    for one in fresh:
        by_reader[one.patron_id][one.trigger, one.level, one.unit].append(one)
    made = 0
    for patron_id, groups in by_reader.items():
        if patron_id not in people:
            continue
        try:
            with transaction.atomic():
                for group in groups.values():
                    _write(scene, group)
                made += len(groups)
        except IntegrityError:  # told meanwhile by another worker; the next pass finds what is left
            continue
    return made


def _untold(occasions: Sequence[Occasion]) -> list[Occasion]:
    """Without what was told before, and each once."""
    known = set(
        Notice.objects.filter(
            patron__in={one.patron_id for one in occasions}, trigger__in={one.trigger for one in occasions}
        ).values_list("patron_id", "trigger", "thing", "level")
    )
    unique = {one.key: one for one in occasions}
    return [one for key, one in unique.items() if key not in known]


def _wishes(people: Iterable[int]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for patron_id, kind, channel in Wish.objects.filter(patron__in=list(people)).values_list(
        "patron_id", "kind", "channel"
    ):
        found[patron_id][kind] = channel
    return found


def _write(scene: _Scene, group: Sequence[Occasion]) -> None:
    first = group[0]
    concerned = scene.people[first.patron_id]
    unit = scene.organisation.units[first.unit]
    person = _addressee(scene, concerned)
    trigger = TRIGGERS[first.trigger]
    language = language_for(person.language, unit)
    reached = Reached(
        language=language,
        email=person.email,
        phone=phone_number(person.phone, country=unit.country),
        post=f"{person.name}\n{person.post}" if person.post else "",
        allowed=person.allowed,
        left=concerned.left or person.left,
    )
    way = choose(
        trigger, reached, wanted=scene.wishes.get(person.id, {}).get(trigger.kind, ""),
        open_channels=scene.open_channels,
    )  # fmt: skip
    facts = text_facts(group, reader=concerned, to=person.name, unit=unit, language=language, now=scene.now)
    words = scene.wording(trigger.name, language, unit)
    message = _message(scene, words, facts, way=way, unit=unit, language=language)
    message.reader_id, message.trigger, message.level = person.id, trigger.name, first.level
    message.save()
    Notice.objects.bulk_create(
        Notice(patron_id=one.patron_id, trigger=one.trigger, thing=one.thing, level=one.level, message=message)
        for one in group
    )
    after = {"trigger": first.trigger, "channel": way.channel, "state": message.state, "things": len(group)}
    audit.record(SYSTEM, "notice.make", object_type="message", object_id=message.pk, after=after)


def language_for(known: str, unit: UnitFacts) -> str:
    """The reader's language, else that of the library's country."""
    return known if known in LANGUAGES else _LANGUAGES_OF.get(unit.country, str(settings.LANGUAGE_CODE))


def _addressee(scene: _Scene, concerned: Contact) -> Contact:
    """Who answers for a child gets what concerns it, where the library's policy says so."""
    if concerned.guarantor is None or concerned.guarantor not in scene.people:
        return concerned
    asked = {"unit": concerned.home_unit, "category": concerned.category, "item_type": ""}
    to_guarantor = value(scene.organisation, "notices_to_guarantor", **asked)
    return scene.people[concerned.guarantor] if to_guarantor else concerned


def _message(
    scene: _Scene, words: Wording, facts: Mapping[str, Any], *, way: Way, unit: UnitFacts, language: str
) -> Message:
    starts, state = scene.now, "queued"
    if way.channel == "account":
        state = "suppressed" if way.reason else "sent"
    elif way.channel == "sms":
        starts = after_quiet_hours(scene.organisation, unit, scene.now)
    return Message(
        unit_id=unit.id,
        channel=way.channel,
        address=way.address,
        language=language,
        subject=shortened(render(words.subject, facts), 200),
        body=render(words.body, facts),
        sms=shortened(render(words.sms, facts)) if way.channel == "sms" else "",
        state=state,
        reason=way.reason,
        made_at=scene.now,
        next_try_at=starts,
        sent_at=scene.now if state == "sent" else None,
    )


def after_quiet_hours(organisation: Tree, unit: UnitFacts, now: datetime) -> datetime:
    """`now`, or when this library's quiet hours for messages to telephones end."""
    hours = {
        name: int(value(organisation, name, unit=unit.code, category="", item_type=""))
        for name in ("quiet_from", "quiet_until")
    }
    return after_quiet(now, **hours, zone=ZoneInfo(unit.zone))


def text_facts(
    group: Sequence[Occasion], *, reader: Contact | None, to: str, unit: UnitFacts, language: str, now: datetime
) -> dict[str, Any]:
    """What a text may name (`rules.wording.FIELDS`), all of it written in this language."""
    zone = ZoneInfo(unit.zone)

    def plain(said: Any) -> str:
        return written(said, language=language, zone=zone)

    items = [{name: plain(one.item.get(name, "")) for name in _ITEM} for one in group if one.item.get("listed", True)]
    sums: dict[str, int] = defaultdict(int)
    for one in group:
        if isinstance(amount := one.item.get("amount"), Money):
            sums[amount.currency] += amount.minor
    name = reader.name if reader else to
    told = {"name": name, "firstname": reader.firstname if reader else "", "surname": reader.surname if reader else "",
            "card": reader.card if reader else ""}  # fmt: skip
    here = {"name": unit.name(language), "address": unit.address, "city": unit.city, "phone": unit.phone,
            "email": unit.email}  # fmt: skip
    return {
        "to": {"name": to},
        "reader": told,
        "library": here,
        "items": items,
        "first": items[0] if items else dict.fromkeys(_ITEM, ""),
        "date": plain(group[0].item.get("date", now.astimezone(zone).date())),
        "total": ", ".join(plain(Money(minor, currency)) for currency, minor in sorted(sums.items()) if minor),
        "level": group[0].level,
        "count": len(items),
        "more": max(len(items) - 1, 0),
    }


def written(said: Any, *, language: str, zone: ZoneInfo) -> str:
    """A day, a moment (a day where it is the end of one), money or a text as this language writes it."""
    if isinstance(said, datetime):
        local = said.astimezone(zone)
        if (local.hour, local.minute) != (23, 59):
            return str(format_datetime(local, "d MMMM y, HH:mm", locale=language))
        said = local.date()
    if isinstance(said, date):
        return str(format_date(said, "long", locale=language))
    if isinstance(said, Money):
        return str(format_currency(said.decimal(), said.currency, locale=language))
    with translation.override(language):  # words of other features translate themselves when they are written
        return str(said)
