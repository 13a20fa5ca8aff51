"""Rotas at the desk: made, filled, changed and ended by who may; what travels on stands in a list."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import advance_rotas
from kitabxana.circulation.queries.rotas import copies_of_rota, rota, rotas
from kitabxana.circulation.tests.builders import a_rota
from kitabxana.fronts.desk.tests.people import administrator, librarian
from kitabxana.holdings.tests.builders import a_copy

if TYPE_CHECKING:
    from django.test import Client


def sent(*stages: tuple[str, str, str, str], **more: str) -> dict[str, Any]:
    """The form's lines: (number, id, library, days)."""
    columns = zip(*stages, strict=True)
    return dict(zip(("order", "stage", "unit", "days"), map(list, columns), strict=True)) | more


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_a_rota_is_made_and_its_stages_stand_in_the_order_of_their_numbers() -> None:
    a_record()
    boss = administrator()
    said = sent(("2", "", "GNC-2", "20"), ("1", "", "GNC-M", "10"), ("3", "", "", ""), name="Səyyar rəf", cyclic="1")
    page = boss.post("/desk/rotas/", said, follow=True).content.decode()
    assert "Kept." in page
    [made] = rotas()
    assert (made.name, made.unit, made.cyclic) == ("Səyyar rəf", "GNC-M", True)
    assert [(one.unit, one.days) for one in made.stages] == [("GNC-M", 10), ("GNC-2", 20)]
    assert "GNC-M kitabxanası" in text(librarian(), "/desk/rotas/")
    assert "Səyyar rəf" not in text(librarian("SAK-M"), "/desk/rotas/")
    wrong = boss.post("/desk/rotas/", sent(("1", "", "GNC-M", "0"), name="A"))
    assert wrong.status_code == 409
    assert "1 to 3650 days" in wrong.content.decode()
    assert 'value="A"' in wrong.content.decode()


def test_copies_are_put_on_by_their_barcodes_travel_on_and_are_taken_off() -> None:
    item = a_copy(a_record(title="Dəli Kür"))
    number, boss = a_rota(), administrator()
    address = f"/desk/rotas/{number}/"
    refused = boss.post(address, {"do": "put", "barcodes": "B1\nB7", "place": "0"})
    assert refused.status_code == 409
    assert "B7" in refused.content.decode()
    assert "1 copy travels now." in boss.post(address, {"do": "put", "barcodes": " B1 "}, follow=True).content.decode()
    desk = librarian()
    assert "Dəli Kür" in text(desk, address)
    assert "The list is empty." in text(desk, "/desk/holds/?list=on")
    advance_rotas(now=timezone.now() + timedelta(days=11))
    assert "not there yet" in text(desk, address)
    for words in ("Dəli Kür", "GNC-2 kitabxanası", "send them off"):
        assert words in text(desk, "/desk/holds/?list=on")
    desk.post("/desk/check-in/", {"q": "B1"})
    assert "The list is empty." in text(desk, "/desk/holds/?list=on")
    assert "with its rota" in text(desk, "/desk/holds/?list=out")
    assert desk.post(address, {"do": "off", "item": str(item)}).status_code == 409
    assert copies_of_rota(number, offset=0, limit=5)[0] == 1
    boss.post(address, {"do": "off", "item": str(item)})
    assert copies_of_rota(number, offset=0, limit=5)[0] == 0


def test_a_rota_is_changed_rests_and_ends() -> None:
    a_copy(a_record())
    number, boss = a_rota(), administrator()
    address, [first, second] = f"/desk/rotas/{number}/", rota(number).stages  # type: ignore[union-attr]
    boss.post(address, {"do": "put", "barcodes": "B1", "place": "0"})
    said = sent(("5", str(first.id), "GNC-M", "7"), ("4", str(second.id), "GNC-2", "20"), name="Yeni", resting="1")
    page = boss.post(address, {"do": "set"} | said, follow=True).content.decode()
    assert "rests" in page
    changed = rota(number)
    assert changed is not None
    assert [(one.unit, one.days, one.copies) for one in changed.stages] == [("GNC-2", 20, 0), ("GNC-M", 7, 1)]
    assert (changed.name, changed.cyclic, changed.resting) == ("Yeni", False, True)
    assert boss.post(address, {"do": "fly"}).status_code == 404
    assert "its copies go home" in boss.post(address, {"do": "drop"}, follow=True).content.decode()
    assert boss.get(address).status_code == 404
