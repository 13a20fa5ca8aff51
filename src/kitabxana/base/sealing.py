"""What only its own readers may see, sealed: kept encrypted; numbers are found by their exact value only.

AES-256-GCM with a fresh nonce each (NIST SP 800-38D); HMAC-SHA-256 for the look-up. Both keys are derived by HKDF
(RFC 5869) from the one key of `settings.PERSONAL_KEY`, which is kept apart from the database: without it, a copy of the
database tells no number.
"""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_VERSION = b"\x01"
_NONCE = 12


class WrongKey(Exception):
    """A sealed value was not sealed with this installation's key, or not for this place."""


def seal(text: str, *, place: str) -> bytes:
    """`text` encrypted. `place` (whose it is) is sealed along: moved elsewhere, the value can't be opened."""
    return seal_bytes(text.encode(), place=place)


def unseal(sealed: bytes, *, place: str) -> str:
    """The text that was sealed for this place; raises WrongKey."""
    return unseal_bytes(sealed, place=place).decode()


def seal_bytes(content: bytes, *, place: str) -> bytes:
    """As `seal`, of what is no text."""
    nonce = os.urandom(_NONCE)
    return _VERSION + nonce + AESGCM(_key(b"seal")).encrypt(nonce, content, place.encode())


def unseal_bytes(sealed: bytes, *, place: str) -> bytes:
    """What was sealed for this place; raises WrongKey."""
    if sealed[:1] != _VERSION:
        raise WrongKey
    nonce, rest = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    try:
        return AESGCM(_key(b"seal")).decrypt(nonce, rest, place.encode())
    except InvalidTag as wrong:
        raise WrongKey from wrong


def fingerprint(text: str) -> bytes:
    """32 bytes that are the same for the same text under the same key, and tell nothing else."""
    return hmac.new(_key(b"look-up"), text.encode(), hashlib.sha256).digest()


def _key(purpose: bytes) -> bytes:
    whole = settings.PERSONAL_KEY.encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"kitabxana personal " + purpose).derive(whole)
