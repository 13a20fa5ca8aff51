"""What the index takes of a record's copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.holdings.facts import Stock
from kitabxana.search.facts import Held
from kitabxana.search.rules import popularity

if TYPE_CHECKING:
    from datetime import date

    from kitabxana.organisation.facts import Tree


def held(organisation: Tree, stock: Stock | None, *, added: date) -> Held:
    """What the index takes of a record's holdings: the units above each one too, as the library facet shows them."""
    stock = stock or Stock((), (), "", 0, 0)
    return Held(
        units=tuple(dict.fromkeys(code for unit_id in stock.unit_ids for code in organisation.by_id[unit_id].lineage)),
        call_numbers=stock.call_numbers,
        shelf_key=stock.shelf_key,
        popularity=popularity(copies=stock.copies, loans=stock.loans),
        added=int(f"{added:%Y%m%d}"),
    )
