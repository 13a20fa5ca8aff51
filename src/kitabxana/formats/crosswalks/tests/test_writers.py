"""RIS, BibTeX, Dublin Core, schema.org and CSL: right for known records, readable for every real one."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from citeproc.source.bibtex.bibparse import BibTeXParser
from lxml import etree

from kitabxana.formats.crosswalks.bibtex import to_bibtex
from kitabxana.formats.crosswalks.csl import to_csl
from kitabxana.formats.crosswalks.dublin_core import to_dublin_core
from kitabxana.formats.crosswalks.ris import to_ris
from kitabxana.formats.crosswalks.schema_org import to_schema_org
from kitabxana.formats.crosswalks.tests.examples import ADDRESS, ARTICLE, NOVEL, every_record, field, record
from kitabxana.formats.marc.tests.corpus import DATA

Marc = dict[str, Any]
SCHEMAS = DATA.parent / "schemas"
XSD, XML = "http://www.w3.org/2001/XMLSchema", "http://www.w3.org/XML/1998/namespace"
HOSTILE = record(
    field("100", "1 ", a="Law and, Order"),
    field("110", "2 ", a="Əl və And Şirkəti"),
    field("245", "10", a="Yarım {mötərizə \\ 50% $5 & #1_a^b~c </dc:title>\r\nTY  - FAKE\x01"),
    field("300", a="10 p"),
    field("856", "40", u="https://example.org/a}b{c"),
)


def ris_lines(text: str) -> list[tuple[str, str]]:
    """(tag, value) of each line; every line must be one."""
    assert text.endswith("ER  - \r\n")
    found = []
    for line in text.removesuffix("\r\n").split("\r\n"):
        read = re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line)
        assert read, line
        found.append((read[1], read[2]))
    return found


def bibtex_entry(text: str) -> tuple[str, str, dict[str, str]]:
    parsed = BibTeXParser(io.StringIO(text))
    ((key, entry),) = parsed.items()
    return entry.document_type, key, dict(entry)


def dublin_core(marc: Marc) -> list[tuple[str, str]]:
    root = etree.fromstring(to_dublin_core(marc, address=ADDRESS))
    assert root.tag == "{http://www.openarchives.org/OAI/2.0/oai_dc/}dc"
    return [(etree.QName(element).localname, element.text or "") for element in root]


def test_ris_of_a_book() -> None:
    lines = ris_lines(to_ris(NOVEL, number=7, address=ADDRESS))
    assert lines == [
        ("TY", "BOOK"), ("ID", "7"), ("AU", "Şıxlı, İsmayıl"), ("A2", "Qarayev, Yaşar"), ("A4", "Axundov, Ə."),
        ("TI", "Dəli Kür: roman"), ("T2", "Azərbaycan romanı"), ("VL", "7"), ("SP", "437"), ("PY", "1982"),
        ("CY", "Bakı"), ("PB", "Yazıçı"), ("ET", "2-ci nəşr"), ("SN", "9785170800049"), ("LA", "az"),
        ("KW", "Azərbaycan ədəbiyyatı -- Roman"), ("AB", "Kür boyunda bir nəslin taleyi."), ("UR", ADDRESS), ("ER", ""),
    ]  # fmt: skip


def test_ris_of_an_article() -> None:
    lines = dict(ris_lines(to_ris(ARTICLE, number=7, address=ADDRESS)))
    assert lines["TY"] == "JOUR"
    assert (lines["T2"], lines["SN"], lines["IS"]) == ("Azərbaycan jurnalı", "0134-3149", "3")
    assert (lines["SP"], lines["EP"]) == ("14", "29")


def test_bibtex_of_a_book() -> None:
    kind, key, fields = bibtex_entry(to_bibtex(NOVEL, number=7, address=ADDRESS))
    assert (kind, key) == ("book", "sixli1982-7")
    assert fields["author"] == "Şıxlı, İsmayıl"
    assert fields["title"] == "{Dəli Kür: roman}"
    assert (fields["address"], fields["publisher"], fields["year"]) == ("Bakı", "Yazıçı", "1982")
    assert fields["isbn"] == "9785170800049"


def test_bibtex_of_an_article_joins_its_authors() -> None:
    kind, _key, fields = bibtex_entry(to_bibtex(ARTICLE, number=7, address=ADDRESS))
    assert kind == "article"
    assert fields["author"] == "{Nizami Gəncəvi} and Əliyeva, Rəna"
    assert (fields["journal"], fields["number"], fields["pages"]) == ("Azərbaycan jurnalı", "3", "14--29")


def test_dublin_core_of_a_book() -> None:
    elements = dublin_core(NOVEL)
    for element in (
        ("title", "Dəli Kür: roman"), ("title", "Дәли Күр"), ("creator", "Şıxlı, İsmayıl"), ("date", "1982"),
        ("contributor", "Qarayev, Yaşar"), ("publisher", "Bakı: Yazıçı"), ("language", "az"), ("type", "Text"),
        ("identifier", "URN:ISBN:9785170800049"), ("identifier", ADDRESS), ("relation", "Azərbaycan romanı ; 7"),
    ):  # fmt: skip
        assert element in elements


def test_schema_org_of_a_book_and_an_article() -> None:
    book = to_schema_org(NOVEL, address=ADDRESS, image=ADDRESS + "cover", held_by=["GNC-M"])
    assert (book["@type"], book["@id"], book["name"]) == ("Book", ADDRESS, "Dəli Kür: roman")
    assert book["author"] == {
        "@type": "Person", "name": "Şıxlı, İsmayıl", "familyName": "Şıxlı", "givenName": "İsmayıl",
    }  # fmt: skip
    assert (book["isbn"], book["inLanguage"], book["datePublished"]) == ("9785170800049", "az", "1982")
    assert (book["numberOfPages"], book["publisher"]["name"]) == (437, "Yazıçı")
    assert "offers" not in book
    assert "workExample" not in book
    assert "itemLocation" not in book, "schema.org has it for archive material only"
    article = to_schema_org(ARTICLE, address=ADDRESS)
    assert article["isPartOf"] == {"@type": "Periodical", "name": "Azərbaycan jurnalı", "issn": "0134-3149"}
    assert "isbn" not in article


def test_schema_org_says_where_archive_material_is_kept() -> None:
    papers = record(field("245", "00", a="Sənədlər"), leader="00000npc a2200000 i 4500")
    described = to_schema_org(papers, address=ADDRESS, held_by=["GNC-M"])
    assert described["@type"] == "ArchiveComponent"
    assert described["itemLocation"] == {"@type": "Place", "name": "GNC-M"}


def test_schema_org_of_a_periodical_has_first_and_last_year() -> None:
    serial = record(
        field("245", "00", a="Molla Nəsrəddin"), field("022", a="0134-3149"), leader="00000nas a2200000 i 4500",
        fixed="240101d19061931aj" + " " * 18 + "aze d",
    )  # fmt: skip
    described = to_schema_org(serial, address=ADDRESS)
    assert described["@type"] == "Periodical"
    assert (described["startDate"], described["endDate"], described["issn"]) == ("1906", "1931", "0134-3149")
    assert "datePublished" not in described


def test_csl_of_a_book() -> None:
    item = to_csl(NOVEL, number=7, address=ADDRESS)
    assert (item["id"], item["type"], item["edition"]) == ("7", "book", "2")
    assert item["author"] == [{"family": "Şıxlı", "given": "İsmayıl"}]
    assert item["issued"] == {"date-parts": [[1982]]}
    assert to_csl(ARTICLE, number=7, address=ADDRESS)["author"][0] == {"literal": "Nizami Gəncəvi"}


def test_nothing_in_a_record_breaks_out_of_its_place() -> None:
    lines = ris_lines(to_ris(HOSTILE, number=7, address=ADDRESS))
    assert [value for tag, value in lines if tag == "TY"] == ["BOOK"]
    _kind, _key, fields = bibtex_entry(to_bibtex(HOSTILE, number=7, address=ADDRESS))
    assert fields["author"] == "{Law and, Order} and {Əl və And Şirkəti}"
    assert r"\textbraceleft{}mötərizə \textbackslash{} 50\% \$5 \& \#1\_a\textasciicircum{}b" in fields["title"]
    assert fields["url"] == "https://example.org/a%7Db%7Bc"
    assert fields["pagetotal"] == "10"
    title = next(text for element, text in dublin_core(HOSTILE) if element == "title")
    assert "</dc:title>" in title
    assert "\x01" not in json.dumps(to_schema_org(HOSTILE, address=ADDRESS)).encode().decode("unicode_escape")


class _Schemas(etree.Resolver):
    """The two schemas of Dublin Core from the disk, and of xml.xsd the one attribute they need."""

    def resolve(self, *asked: Any) -> Any:
        url, _public_id, context = asked
        found: Any = super()  # what is published of lxml's types does not know these two
        if url.endswith("xml.xsd"):
            attribute = '<xs:attribute name="lang" type="xs:language"/>'
            schema = f'<xs:schema xmlns:xs="{XSD}" targetNamespace="{XML}">{attribute}</xs:schema>'
            return found.resolve_string(schema, context)
        return found.resolve_filename(str(SCHEMAS / url.rsplit("/", 1)[-1]), context)


@pytest.fixture(scope="module")
def oai_dc() -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Schemas())
    return etree.XMLSchema(etree.parse(SCHEMAS / "oai_dc.xsd", parser))


def test_the_schema_would_find_a_fault(oai_dc: etree.XMLSchema) -> None:
    assert oai_dc.validate(etree.fromstring(to_dublin_core(NOVEL, address=ADDRESS)))
    broken = to_dublin_core(NOVEL, address=ADDRESS).replace(b"dc:title", b"dc:titel")
    assert not oai_dc.validate(etree.fromstring(broken))


@pytest.mark.slow
def test_every_real_record_can_be_read_back(oai_dc: etree.XMLSchema) -> None:
    records = every_record()
    assert len(records) > 25_000
    titled = 0
    for number, marc in enumerate(records, 1):
        lines = dict(ris_lines(to_ris(marc, number=number, address=ADDRESS)))
        kind, key, fields = bibtex_entry(to_bibtex(marc, number=number, address=ADDRESS))
        assert key.endswith(f"-{number}")
        assert re.fullmatch(r"[a-z0-9]+-\d+", key)
        assert ("title" in fields) == ("TI" in lines), fields
        root = etree.fromstring(to_dublin_core(marc, address=ADDRESS))
        assert oai_dc.validate(root), oai_dc.error_log
        described = json.loads(json.dumps(to_schema_org(marc, address=ADDRESS)))
        assert described["@type"]
        assert all(described.values()), described
        item = to_csl(marc, number=number, address=ADDRESS)
        assert described.get("name", "") == lines.get("TI", "") == item.get("title", "")
        assert (kind == "article") == (item["type"] == "article-journal") == (lines["TY"] == "JOUR")
        titled += "name" in described
    assert titled > 19_000
