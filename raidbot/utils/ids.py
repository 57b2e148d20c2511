"""Raid codes, and fingerprints of texts."""

import base64
import hashlib
import random

from raidbot.utils.clean_text import clean_block

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 6
_AROUND_CODES = " \t\r\n`'\"“”‘’«»()[]<>*_#:."


def new_code(rng: random.Random) -> str:
    """Return a random raid code: `CODE_LENGTH` characters of an alphabet without lookalikes (no I, O, 0, 1)."""
    return "".join(rng.choices(ALPHABET, k=CODE_LENGTH))


def normalise_code(text: str) -> str:
    """Return a typed raid code in its stored form: in upper case, without quotes, or “Raid” as boards print it."""
    return text.strip(_AROUND_CODES).upper().removeprefix("RAID ").strip(_AROUND_CODES)


FINGERPRINT_LENGTH = 6


def fingerprint(text: str) -> str:
    """Return a URL-safe fingerprint of `FINGERPRINT_LENGTH` characters, unaffected by blanks that Discord trims."""
    digest = hashlib.blake2b(clean_block(text).encode("utf-8", "replace"), digest_size=4).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
