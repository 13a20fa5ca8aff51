"""A record as lines that a cataloguer types: `245 10 $aDəli Kür /$cİsmayıl Şıxlı`.

Nothing is lost either way. A line is a field: the tag, the indicators (# or a space for a blank), the subfields, each
begun by $ and its code. White space around a subfield's text does not count. Control fields have their text after the
tag; in LDR, 006, 007 and 008 a blank is written #. What would be mistaken is written in braces: {dollar}, {lcub},
{rcub}, {num} (#), {space}, {u+00A0}, and {code:…} for a subfield code that is longer than MARC lets it be.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kitabxana.catalogue.facts import Finding, MarcJson

_NAMES = {"dollar": "$", "lcub": "{", "rcub": "}", "num": "#", "space": " ", "empty": ""}
_WRITTEN = {sign: f"{{{name}}}" for name, sign in _NAMES.items() if name in ("dollar", "lcub", "rcub")}
_BRACES = re.compile(r"\{(?:(dollar|lcub|rcub|num|space|empty)|u\+([0-9A-F]{2,6}))\}")
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_FIXED = frozenset({"006", "007", "008"})
_CODE = re.compile(r"\{[^{}]+\}|.", re.DOTALL)
_LONG = "{code:"


@dataclass(frozen=True, slots=True)
class TextProblem:
    """A line (counted from 1) that can't be read; `code` is one of `messages.TEXT_PROBLEMS`."""

    line: int
    code: str


@dataclass(slots=True)
class Typed:
    """What was typed, as far as it can be read; `lines` maps (tag, occurrence) to the line it stands on."""

    marc: MarcJson
    problems: list[TextProblem] = field(default_factory=list)
    lines: dict[tuple[str, int], int] = field(default_factory=dict)

    def line_of(self, finding: Finding) -> int | None:
        """Where the field of a finding stands; None for what concerns the whole record."""
        return self.lines.get((finding.tag, finding.occurrence))


def rendered(marc: MarcJson) -> str:
    """The record as lines, without a line break at the end."""
    lines = ["LDR " + fixed_written(marc["leader"])]
    for entry in marc["fields"]:
        for tag, content in entry.items():
            lines.append(f"{_bare(tag)} {_content(tag, content)}".rstrip(" "))
    return "\n".join(lines)


def typed(text: str) -> Typed:
    """Read lines as `rendered` writes them, or a cataloguer. Empty lines are passed over."""
    read = Typed({"leader": "", "fields": []})
    counts: dict[str, int] = {}
    for number, line in enumerate(re.split("\r\n|\r|\n", text), 1):
        if not line.strip():
            continue
        token, _, rest = line.partition(" ")
        tag = text_meant(token)
        if tag == "LDR" and ("LDR", 1) not in read.lines:
            read.lines["LDR", 1] = number
            read.marc["leader"] = fixed_meant(rest.strip())
            continue
        content = _read(tag, rest)
        if isinstance(content, TextProblem):
            read.problems.append(TextProblem(number, content.code))
            continue
        counts[tag] = counts.get(tag, 0) + 1
        read.lines.setdefault((tag, counts[tag]), number)
        read.marc["fields"].append({tag: content})
    if ("LDR", 1) not in read.lines:
        read.problems.append(TextProblem(1, "no_leader"))
    return read


def filled(marc: MarcJson) -> MarcJson:
    """The record without subfields that were left empty, and without fields that have nothing else."""
    fields: list[dict[str, Any]] = []
    for entry in marc["fields"]:
        for tag, content in entry.items():
            if isinstance(content, str):
                fields.append({tag: content})
            elif told := [pair for pair in content["subfields"] if any(pair.values())]:
                fields.append({tag: {**content, "subfields": told}})
    return {"leader": marc["leader"], "fields": fields}


def _is_control(tag: str) -> bool:
    return tag < "010" and tag.isdecimal()


def _content(tag: str, content: Any) -> str:
    if isinstance(content, str):
        if not _is_control(tag):
            return "=" + text_written(content)
        shown = fixed_written(content) if tag in _FIXED else text_written(content)
        return f"{{u+{ord(shown[0]):04X}}}{shown[1:]}" if shown[:1] in (":", "=") else shown
    inds = "".join(_indicator(sign) for sign in content["ind1"] + content["ind2"])
    pairs = [pair for subfield in content["subfields"] for pair in subfield.items()]
    told = " ".join([inds, *(f"${_written_code(code)}{text_written(text)}" for code, text in pairs)])
    return ":" + told if _is_control(tag) else told


def _read(tag: str, rest: str) -> Any:
    if _is_control(tag) and not rest.lstrip().startswith(":"):
        return fixed_meant(rest.strip()) if tag in _FIXED else text_meant(rest.strip())
    if rest.startswith("=") and not _is_control(tag):
        return text_meant(rest[1:].strip())
    return _data_field(rest.lstrip().removeprefix(":") if _is_control(tag) else rest)


def _data_field(rest: str) -> Any:
    head, dollar, tail = rest.partition("$")
    inds = _BRACES.sub(_meant, head.replace("#", " "))
    if len(inds) > 2 and inds.endswith(" "):
        inds = inds[:-1]
    if len(inds) > 2 and len(inds.strip()) <= 2:
        inds = inds.strip()
    if len(inds) > 2:
        return TextProblem(0, "bad_indicators" if dollar else "no_subfield")
    subfields = []
    for part in tail.split("$") if dollar else []:
        code = _CODE.match(part)
        if code is None or code.group().isspace():
            return TextProblem(0, "no_code")
        subfields.append({_code(code.group()): text_meant(part[code.end() :].strip())})
    return {"ind1": inds[:1] or " ", "ind2": inds[1:2] or " ", "subfields": subfields}


def text_written(text: str) -> str:
    """A text that stands through stripping and splitting."""
    if not text.isprintable() or text != text.strip() or any(sign in text for sign in _WRITTEN):
        body = text.strip()
        before = text[: len(text) - len(text.lstrip())] if body else text
        after = text[len(before) + len(body) :]
        return _braced(before) + _hidden("".join(_WRITTEN.get(sign, sign) for sign in body)) + _braced(after)
    return text


def _hidden(text: str) -> str:
    return _HIDDEN.sub(lambda found: _braced(found.group()), text)


def _braced(signs: Iterable[str]) -> str:
    return "".join("{space}" if sign == " " else f"{{u+{ord(sign):04X}}}" for sign in signs)


def _bare(word: str) -> str:
    """A tag or code: nothing in it may look like white space or the next part."""
    told = "".join(_WRITTEN.get(sign) or (_braced(sign) if sign.isspace() or sign == "\x00" else sign) for sign in word)
    return _hidden(told) or "{empty}"


def _written_code(code: str) -> str:
    return f"{_LONG}{quote(code, safe=' ')}}}" if len(code) > 1 else _bare(code)


def _code(told: str) -> str:
    return unquote(told[len(_LONG) : -1]) if told.startswith(_LONG) else text_meant(told)


def _indicator(sign: str) -> str:
    if sign == " ":
        return "#"
    return (
        "{num}"
        if sign == "#"
        else _WRITTEN.get(sign) or (_braced(sign) if sign in "=:" or not sign.isprintable() else sign)
    )


def fixed_written(text: str) -> str:
    told = "".join("{num}" if sign == "#" else "#" if sign == " " else _WRITTEN.get(sign, sign) for sign in text)
    told = _hidden(told)
    return told if told == told.strip() else "".join(_braced(sign) if sign.isspace() else sign for sign in told)


def fixed_meant(text: str) -> str:
    return _BRACES.sub(_meant, text.replace("#", " "))


def text_meant(text: str) -> str:
    return _BRACES.sub(_meant, text) if "{" in text else text


def _meant(found: re.Match[str]) -> str:
    if found[1]:
        return _NAMES[found[1]]
    number = int(found[2], 16)
    is_sign = number < 0x110000 and not 0xD800 <= number < 0xE000
    return chr(number) if is_sign else found.group()
