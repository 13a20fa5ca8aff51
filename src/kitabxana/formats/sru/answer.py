"""What a server answered: records, how many there are, what it complains of. Nothing in it is believed unread."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from lxml import etree

from kitabxana.formats.marc import Parsed, iter_marcxml

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_REMARK = 300


class BadAnswer(Exception):
    """Not an SRU answer, or none that can be read safely; `code` is not_xml, document_type or not_sru."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class SruDiagnostic:
    """Why a server did not do what it was asked: `code` is the number at the end of its URI, "" without one."""

    code: str
    message: str
    details: str


@dataclass(frozen=True, slots=True)
class SruAnswer:
    """`total` is how many records the server says it has found; `records` are those it sent, unreadable ones too.

    A surrogate diagnostic in a record's place is among `diagnostics`.
    """

    total: int
    records: tuple[Parsed, ...]
    diagnostics: tuple[SruDiagnostic, ...]


def read_answer(data: bytes, *, most: int) -> SruAnswer:
    """A searchRetrieveResponse of any version with MARCXML records; no more than `most` are read, whatever it sent.

    Raises BadAnswer. A document type is refused, so that no entity is ever expanded.
    """
    root = _root(data)
    if _name(root) not in ("searchRetrieveResponse", "explainResponse"):
        raise BadAnswer("not_sru", f"<{_name(root)}>"[:_LONGEST_REMARK])
    diagnostics = [_diagnostic(one) for one in root.iter() if _name(one) == "diagnostic"]
    places = [place for place in root.iter() if _name(place) == "recordData"][:most]
    records = [record for place in places for record in _records(place)]
    total = next((_number(child) for child in root if _name(child) == "numberOfRecords"), 0)
    return SruAnswer(max(total, len(records)), tuple(records[:most]), tuple(diagnostics))


def _root(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadAnswer("not_xml", str(error)[:_LONGEST_REMARK]) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadAnswer("document_type")
    return root


def _records(place: etree._Element) -> Iterator[Parsed]:
    """The record in one recordData: as XML, or as text where the server packs it so."""
    texts = [etree.tostring(child, with_tail=False) for child in place if _name(child) != "diagnostic"]
    if not len(place) and place.text and place.text.strip():
        texts = [place.text.encode()]
    for text in texts:
        yield next(iter_marcxml(BytesIO(text)), Parsed(0, text, None, len(text), "empty", "no record"))


def _diagnostic(one: etree._Element) -> SruDiagnostic:
    said = {_name(child): (child.text or "").strip()[:_LONGEST_REMARK] for child in one}
    return SruDiagnostic(
        said.get("uri", "").rpartition("/")[2][:10], said.get("message", ""), said.get("details", "")
    )  # fmt: skip


def _number(element: etree._Element) -> int:
    text = (element.text or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 13 else 0


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
