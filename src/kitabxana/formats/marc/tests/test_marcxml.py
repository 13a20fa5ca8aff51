from __future__ import annotations

import io
import json
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from kitabxana.formats.marc import Parsed, SourceError, control, fields, iter_marcxml, subfield
from kitabxana.formats.marc.shape import MAX_RECORD_BYTES
from kitabxana.formats.marc.tests.corpus import DATA, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="http://www.loc.gov/MARC21/slim">\n'
ONE = (
    '<record><leader>00000nam a2200000 a 4500</leader><controlfield tag="001">az-1</controlfield>'
    '<datafield tag="245" ind1="1" ind2="0"><subfield code="a">Əli &amp; Nino &#x2F;</subfield></datafield></record>'
)
TWO = ONE.replace("az-1", "az-2")


def read(text: str | bytes, *, start: int = 0) -> list[Parsed]:
    data = text.encode() if isinstance(text, str) else text
    return list(iter_marcxml(io.BytesIO(data), start=start))


def numbers(got: list[Parsed]) -> list[str]:
    return [parsed.reason if parsed.marc is None else control(parsed.marc, "001") for parsed in got]


def test_a_collection_is_read_record_by_record() -> None:
    got = read(HEAD + ONE + "\n" + TWO + "</collection>")
    assert numbers(got) == ["az-1", "az-2"]
    assert got[0].marc == {
        "leader": "00000nam a2200000 a 4500",
        "fields": [{"001": "az-1"}, {"245": {"ind1": "1", "ind2": "0", "subfields": [{"a": "Əli & Nino /"}]}}],
    }
    assert (got[0].data.decode(), got[0].offset) == (ONE, len(HEAD))


def prefixed(text: str) -> str:
    for name in ("record", "leader", "controlfield", "datafield", "subfield"):
        text = text.replace(f"<{name}", f"<m:{name}").replace(f"</{name}", f"</m:{name}")
    return text


@pytest.mark.parametrize(
    "text",
    [
        ONE,
        prefixed(ONE),  # the prefix is declared nowhere
        f'<m:collection xmlns:m="http://www.loc.gov/MARC21/slim">{prefixed(ONE)}</m:collection>',
        prefixed(ONE).replace("<m:record>", '<m:record xmlns:m="urn:x" xsi:schemaLocation="urn:x y">'),
        f"<OAI-PMH><ListRecords><record><header><identifier>1</identifier></header><metadata>{ONE}</metadata></record></ListRecords></OAI-PMH>",
        f'<zs:records xmlns:zs="urn:zs"><zs:record><zs:recordData>{ONE}</zs:recordData></zs:record></zs:records>',
        f"<!-- <record><leader/></record> -->{ONE}<!-- {TWO} -->",
        f"<!DOCTYPE collection [<!ENTITY a 'x'>]><collection>{ONE}</collection>",
        ONE.replace("Əli &amp; Nino &#x2F;", "<![CDATA[Əli & Nino]]> <!-- </record> -->/"),
    ],
)
def test_however_it_is_wrapped(text: str) -> None:
    [parsed] = read(text)
    assert parsed.marc is not None, parsed.detail
    assert subfield(fields(parsed.marc, "245")[0], "a") == "Əli & Nino /"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1251", "iso-8859-9"])
def test_encodings_by_bom_shape_and_declaration(encoding: str) -> None:
    word = {"windows-1251": "Баку", "iso-8859-9": "İğdır"}.get(encoding, "Bakı Баку İğdır")
    said = "utf-16" if "16" in encoding else encoding.removesuffix("-sig")
    text = HEAD.replace("UTF-8", said) + ONE.replace("Əli", word) + TWO.replace("Əli", word) + "</collection>"
    data = text.encode(encoding)
    got = read(data)
    assert [subfield(fields(parsed.marc or {}, "245")[0], "a") for parsed in got] == [f"{word} & Nino /"] * 2
    assert numbers(read(data, start=got[0].next_position)) == ["az-2"]


@pytest.mark.parametrize("name", ["klingon", "zlib", "undefined", "idna"])
def test_an_encoding_that_is_none_for_texts_is_said(name: str) -> None:
    with pytest.raises(SourceError, match="encoding"):
        read(HEAD.replace("UTF-8", name) + ONE)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (ONE.replace("</subfield>", ""), "not_well_formed"),
        (ONE.replace("</record>", ""), "not_well_formed"),
        (ONE.replace("&amp;", "&unknown;"), "not_well_formed"),
        (ONE.replace("Nino", "Ni\x1bno"), "not_well_formed"),
        (ONE.replace("Əli", "\udc8f").encode("utf-8", "surrogateescape"), "not_well_formed"),
        (ONE.replace(' tag="245"', ""), "bad_field"),
        (ONE.replace(' code="a"', ""), "bad_field"),
        (ONE.replace("Nino", "<b>Nino</b>"), "bad_field"),
        (ONE.replace("</datafield>", "</datafield><subfield code='a'>x</subfield>"), "bad_field"),
        ("<record></record>", "empty"),
        ("<record/>", "empty"),
        (ONE.removeprefix("<record>"), "junk"),
    ],
)
def test_a_bad_record_ruins_only_itself(bad: str | bytes, reason: str) -> None:
    piece = bad.encode() if isinstance(bad, str) else bad
    got = read(HEAD.encode() + ONE.encode() + piece + TWO.encode() + b"</collection>")
    assert numbers(got) == ["az-1", reason, "az-2"]
    assert got[1].data.strip() in piece
    assert got[1].detail


def test_a_text_cut_off_gives_all_before_and_says_so() -> None:
    assert numbers(read(HEAD + ONE + TWO[:-20])) == ["az-1", "truncated"]


def test_entities_are_never_expanded() -> None:
    lols = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    text = f'<!DOCTYPE r [<!ENTITY l0 "lol">{lols}<!ENTITY f SYSTEM "file:///etc/passwd">]><collection>'
    tracemalloc.start()
    got = read(text + ONE.replace("Nino", "&l9;") + ONE.replace("Nino", "&f;") + TWO)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert numbers(got) == ["not_well_formed", "not_well_formed", "az-2"]
    assert most < 10 * 2**20, "expanded it would be three gigabytes"


def test_a_record_without_end_is_given_up_in_bounded_memory() -> None:
    got = read(HEAD + "<record>" + "<leader>x</leader>" * (MAX_RECORD_BYTES // 18 + 90_000) + ONE)
    assert got[0].reason == "oversize"
    assert len(got[0].data) < MAX_RECORD_BYTES + 1_000_000
    assert numbers(got)[-1] == "az-1"


def test_reading_goes_on_where_it_stopped() -> None:
    data = unpacked("auth.marcxml.xml.gz")
    whole = read(data)
    for at in (1, 700, len(whole) - 1):
        assert read(data, start=whole[at - 1].next_position) == whole[at:]


class Trickle(io.RawIOBase):
    """Gives what it has in pieces of a size of its own."""

    def __init__(self, data: bytes, size: Callable[[], int]) -> None:
        self._data, self._at, self._size = data, 0, size

    def read(self, _size: int | None = -1, /) -> bytes:
        piece = self._data[self._at : self._at + self._size()]
        self._at += len(piece)
        return piece


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_the_size_of_the_pieces_does_not_matter(size: int) -> None:
    text = (
        HEAD + ONE + "<!-- <record> -->" + prefixed(ONE) + ONE.replace("Nino", "<![CDATA[</record>]]>") + TWO[:-9] + TWO
    )
    whole = read(text)
    assert numbers(whole) == ["az-1", "az-1", "az-1", "not_well_formed", "az-2"]
    assert list(iter_marcxml(Trickle(text.encode(), lambda: size))) == whole  # type: ignore[arg-type]


def test_every_problem_file_is_read_without_an_exception() -> None:
    counts = {path.name: numbers(read(path.read_bytes())) for path in (DATA / "problem_files").glob("*.xml")}
    assert len(counts) >= 12
    assert len(counts["solrmarc_solrmarc__specTestRecs_no_Prolog.xml"]) == 76
    assert counts["marc4j_marc4j__chabon-missing-subfield-code.xml"] == ["bad_field"]


def test_every_malformed_record_is_read_or_refused() -> None:
    texts = [json.loads(line)["raw"] for line in unpacked("malformed_marcxml.jsonl.gz").splitlines()]
    got = [read(text) for text in texts]
    assert all(len(one) == 1 for one in got)
    assert [one[0].reason for one in got].count("") == 5
