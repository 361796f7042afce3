"""Passwords of the workbench: kept as an scrypt hash, checked in constant time.

In: a password. Out: a hash to put in SUPPORT_WORKBENCH_PASSWORD_HASH, or whether a password fits one.
"""

import base64
import hashlib
import hmac
import re
import secrets

# 32 MB and about 0.1 s a try.
N, R, P = 2**15, 8, 1
_MEMORY = 128 * N * R * 2
FEWEST_CHARACTERS = 12
_HASH = re.compile(r"scrypt:([A-Za-z0-9+/]{22}==):([A-Za-z0-9+/]{43}=)\Z")


def hash_password(password: str) -> str:
    """A hash with a salt of its own. Raises ValueError where the password is too short."""
    if len(password) < FEWEST_CHARACTERS:
        raise ValueError
    salt = secrets.token_bytes(16)
    return f"scrypt:{_text(salt)}:{_text(_derive(password, salt))}"


def is_hash(text: str) -> bool:
    """Whether `text` is what `hash_password` gives."""
    return _HASH.match(text) is not None


def fits(password: str, hashed: str) -> bool:
    """Whether the password is the one that was hashed. Takes as long either way."""
    found = _HASH.match(hashed)
    if found is None:
        return False
    salt, kept = (base64.b64decode(part) for part in found.groups())
    return hmac.compare_digest(_derive(password, salt), kept)


def _derive(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "replace"), salt=salt, n=N, r=R, p=P, maxmem=_MEMORY, dklen=32)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
