"""Whether records that came from elsewhere are in the character set that was said of their source.

UTF-8 and MARC-8 prove themselves: bytes that are not theirs can't be read as either. A national set of one byte a
letter takes any bytes, so a server that answers in another one would be shown in wrong letters without a word; but such
letters stand in an order that no writing has. What is told here is proof or as good as that, never a guess which set it
was.
"""

from __future__ import annotations

import re

_CYRILLIC = "\u0400-\u04ff"
_MIXED = re.compile(rf"[A-Za-z][{_CYRILLIC}]|[{_CYRILLIC}][A-Za-z]")
_CYRILLIC_WORD = re.compile(rf"\b[{_CYRILLIC}]{{2,}}\b")
_TURNED = re.compile("[\u0430-\u044f\u0451][\u0410-\u042f\u0401]")
_UPRIGHT = re.compile("[\u0410-\u042f\u0401][\u0430-\u044f\u0451]")
_NONE_ASCII = re.compile(r"\b[\u00c0-\u024f]{4,}\b")
_NO_WRITING = re.compile("[\u0080-\u0087\u008a-\u0097\u0099-\u009b\u009d-\u009f\u2500-\u25a0]")
_SIGN_WITHIN = re.compile(r"[^\W\d_][¤¦¬±µ¶†‡‰¥][^\W\d_]")


def belied(data: bytes, encoding: str) -> bool:
    """Whether the bytes of a record can't be in the set that was told: they change sets by escape sequences, as MARC-8
    alone does, or are UTF-8 throughout, which letters of one byte never are by chance."""
    if b"\x1b" in data:
        return encoding not in ("", "marc-8")
    if encoding in ("", "utf-8") or data.isascii():
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def in_wrong_letters(text: str) -> bool:
    """Whether text read in a set of one byte a letter was in another one.

    Signs of it: frames and control characters, signs within words, words of four letters and more without a plain one,
    Latin and Cyrillic within words more often than Cyrillic words, capitals at the ends of words rather than the heads.
    """
    return bool(
        _NO_WRITING.search(text)
        or _SIGN_WITHIN.search(text)
        or _NONE_ASCII.search(text)
        or len(_MIXED.findall(text)) > len(_CYRILLIC_WORD.findall(text))
        or len(_TURNED.findall(text)) > len(_UPRIGHT.findall(text))
    )
