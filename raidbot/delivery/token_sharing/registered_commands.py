"""The commands that a bot on this database registered, and whether others took their place."""

from collections.abc import Sequence

COMMANDS_FACT = "commands of "
"""How the names of the notes begin, one for each application."""


def commands_fact(application: int | None) -> str:
    return f"{COMMANDS_FACT}{application}"


def were_replaced(noted: str, registered: Sequence[str]) -> bool:
    """Return True if other commands are registered than those of the note: a fingerprint and their versions."""
    versions = noted.split()[1:]
    return all("." in one for one in versions) and bool(versions) and versions != list(registered)
