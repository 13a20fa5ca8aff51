"""Codes of languages and countries by their names in the language of the page (CLDR, as Babel carries it)."""

from __future__ import annotations

import functools

from babel import Locale
from babel.core import get_global
from django.utils.translation import get_language

_ALIASES = get_global("language_aliases")
# ISO 639-2 codes (MARC has the bibliographic ones) to the shorter ones under which CLDR keeps its names.


def tongue() -> str:
    """The interface language of this request as a BCP 47 tag."""
    return get_language() or "az"


@functools.cache
def locale_of(language: str) -> Locale:
    return Locale.parse(language, sep="-")


def tag_of(code: str) -> str:
    """The BCP 47 tag of a MARC language code (ISO 639-2/B), for `lang` attributes."""
    alias = _ALIASES.get(code, code)
    return alias if alias.isascii() else code


def language_name(code: str) -> str:
    """The name of a MARC language code, capitalised; the code itself when nobody knows it."""
    return _language_name(code, tongue())


@functools.lru_cache(maxsize=2048)
def _language_name(code: str, language: str) -> str:
    names = locale_of(language).languages
    name: str = names.get(tag_of(code)) or names.get(code) or code
    return capitalised(name)


def country_name(iso: str, english: str) -> str:
    """The name of a country (ISO 3166-1, two letters); `english` where CLDR knows none."""
    return str(locale_of(tongue()).territories.get(iso) or english)


def capitalised(text: str) -> str:
    """With a first capital as az and tr write it: i becomes İ there."""
    first = "İ" if text[:1] == "i" and tongue() in ("az", "tr") else text[:1].upper()
    return first + text[1:]
