"""Some life for the demonstration: loans, late ones, returns, holds on their way and on their shelf."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection

from kitabxana.base.actor import SYSTEM
from kitabxana.circulation.operations import check_in, check_out, place_hold, renew
from kitabxana.holdings.queries import items_page
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree
from kitabxana.patrons.queries import patrons_page

if TYPE_CHECKING:
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.patrons.facts import PatronFacts

SEED = 1875
LOANS_A_LIBRARY = 14


def lend_and_hold(*, now: datetime) -> dict[str, int]:
    """In the current transaction; returns how many loans, returns and holds were made."""
    chance = random.Random(SEED)
    made = {"loans": 0, "returns": 0, "holds": 0}
    for system in [unit for unit in tree().units.values() if unit.kind == "system"]:
        _one_system(system.path, chance, now, made)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return made


def _one_system(path: str, chance: random.Random, now: datetime, made: dict[str, int]) -> None:
    readers = patrons_page(scopes=(path,), offset=0, limit=500)[1]
    copies = [copy for copy in items_page(scopes=(path,), offset=0, limit=2000)[1] if copy.lendable]
    libraries = [unit.code for unit in tree().under(path) if unit.kind == "library"]
    lent: list[tuple[ItemFacts, PatronFacts]] = []
    for library in libraries:
        here = [copy for copy in copies if copy.home_unit == library]
        for copy in chance.sample(here, min(LOANS_A_LIBRARY, len(here))):
            reader = chance.choice(readers)
            if _lend(copy, reader, library, chance, now):
                lent.append((copy, reader))
                made["loans"] += 1
    _hold_and_return(lent, readers, libraries, chance, now, made)


def _lend(copy: ItemFacts, reader: PatronFacts, library: str, chance: random.Random, now: datetime) -> bool:
    then = now - timedelta(days=chance.choice((1, 2, 3, 5, 8, 12, 20, 34)), hours=chance.randint(0, 6))
    try:
        loan = check_out(item_id=copy.id, patron_id=reader.id, unit=library, by=SYSTEM, now=then)
        if chance.random() < 0.15:
            renew(loan_id=loan.id, by=SYSTEM, now=then + timedelta(hours=20))
    except Refused:  # a full card stays full: that is what the desk will meet too
        return False
    return True


def _hold_and_return(
    lent: list[tuple[ItemFacts, PatronFacts]], readers: list[PatronFacts], libraries: list[str], chance: random.Random,
    now: datetime, made: dict[str, int],
) -> None:  # fmt: skip
    """A fifth of the loans are waited for; a quarter come back, some of them to a reader who waits."""
    for copy, borrower in chance.sample(lent, len(lent) // 5):
        other = chance.choice([reader for reader in readers if reader.id != borrower.id])
        try:
            place_hold(
                record_id=copy.record_id, patron_id=other.id, pickup_unit=chance.choice(libraries), by=SYSTEM,
                now=now - timedelta(days=1),
            )  # fmt: skip
            made["holds"] += 1
        except Refused:
            continue
    for copy, _ in chance.sample(lent, len(lent) // 4):
        check_in(
            item_id=copy.id, unit=chance.choice(libraries), by=SYSTEM, now=now - timedelta(hours=chance.randint(1, 30))
        )
        made["returns"] += 1
