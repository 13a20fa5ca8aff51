"""Z39.50: requests as the standard's ASN.1 has them, answers of good servers and of bad ones."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kitabxana.formats.ber import boolean, integer, oid, primitive, read, structure
from kitabxana.formats.ber.writing import UNIVERSAL
from kitabxana.formats.marc.tests.corpus import TITLE, record
from kitabxana.formats.pqf import parse_pqf, to_pqf
from kitabxana.formats.z3950 import (
    SYNTAXES,
    BadApdu,
    Closed,
    Diagnostic,
    Found,
    Presented,
    SentRecord,
    Welcome,
    attributes_of,
    close,
    init,
    present,
    read_answer,
    rpn_for,
    search,
)

MARC = record(TITLE)
BIB1_DIAGNOSTICS = "1.2.840.10003.4.1"


def external(data: bytes, syntax: str = "marc21", *, of: int = UNIVERSAL, number: int = 8) -> bytes:
    return structure(number, oid(6, SYNTAXES[syntax], of=UNIVERSAL), primitive(1, data), of=of)


def sent(*records: bytes) -> bytes:
    """A PresentResponse with these records, each an EXTERNAL."""
    each = (structure(16, structure(1, structure(1, one)), of=UNIVERSAL) for one in records)
    return structure(25, integer(24, len(records)), integer(27, 0), structure(28, *each))


def diagnostic(code: int, text: str, number: int = 16, of: int = UNIVERSAL) -> bytes:
    told = (oid(6, BIB1_DIAGNOSTICS, of=UNIVERSAL), integer(2, code, of=UNIVERSAL),
            primitive(26, text.encode(), of=UNIVERSAL))  # fmt: skip
    return structure(number, *told, of=of)


def test_a_query_is_written_as_yaz_writes_it() -> None:
    """The type-1 query of ISO 23950: @and @attr 1=4 "dəli" @attr 1=own "kür"."""
    query = parse_pqf('@and @attr 1=4 "dəli" @attr 1=own "kür"')
    apdu = read(search(query, database="a+b", syntax="unimarc"))
    assert (apdu.of, apdu.number) == (2, 22)
    names = apdu.part(18)
    assert names
    assert [part.text for part in names.each(105)] == ["a", "b"]
    syntax, query_part = apdu.part(104), apdu.part(21)
    assert syntax
    assert query_part
    assert syntax.dotted == SYNTAXES["unimarc"]
    attribute_set, both = query_part.parts[0].parts
    assert attribute_set.dotted == "1.2.840.10003.3.1"
    left, right, operator = both.parts
    assert (both.number, operator.number, operator.parts[0].number) == (1, 46, 0)
    attributes, term = left.parts[0].parts
    assert (left.number, left.parts[0].number, attributes.number, term.number) == (0, 102, 44, 45)
    kind, value = attributes.parts[0].parts
    assert ((kind.number, kind.whole_number), (value.number, value.whole_number)) == ((120, 1), (121, 4))
    assert term.text == "dəli"
    own = right.parts[0].parts[0].parts[0].parts[1]
    assert (own.number, own.parts[0].parts[0].text) == (224, "own")


@pytest.mark.parametrize(
    "pqf",
    [
        "a", '@or @attr 1=7 "978" @set earlier', "@not a b", "@prox 0 1 1 2 k 2 a b", "@prox void 3 0 3 p 9 a b",
        "@term numeric 5", "@term string a", "@term null x", "@term oid 1.2.3", "@attr bib1 1=4 a",
    ],
)  # fmt: skip
def test_every_kind_of_query_becomes_ber(pqf: str) -> None:
    query = parse_pqf(pqf)
    if "bib1" in pqf:  # names of sets are for people, the wire takes identifiers
        with pytest.raises(ValueError, match="bib1"):
            search(query, database="d", syntax="marc21")
        return
    assert read(search(query, database="d", syntax="marc21")).part(21)


def test_who_asks_is_told_in_the_form_that_fits() -> None:
    assert read(init(most_bytes=1000)).part(7) is None
    name_alone = read(init(most_bytes=1000, login="oxucu")).part(7)
    both = read(init(most_bytes=1000, login="oxucu", password="açar", group="g")).part(7)
    assert name_alone
    assert both
    assert name_alone.parts[0].text == "oxucu"
    assert [part.text for part in both.parts[0].parts] == ["g", "oxucu", "açar"]


def test_records_are_asked_for_and_the_line_is_ended() -> None:
    asked = read(present(first=4, count=7, syntax="marc21"))
    told = [(part.number, part.whole_number) for part in asked.parts if part.number in (29, 30)]
    assert told == [(30, 4), (29, 7)]
    assert read(close()).number == 48


@pytest.mark.parametrize(
    ("kind", "terms", "pqf"),
    [
        ("isbn", ("978-x", "0"), '@or @attr 1=7 "978-x" @attr 1=7 "0"'),
        ("title", ("Dəli  Kür :",), '@and @attr 1=4 @attr 4=2 "Dəli" @attr 1=4 @attr 4=2 "Kür"'),
        ("any", ("…",), '@attr 1=1016 @attr 4=2 "…"'),
        ("author", ("a b",), '@attr 1=own @attr 2=3 "a b"'),
    ],
)  # fmt: skip
def test_a_search_is_asked_word_by_word_and_numbers_whole(kind: str, terms: tuple[str, ...], pqf: str) -> None:
    assert to_pqf(rpn_for(kind, terms, indexes={"author": "own 2=3"})) == pqf


@pytest.mark.parametrize("wrong", ["1=", "x=4", "15=1", "=4", "a=b", "0=1"])
def test_what_is_no_attribute(wrong: str) -> None:
    with pytest.raises(ValueError, match="no attribute"):
        attributes_of(wrong)


def test_answers_say_what_they_say() -> None:
    assert read_answer(structure(21, boolean(12, value=True), primitive(111, b"GFS"), primitive(112, b"5"))) == Welcome(
        accepted=True, remark="GFS 5"
    )
    assert read_answer(structure(23, integer(23, 12), boolean(22, value=True))) == Found(12, done=True, diagnostics=())
    refused = structure(23, integer(23, 0), boolean(22, value=False), diagnostic(114, "1=9", 130, 2))
    assert read_answer(refused) == Found(0, done=False, diagnostics=(Diagnostic(114, "1=9"),))
    several = structure(
        23, integer(23, 0), boolean(22, value=False), structure(205, diagnostic(3, ""), diagnostic(4, "x"))
    )
    assert read_answer(several) == Found(0, done=False, diagnostics=(Diagnostic(3, ""), Diagnostic(4, "x")))
    assert read_answer(structure(48, integer(211, 7), primitive(3, b"idle"))) == Closed(7, "idle")


def test_records_come_in_whatever_they_are_packed() -> None:
    opac = structure(16, structure(1, external(MARC)), of=UNIVERSAL)
    with_copies = structure(8, oid(6, SYNTAXES["opac"], of=UNIVERSAL), structure(0, opac), of=UNIVERSAL)
    in_pieces = structure(8, oid(6, SYNTAXES["xml"], of=UNIVERSAL),
                          structure(1, primitive(4, b"<re", of=UNIVERSAL), primitive(4, b"cord/>", of=UNIVERSAL)),
                          of=UNIVERSAL)  # fmt: skip
    bare = structure(8, structure(0, primitive(4, MARC, of=UNIVERSAL)), of=UNIVERSAL)
    answer = read_answer(sent(external(MARC), with_copies, in_pieces, bare))
    assert isinstance(answer, Presented)
    assert answer.records == (
        SentRecord("marc21", MARC), SentRecord("marc21", MARC), SentRecord("xml", b"<record/>"), SentRecord("", MARC),
    )  # fmt: skip


def test_a_diagnostic_may_stand_in_a_record_s_place() -> None:
    instead = structure(16, structure(1, structure(2, diagnostic(14, "gone"))), of=UNIVERSAL)
    whole = structure(16, structure(1, structure(1, external(MARC))), of=UNIVERSAL)
    answer = read_answer(structure(25, structure(28, whole, instead)))
    assert answer == Presented((SentRecord("marc21", MARC),), (Diagnostic(14, "gone"),))


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00", structure(22), structure(21), structure(23, integer(23, 1)),
        structure(23, primitive(23, b""), boolean(22, value=True)), structure(48), structure(23, of=0),
        structure(25, structure(28, structure(16, of=UNIVERSAL))),
        sent(structure(8, primitive(6, b"\x80", of=UNIVERSAL), of=UNIVERSAL)),
    ],
)  # fmt: skip
def test_what_is_no_answer(data: bytes) -> None:
    with pytest.raises(BadApdu):
        read_answer(data)


GOOD = [
    structure(21, boolean(12, value=True), primitive(111, b"GFS")),
    structure(23, integer(23, 12), boolean(22, value=True), diagnostic(3, "x", 130, 2)),
    sent(external(MARC), external(b"<record/>", "xml")),
    structure(48, integer(211, 7), primitive(3, b"idle")),
]


@given(st.sampled_from(GOOD), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6))
@settings(max_examples=500, deadline=None)
def test_a_damaged_answer_is_read_or_refused(good: bytes, damage: list[tuple[int, int]]) -> None:
    data = bytearray(good)
    for at, byte in damage:
        data[at % len(data)] = byte
    try:
        answer = read_answer(bytes(data))
    except BadApdu:
        return
    assert isinstance(answer, Welcome | Found | Presented | Closed)
