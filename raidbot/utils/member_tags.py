"""Tags that stand for members in the log: the same member has the same tag, and only the key can make it."""

import hmac
import os
import re
import secrets
from pathlib import Path

KEY_BYTES = 32
_TAG_DIGITS = 12
TAG = re.compile(rf"m_[0-9a-f]{{{_TAG_DIGITS}}}")


def tag(key: bytes, member: int) -> str:
    """Return the member's tag, such as `m_1f3a5b7c9d0e`: the beginning of an HMAC-SHA256 of the id."""
    return "m_" + hmac.digest(key, str(member).encode(), "sha256").hex()[:_TAG_DIGITS]


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def key_file(database: Path) -> Path:
    return Path(f"{database}.key")


def read_key(database: Path) -> bytes | None:
    """Return the key beside the database, or None if there is none or the file is damaged. Raises OSError."""
    try:
        key = bytes.fromhex(key_file(database).read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None


def ensure_key(database: Path) -> bytes:
    """Return the key beside the database; create it, readable by the owner alone, if there is none. Raises OSError."""
    known = read_key(database)
    if known is not None:
        return known
    key, unfinished = new_key(), Path(f"{key_file(database)}.part")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{key.hex()}\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(key_file(database))
    return key
