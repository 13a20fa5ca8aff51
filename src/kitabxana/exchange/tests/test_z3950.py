"""Copying by Z39.50: a real server in two encodings, and servers that break, lie, stall or want a password."""

from __future__ import annotations

import ipaddress
import json
import re
import shutil
import socket
import subprocess
import threading
import time
import unicodedata
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry
from kitabxana.catalogue.rules import derive
from kitabxana.exchange.facts import SearchTarget
from kitabxana.exchange.models import CopyTarget
from kitabxana.exchange.operations import set_target
from kitabxana.exchange.queries import ask, targets_of
from kitabxana.exchange.rules.copying import adopted
from kitabxana.exchange.tests.test_copying import REAL, asked, with_isbn
from kitabxana.exchange.tests.test_copying import real as real  # noqa: PLC0414 - a fixture
from kitabxana.exchange.tests.test_letters import real as real_bytes
from kitabxana.exchange.tests.zebra import PRESENT, WHY_NOT, up, zebra
from kitabxana.formats.ber import Element, boolean, integer, read, size_of, structure
from kitabxana.formats.z3950.tests.test_z3950 import MARC, diagnostic, external, sent
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.tests.builders import a_nation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.django_db
WELCOME = structure(21, boolean(12, value=True))
TWELVE = structure(23, integer(23, 12), boolean(22, value=True))
LATIN, MARKS = re.compile("[\\x00-\\xff\\u0300-\\u036f]*"), re.compile("[éüöñè\\u0300-\\u036f]")
Say = dict[int, bytes]
"""What is answered to each APDU, by its tag: 20 init, 22 search, 24 present."""


@pytest.fixture(autouse=True)
def _here(settings: Any) -> None:
    settings.OUTGOING_INSIDE = [ipaddress.ip_network("127.0.0.0/8")]
    a_nation()


def host_of(address: str) -> str:
    return urlsplit(address).netloc


@contextmanager
def server(say: Callable[[Element], bytes] | Say, *, wait: float = 0, **more: Any) -> Iterator[SearchTarget]:
    """A target that answers each APDU by what `say` has for it."""
    answer = (lambda apdu: say.get(apdu.number, b"")) if isinstance(say, dict) else say

    def serve() -> None:
        with suppress(OSError):  # nobody asked, or nobody waited
            line, _ = listening.accept()
            with line:
                data = b""
                while piece := line.recv(65536):
                    data += piece
                    while (size := size_of(data)) is not None and size <= len(data):
                        told, data = answer(read(data[:size])), data[size:]
                        time.sleep(wait)
                        line.sendall(told)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, daemon=True).start()
        address = f"127.0.0.1:{listening.getsockname()[1]}"
        yield SearchTarget("Z", address, protocol="z3950", database="d", **{"seconds": 1} | more)


def in_utf_8(data: bytes) -> bool:
    return data.decode(errors="ignore").encode() == data


def composed(marc: dict[str, Any]) -> list[Any]:
    """The fields with every letter in one piece: MARC-8 has its marks apart."""
    fields: list[Any] = json.loads(unicodedata.normalize("NFC", json.dumps(marc["fields"], ensure_ascii=False)))
    return fields


def test_a_real_server_is_searched_by_isbn_title_and_words(real: str) -> None:
    target = SearchTarget("Zebra", host_of(real), protocol="z3950", database="Default")
    isbn, marc = with_isbn()
    titles = (derive(one).brief.get("title", "") for one in REAL)
    title = next(one for one in titles if one.isascii() and len(one.split()) > 2)
    by_isbn, by_sru = ask(asked(isbn), [target, SearchTarget("Zebra", real)])
    assert (by_isbn.problem, by_isbn.total, len(by_isbn.offers)) == ("", 1, 1)
    assert by_isbn.offers[0].marc["fields"] == adopted(marc)["fields"] == by_sru.offers[0].marc["fields"]
    [by_title] = ask(asked(title, "title"), [target])
    assert title in {offer.brief["title"] for offer in by_title.offers}
    [by_words] = ask(asked("history"), [target])
    assert by_words.total > len(by_words.offers) == 10
    [nothing] = ask(asked("xqzw"), [target])
    assert (nothing.total, nothing.offers, nothing.problem) == (0, (), "")
    assert ask(asked('ə ı ş \\ " ('), [target])[0].problem == ""


def test_what_the_server_does_not_know_is_told(real: str) -> None:
    known = SearchTarget("Zebra", host_of(real), protocol="z3950", database="Default")
    wrong = [replace(known, indexes={"any": "1=8999"}), replace(known, database="Nowhere")]
    replies = ask(asked("history"), wrong)
    assert [reply.problem for reply in replies] == ["refused", "refused"]
    assert replies[0].detail.startswith("114")
    assert replies[1].detail == "109 Nowhere"
    [own] = ask(asked("history"), [replace(known, indexes={"any": "title 4=2"})])
    assert own.offers


def test_a_server_in_marc_8_is_read_as_it_is(tmp_path: Path) -> None:
    if not PRESENT:
        pytest.skip(WHY_NOT)
    marked = [
        marc for marc in REAL if LATIN.fullmatch(text := json.dumps(marc, ensure_ascii=False)) and MARKS.search(text)
    ]
    assert len(marked) > 20
    with zebra(tmp_path / "z", marked, charset="marc-8") as address:
        target = SearchTarget("Z", host_of(address), protocol="z3950", database="Default", encoding="marc-8")
        found = 0
        for marc in marked[:12]:
            word = max(re.findall(r"[A-Za-z]+", derive(marc).brief["title"]), key=len)
            [reply] = ask(asked(word, "title"), [target])
            if reply.total <= 10:
                assert composed(adopted(marc)) in [composed(offer.marc) for offer in reply.offers]
                found += 1
    assert found > 5


def test_another_server_s_records_are_read_too() -> None:
    """The test server of Debian's yaz finds as many as the number that it is asked for."""
    if not shutil.which("yaz-ztest"):
        pytest.skip("yaz-ztest is not here (Debian: apt install yaz)")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(["yaz-ztest", f"tcp:127.0.0.1:{port}"], **silent) as server:  # type: ignore[call-overload]
        try:
            up(port)
            target = SearchTarget("Z", f"127.0.0.1:{port}", protocol="z3950", database="Default")
            three, many, nowhere = (ask(asked(text), [one])[0] for text, one in (
                ("3", target), ("12", target), ("5", replace(target, database="nowhere"))))  # fmt: skip
        finally:
            server.terminate()
    assert (three.problem, three.total, len(three.offers), three.unread) == ("", 3, 3, 0)
    assert (many.total, len(many.offers)) == (12, 10)
    assert all(offer.brief["title"] for offer in many.offers)
    assert (nowhere.problem, nowhere.detail[:3]) == ("refused", "109")


def test_records_are_fetched_on_until_all_are_there() -> None:
    with server({20: WELCOME, 22: TWELVE, 24: sent(external(MARC), external(MARC), external(MARC))}) as target:
        [reply] = ask(asked("x"), [target])
    assert (reply.problem, reply.total, len(reply.offers)) == ("", 12, 10)
    [found] = {offer.brief["title"] for offer in reply.offers}
    assert found == "Əli və Nino"


def test_a_server_that_does_not_answer_in_what_was_said_of_it_shows_no_wrong_letters() -> None:
    marc8 = next(data for data, _ in real_bytes("bib.nonutf8.mrc.gz") if b"\x1b" in data)
    windows = next(data for data, _ in real_bytes("unimarc.iso2709.mrc.gz") if not in_utf_8(data))
    with server({20: WELCOME, 22: TWELVE, 24: sent(external(MARC), external(marc8), external(windows))},
                encoding="latin-1") as target:  # fmt: skip
        [reply] = ask(asked("x"), [target])
    assert (reply.problem, len(reply.offers), reply.unread) == ("", 7, 3)
    own = composed(adopted(json.loads(dict(real_bytes("bib.nonutf8.mrc.gz"))[marc8])))
    assert own in [composed(offer.marc) for offer in reply.offers]
    assert "Əli və Nino" in {offer.brief["title"] for offer in reply.offers}


@pytest.mark.parametrize(
    ("say", "problem", "detail"),
    [
        ({20: b"HTTP/1.1 400 Bad Request\r\n\r\n"}, "not_z3950", ""),
        ({20: b"\xff" * 100}, "not_z3950", "a tag out of measure"),
        ({20: TWELVE}, "not_z3950", "Found for Welcome"),
        ({20: WELCOME[:-1]}, "too_slow", ""),
        ({20: b"\xb5\x88" + b"\x7f" * 8 + b"x"}, "too_slow", ""),
        ({20: structure(21, boolean(12, value=False))}, "not_let_in", ""),
        ({20: structure(48, integer(211, 5))}, "refused", ""),
        ({20: WELCOME, 22: structure(23, integer(23, 0), boolean(22, value=False), diagnostic(109, "d", 130, 2))},
         "refused", "109 d"),
        ({20: WELCOME, 22: TWELVE, 24: sent(external(b"no record"))}, "unreadable", ""),
        ({20: WELCOME, 22: TWELVE, 24: structure(25, diagnostic(13, "", 130, 2))}, "refused", "13"),
    ],
)  # fmt: skip
def test_a_broken_server_is_told_and_shows_nothing(say: Say, problem: str, detail: str) -> None:
    with server(say) as target:
        [reply] = ask(asked("x"), [target])
    assert (reply.problem, reply.offers) == (problem, ())
    assert detail in reply.detail


def test_a_server_that_found_many_and_sends_none_shows_none() -> None:
    with server({20: WELCOME, 22: TWELVE, 24: structure(25, integer(24, 0))}) as target:
        [reply] = ask(asked("x"), [target])
    assert (reply.problem, reply.total, reply.offers) == ("", 12, ())


def test_an_answer_without_end_is_left_and_a_slow_one_not_waited_for() -> None:
    endless = b"\xb5\x84\x7f\xff\xff\xff" + b"x" * 5_000_000
    isbn, _ = with_isbn()
    with server({20: endless}, seconds=10) as flood, server({20: WELCOME, 22: TWELVE}, wait=0.7) as slow:
        begun = time.monotonic()
        replies = ask(asked(isbn), [flood, slow, replace(slow, address="127.0.0.1:9")])
        assert time.monotonic() - begun < 8
    assert [reply.problem for reply in replies] == ["too_large", "too_slow", "no_answer"]


def test_the_house_s_own_network_is_not_asked(settings: Any) -> None:
    settings.OUTGOING_INSIDE = []
    addresses = ["127.0.0.1:210", "localhost", "[::1]:210", "169.254.169.254:80", "10.0.0.1:9999"]
    replies = ask(asked("x"), [SearchTarget("Z", one, protocol="z3950", database="d") for one in addresses])
    assert {reply.problem for reply in replies} == {"inside"}


def test_name_and_password_are_kept_sealed_and_told_to_the_server_alone() -> None:
    told: list[str] = []

    def say(apdu: Element) -> bytes:
        told.extend(part.text for whole in apdu.each(7) for part in whole.parts[0].parts)
        return structure(21, boolean(12, value=False))

    with server(say) as open_one:
        target = replace(open_one, unit="GNC", login="oxucu", password="gizli-açar")
        set_target(target, by=SYSTEM)
        set_target(replace(target, password="", database="e"), by=SYSTEM)  # kept, as nothing new was said
        [stored] = targets_of("GNC")
        assert (stored.password, stored.database) == ("gizli-açar", "e")
        assert "gizli" not in repr(stored)
        assert ask(asked("x"), [stored])[0].problem == "not_let_in"
    assert told == ["oxucu", "gizli-açar"]
    row = CopyTarget.objects.get()
    assert "gizli-açar".encode() not in bytes(row.password or b"")
    assert "gizli" not in json.dumps([entry.after for entry in AuditEntry.objects.filter(action="target.set")])
    set_target(replace(target, password="", address="elsewhere.example.org"), by=SYSTEM)
    assert targets_of("GNC")[0].password == ""  # a password goes to nobody that it was not said for


def test_a_password_of_another_key_is_not_told(settings: Any) -> None:
    target = SearchTarget("Z", "z.example.org", protocol="z3950", database="d", login="a", password="b", unit="GNC")
    set_target(target, by=SYSTEM)
    settings.PERSONAL_KEY = "another key"
    assert targets_of("GNC")[0].password == ""


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"address": "http://z.example.org:210/db"}, "bad_host"),
        ({"address": "z.example.org:99999"}, "bad_host"),
        ({"address": "u@z.example.org"}, "bad_host"),
        ({"address": ""}, "bad_host"),
        ({"database": ""}, "bad_target"),
        ({"database": "+"}, "bad_target"),
        ({"encoding": "rot13"}, "bad_target"),
        ({"protocol": "gopher"}, "bad_target"),
        ({"indexes": {"title": "1="}}, "bad_target"),
        ({"login": "x" * 81}, "bad_target"),
    ],
)
def test_what_can_t_be_a_target(wrong: dict[str, Any], code: str) -> None:
    fine: dict[str, Any] = {"name": "A", "address": "z.example.org:7090", "protocol": "z3950", "database": "d"}
    assert set_target(SearchTarget(**fine), by=SYSTEM)
    with pytest.raises(Refused) as refused:
        set_target(SearchTarget(**fine | wrong), by=SYSTEM)
    assert refused.value.refusals[0].code == code
