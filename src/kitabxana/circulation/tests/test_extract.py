"""What a desk takes along: everything it decides by, nothing more of a person, in few statements."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.charges.tests.builders import owes
from kitabxana.circulation.facts import OfflineFacts
from kitabxana.circulation.models import OfflineEvent
from kitabxana.circulation.operations import check_in, lend_after_all, place_hold, replay, take_along
from kitabxana.circulation.queries import extract as module
from kitabxana.circulation.queries import loans_of, offline_conflicts
from kitabxana.circulation.queries.extract import extract
from kitabxana.circulation.rules.offline import proposal
from kitabxana.circulation.tests.scenes import NOW, lend, policy, refused
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.kernel.decisions import Refusal
from kitabxana.organisation.operations import set_policy
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.organisation.tests.people import LIBRARIAN_ELSEWHERE
from kitabxana.patrons.operations import restrict
from kitabxana.patrons.tests.builders import a_reader, mark_card

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nation() -> None:
    a_nation()


def lines(unit: str = "GNC-M") -> list[Any]:
    return [orjson.loads(line) for line in b"".join(extract(unit=unit, now=NOW)).splitlines()]


def rows(kind: str, unit: str = "GNC-M") -> dict[Any, list[Any]]:
    """Rows by card or barcode."""
    return {line[2]: line for line in lines(unit) if isinstance(line, list) and line[0] == kind}


def minutes(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


def test_readers_come_with_cards_and_states_and_nothing_that_is_not_asked_for() -> None:
    a_reader(birth_date=date(1990, 5, 5), email="a@example.az", phone="050 111 22 33", address="Nizami 5")
    barred, lost = a_reader(card="R2"), a_reader(card="R3")
    a_reader(card="R4", home_unit="GNC-2")
    restrict(patron_id=barred, reason="Gizli səbəb", by=SYSTEM)
    mark_card("R3", "lost")
    found = rows("r")
    assert found["R1"][3:] == ["Əliyeva Aytən", "ADULT", (date(2099, 1, 1) - date(1970, 1, 1)).days]
    assert found["R2"][6] == 2
    assert (found["R3"][1], found["R3"][6]) == (lost, 1)
    assert set(found) == {"R1", "R2", "R3"}
    whole = b"".join(extract(unit="GNC-M", now=NOW)).decode()
    assert [one for one in ("1990", "example.az", "111 22", "Nizami", "Gizli") if one in whole] == []


def test_ages_and_debts_come_only_where_a_rule_asks_for_them() -> None:
    child = a_reader(birth_date=date(NOW.year - 9, 1, 1))
    a_reader(card="R2", birth_date=date(1980, 1, 1))
    owes(child, 700)
    a_copy(a_record())
    assert len(rows("r")["R1"]) == 6
    policy(minimum_age=14, debt_limit=500)
    assert rows("r")["R1"][6:] == [0, 700, 9]
    assert len(rows("r")["R2"]) == 6


def test_copies_come_with_who_has_them_who_waits_and_where_they_go() -> None:
    policy(on_shelf_holds="always")
    reader, other = a_reader(), a_reader(card="R2")
    record, wanted = a_record(title="Köç"), a_record(title="Yağış")
    loan = lend(a_copy(record), reader)
    a_copy(record, barcode="D", damaged=True)
    a_copy(wanted, barcode="W")
    a_copy(a_record(), barcode="E", unit="SAK-M")
    place_hold(record_id=wanted, patron_id=other, pickup_unit="GNC-2", by=SYSTEM, now=NOW)
    foreign = lend(a_copy(record, barcode="F", unit="GNC-2"), reader, unit="GNC-2")
    found = rows("i")
    assert set(found) == {"B1", "D", "W", "F"}
    assert found["B1"][3:8] == ["Köç", "BK", record, 0, ""]
    assert found["B1"][8][:2] == [reader, minutes(loan.due_at)]
    assert found["D"][6] == 1 << 4
    assert found["W"][9] == [other, 0]
    assert found["W"][10] == [other, "GNC-2"]
    assert found["F"][7] == "GNC-2"
    assert found["F"][8] == [reader, minutes(foreign.due_at), 0, 0, "GNC-2", "GNC-2"]
    assert found["F"][10] == [0, "GNC-2"]
    end = lines()[-1]
    assert end["end"] == {"readers": 2, "items": 4}
    assert set(end["units"]) == {"GNC-M", "GNC-2"}


def test_the_end_tells_due_dates_and_limits_of_each_cell() -> None:
    a_reader()
    a_copy(a_record())
    set_policy(name="max_loans", value=4, unit="GNC", by=SYSTEM)
    set_policy(name="loan_length", value=2, item_type="BK", unit="GNC-M", by=SYSTEM)
    rules = lines()[-1]["policies"]
    told = rules["terms"][rules["cells"]["GNC-M"]["ADULT"]["BK"]]
    assert rules["limits"][told["most"]] == {"most": 4, "under": "AZ/GNC/"}
    first = rules["tables"][told["loan"]][0]
    due = datetime.fromtimestamp(first * 60, UTC)
    assert first == minutes(lend(a_copy(a_record(), barcode="B2"), a_reader(card="R2")).due_at)
    assert timedelta(days=2) <= due - NOW < timedelta(days=3)


def test_statements_grow_with_batches_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 4)
    record = a_record()

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            lines()
        return len(queries)

    a_reader()
    a_copy(record)
    few = cost()
    a_reader(card="R2")
    a_copy(record, barcode="B2")
    assert cost() == few <= 13
    for number in range(3, 7):
        a_reader(card=f"R{number}")
        a_copy(record, barcode=f"B{number}")
    assert cost() == few + 1 + 5


def test_what_is_taken_along_is_written_down_and_only_for_who_may() -> None:
    assert refused(take_along, unit="GNC-M", by=LIBRARIAN_ELSEWHERE, now=NOW) == ["not_permitted"]
    assert b"GNC-M" in b"".join(take_along(unit="GNC-M", by=SYSTEM, now=NOW))
    assert AuditEntry.objects.filter(action="offline.take_along").count() == 1


def conflicts(*events: tuple[str, str, str]) -> Iterator[int]:
    asked = [
        OfflineFacts(str(number), kind, barcode, NOW + timedelta(minutes=number), card, "aygun")
        for number, (kind, barcode, card) in enumerate(events)
    ]
    replay(unit="GNC-M", events=asked, by=SYSTEM, now=NOW + timedelta(hours=2))
    return (one.id for one in offline_conflicts(scopes=("AZ/",), limit=9))


def test_a_conflict_can_be_lent_after_all() -> None:
    first, second = a_reader(), a_reader(card="R2")
    lend(a_copy(a_record()), first)
    [event] = conflicts(("check_out", "B1", "R2"))
    [told] = offline_conflicts(scopes=("AZ/",), limit=9)
    assert (told.done_by, proposal(told.kind, told.refusals)) == ("aygun", "take_over")
    later = NOW + timedelta(hours=3)
    assert refused(lend_after_all, event_id=event, by=LIBRARIAN_ELSEWHERE, now=later) == ["not_permitted"]
    lend_after_all(event_id=event, by=SYSTEM, now=later)
    assert (loans_of(first), [loan.lent_at for loan in loans_of(second)]) == ([], [later])
    assert offline_conflicts(scopes=("AZ/",), limit=9) == []
    assert refused(lend_after_all, event_id=event, by=SYSTEM, now=later) == ["unknown_event"]
    assert AuditEntry.objects.filter(action="offline.lend").count() == 1


def test_what_nobody_may_lift_is_not_lent_and_stays_on_the_list() -> None:
    a_reader()
    [event] = conflicts(("check_out", "NOPE", "R1"))
    assert refused(lend_after_all, event_id=event, by=SYSTEM, now=NOW) == ["unknown_item"]
    assert OfflineEvent.objects.filter(settled_at=None, outcome="conflict").count() == 1


def test_a_return_of_a_copy_lent_again_since_has_nothing_left_to_do() -> None:
    reader = a_reader()
    item = a_copy(a_record())
    lend(item, reader, now=NOW)
    check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=NOW + timedelta(minutes=30))
    lend(item, reader, now=NOW + timedelta(minutes=40))
    [_] = conflicts(("check_in", "B1", ""))
    [told] = offline_conflicts(scopes=("AZ/",), limit=9)
    assert proposal(told.kind, told.refusals) == "nothing"
    assert len(loans_of(reader)) == 1


def test_every_kind_of_conflict_has_a_proposal() -> None:
    may, no = Refusal("too_many_loans", {}, "circulation.override.too_many_loans"), Refusal("card_invalid", {})
    said = [
        ("check_out", may, "lend"),
        ("check_out", no, "ask_back"),
        ("check_out", Refusal("unknown_patron", {}), "find_number"),
        ("check_out", Refusal("already_lent_to_patron", {}), "nothing"),
        ("renew", Refusal("too_many_renewals", {}), "tell_due"),
        ("renew", Refusal("unknown_loan", {}), "nothing"),
        ("check_in", Refusal("return_elsewhere", {}), "send_back"),
        ("check_in", Refusal("item_lost", {}), "look"),
        ("check_in", Refusal("happens_later", {}), "set_clock"),
    ]
    assert [(kind, one, proposal(kind, [one])) for kind, one, _ in said] == said
    assert proposal("check_out", [may, no]) == "ask_back"
