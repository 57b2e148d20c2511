"""The view of a member's achievements."""

import discord

from raidbot.commands.leaderboard.views import CARRIED, GOLD
from raidbot.commands.ui.components import panel_embed
from raidbot.raids.statistics.achievements import Progress
from raidbot.utils.clean_text import clean_name
from raidbot.utils.words import Name, Raw, Text, count, lines, say

_SILVER, _BRONZE = 0xC0C0C0, 0xCD7F32
_COLOURS = ((5, GOLD), (2, _SILVER), (0, _BRONZE))
"""From how many unlocked achievements on the embed has which colour."""


def embed(progress: tuple[Progress, ...], name: str | None) -> discord.Embed:
    """Show achievements and the way to the others. `name` is None for the reader's own."""
    unlocked = [one for one in progress if one.is_unlocked]
    locked = [one for one in progress if not one.is_unlocked]
    whose = say("Your achievements") if name is None else say("Achievements of {member}", member=Name(clean_name(name)))
    colour = next(colour for least, colour in _COLOURS if len(unlocked) >= least)
    made = panel_embed(str(whose), None, colour)
    if unlocked:
        made.add_field(name=str(say("Unlocked")), value=str(lines(*map(_unlocked, unlocked))), inline=False)
    if locked:
        made.add_field(name=str(say("Still to come")), value=str(lines(*map(_locked, locked))), inline=False)
    if any(one.record.is_carried for one in progress):
        made.description = str(CARRIED)
    return made.set_footer(text=str(say("{reached} of {all} unlocked", reached=len(unlocked), all=len(progress))))


def _unlocked(one: Progress) -> Text:
    achievement = one.achievement
    return say("{emoji} **{name}**: {rule}", emoji=Raw(achievement.emoji), name=achievement.name, rule=achievement.rule)


def _locked(one: Progress) -> Text:
    return say("{achievement} – {reached}", achievement=_unlocked(one), reached=_reached(one))


def _reached(one: Progress) -> Text:
    if one.misses:
        return count("out of reach with {n} no-show", "out of reach with {n} no-shows", one.misses)
    return say("{reached} of {goal}", reached=one.reached, goal=one.achievement.goal)
