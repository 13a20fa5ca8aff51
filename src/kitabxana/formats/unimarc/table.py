"""UNIMARC bibliographic fields and the MARC 21 fields they become, where a row of a table says all there is to say.

A row is: UNIMARC tag, MARC 21 tag, its indicators ("_" is a blank; 856 keeps its own), and the
subfields as pairs "from-to"; "+" before a pair joins the text to the subfield that is there, as MARC 21 has one where
UNIMARC repeats. After the IFLA UNIMARC Manual (bibliographic), the RUSMARC definition of 2015 for its own fields
(029, 621, 830, 899), and MARC 21 as the Library of Congress publishes it.
"""

from __future__ import annotations

from dataclasses import dataclass

_ROWS = """
010 020 __ aa bq dc zz
011 022 __ aa bq dc fl ym zy
012 026 __ ae 22 55
013 024 2_ aa bq dc zz
015 027 __ aa bq dc zz
016 024 0_ aa bq dc zz
017 024 7_ aa bq dc zz 22
020 015 __ ba aq zz
021 017 __ ba ab
022 086 __ ba zz
029 027 __ ba
033 024 7_ aa 22 zz
035 035 __ aa zz
036 031 __ aa bb cc dd ee mm nn oo pp qq rr ss tt uu 22 88
040 030 __ aa zz
071 028 __ aa bb dc
072 024 1_ aa bq dc zz
073 024 3_ aa bq dc zz
141 563 __ aa
181 336 __ cb 22
182 337 __ cb 22
183 338 __ ab 22
205 250 __ aa fb +gb
206 255 __ aa bb cc dd
207 362 0_ aa zz
208 254 __ aa
210 260 __ aa cb dc ee gf hg
211 263 __ aa
215 300 __ aa cb dc ee
230 256 __ aa
251 351 __ aa bb cc
300 500 __ aa
301 500 __ aa
302 546 __ aa
303 500 __ aa
304 500 __ aa
305 500 __ aa
306 500 __ aa
307 500 __ aa
308 500 __ aa
309 500 __ aa
310 563 __ aa
311 580 __ aa
312 500 __ aa
313 500 __ aa
314 500 __ aa
315 500 __ aa
316 590 __ aa 55
317 561 __ aa 55
318 583 __ aa bb cc dd ee ff hh ii jj kk ll nn oo pp rr 55
320 504 __ aa
321 510 4_ aa bb cc xx
322 508 __ aa
323 511 0_ aa
324 534 __ an
325 533 __ aa
326 310 __ aa bb
330 520 __ aa
331 520 __ aa
332 524 __ aa
333 521 __ aa
334 586 __ aa
336 516 __ aa
337 538 __ aa
345 037 __ ba ab cf dc
371 506 __ aa bb cc
510 246 31 aa eb hn ip nn
512 246 14 aa eb hn ip
513 246 15 aa eb hn ip
514 246 16 aa eb
515 246 17 aa
516 246 18 aa eb
517 246 3_ aa eb hn ip
518 246 3_ aa
520 247 10 aa eb hn ip jf xx
530 222 _0 aa bb
531 210 __ aa bb
532 246 3_ aa
540 246 3_ aa eb hn ip
541 242 10 aa eb hn ip zy
545 246 3_ aa
560 246 3_ aa
608 655 _7 aa xx yz zy jv 22 30
610 653 1_ aa
615 653 __ aa
616 653 __ aa
620 752 __ aa bb cc dd
621 561 __ aa
660 043 __ aa
661 045 __ aa
675 080 __ aa v2
676 082 04 aa v2
680 050 _4 aa bb
686 084 __ aa bb 22
730 720 __ aa 44
830 588 __ aa
852 852 __ aa bb cc gi hh ii jj kk ll mm pp tt xx zz
856 856 __ aa bb cc dd ff hh ii jj kk ll mm nn oo pp qq rr ss tt uu vv ww xx yy zz
899 852 __ aa bb cc dd ee ff hh ii jj kk ll mm nn pp ss tt xx zz
"""


@dataclass(frozen=True, slots=True)
class Row:
    """``codes`` maps a subfield to (its new code, whether its text is joined to what stands there already)."""

    tag: str
    indicators: str
    codes: dict[str, tuple[str, bool]]


def _row(line: str) -> tuple[str, Row]:
    source, tag, indicators, *pairs = line.split()
    codes = {pair[-2]: (pair[-1], pair[0] == "+") for pair in pairs}
    return source, Row(tag, indicators.replace("_", " "), codes)


ROWS = dict(map(_row, _ROWS.strip().splitlines()))

LINKS = {
    "410": ("830", " 0"), "411": ("762", "0 "), "412": ("787", "0 "), "413": ("787", "0 "), "421": ("770", "0 "),
    "422": ("772", "0 "), "423": ("777", "0 "), "424": ("787", "0 "), "425": ("787", "0 "), "430": ("780", "00"),
    "431": ("780", "01"), "432": ("780", "02"), "433": ("780", "03"), "434": ("780", "05"), "435": ("780", "06"),
    "436": ("780", "04"), "437": ("780", "07"), "440": ("785", "00"), "441": ("785", "01"), "442": ("785", "02"),
    "443": ("785", "03"), "444": ("785", "04"), "445": ("785", "05"), "446": ("785", "06"), "447": ("785", "07"),
    "448": ("785", "08"), "451": ("775", "0 "), "452": ("776", "0 "), "453": ("767", "0 "), "454": ("765", "0 "),
    "455": ("775", "0 "), "456": ("776", "0 "), "461": ("773", "0 "), "462": ("773", "0 "), "463": ("773", "0 "),
    "464": ("774", "0 "), "470": ("787", "0 "), "481": ("777", "0 "), "482": ("777", "0 "), "488": ("787", "0 "),
}  # fmt: skip
"""4XX → linking entry and its indicators. 461 to 463 in a record above them (leader/08 "1", or a set) become 774."""

NAMES = {
    "700": ("00", True), "701": ("00", False), "702": ("00", False), "710": ("10", True), "711": ("10", False),
    "712": ("10", False), "720": ("00", True), "721": ("00", False), "722": ("00", False),
}  # fmt: skip
"""7XX → end of the MARC 21 tag, and whether it may be the main entry; a meeting (first indicator 1) is 11."""

SUBJECT_NAMES = {"600": "600", "601": "610", "602": "600", "605": "630", "606": "650", "607": "651"}

RELATORS = {
    "005": "act", "010": "adp", "018": "aui", "020": "ann", "030": "arr", "040": "art", "050": "asn", "060": "asn",
    "065": "auc", "070": "aut", "072": "aqt", "075": "aft", "080": "aui", "090": "dlg", "100": "ant", "110": "bnd",
    "120": "bdd", "130": "bkd", "140": "bjd", "150": "bpd", "160": "bsl", "170": "clr", "180": "ctg", "190": "cns",
    "200": "chr", "205": "clb", "210": "cmm", "212": "cwt", "220": "com", "230": "cmp", "240": "cmt", "245": "ccp",
    "250": "cnd", "255": "csp", "260": "cph", "270": "crr", "273": "cur", "275": "dnc", "280": "dte", "290": "dto",
    "295": "dgg", "300": "drt", "305": "dis", "310": "dst", "320": "dnr", "330": "dub", "340": "edt", "350": "egr",
    "360": "etr", "365": "exp", "370": "flm", "380": "frg", "390": "fmo", "400": "fnd", "410": "gra", "420": "hnr",
    "430": "ilu", "440": "ill", "450": "ins", "460": "ive", "470": "ivr", "480": "lbt", "490": "lse", "500": "lso",
    "510": "ltg", "520": "lyr", "530": "mte", "540": "mon", "545": "mus", "550": "nrt", "555": "opn", "557": "orm",
    "560": "org", "570": "oth", "580": "ppm", "590": "prf", "595": "res", "600": "pht", "605": "prs", "610": "prt",
    "620": "pop", "630": "pro", "635": "prg", "640": "pfr", "650": "pbl", "660": "rcp", "670": "rce", "673": "rth",
    "675": "rev", "680": "rbr", "690": "aus", "695": "sad", "700": "scr", "705": "scl", "710": "sec", "720": "sgn",
    "721": "sng", "723": "spn", "727": "ths", "730": "trl", "740": "tyd", "750": "tyg", "755": "voc", "760": "wde",
    "770": "wam",
}  # fmt: skip
"""UNIMARC relator codes (appendix C) → MARC relators."""

SUBJECT_SYSTEMS = {"lc": "0", "lcsh": "0", "lcshac": "1", "mesh": "2", "nal": "3", "rameau": "7"}
"""$2 of 6XX → second indicator; any other is 7 with $2."""

_CODES = """
ae:ts af:af al:aa am:ai ao:ao ar:ag at:au au:at az:aj ba:bn bd:bg be:be bg:bu bo:bo br:bl by:bw ca:xxc ch:sz
ci:iv cl:cl cm:cm cn:cc co:ck cr:cr cu:cu cy:cy cz:xr de:gw dk:dk do:dr dz:ae ec:ec ee:er eg:ua es:sp et:et
fi:fi fr:fr gb:xxk ge:gs gh:gh gr:gr gt:gt hn:ho hr:ci hu:hu id:io ie:ie il:is in:ii iq:iq ir:ir is:ic it:it
jm:jm jo:jo jp:ja ke:ke kg:kg kh:cb kp:kn kr:ko kw:ku kz:kz la:ls lb:le li:lh lk:ce lt:li lu:lu lv:lv ly:ly
ma:mr mc:mc md:mv me:mo mg:mg mk:xn ml:ml mm:br mn:mp mt:mm mu:mf mx:mx my:my ng:nr ni:nq nl:ne no:no np:np
nz:nz om:mk pa:pn pe:pe ph:ph pk:pk pl:pl pr:pr ps:gz pt:po py:py qa:qa ro:rm rs:rb ru:ru sa:su sd:sj se:sw
sg:si si:xv sk:xo sn:sg sv:es sy:sy th:th tj:ta tm:tk tn:ti tr:tu tw:ch tz:tz ua:un ug:ug us:xxu uy:uy uz:uz
va:vc ve:ve vn:vm ye:ye za:sa zm:za zw:rh
"""
COUNTRIES: dict[str, str] = {iso: code for iso, _, code in (pair.partition(":") for pair in _CODES.split())}
"""ISO 3166 → MARC country codes; what is not here goes to 044 $c alone."""
