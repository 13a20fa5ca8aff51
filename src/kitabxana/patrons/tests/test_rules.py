"""Ages, PINs, national numbers, telephone numbers, names in two spellings."""

from __future__ import annotations

from datetime import date

import pytest

from kitabxana.patrons.messages import REFUSALS
from kitabxana.patrons.rules import (
    REGISTER,
    age_on,
    months_later,
    number_problem,
    phone_key,
    pin_problem,
    same_name,
)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2012, 11, 23), date(2026, 11, 22), 13),
        (date(2012, 11, 23), date(2026, 11, 23), 14),
        (date(2012, 2, 29), date(2026, 2, 28), 13),
        (date(2012, 2, 29), date(2026, 3, 1), 14),
        (date(2026, 11, 23), date(2026, 11, 23), 0),
        (date(2026, 11, 24), date(2026, 11, 23), -1),
    ],
)
def test_age_in_whole_years(born: date, day: date, age: int) -> None:
    assert age_on(born, day) == age


def test_months_end_with_the_month() -> None:
    assert months_later(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert months_later(date(2027, 8, 31), 6) == date(2028, 2, 29)
    assert months_later(date(2026, 12, 31), 12) == date(2027, 12, 31)
    assert months_later(date(2026, 11, 30), 1) == date(2026, 12, 30)


@pytest.mark.parametrize(
    ("pin", "problem"),
    [
        ("4711", None), ("8302", None), ("gizli-söz", None),
        ("471", "pin_too_short"), ("", "pin_too_short"),
        ("0000", "pin_trivial"), ("1234", "pin_trivial"), ("4321", "pin_trivial"), ("abcd", "pin_trivial"),
        ("1212", "pin_trivial"), ("123123", "pin_trivial"),
        ("1705", "pin_known"), ("1990", "pin_known"), ("0042", "pin_known"), ("2233", "pin_known"),
        ("47\x0011", "bad_pin"), ("4" * 128 + "7", "bad_pin"),
    ],
)  # fmt: skip
def test_what_a_pin_may_be(pin: str, problem: str | None) -> None:
    known = ("AZ00000042", "501112233", "17051990", "19900517")
    assert pin_problem(pin, least=4, known=known) == problem


@pytest.mark.parametrize(
    ("kind", "number", "good"),
    [
        ("fin", "5ABCD12", True), ("fin", "5abcd12", True), ("fin", " 5AB CD12 ", True),
        ("fin", "5ABCD1", False), ("fin", "5ABCI12", False), ("fin", "5ABCO12", False), ("fin", "5ABCD123", False),
        ("tckn", "10000000146", True), ("tckn", "100 000 001 46", True), ("tckn", "10000000147", False),
        ("tckn", "00000000046", False), ("tckn", "1000000014", False), ("tckn", "1000000014٦", False),
        ("passport", "C01234567", True), ("passport", "1234", False),
        ("other", "5ABCD12", False), ("", "5ABCD12", False),
    ],
)  # fmt: skip
def test_national_numbers(kind: str, number: str, *, good: bool) -> None:
    assert (number_problem(kind, number) is None) is good


def test_telephone_numbers_meet_however_they_are_written() -> None:
    written = ("+994 50 123 45 67", "050 123-45-67", "00994501234567", "(050) 1234567")
    assert {phone_key(one) for one in written} == {"501234567"}
    assert phone_key("1234") == phone_key("") == ""


def test_one_person_s_name_in_two_spellings() -> None:
    assert same_name(("Əliyev", "Həsən"), ("Алиев", "Гасан")) is False  # Г is not Һ: a person must look
    assert same_name(("Əliyev", "Elçin"), ("Aliyev", "Elchin"))
    assert same_name(("Quliyeva", "Nərgiz"), ("Гулиева", "Наргиз"))
    assert same_name(("Məmmədov", "Orxan"), ("ORXAN", "MEMMEDOV"))
    assert not same_name(("Məmmədov", "Orxan"), ("Məmmədov", "Turan"))
    assert not same_name(("Məmmədov", "Orxan"), ("Məmmədova", "Orxan"))


def test_every_refusal_of_the_rules_has_its_sentence() -> None:
    assert {rule.code for rule in REGISTER} <= set(REFUSALS)
