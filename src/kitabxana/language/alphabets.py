"""The order of characters: CLDR's root collation for what catalogues hold, and the az, tr, ru tailorings of it."""

from __future__ import annotations

from typing import Final

# Root order of what is not a letter: white space, punctuation, symbols, currencies, digits. Letters come after.
SIGNS: Final = (
    "\t\n\x0b\x0c\r\x85\u2028\u2029 ‾_‗-‐‒–—―⁓,،;؛⁏:!¡?¿؟‽.·'‘’‚‛‹›\"“”„‟«»()[]{}‖§¶@*/\\&#%‰‱†‡•‣‧⁃′″‴‵‶‷※‿"
    "`´^¯¨¸°©®←→∂∑+±÷×<=>¬|¦~⁒⁄√∞≈≤≥¤¢$£¥₠₡₢₣₤₦₧₩₪₫€₭₮₯₱₲₴₵₸₹₺₼₽₾₿0123456789"
)
LATIN: Final = "abʙcdeǝəɛfgɣƣhiıɨjkƙlmnɲꞑŋoɔɵpqĸrsʃtŧuʉɯʊvʌwxyzƶʒþƿƅʔɂ"
GREEK: Final = "αβγδεϝϛζηθικλμνξοπϟρστυφχψωϡ"
CYRILLIC: Final = "аәӕбвгғҕдђҙеєжҗзѕиіҋйјкқҡҝлљмнңҥњоөпҧҁрсҫтћуүұѹфхҳһѡѿѽѻцҵчҷҹҽҿџшщъыьѣэюяѥѧѫѩѭѯѱѳѵҩӏ"
GEORGIAN: Final = "აბგდევზჱთიკლმნჲოპჟრსტჳუფქღყშჩცძწჭხჴჯჰჵჶ"
ARMENIAN: Final = "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ"
HEBREW: Final = "אבגדהוזחטיכלמנסעפצקרשת"
ARABIC: Final = (
    "ءآأٱؤإئابٻپةتثٹٺټٽٿجڃڄچڿڇحخځڂڅدذڈډڊڋڌڍڎڏرزڑڒړڔڕږڗژڙسشښڛڜصضڝڞطظڟعغڠفڡڢڣڤڥڦقڧڨكکڪګڬڭڮگڰڱڲڳڴلڵڶڷڸمن"
    "ںڻڼڽڹهھہۃەوۄۅۆۇۈۉۊۋۏىيیۍێېۑے"
)

# Letters that are another letter with a stroke, and ligatures: equal at first, different after.
VARIANTS: Final = {
    "đ": "d\u0335", "ø": "o\u0338", "ł": "l\u0335", "ħ": "h\u0335", "ð": "d\u0331", "ґ": "г\u0335",
    "æ": "ae", "œ": "oe", "ß": "ss", "ѐ": "е\u0300", "ۂ": "ہ\u0654", "ۀ": "ە\u0654", "ۓ": "ے\u0654",
    "ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ", "ς": "σ", "׳": "'", "״": '"', "‑": "‐",
}  # fmt: skip

# The second level: how marks follow one another on the same letter.
MARKS: Final = (
    "\u0332\u0313\u0314\u0301\u0300\u0306\u0302\u030c\u030a\u0342\u0308\u030b\u0303\u0307\u0338\u0327\u0328\u0304"
    "\u030d\u030e\u0312\u0315\u031a\u0337\u0335\u0305\u0309\u030f\u0310\u0311\u031b\u0323\u0324\u0325\u0326\u032d"
    "\u032e\u0330\u0331\u0334\u0339\u0345\u0358\u0360\u0361\u0483\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652"
    "\u0653\u0654\u0655\u0670"
)

# CLDR's rules &C<ç and so on: a letter, and the letter it stands right after.
TAILORINGS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "az": (
        ("ç", "c"), ("ğ", "g"), ("ö", "o"), ("ş", "s"), ("ü", "u"), ("q", "k"), ("ə", "e"), ("x", "h"), ("w", "z"),
    ),
    "tr": (("ç", "c"), ("ğ", "g"), ("ö", "o"), ("ş", "s"), ("ü", "u")),
}  # fmt: skip
_ROOT_SCRIPTS: Final = (LATIN, GREEK, CYRILLIC, GEORGIAN, ARMENIAN, HEBREW, ARABIC)
# [reorder Latn Cyrl] and [reorder Cyrl]: these scripts first, the others behind them in root order.
_FIRST_SCRIPTS: Final = {"az": (LATIN, CYRILLIC), "ru": (CYRILLIC,)}


def ordered_letters(language: str) -> str:
    """All listed letters in the order of `language` ("az", "tr", "ru"; anything else gives the root order)."""
    first = _FIRST_SCRIPTS.get(language, ())
    letters = "".join((*first, *(script for script in _ROOT_SCRIPTS if script not in first)))
    if language in TAILORINGS:
        letters = letters.replace("iı", "ıi")  # &[before 1]i<ı
    for letter, anchor in TAILORINGS.get(language, ()):
        letters = letters.replace(letter, "").replace(anchor, anchor + letter)
    return letters
