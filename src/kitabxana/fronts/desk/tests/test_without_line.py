"""What the desk without a line asks of the server: who is signed in, the list, the sending; and its own files."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import orjson
import pytest
from django.core.files.storage import FileSystemStorage
from django.utils import timezone

from kitabxana.base.models import User
from kitabxana.base.statics import HouseStorage
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.queries import loans_of
from kitabxana.fronts.desk.handlers.without_line import MODULES, STATIC, WORKER
from kitabxana.fronts.desk.tests.people import administrator, browser, librarian, reader_online
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.tests.builders import PASSWORD
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client


def event(kind: str = "check_out", **values: Any) -> dict[str, Any]:
    at = (timezone.now() - timedelta(hours=1)).isoformat()
    return {"key": str(uuid4()), "kind": kind, "barcode": "B1", "card": "R1", "at": at, "by": "aygun"} | values


def send(client: Client, *events: dict[str, Any], unit: str = "GNC-M") -> Any:
    return client.post("/desk/without-line/send/", {"unit": unit, "events": list(events)}, "application/json")


def test_events_are_sent_by_who_may_and_answered_by_their_keys() -> None:
    reader, client = a_reader(), librarian()
    a_copy(a_record())
    one, other = event(), event(barcode="NOPE")
    assert send(librarian("SAK-M"), one).status_code == 403
    answers = send(client, one, other).json()["answers"]
    assert answers == [
        {"key": one["key"], "outcome": "done", "codes": []},
        {"key": other["key"], "outcome": "conflict", "codes": ["unknown_item"]},
    ]
    assert send(client, other, one).json()["answers"] != []
    assert len(loans_of(reader)) == 1


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "delete"}, {"key": "1"}, {"at": "2026-11-23T10:00:00"}, {"barcode": ""}, {"barcode": "\0"}, {"more": 1}],
)
def test_what_is_no_event_is_refused_as_a_whole(wrong: dict[str, Any]) -> None:
    assert send(librarian(), event(**wrong)).status_code == 400


def test_the_server_says_who_is_signed_in_and_marks_the_password() -> None:
    assert "mark" not in browser().get("/desk/without-line/state/").json()
    assert reader_online(a_reader()).get("/desk/without-line/state/").json()["may"] is False
    client = librarian()
    told = client.get("/desk/without-line/state/").json()
    assert (told["login"], told["unit"], told["may"]) == ("lib-GNC-M", "GNC-M", True)
    unchosen = administrator("").get("/desk/without-line/state/").json()
    assert (unchosen["unit"], unchosen["may"], unchosen["allowed"]) == ("", False, True)
    user = User.objects.get(username="lib-GNC-M")
    user.set_password("başqa-quyu-78")
    user.save()
    client.force_login(user)
    assert client.get("/desk/without-line/state/").json()["mark"] != told["mark"]


def test_the_password_is_asked_at_the_one_throttled_gate() -> None:
    client = librarian()

    def ask(password: str) -> Any:
        return client.post("/desk/without-line/password/", {"password": password}).json()

    assert ask(PASSWORD) == {"fits": True, "wait": 0}
    told = [ask("yanlış") for _ in range(6)][-1]
    assert told["fits"] is False
    assert told["wait"] > 0


def test_the_list_is_streamed_and_never_kept_on_the_way() -> None:
    a_reader()
    answer = librarian().post("/desk/without-line/extract/")
    assert answer["Cache-Control"] == "no-store"
    lines = b"".join(answer.streaming_content).splitlines()  # type: ignore[attr-defined]
    assert (orjson.loads(lines[0])["unit"], len(lines)) == ("GNC-M", 3)


def test_a_conflict_is_lent_with_one_press_by_who_may_lift_it() -> None:
    first, second = a_reader(), a_reader(card="R2")
    a_copy(a_record())
    here, boss = librarian(), administrator()
    send(here, event(), event(card="R2"))
    assert "Lend all the same" not in here.get("/desk/offline/").content.decode()
    page = boss.get("/desk/offline/").content.decode()
    [number] = re.findall(r'name="lend" value="(\d+)"', page)
    here.post("/desk/offline/", {"lend": number})
    assert (len(loans_of(first)), len(loans_of(second))) == (1, 0)
    assert "Nothing waits." in boss.post("/desk/offline/", {"lend": number}, follow=True).content.decode()
    assert (len(loans_of(first)), len(loans_of(second))) == (0, 1)


def test_the_worker_keeps_every_file_the_page_asks_for(settings: Any, tmp_path: Path) -> None:
    page = browser().get("/desk/without-line/").content.decode()
    asked = set(re.findall(r'(?:src|href)="/static/([^"]+)"', page))
    assert asked <= set(STATIC)
    assert {f"{path.stem}.js" for path in WORKER.parent.glob("*.js")} == {
        *(f"{name}.js" for name in MODULES), "worker.js", "line.js",
    }  # fmt: skip
    worker = browser().get("/desk/worker.js").content.decode()
    assert all(f'"/static/{name}"' in worker for name in STATIC)


def test_modules_ask_for_each_other_by_hashed_names(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "collected"
    source, storage = FileSystemStorage(location=WORKER.parents[2]), HouseStorage(location=settings.STATIC_ROOT)
    names = [f"desk/line/{name}.js" for name in MODULES]
    for name in names:
        with source.open(name) as file:
            storage.save(name, file)
    assert all(not isinstance(done, Exception) for _, _, done in storage.post_process({n: (storage, n) for n in names}))
    text = (settings.STATIC_ROOT / storage.stored_name("desk/line/desk.js")).read_text()
    imports = re.findall(r'from "\./([^"]+)"', text)
    assert len(imports) == 6
    assert all(re.fullmatch(r"\w+\.[0-9a-f]{12}\.js", name) for name in imports)
