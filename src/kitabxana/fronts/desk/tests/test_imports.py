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
from kitabxana.exchange.tests.builders import a_file, copy_952, numbered
from kitabxana.formats.marc import to_iso2709
from kitabxana.formats.marc.tests.corpus import DATA
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


def test_what_waits_is_decided_one_after_the_other() -> None:
    client = cataloguer()
    first = uploaded(client, book(title="Dəli Kür"))
    client.post(f"/desk/imports/{first}/commit/")
    while advance(first):
        pass
    number = uploaded(client, DOUBTFUL, *numbered(1), DOUBTFUL, DOUBTFUL)
    waits = f"/desk/imports/{number}/"
    assert f'href="{waits}?verdict=doubt"' in text(client, waits)
    assert '<select class="form-select" id="decision" name="decision" required><option value="">—</option>' in text(
        client, f"{waits}?verdict=doubt"
    )
    led = []
    for at in ("3", "4", "1"):
        one = text(client, f"{waits}{at}/")
        assert 'name="waiting"' in one
        form = {"number": at, "decision": "skip", "waiting": "1", "back": "doubt"}
        led.append(client.post(f"{waits}decide/", form)["Location"])
    assert led == [f"{waits}4/", f"{waits}1/", f"{waits}?verdict=doubt"]
    assert 'name="waiting"' not in text(client, f"{waits}1/")
    again = client.post(f"{waits}decide/", {"number": "2", "decision": "skip", "back": "new"})
    assert again["Location"] == f"{waits}?verdict=new"


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


def test_a_file_that_lies_on_the_server_is_chosen_by_its_name(settings: Any) -> None:
    client, inbox = cataloguer(), settings.DATA_DIR / "inbox"
    assert 'name="lying"' not in text(client, "/desk/imports/")
    inbox.mkdir()
    a_file(inbox / "gecə & <b>.mrc", numbered(2))
    (inbox / "kənara.mrc").symlink_to(inbox / "gecə & <b>.mrc")
    page = text(client, "/desk/imports/")
    assert '<option value="gecə &amp; &lt;b&gt;.mrc">gecə &amp; &lt;b&gt;.mrc · ' in page
    assert "kənara.mrc" not in page
    for wrong, told in (
        ("../secret_key", "no file ../secret_key"),
        ("kənara.mrc", "no file kənara"),
        ("", "Choose one file"),
    ):
        answer = client.post("/desk/imports/", {"lying": wrong})
        assert answer.status_code == 422
        assert told in answer.content.decode()
    both = {"lying": "gecə & <b>.mrc", "file": SimpleUploadedFile("yeni.mrc", b"x")}
    assert client.post("/desk/imports/", both).status_code == 422
    assert librarian().post("/desk/imports/", {"lying": "gecə & <b>.mrc"}).status_code == 403
    answer = client.post("/desk/imports/", {"lying": "gecə & <b>.mrc", "source": "Gəncə"})
    number = int(answer["Location"].strip("/").rpartition("/")[2])
    while advance(number):
        pass
    found = batch(number)
    assert found
    assert (found.read, found.verdicts, found.profile["source"]) == (2, {"new": 2}, "Gəncə")


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


def test_a_profile_with_rules_for_its_fields_is_kept_and_opened_again() -> None:
    client = cataloguer()
    form = {"name": "Ankara", "source": "Ankara", "overlay": "replace", "flavour": "unimarc", "library": "GNC-M",
            "fields": "650 add\n5XX keep\n* replace senior\n"}  # fmt: skip
    assert client.post("/desk/imports/profiles/", form).status_code == 302
    kept = profiles()["Ankara"]
    assert kept.fields == (("650", "add", ""), ("5XX", "keep", ""), ("*", "replace", "senior"))
    assert (kept.flavour, kept.library, kept.overlay) == ("unimarc", "GNC-M", "replace")
    assert "5XX keep" in client.get("/desk/imports/profiles/?name=Ankara").content.decode()
    wrong = client.post("/desk/imports/profiles/", form | {"fields": "650 mix"})
    assert wrong.status_code == 422
    assert "650 mix" in wrong.content.decode()
    assert profiles()["Ankara"] == kept


def test_a_staged_record_shows_what_the_format_says_and_waits_where_there_are_errors() -> None:
    client, whole = cataloguer(), book(copy_952("T9"))
    untitled = {**whole, "fields": [entry for entry in whole["fields"] if "245" not in entry]}
    number = uploaded(client, untitled, book(copy_952("T8"), title="Başqa"))
    assert "1 error" in text(client, f"/desk/imports/{number}/")
    one = text(client, f"/desk/imports/{number}/1/")
    assert "The title (245) is missing." in one
    found, other = staged(number)[1]
    assert (found.verdict, found.decision, other.decision) == ("doubt", "", "add")


def test_a_unimarc_record_is_shown_as_it_will_be_with_what_it_loses() -> None:
    file = DATA / "unimarc.iso2709.mrc.gz"
    upload = SimpleUploadedFile("uni.mrc.gz", file.read_bytes())
    client = cataloguer()
    number = int(client.post("/desk/imports/", {"file": upload})["Location"].strip("/").rpartition("/")[2])
    while advance(number):
        pass
    lossy = next(row for row in staged(number, limit=1000)[1] if row.lost and "200" in str(row.marc["fields"][:40]))
    page = text(client, f"/desk/imports/{number}/{lossy.number}/")
    assert "Converted into MARC 21" in page
    assert f"Not carried over into MARC 21: <bdi>{' '.join(lossy.lost)}</bdi>" in page
    stored, came = page.split("Converted into MARC 21")[1].split('id="theirs-title"')[::-1]
    assert "<td>245</td>" in stored
    assert "<td>245</td>" not in came
    assert "<td>200</td>" in came
