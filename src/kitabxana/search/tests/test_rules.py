"""What a reader's words ask for."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitabxana.language import words
from kitabxana.search.facts import And, Everything, FieldName, Node, Not, Or, Phrase, Term
from kitabxana.search.rules import parse_box
from kitabxana.search.rules.box import FIELD_NAMES

FIELDS = get_args(FieldName)
NAMES = st.sampled_from([*FIELD_NAMES, "no_such", "Title", "BAŞLIQ"])
PIECES = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["OR", "|", "-", '"', '""', "*", "ə*", "-OR", ":", "title:", '"a b', "9789952800005", "0317-8471"]),
    st.builds("{}:{}".format, NAMES, st.text(max_size=6)),
)


def assert_sound(node: Node) -> None:
    match node:
        case Term():
            assert node.field in FIELDS
            assert node.word
            assert node.field == "number" or words(node.word) == [node.word]
        case Phrase():
            assert node.field in FIELDS
            assert len(node.words) > 1
            assert [words(word) for word in node.words] == [[word] for word in node.words]
        case And() | Or():
            assert len(node.parts) > 1
            assert not isinstance(node, And) or not all(isinstance(part, Not) for part in node.parts)
            for part in node.parts:
                assert_sound(part)
        case Not():
            assert_sound(node.part)
        case Everything():
            pass


@given(st.text())
def test_any_text_has_a_meaning(text: str) -> None:
    assert_sound(parse_box(text))


@given(st.lists(PIECES, max_size=8).map(" ".join))
def test_any_play_of_signs_has_a_meaning(text: str) -> None:
    assert_sound(parse_box(text))


def term(word: str, field_name: Any = "all", *, prefix: bool = False) -> Term:
    return Term(field_name, word, prefix)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", Everything()),
        ("  ?! ", Everything()),
        ("-", Everything()),
        ("Dəli Kür", And((term("deli"), term("kur")))),
        ("DELI", term("deli")),
        ("-kür", And((Everything(), Not(term("kur"))))),
        ("dəli -kür", And((term("deli"), Not(term("kur"))))),
        ("dəli OR kür", Or((term("deli"), term("kur")))),
        ("dəli | kür su", Or((term("deli"), And((term("kur"), term("su")))))),
        ("OR", Everything()),
        ("dəli OR", term("deli")),
        ("or", term("or")),
        ('"dəli kür"', Phrase("all", ("deli", "kur"))),
        ('"dəli kür', Phrase("all", ("deli", "kur"))),
        ('"dəli"', term("deli")),
        ("kür*", term("kur", prefix=True)),
        ("title:kür", term("kur", "title")),
        ("MÜƏLLİF:şıxlı", term("sixli", "author")),
        ('yazar:"orhan pamuk"', Phrase("author", ("orhan", "pamuk"))),
        ("nəsə:kür", And((term("nese"), term("kur")))),
        ("978-9952-8-0000-5", term("9789952800005", "number")),
        ("isbn:978-9952-8-0000-5", term("9789952800005", "number")),
        ("0317-8471", term("03178471", "number")),
        ("number:AZ 1", And((term("az", "number"), term("1")))),
        ("number:Az-001", term("az001", "number")),
    ],
)
def test_what_is_meant(typed: str, meant: Node) -> None:
    assert parse_box(typed) == meant
