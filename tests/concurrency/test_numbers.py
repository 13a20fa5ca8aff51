"""Two cataloguers at one accession book, on real transactions: first that numbers clash without the lock, then with it.

Where the first shows nothing, the second would prove nothing.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.holdings.facts import NewItem
from kitabxana.holdings.operations import (
    add_item_type,
    add_items,
    draw_barcodes,
    set_series,
    undo_batch,
    withdraw_items,
)
from kitabxana.holdings.queries import accession_book, act, batches, items_of, next_numbers, numbering_for
from kitabxana.holdings.tests.builders import NumberSeries, a_copy, an_act
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.facts import Draft
from kitabxana.patrons.models import Card
from kitabxana.patrons.operations import draw_cards, enrol, set_card_series, set_category
from kitabxana.patrons.queries import card_numbering
from tests.concurrency.unlocked import Unlocked

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db(transaction=True)
DESKS, ROUNDS = 4, 5


@pytest.fixture(autouse=True)
def _house() -> None:
    a_nation()
    add_item_type(code="BK", names={}, by=SYSTEM)
    for kind in ("barcode", "accession"):
        set_series(unit="GNC", kind=kind, prefix="", digits=0, last=0, by=SYSTEM)


def at_once(work: Callable[[int], object]) -> list[str]:
    """Let all desks begin together; what came of each: "done", its refusals, or the name of its error."""
    start = threading.Barrier(DESKS)
    came_of = [""] * DESKS

    def desk(number: int) -> None:
        try:
            connection.ensure_connection()
            start.wait(10)
            for _ in range(ROUNDS):
                work(number)
            came_of[number] = "done"
        except Refused as refused:
            came_of[number] = str(refused)
        except Exception as error:  # noqa: BLE001 - the test compares what came of it
            came_of[number] = type(error).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=desk, args=(number,)) for number in range(DESKS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return came_of


def test_without_the_lock_two_take_one_number() -> None:
    taken: list[int] = []
    seen = threading.Barrier(DESKS)

    def take_by_hand(_desk: int) -> None:
        with transaction.atomic():
            book = numbering_for("accession", "GNC-M")
            assert book is not None
            [number] = next_numbers(book, 1)
            seen.wait(10)
            NumberSeries.objects.filter(pk=book.id).update(last=number)
            taken.append(number)

    assert at_once(take_by_hand) == ["done"] * DESKS
    assert len(taken) == DESKS * ROUNDS
    assert len(set(taken)) < len(taken)


def test_with_it_the_book_has_every_number_once() -> None:
    records = [a_record() for _ in range(DESKS)]

    def add(desk: int) -> None:
        unit = ("GNC-M", "GNC-2")[desk % 2]
        item = NewItem(barcode=None, home_unit=unit, holding_unit=unit, item_type="BK")
        add_items(record_id=records[desk], item=item, by=SYSTEM, count=2, accession=True)

    assert at_once(add) == ["done"] * DESKS
    wanted = [str(number) for number in range(1, DESKS * ROUNDS * 2 + 1)]
    book = numbering_for("accession", "GNC-M")
    assert book is not None
    lines = accession_book(book, offset=0, limit=1000, newest_first=False)
    assert [line.number for line in lines] == wanted
    assert len({line.item_id for line in lines}) == len(wanted)
    barcodes = numbering_for("barcode", "GNC-M")
    assert barcodes is not None
    assert barcodes.last == len(wanted)


def test_what_is_rolled_back_leaves_no_gap() -> None:
    record = a_record()
    item = NewItem(barcode=None, home_unit="GNC-M", holding_unit="GNC-M", item_type="BK")

    def add_or_think_better(desk: int) -> None:
        with transaction.atomic():
            add_items(record_id=record, item=item, by=SYSTEM, accession=True)
            transaction.set_rollback(desk % 2 == 0)

    assert at_once(add_or_think_better) == ["done"] * DESKS
    book = numbering_for("accession", "GNC-M")
    assert book is not None
    lines = accession_book(book, offset=0, limit=1000, newest_first=False)
    assert [line.number for line in lines] == [str(number) for number in range(1, DESKS * ROUNDS // 2 + 1)]


def test_a_copy_is_withdrawn_by_one_act_and_acts_are_numbered_without_gaps() -> None:
    items = [a_copy(a_record(), barcode=f"B{number}") for number in range(ROUNDS)]
    left = [iter(items) for _ in range(DESKS)]

    def withdraw(desk: int) -> None:
        withdraw_items(item_ids=[next(left[desk])], draft=an_act(), by=SYSTEM)

    assert at_once(withdraw) == ["done"] * DESKS
    done = batches(scopes=("",), limit=100)
    assert sorted(int(batch.act_number) for batch in done) == list(range(1, ROUNDS + 1))
    listed = [act(batch.act_id or 0, scopes=("",)) for batch in done]
    assert sorted(line["barcode"] for one in listed if one for line in one.lines) == [f"B{n}" for n in range(ROUNDS)]


def test_a_batch_is_undone_once() -> None:
    item = a_copy(a_record())
    withdraw_items(item_ids=[item], draft=an_act(), by=SYSTEM)
    [batch] = batches(scopes=("",))
    came_of = at_once(lambda _desk: undo_batch(batch_id=batch.id, by=SYSTEM))
    assert came_of == ["undone_already"] * DESKS  # one desk's first round undid it, its second was refused
    assert batches(scopes=("",))[0].undone_at is not None


def desks_that_draw(drawn: list[int]) -> list[Callable[[], object]]:
    """Two desks draw a card number each, printed ahead."""

    def draw() -> None:
        drawn.append(draw_cards(unit="GNC-M", count=1, by=SYSTEM)[0])

    return [draw, draw]


def test_without_the_lock_two_desks_draw_one_card_number() -> None:
    set_card_series(unit="GNC", prefix="", digits=0, last=0, by=SYSTEM)
    drawn: list[int] = []
    race = Unlocked(2)
    desks = iter([race(desk) for desk in desks_that_draw(drawn)])
    threads = [threading.Thread(target=_closing(desk)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert race.taken_out == 2
    assert drawn == [1, 1]


def _closing(desk: Callable[[], object]) -> Callable[[], None]:
    def work() -> None:
        try:
            desk()
        finally:
            connection.close()

    return work


def test_with_it_registrations_and_cards_printed_ahead_never_meet() -> None:
    set_category(code="ADULT", names={}, by=SYSTEM)
    set_card_series(unit="GNC", prefix="", digits=4, last=0, check="luhn", by=SYSTEM)
    printed: list[tuple[int, int]] = []

    def at_a_desk(desk: int) -> None:
        if desk % 2:
            printed.append(draw_cards(unit="GNC-M", count=3, by=SYSTEM))
        else:
            enrol(Draft(surname="X", home_unit="GNC-2", category="ADULT"), by=SYSTEM, now=timezone.now())

    assert at_once(at_a_desk) == ["done"] * DESKS
    run = card_numbering("GNC-M")
    assert run is not None
    ahead = [number for first, last in printed for number in range(first, last + 1)]
    every = list(Card.objects.values_list("number", flat=True)) + [run.text(number) for number in ahead]
    wanted = DESKS * ROUNDS * 2
    assert sorted(every) == [run.text(number) for number in range(1, wanted + 1)]
    assert run.last == wanted


def test_barcodes_drawn_ahead_are_no_new_copy_s() -> None:
    record = a_record()
    drawn: list[int] = []

    def at_a_desk(desk: int) -> None:
        if desk % 2:
            drawn.extend(range(*draw_barcodes(unit="GNC-M", count=2, by=SYSTEM)))
        else:
            item = NewItem(barcode=None, home_unit="GNC-2", holding_unit="GNC-2", item_type="BK")
            add_items(record_id=record, item=item, by=SYSTEM)

    assert at_once(at_a_desk) == ["done"] * DESKS
    run = numbering_for("barcode", "GNC-M")
    assert run is not None
    assert run.last == DESKS * ROUNDS // 2 * 3
    assert len(set(drawn)) == DESKS * ROUNDS // 2
    assert not {str(number) for number in drawn} & {item.barcode for item in items_of([record])[record]}
