"""Keys on which two descriptions of one book meet, so that matching is an index look-up and not a comparison of all.

No key alone proves anything; what meets on one is compared. Each key leaves out what another one needs, so that a
typing error, a lost field or a wrong year spoils some of them and not all.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kitabxana.catalogue.matching.facts import Traits

HEAD_WORDS = 4
"""How many words of a title a key takes: agencies disagree on where a title ends, seldom on how it begins."""

MOST_NUMBERS = 6
"""How many system and national numbers of a record become keys."""


def match_keys(traits: Traits) -> list[str]:
    """The keys under which a record is stored (Identifier rows of scheme "key"): 12 characters each."""
    years = sorted(traits.years)[:2]
    return _packed(_each(traits, years))


def asked_keys(traits: Traits) -> list[str]:
    """The keys under which a record is looked for: its own, and those of the years next to its own."""
    near = {year + step for year in sorted(traits.years)[:2] for step in (-1, 0, 1)}
    return _packed(_each(traits, sorted(near)))


def _packed(keys: Iterable[str]) -> list[str]:
    return [
        base64.urlsafe_b64encode(hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=9).digest()).decode()
        for key in dict.fromkeys(keys)
    ]


def _each(traits: Traits, years: list[int]) -> Iterator[str]:
    for number in [*sorted(traits.controls), *sorted(traits.national)][:MOST_NUMBERS]:
        yield f"n {number}"
    authors = traits.authors[:2]
    for title in traits.titles[:2]:
        yield from _of_title(title, traits, authors, years)
    if traits.pages:
        for author in authors:
            yield from (f"e {author} {year} {traits.pages}" for year in years)


def _of_title(title: str, traits: Traits, authors: tuple[str, ...], years: list[int]) -> Iterator[str]:
    begins = "".join(title.split()[:HEAD_WORDS])[:24]
    yield from (f"a {begins} {author}" for author in authors)
    if len(begins) > 3:
        yield from (f"y {begins} {year}" for year in years)
    longest = "".join(sorted(sorted(title.split(), key=len)[-2:]))
    if traits.pages and len(longest) > 7:
        yield f"p {longest} {traits.pages}"
    if not years and not authors:
        yield f"t {begins} {traits.publisher[:12]}"
