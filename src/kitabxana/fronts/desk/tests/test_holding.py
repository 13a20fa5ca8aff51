"""Holds at the desk: the lists one walks along with, and a title's line."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import cancel_hold, check_in, check_out, place_hold
from kitabxana.circulation.queries import queue_of
from kitabxana.circulation.queries.holds import ranks
from kitabxana.fronts.desk.tests.people import librarian
from kitabxana.holdings.queries import items_by_id
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.operations import set_policy
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from django.test import Client


def shown(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def waits(record: int, patron: int, *, at: str = "GNC-M", minutes: float = 0) -> Any:
    now = timezone.now() + timedelta(minutes=minutes)
    return place_hold(record_id=record, patron_id=patron, pickup_unit=at, by=SYSTEM, now=now)


def do(client: Client, record: int, **said: Any) -> Any:
    return client.post(f"/desk/records/{record}/holds/", said)


def test_the_pull_list_says_where_it_stands_and_not_who_waits_and_another_is_fetched_when_it_is_not_found() -> None:
    record = a_record(title="Dəli Kür")
    here = a_copy(record, call_number="84(5Az) Ş-66", location="Abonement")
    other = a_copy(record, barcode="B2", unit="GNC-2")
    waits(record, a_reader(surname="Rəhimli"))
    client = librarian()
    page = shown(client, "/desk/holds/")
    for text in ("Dəli Kür", "84(5Az) Ş-66", "Abonement", "B1", "GNC-M kitabxanası"):
        assert text in page
    assert "Rəhimli" not in page
    answer = client.post("/desk/holds/", {"not_found": here}, follow=True)
    assert "Another copy is fetched for the reader." in answer.content.decode()
    assert items_by_id([here])[here].lost == "missing"
    assert queue_of(record)[0].target_item_id == other
    again = client.post("/desk/holds/", {"not_found": here})
    assert again.status_code == 409
    assert "not to be fetched here" in again.content.decode()


def test_the_hold_shelf_names_readers_and_what_nobody_fetches_is_to_be_cleared() -> None:
    record = a_record(title="Dəli Kür")
    item = a_copy(record)
    hold = waits(record, a_reader(surname="Rəhimli"))
    check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=timezone.now())
    client = librarian()
    page = shown(client, "/desk/holds/?list=ready")
    assert "Rəhimli" in page
    assert "R1" in page
    cancel_hold(hold_id=hold.id, by=SYSTEM, now=timezone.now())
    assert "Rəhimli" not in shown(client, "/desk/holds/?list=ready")
    assert "Dəli Kür" in shown(client, "/desk/holds/?list=clear")
    client.post("/desk/check-in/", {"q": "B1"})
    assert "The list is empty." in shown(client, "/desk/holds/?list=clear")


def test_who_does_not_come_waits_again_and_what_is_not_on_the_hold_shelf_is_missed_there() -> None:
    record = a_record()
    item, other = a_copy(record), a_copy(record, barcode="B2", unit="GNC-2")
    first, second = waits(record, a_reader()), waits(record, a_reader(card="R2"), minutes=1)
    check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=timezone.now())
    client = librarian()
    assert "Let wait again" in shown(client, f"/desk/records/{record}/holds/")
    do(client, record, do="give_up", hold=first.id, until=(timezone.now() + timedelta(days=30)).date().isoformat())
    kept = {one.id: (one.suspended, one.allocated_item_id, one.target_item_id) for one in queue_of(record)}
    assert kept == {first.id: (True, None, None), second.id: (False, None, other)}
    check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=timezone.now())
    client.post("/desk/holds/?list=ready", {"not_found": item})
    assert items_by_id([item])[item].lost == "missing"
    assert [one.target_item_id for one in queue_of(record)] == [None, other]


def test_what_is_on_its_way_here_and_from_here() -> None:
    record = a_record(title="Dəli Kür")
    item = a_copy(record, unit="GNC-2")
    waits(record, a_reader())
    check_in(item_id=item, unit="GNC-2", by=SYSTEM, now=timezone.now())
    client = librarian()
    arriving = shown(client, "/desk/holds/?list=in")
    assert "Dəli Kür" in arriving
    assert "GNC-2 kitabxanası" in arriving
    assert "for a reader" in arriving
    assert "The list is empty." in shown(client, "/desk/holds/?list=out")


def test_placed_for_a_reader_and_all_the_same_where_the_desk_may() -> None:
    record = a_record()
    a_copy(record)
    a_reader()
    set_policy(name="max_holds", value=0, by=SYSTEM)
    client = librarian()
    refused = do(client, record, do="place", card="R1", pickup="GNC-M", note="qapıda")
    assert refused.status_code == 409
    page = refused.content.decode()
    assert "the limit is 0" in page
    assert "Place all the same" in page
    assert do(client, record, do="place", card="R1", pickup="GNC-M", lift="too_many_holds").status_code == 302
    (hold,) = queue_of(record)
    assert hold.pickup_unit == "GNC-M"
    nobody = do(client, record, do="place", card="none", pickup="GNC-M")
    assert nobody.status_code == 409
    assert "Place all the same" not in nobody.content.decode()


def test_a_form_sent_twice_places_once() -> None:
    record = a_record()
    a_copy(record)
    a_reader()
    set_policy(name="holds_per_record", value=5, by=SYSTEM)
    client = librarian()
    for _ in range(2):
        assert do(client, record, do="place", card="R1", pickup="GNC-M", once="k1").status_code == 302
    assert len(queue_of(record)) == 1


def test_a_volume_a_certain_copy_and_the_first_of_several_titles() -> None:
    record, other = a_record(title="Ensiklopediya"), a_record(title="Lüğət")
    item = a_copy(record, volume="2-ci cild")
    a_copy(record, barcode="B10", volume="10-cu cild")
    a_copy(other, barcode="B7")
    for number in range(3):
        a_reader(card=f"R{number}")
    client = librarian()
    page = shown(client, f"/desk/records/{record}/holds/")
    assert page.index('value="volume:2-ci cild"') < page.index('value="volume:10-cu cild"')
    do(client, record, do="place", card="R0", what="volume:10-cu cild")
    do(client, record, do="place", card="R1", what=f"item:{item}")
    unknown = do(client, record, do="place", card="R2", others="B7 nowhere")
    assert unknown.status_code == 409
    assert "nowhere" in unknown.content.decode()
    do(client, record, do="place", card="R2", others=f"B7, {record}")
    assert [(one.volume, one.item_id) for one in queue_of(record)] == [("10-cu cild", None), ("", item), ("", None)]
    (second,) = queue_of(other)
    assert second.cohort == queue_of(record)[2].cohort
    assert second.cohort is not None
    assert "the first of several titles" in shown(client, f"/desk/records/{record}/holds/")


def test_a_copy_on_its_way_home_is_sent_elsewhere_and_one_for_a_reader_is_not() -> None:
    record = a_record(title="Dəli Kür")
    check_in(item_id=a_copy(record), unit="GNC-2", by=SYSTEM, now=timezone.now())
    client = librarian()
    page = shown(client, "/desk/holds/?list=in")
    transfer = re.search(r"send=(\d+)", page)
    assert transfer is not None
    assert "Send it to" in shown(client, f"/desk/holds/?list=in&send={transfer[1]}")
    sent = {"transfer": transfer[1], "to": "SAK-M"}
    assert (
        "It is on its way to the other library now."
        in client.post("/desk/holds/?list=in", sent, follow=True).content.decode()
    )
    assert "The list is empty." in shown(client, "/desk/holds/?list=in")
    assert "Dəli Kür" in shown(librarian("SAK-M"), "/desk/holds/?list=in")
    assert client.post("/desk/holds/?list=in", {"transfer": transfer[1], "to": "GNC-M"}).status_code == 409
    assert client.post("/desk/holds/?list=in", {"transfer": "99999", "to": "SAK-M"}).status_code == 409


def test_the_line_is_moved_suspended_resumed_and_left() -> None:
    record = a_record()
    check_out(item_id=a_copy(record), patron_id=a_reader(card="X"), unit="GNC-M", by=SYSTEM, now=timezone.now())
    holds = [waits(record, a_reader(card=f"R{n}", surname=f"Oxucu{n}"), minutes=n).id for n in range(3)]
    client = librarian()
    do(client, record, do="move", hold=holds[2], rank=1)
    assert ranks(queue_of(record)) == {holds[2]: 1, holds[0]: 2, holds[1]: 3}
    do(client, record, do="last", hold=holds[2])
    assert ranks(queue_of(record))[holds[2]] == 3
    do(client, record, do="suspend", hold=holds[0], until=(timezone.now() + timedelta(days=5)).date().isoformat())
    page = shown(client, f"/desk/records/{record}/holds/")
    assert "Suspended" in page
    assert "Oxucu0" in page
    do(client, record, do="resume", hold=holds[0])
    do(client, record, do="pickup", hold=holds[1], pickup="GNC-2")
    do(client, record, do="cancel", hold=holds[2])
    line = queue_of(record)
    assert [(one.id, one.suspended, one.pickup_unit) for one in line] == [
        (holds[0], False, "GNC-M"),
        (holds[1], False, "GNC-2"),
    ]
    assert do(client, record, do="cancel", hold=holds[2]).status_code == 409
    assert do(client, record, do="dance", hold=holds[0]).status_code == 404


def test_a_librarian_elsewhere_sees_the_line_without_names_and_changes_nothing() -> None:
    record = a_record()
    a_copy(record)
    hold = waits(record, a_reader(surname="Rəhimli"))
    client = librarian("SAK-M")
    page = shown(client, f"/desk/records/{record}/holds/")
    assert "Rəhimli" not in page
    assert "a reader of another library" in page
    assert do(client, record, do="cancel", hold=hold.id).status_code == 409
    assert len(queue_of(record)) == 1


def test_the_lists_cost_the_same_however_long(django_assert_max_num_queries: Any) -> None:
    record = a_record()
    client = librarian()
    for number in range(12):
        item = a_copy(record, barcode=f"C{number}")
        waits(record, a_reader(card=f"R{number}"), minutes=number)
        if number % 2:
            check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=timezone.now())
    for name in ("fetch", "ready", "clear", "in", "out"):
        with django_assert_max_num_queries(18):
            client.get(f"/desk/holds/?list={name}")
    with django_assert_max_num_queries(18):
        client.get(f"/desk/records/{record}/holds/")
