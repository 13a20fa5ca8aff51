"""A record as a form at the desk: saved without script, turned into text and back, drafts, macros, what is chosen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.operations import save_record
from kitabxana.catalogue.queries import history, record
from kitabxana.catalogue.queries.editing import draft, drafts_of
from kitabxana.catalogue.rules.textmode import rendered
from kitabxana.catalogue.tests.builders import Record, a_record, field, marc
from kitabxana.fronts.desk.tests.people import administrator, browser, cataloguer, librarian, signed_in
from kitabxana.organisation.tests.builders import a_login

if TYPE_CHECKING:
    from django.test import Client

NAMES = re.compile(r'<(?:input|textarea)[^>]*\bname="(?P<name>[a-z]+\d*)"')


@pytest.fixture
def ayla() -> Client:
    return cataloguer()


def text(response: Any) -> str:
    return str(response.content.decode())


def form(response: Any) -> dict[str, Any]:
    """What a browser without script would send of the page's form."""
    data: dict[str, Any] = {"f": [], "key": response.context["key"], "framework": response.context["framework"]}
    if response.context["version"]:
        data["version"] = response.context["version"]
    for row in response.context["rows"]:
        n = row.number
        data["f"].append(str(n))
        if row.kind != "lines":
            data[f"t{n}"] = row.tag
        if row.kind == "lines":
            data[f"l{n}"] = row.text
        elif row.kind == "control":
            data[f"c{n}"] = row.text
        else:
            data[f"i{n}"] = row.indicators
            data[f"s{n}"] = [box.code for box in row.boxes]
            data[f"v{n}"] = [box.text for box in row.boxes]
    return data


def another() -> Client:
    """A second cataloguer of the same library."""
    return signed_in(a_login("vusal", role="cataloguer", unit="GNC-M"))


def number_of(response: Any, tag: str) -> int:
    return int(next(row.number for row in response.context["rows"] if row.tag == tag))


def put(data: dict[str, Any], response: Any, tag: str, code: str, value: str) -> None:
    n = number_of(response, tag)
    data[f"v{n}"][data[f"s{n}"].index(code)] = value


def title(number: int) -> str:
    found = record(number, hidden=True)
    assert found is not None
    return str(found.brief["title"])


def test_the_page_has_a_box_for_everything_that_is_sent(ayla: Client) -> None:
    number = a_record(field("513", a="Məruzə"), number="77")
    opened = ayla.get(f"/desk/records/{number}/edit/")
    names = {found["name"] for found in NAMES.finditer(text(opened))}
    assert {name for name in form(opened) if name not in ("framework", "version")} <= names | {"version"}
    assert len(text(opened).encode()) < 90_000


def test_a_form_saved_as_it_was_opened_changes_nothing(ayla: Client) -> None:
    number = a_record(field("513", a="Məruzə", b="x{y}"), field("500", a=" kənar $5 "), number="77")
    opened = ayla.get(f"/desk/records/{number}/edit/")
    saved = ayla.post(f"/desk/records/{number}/edit/", form(opened))
    assert saved["Location"] == f"/desk/records/{number}/"
    assert len(history(number)) == 1


def test_a_form_is_saved_without_script(ayla: Client) -> None:
    number = a_record(field("513", a="Məruzə"), title="Dəli Kur")
    opened = ayla.get(f"/desk/records/{number}/edit/")
    data = form(opened)
    put(data, opened, "245", "a", "Dəli Kür /")
    put(data, opened, "520", "a", "Roman.")
    saved = ayla.post(f"/desk/records/{number}/edit/", data)
    assert saved["Location"] == f"/desk/records/{number}/?saved=2"
    found = record(number)
    assert found is not None
    assert found.brief["title"] == "Dəli Kür"
    assert [tag for entry in found.marc["fields"] for tag in entry] == ["005", "008", "100", "245", "513", "520"]


def test_each_framework_begins_its_own_record(ayla: Client) -> None:
    for code, leader in (("serial", "00000nas"), ("map", "00000nem"), ("music", "00000ncm"), ("picture", "00000nkm")):
        opened = ayla.get(f"/desk/records/new/?framework={code}")
        assert opened.context["framework"] == code
        assert opened.context["rows"][0].text.startswith(leader)
    serial = ayla.get("/desk/records/new/?framework=serial")
    data = form(serial)
    put(data, serial, "245", "a", "Ulduz")
    refused = ayla.post("/desk/records/new/", data)
    assert refused.status_code == 422
    assert "This field must be filled here." in text(refused)
    put(data, serial, "022", "a", "0134-3459")
    assert ayla.post("/desk/records/new/", data).status_code == 302
    assert Record.objects.get().brief["material"] == "serial"


def test_labels_are_in_the_language_of_the_page(ayla: Client) -> None:
    number = a_record()
    for language, name in (("az", "Sərlövhə və məsuliyyət"), ("tr", "Eser adı ve sorumluluk"),
                           ("ru", "Заглавие и ответственность"), ("en", "Title and responsibility")):  # fmt: skip
        ayla.cookies["django_language"] = language
        assert name in text(ayla.get(f"/desk/records/{number}/edit/"))


def test_steps_without_script_are_done_by_the_server_and_store_nothing(ayla: Client) -> None:
    number = a_record(field("500", a="bir"), field("500", a="iki"))
    opened = ayla.get(f"/desk/records/{number}/edit/")
    notes = [row.number for row in opened.context["rows"] if row.tag == "500"]

    def after(act: str, **more: str) -> list[str]:
        shown = ayla.post(f"/desk/records/{number}/edit/", {**form(opened), "act": act, **more})
        assert shown.status_code == 200
        return [box.text for row in shown.context["rows"] if row.tag == "500" for box in row.boxes]

    assert after(f"up:{notes[1]}") == ["iki", "bir"]
    assert after(f"away:{notes[0]}") == ["iki"]
    assert after(f"again:{notes[0]}") == ["bir", "", "iki"]
    assert after("add", add="500") == ["bir", "iki", ""]
    for nonsense in ("up:x", "jump:3", "", "away:999999999999", "add"):
        assert after(nonsense) == ["bir", "iki"]
    assert len(history(number)) == 1


def test_form_and_text_turn_into_each_other_without_loss(ayla: Client) -> None:
    record_marc = marc(field("513", a="x{y}", b="$5"), field("ABC", a="z"), number="77")
    number = a_record(field("513", a="x{y}", b="$5"), field("ABC", a="z"), number="77")
    opened = ayla.get(f"/desk/records/{number}/edit/")
    as_text = ayla.post(f"/desk/records/{number}/edit/", {**form(opened), "mode": "text"})
    assert as_text.context["rows"] is None
    assert as_text.context["text"] == rendered(record_marc)
    assert as_text.cookies["editor"].value == "text"
    back = ayla.post(
        f"/desk/records/{number}/edit/",
        {"text": as_text.context["text"] + "\n520 ## $aQeyd", "version": 1, "mode": "form"},
    )
    assert [row.tag for row in back.context["rows"] if "Qeyd" in str(row.boxes)] == ["520"]
    unreadable = ayla.post(f"/desk/records/{number}/edit/", {"text": "245 10 x", "version": 1, "mode": "form"})
    assert unreadable.context["rows"] is None
    assert "245 10 x" in unreadable.context["text"]


def test_a_draft_is_kept_offered_and_forgotten(ayla: Client) -> None:
    number = a_record(title="Dəli Kur")
    opened = ayla.get(f"/desk/records/{number}/edit/")
    data = form(opened) | {"record": number}
    put(data, opened, "245", "a", "Dəli Kür /")
    checked = ayla.post("/desk/records/check/", data, headers={"hx-request": "true"})
    assert "Kept as a draft." in text(checked)
    again = ayla.get(f"/desk/records/{number}/edit/")
    assert "You typed here on" in text(again)
    assert title(number) == "Dəli Kur"
    assert "You typed here on" not in text(another().get(f"/desk/records/{number}/edit/"))
    taken = ayla.get(f"/desk/records/{number}/edit/?draft=1")
    assert "Dəli Kür /" in text(taken)
    assert ayla.post(f"/desk/records/{number}/edit/", form(taken)).status_code == 302
    assert title(number) == "Dəli Kür"
    assert "You typed here on" not in text(ayla.get(f"/desk/records/{number}/edit/"))
    ayla.post("/desk/records/check/", data)
    gone = ayla.post("/desk/records/draft/forget/", {"key": f"r{number}"})
    assert gone["Location"] == f"/desk/records/{number}/edit/"
    assert "You typed here on" not in text(ayla.get(f"/desk/records/{number}/edit/"))


def test_a_draft_of_an_older_version_gets_the_three_way_difference(ayla: Client) -> None:
    number = a_record(title="Dəli Kur")
    opened = ayla.get(f"/desk/records/{number}/edit/")
    data = form(opened) | {"record": number}
    put(data, opened, "245", "a", "Dəli Kür /")
    ayla.post("/desk/records/check/", data)
    theirs = rendered(marc(field("500", a="Başqası."), title="Dəli Kur"))
    another().post(f"/desk/records/{number}/edit/", {"text": theirs, "version": 1})
    assert "The record has changed since" in text(ayla.get(f"/desk/records/{number}/edit/"))
    taken = ayla.get(f"/desk/records/{number}/edit/?draft=1")
    assert taken.context["version"] == 1
    stale = ayla.post(f"/desk/records/{number}/edit/", form(taken))
    assert stale.status_code == 409
    assert ayla.post(f"/desk/records/{number}/edit/", form(stale)).status_code == 302
    found = record(number)
    assert found is not None
    assert found.brief["title"] == "Dəli Kür"
    assert field("500", a="Başqası.") in found.marc["fields"]


def test_a_new_record_s_draft_is_listed_until_it_is_saved(ayla: Client) -> None:
    opened = ayla.get("/desk/records/new/")
    data = form(opened)
    put(data, opened, "245", "a", "Yarımçıq")
    ayla.post("/desk/records/check/", data)
    ayla.post("/desk/records/check/", data)
    owner = int(ayla.session["_auth_user_id"])
    assert [one.key for one in drafts_of(owner)] == [data["key"]]
    assert "Yarımçıq" in text(ayla.get("/desk/records/new/"))
    taken = ayla.get(f"/desk/records/new/?draft={data['key']}")
    assert taken.context["key"] == data["key"]
    assert ayla.post("/desk/records/new/", form(taken)).status_code == 302
    assert Record.objects.get().brief["title"] == "Yarımçıq"
    assert draft(owner, data["key"]) is None


def test_an_authority_is_chosen_and_the_heading_follows_it(ayla: Client) -> None:
    fixed = "240101n| azannaabn          |n aaa     d"
    heading = field("100", "1 ", a="Şıxlı, İsmayıl,", d="1919-1995")
    fields = [{"001": "n1"}, {"003": "AzBaMK"}, {"008": fixed}, heading, field("400", "1 ", a="Шихлы, Исмаил")]
    authority = {"leader": "00000nz  a2200000n  4500", "fields": fields}
    save_record(record_id=None, marc=authority, version=None, by=SYSTEM, now=timezone.now(), through="desk")
    sent = {"f": "9", "t9": "700", "i9": "1#", "s9": ["a", "4"], "v9": ["şıxlı", "trl"], "list": "authority"}
    line = "700 1# $aŞıxlı, İsmayıl, $d1919-1995 $4trl $0(AzBaMK)n1"
    for typed in ("şıxlı", "Шихлы", "ismayıl ş"):
        assert f'data-line="{line}"' in text(ayla.post("/desk/records/look/", {**sent, "q": typed})), typed
    assert 'role="option"' not in text(ayla.post("/desk/records/look/", {**sent, "q": "naməlum"}))
    assert 'role="option"' not in text(ayla.post("/desk/records/look/", {**sent, "t9": "650", "q": "şıxlı"}))
    row = text(ayla.get("/desk/records/row/", {"line": line, "n": "9", "framework": "book"}))
    assert 'id="f9"' in row
    assert "(AzBaMK)n1" in row


def test_codes_are_chosen_by_their_names(ayla: Client) -> None:
    ayla.cookies["django_language"] = "az"
    for kind, typed, code in (("language", "azərb", "aze"), ("country", "gürc", "gs"), ("relator", "trl", "trl")):
        assert f'data-value="{code}"' in text(ayla.post("/desk/records/look/", {"list": kind, "q": typed})), kind
    builder = text(ayla.get("/desk/records/fixed/", {"tag": "008", "value": "#" * 40, "leader": "00000nam#a22"}))
    assert "Ədəbi forma" in builder
    assert 'data-look="country"' in builder
    begun = text(ayla.get("/desk/records/fixed/", {"tag": "007", "value": "", "leader": "", "first": "s"}))
    assert 'data-text="s' in begun
    assert ayla.get("/desk/records/fixed/", {"tag": "245"}).status_code == 404
    assert ayla.get("/desk/records/row/", {"tag": "001", "n": "1"}).status_code == 404


def test_a_macro_is_kept_run_and_dropped(ayla: Client) -> None:
    kept = ayla.post("/desk/macros/", {"name": "Bakı", "text": "264$a: Baku => Bakı\n+500 ## $aYoxlanıb."})
    assert kept.status_code == 302
    wrong = ayla.post("/desk/macros/", {"name": "Pis", "text": "nə isə"})
    assert wrong.status_code == 422
    assert "Line 1 of the macro" in text(wrong)
    shared = ayla.post("/desk/macros/", {"name": "Bizim", "text": "-653", "shared": "1"})
    assert shared.status_code == 422
    number = a_record(field("264", " 1", a="Baku"))
    opened = ayla.get(f"/desk/records/{number}/edit/")
    macro = opened.context["macros"][0]
    ran = ayla.post(f"/desk/records/{number}/edit/", {**form(opened), "run": "1", "macro_id": macro.id})
    assert "was run" in text(ran)
    assert "Yoxlanıb." in text(ran)
    assert len(history(number)) == 1
    boss = administrator()
    assert boss.post("/desk/macros/", {"name": "Bizim", "text": "-653", "shared": "1"}).status_code == 302
    assert [one.name for one in ayla.get(f"/desk/records/{number}/edit/").context["macros"]] == ["Bakı", "Bizim"]
    assert cataloguer("SAK-M").get(f"/desk/records/{number}/edit/").context["macros"] == []
    ayla.post("/desk/macros/", {"drop": macro.id})
    assert [one.name for one in ayla.get(f"/desk/records/{number}/edit/").context["macros"]] == ["Bizim"]


def test_the_preview_is_the_readers_own_page_and_only_for_who_edits(ayla: Client) -> None:
    number = a_record(field("650", " 4", a="Roman"))
    opened = ayla.get(f"/desk/records/{number}/edit/")
    shown = text(ayla.post("/records/preview/", form(opened)))
    page = text(ayla.get(f"/records/{number}/"))
    facts = shown[shown.index('<dl class="k-facts">') : shown.index("</dl>")]
    assert facts.replace(" ", "").replace("\n", "") in page.replace(" ", "").replace("\n", "")
    assert "Without a title" in text(ayla.post("/records/preview/", {"text": "LDR x"}))
    assert "half" not in text(ayla.post("/records/preview/", {"text": rendered(marc()) + "\n500 ## $a{u+0000}"}))
    assert librarian().post("/records/preview/", {}).status_code == 403
    assert browser().post("/records/preview/", {}).status_code == 302


def test_a_level_changes_a_framework_and_gives_it_back() -> None:
    boss = administrator()
    address = "/desk/frameworks/?unit=GNC-M&framework=book"
    said = {
        "tag": "500",
        "code": "a",
        "name_az": "Bizim qeyd",
        "default": "Hədiyyə",
        "mandatory": "yes",
        "values": "how",
    }
    assert boss.post(address, said).status_code == 302
    value = {"list": "how", "code": "hediyye", "name_az": "Hədiyyə", "name_en": "Gift"}
    assert boss.post("/desk/values/?unit=GNC-M", value).status_code == 302
    ayla = cataloguer()
    ayla.cookies["django_language"] = "az"
    opened = ayla.get("/desk/records/new/?framework=book")
    assert "Bizim qeyd" in text(opened)
    assert "Hədiyyə" in text(opened)
    assert 'data-look="how"' in text(opened)
    assert 'data-value="hediyye"' in text(ayla.post("/desk/records/look/", {"list": "how", "q": "hədi"}))
    assert "Bizim qeyd" not in text(cataloguer("SAK-M").get("/desk/records/new/?framework=book"))
    shown = boss.get(address + "&tag=500")
    assert "Bizim qeyd" in text(shown)
    assert boss.post(address, {"tag": "500", "code": "a", "back": "1"}).status_code == 302
    assert "Bizim qeyd" not in text(ayla.get("/desk/records/new/?framework=book"))
    twice = boss.post(address, {"tag": "500", "code": "a", "back": "1"})
    assert twice.status_code == 422
    assert "Nothing of this is said at this level." in text(twice)
    bad = boss.post("/desk/values/?unit=*", {"list": "No Such", "code": "x"})
    assert bad.status_code == 422
    with connection.cursor() as cursor:
        cursor.execute("SELECT action FROM base_auditentry WHERE object_type IN ('framework', 'value') ORDER BY id")
        assert [row[0] for row in cursor.fetchall()] == ["framework.set", "value.set", "framework.drop"]


def test_what_a_check_with_a_draft_costs(ayla: Client) -> None:
    number = a_record()
    opened = ayla.get(f"/desk/records/{number}/edit/")
    data = form(opened) | {"record": number}
    ayla.post("/desk/records/check/", data)
    with CaptureQueriesContext(connection) as checking:
        ayla.post("/desk/records/check/", data)
    assert len(checking) <= 9, "\n".join(one["sql"][:150] for one in checking)
