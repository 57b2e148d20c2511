"""Find a raid by its code or its board, and autocomplete codes."""

from contextlib import suppress
from functools import partial

from discord import app_commands

from raidbot.commands.ui import log_context, permissions
from raidbot.commands.ui.autocomplete import MAX_CHOICE_LENGTH, matching
from raidbot.commands.ui.interaction import Interaction
from raidbot.db import raid_queries
from raidbot.raids.labels import choice
from raidbot.raids.model import MessageId, Raid
from raidbot.state import State
from raidbot.utils.errors import Refusal
from raidbot.utils.words import say

WHICH_RAID = "Which raid; choose it from the list as you type"
"""Describes an option for a raid's code."""


async def find_raid(state: State, interaction: Interaction, code: str) -> Raid:
    """Return the raid with this code in the interaction's guild, and add it to the log lines. Raises UnknownRaid."""
    raid = await state.find(permissions.guild_id(interaction), code)
    log_context.note_raid(raid.id)
    return raid


class NoBoard(Refusal):
    def __init__(self) -> None:
        super().__init__(say("This message is no raid’s board. Use this on the message that people sign up under."))


async def raid_of_board(state: State, interaction: Interaction, message: MessageId) -> Raid:
    """Return the raid whose board this message is, however old it is. Raises NoBoard."""
    raid_id = state.boards.get(message) or await state.db.read(partial(raid_queries.with_message, message=message))
    raid = None if raid_id is None else await state.raid(raid_id)
    if raid is None or raid.guild != permissions.guild_id(interaction):
        raise NoBoard
    log_context.note_raid(raid.id)
    return raid


async def raid_choices(state: State, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Return this guild's raids that match the text, among equals those to come, soonest first, before past ones.

    A whole code is offered however long ago its raid was.
    """
    guild = permissions.guild_id(interaction)
    zone = (await state.settings(guild)).tzinfo
    listed = await state.db.read(partial(raid_queries.listed, guild=guild, now=state.now()))
    labels = ((raid, f"{raid.starts_at.astimezone(zone):%a %d %b %H:%M}") for raid in listed)
    wanted = typed.strip(" `")
    found = matching(wanted, ((raid.code, choice(raid, when, MAX_CHOICE_LENGTH)) for raid, when in labels))
    return found or await _long_past(state, interaction, wanted)


async def _long_past(state: State, interaction: Interaction, code: str) -> list[app_commands.Choice[str]]:
    """Return the raid with this code, which is not among those that are listed."""
    with suppress(Refusal):
        raid = await state.find(permissions.guild_id(interaction), code)
        when = raid.starts_at.astimezone((await state.settings(raid.guild)).tzinfo)
        return [app_commands.Choice(name=choice(raid, f"{when:%d %b %Y}", MAX_CHOICE_LENGTH), value=raid.code)]
    return []
