"""What happened becomes what readers are told: handlers of the outbox, safe to be called again with the same events.

What is gone meanwhile (a loan returned, a reader who wants no history) is not told of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from kitabxana.base import audit
from kitabxana.base.actor import SYSTEM
from kitabxana.charges.facts import Source
from kitabxana.charges.messages import CREDITS, DEBITS
from kitabxana.charges.queries import credit, debit, debits_of
from kitabxana.circulation.queries import loan, past_loan
from kitabxana.circulation.queries.holds import hold
from kitabxana.kernel.money import Money
from kitabxana.notices.facts import Occasion, Reached
from kitabxana.notices.models import Message
from kitabxana.notices.operations.items import of_copies, of_records
from kitabxana.notices.operations.queueing import after_quiet_hours, language_for, open_channels, tell, text_facts
from kitabxana.notices.queries import wording
from kitabxana.notices.rules import TRIGGERS, choose, phone_number, render, shortened
from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import POLICIES, value
from kitabxana.patrons.queries import contacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from kitabxana.circulation.facts import LoanFacts, PastLoanFacts


def holds_ready(payloads: Sequence[dict[str, Any]]) -> None:
    """A copy stands on the hold shelf: always told. The same hold is told anew when it came to stand there anew."""
    found = [one for payload in payloads if (one := hold(payload["hold"])) is not None and one.ready_at is not None]
    titles = of_records({one.record_id for one in found})
    tell(
        [
            Occasion(
                "hold_ready",
                one.patron_id,
                f"hold {one.id} {one.ready_at.isoformat()}"[:60],
                one.pickup_unit,
                item={**titles[one.record_id], "date": one.expires_on},
            )
            for one in found
            if one.ready_at
        ],
        now=timezone.now(),
    )


def loans_opened(payloads: Sequence[dict[str, Any]]) -> None:
    """A slip of what was lent, where the library's policy says so."""
    if _told_anywhere("check_out"):
        _slips(
            "check_out", [one for payload in payloads if (one := loan(payload["loan"])) is not None and not one.onsite]
        )


def loans_renewed(payloads: Sequence[dict[str, Any]]) -> None:
    """A slip of what was renewed; each renewal of a loan is one."""
    if _told_anywhere("renewal"):
        _slips("renewal", [one for payload in payloads if (one := loan(payload["loan"])) is not None])


def loans_not_renewed(payloads: Sequence[dict[str, Any]]) -> None:
    """A loan that was to renew itself could not."""
    _slips("not_renewed", [one for payload in payloads if (one := loan(payload["loan"])) is not None])


def loans_recalled(payloads: Sequence[dict[str, Any]]) -> None:
    """A loan is due sooner, since another reader waits: always told, with the day as it is now."""
    _slips("recalled", [one for payload in payloads if (one := loan(payload["loan"])) is not None])


def loans_closed(payloads: Sequence[dict[str, Any]]) -> None:
    """A slip of what came back, and the fine that stands now."""
    fined = {payload["loan"] for payload in payloads if payload.get("fine")}
    asked = payloads if _told_anywhere("check_in") else [payload for payload in payloads if payload["loan"] in fined]
    ended = [one for payload in asked if (one := past_loan(payload["loan"])) is not None]
    if _told_anywhere("check_in"):
        _slips("check_in", [one for one in ended if one.patron_id is not None])
    charged = []
    for one in ended:
        if one.id in fined and one.patron_id is not None:
            lines = [line for line in debits_of(Source("loan", one.id), kind="fine") if not line.running]
            charged += [_Charged(line.id, one.patron_id, one.unit, line.amount, "fine", one.item_id) for line in lines]
    _tell_charges(charged)


def items_lost(payloads: Sequence[dict[str, Any]]) -> None:
    """A copy counts as lost, long overdue or said to be so; what it cost stands beside it."""
    titles, organisation = of_copies({payload["item"] for payload in payloads}), tree()
    occasions = []
    for payload in payloads:
        lent = loan(payload["loan"])
        if lent is None:
            continue
        charged = (payload.get("price") or 0) + (payload.get("processing") or 0)
        item = {**titles.get(payload["item"], {}), "amount": Money(charged, organisation.units[lent.unit].currency)}
        occasions.append(Occasion("lost", lent.patron_id, f"loan {lent.id}", lent.unit, item=item))
    tell(occasions, now=timezone.now())


@dataclass(frozen=True, slots=True)
class _Charged:
    id: int
    patron_id: int
    unit: str
    amount: Money
    kind: str
    item_id: int | None


def charges_made(payloads: Sequence[dict[str, Any]]) -> None:
    """What was charged at a desk or by a rule. The price of a lost copy is told with its loss."""
    lines = [line for payload in payloads if (line := debit(payload["debit"])) is not None]
    _tell_charges(
        [
            _Charged(line.id, line.patron_id, line.unit, line.amount, line.kind, line.item_id)
            for line in lines
            if line.patron_id is not None and line.kind not in ("lost", "processing") and line.amount.minor > 0
        ]
    )


def _tell_charges(charged: Sequence[_Charged]) -> None:
    titles = of_copies({line.item_id for line in charged if line.item_id})
    occasions = [
        Occasion(
            "charge",
            line.patron_id,
            f"debit {line.id}",
            line.unit,
            item={**titles.get(line.item_id or 0, {}), "what": DEBITS[line.kind], "amount": line.amount},
        )
        for line in charged
    ]
    tell(_wanted(occasions), now=timezone.now())


def credits_made(payloads: Sequence[dict[str, Any]]) -> None:
    """The receipt of a payment; waivers and corrections are no payments."""
    lines = [line for payload in payloads if (line := credit(payload["credit"])) is not None]
    occasions = [
        Occasion(
            "payment",
            line.patron_id,
            f"credit {line.id}",
            line.unit,
            item={"what": CREDITS["payment"], "amount": line.amount, "date": line.credited_at},
        )
        for line in lines
        if line.patron_id is not None and line.kind == "payment"
    ]
    tell(_wanted(occasions), now=timezone.now())


def welcome(payloads: Sequence[dict[str, Any]]) -> None:
    """A new reader registered at a desk; rows of an import are not welcomed."""
    tell(_wanted(_memberships("welcome", (payload["patron"] for payload in payloads))), now=timezone.now())


def application_answered(payloads: Sequence[dict[str, Any]]) -> None:
    """Who registered from home is told what came of it; one not taken is no reader, and is written to once by e-mail
    or telephone, with nothing kept but the message.
    """
    taken = [payload["patron"] for payload in payloads if payload["patron"]]
    tell(_memberships("application_taken", taken), now=timezone.now())
    for payload in payloads:
        if not payload["patron"]:
            _answer_stranger(payload, now=timezone.now())


@transaction.atomic
def _answer_stranger(payload: Mapping[str, Any], *, now: datetime) -> None:
    organisation = tree()
    unit = organisation.units[payload["unit"]]
    language = language_for(payload["language"], unit)
    reached = Reached(
        language=language, email=payload["email"], phone=phone_number(payload["phone"], country=unit.country),
        allowed=frozenset({"email", "sms"}),
    )  # fmt: skip
    way = choose(TRIGGERS["application_refused"], reached, wanted="", open_channels=open_channels())
    if way.reason or way.channel == "account":
        return
    told = Occasion("application_refused", 0, "", unit.code)
    facts = text_facts([told], reader=None, to=payload["name"], unit=unit, language=language, now=now)
    words = wording("application_refused", language, unit=unit, organisation=organisation)
    row = Message.objects.create(
        unit_id=unit.id, trigger="application_refused", channel=way.channel, address=way.address, language=language,
        subject=shortened(render(words.subject, facts), 200), body=render(words.body, facts),
        sms=shortened(render(words.sms, facts)) if way.channel == "sms" else "", made_at=now,
        next_try_at=after_quiet_hours(organisation, unit, now) if way.channel == "sms" else now,
    )  # fmt: skip
    after = {"trigger": "application_refused", "channel": way.channel, "application": payload["application"]}
    audit.record(SYSTEM, "notice.make", object_type="message", object_id=row.pk, after=after)


def _memberships(trigger: str, patron_ids: Iterable[int]) -> list[Occasion]:
    return [
        Occasion(trigger, one.id, "membership", one.home_unit, item={"date": one.expires_on, "listed": False})
        for one in contacts(patron_ids).values()
    ]


def _slips(trigger: str, loans: Sequence[LoanFacts | PastLoanFacts]) -> None:
    """Each loan once for each due date (a renewal makes a new one), in the name of the library where it happened."""
    titles = of_copies({one.item_id for one in loans})
    occasions = []
    for one in loans:
        if one.patron_id is None:
            continue
        thing = (
            f"loan {one.id}" if trigger in ("check_out", "check_in") else f"loan {one.id} {one.due_at:%Y-%m-%dT%H:%M}"
        )
        unit = getattr(one, "return_unit", "") or one.unit
        item = {**titles.get(one.item_id, {}), "date": one.due_at}
        occasions.append(Occasion(trigger, one.patron_id, thing, unit, item=item))
    tell(_wanted(occasions), now=timezone.now())


def _wanted(occasions: Sequence[Occasion]) -> list[Occasion]:
    """Those that the policy of their trigger says yes to, for the reader's category."""
    if not occasions:
        return []
    organisation, people = tree(), contacts({one.patron_id for one in occasions})
    return [
        one
        for one in occasions
        if one.patron_id in people
        and _says_yes(TRIGGERS[one.trigger].policy, one.unit, people[one.patron_id].category, organisation)
    ]


def _told_anywhere(trigger: str) -> bool:
    """Whether any library wants this told: where none does, nothing is read for it."""
    policy = TRIGGERS[trigger].policy
    return bool(POLICIES[policy].default) or any(tree().policies.get(policy, {}).values())


def _says_yes(policy: str, unit: str, category: str, organisation: Any) -> bool:
    return not policy or bool(value(organisation, policy, unit=unit, category=category, item_type=""))
