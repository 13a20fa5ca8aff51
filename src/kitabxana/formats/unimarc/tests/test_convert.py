from __future__ import annotations

from typing import Any

import pytest

from kitabxana.formats.marc import MarcJson, control, fields, iter_records, subfield
from kitabxana.formats.marc.tests.corpus import DATA, UNIMARC_FILES
from kitabxana.formats.unimarc import Converted, NotConvertible, flavour_of, is_authority, to_marc21
from kitabxana.formats.unimarc.pieces import cleaned

GENERAL = "20240102d2023    m  y0azey50      ca"


def field(tag: str, ind: str, /, *pairs: tuple[str, str], **more: str) -> dict[str, Any]:
    return {
        tag: {"ind1": ind[0], "ind2": ind[1], "subfields": [{code: text} for code, text in (*pairs, *more.items())]}
    }


def convert(*given: dict[str, Any], leader: str = "00000nam0 2200000   450 ") -> Converted:
    return to_marc21({"leader": leader, "fields": [{"001": "1"}, field("100", "  ", a=GENERAL), *given]})


def shown(converted: Converted, tag: str) -> list[str]:
    return [
        one["ind1"]
        + one["ind2"]
        + " "
        + "".join(f"${code}{text}" for pair in one["subfields"] for code, text in pair.items())
        for one in fields(converted.marc, tag)
    ]


@pytest.mark.parametrize(
    ("given", "tag", "made"),
    [
        (field("010", "  ", a="9789952", b="cild", d="5 AZN"), "020", "   $a9789952$qcild$c5 AZN"),
        (field("200", "1 ", ("a", "Kür"), ("e", "roman"), ("e", "povest"), ("f", "Ə. V."), ("g", "red. B")), "245",
         "00 $aKür$broman : povest$cƏ. V. ; red. B"),
        (field("200", "1 ", ("a", "\x88Les \x89dragons"), ("h", "2"), ("i", "Su")), "245", "04 $aLes dragons$n2$pSu"),
        (field("200", "1 ", ("a", "Bir"), ("a", "İki"), ("c", "Üç")), "245", "00 $aBir ; İki. Üç"),
        (field("205", "  ", a="2-ci nəşr", b="düzəlişlə"), "250", "   $a2-ci nəşr"),
        (field("210", "  ", a="Bakı", c="Elm", d="2023"), "260", "   $aBakı$bElm$c2023"),
        (field("214", " 0", a="Bakı", c="Elm", d="2023"), "264", " 1 $aBakı$bElm$c2023"),
        (field("215", "  ", a="312 s.", c="şək.", d="21 sm", e="CD"), "300", "   $a312 s.$bşək.$c21 sm$eCD"),
        (field("225", "2 ", a="Xəzər", e="silsilə", v="3"), "490", "0  $aXəzər : silsilə$v3"),
        (field("327", "1 ", ("a", "Bir"), ("a", "İki")), "505", "0  $aBir -- İki"),
        (field("330", "  ", a="Qısa"), "520", "   $aQısa"),
        (field("606", "  ", a="Çaylar", x="Tarix", y="Bakı", z="19 əsr", j="Xəritə", **{"2": "rameau"}), "650",
         " 7 $aÇaylar$xTarix$zBakı$y19 əsr$vXəritə$2rameau"),
        (field("607", "  ", a="Bakı", **{"2": "lc"}), "651", " 0 $aBakı"),
        (field("610", "0 ", a="açar söz"), "653", "1  $aaçar söz"),
        (field("675", "  ", a="821.512", v="4"), "080", "   $a821.512$24"),
        (field("676", "  ", a="894.36", v="23"), "082", "04 $a894.36$223"),
        (field("686", "  ", a="84(5Aze)", **{"2": "rubbk"}), "084", "   $a84(5Aze)$2rubbk"),
        (field("700", " 1", a="Vəliyev", b="Ə.", g="Əli", f="1901-1983", **{"4": "070"}), "100",
         "1  $aVəliyev, Ə.$q(Əli)$d1901-1983$4aut"),
        (field("702", " 1", a="Əliyev", b="B.", **{"4": "340 red."}), "700", "1  $aƏliyev, B.$ered.$4edt"),
        (field("710", "02", a="AMEA", b="Tarix İnstitutu", c="Bakı"), "110", "2  $aAMEA$bTarix İnstitutu (Bakı)"),
        (field("710", "12", a="Konqres", d="2", e="Bakı", f="2023"), "111", "2  $aKonqres$n2$cBakı$d2023"),
        (field("801", " 0", a="AZ", b="MKK", g="RCR"), "040", "   $aAZ-MKK$baze$ercr"),
        (field("464", "  ", t="Hekayə", a="Vəliyev"), "774", "0  $aVəliyev$tHekayə"),
        (field("430", " 1", t="Köhnə ad", x="0134-3386"), "780", "00 $tKöhnə ad$x0134-3386"),
        (field("102", "  ", ("a", "AZ"), ("a", "TR")), "044", "   $caz$ctr"),
        (field("101", "1 ", a="aze", c="rus"), "041", "1  $aaze$hrus"),
        (field("995", "  ", f="B1"), "995", "   $fB1"),
    ],
)  # fmt: skip
def test_a_field_becomes_its_marc21_one(given: dict[str, Any], tag: str, made: str) -> None:
    assert made in shown(convert(given), tag)


def test_fields_inside_a_linking_entry() -> None:
    entry = field(
        "461", " 1", ("1", "001RU-55"), ("1", "2001 "), ("a", "Əsərlər"), ("e", "10 cilddə"), ("v", "C. 2"), ("g", "x"),
        ("1", "700 1"), ("a", "Vəliyev"), ("b", "Ə."), ("1", "210  "), ("a", "Bakı"), ("c", "Elm"), ("d", "2020"),
    )  # fmt: skip
    converted = convert(entry)
    assert shown(converted, "773") == ["0  $aVəliyev, Ə.$tƏsərlər : 10 cilddə$dBakı : Elm, 2020$gC. 2$wRU-55"]
    assert converted.lost == ("461/200$g",)
    assert shown(convert(entry, leader="00000nam1 2200000   450 "), "774") != []


def test_fixed_fields_say_what_unimarc_said_and_guess_nothing() -> None:
    converted = convert(
        field("101", "0 ", a="aze"),
        field("102", "  ", a="AZ"),
        field("105", "  ", a="a   m   001aa"),
        field("106", "  ", a="r"),
    )
    fixed = control(converted.marc, "008")
    assert fixed == "240102s2023    aj a   g m    001 1aaze|||"[:35] + fixed[35:]
    assert (len(fixed), fixed[:6], fixed[6], fixed[7:11], fixed[15:18], fixed[35:38]) == (
        40,
        "240102",
        "s",
        "2023",
        "aj ",
        "aze",
    )
    assert converted.marc["leader"] == "00000nam a2200000 c 4500"
    bare = to_marc21({"leader": "", "fields": [field("200", "1 ", a="Kür")]})
    assert control(bare.marc, "008") == "|" * 7 + " " * 8 + "|" * 25


def test_the_main_entry_decides_where_a_uniform_title_goes() -> None:
    uniform, person = field("500", "11", a="Koran"), field("700", " 1", a="Vəliyev")
    assert shown(convert(uniform), "130") == ["0  $aKoran"]
    assert shown(convert(uniform, person), "240") == ["10 $aKoran"]
    assert shown(convert(uniform, person, field("200", "1 ", a="K")), "245") == ["10 $aK"]


def test_what_has_no_place_is_named() -> None:
    converted = convert(field("126", "  ", a="agxxlx"), field("200", "1 ", ("a", "K"), ("z", "rus")), {"009": "x"})
    assert converted.lost == ("126$a", "200$z", "009")


def test_an_authority_record() -> None:
    converted = to_marc21({"leader": "00000nx  a2200000   450 ", "fields": [
        {"001": "a1"}, field("100", "  ", a="20240102aazey50      ba0"), field("152", "  ", a="AACR2", b="RAMEAU"),
        field("200", " 1", a="Vəliyev", b="Ə.", f="1901-1983"), field("400", " 1", a="Валиев", b="А.", **{"8": "rus"}),
        field("510", "02", a="AMEA"), field("340", "  ", a="Yazıçı"), field("810", "  ", a="Kür", b="s. 2"),
        field("801", " 0", a="AZ", b="MKK"), field("999", "  ", a="x"),
    ]})  # fmt: skip
    expected = {
        "040": ["   $aAZ-MKK$eaacr2$frameau"],
        "100": ["1  $aVəliyev, Ə.$d1901-1983"],
        "400": ["1  $aВалиев, А."],
        "510": ["2  $aAMEA"],
        "678": ["   $aYazıçı"],
        "670": ["   $aKür$bs. 2"],
        "999": ["   $ax"],
    }
    assert {tag: shown(converted, tag) for tag in expected} == expected
    assert (converted.marc["leader"][6], len(control(converted.marc, "008")), converted.lost) == ("z", 40, ("400$8",))
    with pytest.raises(NotConvertible):
        to_marc21({"leader": "00000nx  a2200000   450 ", "fields": [field("216", "  ", a="Nişan")]})


def test_every_open_authority_record_keeps_its_heading() -> None:
    count = 0
    for parsed in iter_records(DATA / "unimarc_auth.iso2709.mrc.gz"):
        assert parsed.marc is not None
        converted = to_marc21(parsed.marc)
        [given] = fields(parsed.marc, "200")
        [made] = fields(converted.marc, "100")
        assert subfield(made, "a") == ", ".join(
            filter(None, (subfield(given, "a").strip(), subfield(given, "b").strip()))
        )
        assert subfield(made, "d") == subfield(given, "f")
        assert converted.lost == ()
        count += 1
    assert count == 566


@pytest.mark.parametrize("name", [*UNIMARC_FILES, "unimarc.marcxml.xml.gz", "unimarc_auth.marcxml.xml.gz"])
def test_flavours_of_every_open_unimarc_record(name: str) -> None:
    for parsed in iter_records(DATA / name):
        assert parsed.marc is not None, parsed.detail
        mab = "FMT" in {tag for entry in parsed.marc["fields"] for tag in entry} or parsed.marc["leader"][6:9] == "M2."
        assert flavour_of(parsed.marc) == ("marc21" if mab else "unimarc")
        assert mab or is_authority(parsed.marc) == name.startswith("unimarc_auth")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bib.utf8.mrc.gz", "auth.utf8.mrc.gz", "holdings.utf8.mrc.gz", "bib.marcxml.xml.gz",
                                  "bib.marcjson.jsonl.gz", "bib.alephseq.gz", "bib.mrk.gz"])  # fmt: skip
def test_no_marc21_record_is_taken_for_unimarc(name: str) -> None:
    taken = [
        parsed.offset for parsed in iter_records(DATA / name) if parsed.marc and flavour_of(parsed.marc) != "marc21"
    ]
    assert taken == []


def texts(marc: MarcJson) -> str:
    found = []
    for entry in marc["fields"]:
        for value in entry.values():
            found += (
                [value] if isinstance(value, str) else [text for pair in value["subfields"] for text in pair.values()]
            )
    return "".join("".join(cleaned(text).split()) for text in found)


# Codes, not words; parts of a name or an imprint that stand between other words in MARC 21.
CODED = {"001", "005", "100", "101", "102", "105", "106", "110"}


@pytest.mark.parametrize("name", ["unimarc.iso2709.mrc.gz", "unimarc.marcxml.xml.gz"])
def test_every_open_record_keeps_each_text_or_names_its_loss(name: str) -> None:
    checked = 0
    for parsed in iter_records(DATA / name):
        if parsed.marc is None or flavour_of(parsed.marc) == "marc21":
            continue
        converted = to_marc21(parsed.marc)
        assert len(fields(converted.marc, "245")) == min(1, len(fields(parsed.marc, "200")))
        assert len(control(converted.marc, "008")) == 40
        out = texts(converted.marc)
        for entry in parsed.marc["fields"]:
            for tag, value in entry.items():
                if tag in CODED or isinstance(value, str):
                    continue
                for pair in value["subfields"]:
                    for code, text in pair.items():
                        if (
                            {tag, f"{tag}${code}"} & set(converted.lost)
                            or code in "1245o"
                            or f"{tag}/" in str(converted.lost)
                        ):
                            continue
                        if tag == "801" or f"{tag}→" in str(converted.lost):
                            continue
                        assert "".join(cleaned(text).strip(" ,()=").split()) in out, (tag, code, text)
                        checked += 1
    assert checked > 1000


def test_russian_records_in_their_own_character_sets() -> None:
    titles = [subfield(one, "a") for parsed in iter_records(DATA / "unimarc.iso2709.mrc.gz") if parsed.marc
              for one in fields(parsed.marc, "200")]  # fmt: skip
    assert "Джейн Эйр" in titles  # ISO 5427
    assert any(title.startswith("Справочник энергетика угольной шахты") for title in titles)  # Windows 1251
