"""Parts of an ISBD description without the punctuation that only leads from one to the next."""

from __future__ import annotations

import re
from typing import Final

_TRAILING: Final = " /:;,=،؛"
_INITIAL: Final = re.compile(r"(?:^|[\s.])\w\.$")
_NOT_KNOWN: Final = re.compile(
    r"\W*(?:s\W*[ln]|n\W*p|b\W*[mi]|б\W*[ми]|y\W*y|(?:place of publication|publisher|distributor) not identified"
    r"|(?:naşir|nəşriyyat|nəşr yeri) (?:müəyyən edilməyib|məlum deyil|göstərilməyib)"
    r"|(?:yayıncı|yayınevi|yayın yeri|yayımcı) (?:belirlenemedi|belirtilmemiş|bilinmiyor|yok)"
    r"|(?:издатель|издательство|место издания) не (?:установлен|указан)[оаы]?)\W*",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """`text` without leading and trailing ISBD punctuation, and without brackets around the whole or half of it.

    The full stop of an initial and an ellipsis stay.
    """
    text = text.strip().lstrip("/:;=").strip().rstrip(_TRAILING)
    if text.endswith(".") and not text.endswith("...") and not _INITIAL.search(text):
        text = text[:-1].rstrip(_TRAILING)
    if text.startswith("[") and text.endswith("]") and "]" not in text[1:-1]:
        text = text[1:-1]
    if text.count("[") != text.count("]"):
        # The other half stands in another part: [Bakı : Elm]
        text = text.removeprefix("[").removesuffix("]")
    return text.strip()


def is_unknown(text: str) -> bool:
    """Whether a place or publisher is only said to be unknown: [S.l.], [б. и.], naşir müəyyən edilməyib."""
    return _NOT_KNOWN.fullmatch(text) is not None
