"""The calendar's page: hours, closures and exceptions at any level, and closing without warning."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import check_in, check_out, place_hold
from kitabxana.circulation.queries import holds_of, loan
from kitabxana.fronts.desk.tests.people import administrator, librarian
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.operations import add_closure
from kitabxana.organisation.queries import calendar_entries, tree
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from django.test import Client


def page(client: Client, unit: str) -> str:
    return client.get(f"/desk/calendar/?unit={unit}").content.decode()


def send(client: Client, unit: str, act: str, **more: str) -> str:
    return answered(client, unit, act, more, 200)


def refused(client: Client, unit: str, act: str, **more: str) -> str:
    return answered(client, unit, act, more, 409)


def answered(client: Client, unit: str, act: str, more: dict[str, str], status: int) -> str:
    answer = client.post("/desk/calendar/change/", {"unit": unit, "act": act, **more}, follow=True)
    assert answer.status_code == status
    return answer.content.decode()


def week(*days: int) -> dict[str, str]:
    return {f"{edge}_{day}": at for day in days for edge, at in (("opens", "10:00"), ("closes", "17:30"))}


def test_hours_are_inherited_made_one_s_own_and_given_back() -> None:
    boss = administrator()
    assert "From: Azerbaijan" in page(boss, "GNC-M").replace("</span>", "").replace("<span>", "")
    told = send(boss, "GNC-M", "hours", **week(1, 2, 3))
    assert "The weekly hours are kept." in told
    assert "Give back" in told
    assert sorted(tree().weekly_hours("GNC-M")) == [1, 2, 3]
    assert len(tree().weekly_hours("GNC-2")) == 7
    send(boss, "GNC-M", "inherit")
    assert len(tree().weekly_hours("GNC-M")) == 7


def test_no_open_day_is_refused_and_changes_nothing() -> None:
    boss = administrator()
    assert "No day would be left" in refused(boss, "GNC", "hours")
    assert "Opening must come before closing." in refused(boss, "GNC", "hours", opens_1="10:00")
    long = {"first_day": "2027-01-01", "last_day": "2028-01-01"}
    assert "A closure is shorter than a year." in refused(boss, "GNC", "closure", **long)
    assert "Say which day." in refused(boss, "GNC", "closure", first_day="soon")
    assert len(tree().weekly_hours("GNC-M")) == 7
    assert calendar_entries("GNC", since=date(2000, 1, 1)) == []


def test_a_closure_above_shows_below_and_is_taken_out_where_it_stands() -> None:
    boss = administrator()
    add_closure(unit="AZ", first_day=date(2026, 3, 20), last_day=date(2026, 3, 26), yearly=True, title="Novruz",
                by=SYSTEM)  # fmt: skip
    below = page(boss, "GNC-M")
    assert "Novruz" in below
    assert "20 March – 26 March" in below
    assert "every year" in below
    assert 'value="reopen"' not in below
    [one] = calendar_entries("AZ", since=timezone.now().date())
    assert 'value="reopen"' in page(boss, "AZ")
    assert "The closure is taken out." in send(boss, "AZ", "reopen", entry=str(one.id))
    assert "Novruz" not in page(boss, "GNC-M")


def test_an_exception_opens_one_library_on_a_closed_day() -> None:
    boss = administrator()
    day = (timezone.now() + timedelta(days=3)).date()
    send(boss, "GNC", "closure", first_day=day.isoformat(), title="Seminar")
    assert not tree().calendar("GNC-M", since=day).is_open(day)
    send(boss, "GNC-M", "open", first_day=day.isoformat(), opens="12:00", closes="14:00", title="Növbə")
    assert tree().calendar("GNC-M", since=day).is_open(day)
    assert not tree().calendar("GNC-2", since=day).is_open(day)
    assert "12:00–14:00" in page(boss, "GNC-M")
    send(boss, "GNC-M", "unopen", first_day=day.isoformat())
    assert not tree().calendar("GNC-M", since=day).is_open(day)


def test_a_sudden_closing_is_seen_first_and_moves_what_it_said() -> None:
    boss, patron, waiting, record = administrator(), a_reader(), a_reader(card="W1"), a_record()
    now = timezone.now()
    made = check_out(item_id=a_copy(record), patron_id=patron, unit="GNC-M", by=SYSTEM, now=now)
    day = made.due_at.date()
    held = a_copy(a_record(), barcode="B2")
    lent = check_out(item_id=held, patron_id=patron, unit="GNC-M", by=SYSTEM, now=now)
    other = a_record()
    copy = a_copy(other, barcode="B3")
    place_hold(record_id=other, patron_id=waiting, pickup_unit="GNC-M", by=SYSTEM, now=now)
    check_in(item_id=copy, unit="GNC-M", by=SYSTEM, now=now)
    [hold] = holds_of(waiting)
    assert hold.expires_on is not None
    span = {"first_day": hold.expires_on.isoformat(), "last_day": day.isoformat(), "title": "Su basqını"}
    seen = send(boss, "GNC", "look", **span)
    assert "2 due dates move" in seen
    assert "1 shelved hold moves" in seen
    assert loan(made.id) == made
    told = send(boss, "GNC", "close", **span)
    assert "Due dates moved: 2; days on the hold shelf moved: 1." in told
    for one in (made, lent):
        after = loan(one.id)
        assert after is not None
        assert after.due_at == one.due_at + timedelta(days=1)
    assert holds_of(waiting)[0].expires_on == day + timedelta(days=1)
    over = {"first_day": "2020-01-01", "last_day": "2020-01-02"}
    assert "These days are over" in refused(boss, "GNC", "look", **over)


def test_a_librarian_looks_and_does_not_change() -> None:
    client = librarian()
    seen = page(client, "GNC-M")
    assert "The next two weeks" in seen
    assert "calendar/change" not in seen
