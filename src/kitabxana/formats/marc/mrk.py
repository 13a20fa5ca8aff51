"""MARCMaker's text form (``.mrk``) in and out: a line a field, ``=245  10$aTitle``, a blank line between records.

Characters that mean something there, and in older files every letter outside ASCII, are written as mnemonics.
Source: the mnemonic table of the Library of Congress for MARCMaker and MARCBreaker (codes are those of MARC-8).
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, BinaryIO

from kitabxana.formats.marc.lines import LineFormat, Mended, iter_line_records
from kitabxana.formats.marc.marc8 import NotMarc8, from_marc8
from kitabxana.formats.marc.mnemonics import LETTERS, MARKS
from kitabxana.formats.marc.shape import MarcJson, Parsed, Refused, Unwritable
from kitabxana.formats.marc.writing import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE = re.compile("=([^\\s=]{3})(?: {1,2}|\\t)(.*)", re.DOTALL)
_MNEMONIC = re.compile(r"\{([A-Za-z0-9]{1,12})\}")
_ONE = re.compile(r"\{[A-Za-z0-9]{1,12}\}|.", re.DOTALL)
_TAG = re.compile(r"[!-<>-~]{3}")
_LEADER = {"LDR", "000"}
_TEXT = str.maketrans({"$": "{dollar}", "{": "{lcub}", "}": "{rcub}", "\\": "{bsol}", "\n": "{0A}", "\r": "{0D}"})
_FIXED = str.maketrans({"$": "{dollar}", "{": "{lcub}", "}": "{rcub}", "\\": "{bsol}", "\n": "{0A}", "\r": "{0D}",
                        " ": "\\"})  # fmt: skip


def iter_mrk(stream: BinaryIO, *, start: int = 0, encoding: str = "") -> Iterator[Parsed]:
    """Every record of the stream; ``encoding`` is "" (UTF-8, else MARC-8), "marc-8" or a Python codec's name.

    Reasons: bad_field, bad_encoding, junk, empty, oversize.
    """
    form = LineFormat(
        begins=lambda line, _: line.startswith(b"=LDR  "),
        ends=lambda line: not line.strip(b"\r\n\t \x1a"),
        parse=lambda data: parse_mrk(data, encoding=encoding),
    )
    return iter_line_records(stream, form, start=start)


def parse_mrk(data: bytes, *, encoding: str = "") -> tuple[MarcJson, Mended]:
    """The lines of one record: UTF-8, or MARC-8 where they are not UTF-8. Raises Refused.

    A backslash is a blank in the leader, in control fields and in indicators; in text it is itself. Mnemonics of marks
    stand before their letter, as in MARC-8. Mended: wrapped_lines (a field over several lines), unknown_mnemonic (kept
    as it stands), indicators, no_subfields, empty_subfield.
    """
    mended: list[str] = []
    leader: str | None = None
    fields: list[dict[str, Any]] = []
    for line in _unwrapped(_decoded(data, encoding), mended):
        found = _LINE.fullmatch(line)
        if not found:
            raise Refused("bad_field" if fields or leader else "junk", f"not a field's line: {line[:60]!r}")
        tag, content = found.groups()
        if tag in _LEADER and leader is None:
            leader = _fixed(content, mended)
        else:
            fields.append({tag: _field(tag, content, mended)})
    if not fields:
        raise Refused("empty", "a record without fields")
    return {"leader": leader or "", "fields": fields}, tuple(dict.fromkeys(mended))


def _decoded(data: bytes, encoding: str) -> str:
    if encoding != "marc-8":
        try:
            return data.decode(encoding or "utf-8")
        except UnicodeDecodeError as error:
            if encoding:
                raise Refused("bad_encoding", str(error)) from error
    try:
        return re.sub("[^\n$]+", lambda part: from_marc8(part[0].encode("latin-1")), data.decode("latin-1"))
    except NotMarc8 as error:
        raise Refused("bad_encoding", f"neither UTF-8 nor MARC-8: {error}") from error


def _unwrapped(text: str, mended: list[str]) -> list[str]:
    """Lines by field: what does not begin with "=" goes on the line before it."""
    lines: list[str] = []
    for raw in text.split("\n"):
        line = raw.removesuffix("\r")
        if line.startswith("=") or not lines:
            lines.append(line)
        elif line:
            joined = "" if line[0] == " " or lines[-1][-1:] == " " else " "
            lines[-1] += joined + line
            mended.append("wrapped_lines")
    return lines


def _field(tag: str, content: str, mended: list[str]) -> str | dict[str, Any]:
    if tag < "010" and tag.isdigit():
        return _fixed(content, mended)
    head, *subs = content.split("$")
    places = _ONE.findall(head)
    if not subs and (len(places) != 2 or not tag.isdigit()):
        if tag.isdigit():
            mended.append("no_subfields")
        return _fixed(content, mended)
    if len(places) > 2 and head[2:].strip():
        raise Refused("bad_field", f"{tag}: more than two indicators: {head[:20]!r}")
    if len(places) != 2:
        mended.append("indicators")
    ind1, ind2, *_ = [*(_fixed(place, mended) for place in places), " ", " "]
    if not all(subs):
        mended.append("empty_subfield")
    pairs = []
    for sub in filter(None, subs):
        code = _ONE.match(sub)
        assert code
        pairs.append({_text(code[0], mended): _text(sub[code.end() :], mended)})
    return {"ind1": ind1, "ind2": ind2, "subfields": pairs}


def _fixed(text: str, mended: list[str]) -> str:
    return _text(text.replace("\\", " "), mended)


def _text(text: str, mended: list[str]) -> str:
    """Mnemonics to characters; a mark goes behind the letter it was written before."""
    if "{" not in text:
        return text
    out: list[str] = []
    marks: list[str] = []
    for piece in _ONE.findall(text):
        found = _MNEMONIC.fullmatch(piece)
        mark = MARKS.get(found[1]) if found else None
        if mark:
            marks.append(mark)
            continue
        letter = LETTERS.get(found[1]) if found else piece
        if letter is None:
            mended.append("unknown_mnemonic")
            letter = piece
        out.append(unicodedata.normalize("NFC", letter + "".join(marks)) if marks else letter)
        marks.clear()
    return "".join(out + marks)


def to_mrk(marc: MarcJson) -> bytes:
    """One record in UTF-8 with the blank line after it; only what means something in this form is a mnemonic.

    Raises Unwritable for a tag that is not three ASCII characters, an indicator or code that is not one, and what
    would not be read back as it is: a data field under a control field's tag, a text of two characters without
    subfields under another.
    """
    lines = [f"=LDR  {marc['leader'].translate(_FIXED)}\n"]
    for number, field in enumerate(marc["fields"]):
        for tag, value in field.items():
            content = _content(tag, value)
            if content is None or tag in _LEADER or not _TAG.fullmatch(tag):
                raise Unwritable(place_of(marc, number), "not a field of MARCMaker's form")
            lines.append(f"={tag}  {content}\n")
    lines.append("\n")
    return "".join(lines).encode()


def _content(tag: str, value: str | dict[str, Any]) -> str | None:
    control = tag < "010" and tag.isdigit()
    if isinstance(value, str):
        return None if len(value) == 2 and tag.isdigit() and not control else value.translate(_FIXED)
    pairs = [pair for subfield in value["subfields"] for pair in subfield.items()]
    short = (value["ind1"], value["ind2"], *(code for code, _ in pairs))
    if control or any(len(one) != 1 for one in short) or not (pairs or tag.isdigit()):
        return None
    head = str(value["ind1"] + value["ind2"]).translate(_FIXED)
    return head + "".join(f"${code.translate(_TEXT)}{text.translate(_TEXT)}" for code, text in pairs)
