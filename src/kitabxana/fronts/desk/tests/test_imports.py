"""An import at the desk: uploaded, looked through, decided, stored, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kitabxana.catalogue.queries import count_records, newest
from kitabxana.catalogue.tests.test_matching import book
from kitabxana.exchange.facts import Profile
from kitabxana.exchange.operations import advance
from kitabxana.exchange.queries import batch, profiles, staged
from kitabxana.exchange.tests.builders import copy_952, numbered
from kitabxana.formats.marc import to_iso2709
from kitabxana.fronts.desk.tests.people import cataloguer, librarian

if TYPE_CHECKING:
    from typing import Any

    from django.test import Client

DOUBTFUL = book(copy_952("T2"), title="Dəli Kür", year="1983", publisher="", pages="")


def uploaded(client: Client, *records: dict[str, Any], **form: str) -> int:
    """The batch, read to its end."""
    file = SimpleUploadedFile("yeni.mrc", b"".join(map(to_iso2709, records)))
    answer = client.post("/desk/imports/", {"file": file, **form})
    assert answer.status_code == 302
    number = int(answer["Location"].strip("/").rpartition("/")[2])
    while advance(number):
        pass
    return number


def text(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_an_upload_is_read_reviewed_and_stored() -> None:
    client = cataloguer()
    number = uploaded(client, *numbered(3))
    page = text(client, f"/desk/imports/{number}/")
    assert "yeni.mrc" in page
    assert "Kitab 2" in page
    assert count_records() == 0
    client.post(f"/desk/imports/{number}/decide/", {"verdict": "new", "number": "3", "decision": "skip"})
    assert client.post(f"/desk/imports/{number}/commit/").status_code == 302
    while advance(number):
        pass
    assert count_records() == 2
    assert 'Added <strong class="k-num">2</strong>' in text(client, f"/desk/imports/{number}/")
    client.post(f"/desk/imports/{number}/undo/")
    while advance(number):
        pass
    assert count_records() == 0
    assert "Taken back" in text(client, f"/desk/imports/{number}/")


def test_a_doubtful_record_shows_its_score_point_by_point_and_waits() -> None:
    client = cataloguer()
    first = uploaded(client, book(title="Dəli Kür"))
    client.post(f"/desk/imports/{first}/commit/")
    while advance(first):
        pass
    number = uploaded(client, DOUBTFUL)
    page = text(client, f"/desk/imports/{number}/")
    assert "1 record waits for your decision." in page
    assert "disabled" in page
    one = text(client, f"/desk/imports/{number}/1/")
    [row] = staged(number)[1]
    assert row.candidate == newest(1)[0][0]
    assert f'Score <strong class="k-num">{row.score}</strong>' in one
    assert ">+50<" in one
    assert '<td dir="auto"><strong>' in one
    refused = client.post(f"/desk/imports/{number}/commit/", follow=True).content.decode()
    assert "Not decided yet: 1." in refused
    client.post(f"/desk/imports/{number}/decide/", {"number": "1", "decision": "join"})
    client.post(f"/desk/imports/{number}/commit/")
    while advance(number):
        pass
    assert (batch(number) or Exception).results == {"joined": 1}  # type: ignore[union-attr]


def test_progress_is_asked_for_while_there_is_work_and_not_after() -> None:
    client = cataloguer()
    file = SimpleUploadedFile("yeni.mrc", b"".join(map(to_iso2709, numbered(2))))
    address = client.post("/desk/imports/", {"file": file})["Location"]
    assert "hx-trigger" in text(client, address)
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    while advance():
        pass
    assert "hx-trigger" not in text(client, address)


def test_choices_can_be_kept_as_a_profile_and_chosen_again() -> None:
    client = cataloguer()
    uploaded(client, *numbered(1), overlay="replace", source="Ankara", keep_as="Ankara")
    kept = Profile(library="GNC-M", source="Ankara", matching="points", overlay="replace")
    assert profiles() == {"Ankara": kept}
    number = uploaded(client, *numbered(1), profile="Ankara", overlay="keep")
    assert Profile(**(batch(number) or Exception).profile) == kept  # type: ignore[union-attr]


def test_a_form_without_a_file_stays_a_form() -> None:
    answer = cataloguer().post("/desk/imports/", {"source": "x"})
    assert answer.status_code == 422
    assert 'name="file"' in answer.content.decode()


def test_only_who_may_import_sees_imports() -> None:
    assert "/desk/imports/" not in text(librarian(), "/desk/")
    assert "/desk/imports/" in text(cataloguer(), "/desk/")


def test_there_is_no_such_import() -> None:
    client = cataloguer()
    for method, address in (("get", ""), ("get", "1/"), ("post", "undo/"), ("post", "commit/"), ("post", "decide/")):
        assert getattr(client, method)(f"/desk/imports/999/{address}").status_code == 404


def test_a_page_of_an_import_costs_the_same_for_one_record_and_for_many() -> None:
    client = cataloguer()
    costs = []
    for count in (1, 20):
        number = uploaded(client, *numbered(count))
        client.get(f"/desk/imports/{number}/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/desk/imports/{number}/")
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 12
    assert newest(1) == []
