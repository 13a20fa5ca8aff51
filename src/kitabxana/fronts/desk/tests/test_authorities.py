"""Authorities at the desk: found in any script, made, changed with what follows them, merged, brought by a file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kitabxana.base import outbox
from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.operations import follow_headings, put_keys, save_record
from kitabxana.catalogue.queries import authorities_by_id, record, stored_record
from kitabxana.catalogue.queries.authorities import find_authorities, newest_authorities
from kitabxana.catalogue.rules import data_fields, pick
from kitabxana.catalogue.tests.builders import Identifier, field, marc
from kitabxana.catalogue.tests.test_authorities import NIZAMI, authority, save
from kitabxana.exchange.facts import Profile
from kitabxana.exchange.operations import advance, commit_batch, decide, stage
from kitabxana.fronts.desk.tests.people import cataloguer, librarian

if TYPE_CHECKING:
    from django.test import Client

DATA = Path(__file__).resolve().parents[6] / "shared" / "data" / "marc"


def text(client: Client, address: str) -> str:
    return " ".join(client.get(address, follow=True).content.decode().split())


def nizami() -> int:
    return save(
        authority(
            NIZAMI,
            field("400", "1 ", a="Nizami, Ganjavi"),
            field("500", "1 ", a="Füzuli, Məhəmməd"),
            field("670", a="Azərbaycan ədəbiyyatı tarixi"),
            field("700", "1 ", a="Низами Гянджеви,", d="1141-1209"),
        )
    )


def test_an_authority_is_found_by_the_beginning_of_words_of_any_heading_in_any_script() -> None:
    client, one = cataloguer(), nizami()
    other = save(authority(field("150", a="Nizamilik")))
    for asked, found in (
        ("nizami gen", [one]), ("Низами", [one, other]), ("ganjavi", [one]), ("niz%", [one, other]), ("fuzuli", []),
        ("1141 nizami", [one]), ("_", []),
    ):  # fmt: skip
        assert sorted(find_authorities(asked)) == found, asked
    page = text(client, "/desk/authorities/?q=низами")
    assert "Nizami Gəncəvi" in page
    assert "Nizami, Ganjavi" in page
    assert "Person" in page
    assert "Nizamilik" in text(client, "/desk/authorities/")
    assert "Nothing was found." in text(client, "/desk/authorities/?q=yoxdur")


def test_authorities_of_an_older_house_get_their_words() -> None:
    one = nizami()
    Identifier.objects.filter(record_id=one, scheme="word").delete()
    assert find_authorities("nizami") == []
    while put_keys(0, batch=10)[0] == 0:
        pass
    assert find_authorities("nizami") == [one]


def test_the_page_of_an_authority_shows_all_that_leads_to_it_and_follows_it() -> None:
    client, one = cataloguer(), nizami()
    fuzuli = save(authority(field("100", "1 ", a="Füzuli, Məhəmməd")))
    work = save(marc(field("700", "1 ", a="Nizami Gəncəvi,", d="1141-1209"), title="Xəmsə"))
    page = text(client, f"/desk/authorities/{one}/")
    for said in ("Низами Гянджеви", "Nizami, Ganjavi", f"/desk/authorities/{fuzuli}/", "Xəmsə",
                 "1 record follows it", "Azərbaycan ədəbiyyatı tarixi"):  # fmt: skip
        assert said in page, said
    assert client.get(f"/desk/records/{one}/?saved=1")["Location"] == f"/desk/authorities/{one}/?saved=1"
    assert client.get(f"/desk/authorities/{work}/").status_code == 404


def test_a_changed_heading_shows_how_far_it_has_gone_through_the_records() -> None:
    client, one = cataloguer(), nizami()
    work = save(marc(field("700", "1 ", a="Nizami Gəncəvi,", d="1141-1209"), title="Xəmsə"))
    row = stored_record(one)
    assert row is not None
    whole = {**row.marc, "fields": [
        {tag: (content if tag != "100" else field("100", "1 ", a="Gəncəvi, Nizami,", d="1141-1209")["100"])
         for tag, content in entry.items()} for entry in row.marc["fields"]
    ]}  # fmt: skip
    save_record(record_id=one, marc=whole, version=row.version, by=SYSTEM, now=row.created_at, through="test")
    assert "hx-trigger" in text(client, f"/desk/authorities/{one}/")
    while outbox.deliver({"heading.changed": (follow_headings,)}):
        pass
    part = client.get(f"/desk/authorities/{one}/", headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in part
    found = record(work)
    assert found is not None
    assert "Gəncəvi, Nizami," in [pick(content, "a") for tag, content in data_fields(found.marc) if tag == "700"]


def test_an_authority_is_made_of_words_or_of_a_record_s_heading() -> None:
    client = cataloguer()
    made = client.post("/desk/authorities/", {"kind": "person", "heading": "Şıxlı, İsmayıl,$d1919-1995"})
    [one] = find_authorities("şıxlı 1919")
    assert made["Location"] == f"/desk/authorities/{one}/"
    found = record(one, hidden=True)
    assert found is not None
    assert {"100": {"ind1": "1", "ind2": " ", "subfields": [{"a": "Şıxlı, İsmayıl,"}, {"d": "1919-1995"}]}} in (
        found.marc["fields"]
    )
    assert client.post("/desk/authorities/", {"kind": "person", "heading": " "}).status_code == 409
    assert client.post("/desk/authorities/", {"kind": "place", "heading": "$9 Gəncə"}).status_code == 409
    work = save(marc(field("650", " 4", a="Kənd həyatı"), title="Dəli Kür"))
    page = text(client, f"/desk/records/{work}/headings/")
    assert "Make an authority of Kənd həyatı" in page
    client.post(f"/desk/records/{work}/headings/", {"tag": "650", "ordinal": "0"})
    [subject] = find_authorities("kənd həyatı")
    assert f"/desk/authorities/{subject}/" in text(client, f"/desk/records/{work}/headings/")
    again = client.post(f"/desk/records/{work}/headings/", {"tag": "651", "ordinal": "0"}, follow=True)
    assert "no such heading" in again.content.decode()


def test_two_authorities_are_compared_before_they_become_one() -> None:
    client, keep = cataloguer(), nizami()
    gone = save(authority(field("100", "0 ", a="Nizami"), field("400", "0 ", a="Nezami")))
    work = save(marc(field("700", "0 ", a="Nizami"), title="Xəmsə"))
    assert f"?with={gone}" in text(client, f"/desk/authorities/{keep}/merge/?q=nizami")
    page = text(client, f"/desk/authorities/{keep}/merge/?with={gone}")
    after = page[page.index("After the merge") :]
    assert "Nezami" in after
    assert "1 heading in records will be changed" in after
    client.post(f"/desk/authorities/{keep}/merge/", {"gone": gone})
    while outbox.deliver({"heading.changed": (follow_headings,)}):
        pass
    found = record(work)
    assert found is not None
    assert "Nizami Gəncəvi," in [pick(content, "a") for tag, content in data_fields(found.marc) if tag == "700"]
    assert record(gone, hidden=True) is None
    assert client.post(f"/desk/authorities/{keep}/merge/", {"gone": keep}).status_code == 200
    merged = text(client, f"/desk/authorities/{gone}/")  # its address leads to the one that stayed
    undo = re.search(r'action="(/desk/merges/\d+/undo/)"', merged)
    assert undo
    assert client.post(undo[1])["Location"] == f"/desk/authorities/{keep}/"
    assert "The merge is undone" in text(client, f"/desk/authorities/{keep}/")
    assert f'href="/desk/authorities/{gone}/"' in text(client, f"/desk/authorities/{keep}/")
    assert client.post(undo[1], follow=True).status_code == 200
    assert client.get(f"/desk/authorities/{gone}/").status_code == 200


@pytest.mark.slow
def test_a_file_of_authorities_comes_through_the_staged_import(tmp_path: Path) -> None:
    client = cataloguer()
    path = tmp_path / "auth.mrc.gz"
    path.write_bytes((DATA / "auth.utf8.mrc.gz").read_bytes())
    batch = stage(path, file_name="auth.mrc.gz", profile=Profile(matching="points"), by=SYSTEM)
    while advance(batch):
        pass
    decide(batch_id=batch, decision="skip", verdict="doubt", by=SYSTEM)  # those in which the format finds errors
    commit_batch(batch_id=batch, by=SYSTEM)
    while advance(batch):
        pass
    total, some = newest_authorities(offset=0, limit=25)
    assert total > 100
    heading = authorities_by_id(some)[some[0]].brief["title"]
    assert some[0] in find_authorities(heading)
    assert text(client, "/desk/authorities/").count("/desk/authorities/") >= 25


def test_the_list_costs_the_same_for_many_as_for_few_and_a_librarian_only_looks() -> None:
    client = cataloguer()
    costs = []
    for some in (2, 20):
        for number in range(some):
            save(authority(field("150", a=f"Mövzu {some} {number}")))
        client.get("/desk/authorities/?q=mövzu")
        with CaptureQueriesContext(connection) as asked:
            client.get("/desk/authorities/?q=mövzu")
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 12
    looker = librarian()
    assert "New authority" not in text(looker, "/desk/authorities/")
    refused = looker.post("/desk/authorities/", {"kind": "subject", "heading": "Yeni"})
    assert refused.status_code == 409
    assert find_authorities("yeni") == []
