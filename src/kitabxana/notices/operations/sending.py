"""Messages go out: each is taken in one short transaction, sent outside of any, and settled in another.

What a sender that was killed had in the air is found by its lease. An e-mail is then sent again under the same
Message-ID: better twice than never, and at most the one in the air. A message to a telephone costs money and can't be
told from its double by the phone: it is sent again only where the gateway takes a reference, else it fails as
`uncertain` and a librarian decides.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kitabxana.base import audit
from kitabxana.base.actor import SYSTEM
from kitabxana.kernel.decisions import Refused
from kitabxana.notices.models import Message
from kitabxana.notices.operations.channels import NotSent, gateway_knows_doubles, send_email, send_sms
from kitabxana.notices.operations.queueing import after_quiet_hours, open_channels
from kitabxana.notices.rules import wait_after
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kitabxana.base.actor import Actor

LEASE = timedelta(minutes=5)
"""How long one sending may take before its sender counts as lost; far longer than any time-out of a channel."""


def send_due(*, limit: int = 200, stop: Callable[[], bool] = lambda: False) -> int:
    """Send what is due, oldest first; returns how many were tried. Must not run inside a transaction.

    Several senders may work at once: a taken message is nobody else's until its lease is over.
    """
    tried = 0
    while tried < limit and not stop() and (row := _take()) is not None:
        tried += 1
        try:
            _send(row)
        except NotSent as failure:
            _not_sent(row, failure)
        else:
            _sent(row)
    return tried


def _take() -> Message | None:
    """The next message, marked as being sent; one whose sender was lost is taken up as its channel allows."""
    now = timezone.now()
    while True:
        with transaction.atomic():
            due = Message.objects.select_for_update(skip_locked=True).filter(
                Q(state__in=("queued", "sending")), channel__in=("email", "sms"), next_try_at__lte=now
            )
            row = due.order_by("next_try_at", "id").first()
            if row is None:
                return None
            if row.state == "sending" and row.channel == "sms" and not gateway_knows_doubles():
                _settle(row, state="failed", reason="uncertain")
                continue
            row.state, row.next_try_at = "sending", now + LEASE
            row.attempts += 1
            row.save(update_fields=["state", "next_try_at", "attempts"])
        return row


def _send(row: Message) -> None:
    if row.channel not in open_channels():
        raise NotSent("channel_off")
    if row.channel == "email":
        send_email(row, reply_to=tree().by_id[row.unit_id].email)
    else:
        send_sms(row)


def _sent(row: Message) -> None:
    with transaction.atomic():
        _settle(row, state="sent", reason="")


def _not_sent(row: Message, failure: NotSent) -> None:
    """Wait longer each time; after the last wait, or where trying again can't help, the message has failed."""
    wait = None if failure.final else wait_after(row.attempts)
    with transaction.atomic():
        if wait is None:
            _settle(row, state="failed", reason=failure.reason)
            return
        organisation, after = tree(), timezone.now() + wait
        if row.channel == "sms":
            after = after_quiet_hours(organisation, organisation.by_id[row.unit_id], after)
        Message.objects.filter(pk=row.pk, state="sending", attempts=row.attempts).update(
            state="queued", reason=failure.reason, next_try_at=after
        )


def _settle(row: Message, *, state: str, reason: str) -> None:
    """Write the end of a message with its audit row; one whose lease another sender has taken up is left to that."""
    sent_at = timezone.now() if state == "sent" else None
    mine = Message.objects.filter(pk=row.pk, state="sending", attempts=row.attempts)
    if mine.update(state=state, reason=reason, sent_at=sent_at):
        after = {"state": state, "channel": row.channel, "reason": reason, "attempts": row.attempts}
        audit.record(SYSTEM, f"notice.{state}", object_type="message", object_id=row.pk, after=after)


@transaction.atomic
def send_again(*, message_id: int, by: Actor) -> None:
    """Queue a failed message anew. Refused: unknown_message (also one that has not failed), not_permitted."""
    row = Message.objects.select_for_update().filter(pk=message_id, state="failed").first()
    if row is None:
        raise Refused.one("unknown_message")
    _require(by, "notices.send", row.unit_id)
    before = {"state": row.state, "reason": row.reason}
    row.state, row.reason, row.attempts, row.next_try_at = "queued", "", 0, timezone.now()
    row.save(update_fields=["state", "reason", "attempts", "next_try_at"])
    audit.record(by, "notice.again", object_type="message", object_id=row.pk, before=before, after={"state": "queued"})


@transaction.atomic
def print_letters(*, message_ids: Sequence[int], by: Actor) -> int:
    """Say that these letters were printed; how many of them waited till now. Asked twice, the second time none.

    Refused: not_permitted, when any of them is a library's where `by` may not send.
    """
    rows = Message.objects.select_for_update().filter(pk__in=list(message_ids), channel="print", state="queued")
    found = list(rows.order_by("id"))
    for unit_id in {row.unit_id for row in found}:
        _require(by, "notices.send", unit_id)
    Message.objects.filter(pk__in=[row.pk for row in found]).update(state="sent", sent_at=timezone.now())
    told: list[tuple[object, Any, Any]] = [(row.pk, {"state": "queued"}, {"state": "sent"}) for row in found]
    if told:
        audit.record_many(by, "notice.print", object_type="message", entries=told)
    return len(found)


def _require(by: Actor, permission: str, unit_id: int) -> None:
    if not by.may(permission, tree().by_id[unit_id].path):
        raise Refused.one("not_permitted", permission=permission)
