"""Raid codes as they are offered while somebody types one."""

from datetime import tzinfo
from functools import partial
from typing import Any

import discord
from discord import app_commands

from raidbot.commands.ui import rights
from raidbot.db import lookups
from raidbot.db.lookups import Listed
from raidbot.raids.model import GuildId
from raidbot.state import State
from raidbot.utils.text import clip

_CHOICES_MOST = 25  # https://discord.com/developers/docs/interactions/receiving-and-responding#autocomplete
_CHOICE_LONGEST = 100


async def offered(state: State, interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
    """This server's raids whose line holds what is typed: those to come soonest first, then those gone by."""
    guild = GuildId(rights.here(interaction).id)
    zone = (await state.settings(guild)).tzinfo
    listed = await state.db.read(partial(lookups.listed, guild=guild, now=state.now()))
    wanted = typed.strip().casefold()
    lines = ((raid.code, line(raid, zone)) for raid in listed)
    found = [app_commands.Choice(name=text, value=code) for code, text in lines if wanted in text.casefold()]
    return found[:_CHOICES_MOST]


def line(raid: Listed, zone: tzinfo) -> str:
    """“code — title — time”, short enough to be offered."""
    when = f"{raid.starts_at.astimezone(zone):%a %d %b %H:%M}"
    room = _CHOICE_LONGEST - len(f"{raid.code} —  — {when}")
    return f"{raid.code} — {clip(raid.name, room)} — {when}"
