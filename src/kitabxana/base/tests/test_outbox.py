from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from kitabxana.base import outbox
from kitabxana.base.models import OutboxEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitabxana.base.outbox import Handler

pytestmark = pytest.mark.django_db


class Heard(list[Any]):
    """A handler that remembers what it was told."""

    def __call__(self, payloads: Sequence[dict[str, Any]]) -> None:
        self.extend(payload["n"] for payload in payloads)


def failing(_payloads: Sequence[dict[str, Any]]) -> None:
    raise ZeroDivisionError


def busy(_payloads: Sequence[dict[str, Any]]) -> None:
    raise outbox.NotNow


def seconds_to_wait(name: str) -> float:
    event = OutboxEvent.objects.filter(name=name).order_by("id")[0]
    return (event.next_try_at - timezone.now()).total_seconds()


def let_all_be_due() -> None:
    OutboxEvent.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))


def test_an_event_is_delivered_once_and_in_order() -> None:
    heard = Heard()
    for number in range(5):
        outbox.publish("loan.opened", {"n": number})
    assert outbox.deliver({"loan.opened": (heard,)}) == 5
    assert outbox.deliver({"loan.opened": (heard,)}) == 0
    assert heard == [0, 1, 2, 3, 4]
    assert outbox.pending() == 0


def test_an_event_of_something_undone_is_never_heard() -> None:
    with transaction.atomic():
        outbox.publish("loan.opened", {"n": 1})
        transaction.set_rollback(True)
    assert outbox.pending() == 0


def test_an_event_that_nobody_wants_passes_away() -> None:
    outbox.publish("hold.placed", {"n": 1})
    assert outbox.deliver({}) == 1
    assert outbox.pending() == 0


def test_a_failing_handler_waits_longer_each_time_and_stops_nobody_else(caplog: pytest.LogCaptureFixture) -> None:
    heard = Heard()
    outbox.publish("poison", {"n": 1})
    outbox.publish("loan.opened", {"n": 2})
    handlers: dict[str, tuple[Handler]] = {"poison": (failing,), "loan.opened": (heard,)}
    assert outbox.deliver(handlers) == 1
    assert heard == [2]
    waits = [seconds_to_wait("poison")]
    for _ in range(14):
        let_all_be_due()
        assert outbox.deliver(handlers) == 0
        waits.append(seconds_to_wait("poison"))
    assert [round(wait) for wait in waits[:5]] == [1, 2, 4, 8, 16]
    assert max(waits) <= outbox.LONGEST_WAIT_SECONDS
    assert round(waits[-1]) == outbox.LONGEST_WAIT_SECONDS
    event = OutboxEvent.objects.get()
    assert (event.attempts, event.error) == (15, "ZeroDivisionError()")
    assert sum(record.exc_info is not None for record in caplog.records) == 1


def test_what_a_failing_handler_wrote_is_undone_with_it() -> None:
    def writes_then_fails(_payloads: Sequence[dict[str, Any]]) -> None:
        OutboxEvent.objects.create(name="written", payload={})
        raise ZeroDivisionError

    outbox.publish("poison", {"n": 1})
    outbox.deliver({"poison": (writes_then_fails,)})
    assert not OutboxEvent.objects.filter(name="written").exists()


def test_one_event_that_can_t_be_handled_holds_up_nobody_but_itself() -> None:
    heard = Heard()

    def fussy(payloads: Sequence[dict[str, Any]]) -> None:
        if any(payload["n"] == 3 for payload in payloads):
            raise ZeroDivisionError
        heard(payloads)

    for number in range(6):
        outbox.publish("record.changed", {"n": number})
    assert outbox.deliver({"record.changed": (fussy,)}) == 0
    let_all_be_due()
    assert outbox.deliver({"record.changed": (fussy,)}) == 5
    assert heard == [0, 1, 2, 4, 5]
    assert [event.payload["n"] for event in OutboxEvent.objects.all()] == [3]


def test_a_busy_tool_is_not_a_failure() -> None:
    outbox.publish("record.changed", {"n": 1})
    assert outbox.deliver({"record.changed": (busy,)}) == 0
    event = OutboxEvent.objects.get()
    assert (event.attempts, event.error) == (0, "")
    assert 0 < seconds_to_wait("record.changed") <= 1


def test_a_round_takes_no_more_than_its_limit() -> None:
    heard = Heard()
    for number in range(5):
        outbox.publish("loan.opened", {"n": number})
    assert outbox.deliver({"loan.opened": (heard,)}, limit=2) == 2
    assert heard == [0, 1]


def test_bulk_work_waits_until_nothing_else_is_due() -> None:
    order: list[str] = []
    handlers = {name: (lambda _, name=name: order.append(name),) for name in ("headings.wanted", "record.changed")}
    with transaction.atomic():
        for name in ("headings.wanted", "headings.wanted", "record.changed"):
            outbox.publish(name, {})
    while outbox.deliver(handlers, at_leisure={"headings.wanted"}):
        pass
    assert order == ["record.changed", "headings.wanted", "headings.wanted"]


def test_what_its_publisher_has_done_is_struck_out() -> None:
    numbers = [outbox.publish("record.changed", {"n": number}) for number in range(3)]
    outbox.settle(numbers[:2])
    assert [event.payload["n"] for event in OutboxEvent.objects.all()] == [2]


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_take_the_same_event() -> None:
    with transaction.atomic():
        for number in range(6):
            outbox.publish("loan.opened", {"n": number})
    first, second = Heard(), Heard()
    taken, may_end = threading.Event(), threading.Event()

    def slowly(payloads: Sequence[dict[str, Any]]) -> None:
        first(payloads)
        taken.set()
        assert may_end.wait(10)

    def worker() -> None:
        try:
            outbox.deliver({"loan.opened": (slowly,)}, limit=4)
        finally:
            connection.close()

    thread = threading.Thread(target=worker)
    thread.start()
    assert taken.wait(10)
    assert outbox.deliver({"loan.opened": (second,)}) == 2  # does not wait for the four that are taken
    may_end.set()
    thread.join(10)
    assert (first, second) == ([0, 1, 2, 3], [4, 5])
    assert outbox.pending() == 0


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_a_mistake() -> None:
    with pytest.raises(AssertionError, match="transaction"):
        outbox.publish("loan.opened", {"n": 1})
