"""/privacy: all that is known of you as a file, and its end."""

import asyncio
import io
from collections.abc import Callable
from datetime import datetime

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from raidbot.commands.privacy import views
from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.interaction import Interaction
from raidbot.commands.ui.router import Press, UnknownPanel
from raidbot.delivery.exports.member_data import member_file
from raidbot.delivery.forgetting.service import Forgetting
from raidbot.delivery.members.message_choices import MessageChoices
from raidbot.jobs.absences import delete_at_once, note_request
from raidbot.raids.model import MemberId
from raidbot.state import State
from raidbot.utils.errors import Refusal
from raidbot.utils.rate_limiter import SlidingWindow
from raidbot.utils.tasks import start_detached
from raidbot.utils.words import render, say

log = structlog.get_logger(__name__)

_WAIT_SECONDS = 8.0
_EXPORT_SECONDS = 60.0


class TooSoon(Refusal):
    def __init__(self) -> None:
        super().__init__(say("You had your file a moment ago. Ask again in a minute."))


class OnlyManagers(Refusal):
    def __init__(self) -> None:
        super().__init__(say("Only somebody who manages this server can have it deleted. Ask them."))


class OtherName(Refusal):
    def __init__(self) -> None:
        super().__init__(
            say("That is not the name of this server, so nothing was deleted. Press the button again, and type it.")
        )


class Privacy(commands.GroupCog, group_name="privacy", group_description="What I know about you, and its end"):
    """`backups_gone_at` returns when the automatic backups of today are gone; None if none are made."""

    def __init__(
        self,
        state: State,
        forgetting: Forgetting,
        choices: MessageChoices,
        *,
        backups_gone_at: Callable[[datetime], datetime | None],
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
        text = say("This is all that I know about you, on all servers. RaidBot’s docs/privacy.md explains the parts.")
        await responses.send_file(interaction, render(text), discord.File(io.BytesIO(content), name))

    @app_commands.command(description="Leave upcoming raids, and have all that I know about you deleted")
    async def forget(self, interaction: Interaction) -> None:
        guild, member = permissions.guild_id(interaction), permissions.member_id(interaction)
        await responses.defer(interaction)
        chosen = await self._choices.of(guild, member)
        gone_at = await asyncio.to_thread(self._backups_gone_at, self._state.now())
        panel = views.forget_panel(is_silent=chosen.is_silent, backups_gone_at=gone_at)
        await responses.edit_response(interaction, embeds=(panel,), rows=views.forget_rows())

    @app_commands.command(name="delete-server", description="Delete all that I know about this server, and let me go")
    async def delete_server(self, interaction: Interaction) -> None:
        _check_manages(interaction)
        name = permissions.guild_of(interaction).name
        await responses.defer(interaction)
        await responses.edit_response(interaction, embeds=(views.delete_panel(name),), rows=views.delete_rows())

    async def _delete_server(self, interaction: Interaction, typed: str) -> None:
        """Say so, leave and delete: nothing is heard of the server any more that would be noted again.

        A process that ends before the bot has left finds itself there at its next start, with all as it was.
        """
        guild = permissions.guild_of(interaction)
        if " ".join(typed.split()).casefold() != " ".join(guild.name.split()).casefold():
            raise OtherName
        said = say("I delete everything of this server and leave. Invite me again to start afresh.")
        await responses.edit_response(interaction, render(said))
        await note_request(self._state, permissions.guild_id(interaction))
        try:
            await guild.leave()
        except discord.HTTPException as error:
            log.warning("server could not be left", guild=guild.id, error=repr(error))
        await asyncio.shield(start_detached(delete_at_once(self._state, permissions.guild_id(interaction))))

    async def press(self, press: Press) -> None:
        """Forget the person who pressed, or keep them."""
        interaction = press.interaction
        guild, member = permissions.guild_id(interaction), permissions.member_id(interaction)
        match press.parts:
            case ("forget", ("here" | "all") as where):
                await self._forgetting.ask(member, guild if where == "here" else None)
                is_over = await self._forgetting.is_done(member, within=_WAIT_SECONDS)
                await responses.edit_response(interaction, render(views.done(is_over=is_over)))
            case ("ask-delete",):
                _check_manages(interaction)
                await responses.open_modal(interaction, views.delete_form())
            case ("delete",):
                _check_manages(interaction)
                await self._delete_server(interaction, press.fields["name"])
            case ("keep",):
                await responses.edit_response(interaction, render(say("Nothing has changed.")))
            case _:
                raise UnknownPanel


def _check_manages(interaction: Interaction) -> None:
    """Raises OnlyManagers."""
    if not permissions.asker_of(interaction).manages:
        raise OnlyManagers
