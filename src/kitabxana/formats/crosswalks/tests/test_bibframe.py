from __future__ import annotations

import itertools

import pytest
from lxml import etree

from kitabxana.formats.crosswalks.bibframe import HEAD, TAIL, bibframe_of, to_bibframe
from kitabxana.formats.marc import Unwritable, fields, iter_records, subfield
from kitabxana.formats.marc.tests.corpus import DATA

BF = "{http://id.loc.gov/ontologies/bibframe/}"
NODE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}nodeID"
KUR = {
    "leader": "00000nam a2200000 a 4500",
    "fields": [
        {"001": "az-1"},
        {"245": {"ind1": "1", "ind2": "0", "subfields": [{"a": "Dəli Kür"}]}},
        {"650": {"ind1": " ", "ind2": "0", "subfields": [{"a": "Çaylar"}]}},
    ],
}


def test_work_and_instance_with_title_and_subject() -> None:
    root = etree.fromstring(to_bibframe(KUR))
    assert root.findtext(f".//{BF}mainTitle") == "Dəli Kür"
    assert root.find(f".//{BF}Work") is not None
    assert root.find(f".//{BF}Instance") is not None
    assert "Çaylar" in "".join(map(str, root.itertext()))


def test_records_in_one_document_are_not_taken_for_one() -> None:
    both = etree.fromstring(HEAD + bibframe_of(KUR, name="r1") + bibframe_of(KUR, name="r2") + TAIL)
    one = {element.get(NODE) for element in etree.fromstring(to_bibframe(KUR)).iter() if element.get(NODE)}
    nodes = {element.get(NODE) for element in both.iter() if element.get(NODE)}
    assert len(nodes) == 2 * len(one) > 4


def test_what_xml_cannot_carry_is_refused() -> None:
    with pytest.raises(Unwritable):
        to_bibframe({**KUR, "fields": [{"001": "\x1b"}]})


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bib.utf8.mrc.gz", "bib.nonutf8.mrc.gz", "bib.marcxml.xml.gz"])
def test_real_records_become_well_formed_graphs_with_their_titles(name: str) -> None:
    made = refused = 0
    for parsed in itertools.islice(iter_records(DATA / name), 0, 4000, 4):
        if parsed.marc is None:
            continue
        try:
            root = etree.fromstring(to_bibframe(parsed.marc))
        except Unwritable:
            refused += 1
            continue
        made += 1
        titled = any(subfield(title, "a") for title in fields(parsed.marc, "245"))
        assert not titled or root.find(f".//{BF}mainTitle") is not None
    assert made > 500
    assert refused <= made * 0.005
