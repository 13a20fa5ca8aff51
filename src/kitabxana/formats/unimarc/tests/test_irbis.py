from __future__ import annotations

import io

import pytest

from kitabxana.formats.marc import Parsed, control, fields, iter_irbis, iter_records, subfield
from kitabxana.formats.marc.tests.corpus import DATA
from kitabxana.formats.unimarc import irbis_to_marc21, is_irbis
from kitabxana.formats.unimarc.tests.test_convert import shown, texts

IRBIS = DATA.parent / "irbis"
COUNTS = {"istu.irbis64.txt.gz": 300, "kzd.irbis64.txt.gz": 31, "records.irbis.txt": 10}
KUR = """#920: SPEC
#903: 821-1
#907: ^CПК^A20160328^BX
#919: ^Aaze
#101: aze
#102: AZ
#200: ^VC. 2^aKür^Eroman^FƏ. Vəliyev
#210: ^CElm^ABakı^D2015
#215: ^A251^Cşək.
#621: 84(5Aze)
#908: V 44
#700: ^AVəliyev^BƏ.^GƏli
#702: ^4340 red.^AƏliyev^BB.
#606: ^AÇaylar^BTarix^GBakı
#610: açar söz
#331: Qısa
#461: ^CƏsərlər^FVəliyev^DBakı^GElm^H2010
#910: ^A0^B6664^C20160324^DKX^H66429^E12.50
#2006: a
*****
"""


def read(text: str) -> list[Parsed]:
    return list(iter_irbis(io.BytesIO(text.encode())))


def test_a_record_becomes_marc21() -> None:
    [parsed] = read(KUR)
    assert parsed.marc is not None
    assert is_irbis(parsed.marc)
    converted = irbis_to_marc21(parsed.marc)
    expected = {
        "245": ["10 $aKür$nC. 2$broman$cƏ. Vəliyev"],
        "260": ["   $bElm$aBakı$c2015"],
        "300": ["   $a251$bşək."],
        "084": ["   $a84(5Aze)$2rubbk", "   $aV 44$2rueskl"],
        "100": ["1  $aVəliyev, Ə.$q(Əli)"],
        "700": ["1  $aƏliyev, B.$ered.$4edt"],
        "650": [" 4 $aÇaylar$xTarix$zBakı"],
        "653": ["1  $aaçar söz"],
        "520": ["   $aQısa"],
        "773": ["0  $tƏsərlər : Vəliyev$dBakı, Elm, 2010"],
        "952": ["   $p66429$i6664$cKX$d2016-03-24$g12.50$yBK"],
    }
    assert {tag: shown(converted, tag) for tag in expected} == expected
    assert control(converted.marc, "001") == "821-1"
    assert control(converted.marc, "008").startswith("160328s2015    aj ")
    assert converted.lost == ("2006",)


def test_repeated_fields_wrapped_lines_and_small_letters() -> None:
    text = "#200/1:_^aKür\nroman\r\n#200/2:_^aAraz^\n*****\r\n\n#101: aze\n*****\n"
    one, two = read(text)
    assert one.marc is not None
    assert [subfield(field, "a") for field in fields(one.marc, "200")] == ["Kür roman", "Araz"]
    assert one.mended == ("wrapped_lines", "empty_subfield")
    assert two.marc == {"leader": "", "fields": [{"101": {"ind1": " ", "ind2": " ", "subfields": [{"*": "aze"}]}}]}
    rest = list(iter_irbis(io.BytesIO(text.encode()), start=one.next_position))
    assert [parsed.marc for parsed in rest] == [two.marc]


@pytest.mark.parametrize(("text", "reason"), [("hello", "junk"), ("#10 x", "junk"), ("#10: a\n#x", "bad_field")])
def test_a_broken_record_costs_no_neighbour(text: str, reason: str) -> None:
    got = read(f"{KUR}{text}\n*****\n{KUR}")
    assert [parsed.reason for parsed in got] == ["", reason, ""]
    assert [parsed.reason for parsed in iter_irbis(io.BytesIO(b"#10: \xff\n*****\n"))] == ["bad_encoding"]


@pytest.mark.parametrize(("name", "count"), COUNTS.items())
def test_every_open_record_keeps_each_text_or_names_its_loss(name: str, count: int) -> None:
    got = list(iter_records(IRBIS / name))
    assert len(got) == count
    own = {"100", "900", "903", "905", "906", "907", "908", "910", "919", "920", "999", "060", "101", "102"}
    for parsed in got:
        assert parsed.marc is not None, parsed.detail
        converted = irbis_to_marc21(parsed.marc)
        out = texts(converted.marc)
        lost = {one.partition("$")[0] for one in converted.lost}
        for entry in parsed.marc["fields"]:
            for tag, value in entry.items():
                if tag in own | lost or tag in {"621", "702", "700", "701", "961"}:
                    continue
                for pair in value["subfields"]:
                    for code, text in pair.items():
                        assert code == "4" or "".join(text.strip(" ,()=").split()) in out, (tag, text)
        assert len(fields(converted.marc, "245")) == min(1, len(fields(parsed.marc, "200")))
        names = sum(len(fields(parsed.marc, tag)) for tag in ("700", "701", "702", "961"))
        assert len(fields(converted.marc, "100")) + len(fields(converted.marc, "700")) == names
        assert len(fields(converted.marc, "952")) == len(fields(parsed.marc, "910"))
