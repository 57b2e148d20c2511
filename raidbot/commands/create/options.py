"""Options of /create as people type them."""

from collections.abc import Sequence
from contextlib import suppress

from discord import app_commands

from raidbot.commands.ui.autocomplete import MAX_CHOICES
from raidbot.raids.templates.length import NotALength, parse_length
from raidbot.raids.templates.model import spoken_length

_USUAL_LENGTHS = (60, 90, 120, 180)
"""Minutes to choose from where the template suggests none."""


def with_line_breaks(text: str | None) -> str | None:
    """Return the text with a line break for each “\\n”: the option takes no others."""
    return None if text is None else text.replace("\\n", "\n")


def lengths(typed: str, suggested: Sequence[int]) -> list[app_commands.Choice[str]]:
    """Return the typed length as it is understood, and the suggested ones (minutes) that begin like it."""
    begun = typed.strip().casefold()
    offered = [one for one in suggested or _USUAL_LENGTHS if spoken_length(one).startswith(begun)]
    with suppress(NotALength):
        offered = [parse_length(typed), *offered]
    said = dict.fromkeys(map(spoken_length, offered))
    return [app_commands.Choice(name=one, value=one) for one in [*said][:MAX_CHOICES]]
