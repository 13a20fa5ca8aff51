"""pymarc is the oracle: over every open record, equal JSON or one of the listed reasons not to be."""

from __future__ import annotations

import logging
import warnings
from collections import Counter
from typing import TYPE_CHECKING, Any, cast

import pymarc
import pytest

from kitabxana.formats.marc import Parsed, iter_records
from kitabxana.formats.marc.tests.corpus import DATA, ISO_FILES, unpacked

if TYPE_CHECKING:
    from pathlib import Path

# What makes a difference when we mend and pymarc does not, or mends by dropping.
RULES = {"utf8_under_marc8", "directory", "no_subfields", "empty_subfield"}
MARC8_RULE = "MARC-8 in control fields, or characters pymarc blanks or drops"


def oracle(data: bytes) -> dict[str, Any] | None:
    try:
        with warnings.catch_warnings(action="ignore", category=pymarc.exceptions.BadSubfieldCodeWarning):
            return cast(dict[str, Any], pymarc.Record(data, hide_utf8_warnings=True).as_dict())
    except (pymarc.exceptions.PymarcException, UnicodeDecodeError, ValueError, IndexError):
        return None


def verdict(parsed: Parsed) -> str:
    theirs = oracle(parsed.data)
    if parsed.marc is None:
        return f"refused: {parsed.reason}"
    if theirs == parsed.marc:
        return "equal"
    if theirs is None:
        return "ours alone"
    rules = RULES & set(parsed.mended)
    if not rules and parsed.marc["leader"][9] != "a" and not parsed.data.isascii():
        return MARC8_RULE
    return " ".join(sorted(rules))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "most_refused", "most_by_rule"),
    list(zip(ISO_FILES, (5, 30, 3, 0, 0, 0), (5, 95, 2, 0, 0, 0), strict=True)),
)
def test_iso2709_equals_pymarc_or_says_why(
    name: str, most_refused: int, most_by_rule: int, capfd: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger("pymarc").setLevel(logging.CRITICAL)
    verdicts = Counter(verdict(parsed) for parsed in iter_records(DATA / name))
    capfd.readouterr()  # pymarc writes to standard error what it cannot decode
    total = sum(verdicts.values())
    refused = sum(count for key, count in verdicts.items() if key.startswith("refused"))
    assert verdicts[""] == 0
    assert verdicts["ours alone"] == 0
    assert total == unpacked(name).count(b"\x1d")
    assert refused <= most_refused, verdicts
    assert verdicts["equal"] >= total - refused - most_by_rule, verdicts


@pytest.mark.slow
@pytest.mark.parametrize("name", ["holdings.marcxml.xml.gz", "auth.marcxml.xml.gz", "classification.marcxml.xml.gz"])
def test_marcxml_equals_pymarc(name: str, tmp_path: Path) -> None:
    plain = tmp_path / "records.xml"
    plain.write_bytes(unpacked(name))
    theirs = [record.as_dict() for record in pymarc.parse_xml_to_array(str(plain))]  # type: ignore[no-untyped-call]
    ours = list(iter_records(plain))
    assert len(ours) == len(theirs) > 0
    for parsed, expected in zip(ours, theirs, strict=True):
        assert parsed.marc == expected or "indicators" in parsed.mended
