"""Short names for raids and texts."""

import base64
import hashlib
import random

from raidbot.utils.text import clean_block

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 6


def new_code(rng: random.Random) -> str:
    """A raid code: six characters that are hard to confuse."""
    return "".join(rng.choices(ALPHABET, k=CODE_LENGTH))


def normalise_code(text: str) -> str:
    """A typed code as it is stored."""
    return text.strip().upper()


MARK_LENGTH = 6


def mark_of(text: str) -> str:
    """Six letters by which a text is known again, whatever blanks Discord takes off its ends."""
    digest = hashlib.blake2b(clean_block(text).encode("utf-8", "replace"), digest_size=4).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
