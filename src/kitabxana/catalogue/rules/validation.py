"""Is this a good MARC 21 record? One pure pass; the same in the editor, at the door of the catalogue and in REST."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from kitabxana.catalogue.facts import Finding
from kitabxana.catalogue.rules.content import CHECKS, Links, link_of
from kitabxana.catalogue.rules.fixed import fixed_doubts, leader_doubts
from kitabxana.catalogue.rules.marc21 import OBSOLETE, ONCE, field_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kitabxana.catalogue.facts import MarcJson
    from kitabxana.catalogue.rules.marc21 import FieldRule

ERROR, WARNING, ADVICE = "error", "warning", "advice"
LEVELS = {
    **dict.fromkeys(
        ("bad_leader", "bad_tag", "bad_indicator", "bad_subfield_code", "bad_character", "not_a_control_field",
         "not_a_data_field", "no_title", "no_heading", "several_entries", "repeated_key"), ERROR,
    ),
    **dict.fromkeys(
        ("undefined_tag", "undefined_indicator", "undefined_subfield", "undefined_code", "repeated_field",
         "repeated_subfield", "empty_field", "empty_subfield", "bad_length", "no_fixed_field", "bad_isbn", "bad_issn",
         "unknown_value", "bad_link", "lonely_link", "control_character", "wanted_field", "wanted_subfield"), WARNING,
    ),
    **dict.fromkeys(
        ("obsolete_tag", "obsolete_indicator", "obsolete_subfield", "obsolete_code", "obsolete_value",
         "isbn_with_words", "joined_codes"), ADVICE,
    ),
}  # fmt: skip
"""Every finding there is. An error keeps a record from being saved, a warning should be looked at."""

_KEYS = frozenset({"001", "003", "005", "008", "245"})
_CONTROL_TAGS = frozenset({"001", "002", "003", "004", "005", "006", "007", "008", "009"})
_FIXED = frozenset({"006", "007", "008"})
_CONTROLS = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_NO_TEXT = re.compile("[\x00\x1d-\x1f\ud800-\udfff]")
_TAG = re.compile("[0-9A-Za-z]{3}")
_OTHER_FORMATS = {"u": "h", "v": "h", "x": "h", "y": "h", "w": "c", "q": "q", "z": "a"}


def format_of(leader: str) -> str:
    """ "b" bibliographic, "a" authority; "h", "c", "q" for holdings, classification, community: structure only."""
    return _OTHER_FORMATS.get(leader[6:7], "b")


def is_local(tag: str) -> bool:
    """Whether a tag is left to libraries: with a 9 in it (but 490), or with letters, as other systems write theirs."""
    return ("9" in tag and tag != "490") or not tag.isdecimal()


def validate(marc: MarcJson) -> list[Finding]:
    """Everything the format has to say of a record, in the record's order; [] for a good one."""
    leader = marc["leader"]
    check = _Check(format_of(leader), leader)
    if check.known:
        for code, position, params in leader_doubts(leader, check.format):
            check.tell(code, "LDR", 1, position=position, params=params)
    elif len(leader) != 24:
        check.tell("bad_leader", "LDR", 1, params={"length": len(leader)})
    if not (leader.isascii() and leader.isprintable()):
        check.tell("bad_character", "LDR", 1)
    for entry in marc["fields"]:
        for tag, content in entry.items():
            occurrence = check.counts[tag] = check.counts.get(tag, 0) + 1
            if content.__class__ is dict:
                check.data_field(tag, occurrence, content)
            else:
                check.control_field(tag, occurrence, content)
    check.whole_record()
    return check.found


def errors(findings: list[Finding]) -> list[Finding]:
    """Those that keep a record from being saved."""
    return [finding for finding in findings if finding.level == ERROR]


class _Check:
    """One record under the eye."""

    def __init__(self, record_format: str, leader: str) -> None:
        self.format = record_format
        self.known = record_format in ("a", "b")
        self.leader = leader
        self.counts: dict[str, int] = {}
        self.links = Links()
        self.found: list[Finding] = []

    def tell(
        self, code: str, tag: str = "", occurrence: int = 0, *, subfield: str = "", position: int | None = None,
        params: dict[str, str | int] | None = None,
    ) -> None:  # fmt: skip
        self.found.append(Finding(code, LEVELS[code], tag, occurrence, subfield, position, params or {}))

    def control_field(self, tag: str, occurrence: int, text: str) -> None:
        if tag not in _CONTROL_TAGS:
            self.tell("not_a_data_field", tag, occurrence)
        if _CONTROLS.search(text):
            self.characters(tag, occurrence, text)
        if occurrence > 1 and tag in _KEYS:
            self.tell("repeated_key", tag, occurrence)
        if self.known and tag in _FIXED:
            for code, position, params in fixed_doubts(tag, text, self.leader, self.format):
                self.tell(code, tag, occurrence, position=position, params=params)

    def data_field(self, tag: str, occurrence: int, content: dict[str, object]) -> None:
        pairs: list[tuple[str, str]] = [pair for one in content["subfields"] for pair in one.items()]  # type: ignore[attr-defined]
        inds = f"{content['ind1']}{content['ind2']}"
        text = "".join([text for _, text in pairs])
        if _CONTROLS.search(text):
            self.characters(tag, occurrence, text)
        linked = (
            pairs[0][1] if pairs and pairs[0][0] == "6" else next((text for code, text in pairs if code == "6"), "")
        )
        judged = tag
        if linked or tag == "880":
            link = link_of(linked)
            judged = link[0] if link and tag == "880" else tag
            if wrong := self.links.add(tag, occurrence, linked):
                self.tell(wrong, tag, occurrence, subfield="6", params={"value": linked})
        for code, subfield, params in _shape(self.format, judged, inds, tuple([code for code, _ in pairs])):
            self.tell(code, tag, occurrence, subfield=subfield, params=dict(params))
        if "" in [text for _, text in pairs]:
            self._empty(tag, occurrence, pairs)
        if judged in CHECKS and self.known:
            for code, subfield, more in CHECKS[judged](pairs, inds):
                self.tell(code, tag, occurrence, subfield=subfield, params=more)

    def characters(self, tag: str, occurrence: int, text: str) -> None:
        """What can't be stored or written (NUL, the separators, halves of pairs) is an error; a line break is not."""
        self.tell("bad_character" if _NO_TEXT.search(text) else "control_character", tag, occurrence)

    def _empty(self, tag: str, occurrence: int, pairs: list[tuple[str, str]]) -> None:
        for code, text in pairs:
            if not text:
                self.tell("empty_subfield", tag, occurrence, subfield=code)

    def whole_record(self) -> None:
        for tag, occurrence, link in self.links.alone():
            self.tell("lonely_link", tag, occurrence, subfield="6", params={"value": link})
        if self.known:
            self._repeated()
            self._missing()

    def _repeated(self) -> None:
        rules = field_rules(self.format)
        for tag, count in self.counts.items():
            if count > 1 and (rule := rules.get(tag)) and rule.repeat == ONCE and tag[0] != "1":
                self.tell("repeated_key" if tag in _KEYS else "repeated_field", tag, 2)

    def _missing(self) -> None:
        entries = [tag for tag in self.counts if tag[:1] == "1" and tag in field_rules(self.format)]
        if sum(self.counts[tag] for tag in entries) > 1:
            self.tell("several_entries", params={"tags": ", ".join(sorted(entries))})
        if self.format == "a" and not entries:
            self.tell("no_heading")
        if self.format == "b" and "245" not in self.counts:
            self.tell("no_title")
        if "008" not in self.counts:
            self.tell("no_fixed_field", params={"wanted": "008"})


Told = tuple[str, str, tuple[tuple[str, str | int], ...]]


@lru_cache(maxsize=16384)
def _shape(record_format: str, tag: str, inds: str, codes: tuple[str, ...]) -> tuple[Told, ...]:
    """What is wrong in the outline of a data field: (code, subfield, params). Outlines come again and again."""
    return tuple(_outline(record_format, tag, inds, codes))


def _outline(record_format: str, tag: str, inds: str, codes: tuple[str, ...]) -> Iterator[Told]:
    if not _TAG.fullmatch(tag):
        yield "bad_tag", "", ()
    if tag in _CONTROL_TAGS:
        yield "not_a_control_field", "", ()
        return
    if len(inds) != 2 or not (inds.isascii() and inds.isprintable()):
        yield "bad_indicator", "", (("value", inds.replace(" ", "#")),)
    if not codes:
        yield "empty_field", "", ()
    yield from (("bad_subfield_code", code, ()) for code in codes if not _is_code(code))
    if record_format not in ("a", "b") or is_local(tag):
        return
    rule = field_rules(record_format).get(tag)
    if rule:
        yield from _against(rule, inds, codes)
    elif tag != "880":  # what an 880 without a good link stands for is not known
        yield "undefined_tag", "", ()


def _against(rule: FieldRule, inds: str, codes: tuple[str, ...]) -> Iterator[Told]:
    if rule.repeat == OBSOLETE:
        yield "obsolete_tag", "", ()
    for number, (sign, (now, once)) in enumerate(zip(inds, rule.indicators or (), strict=False), 1):
        if sign not in now:
            code = "obsolete_indicator" if sign in once else "undefined_indicator"
            yield code, "", (("number", number), ("value", sign.replace(" ", "#")))
    if rule.subfields is not None:
        yield from _subfields(rule.subfields, codes)


def _is_code(code: str) -> bool:
    return len(code) == 1 and "!" <= code <= "~"


def _subfields(rules: Mapping[str, int], codes: tuple[str, ...]) -> Iterator[Told]:
    for code in dict.fromkeys(codes):
        repeat = rules.get(code)
        if repeat is None:
            if _is_code(code):
                yield "undefined_subfield", code, ()
        elif repeat == OBSOLETE:
            yield "obsolete_subfield", code, ()
        elif repeat == ONCE and codes.count(code) > 1:
            yield "repeated_subfield", code, ()
