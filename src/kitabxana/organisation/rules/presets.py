"""What a new installation can begin with: public holidays of a country, rules of lending by kind of library.

Holidays with a fixed day only. Azerbaijan: Labour Code, articles 105 and 106 (20 January is no working day); the days
of Ramazan and Qurban move with the moon and are announced each year. Türkiye: Law 2429 on national and public holidays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Day = tuple[int, int]
"""Month and day."""

HOLIDAYS: Mapping[str, tuple[tuple[str, Day, Day], ...]] = {
    "AZ": (
        ("Yeni il", (1, 1), (1, 2)),
        ("Ümumxalq hüzn günü", (1, 20), (1, 20)),
        ("Qadınlar günü", (3, 8), (3, 8)),
        ("Novruz bayramı", (3, 20), (3, 24)),
        ("Qələbə günü", (5, 9), (5, 9)),
        ("Müstəqillik günü", (5, 28), (5, 28)),
        ("Milli qurtuluş günü", (6, 15), (6, 15)),
        ("Silahlı qüvvələr günü", (6, 26), (6, 26)),
        ("Zəfər günü", (11, 8), (11, 8)),
        ("Dövlət bayrağı günü", (11, 9), (11, 9)),
        ("Həmrəylik günü", (12, 31), (12, 31)),
    ),
    "TR": (
        ("Yılbaşı", (1, 1), (1, 1)),
        ("Ulusal Egemenlik ve Çocuk Bayramı", (4, 23), (4, 23)),
        ("Emek ve Dayanışma Günü", (5, 1), (5, 1)),
        ("Gençlik ve Spor Bayramı", (5, 19), (5, 19)),
        ("Demokrasi ve Millî Birlik Günü", (7, 15), (7, 15)),
        ("Zafer Bayramı", (8, 30), (8, 30)),
        ("Cumhuriyet Bayramı", (10, 29), (10, 29)),
    ),
}

_EVERYWHERE: Mapping[str, object] = {"closed_days": "next_open", "renewals_allowed": 2, "hold_shelf_days": 7}
TEMPLATES: Mapping[str, Mapping[str, object]] = {
    "village": {**_EVERYWHERE, "loan_length": 30, "max_loans": 5, "fine_amount": 0, "max_holds": 3},
    "town": {**_EVERYWHERE, "loan_length": 15, "max_loans": 5, "max_holds": 5, "fine_amount": 10, "grace": 3,
             "fine_cap": 300, "debt_limit": 500},
    "no_fines": {**_EVERYWHERE, "loan_length": 15, "max_loans": 5, "max_holds": 5, "fine_amount": 0,
                 "overdues_block_loans": "confirm", "lost_processing_fee": 0},
}  # fmt: skip
"""Values by policy name, money in the smallest coin; whatever is not named keeps its built-in value."""

STEPS = ("nation", "library", "calendar", "rules", "staff")
"""The guided set-up, in its order; `finished` comes after."""
FINISHED = "finished"
