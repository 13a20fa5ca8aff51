"""Whatever a record holds, the conversion ends with MARC 21 that can be written, or says why not."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kitabxana.formats.marc import control, parse_marcjson, to_marcjson
from kitabxana.formats.unimarc import NotConvertible, flavour_of, irbis_to_marc21, is_authority, is_irbis, to_marc21
from kitabxana.formats.unimarc.coded import USED
from kitabxana.formats.unimarc.irbis import ROWS as IRBIS_ROWS
from kitabxana.formats.unimarc.table import LINKS, NAMES, ROWS, SUBJECT_NAMES

OTHERS = "200 214 225 327 328 500 910 903 907 919 920 2006 FMT 152 999"
TAGS = sorted({*ROWS, *LINKS, *NAMES, *SUBJECT_NAMES, *USED, *IRBIS_ROWS, *OTHERS.split()})
TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["2001 ", "001x", "700 1", "\x88Le \x89x", "20240102d2023    m  y0azey50      ca", "070", "340 red.", " , "]
    ),
)
CODES = st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789*")
DATA_FIELDS = st.fixed_dictionaries(
    {
        "ind1": st.sampled_from(" 012|"),
        "ind2": st.sampled_from(" 012|"),
        "subfields": st.lists(st.builds(lambda code, text: {code: text}, CODES, TEXTS), max_size=6),
    }
)
CONTROLS = st.builds(lambda tag, text: {tag: text}, st.sampled_from(["001", "003", "005", "008", "LDR"]), TEXTS)
FIELDS = st.lists(
    st.one_of(CONTROLS, st.builds(lambda tag, value: {tag: value}, st.sampled_from(TAGS), DATA_FIELDS)), max_size=12
)


@settings(max_examples=400, deadline=2000)
@given(st.text(alphabet="0123456789 acmnsxyz|", max_size=26), FIELDS)
def test_any_fields(leader: str, fields: list[dict[str, Any]]) -> None:
    marc = {"leader": leader, "fields": fields}
    assert flavour_of(marc) in {"marc21", "unimarc"}
    assert is_irbis(marc) in {True, False}
    for convert in (to_marc21, irbis_to_marc21):
        try:
            converted = convert(marc)
        except NotConvertible:
            assert convert is irbis_to_marc21 or is_authority(marc)
            continue
        assert len(converted.marc["leader"]) == 24
        assert len(control(converted.marc, "008")) >= 40 or "008" in converted.lost
        assert parse_marcjson(to_marcjson(converted.marc))[0] == converted.marc
        assert len(set(converted.lost)) == len(converted.lost)
