"""Members whose direct messages are closed: any sign of life lets the next message be tried, and they are told once."""

import sqlite3
from functools import partial

import discord
import structlog
from discord.ext import commands

from raidbot.commands.ui import responses
from raidbot.commands.ui.interaction import Interaction
from raidbot.db import closed_dms as rows
from raidbot.raids.model import MessageId
from raidbot.raids.notifications import how_to_open_dms
from raidbot.state import State
from raidbot.utils.words import Text, paragraph, render, say

log = structlog.get_logger(__name__)


def _you_hear_nothing() -> Text:
    return paragraph(say("I could not send you a direct message."), how_to_open_dms())


class ClosedDms(commands.Cog):
    """Notes interactions, reactions on boards and messages in raid threads of these members."""

    def __init__(self, state: State) -> None:
        self._state = state

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        if interaction.type is not discord.InteractionType.autocomplete:
            await self._note(interaction.user.id)

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        if MessageId(payload.message_id) in self._state.boards:
            await self._note(payload.user_id)

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        if MessageId(message.channel.id) in self._state.boards:  # a thread has the id of its message
            await self._note(message.author.id)

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

    async def _note(self, member: int) -> None:
        """Let the next message to the member be tried, if their direct messages were found closed."""
        try:
            if await self._state.db.read(partial(rows.silent_since, member=member)) is not None:
                await self._state.db.write(partial(rows.note_sign_of_life, member=member))
        except sqlite3.Error as error:
            log.info("sign of life not noted", member=member, error=repr(error))
