"""/setchannel: choose the channels for boards and logs."""

import discord
from discord import app_commands
from discord.ext import commands

from raidbot.commands.posting.channels import (
    LOGS,
    USE_NAMES,
    Use,
    channel_status,
    set_channel,
    shown_kinds,
    uses_of,
)
from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.autocomplete import matching
from raidbot.commands.ui.interaction import Interaction
from raidbot.raids.model import GuildId
from raidbot.raids.permissions import Permission
from raidbot.state import State
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip
from raidbot.utils.words import Name, say


class UnknownUse(Refusal):
    def __init__(self, text: str) -> None:
        super().__init__(
            say(
                "“{text}” is nothing a channel can be chosen for. Choose one from the list as you type.",
                text=Name(text),
            )
        )


@app_commands.default_permissions(manage_guild=True)
class SetChannel(commands.GroupCog, group_name="setchannel", group_description="Choose where boards and reports go"):
    def __init__(self, state: State) -> None:
        self._state = state

    @app_commands.command(name="set", description="Choose the channel for one kind of signup, or for a log")
    @app_commands.describe(what="What the channel is for", channel="A text channel I can post in")
    async def choose(self, interaction: Interaction, what: str, channel: discord.TextChannel) -> None:
        await permissions.check(interaction, Permission.SETCHANNEL_SET)
        use, guild = _use(what), permissions.guild_of(interaction)
        await responses.defer(interaction)
        await set_channel(self._state, guild, use, channel.id, permissions.cause_of(interaction))
        goes = "goes" if use in LOGS else "go"
        await responses.edit_response(interaction, f"{USE_NAMES[use]} {goes} to {channel.mention} from now on.")

    @app_commands.command(description="Unset a channel")
    @app_commands.describe(what="What the channel was for")
    async def clear(self, interaction: Interaction, what: str) -> None:
        await permissions.check(interaction, Permission.SETCHANNEL_CLEAR)
        use, guild = _use(what), permissions.guild_of(interaction)
        await responses.defer(interaction)
        await set_channel(self._state, guild, use, None, permissions.cause_of(interaction))
        now = channel_status(guild, await self._state.settings(GuildId(guild.id)), use)
        await responses.edit_response(interaction, f"Channel cleared. {USE_NAMES[use]}: {now}.")

    @app_commands.command(description="Show which channels are chosen")
    async def show(self, interaction: Interaction) -> None:
        await permissions.check(interaction, Permission.SETCHANNEL_SHOW)
        await responses.defer(interaction)
        guild = permissions.guild_of(interaction)
        settings = await self._state.settings(GuildId(guild.id))
        uses = uses_of(await shown_kinds(self._state, settings.guild))
        await responses.edit_response(
            interaction, "\n".join(f"{USE_NAMES[use]}: {channel_status(guild, settings, use)}" for use in uses)
        )

    @choose.autocomplete("what")
    @clear.autocomplete("what")
    async def _uses(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        uses = uses_of(await shown_kinds(self._state, permissions.guild_id(interaction)))
        return matching(typed, [(use.value, USE_NAMES[use]) for use in uses])


def _use(text: str) -> Use:
    """Return the purpose with this name or value, ignoring case. Raises UnknownUse."""
    wanted = text.strip().casefold()
    for use, name in USE_NAMES.items():
        if wanted in (use.value, name.casefold()):
            return use
    raise UnknownUse(clip(text, 50))
