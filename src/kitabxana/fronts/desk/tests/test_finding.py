"""The one bar and the pages that only show."""

from __future__ import annotations

from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import Identifier, a_record, field
from kitabxana.circulation.operations import check_in, check_out
from kitabxana.fronts.desk.tests.people import librarian
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.patrons.tests.builders import a_reader
from kitabxana.search.operations import index_records, writing


def indexed(*record_ids: int) -> None:
    with writing():
        index_records(record_ids)


def test_a_barcode_shows_its_copy_with_the_state_and_what_can_be_done() -> None:
    record = a_record(title="Dəli Kür")
    item = a_copy(record)
    check_out(item_id=item, patron_id=a_reader(surname="Əliyeva"), unit="GNC-M", by=SYSTEM, now=timezone.now())
    client = librarian()
    answer = client.post("/desk/scan/", {"q": "B1"})
    assert answer["Location"] == f"/desk/records/{record}/?copy={item}"
    page = client.get(answer["Location"]).content.decode()
    assert "On loan" in page
    assert "Əliyeva Aytən" in page
    assert 'name="q" value="B1"' in page  # take it back from here
    check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=timezone.now())
    page = client.get(answer["Location"]).content.decode()
    assert "On the shelf" in page
    assert 'name="copy" value="B1"' in page  # or lend it to the card scanned next


def test_words_find_readers_and_records_side_by_side_with_what_stands_here() -> None:
    a_reader(surname="Nizami")
    record = a_record(title="Nizami. Xəmsə")
    a_copy(record)
    a_copy(record, barcode="B2", unit="GNC-2")
    indexed(record)
    page = librarian().get("/desk/", {"q": "nizami"}).content.decode()
    assert "Nizami Aytən" in page
    assert "Nizami. Xəmsə" in page
    assert "1 here, 2 in all" in " ".join(page.split())


def test_an_isbn_of_one_record_opens_it_hyphens_or_not() -> None:
    record = a_record(field("020", a="978-9952-8-0000-8"))
    Identifier.objects.create(record_id=record, scheme="isbn", value="9789952800005")
    from kitabxana.kernel.identifiers import isbn13

    number = isbn13("978-9952-8-0000-5")
    assert number == "9789952800005"
    client = librarian()
    for typed in ("978-9952-8-0000-5", "9789952800005"):
        assert client.post("/desk/scan/", {"q": typed})["Location"] == f"/desk/records/{record}/"


def test_found_lists_are_paged_apart_from_each_other() -> None:
    records = [a_record(title=f"Nağıl {number}") for number in range(12)]
    indexed(*records)
    for number in range(11):
        a_reader(card=f"N{number}", surname=f"Nağılov{number:02}")
    page = librarian().get("/desk/", {"q": "nağıl"}).content.decode()
    assert "?q=na%C4%9F%C4%B1l&amp;records=2" in page
    second = librarian("GNC-2").get("/desk/", {"q": "nağıl", "records": "2"}).content.decode()
    assert second.count("/desk/records/") == 2
    none = librarian("SAK-M").get("/desk/", {"q": "nağıl", "records": "99999", "readers": "-3"})
    assert none.status_code == 200


def test_nothing_found_is_said_and_an_empty_bar_asks_nothing() -> None:
    client = librarian()
    page = client.get("/desk/", {"q": "yoxdurbelə"}).content.decode()
    assert page.count("Nothing was found.") == 2
    assert client.post("/desk/scan/", {"q": " \0 "})["Location"] == "/desk/"


def test_the_record_page_shows_marc_readably_and_right_to_left_text_as_such() -> None:
    record = a_record(field("880", "1 ", _6="245-01/(3/r", a="دلی کور"), title="Dəli Kür")
    page = librarian().get(f"/desk/records/{record}/").content.decode()
    assert "دلی کور" in page
    assert "1#" in page
    assert 'dir="auto"' in page
    assert "LDR" in page


def test_the_copies_of_this_library_come_first() -> None:
    record = a_record()
    for unit, barcode in (("SAK-M", "B1"), ("GNC-2", "B2"), ("GNC-M", "B3")):
        a_copy(record, barcode=barcode, unit=unit)
    page = librarian().get(f"/desk/records/{record}/").content.decode()
    assert page.index("B3") < page.index("B2") < page.index("B1")


def test_the_reader_s_page_counts_past_loans_without_naming_them() -> None:
    patron, record = a_reader(phone="+994 50 000 00 00"), a_record(title="Keçmiş kitab")
    item = a_copy(record)
    check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=timezone.now())
    check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=timezone.now())
    page = librarian().get(f"/desk/readers/{patron}/").content.decode()
    assert "+994 50 000 00 00" in page
    assert "1 loan ended" in page
    assert "Keçmiş kitab" not in page


def test_readers_are_listed_in_pages_and_narrowed_by_name() -> None:
    for number in range(27):
        a_reader(card=f"R{number}", surname=f"Quliyev{number:02}")
    a_reader(card="X", surname="Babayev")
    client = librarian()
    first = client.get("/desk/readers/").content.decode()
    assert "Babayev" in first
    assert "Quliyev26" not in first
    assert "Quliyev26" in client.get("/desk/readers/?page=2").content.decode()
    assert "Babayev" not in client.get("/desk/readers/?q=quliyev").content.decode()


def test_what_is_not_there_is_404() -> None:
    client = librarian()
    for address in ("/desk/records/999/", "/desk/readers/999/", "/desk/check-out/999/", f"/desk/readers/{10**30}/"):
        assert client.get(address).status_code == 404
