"""Pictures from outside, made small and plain: nothing of what came with them stays but what is to be seen."""

from __future__ import annotations

import io
import struct
import threading
import warnings
from typing import Final

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

MOST_DOTS: Final = 40_000_000
"""Dots that are decoded at most: a telephone's camera has fewer, and 120 MB of memory hold them."""

_QUALITY: Final = 82
_BROKEN: Final = (UnidentifiedImageError, OSError, SyntaxError, ValueError, struct.error, EOFError, MemoryError)


class _Whole:
    """Pictures that were cut off are refused, whatever another package told Pillow for all (WeasyPrint takes them)."""

    def __init__(self) -> None:
        self._lock = threading.RLock()

    def __enter__(self) -> None:
        self._lock.acquire()
        self._told = ImageFile.LOAD_TRUNCATED_IMAGES
        ImageFile.LOAD_TRUNCATED_IMAGES = False

    def __exit__(self, *_: object) -> None:
        ImageFile.LOAD_TRUNCATED_IMAGES = self._told
        self._lock.release()


_WHOLE = _Whole()


class Unreadable(Exception):
    """Not a JPEG (ISO/IEC 10918-1) or PNG (ISO/IEC 15948) that can be decoded."""


class TooManyDots(Exception):
    """More dots than `MOST_DOTS`: told by the header, before anything is decoded."""


def small_jpeg(content: bytes, *, width: int, height: int) -> bytes:
    """A JPEG of at most `width` × `height` dots, upright, in RGB, without metadata (EXIF, comments, profiles).

    What is transparent becomes white. Raises Unreadable, TooManyDots.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with _WHOLE, Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as found:
                if found.width * found.height > MOST_DOTS:
                    raise TooManyDots
                found.draft("RGB", (width * 2, height * 2))
                upright = ImageOps.exif_transpose(found).convert("RGBA")
    except Image.DecompressionBombError as bomb:
        raise TooManyDots from bomb
    except _BROKEN as broken:
        raise Unreadable from broken
    upright.thumbnail((width, height), Image.Resampling.LANCZOS)
    plain = Image.new("RGB", upright.size, "white")
    plain.paste(upright, mask=upright.getchannel("A"))
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()
