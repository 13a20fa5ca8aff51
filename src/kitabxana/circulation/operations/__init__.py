"""Writes of circulation: the only door, for desk, REST, SIP2 and every other front.

Each operation is one transaction. Locks are taken in the order patron, record, item, hold.
"""

from __future__ import annotations

from kitabxana.circulation.operations.check_in import check_in
from kitabxana.circulation.operations.check_out import check_out, check_out_refusals
from kitabxana.circulation.operations.place_hold import place_hold
from kitabxana.circulation.operations.renew import renew

__all__ = ["check_in", "check_out", "check_out_refusals", "place_hold", "renew"]
