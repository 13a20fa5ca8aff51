"""Words typed with the keyboard set to the other script."""

from __future__ import annotations

from typing import Final

_LATIN: Final = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_CYRILLIC: Final = "йцукенгшщзхъфывапролджэячсмитьбюё"
_KEYS: Final = str.maketrans(_LATIN + _CYRILLIC, _CYRILLIC + _LATIN)


def retyped(word: str) -> str:
    """What the same keys give on the other of the US English and the Russian layout: "ybpfvb" is "низами"."""
    return word.lower().translate(_KEYS)
