"""Searching other catalogues and copying from them: a real SRU server, a slow one, a broken one, a lying one."""

from __future__ import annotations

import html
import ipaddress
import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kitabxana.base.actor import SYSTEM, Actor
from kitabxana.base.models import AuditEntry
from kitabxana.catalogue.operations import save_record
from kitabxana.catalogue.queries import count_records, history, record
from kitabxana.catalogue.rules import control_field, derive, pick
from kitabxana.catalogue.rules.fields import data_fields
from kitabxana.catalogue.tests.builders import field
from kitabxana.catalogue.tests.test_matching import book
from kitabxana.exchange.facts import Profile, SearchTarget
from kitabxana.exchange.operations import Over, copy_record, drop_target, keep_profile, set_target
from kitabxana.exchange.queries import ask, targets_at, targets_of
from kitabxana.exchange.rules.copying import adopted, question_of
from kitabxana.exchange.tests.zebra import PRESENT, WHY_NOT, zebra
from kitabxana.formats.marc import iter_records, to_marcxml
from kitabxana.formats.marc.tests.corpus import DATA
from kitabxana.formats.sru import VERSIONS
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.tests.builders import a_nation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kitabxana.exchange.facts import Question

pytestmark = pytest.mark.django_db
REAL = [parsed.marc for parsed in iter_records(DATA / "bib.utf8.mrc.gz") if parsed.marc][:300]
ANSWER = (
    '<searchRetrieveResponse xmlns="http://www.loc.gov/zing/srw/"><version>1.1</version>'
    "<numberOfRecords>%s</numberOfRecords><records>%s</records></searchRetrieveResponse>"
)
RECORD = "<record><recordSchema>marcxml</recordSchema><recordData>%s</recordData></record>"


@pytest.fixture(autouse=True)
def _here(settings: Any) -> None:
    settings.OUTGOING_INSIDE = [ipaddress.ip_network("127.0.0.0/8")]
    a_nation()


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not PRESENT:
        pytest.skip(WHY_NOT)
    with zebra(tmp_path_factory.mktemp("zebra"), REAL) as address:
        yield address


@contextmanager
def saying(body: bytes | str, *, wait: float = 0) -> Iterator[SearchTarget]:
    """A target that gives this answer to whatever it is asked."""
    data = body.encode() if isinstance(body, str) else body
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):  # nobody asked, or nobody waited
                line, _ = listening.accept()
                with line:
                    line.recv(8192)
                    time.sleep(wait)
                    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(data) + data)

        threading.Thread(target=serve, daemon=True).start()
        yield SearchTarget("S", f"http://127.0.0.1:{listening.getsockname()[1]}/", seconds=1)


def asked(text: str, kind: str = "") -> Question:
    question = question_of(text, kind)
    assert question
    return question


def with_isbn() -> tuple[str, dict[str, Any]]:
    """The first real record that has an ISBN and a title."""
    found = ((derive(marc).brief, marc) for marc in REAL)
    return next((brief["isbn"], marc) for brief, marc in found if brief.get("isbn") and brief.get("title"))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_real_server_is_searched_by_isbn_title_author_and_words(version: Any, real: str) -> None:
    target = SearchTarget("Zebra", real, version=version)
    isbn, marc = with_isbn()
    [reply] = ask(asked(isbn), [target])
    assert reply.problem == ""
    assert reply.total == len(reply.offers) == 1
    assert reply.offers[0].marc == adopted(marc)
    brief = derive(marc).brief
    [by_title] = ask(asked(brief["title"], "title"), [target])
    assert brief["title"] in {offer.brief["title"] for offer in by_title.offers}
    [by_words] = ask(asked("history"), [target])
    assert by_words.total > len(by_words.offers) == 10
    [nothing] = ask(asked("xqzw"), [target])
    assert (nothing.total, nothing.offers, nothing.problem) == (0, (), "")


def test_every_record_of_the_server_comes_as_it_went_in(real: str) -> None:
    """Field for field, through MARCXML, the server and back."""
    target = SearchTarget("Zebra", real)
    seen = 0
    for marc in REAL:
        isbn = derive(marc).brief.get("isbn")
        if not isbn or seen == 40:
            continue
        [reply] = ask(asked(isbn), [target])
        if reply.offers:  # the server keeps numbers as they are written: with hyphens they are not found
            assert adopted(marc) in [offer.marc for offer in reply.offers]
            seen += 1
    assert seen > 20


def test_a_question_with_the_signs_of_the_language_is_one_term(real: str) -> None:
    for text in ('a" or b', "back\\slash", "what?*", "^begin", "and", "(", "x/y", ">", "ə ı ş"):
        [reply] = ask(asked(text), [SearchTarget("Zebra", real)])
        assert reply.problem == "", text


def test_a_server_that_does_not_know_the_index_says_so(real: str) -> None:
    target = SearchTarget("Zebra", real, indexes={"any": "no.such"})
    [reply] = ask(asked("history"), [target])
    assert reply.problem == "refused"
    assert reply.detail


def test_nobody_waits_for_the_slow_one(real: str) -> None:
    isbn, _ = with_isbn()
    with saying("<x/>", wait=5) as slow:
        begun = time.monotonic()
        replies = ask(asked(isbn), [slow, SearchTarget("Zebra", real)])
        assert time.monotonic() - begun < 3
    assert [reply.problem for reply in replies] == ["too_slow", ""]
    assert replies[1].offers


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("", "not_xml"),
        ("<html><body>Not found</body></html>", "not_sru"),
        ("<searchRetrieveResponse", "not_xml"),
        ('<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><searchRetrieveResponse>&b;</searchRetrieveResponse>',
         "document_type"),
        ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><searchRetrieveResponse>&a;</searchRetrieveResponse>',
         "document_type"),
        (ANSWER % ("1", RECORD % "<record><leader>x</leader></record>"), "unreadable"),
        (ANSWER % ("1", RECORD % "<dc><title>Not MARC</title></dc>"), "unreadable"),
        (b"\x00\xff" * 500, "not_xml"),
    ],
)  # fmt: skip
def test_a_broken_answer_is_told_and_shows_nothing(body: Any, problem: str) -> None:
    with saying(body) as target:
        [reply] = ask(asked("x"), [target])
    assert (reply.problem, reply.offers) == (problem, ())


def test_an_address_where_nobody_listens() -> None:
    [reply] = ask(asked("x"), [SearchTarget("S", "http://127.0.0.1:9/")])
    assert reply.problem == "no_answer"


def test_a_target_inside_is_not_asked_unless_the_operator_says_so(settings: Any) -> None:
    settings.OUTGOING_INSIDE = []
    with saying("<x/>") as target:
        [reply] = ask(asked("x"), [target])
    assert reply.problem == "inside"


def test_a_lying_target_is_believed_in_nothing() -> None:
    """It says it has none, and sends fifty; one of them is damaged and one names a number that is no number."""
    whole = RECORD % to_marcxml(book(title="Dəli Kür")).decode()
    body = ANSWER % ("-5", (RECORD % "<record><controlfield/></record>") + whole * 50)
    with saying(body) as target:
        [reply] = ask(asked("x"), [target])
    assert (len(reply.offers), reply.unread, reply.total) == (9, 1, 10)


def test_a_record_packed_as_text_is_read_too() -> None:
    text = html.escape(to_marcxml(book(title="Dəli Kür")).decode())
    with saying(ANSWER % ("1", RECORD % text)) as target:
        [reply] = ask(asked("x"), [target])
    assert reply.offers[0].brief["title"] == "Dəli Kür"


def test_unimarc_targets_are_converted_and_say_what_they_lose() -> None:
    given = next(
        parsed.marc for parsed in iter_records(DATA / "unimarc.marcxml.xml.gz")
        if parsed.marc and any("801" in entry for entry in parsed.marc["fields"])
    )  # fmt: skip
    with saying(ANSWER % ("1", RECORD % to_marcxml(given).decode())) as target:
        [reply] = ask(asked("x"), [target])
    assert reply.offers[0].brief["title"]
    assert not any("200" in entry for entry in reply.offers[0].marc["fields"])


def test_offers_stand_beside_what_we_have_at_two_statements_whatever_comes() -> None:
    ours = save_record(record_id=None, marc=book(title="Dəli Kür"), version=None, by=SYSTEM, now=timezone.now(),
                       through="desk").record_id  # fmt: skip
    body = ANSWER % ("3", "".join(RECORD % to_marcxml(one).decode() for one in (
        book(title="Dəli Kür"), book(title="Dəli Kür", year="1983", publisher="", pages=""), book(title="Başqa şey"),
    )))  # fmt: skip
    with saying(body) as target, CaptureQueriesContext(connection) as queries:
        [reply] = ask(asked("x"), [target])
    same, like, new = reply.offers
    assert same.same
    assert same.same.record_id == like.known[0].record_id == ours
    assert (like.same, new.known) == (None, ())
    assert same.score > like.score > new.score == 0
    assert len(queries) == 2


def test_a_copied_record_is_ours_with_its_number_kept_aside() -> None:
    theirs = book(title="Dəli Kür")
    theirs = {**theirs, "fields": [{"001": "77"}, {"003": "XX-Y"}, *theirs["fields"], field("852", "  ", a="Theirs")]}
    saved = copy_record(marc=adopted(theirs), source="Ankara", profile="", by=SYSTEM, now=timezone.now())
    stored = record(saved.record_id)
    assert stored
    assert control_field(stored.marc, "001") == ""
    assert [pick(content, "a") for tag, content in data_fields(stored.marc) if tag == "035"] == ["(XX-Y)77"]
    assert not any("852" in entry for entry in stored.marc["fields"])
    assert history(saved.record_id)[0].made.through == "copy"


def test_what_the_house_has_is_not_added_twice_by_mistake() -> None:
    first = copy_record(marc=book(title="Dəli Kür"), source="A", profile="", by=SYSTEM, now=timezone.now())
    with pytest.raises(Refused) as refused:
        copy_record(marc=book(title="Dəli Kür"), source="A", profile="", by=SYSTEM, now=timezone.now())
    [reason] = refused.value.refusals
    assert (reason.code, reason.params) == ("known_already", {"record": first.record_id})
    copy_record(marc=book(title="Dəli Kür"), source="A", profile="", by=SYSTEM, now=timezone.now(), anyway=True)
    assert count_records() == 2


def test_a_record_over_ours_keeps_what_the_profile_keeps() -> None:
    ours = book(field("500", "  ", a="Bizim qeyd"), field("650", " 4", a="Bizim mövzu"), title="Dəli Kür")
    first = copy_record(marc=ours, source="A", profile="", by=SYSTEM, now=timezone.now())
    rules = (("650", "add", ""), ("500", "keep", ""), ("520", "keep", ""))
    keep_profile("Ankara", Profile(fields=rules), by=SYSTEM)
    theirs = book(field("650", " 4", a="Yeni mövzu"), field("500", "  ", a="Onların qeydi"), title="Dəli Kür : roman")
    over = Over(first.record_id, first.version)
    copy_record(marc=theirs, source="Ankara", profile="Ankara", by=SYSTEM, now=timezone.now(), over=over)
    stored = record(first.record_id)
    assert stored
    said = [(tag, pick(content, "a")) for tag, content in data_fields(stored.marc) if tag in ("245", "500", "650")]
    assert said == [("245", "Dəli Kür : roman /"), ("500", "Bizim qeyd"), ("650", "Bizim mövzu"),
                    ("650", "Yeni mövzu")]  # fmt: skip
    with pytest.raises(Refused):  # somebody was quicker
        copy_record(marc=ours, source="A", profile="", by=SYSTEM, now=timezone.now(), over=over)


def test_targets_hold_at_their_level_and_below() -> None:
    for unit, name in ((None, "Everybody"), ("GNC", "System"), ("GNC-M", "Own"), ("SAK", "Other")):
        set_target(SearchTarget(name, "https://sru.example.org/", unit=unit), by=SYSTEM)
    assert [one.name for one in targets_at("GNC-M")] == ["Own", "System", "Everybody"]
    assert [one.name for one in targets_at("SAK-M")] == ["Other", "Everybody"]
    own = targets_of("GNC-M")[0]
    set_target(SearchTarget("Own", "https://sru.example.org/2", unit="GNC-M", active=False), by=SYSTEM)
    assert [one.name for one in targets_at("GNC-M")] == ["System", "Everybody"]
    assert own.id == targets_of("GNC-M")[0].id
    drop_target(target_id=own.id or 0, by=SYSTEM)
    assert targets_of("GNC-M") == []
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"target.set", "target.drop"}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"address": "file:///etc/passwd"}, "bad_address"),
        ({"address": "https://u:p@example.org/"}, "bad_address"),
        ({"name": " "}, "bad_target"),
        ({"version": "3.0"}, "bad_target"),
        ({"seconds": 60}, "bad_wait"),
        ({"indexes": {"shoe": "x"}}, "bad_target"),
        ({"profile": "none"}, "unknown_profile"),
        ({"unit": "NO"}, "unknown_unit"),
    ],
)
def test_what_can_t_be_a_target(wrong: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        set_target(SearchTarget(**{"name": "A", "address": "https://example.org/"} | wrong), by=SYSTEM)
    assert refused.value.refusals[0].code == code


def test_targets_are_changed_only_where_one_may() -> None:
    here = Actor("b", grants={"targets.edit": ("AZ/GNC/",)})
    set_target(SearchTarget("A", "https://example.org/", unit="GNC-M"), by=here)
    above = set_target(SearchTarget("A", "https://example.org/", unit="SAK"), by=SYSTEM)
    refusing: list[Callable[[], object]] = [
        lambda: set_target(SearchTarget("A", "https://example.org/", unit=None), by=here),
        lambda: drop_target(target_id=above, by=here),
        lambda: drop_target(target_id=-1, by=here),
    ]
    for work in refusing:
        with pytest.raises(Refused):
            work()


@pytest.mark.parametrize(
    ("text", "kind", "terms"),
    [
        ("978-0-306-40615-7", "isbn", ("9780306406157", "0306406152")),
        ("0-306-40615-2", "isbn", ("9780306406157", "0306406152")),
        ("9791234567896", "isbn", ("9791234567896",)),
        ("0317-8471", "issn", ("0317-8471",)),
        ("  Dəli   Kür ", "any", ("Dəli Kür",)),
    ],
)
def test_what_was_typed_is_understood(text: str, kind: str, terms: tuple[str, ...]) -> None:
    question = asked(text)
    assert (question.kind, question.terms) == (kind, terms)
