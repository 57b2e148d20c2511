"""Say on the boards of raids that cannot be read that signups are paused, and draw them anew once they can be."""

from functools import partial

import discord
import structlog

from raidbot.db import damaged_raids
from raidbot.db.raids import UnreadableRaid
from raidbot.delivery.boards.posted import Place
from raidbot.delivery.boards.raid_key import raid_key
from raidbot.delivery.boards.updater import Boards
from raidbot.delivery.discord_api import DiscordApi, Family, NoResponse
from raidbot.raids.messages.damage import paused
from raidbot.raids.model import RaidId
from raidbot.raids.templates.model import MAX_EMBED_LENGTH
from raidbot.state import State
from raidbot.utils.words import render

log = structlog.get_logger(__name__)

_MAX_DESCRIPTION_LENGTH = 4096  # https://discord.com/developers/docs/resources/message#embed-object-embed-limits


class DamagedBoards:
    """Edits the board of a raid that was reported as unreadable, once, and once more when the raid can be read."""

    def __init__(self, state: State, client: discord.Client, api: DiscordApi, boards: Boards) -> None:
        self._state = state
        self._client = client
        self._api = api
        self._boards = boards

    async def follow(self, _now: object = None) -> None:
        """Look at every reported raid. Raises Unwritable while the database cannot be written."""
        for raid in await self._state.db.read(damaged_raids.reported):
            try:
                await self._state.raid(raid)
            except UnreadableRaid:
                if not await self._state.db.read(partial(damaged_raids.is_paused, raid=raid)):
                    await self._pause(raid)
            except KeyError:  # deleted
                await self._state.db.write(partial(damaged_raids.note_mended, raid=raid))
            else:
                await self._mended(raid)

    async def _pause(self, raid: RaidId) -> None:
        board = await self._state.db.read(partial(damaged_raids.open_board, raid=raid))
        if board is not None:
            try:
                await self._write_on(Place(*board))
            except NoResponse:
                return  # tried again
            except discord.HTTPException as refusal:
                log.warning("board does not say that signups are paused", raid=raid, error=str(refusal))
        await self._state.db.write(partial(damaged_raids.note_paused, raid=raid))

    async def _write_on(self, place: Place) -> None:
        """Put a line before the board's text; everything else stays, or as much as there is room for."""
        message = await self._api.call(place.message_of(self._client).fetch, Family.READS, place.guild)
        if not message.embeds:
            return
        embed, said = message.embeds[0], f"⚠️ {render(paused())}"
        embed.description = f"{said}\n\n{embed.description or ''}"[:_MAX_DESCRIPTION_LENGTH]
        while len(embed) > MAX_EMBED_LENGTH and embed.fields:
            embed.remove_field(-1)
        await self._api.call(lambda: message.edit(embed=embed), Family.BOARDS, place.guild)

    async def _mended(self, raid: RaidId) -> None:
        was_paused = await self._state.db.read(partial(damaged_raids.is_paused, raid=raid))
        await self._state.db.write(partial(damaged_raids.note_mended, raid=raid))
        log.info("raid can be read again", raid=raid)
        if was_paused:
            self._boards.redraw(raid_key(raid))
