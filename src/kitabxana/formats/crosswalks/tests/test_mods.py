from __future__ import annotations

import itertools
from typing import Any

import pytest
from lxml import etree

from kitabxana.formats.crosswalks.mods import NAMESPACE, to_mods
from kitabxana.formats.marc import MarcJson, Unwritable, iter_records
from kitabxana.formats.marc.tests.corpus import DATA

NS = {"m": NAMESPACE}


def field(tag: str, ind: str = "  ", /, *pairs: tuple[str, str], **more: str) -> dict[str, Any]:
    subfields = [{code: text} for code, text in (*pairs, *more.items())]
    return {tag: {"ind1": ind[0], "ind2": ind[1], "subfields": subfields}}


def mods(*fields: dict[str, Any], leader: str = "00000nam a2200000 a 4500") -> etree._Element:
    return etree.fromstring(to_mods({"leader": leader, "fields": list(fields)}))


def texts(root: etree._Element, path: str) -> list[str]:
    found = root.xpath(path, namespaces=NS)
    assert isinstance(found, list)
    return [str(one if isinstance(one, str) else getattr(one, "text", "")) for one in found]


FIXED = {"008": "240101s2024    aj a     b    001 1 aze d"}


def test_a_book() -> None:
    root = mods(
        {"001": "az-1"},
        {"003": "AzBaMKK"},
        {"005": "20240102030405.0"},
        FIXED,
        field("020", a="9789952123456 (cild)"),
        field("041", "1 ", a="aze", h="rus"),
        field("082", "04", ("a", "894.3611"), ("2", "23")),
        field("100", "1 ", ("a", "Hacıyev, Tofiq,"), ("d", "1936-2015,"), ("e", "müəllif."), ("4", "aut")),
        field("245", "14", ("a", "The Kür :"), ("b", "roman /"), ("c", "T. Hacıyev.")),
        field("250", a="2-ci nəşr."),
        field("264", " 1", a="Bakı :", b="Elm,", c="2024."),
        field("300", a="312 s. ;", c="21 sm."),
        field("490", "1 ", a="Xəzər ;", v="3"),
        field("830", " 0", a="Xəzər seriyası ;", v="3"),
        field("520", a="Roman haqqında."),
        field("650", " 0", a="Rivers", z="Azerbaijan."),
        field("700", "12", a="Rəsulzadə, M.", t="Əsrimizin Siyavuşu"),
        field("773", "0 ", t="Toplu", g="s. 5-9", x="0134-3386"),
        field("856", "40", u="https://example.org/1", y="Tam mətn"),
    )
    expected = {
        "m:titleInfo[not(@type)]/m:nonSort": ["The "],
        "m:titleInfo[not(@type)]/m:title": ["Kür"],
        "m:titleInfo[not(@type)]/m:subTitle": ["roman"],
        "m:name[@usage='primary']/m:namePart[not(@type)]": ["Hacıyev, Tofiq"],
        "m:name/m:namePart[@type='date']": ["1936-2015"],
        "m:name/m:role/m:roleTerm[@authority='marcrelator']": ["aut"],
        "m:typeOfResource": ["text"],
        "m:genre[@authority='marcgt']": ["fiction"],
        "m:originInfo[@eventType='publication']/m:publisher": ["Elm"],
        "m:originInfo/m:place/m:placeTerm[@type='code']": ["aj"],
        "m:originInfo/m:dateIssued[@encoding='marc']": ["2024"],
        "m:originInfo/m:edition": ["2-ci nəşr."],
        "m:language/m:languageTerm": ["aze"],
        "m:physicalDescription/m:extent": ["312 s. ; 21 sm."],
        "m:abstract": ["Roman haqqında."],
        "m:note[@type='statement of responsibility']": ["T. Hacıyev."],
        "m:subject[@authority='lcsh']/m:geographic": ["Azerbaijan"],
        "m:classification[@authority='ddc'][@edition='23']": ["894.3611"],
        "m:relatedItem[@type='series']/m:titleInfo/m:title": ["Xəzər seriyası"],
        "m:relatedItem[@type='constituent']/m:titleInfo/m:title": ["Əsrimizin Siyavuşu"],
        "m:relatedItem[@type='host']/m:identifier[@type='issn']": ["0134-3386"],
        "m:identifier[@type='isbn']": ["9789952123456"],
        "m:location/m:url": ["https://example.org/1"],
        "m:recordInfo/m:recordIdentifier/@source": ["AzBaMKK"],
    }
    assert {path: texts(root, path) for path in expected} == expected


def test_the_other_script_stands_beside_its_twin() -> None:
    root = mods(field("245", "10", ("6", "880-02"), ("a", "Kür")), field("880", "10", ("6", "245-02/(N"), ("a", "Күр")))
    assert texts(root, "m:titleInfo[@altRepGroup='02']/m:title") == ["Kür", "Күр"]


def test_a_cancelled_number_says_so() -> None:
    root = mods(field("020", z="9789952000000"), field("024", "7 ", ("a", "10.1/x"), ("2", "doi")))
    assert texts(root, "m:identifier[@invalid='yes']") == ["9789952000000"]
    assert texts(root, "m:identifier[@type='doi']") == ["10.1/x"]


def test_what_xml_cannot_carry_is_refused() -> None:
    with pytest.raises(Unwritable):
        mods(field("245", "10", a="\x1b"))


def whole_title(marc: MarcJson) -> list[str]:
    own = [entry["245"] for entry in marc["fields"] if isinstance(entry.get("245"), dict)]
    return [pair["a"] for one in own for pair in one["subfields"] if "a" in pair]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["bib.utf8.mrc.gz", "bib.nonutf8.mrc.gz", "bib.marcxml.xml.gz", "bib.marcjson.jsonl.gz"]
)
def test_every_open_record_is_well_formed_and_keeps_its_title(name: str) -> None:
    made = refused = 0
    for parsed in itertools.islice(iter_records(DATA / name), 6000):
        if parsed.marc is None:
            continue
        try:
            root = etree.fromstring(to_mods(parsed.marc))
        except Unwritable:
            refused += 1
            continue
        made += 1
        titles = " ".join("".join(map(str, title.itertext())) for title in root.iterfind("m:titleInfo", NS))
        for text in whole_title(parsed.marc):
            assert "".join(text.rstrip(" /:;,=").split()) in "".join(titles.split())
    assert made > 50
    assert refused <= made * 0.005
