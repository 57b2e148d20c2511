"""Short names for raids and errors."""

import random

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 6


def new_code(rng: random.Random) -> str:
    """A raid code: six characters that are hard to confuse."""
    return "".join(rng.choices(ALPHABET, k=CODE_LENGTH))


def normalise_code(text: str) -> str:
    """A typed code as it is stored."""
    return text.strip().upper()


def new_error_id(rng: random.Random) -> str:
    """What a person quotes to the owner to find one error in the logs."""
    return "".join(rng.choices(ALPHABET, k=8))
