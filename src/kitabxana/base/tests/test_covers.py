from __future__ import annotations

import gzip
import json
import re
import time
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitabxana.base.covers import PALETTES, WEAVES, draw_cover
from kitabxana.base.covers.charts import outline, quarter
from kitabxana.base.covers.lettering import is_right_to_left, set_text, spoken_name, text_width, tidy_title

if TYPE_CHECKING:
    from kitabxana.base.covers.weaving import Palette

SVG = "{http://www.w3.org/2000/svg}"
TITLES = Path(__file__).resolve().parents[5] / "shared" / "data" / "catalog_tr_az"
LIMIT = 3072


def real_titles() -> list[str]:
    """4,023 titles sold in Azerbaijan: Azerbaijani, Russian, English and Turkish mixed."""
    with gzip.open(TITLES / "libraff_az_titles.tsv.gz", "rt", encoding="utf-8") as lines:
        return [line.rstrip("\n").split("\t")[0] for line in lines][1:]


def words_of(svg: str) -> str:
    """All that a reader sees, line after line."""
    return " ".join(span.text or "" for span in ET.fromstring(svg).iter(f"{SVG}tspan"))  # noqa: S314 - our own drawing


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_one_book_always_looks_the_same_and_another_does_not() -> None:
    first = draw_cover(key="b1", title="Əli və Nino", author="Səid, Qurban", year="2004")
    assert first == draw_cover(key="b1", title="Əli və Nino", author="Səid, Qurban", year="2004")
    assert first != draw_cover(key="b2", title="Əli və Nino", author="Səid, Qurban", year="2004")


def test_a_mended_title_keeps_its_pattern_and_colours() -> None:
    before, after = (draw_cover(key="b1", title=t, author="", year="") for t in ("Əli və Nino", "Əli ve Nino"))
    assert set(re.findall(r"#[0-9a-f]{6}", before)) == set(re.findall(r"#[0-9a-f]{6}", after))
    assert words_of(before) != words_of(after)


def test_every_real_title_is_drawn_small_well_formed_and_whole() -> None:
    cut = 0
    titles = real_titles()
    for number, title in enumerate(titles):
        svg = draw_cover(key=str(number), title=title, author="Vahabzadə, Bəxtiyar Mahmud oğlu, 1925-2009", year="2019")
        assert len(svg.encode()) < LIMIT, title
        shown = words_of(svg)
        assert "Bəxtiyar Mahmud oğlu Vahabzadə" in shown
        assert "2019" in shown
        cut += "…" in shown and "…" not in title
    assert cut / len(titles) < 0.01


def test_hashes_reach_every_weave_and_every_palette() -> None:
    grounds = set()
    shapes = set()
    for number in range(600):
        svg = draw_cover(key=str(number), title="Xəmsə", author="Nizami")
        grounds.update(re.findall(r'fill="(#\w+)" d="M0 0h72v108', svg))
        shapes.add(re.sub(r"#\w+|k[0-9a-f]{4}", "", svg))
    assert grounds == {palette.ground for palette in PALETTES}
    assert len(shapes) == sum(len(borders) for *_, borders in WEAVES)
    assert len({id(layout) for layout, *_ in WEAVES}) >= 4
    assert len({motif for _, motif, *_ in WEAVES}) >= 6
    assert len(PALETTES) >= 12


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.ground)
def test_words_can_be_read_on_their_field(palette: Palette) -> None:
    assert contrast(palette.ink, palette.field) >= 7
    assert contrast(palette.a, palette.ground) >= 3


@pytest.mark.parametrize(
    ("title", "author"),
    [
        ("Метаморфозы. Путешествие хирурга по самым прекрасным и ужасным изменениям " * 9, "Мамедкулизаде Джалил " * 9),
        ("النجوم الزاهرة في ملوك مصر والقاهرة " * 12, "ابن تغري بردي " * 9),
        ("&<>\"'" * 80, "<script>&" * 40),
        ("吾輩は猫である" * 40, "夏目漱石"),
        ("Donaudampfschiffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 4, "x" * 400),
    ],
    ids=["ru", "ar", "markup", "ja", "one-word"],
)
def test_nothing_is_too_long(title: str, author: str) -> None:
    for number in range(120):
        svg = draw_cover(key=str(number), title=title, author=author, year="[19--?]", language="ru")
        assert len(svg.encode()) < LIMIT
        ET.fromstring(svg)  # noqa: S314 - our own drawing


@given(st.text(max_size=120), st.text(max_size=60), st.text(max_size=12))
def test_any_text_gives_a_well_formed_document_that_passes_a_strict_policy(title: str, author: str, year: str) -> None:
    svg = draw_cover(key=f"{title}{year}".encode(errors="replace").hex(), title=title, author=author, year=year)
    root = ET.fromstring(svg)  # noqa: S314 - our own drawing
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in {"svg", "g", "path", "rect", "pattern", "use", "text", "tspan"}
        assert not {name for name in element.attrib if name == "style" or name.startswith("on")}
    assert not re.search(r'href="[^#]|url\((?!#k)', svg)


def test_titles_and_names_lose_the_punctuation_of_the_description() -> None:
    assert tidy_title("Şeirlər : seçilmiş əsərləri /") == ("Şeirlər", "seçilmiş əsərləri")
    assert tidy_title("Xəmsə [Mətn]  =") == ("Xəmsə", "")
    assert tidy_title("Azərbaycan tarixi.") == ("Azərbaycan tarixi", "")
    assert tidy_title("XX əsr A. B.") == ("XX əsr A. B.", "")
    assert tidy_title(":") == (":", "")
    assert spoken_name("Tolstoy, Lev Nikolayevich, 1828-1910.") == "Lev Nikolayevich Tolstoy"
    assert spoken_name("Nizami Gəncəvi, 1141-1209") == "Nizami Gəncəvi"
    assert spoken_name("Достоевский, Ф. М.") == "Ф. М. Достоевский"
    assert spoken_name("الفردوسي، أبو القاسم") == "أبو القاسم الفردوسي"
    assert spoken_name("Azərbaycan Milli Elmlər Akademiyası") == "Azərbaycan Milli Elmlər Akademiyası"


def test_arabic_and_hebrew_run_from_right_to_left() -> None:
    assert 'direction="rtl"' in draw_cover(key="1", title="لیلی و مجنون", author="")
    assert 'direction="rtl"' not in draw_cover(key="1", title="Leyli və Məcnun", author="")
    assert is_right_to_left("1905 لیلی")
    assert is_right_to_left("מבוא")
    assert not is_right_to_left("1905")


def test_lines_are_even_fit_the_measure_and_leave_no_small_word_hanging() -> None:
    set_ = set_text("Azərbaycan xalq nağılları və dastanları", width=200, height=200, sizes=(24.0, 20.0), max_lines=5)
    assert " ".join(set_.lines) == "Azərbaycan xalq nağılları və dastanları"
    assert all(text_width(line) * set_.size <= 200 for line in set_.lines)
    assert not any(line.endswith(" və") for line in set_.lines)
    assert len(set_text("Xəmsə", width=200, height=200, sizes=(46.0, 20.0), max_lines=5).lines) == 1
    long = set_text("söz " * 200, width=100, height=60, sizes=(20.0, 10.0), max_lines=4)
    assert long.shortened
    assert long.lines[-1].endswith("…")


def test_an_outline_goes_round_all_knots_and_leaves_the_holes_out() -> None:
    ring = quarter("aa a.")
    assert ring == ("aaa", "a.a", "aaa")
    path = outline(ring, "a")
    assert path.count("z") == 2
    assert {"h3v3h-3", "v1h1v-1"} == set(re.findall(r"M\d \d(.*?)z", path)), json.dumps(path)
    assert outline(ring, "b") == ""


def test_a_cover_is_drawn_in_under_two_milliseconds() -> None:
    draw_cover(key="warm", title="Xəmsə", author="")
    started = time.perf_counter()
    for number in range(200):
        draw_cover(key=str(number), title="Qərib cinlər diyarında", author="Ordubadi, Məmməd Səid", year="1966")
    assert (time.perf_counter() - started) / 200 < 0.002
