"""Match autocomplete choices with the typed text."""

from collections.abc import Iterable

from discord import app_commands

from raidbot.utils.text import clip

MAX_CHOICES = 25  # https://discord.com/developers/docs/interactions/receiving-and-responding#autocomplete
MAX_CHOICE_LENGTH = 100
_MIN_SCORE_PERCENT = 80
_MIN_FUZZY_LENGTH = 4
_NO_MATCH_RANK = 1000.0


def matching(typed: str, lines: Iterable[tuple[str, ...]]) -> list[app_commands.Choice[str]]:
    """Return choices for the lines (value, text, other names…) that match the typed text, best first.

    A prefix ranks before a substring, and that before a fuzzy match, which tolerates typos and word order. Equal
    matches keep their order. At most 25 choices are returned, Discord's limit.
    """
    wanted = typed.strip().casefold()
    ranked = ((min(_rank(wanted, name) for name in names), value, names[0]) for value, *names in lines)
    found = sorted((one for one in ranked if one[0] < _NO_MATCH_RANK), key=lambda one: one[0])
    return [
        app_commands.Choice(name=clip(text, MAX_CHOICE_LENGTH), value=value) for _, value, text in found[:MAX_CHOICES]
    ]


def _rank(wanted: str, text: str) -> float:
    """Return the rank of a match; lower is better."""
    lowered = text.casefold()
    if lowered.startswith(wanted):
        return 0
    if wanted in lowered:
        return 1
    if len(wanted) < _MIN_FUZZY_LENGTH:
        return _NO_MATCH_RANK
    likeness = _likeness(wanted, text)
    return 102 - likeness if likeness >= _MIN_SCORE_PERCENT else _NO_MATCH_RANK


def _likeness(wanted: str, text: str) -> float:
    """Return how well the text matches, in percent."""
    from rapidfuzz import fuzz, utils  # 3 MB that nobody needs before the first unclear word

    return max(
        score(wanted, text, processor=utils.default_process) for score in (fuzz.token_set_ratio, fuzz.partial_ratio)
    )
