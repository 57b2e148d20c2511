"""Find a raid by its code, and autocomplete codes."""

from functools import partial

from discord import app_commands

from raidbot.commands.ui import log_context, permissions
from raidbot.commands.ui.autocomplete import MAX_CHOICE_LENGTH, matching
from raidbot.commands.ui.interaction import Interaction
from raidbot.db import raid_queries
from raidbot.raids.labels import choice
from raidbot.raids.model import Raid
from raidbot.state import State

WHICH_RAID = "Which raid; choose it from the list as you type"
"""Describes an option for a raid's code."""


async def find_raid(state: State, interaction: Interaction, code: str) -> Raid:
    """Return the raid with this code in the interaction's guild, and add it to the log lines. Raises UnknownRaid."""
    raid = await state.find(permissions.guild_id(interaction), code)
    log_context.note_raid(raid.id)
    return raid


async def raid_choices(state: State, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Return this guild's raids that match the text, among equals those to come, soonest first, before past ones."""
    guild = permissions.guild_id(interaction)
    zone = (await state.settings(guild)).tzinfo
    listed = await state.db.read(partial(raid_queries.listed, guild=guild, now=state.now()))
    labels = ((raid, f"{raid.starts_at.astimezone(zone):%a %d %b %H:%M}") for raid in listed)
    return matching(typed.strip(" `"), ((raid.code, choice(raid, when, MAX_CHOICE_LENGTH)) for raid, when in labels))
