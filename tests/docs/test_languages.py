"""Azerbaijani, Turkish and Russian are whole: every message of the program is translated, its placeholders kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parents[2] / "src" / "kitabxana" / "locale"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")


@pytest.mark.parametrize("language", ["az", "tr", "ru"])
def test_every_message_is_translated(language: str) -> None:
    with (LOCALE / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        catalog = read_po(file, locale=language)
    wrong = []
    for message in catalog:
        if not message.id:
            continue
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = set(PLACEHOLDER.findall(sources[-1]))
        given = [set(PLACEHOLDER.findall(text)) for text in texts]
        # A form for one thing may do without its number; every other form says all that the source says.
        kept = given[-1] == wanted and not any(placeholders - wanted for placeholders in given)
        if message.fuzzy or not all(texts) or not kept:
            wrong.append(sources[0])
    assert wrong == []


def test_the_three_catalogues_hold_the_same_messages() -> None:
    held = {}
    for language in ("az", "tr", "ru"):
        with (LOCALE / language / "LC_MESSAGES" / "django.po").open("rb") as file:
            held[language] = {(message.context, str(message.id)) for message in read_po(file)}
    assert held["az"] == held["tr"] == held["ru"]
