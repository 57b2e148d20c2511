"""Send one row of the outbox: open the conversation, look for what an earlier attempt delivered, and send."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import NamedTuple

import discord

from raidbot.db import outbox as rows
from raidbot.db.outbox import CLOCK_TOLERANCE, Claimed
from raidbot.delivery.discord_api import (
    UNKNOWN_MESSAGE,
    DiscordApi,
    Family,
    NoResponse,
    NotNow,
)
from raidbot.delivery.discord_internals import member_roles
from raidbot.delivery.mentions import unheard_roles
from raidbot.delivery.messages.conversations import Conversations
from raidbot.delivery.messages.late_texts import LateTexts
from raidbot.delivery.messages.server_names import ServerNames, says
from raidbot.raids.notifications import Menu
from raidbot.state import State

_UNKNOWN_CLAIM_PERIOD = timedelta(days=1)
"""How far to search for a row whose first claim is not known, as an older version left it."""


class FateUnknown(Exception):  # noqa: N818 - a fact about the message, not an error of the caller
    """An earlier attempt may have sent the message, and Discord lets nobody look."""


class Sent(NamedTuple):
    """A message that was sent; `id` is None if it was deleted since. Of its mentioned roles, `unheard` got nothing."""

    id: int | None
    unheard: tuple[int, ...] = ()


class Sender:
    """Sends rows under their nonce."""

    def __init__(
        self,
        state: State,
        client: discord.Client,
        api: DiscordApi,
        conversations: Conversations,
        server_names: ServerNames,
        late_texts: LateTexts,
    ) -> None:
        self.nonce_prefix = ""
        self.late_texts = late_texts
        self._state = state
        self._client = client
        self._api = api
        self._conversations = conversations
        self._server_names = server_names

    async def send(self, row: Claimed) -> Sent:
        """Send the row, unless an earlier attempt arrived.

        Raises FateUnknown, ObsoleteMessageError or Unwritable, and as `DiscordApi.call` does.
        """
        try:
            return await self._send(row)
        except NotNow as refusal:
            if row.kind == "dm":
                self._conversations.refused(refusal)
            raise

    async def _send(self, row: Claimed) -> Sent:
        if row.attempts == 1:
            row = await self.late_texts.made(row)
        channel = self._client.get_partial_messageable(await self._channel(row), guild_id=_guild_of(row))
        if row.attempts > 1:
            try:
                found = await self._api.call(partial(self._find, channel, row), Family.READS, row.guild)
            except discord.HTTPException as refusal:
                raise FateUnknown(str(refusal)) from refusal
            if found is not None:
                return Sent(found.id, unheard_roles(found, _mentioned(row, "roles")))
            row = await self.late_texts.made(row)
        content: str | None = row.payload.get("content")
        if row.kind == "dm" and content:
            content = self._server_names.before(row.guild, content)
        embeds = [discord.Embed.from_dict(embed) for embed in row.payload.get("embeds", ())]
        nonce = f"{self.nonce_prefix}o{row.id}"
        buttons, menu = row.payload.get("buttons", []), row.payload.get("menu")
        view = _view(buttons, Menu(**menu) if menu else None) if buttons or menu else discord.utils.MISSING
        try:
            message = await self._api.call(
                lambda: channel.send(content, embeds=embeds, view=view, nonce=nonce, allowed_mentions=_allowed(row)),
                Family.MESSAGES,
                row.guild,
            )
        except discord.NotFound as missing:
            if missing.code != UNKNOWN_MESSAGE:
                raise
            return Sent(None)  # Discord knows the nonce, but somebody deleted its message
        return Sent(message.id, unheard_roles(message, _mentioned(row, "roles")))

    async def _channel(self, row: Claimed) -> int:
        if row.kind == "post":
            return row.target
        return await self._conversations.channel_with(row.target, row.guild)

    def is_on_server_of(self, row: Claimed) -> bool:
        """Return True if the bot is on the server that the message is about, or if it is about none."""
        return row.guild is None or self._client.get_guild(row.guild) is not None

    async def shares_server(self, row: Claimed) -> bool:
        """Return True if the bot and the recipient are on the server that the message is about, as far as known."""
        if row.guild is None or not self.is_on_server_of(row):
            return row.guild is None
        try:
            await self._api.call(partial(member_roles, self._client, row.guild, row.target), Family.READS, row.guild)
        except (NoResponse, discord.HTTPException):
            return False
        return True

    async def _find(self, channel: discord.PartialMessageable, row: Claimed) -> discord.Message | None:
        """Return a message that an earlier attempt delivered: ours, the same content, and no other row's.

        All messages since the first attempt are searched, however many. Older ones may be those of rows deleted since.
        """
        assert self._client.user is not None  # noqa: S101
        since = row.first_claimed_at or self._state.now() - _UNKNOWN_CLAIM_PERIOD
        async for message in channel.history(limit=None, after=since - CLOCK_TOLERANCE):
            ours = message.author.id == self._client.user.id and _says(message, row)
            if ours and not await self._state.db.read(partial(rows.is_sent_message, message=message.id)):
                return message
        return None


def _guild_of(row: Claimed) -> int | None:
    return row.guild if row.kind == "post" else None


def _allowed(row: Claimed) -> discord.AllowedMentions:
    """Return those whom the message notifies: whom its row names, and nobody else whatever it says."""
    users, roles = ([discord.Object(one) for one in _mentioned(row, whom)] for whom in ("users", "roles"))
    return discord.AllowedMentions(everyone=False, users=users, roles=roles, replied_user=False)


def _mentioned(row: Claimed, whom: str) -> list[int]:
    mentions: Mapping[str, list[int]] = row.payload.get("mentions", {})
    return mentions.get(whom, [])


def _view(buttons: list[dict[str, str]], menu: Menu | None) -> discord.ui.View:
    """Return a view that discord.py does not track: presses are routed by `custom_id`."""
    view = discord.ui.View(timeout=None)
    for button in buttons:
        style = discord.ButtonStyle[button["style"]]
        is_link, address = style is discord.ButtonStyle.link, button["address"]
        made: discord.ui.Button[discord.ui.View] = discord.ui.Button(
            label=button["label"],
            style=style,
            url=address if is_link else None,
            custom_id=None if is_link else address,
        )
        view.add_item(made)
    if menu is not None:
        view.add_item(_select(menu))
    view.stop()
    return view


def _select(menu: Menu) -> discord.ui.Select[discord.ui.View]:
    return discord.ui.Select(
        custom_id=menu.address,
        placeholder=menu.hint,
        options=[discord.SelectOption(label=one, default=one == menu.chosen) for one in menu.options],
        min_values=0,
    )


def _says(message: discord.Message, row: Claimed) -> bool:
    said = [embed.description for embed in message.embeds]
    owed = [embed.get("description") for embed in row.payload.get("embeds", ())]
    content = (row.payload.get("content") or "").strip()
    same = says(message.content, content) if row.kind == "dm" and content else message.content == content
    return same and said == owed
