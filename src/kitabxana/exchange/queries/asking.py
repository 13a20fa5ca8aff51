"""One other catalogue asked in its own protocol: SRU or Z39.50."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from kitabxana.base.outgoing import NotFetched, fetch
from kitabxana.base.outgoing_lines import end_of, line_to
from kitabxana.exchange.rules.copying import Z3950_PORT, parsed_of
from kitabxana.formats.ber import BadBer, size_of
from kitabxana.formats.sru import cql_for, read_answer, search_address
from kitabxana.formats.z3950 import (
    BadApdu,
    Closed,
    Found,
    Presented,
    Welcome,
    close,
    init,
    present,
    rpn_for,
    search,
)
from kitabxana.formats.z3950 import read_answer as read_apdu

if TYPE_CHECKING:
    from kitabxana.base.outgoing_lines import Line
    from kitabxana.exchange.facts import Question, SearchTarget
    from kitabxana.formats.marc import Parsed
    from kitabxana.formats.z3950 import Diagnostic

MOST_OFFERS = 10
"""Records asked of each target: who finds more asks for less."""

MOST_BYTES = 4_000_000
_MOST_ROUNDS = MOST_OFFERS
"""Answers to present: each brings one record at least, else it was the last."""

_APDU = 0xA0
"""How the first byte of everything said begins: a tag of the context with parts in it."""

_Kind = TypeVar("_Kind", Welcome, Found, Presented)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a target sent: `told` is its own complaint, "" without one."""

    records: tuple[Parsed, ...]
    total: int
    told: str


class NotUnderstood(Exception):
    """A target's answer is none of its protocol, or a refusal; `code` is not_z3950, not_let_in or refused."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


def heard(one: SearchTarget, question: Question) -> Heard:
    """The target's answer. Raises NotFetched, formats.sru.BadAnswer, NotUnderstood."""
    return _by_z3950(one, question) if one.protocol == "z3950" else _by_sru(one, question)


def _by_sru(one: SearchTarget, question: Question) -> Heard:
    query = cql_for(question.kind, question.terms, indexes=one.indexes)
    address = search_address(one.address, version=one.version, query=query, most=MOST_OFFERS, schema=one.schema)
    answer = read_answer(fetch(address, seconds=one.seconds, most_bytes=MOST_BYTES), most=MOST_OFFERS)
    told = answer.diagnostics[0] if answer.diagnostics else None
    return Heard(answer.records, answer.total, f"{told.code} {told.message} {told.details}".strip() if told else "")


def _by_z3950(one: SearchTarget, question: Question) -> Heard:
    end = end_of(one.address, port=Z3950_PORT)
    if end is None:
        raise NotFetched("bad_address")
    with line_to(*end, seconds=one.seconds, most_bytes=MOST_BYTES) as line:
        try:
            return _Conversation(line, one).ask(question)
        except (BadApdu, BadBer) as error:
            raise NotUnderstood("not_z3950", str(error)) from error


class _Conversation:
    """Init, Search, Present as often as it takes, Close."""

    def __init__(self, line: Line, one: SearchTarget) -> None:
        self.line, self.one = line, one
        self.syntax = one.flavour or "marc21"
        self.waiting = b""

    def ask(self, question: Question) -> Heard:
        one = self.one
        welcome = self.answer(init(most_bytes=MOST_BYTES // 2, login=one.login, password=one.password), Welcome)
        if not welcome.accepted:
            raise NotUnderstood("not_let_in", welcome.remark)
        query = rpn_for(question.kind, question.terms, indexes=one.indexes)
        found = self.answer(search(query, database=one.database, syntax=self.syntax), Found)
        if not found.done or found.diagnostics:
            raise NotUnderstood("refused", _told(found.diagnostics))
        records, diagnostics = self.records(min(found.total, MOST_OFFERS))
        self.line.send(close())
        return Heard(tuple(records), max(found.total, len(records)), _told(diagnostics))

    def records(self, wanted: int) -> tuple[list[Parsed], tuple[Diagnostic, ...]]:
        """Up to so many records; a server sends fewer at once where they are long, and is asked on."""
        records: list[Parsed] = []
        for _ in range(_MOST_ROUNDS):
            if len(records) >= wanted:
                break
            request = present(first=len(records) + 1, count=wanted - len(records), syntax=self.syntax)
            sent = self.answer(request, Presented)
            records += [parsed_of(each, encoding=self.one.encoding) for each in sent.records]
            if sent.diagnostics or not sent.records:
                return records[:wanted], sent.diagnostics
        return records[:wanted], ()

    def answer(self, request: bytes, kind: type[_Kind]) -> _Kind:
        """What the server says to a request. Raises NotFetched, NotUnderstood, BadApdu, BadBer."""
        self.line.send(request)
        size = None
        while size is None or len(self.waiting) < size:
            self.waiting += self.line.more()
            if self.waiting[0] & _APDU != _APDU:
                raise BadApdu(repr(self.waiting[:20]))
            size = size or size_of(self.waiting)
        said, self.waiting = read_apdu(self.waiting[:size]), self.waiting[size:]
        if isinstance(said, kind):
            return said
        if isinstance(said, Closed):
            raise NotUnderstood("refused", said.remark)
        raise BadApdu(f"{type(said).__name__} for {kind.__name__}")


def _told(diagnostics: tuple[Diagnostic, ...]) -> str:
    return f"{diagnostics[0].code} {diagnostics[0].message}".strip() if diagnostics else ""
