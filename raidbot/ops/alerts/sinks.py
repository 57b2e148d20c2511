"""Ways by which alerts leave: a direct message to the owner, and a webhook."""

import asyncio
from typing import Protocol

import discord

from raidbot.delivery.discord_api import DiscordApi, Family, NoResponse, NotNow
from raidbot.delivery.messages.closed_dms import NO_SERVER_IN_COMMON, TAKES_NO_DMS_CODES
from raidbot.delivery.messages.conversations import Conversations
from raidbot.raids.model import MemberId
from raidbot.utils.tasks import start_detached
from raidbot.utils.words import Name, Text, say

_PATIENCE_SECONDS = 15.0
_UNKNOWN_USER = 10013


class NotDeliveredError(Exception):
    """A message did not arrive, as far as is known; `why` completes “It did not arrive: …”."""

    def __init__(self, why: Text) -> None:
        super().__init__(str(why))
        self.why = why


class Sink(Protocol):
    name: Text

    async def send(self, text: str, nonce: str, /) -> None:
        """Send the text. Raises NotDeliveredError.

        A nonce shorter than 26 characters says that this is the same message as a moment ago.
        """


class OwnerDm:
    """Direct messages to the owner. They need no database, so its trouble can be told, too."""

    name = say("Direct message")

    def __init__(self, client: discord.Client, api: DiscordApi, conversations: Conversations, owner: MemberId) -> None:
        self._client = client
        self._api = api
        self._conversations = conversations
        self._owner = owner
        self._under_way: dict[str, asyncio.Task[None]] = {}

    async def send(self, text: str, nonce: str) -> None:
        """Send the text. Raises NotDeliveredError; while Discord does not answer, ask again with the same nonce.

        Nothing is cancelled (see `DiscordApi`), so what is under way goes first.
        """
        others = {sending for other, sending in self._under_way.items() if other != nonce}
        await self._wait_for(others)
        sending = self._under_way.get(nonce)
        if sending is None:
            sending = self._under_way[nonce] = start_detached(self._send(text, nonce))
            sending.add_done_callback(_take_notice)
        await self._wait_for({sending})
        await sending

    async def _wait_for(self, sending: set[asyncio.Task[None]]) -> None:
        if sending:
            await asyncio.wait(sending, timeout=_PATIENCE_SECONDS)
        if not all(task.done() for task in sending):
            raise NotDeliveredError(say("Discord does not answer"))
        self._under_way = {nonce: task for nonce, task in self._under_way.items() if task not in sending}

    async def _send(self, text: str, nonce: str) -> None:
        try:
            channel = self._client.get_partial_messageable(await self._conversations.channel_with(self._owner))
            await self._api.call(lambda: channel.send(text, nonce=nonce), Family.MESSAGES)
        except (NoResponse, discord.HTTPException) as error:
            if isinstance(error, NotNow):
                self._conversations.refused(error)
            raise NotDeliveredError(_reason(error)) from error


def _take_notice(sending: asyncio.Task[None]) -> None:
    """Look at how it ended, as nobody may ask any more."""
    if not sending.cancelled():
        sending.exception()


def _reason(error: NoResponse | discord.HTTPException) -> Text:
    if isinstance(error, NoResponse):
        return say("Discord does not answer")
    if error.code == _UNKNOWN_USER:
        return say("there is no user with the id of `RAIDBOT_OWNER_ID`")
    if error.code == NO_SERVER_IN_COMMON:
        return say("we share no server")
    if error.code in TAKES_NO_DMS_CODES:
        return say("direct messages are closed")
    return say("Discord refused it ({error})", error=Name(str(error)))
