"""The names MARCMaker gives characters, ``{acute}``, ``{lcub}``, ``{Lstrok}``, as facts of the MARC-8 code table."""

from __future__ import annotations

import unicodedata

MARKS = {
    "hooka": "\u0309", "grave": "\u0300", "acute": "\u0301", "circ": "\u0302", "tilde": "\u0303", "macr": "\u0304",
    "breve": "\u0306", "dot": "\u0307", "uml": "\u0308", "diaer": "\u0308", "caron": "\u030c", "ring": "\u030a",
    "llig": "\ufe20", "rlig": "\ufe21", "rcommaa": "\u0315", "dblac": "\u030b", "candra": "\u0310", "cedil": "\u0327",
    "ogon": "\u0328", "hookr": "\u0328", "dotb": "\u0323", "dbldotb": "\u0324", "ringb": "\u0325", "under": "\u0332",
    "dblunder": "\u0333", "commab": "\u0326", "hookl": "\u0326", "rcedil": "\u031c", "breveb": "\u032e",
    "ldbltil": "\ufe22", "rdbltil": "\ufe23", "commaa": "\u0313",
}  # fmt: skip
"""Marks, written before the letter they belong to."""

_SIGNS = {
    "dollar": "$", "curren": "$", "lcub": "{", "rcub": "}", "bsol": "\\", "esc": "\x1b",
    "joiner": "\u200d", "nonjoin": "\u200c", "Lstrok": "Ł", "lstrok": "ł", "Ostrok": "Ø", "ostrok": "ø", "Dstrok": "Đ",
    "dstrok": "đ", "THORN": "Þ", "thorn": "þ", "AElig": "Æ", "aelig": "æ", "OElig": "Œ", "oelig": "œ",
    "softsign": "\u02b9", "mlprime": "\u02b9", "hardsign": "\u02ba", "mlPrime": "\u02ba", "middot": "·", "flat": "♭",
    "reg": "®", "plusmn": "±", "Ohorn": "Ơ", "ohorn": "ơ", "Uhorn": "Ư", "uhorn": "ư", "mlrhring": "\u02bc",
    "alif": "\u02bc", "mllhring": "\u02bb", "ayn": "\u02bb", "inodot": "ı", "pound": "£", "eth": "ð", "ETH": "Đ",
    "deg": "°", "scriptl": "ℓ", "phono": "℗", "copy": "©", "sharp": "♯", "iquest": "¿", "iexcl": "¡", "szlig": "ß",
    "amp": "&", "apos": "'", "ast": "*", "colon": ":", "comma": ",", "commat": "@", "equals": "=", "excl": "!",
    "gt": ">", "hyphen": "-", "lpar": "(", "lsqb": "[", "lt": "<", "num": "#", "percnt": "%", "period": ".",
    "plus": "+", "quest": "?", "quot": '"', "rpar": ")", "rsqb": "]", "semi": ";", "sol": "/", "space": " ",
    "verbar": "|",
}  # fmt: skip
_CONTROLS = {f"{code:02X}": chr(code) for code in (*range(1, 0x1D), 0x7F)}


def _composed() -> dict[str, str]:
    """``{eacute}`` and its like: a letter and a mark in one name, where Unicode has the two in one character."""
    found = {}
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz":
        for name, mark in MARKS.items():
            whole = unicodedata.normalize("NFC", letter + mark)
            if len(whole) == 1:
                found[letter + name] = whole
    return found


LETTERS = {**_composed(), **_CONTROLS, **_SIGNS}
"""Everything else."""
