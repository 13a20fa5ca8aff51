"""The documented table of the conversion to MARC 21 is the one that runs."""

from __future__ import annotations

import re
from pathlib import Path

from kitabxana.exchange.rules.export_formats import EXPORT_FORMATS
from kitabxana.formats.unimarc.authority import NOTES
from kitabxana.formats.unimarc.convert import _SPECIAL
from kitabxana.formats.unimarc.table import LINKS, NAMES, ROWS, SUBJECT_NAMES

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "developer" / "unimarc.md").read_text(encoding="utf-8")


def test_every_row_stands_in_the_page_as_it_is() -> None:
    written = dict(re.findall(r"^\| (\d{3}) \| (\d{3} `..` \| [^|]+) \|$", PAGE, re.MULTILINE))
    meant = {
        tag: f"{row.tag} `{row.indicators.replace(' ', '#')}` | "
        + " ".join(code if code == to else f"{code}→{to}" for code, (to, _) in row.codes.items())
        for tag, row in ROWS.items()
    }
    assert written == meant


def test_every_row_of_authority_records_too() -> None:
    written = dict(re.findall(r"^\| A (\d{3}) \| (\d{3} `..` \| [^|]+) \|$", PAGE, re.MULTILINE))
    meant = {
        tag: f"{to} `{indicators.replace(' ', '#')}` | "
        + " ".join(code if code == own else f"{code}→{own}" for code, own in codes.items())
        for tag, (to, indicators, codes) in NOTES.items()
    }
    assert written == meant


def test_every_field_with_rules_of_its_own_is_named() -> None:
    ranges = {"721"}  # 720 to 722
    assert {tag for tag in [*_SPECIAL, *NAMES, *SUBJECT_NAMES] if tag not in PAGE} <= ranges
    assert all(tag[0] == "4" for tag in LINKS)


def test_every_export_format_is_told() -> None:
    page = (DOCS / "operator" / "commands.md").read_text(encoding="utf-8")
    [line] = [line for line in page.splitlines() if "`kitabxana export marc" in line]
    assert [name for name in EXPORT_FORMATS if name not in line] == []
