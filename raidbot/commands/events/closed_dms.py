"""Members whose direct messages are closed: any sign of life lets the next message be tried, and they are told once."""

import sqlite3
from functools import partial

import discord
import structlog
from discord.ext import commands

from raidbot.commands.ui import responses
from raidbot.commands.ui.interaction import Interaction
from raidbot.db import closed_dms as rows
from raidbot.delivery.messages import closed_dms as messages
from raidbot.raids.model import MessageId
from raidbot.raids.notifications import how_to_open_dms
from raidbot.state import State
from raidbot.utils.words import Text, paragraph, render, say

log = structlog.get_logger(__name__)


def _you_hear_nothing() -> Text:
    return paragraph(say("I could not send you a direct message."), how_to_open_dms())


class ClosedDms(commands.Cog):
    """Notes interactions and messages in raid threads of these members; `Reactions` notes reactions on boards."""

    def __init__(self, state: State, closed: messages.ClosedDms) -> None:
        self._state = state
        self._closed = closed

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        if interaction.type is not discord.InteractionType.autocomplete:
            await self._closed.did_something(interaction.user.id)

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        if MessageId(message.channel.id) in self._state.boards:  # a thread has the id of its message
            await self._closed.did_something(message.author.id)

    @commands.Cog.listener()
    async def on_app_command_completion(self, interaction: Interaction, _command: object) -> None:
        await self.answered(interaction)

    async def answered(self, interaction: Interaction) -> None:
        """Tell the member once, below the answer to what they did, how to open their direct messages."""
        response = interaction.response
        if not response.is_done() or response.type is discord.InteractionResponseType.modal:
            return
        member = interaction.user.id
        try:
            if not await self._state.db.read(partial(rows.is_untold, member=member)):
                return
            if await self._state.db.write(partial(rows.note_told, member=member)):
                await responses.send_ephemeral(interaction, render(_you_hear_nothing()))
        except (sqlite3.Error, discord.HTTPException) as error:
            log.info("member not told of closed direct messages", member=member, error=repr(error))
