"""Coded values by the names people give them in Azerbaijani, Turkish, English and Russian.

Languages: ISO 639-2 in its bibliographic codes, as MARC has them; their names are CLDR's. Audiences: MARC 21 008/22.
"""

from __future__ import annotations

import functools
import re

from babel import Locale

from kitabxana.language import words

_TWO_LETTERS = """
aa:aar ab:abk ae:ave af:afr ak:aka am:amh an:arg ar:ara as:asm av:ava ay:aym az:aze ba:bak be:bel bg:bul bh:bih bi:bis
bm:bam bn:ben bo:tib br:bre bs:bos ca:cat ce:che ch:cha co:cos cr:cre cs:cze cu:chu cv:chv cy:wel da:dan de:ger dv:div
dz:dzo ee:ewe el:gre en:eng eo:epo es:spa et:est eu:baq fa:per ff:ful fi:fin fj:fij fo:fao fr:fre fy:fry ga:gle gd:gla
gl:glg gn:grn gu:guj gv:glv ha:hau he:heb hi:hin ho:hmo hr:hrv ht:hat hu:hun hy:arm hz:her ia:ina id:ind ie:ile ig:ibo
ii:iii ik:ipk io:ido is:ice it:ita iu:iku ja:jpn jv:jav ka:geo kg:kon ki:kik kj:kua kk:kaz kl:kal km:khm kn:kan ko:kor
kr:kau ks:kas ku:kur kv:kom kw:cor ky:kir la:lat lb:ltz lg:lug li:lim ln:lin lo:lao lt:lit lu:lub lv:lav mg:mlg mh:mah
mi:mao mk:mac ml:mal mn:mon mr:mar ms:may mt:mlt my:bur na:nau nb:nob nd:nde ne:nep ng:ndo nl:dut nn:nno no:nor nr:nbl
nv:nav ny:nya oc:oci oj:oji om:orm or:ori os:oss pa:pan pi:pli pl:pol ps:pus pt:por qu:que rm:roh rn:run ro:rum ru:rus
rw:kin sa:san sc:srd sd:snd se:sme sg:sag si:sin sk:slo sl:slv sm:smo sn:sna so:som sq:alb sr:srp ss:ssw st:sot su:sun
sv:swe sw:swa ta:tam te:tel tg:tgk th:tha ti:tir tk:tuk tl:tgl tn:tsn to:ton tr:tur ts:tso tt:tat tw:twi ty:tah ug:uig
uk:ukr ur:urd uz:uzb ve:ven vi:vie vo:vol wa:wln wo:wol xh:xho yi:yid yo:yor za:zha zh:chi zu:zul
"""
# Codes of ISO 639-2 that have no two-letter one, as far as CLDR gives them no name or another one; dead codes of MARC.
_THREE_LETTERS = """
afa alg apa art ath aus bad bai bat ber bnt btk cai cau cel cmc cnr cpe cpf cpp crp cus day dra fiu gem him ijo inc
ine ira iro kar khi kro map mis mkh mno mun mul myn nah nai nic nub oto paa phi pra roa sai sal sem sgn sio sit sla
smi son ssa tai tly tup tut und wak wen ypk zap znd zxx zza
"""
_TERMINOLOGY = {
    "bod": "tib", "ces": "cze", "cym": "wel", "deu": "ger", "ell": "gre", "eus": "baq", "fas": "per", "fra": "fre",
    "hye": "arm", "isl": "ice", "kat": "geo", "mkd": "mac", "mri": "mao", "msa": "may", "mya": "bur", "nld": "dut",
    "ron": "rum", "slk": "slo", "sqi": "alb", "zho": "chi",
}  # fmt: skip
_ALSO_CALLED = {
    "aze": ("azeri", "azerice", "azəri", "azəri türkcəsi", "azerbaycan türkçesi", "آذربایجانی", "تورکی"),
    "ota": ("osmanlı", "osmanlıca", "osmanlı türkcəsi", "османский"),
    "per": ("فارسی", "فارسجا"), "ara": ("عربی", "العربية"), "heb": ("ivrit", "ibrani"), "tly": ("talış", "талышский"),
    "tat": ("tatar türkçesi",), "kir": ("киргизский", "kırgız"), "mul": ("çoxdilli", "çok dilli", "multilingual"),
}  # fmt: skip
_LANGUAGE_WORDS = {"dili", "dil", "dilinde", "language", "язык"}
_SUFFIX = re.compile(r"(?<=\w{3})[cç][ae]$")

MATERIAL_NAMES: dict[str, tuple[str, ...]] = {
    "book": ("kitab", "kitap", "book", "books", "книга", "книги"),
    "serial": ("dövri nəşr", "jurnal", "qəzet", "süreli yayın", "dergi", "gazete", "serial", "periodical", "journal",
               "newspaper", "периодика", "журнал", "газета"),
    "ebook": ("elektron kitab", "e-kitab", "ekitab", "e-kitap", "ekitap", "e-book", "ebook", "электронная книга"),
    "ejournal": ("elektron jurnal", "e-jurnal", "e-dergi", "edergi", "e-journal", "ejournal", "электронный журнал"),
    "map": ("xəritə", "harita", "map", "atlas", "карта", "атлас"),
    "score": ("not", "nota", "score", "ноты"),
    "music": ("musiqi", "müzik", "music", "музыка"),
    "spoken": ("səsli kitab", "audiokitab", "sesli kitap", "audiobook", "spoken", "аудиокнига"),
    "video": ("film", "video", "кино", "фильм", "видео"),
    "picture": ("şəkil", "foto", "resim", "fotoğraf", "picture", "photo", "изображение", "фото"),
    "manuscript": ("əlyazma", "yazma", "el yazması", "manuscript", "рукопись"),
    "archive": ("arxiv", "arşiv", "archive", "архив"),
    "computer": ("elektron resurs", "elektronik kaynak", "computer", "software", "электронный ресурс"),
    "kit": ("dəst", "set", "kit", "комплект"),
    "object": ("əşya", "nesne", "object", "предмет"),
}  # fmt: skip
"""`catalogue.rules.MATERIALS` by every name; the first is the one shown."""

AUDIENCE_NAMES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "children": (
        ("a", "b", "c", "j"),
        ("uşaq", "uşaqlar", "çocuk", "çocuklar", "children", "juvenile", "детям", "дети"),
    ),
    "preschool": (("a",), ("məktəbəqədər", "okul öncesi", "preschool", "дошкольники")),
    "primary": (("b",), ("ibtidai", "ilkokul", "primary", "начальная школа")),
    "teens": (("c", "d"), ("yeniyetmə", "yeniyetmələr", "genç", "ergen", "teens", "adolescent", "подростки")),
    "adults": (("e",), ("böyüklər", "yetişkin", "yetişkinler", "adults", "adult", "взрослые")),
    "specialists": (("f",), ("mütəxəssis", "mütəxəssislər", "uzman", "specialists", "specialized", "специалисты")),
    "general": (("g",), ("ümumi", "genel", "general", "общая")),
}
"""Names of groups of readers with their codes of MARC 21 008/22."""


def _key(name: str) -> str:
    return " ".join(words(name))


_MATERIALS = {_key(name): code for code, names in MATERIAL_NAMES.items() for name in names}
_AUDIENCES = {_key(name): codes for codes, names in AUDIENCE_NAMES.values() for name in names} | {
    code: (code,) for code in "abcdefgj"
}


@functools.cache
def _languages() -> dict[str, str]:
    """Every code and every folded name to the code of MARC; the first name given to one language keeps it."""
    short = dict(pair.split(":") for pair in _TWO_LETTERS.split())
    found = {code: code for code in short.values()} | {code: code for code in _THREE_LETTERS.split()}
    found |= short | _TERMINOLOGY
    names = {_key(name): code for code, given in _ALSO_CALLED.items() for name in given}
    for locale in ("az", "tr", "en", "ru"):
        for tag, name in Locale(locale).languages.items():
            code = short.get(tag) or _TERMINOLOGY.get(tag, tag)
            if len(code) == 3:
                found.setdefault(code, code)
                names.setdefault(_key(name), code)
    return names | found


def language_code(name: str) -> str:
    """The MARC code of a language by its code (az, aze) or its name in az, tr, en, ru; "" when nobody knows it."""
    known = _languages()
    asked = words(name)
    kept = [word for word in asked if word not in _LANGUAGE_WORDS] or asked
    plain = " ".join(kept)
    # "Azerbaycan dili" is the name itself in Turkish; "rusca" is rus with the ending of languages.
    return known.get(" ".join(asked)) or known.get(plain) or known.get(_SUFFIX.sub("", plain)) or ""


def material_code(name: str) -> str:
    """One of `catalogue.rules.MATERIALS` by itself or by its name; "" when nobody knows it."""
    return _MATERIALS.get(_key(name), "")


def audience_codes(name: str) -> tuple[str, ...]:
    """The codes of MARC 21 008/22 that a name of an audience stands for; none when nobody knows it."""
    return _AUDIENCES.get(_key(name), ())
