"""Requests to bytes. The numbers of the tags are those of the standard's ASN.1 (module Z39-50-APDU-1995)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kitabxana.formats.ber import boolean, integer, null, oid, primitive, structure
from kitabxana.formats.ber.writing import UNIVERSAL
from kitabxana.formats.pqf import Operand, Operation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kitabxana.formats.pqf import Attribute, Proximity, RpnNode, RpnQuery
    from kitabxana.formats.pqf.tree import Operator

SYNTAXES: Final[Mapping[str, str]] = {
    "marc21": "1.2.840.10003.5.10",
    "unimarc": "1.2.840.10003.5.1",
    "rusmarc": "1.2.840.10003.5.28",
    "opac": "1.2.840.10003.5.102",
    "xml": "1.2.840.10003.5.109.10",
}
"""Record syntaxes by what they carry."""

_BIB_1 = "1.2.840.10003.3.1"
_SEQUENCE, _OID, _VISIBLE_STRING = 16, 6, 26
_SET = "default"
"""The one result set that every server keeps, also one that names none."""

_OPTIONS = b"\x06\xc0"
"""Bits 0 and 1, search and present, of a BIT STRING with six unused ones."""

_VERSIONS = b"\x05\xe0"
"""Versions 1, 2 and 3."""


def init(*, most_bytes: int, login: str = "", password: str = "", group: str = "") -> bytes:
    """InitializeRequest: who asks, and the longest message and record that are taken. Text in UTF-8."""
    return structure(
        20,
        primitive(3, _VERSIONS),
        primitive(4, _OPTIONS),
        integer(5, most_bytes),
        integer(6, most_bytes),
        _identity(login, password, group),
        _string(111, "Kitabxana"),
    )


def _identity(login: str, password: str, group: str) -> bytes:
    """idAuthentication: none, the open form for a name alone, else idPass."""
    if not login:
        return b""
    if not password and not group:
        return structure(7, primitive(_VISIBLE_STRING, login.encode(), of=UNIVERSAL))
    told = (_string(0, group) if group else b"", _string(1, login), _string(2, password))
    return structure(7, structure(_SEQUENCE, *told, of=UNIVERSAL))


def search(query: RpnQuery, *, database: str, syntax: str) -> bytes:
    """SearchRequest of a type-1 query; no record is asked for in the same breath, `present` does that.

    `database` may name several, "+" between them; `syntax` is a key of SYNTAXES.
    """
    names = [_string(105, name) for name in database.split("+") if name] or [_string(105, "Default")]
    return structure(
        22,
        integer(13, 0),
        integer(14, 1),
        integer(15, 0),
        boolean(16, value=True),
        _string(17, _SET),
        structure(18, *names),
        oid(104, SYNTAXES[syntax]),
        structure(21, structure(1, oid(_OID, query.attribute_set or _BIB_1, of=UNIVERSAL), _node(query.root))),
    )


def present(*, first: int, count: int, syntax: str, elements: str = "F") -> bytes:
    """PresentRequest: records `first` (from 1) … of the result, full ones unless `elements` names another set."""
    return structure(
        24,
        _string(31, _SET),
        integer(30, first),
        integer(29, count),
        structure(19, _string(0, elements)),
        oid(104, SYNTAXES[syntax]),
    )


def close() -> bytes:
    """Close: all is done (reason 0)."""
    return structure(48, integer(211, 0))


def _node(node: RpnNode) -> bytes:
    if isinstance(node, Operation):
        return structure(1, _node(node.left), _node(node.right), _operator(node.operator, node.proximity))
    attributes = structure(44, *map(_attribute, node.attributes))
    if isinstance(node, Operand):
        return structure(0, structure(102, attributes, _term(node)))
    if not node.attributes:
        return structure(0, _string(31, node.name))
    return structure(0, structure(214, _string(31, node.name), attributes))


def _attribute(one: Attribute) -> bytes:
    value = (
        integer(121, one.value)
        if isinstance(one.value, int)
        else structure(224, structure(1, _string(1, one.value)))
    )  # fmt: skip
    told = oid(1, one.attribute_set) if one.attribute_set else b""
    return structure(_SEQUENCE, told, integer(120, one.type), value, of=UNIVERSAL)


def _term(operand: Operand) -> bytes:
    """The term; one whose type is not written here goes as its characters, which version 2 has alone."""
    if operand.term_type == "numeric":
        return integer(215, int(operand.term))
    if operand.term_type == "oid":
        return oid(217, operand.term)
    if operand.term_type == "null":
        return null(221)
    return _string(216 if operand.term_type == "string" else 45, operand.term)


def _operator(operator: Operator, proximity: Proximity | None) -> bytes:
    if operator != "prox":
        return structure(46, null(("and", "or", "not").index(operator)))
    if proximity is None:
        raise ValueError("proximity without its distance")
    return structure(
        46,
        structure(
            3,
            boolean(1, value=proximity.exclusion) if proximity.exclusion is not None else b"",
            integer(2, proximity.distance),
            boolean(3, value=proximity.ordered),
            integer(4, proximity.relation),
            structure(5, integer(2 if proximity.private else 1, proximity.unit)),
        ),
    )


def _string(number: int, text: str) -> bytes:
    return primitive(number, text.encode())
