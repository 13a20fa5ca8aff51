"""How far each copy is, what stands beside it on the shelf, and in which other editions the work is there."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from django.utils import translation

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import change, field
from kitabxana.fronts.opac.render.nearness import distance, km_between
from kitabxana.fronts.opac.tests.readers import (
    PIN,
    a_book,
    a_copy,
    a_reader,
    a_record,
    browser,
    index_all,
    signed_in,
    text_of,
)
from kitabxana.organisation.operations import add_unit
from kitabxana.organisation.queries import tree
from kitabxana.patrons.operations import set_pin

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def placed(code: str, *, parent: str, at: tuple[float, float], kind: str = "library") -> None:
    add_unit(code=code, kind=kind, parent=parent, names={"az": code}, by=SYSTEM, latitude=at[0], longitude=at[1])


def told(unit: str, own: str) -> str:
    organisation = tree()
    with translation.override("en"):
        return distance(organisation, organisation.units[unit], own=organisation.units[own]).text


def test_distance_in_words_where_no_coordinates_are_known() -> None:
    add_unit(code="TR", kind="nation", parent=None, names={"tr": "Türkiye"}, by=SYSTEM, country="TR",
             zone="Europe/Istanbul", currency="TRY")  # fmt: skip
    add_unit(code="ANK", kind="library", parent="TR", names={"tr": "Ankara"}, by=SYSTEM)
    assert told("GNC-M", "GNC-M") == "your library"
    assert told("GNC-2", "GNC-M") == "in your library system"
    assert told("SAK-M", "GNC-M") == "elsewhere in the country"
    assert told("ANK", "GNC-M") == "abroad"
    assert told("GNC-M", "GNC") == "your library", "who chose the whole system is at home in all of it"


def test_distance_in_kilometres_where_they_are() -> None:
    placed("GAN", parent="GNC", at=(40.6828, 46.3606))
    placed("BAK", parent="SAK", at=(40.4093, 49.8671))
    placed("YAN", parent="GNC", at=(40.7000, 46.3700))
    organisation = tree()
    km = km_between(organisation.units["GAN"], organisation.units["BAK"])
    assert km is not None
    assert math.isclose(km, 298, abs_tol=1), "Gəncə to Bakı as the crow flies"
    assert told("BAK", "GAN") == "298 km away"
    assert told("YAN", "GAN") == "2.1 km away"
    assert told("GAN", "GAN") == "your library"


def test_copies_stand_by_distance_from_the_library_one_chose() -> None:
    record = a_book(copies=("GNC-2", "SAK-M", "GNC-M"))
    client = browser()
    plain = client.get(f"/records/{record}/")
    assert "Choose your library to see how far each copy is." in text_of(plain)
    chosen = client.post("/my-library/", {"library": "SAK-M", "next": f"/records/{record}/"})
    assert (chosen.status_code, chosen["Location"]) == (302, f"/records/{record}/")
    assert chosen.cookies["place"]["httponly"]
    text = text_of(client.get(f"/records/{record}/"))
    assert "Distances are from your library, SAK-M kitabxanası." in text
    copies = text[text.index("Change") :]
    assert copies.index("SAK-M kitabxanası") < copies.index("GNC-2 kitabxanası") < copies.index("GNC-M kitabxanası")
    forgotten = client.post("/my-library/", {"library": "", "next": "https://evil.example/"})
    assert forgotten["Location"] == "/"
    assert "Choose your library" in text_of(client.get(f"/records/{record}/"))


def test_the_one_line_names_the_nearest_libraries_first() -> None:
    for code, parent, city in (
        ("Q1", "GNC", "Qazax"),
        ("Q2", "SAK", "Oğuz"),
        ("Q3", "SAK", "Qax"),
        ("Q4", "SAK", "Zaqatala"),
    ):
        add_unit(code=code, kind="library", parent=parent, names={"az": code}, by=SYSTEM, city=city)
    record = a_book(copies=("Q3", "Q3", "Q4", "Q2", "Q1"))
    client = browser()
    assert "5 available, in: Qax, Qazax, Oğuz and 1 more place" in text_of(client.get(f"/records/{record}/"))
    client.cookies["place"] = "Q2"
    assert "5 available, in: Oğuz, Qax, Zaqatala and 1 more place" in text_of(client.get(f"/records/{record}/"))


def test_a_library_that_is_none_is_not_remembered() -> None:
    client = browser()
    client.post("/my-library/", {"library": "NOWHERE"})
    assert "place" not in {name for name, morsel in client.cookies.items() if morsel.value}
    client.cookies["place"] = "NOWHERE"
    assert client.get(f"/records/{a_book()}/").status_code == 200


def test_a_readers_own_library_is_known_from_signing_in() -> None:
    record = a_book(copies=("SAK-M",))
    reader = a_reader(card="AZ9", home_unit="SAK-M")
    set_pin(patron_id=reader, pin=PIN, by=SYSTEM)
    client = browser()
    client.post("/sign-in/", {"card": "AZ9", "pin": PIN})
    assert "Distances are from your library, SAK-M kitabxanası." in text_of(client.get(f"/records/{record}/"))


def a_shelf(count: int = 30) -> list[int]:
    records = []
    for at in range(count):
        record = a_record(title=f"Qonşu {at:02}", author=f"Müəllif {at:02}")
        a_copy(record, barcode=f"S{at}", call_number=f"821.{at:02} Q")
        records.append(record)
    index_all()
    return records


def test_what_stands_beside_it_is_shown_in_shelf_order() -> None:
    records = a_shelf()
    change(records[11], suppressed=True)
    html = browser().get(f"/records/{records[10]}/").content.decode()
    shelf = html[html.index("Beside it on the shelf") :]
    order = [record for record in records if f"/records/{record}/" in shelf.split("</section>")[0]]
    assert order == [records[at] for at in (7, 8, 9, 12, 13)]
    assert "/shelf/GNC-M?from=" in shelf


def test_the_shelf_is_walked_from_a_book_to_both_ends() -> None:
    records = a_shelf()
    client = browser()
    book = client.get(f"/records/{records[15]}/").content.decode()
    address = book[book.index("/shelf/GNC-M?from=") :].split('"')[0]
    page = client.get(address)
    text = text_of(page)
    assert "Qonşu 09" in text
    assert "Qonşu 15" in text
    assert "Qonşu 08" not in text
    html = page.content.decode()
    assert html.count('<li class="k-spine" aria-current="true">') == 1
    left = client.get("/shelf/GNC-M" + html[html.index("?before=") :].split('"')[0])
    assert "Qonşu 00" in text_of(left)
    assert "To the left" not in text_of(left), "its left end"
    assert "To the right" in text_of(left)
    first = client.get("/shelf/GNC-M")
    assert "Qonşu 00" in text_of(first)
    onward = first.content.decode()
    right = client.get("/shelf/GNC-M" + onward[onward.index("?after=") :].split('"')[0])
    assert "Qonşu 29" in text_of(right)
    assert "To the right" not in text_of(right), "its right end"


def test_a_shelf_that_is_none_and_addresses_that_mean_nothing() -> None:
    a_shelf(2)
    assert browser().get("/shelf/NOWHERE").status_code == 404
    for odd in ("?from=abc", "?after=-1", "?before=99999999999999999999999", "?from=²"):
        assert browser().get(f"/shelf/GNC-M{odd}").status_code == 200
    assert "The shelf ends here." in text_of(browser().get("/shelf/SAK-M"))


def test_translations_are_editions_too() -> None:
    original = a_book(field("880", "1 ", _6="100-01/(N", a="Шыхлы, Исмајыл"), title="Dəli Kür", author="Şıxlı, İsmayıl")
    linked = a_book(field("240", "10", a="Dəli Kür", l="Rus"), title="Неистовая Кура", author="Şıxlı, İsmayıl")
    entered = a_book(field("765", "0 ", t="Dəli Kür"), title="Deli Kür ırmağı", author="Şıxlı, İsmayıl")
    other = a_book(title="Ayrılan yollar", author="Şıxlı, İsmayıl")
    editions = browser().get(f"/records/{original}/").content.decode()
    editions = editions[editions.index("Other editions") :].split("</section>")[0]
    assert f"/records/{linked}/" in editions
    assert f"/records/{other}/" not in editions
    back = browser().get(f"/records/{entered}/").content.decode()
    back = back[back.index("Other editions") :].split("</section>")[0]
    assert f"/records/{original}/" in back


def test_the_whole_page_takes_a_bounded_number_of_statements(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    records = a_shelf()
    a_copy(records[10], barcode="SECOND", call_number="821.10 Q", unit="SAK-M")
    a_book(title="Qonşu 10", author="Müəllif 10")
    client = signed_in(a_reader())
    client.cookies["place"] = "GNC-M"
    client.get(f"/records/{records[10]}/")
    with django_assert_max_num_queries(9):
        page = client.get(f"/records/{records[10]}/")
    for said in ("Beside it on the shelf", "Other editions", "elsewhere in the country"):
        assert said in text_of(page)
    assert len(page.content) < 30_000
    with django_assert_max_num_queries(6):
        assert browser().get("/shelf/GNC-M").status_code == 200
