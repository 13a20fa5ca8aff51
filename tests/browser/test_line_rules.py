"""The desk without a line decides as the server does: every reader with every copy, lent, renewed and taken back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.charges.tests.builders import owes
from kitabxana.circulation.operations import check_in, check_out, check_out_refusals, place_hold, renew
from kitabxana.circulation.queries import loans_by_item
from kitabxana.circulation.queries.extract import extract
from kitabxana.circulation.tests.scenes import NOW, lend, policy
from kitabxana.holdings.queries import item_by_barcode
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.operations import add_closure, set_policy
from kitabxana.patrons.operations import restrict
from kitabxana.patrons.tests.builders import a_reader, mark_card

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser
    from pytest_django.live_server_helper import LiveServer

CARDS = ("R1", "R2", "R3", "R4", "R5", "R6")
BARCODES = ("B0", "B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B9")
DECIDE = """async ([lines, cards, barcodes, now]) => {
    const { Book } = await import("/static/desk/line/book.js");
    const rules = await import("/static/desk/line/rules.js");
    const book = new Book(lines);
    const told = (found, due) => found.length ? found.map(([code]) => code).sort() : due();
    const answers = {};
    for (const card of cards) for (const barcode of barcodes) {
        const [reader, copy] = [book.cards.get(card), book.copies.get(barcode)];
        answers[`lend ${card} ${barcode}`] =
            told(rules.lendingRefusals(book, reader, copy, now), () => rules.dueOf(book, reader, copy, now));
        if (copy.loan?.reader === reader.id) answers[`renew ${card} ${barcode}`] =
            told(rules.renewalRefusals(book, reader, copy, now), () => rules.renewedDue(book, reader, copy, now));
    }
    for (const barcode of barcodes) answers[`back ${barcode}`] = rules.whereTo(book, book.copies.get(barcode), "az");
    return answers;
}"""
OURS = {"patron_restricted": "restricted", "renewal_refused": "already_lent_to_patron",
        "renewal_needed_by_hold": "wanted_by_other"}  # fmt: skip


def tried(act: Callable[[], Any]) -> Any:
    """What it would come to: minutes until which it is lent, or the codes against it. Nothing stays changed."""
    try:
        with transaction.atomic():
            found = act()
            transaction.set_rollback(True)
    except Refused as refused:
        return sorted(OURS.get(one.code, one.code) for one in refused.refusals)
    return int(found.due_at.timestamp()) // 60


def a_library(governs: str) -> dict[str, int]:
    """Six readers, nine copies and rules that meet: limits by type and library, ages, debts, closed days, holds."""
    policy(rule_library=governs, several_copies_of_record=False, overdues_block_loans="deny", debt_limit=500,
           any_debt_asks=True, patron_max_loans=3, no_renewal_before=5, lend_restricted="allow")  # fmt: skip
    for values in (
        {"name": "loan_length", "value": 7, "item_type": "DVD"},
        {"name": "minimum_age", "value": 14, "item_type": "DVD"},
        {"name": "max_loans", "value": 1, "item_type": "DVD"},
        {"name": "loan_length", "value": 4, "unit": "GNC-2"},
        {"name": "return_to", "value": "home", "unit": "SAK-M"},
        {"name": "end_with_card", "value": True, "unit": "GNC"},
    ):
        set_policy(**values, by=SYSTEM)  # type: ignore[arg-type]
    add_closure(unit="GNC", first_day=date(2026, 11, 27), last_day=date(2026, 11, 30), by=SYSTEM)
    readers = {
        "R1": a_reader(),
        "R2": a_reader(card="R2", birth_date=date(2019, 1, 1)),
        "R3": a_reader(card="R3", expires_on=date(2026, 12, 5)),
        "R4": a_reader(card="R4", expires_on=date(2026, 11, 1)),
        "R5": a_reader(card="R5"),
        "R6": a_reader(card="R6"),
    }
    owes(readers["R4"], 700)
    owes(readers["R5"], 100)
    restrict(patron_id=readers["R5"], reason="x", by=SYSTEM)
    mark_card("R5", "lost")
    one, two = a_record(title="Bir"), a_record(title="İki")
    copies = {
        "B0": a_copy(a_record(), barcode="B0"),
        "B1": a_copy(one),
        "B2": a_copy(one, barcode="B2", damaged=True),
        "B3": a_copy(two, barcode="B3", item_type="DVD"),
        "B4": a_copy(a_record(), barcode="B4", item_type="DVD"),
        "B5": a_copy(a_record(), barcode="B5", restricted=True),
        "B6": a_copy(a_record(), barcode="B6"),
        "B7": a_copy(a_record(), barcode="B7", unit="GNC-2"),
        "B8": a_copy(a_record(), barcode="B8", unit="SAK-M"),
        "B9": a_copy(a_record(), barcode="B9", not_for_loan=True),
    }
    lend(copies["B1"], readers["R1"], now=NOW - timedelta(days=12))
    lend(copies["B4"], readers["R1"], now=NOW - timedelta(days=3))
    lend(copies["B7"], readers["R2"], unit="GNC-2", now=NOW - timedelta(days=9))
    lend(copies["B8"], readers["R1"], unit="SAK-M", now=NOW - timedelta(days=1))
    for record, reader in ((two, "R1"), (item("B6").record_id, "R2")):
        place_hold(record_id=record, patron_id=readers[reader], pickup_unit="GNC-M", by=SYSTEM, now=NOW,
                   lift=frozenset({"on_the_shelf", "too_many_holds"}))  # fmt: skip
    return readers


def item(barcode: str) -> Any:
    found = item_by_barcode(barcode)
    assert found is not None
    return found


def back(barcode: str) -> list[Any]:
    """What the server says of a copy that comes back, as [code, tone]."""
    try:
        with transaction.atomic():
            done = check_in(item_id=item(barcode).id, unit="GNC-M", by=SYSTEM, now=NOW)
            transaction.set_rollback(True)
    except Refused:
        return ["stays_with", "stop"]
    return {"to_shelf": ["returned", "ok"], "hold_shelf": ["keep_for", "hold"], "transfer": ["send_to", "send"]}[
        done.instruction
    ]


def decisions(readers: dict[str, int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    loans = loans_by_item(item(barcode).id for barcode in BARCODES)
    for card in CARDS:
        for barcode in BARCODES:
            copy, patron = item(barcode).id, readers[card]
            asked = {"item_id": copy, "patron_id": patron, "unit": "GNC-M", "by": SYSTEM, "now": NOW}
            against = check_out_refusals(**asked)
            found[f"lend {card} {barcode}"] = (
                sorted({OURS.get(one.code, one.code) for one in against})
                or tried(lambda asked=asked: check_out(**asked))  # type: ignore[misc]
            )
            loan = loans.get(copy)
            if loan and loan.patron_id == patron:
                found[f"renew {card} {barcode}"] = tried(
                    lambda loan=loan: renew(loan_id=loan.id, by=SYSTEM, now=NOW)  # type: ignore[misc]
                )
    return found | {f"back {barcode}": back(barcode) for barcode in BARCODES}


@pytest.mark.parametrize("governs", ["desk", "item_home"])
def test_the_page_decides_as_the_server_does(
    governs: str, chromium: Browser, nation: None, live_server: LiveServer
) -> None:
    readers = a_library(governs)
    lines = b"".join(extract(unit="GNC-M", now=NOW)).decode().splitlines()
    page = chromium.new_page()
    page.goto(f"{live_server.url}/desk/without-line/")
    page.wait_for_selector("body[data-started]")
    theirs = page.evaluate(DECIDE, [lines, CARDS, BARCODES, NOW.timestamp() * 1000])
    page.close()
    theirs |= {name: [told[0], told[2]] for name, told in theirs.items() if name.startswith("back")}
    ours = decisions(readers)
    assert len(ours) == 6 * 10 + 4 + 10
    assert {name: (theirs[name], told) for name, told in ours.items() if theirs[name] != told} == {}
    assert sum(isinstance(one, int) for one in ours.values()) > 5
