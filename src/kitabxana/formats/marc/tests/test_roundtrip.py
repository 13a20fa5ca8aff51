"""Every record of the open data comes out as it went in, or is set aside with a reason: nothing is altered silently."""

from __future__ import annotations

from collections import Counter

import pytest

from kitabxana.formats.marc.tests.corpus import LOSSLESS, every_source, round_trip

SMALL = ("marc/problem_files/", "marc/malformed", "marc/bib.mrk", "marc/bib.alephseq", "marc/bib.marcjson", "irbis/",
         "evergreen_sql/", "marc/holdings", "marc/unimarc")  # fmt: skip


@pytest.mark.slow
def test_every_record_of_the_open_data_comes_back_the_same() -> None:
    read, sources = 0, 0
    unwritable: Counter[str] = Counter()
    for name, records in every_source():
        found = round_trip(records)
        assert found.different == Counter(), name
        for form in LOSSLESS:
            lost = sum(count for (own, _), count in found.unwritable.items() if own == form)
            assert found.same[form] + lost + sum(found.aside.values()) == found.read, (name, form)
            unwritable[form] += lost
        read += found.read
        sources += 1
    assert sources > 60
    assert read > 28_000
    assert unwritable["marcjson"] == 0
    assert max(unwritable.values()) < read * 0.03


@pytest.mark.slow
def test_the_small_sources_come_back_the_same() -> None:
    read = 0
    for name, records in every_source():
        if name.startswith(SMALL):
            found = round_trip(records)
            assert found.different == Counter(), name
            read += found.read
    assert read > 4000
