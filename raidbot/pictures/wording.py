"""Words for pictures: descriptions that fit an attachment, and dates."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from raidbot.utils.text import clip, isolated

MAX_DESCRIPTION: Final = 1024
"""https://discord.com/developers/docs/resources/message#attachment-object-attachment-structure"""
_MAX_NAME_LENGTH = 40


def description(start: str, facts: Iterable[str], instead: str) -> str:
    """Return the start and all facts, or `instead` of the facts if they do not fit into a description."""
    whole = f"{start} {'; '.join(facts)}."
    return whole if len(whole) <= MAX_DESCRIPTION else clip(f"{start} {instead}", MAX_DESCRIPTION)


def plain(name: str) -> str:
    """Return a legible name for a description, which is no Markdown: on one line, and not too long."""
    return isolated(clip(name, _MAX_NAME_LENGTH))


def day(of: date) -> str:
    """Return a day as “2 Mar”."""
    return f"{of.day} {of:%b}"
