"""Records for the tests of the crosswalks: some by hand, and every real one."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from kitabxana.formats.marc import iter_records
from kitabxana.formats.marc.tests.corpus import DATA

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESS = "https://kitab.example/records/7/"
FILES = sorted(path.name for kind in ("mrc", "marcxml.xml") for path in DATA.glob(f"*.{kind}.gz"))
"""Bibliographic ones and all others: a crosswalk may be asked for any record, so it may fail on none."""


def field(tag: str, ind: str = "  ", /, **subfields: str) -> dict[str, Any]:
    pairs = [{code.lstrip("_"): text} for code, text in subfields.items()]
    return {tag: {"ind1": ind[0], "ind2": ind[1], "subfields": pairs}}


def record(*fields: dict[str, Any], leader: str = "00000nam a2200000 i 4500", fixed: str = "") -> dict[str, Any]:
    fixed = fixed or "240101s1982    aj            000 1 aze d"
    return {"leader": leader, "fields": [{"001": "7"}, {"008": fixed}, *fields]}


NOVEL = record(
    field("020", a="9785170800049 (cild)"),
    field("041", "1 ", a="aze", h="rus"),
    field("100", "1 ", a="Şıxlı, İsmayıl,", d="1919-1995,", e="müəllif."),
    field("245", "10", _6="880-01", a="Dəli Kür :", b="roman /", c="İsmayıl Şıxlı ; red. Y. Qarayev."),
    field("250", a="2-ci nəşr."),
    field("260", a="Bakı :", b="Yazıçı,", c="1982."),
    field("300", a="437, [3] s. ;", c="21 sm."),
    field("490", "0 ", a="Azərbaycan romanı ;", v="7"),
    field("520", a="Kür boyunda bir nəslin taleyi."),
    field("650", " 7", a="Azərbaycan ədəbiyyatı", x="Roman."),
    field("700", "1 ", a="Qarayev, Yaşar,", _4="edt"),
    field("700", "1 ", a="Axundov, Ə.", e="tərcüməçi"),
    field("880", "10", _6="245-01/(N", a="Дәли Күр :", b="роман"),
)
ARTICLE = record(
    field("100", "0 ", a="Nizami Gəncəvi,"),
    field("245", "00", a="Poeziya haqqında /", c="Nizami Gəncəvi, Rəna Əliyeva"),
    field("700", "1 ", a="Əliyeva, Rəna."),
    field("700", "1 ", a="Kənar, Adam."),
    field("700", "12", a="Füzuli, Məhəmməd.", t="Divan."),
    field("773", "0 ", t="Azərbaycan jurnalı.", g="2021, № 3, s. 14-29", x="0134-3149"),
    leader="00000nab a2200000 i 4500",
)


@cache
def every_record() -> tuple[dict[str, Any], ...]:
    """All that can be read of the real files, in MARC 21 and UNIMARC, bibliographic, authorities and holdings."""
    return tuple(marc for name in FILES for marc in _read(name))


def _read(name: str) -> Iterator[dict[str, Any]]:
    for parsed in iter_records(DATA / name):
        if parsed.marc is not None:
            yield parsed.marc
