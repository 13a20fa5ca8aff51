"""A record at the desk: typed line by line, checked, saved, two at once, deleted and brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kitabxana.catalogue.queries import history, record, stored_record
from kitabxana.catalogue.rules.textmode import rendered
from kitabxana.catalogue.tests.builders import Record, a_record, field, marc
from kitabxana.fronts.desk.tests.people import cataloguer, librarian
from kitabxana.holdings.tests.builders import a_copy

if TYPE_CHECKING:
    from django.test import Client


@pytest.fixture
def ayla() -> Client:
    return cataloguer()


def text(response: Any) -> str:
    return str(response.content.decode())


def save(client: Client, number: int, typed: str, version: int) -> Any:
    return client.post(f"/desk/records/{number}/edit/", {"text": typed, "version": version})


def title(number: int) -> str:
    found = record(number)
    assert found is not None
    return str(found.brief["title"])


def test_a_new_record_is_typed_and_saved_without_what_was_left_empty(ayla: Client) -> None:
    opened = ayla.get("/desk/records/new/?mode=text")
    assert "245 10 $a $b $c $n $p" in text(opened)
    typed = opened.context["text"].replace("245 10 $a $b $c", "245 10 $aDəli Kür / $b $cİsmayıl Şıxlı")
    saved = ayla.post("/desk/records/new/", {"text": typed.replace("\n", "\r\n")})
    row = Record.objects.get()
    assert saved["Location"] == f"/desk/records/{row.pk}/?saved=1"
    assert (row.brief["title"], row.made_by, row.made_through) == ("Dəli Kür", "cat-GNC-M", "desk")
    assert [tag for entry in row.marc["fields"] for tag in entry] == ["005", "008", "040", "245"]
    assert "Saved as version 1." in text(ayla.get(saved["Location"]))
    assert "Saved as version 1." not in text(ayla.get(saved["Location"].replace("=1", "=7")))


def test_a_copy_has_the_description_but_not_the_numbers(ayla: Client) -> None:
    number = a_record(title="Xəmsə", number="77")
    opened = ayla.get(f"/desk/records/new/?copy={number}")
    assert "245 10 $aXəmsə" in opened.context["text"]
    assert "001" not in opened.context["text"]
    assert ayla.get("/desk/records/new/?copy=999999").status_code == 200


def test_a_record_is_changed(ayla: Client) -> None:
    number = a_record(title="Dəli Kur")
    opened = ayla.get(f"/desk/records/{number}/edit/")
    assert opened.context["version"] == 1
    saved = save(ayla, number, opened.context["text"].replace("Kur", "Kür"), 1)
    assert saved["Location"] == f"/desk/records/{number}/?saved=2"
    assert title(number) == "Dəli Kür"
    again = save(ayla, number, opened.context["text"].replace("Kur", "Kür"), 2)
    assert again["Location"] == f"/desk/records/{number}/"
    assert len(history(number)) == 2


def test_what_can_t_be_read_or_has_errors_is_told_and_kept_in_the_box(ayla: Client) -> None:
    number = a_record()
    for typed, told in (
        ("LDR 00000nam#a2200000#i#4500\n245 10 Dəli Kür", "The line has no subfield"),
        ("LDR 00000nam#a2200000#i#4500\n500 ## $aQeyd", "The title (245) is missing."),
    ):
        answer = save(ayla, number, typed, 1)
        assert answer.status_code == 422
        assert told in text(answer)
        assert answer.context["text"] == typed
        assert answer.context["version"] == 1
    assert len(history(number)) == 1


@pytest.mark.parametrize("signs", ["{u+0000}", "{u+D800}", "{u+FFFFFF}"])
@pytest.mark.parametrize("line", ["500 ## $a%s", "500 %s# $ax", "500 ## $%sx", "LDR %s", "001 %s", "%s ## $ax"])
def test_nothing_typed_is_a_server_error(ayla: Client, line: str, signs: str) -> None:
    typed = rendered(marc()) + "\n" + line % signs
    answer = ayla.post("/desk/records/new/", {"text": typed})
    assert answer.status_code in (302, 422)
    if line.startswith("LDR"):
        typed = line % (signs + "0000nam#a2200000#i#4500") + "\n" + rendered(marc()).partition("\n")[2]
        assert ayla.post("/desk/records/new/", {"text": typed}).status_code in (302, 422)


def test_a_stale_save_shows_both_changes_and_proposes_them_together(ayla: Client) -> None:
    number = a_record()
    mine = rendered(marc(field("500", a="Mənim qeydim.")))
    save(ayla, number, rendered(marc(title="Onlarınkı")), 1)
    answer = save(ayla, number, mine, 1)
    assert answer.status_code == 409
    assert "Someone else has saved this record meanwhile" in text(answer)
    assert answer.context["version"] == 2
    assert title(number) == "Onlarınkı"
    assert save(ayla, number, answer.context["text"], 2).status_code == 302
    found = record(number)
    assert found is not None
    assert found.brief["title"] == "Onlarınkı"
    assert field("500", a="Mənim qeydim.") in found.marc["fields"]


def test_a_conflict_is_shown_as_one_and_mine_is_proposed(ayla: Client) -> None:
    number = a_record()
    save(ayla, number, rendered(marc(title="Onlarınkı")), 1)
    answer = save(ayla, number, rendered(marc(title="Mənimki")), 1)
    assert "k-conflict" in text(answer)
    assert "1 field was changed by both" in text(answer)
    assert "$aMənimki" in answer.context["text"]


def test_the_check_tells_faults_with_their_lines_and_shows_the_title(ayla: Client) -> None:
    typed = rendered(marc(field("020", a="9789952800006")))
    answer = ayla.post("/desk/records/check/", {"text": typed}, headers={"hx-request": "true"})
    assert answer.status_code == 200
    assert 'data-line="5"' in text(answer)
    assert "is no valid ISBN" in text(answer)
    assert "Dəli Kür" in text(answer)
    good = ayla.post("/desk/records/check/", {"text": rendered(marc())}, headers={"hx-request": "true"})
    assert "Nothing to mend." in text(good)


def test_what_is_typed_is_shown_and_never_run(ayla: Client) -> None:
    evil = "<script>alert(1)</script>"
    answer = ayla.post("/desk/records/check/", {"text": rendered(marc(title=evil)) + f"\n020 ## $a{evil}"})
    assert evil not in text(answer)
    number = a_record(title=evil)
    assert evil not in text(ayla.get(f"/desk/records/{number}/edit/"))
    save(ayla, number, rendered(marc(title=evil + "2")), 1)
    assert evil not in text(ayla.get(f"/desk/records/{number}/history/"))


def test_the_history_shows_what_changed_and_brings_a_version_back(ayla: Client) -> None:
    number = a_record(title="Dəli Kür")
    save(ayla, number, rendered(marc(title="Səhv")), 1)
    shown = text(ayla.get(f"/desk/records/{number}/history/"))
    assert "What changed from version 1 to 2" in shown
    assert "<del>$aDəli Kür /</del>" in shown
    assert "<ins>$aSəhv /</ins>" in shown
    back = ayla.post(f"/desk/records/{number}/restore/", {"wanted": 1, "version": 2})
    assert back["Location"] == f"/desk/records/{number}/history/"
    assert title(number) == "Dəli Kür"
    stale = ayla.post(f"/desk/records/{number}/restore/", {"wanted": 2, "version": 2})
    assert stale.status_code == 409
    assert "Someone else has changed the record" in text(stale)
    assert ayla.get("/desk/records/999999/history/").status_code == 404


def test_a_record_is_deleted_and_brought_back(ayla: Client) -> None:
    number = a_record()
    assert ayla.post(f"/desk/records/{number}/delete/").status_code == 302
    assert ayla.get(f"/desk/records/{number}/").status_code == 404
    assert ayla.get(f"/desk/records/{number}/edit/").status_code == 404
    shown = text(ayla.get(f"/desk/records/{number}/history/"))
    assert "This record is deleted." in shown
    assert "Bring back<" not in shown
    assert ayla.post(f"/desk/records/{number}/undelete/").status_code == 302
    found = stored_record(number)
    assert found is not None
    assert not found.deleted


def test_a_record_in_use_stays_and_says_why(ayla: Client) -> None:
    number = a_record()
    a_copy(number)
    answer = ayla.post(f"/desk/records/{number}/delete/")
    assert answer.status_code == 409
    assert "The record has copies: 1." in text(answer)


def test_who_may_not_edit_sees_the_history_without_its_buttons() -> None:
    number = a_record()
    save(cataloguer(), number, rendered(marc(title="Yeni")), 1)
    shown = text(librarian().get(f"/desk/records/{number}/history/"))
    assert "Yeni" in shown
    assert "Bring back" not in shown
    assert f"/desk/records/{number}/edit/" not in text(librarian("SAK-M").get(f"/desk/records/{number}/"))


def test_what_opening_and_saving_costs(ayla: Client) -> None:
    """Besides who asks and where they work: session, login, roles, tree."""
    number = a_record()
    ayla.get("/desk/")
    for mode in ("form", "text"):
        with CaptureQueriesContext(connection) as opening:
            typed = ayla.get(f"/desk/records/{number}/edit/?mode={mode}").context["text"]
        assert len(opening) <= 8, "\n".join(one["sql"][:150] for one in opening)
    with CaptureQueriesContext(connection) as saving:
        assert save(ayla, number, typed.replace("Kür", "Kur"), 1).status_code == 302
    assert len(saving) <= 5 + 12, "\n".join(one["sql"][:150] for one in saving)
