"""A reader's photo: who may keep one, what is kept of it, and that it goes where the reader goes."""

from __future__ import annotations

import base64
import io
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.organisation.tests.people import ADMINISTRATOR_HERE, LIBRARIAN_HERE, PEOPLE
from kitabxana.patrons.models import PatronPhoto
from kitabxana.patrons.operations import drop_photo, erase, export_everything, merge, set_photo
from kitabxana.patrons.queries import details, patron, photo
from kitabxana.patrons.tests.builders import a_reader

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nation() -> None:
    a_nation()


def a_picture(*, size: tuple[int, int] = (900, 1200), kind: str = "JPEG", colour: Any = (155, 27, 48)) -> bytes:
    """A picture with a place and a name in its metadata, as a telephone's has."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "Nizami 1, Gence"
    exif[0x0112] = 6  # lying on its right side
    Image.new("RGB" if len(colour) == 3 else "RGBA", size, colour).save(out, kind, exif=exif)
    return out.getvalue()


def a_bomb() -> bytes:
    """A PNG of a few hundred bytes whose header promises 60,000 × 60,000 dots."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    header = (60_000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    lines = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def seen(patron_id: int) -> Image.Image:
    content = photo(patron_id, scopes=("",))
    assert content is not None
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photo_is_kept_small_upright_and_without_what_came_with_it(kind: str) -> None:
    one = a_reader()
    set_photo(patron_id=one, content=a_picture(kind=kind), by=LIBRARIAN_HERE, now=NOW)
    kept = seen(one)
    assert kept.format == "JPEG"
    assert kept.size == (480, 360)  # 900 × 1200, turned as the camera said
    assert not kept.getexif()
    assert "exif" not in kept.info
    found = patron(one, scopes=("",))
    whole = details(one, scopes=("",))
    assert found is not None
    assert whole is not None
    assert found.has_photo
    assert whole.facts.has_photo
    [entry] = AuditEntry.objects.filter(action="patron.photo")
    assert (entry.object_id, entry.actor_name, entry.after) == (str(one), LIBRARIAN_HERE.name, {"kept": True})


def test_what_is_transparent_is_white() -> None:
    one = a_reader()
    set_photo(patron_id=one, content=a_picture(kind="PNG", colour=(0, 0, 0, 0)), by=SYSTEM, now=NOW)
    dot = seen(one).getpixel((5, 5))
    assert isinstance(dot, tuple)
    assert min(dot) > 250


def test_nothing_of_it_can_be_read_in_the_database() -> None:
    one = a_reader()
    set_photo(patron_id=one, content=a_picture(), by=SYSTEM, now=NOW)
    sealed = bytes(PatronPhoto.objects.get(pk=one).sealed)
    assert b"JFIF" not in sealed
    assert b"JFIF" in (photo(one, scopes=("",)) or b"")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no_picture"),
        (a_picture()[:2000], "no_picture"),
        (a_picture(kind="PNG")[:90], "no_picture"),
        (a_picture(kind="GIF"), "no_picture"),
        (a_bomb(), "picture_too_many_dots"),
        (bytes(8_000_001), "picture_too_large"),
    ],
    ids=["nothing", "svg", "cut jpeg", "cut png", "gif", "bomb", "heavy"],
)
def test_what_is_no_photo(content: bytes, code: str) -> None:
    one = a_reader()
    with pytest.raises(Refused) as refused:
        set_photo(patron_id=one, content=content, by=SYSTEM, now=NOW)
    assert [one.code for one in refused.value.refusals] == [code]
    assert not PatronPhoto.objects.exists()


@pytest.mark.parametrize("who", PEOPLE)
def test_who_may_keep_and_drop_a_photo(who: str) -> None:
    one, content = a_reader(), a_picture(size=(20, 20))
    if who in ("librarian here", "administrator here", "administrator"):
        set_photo(patron_id=one, content=content, by=PEOPLE[who], now=NOW)
        drop_photo(patron_id=one, by=PEOPLE[who])
        assert not PatronPhoto.objects.exists()
        return
    with pytest.raises(Refused, match="not_permitted"):
        set_photo(patron_id=one, content=content, by=PEOPLE[who], now=NOW)
    set_photo(patron_id=one, content=content, by=SYSTEM, now=NOW)
    with pytest.raises(Refused, match="not_permitted"):
        drop_photo(patron_id=one, by=PEOPLE[who])
    assert PatronPhoto.objects.exists()


def test_it_is_seen_only_by_who_sees_the_reader() -> None:
    one = a_reader()
    set_photo(patron_id=one, content=a_picture(), by=SYSTEM, now=NOW)
    assert photo(one, scopes=LIBRARIAN_HERE.scopes("patrons.view"))
    assert photo(one, scopes=PEOPLE["librarian elsewhere"].scopes("patrons.view")) is None


def test_all_that_is_held_on_a_reader_has_the_photo() -> None:
    one, other = a_reader(), a_reader(card="R2", surname="Kərimov")
    set_photo(patron_id=one, content=a_picture(), by=SYSTEM, now=NOW)
    held = export_everything(patron_id=one, by=ADMINISTRATOR_HERE, now=NOW)
    assert base64.b64decode(held["photo"]["jpeg_base64"]) == photo(one, scopes=("",))
    assert export_everything(patron_id=other, by=ADMINISTRATOR_HERE, now=NOW)["photo"] is None


def test_it_is_forgotten_with_the_reader() -> None:
    one = a_reader()
    set_photo(patron_id=one, content=a_picture(), by=SYSTEM, now=NOW)
    erase(patron_id=one, by=SYSTEM, now=NOW)
    assert not PatronPhoto.objects.exists()


@pytest.mark.parametrize("kept_has_one", [False, True])
def test_of_two_readers_who_are_one_the_kept_one_has_a_photo(kept_has_one: bool) -> None:  # noqa: FBT001 - parametrized
    keep, gone = a_reader(), a_reader(card="R2")
    set_photo(patron_id=gone, content=a_picture(colour=(0, 0, 250)), by=SYSTEM, now=NOW)
    if kept_has_one:
        set_photo(patron_id=keep, content=a_picture(colour=(250, 0, 0)), by=SYSTEM, now=NOW)
    merge(keep=keep, gone=gone, by=SYSTEM, now=NOW)
    dot = seen(keep).getpixel((5, 5))
    assert isinstance(dot, tuple)
    assert (dot[0] > dot[2]) is kept_has_one
    assert PatronPhoto.objects.count() == 1
