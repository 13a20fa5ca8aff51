"""Texts are refused with line and reason, nothing can be reached from them; levels, quiet hours and numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from kitabxana.notices import messages
from kitabxana.notices.facts import CHANNELS, LANGUAGES, STATES
from kitabxana.notices.rules import (
    DEFAULTS,
    KINDS,
    SAMPLE,
    TRIGGERS,
    after_quiet,
    built_in,
    overdue_level,
    phone_number,
    render,
    shortened,
    wording_problem,
)
from kitabxana.organisation.rules import POLICIES

BAKU = ZoneInfo("Asia/Baku")


def test_the_house_has_words_for_every_trigger_in_every_language() -> None:
    assert set(DEFAULTS) == set(LANGUAGES)
    for language in LANGUAGES:
        assert set(DEFAULTS[language]) == set(TRIGGERS)
        for name in TRIGGERS:
            words = built_in(name, language)
            for level in (1, 2, 3):
                facts = {**SAMPLE, "level": level}
                assert wording_problem(words.body) is None, (language, name)
                assert wording_problem(words.sms) is None, (language, name)
                body = render(words.body, facts)
                assert "Kitabxana" in body
                assert "\n\n\n" not in body
                assert "@" not in body
                assert 0 < len(render(words.subject, facts)) < 80


def test_reminders_of_loans_name_every_book_on_a_line_of_its_own() -> None:
    books = [{**SAMPLE["first"], "title": title} for title in ("Kür", "Araz")]
    body = render(built_in("overdue", "az").body, {**SAMPLE, "items": books})
    assert "• Kür — Qurban Səid: 1\n• Araz — Qurban Səid: 1\n\n" in body


def test_every_code_has_its_words() -> None:
    assert set(messages.TRIGGERS) == set(TRIGGERS)
    assert set(messages.KINDS) == set(KINDS) == {trigger.kind for trigger in TRIGGERS.values()}
    assert set(messages.CHANNELS) == set(CHANNELS)
    assert set(messages.STATES) == set(STATES)
    assert {trigger.policy for trigger in TRIGGERS.values() if trigger.policy} <= set(POLICIES)


@pytest.mark.parametrize(
    ("text", "why", "line"),
    [
        ("Salam\n{{ reader.password }}", "unknown_word", 2),
        ("{{ settings }}", "unknown_word", 1),
        ("{{ reader.__class__.__mro__ }}", "not_in_texts", 1),
        ("{{ reader.name.format }}", "not_in_texts", 1),
        ("{{ reader['name'] }}", "not_in_texts", 1),
        ("{{ reader.items() }}", "not_in_texts", 1),
        ("{{ ''.__class__ }}", "not_in_texts", 1),
        ("\n\n{% for a in range(9) %}{% endfor %}", "not_in_texts", 3),
        ("{% for a in items %}{% for b in items %}{% endfor %}{% endfor %}", "not_in_texts", 1),
        ("{% for reader in items %}{% endfor %}", "not_in_texts", 1),
        ("{% for a in items recursive %}{{ loop(a) }}{% endfor %}", "not_in_texts", 1),
        ("{% set a = 'x' %}", "not_in_texts", 1),
        ("{% include 'secret' %}", "not_in_texts", 1),
        ("{% import 'os' as os %}", "not_in_texts", 1),
        ("{% macro a() %}{% endmacro %}", "not_in_texts", 1),
        ("{{ 9 ** 9 ** 9 }}", "not_in_texts", 1),
        ("{{ 'a' * 999999999 }}", "not_in_texts", 1),
        ("{{ 'a' ~ 'b' }}", "not_in_texts", 1),
        ("{{ items | map(attribute='x') }}", "not_in_texts", 1),
        ("{{ reader | attr('name') }}", "not_in_texts", 1),
        ("{{ date | replace('a', 'b') }}", "not_in_texts", 1),
        ("Salam\n{{ reader.name", "syntax", 2),
        ("{% if level %}", "syntax", 1),
        ("a" * 6001, "too_long", 1),
    ],
)  # fmt: skip
def test_a_text_that_reaches_for_more_is_refused_with_line_and_reason(text: str, why: str, line: int) -> None:
    problem = wording_problem(text)
    assert problem is not None
    assert problem[:2] == (why, line)


def test_what_texts_may_do() -> None:
    loop = "{% for one in items %} {{ loop.index }}. {{ one.title }}{% endfor %}"
    text = "{{ reader.name | upper }}" + loop + "{% if count > 1 and not total %}!{% endif %}"
    assert wording_problem(text) is None
    facts = {**SAMPLE, "count": 2, "total": "", "items": [SAMPLE["first"], SAMPLE["first"]]}
    assert render(text, facts) == "ƏLIYEVA AYTƏN 1. Əli və Nino 2. Əli və Nino!"


def test_the_rungs_of_the_ladder() -> None:
    ladder = (1, 7, 21)
    assert [overdue_level(days, ladder) for days in (0, 1, 6, 7, 20, 21, 34, 35, 400)] == [0, 1, 1, 2, 2, 3, 3, 0, 0]
    assert overdue_level(8, (1, None, 30)) == 1
    assert overdue_level(5, (None, None, None)) == 0


def test_quiet_hours_end_by_the_librarys_clock() -> None:
    def at(hour: int, day: int = 23) -> datetime:
        return datetime(2026, 11, day, hour, 30, tzinfo=BAKU).astimezone(UTC)

    def until(now: datetime, first: int = 21, last: int = 9) -> datetime:
        return after_quiet(now, quiet_from=first, quiet_until=last, zone=BAKU)

    assert until(at(12)) == at(12)
    assert until(at(22)) == datetime(2026, 11, 24, 9, tzinfo=BAKU)
    assert until(at(3)) == datetime(2026, 11, 23, 9, tzinfo=BAKU)
    assert until(at(13), 12, 14) == datetime(2026, 11, 23, 14, tzinfo=BAKU)
    assert until(at(23), 0, 0) == at(23)


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("050 123 45 67", "AZ", "+994501234567"),
        ("(050) 123-45-67", "AZ", "+994501234567"),
        ("994501234567", "AZ", "+994501234567"),
        ("50 123 45 67", "AZ", "+994501234567"),
        ("+90 532 111 22 33", "AZ", "+905321112233"),
        ("0090 532 111 22 33", "AZ", "+905321112233"),
        ("0532 111 22 33", "TR", "+905321112233"),
        ("12", "AZ", ""),
        ("yoxdur", "AZ", ""),
        ("+994501234567\nBcc: x", "AZ", "+994501234567"),
    ],
)  # fmt: skip
def test_telephone_numbers_as_the_gateway_wants_them(typed: str, country: str, number: str) -> None:
    assert phone_number(typed, country=country) == number


def test_a_message_to_a_telephone_is_one_line_that_fits() -> None:
    assert shortened("a\n b") == "a b"
    assert len(shortened("ə" * 900)) == 459
    assert shortened("ə" * 900).endswith("…")
