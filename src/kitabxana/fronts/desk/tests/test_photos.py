"""A reader's photo at the desk."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from kitabxana.fronts.desk.tests.people import browser, librarian, reader_online
from kitabxana.patrons.tests.builders import a_photo, a_reader

if TYPE_CHECKING:
    from django.test import Client


def a_file(kind: str = "JPEG", size: tuple[int, int] = (800, 1000)) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, (20, 90, 90)).save(out, kind)
    return SimpleUploadedFile(f"a.{kind.lower()}", out.getvalue())


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_a_photo_is_sent_shown_and_taken_out() -> None:
    one, client = a_reader(), librarian()
    page, photo, change = f"/desk/readers/{one}/", f"/desk/readers/{one}/photo/", f"/desk/readers/{one}/photo/change/"
    assert photo not in text(client, page).replace(change, "")
    assert client.get(photo).status_code == 404
    assert client.post(change, {"photo": a_file()})["Location"] == page
    shown = text(client, page)
    assert "The photo is kept." in shown
    for address in (page, f"/desk/check-out/{one}/"):
        assert f'src="{photo}"' in text(client, address)
    answer = client.get(photo)
    assert answer["Content-Type"] == "image/jpeg"
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]
    assert Image.open(io.BytesIO(answer.content)).size == (480, 600)
    client.post(change, {"out": "1"})
    assert client.get(photo).status_code == 404


def test_what_is_no_photo_is_told_and_changes_nothing() -> None:
    one, client = a_reader(), librarian()
    a_photo(one)
    for content, told in ((b"%PDF-1.7", "This is no picture"), (bytes(8_000_001), "at most 8 megabytes")):
        client.post(f"/desk/readers/{one}/photo/change/", {"photo": SimpleUploadedFile("a.jpg", content)})
        assert told in text(client, f"/desk/readers/{one}/")
    client.post(f"/desk/readers/{one}/photo/change/")
    assert "This is no picture" in text(client, f"/desk/readers/{one}/")
    assert client.get(f"/desk/readers/{one}/photo/").status_code == 200


def test_the_reader_s_own_pages_and_other_systems_do_not_have_it() -> None:
    one = a_reader()
    a_photo(one)
    address = f"/desk/readers/{one}/photo/"
    reader = reader_online(one)
    assert "photo" not in text(reader, "/account/")
    assert reader.get(address).status_code == 403
    assert browser().get(address).status_code == 302
    elsewhere = librarian("SAK-M")
    assert elsewhere.get(address).status_code == 404
    assert elsewhere.post(f"{address}change/", {"out": "1"}).status_code == 404
    assert librarian().get(address).status_code == 200
