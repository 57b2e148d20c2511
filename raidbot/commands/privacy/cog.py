"""/privacy: all that is known of you as a file, and its end."""

import asyncio
import io
from collections.abc import Callable
from datetime import datetime

import discord
from discord import app_commands
from discord.ext import commands

from raidbot.commands.privacy import views
from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.router import Press, UnknownPanel
from raidbot.delivery.exports.member_data import member_file
from raidbot.delivery.forgetting.service import Forgetting
from raidbot.delivery.members.message_choices import MessageChoices
from raidbot.raids.model import MemberId
from raidbot.state import State
from raidbot.utils.errors import Refusal
from raidbot.utils.rate_limiter import SlidingWindow
from raidbot.utils.words import render, say

_WAIT_SECONDS = 8.0
_EXPORT_SECONDS = 60.0


class TooSoon(Refusal):
    def __init__(self) -> None:
        super().__init__(say("You had your file a moment ago. Ask again in a minute."))


class Privacy(commands.GroupCog, group_name="privacy", group_description="What I know about you, and its end"):
    """`backups_gone_at` returns when the automatic backups of today are gone."""

    def __init__(
        self,
        state: State,
        forgetting: Forgetting,
        choices: MessageChoices,
        *,
        backups_gone_at: Callable[[datetime], datetime],
    ) -> None:
        self._state = state
        self._forgetting = forgetting
        self._choices = choices
        self._backups_gone_at = backups_gone_at
        self._exports: SlidingWindow[MemberId] = SlidingWindow(1, _EXPORT_SECONDS)

    @app_commands.command(description="All that I know about you, on all servers, as a file")
    async def export(self, interaction: Interaction) -> None:
        permissions.guild_of(interaction)
        member = permissions.member_id(interaction)
        if not self._exports.hit(member, asyncio.get_running_loop().time()):
            raise TooSoon
        await responses.defer(interaction)
        name, content = await member_file(self._state, member)
        text = say("This is all that I know about you, on all servers. docs/privacy.md says what the parts mean.")
        await responses.send_file(interaction, render(text), discord.File(io.BytesIO(content), name))

    @app_commands.command(description="Leave the raids to come, and have all that I know about you deleted")
    async def forget(self, interaction: Interaction) -> None:
        guild, member = permissions.guild_id(interaction), permissions.member_id(interaction)
        await responses.defer(interaction)
        chosen = await self._choices.of(guild, member)
        gone_at = await asyncio.to_thread(self._backups_gone_at, self._state.now())
        panel = views.forget_panel(is_silent=chosen.is_silent, backups_gone_at=gone_at)
        await responses.edit_response(interaction, embeds=(panel,), rows=views.forget_rows())

    async def press(self, press: Press) -> None:
        """Forget the person who pressed, or keep them."""
        interaction = press.interaction
        guild, member = permissions.guild_id(interaction), permissions.member_id(interaction)
        match press.parts:
            case ("forget", ("here" | "all") as where):
                await self._forgetting.ask(member, guild if where == "here" else None)
                is_over = await self._forgetting.is_done(member, within=_WAIT_SECONDS)
                await responses.edit_response(interaction, render(views.done(is_over=is_over)))
            case ("keep",):
                await responses.edit_response(interaction, render(say("Nothing has changed.")))
            case _:
                raise UnknownPanel
