"""Post new things, each exactly once, and do what follows the posting."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

import discord
import structlog

from raidbot.db.outbox import CLAIM_LIFETIME, CLOCK_TOLERANCE
from raidbot.delivery.boards.posted import PostedKey, PostedKinds, UnpostedThing
from raidbot.delivery.boards.updater import Boards
from raidbot.delivery.boards.uploads.shown_picture import PictureGone, lose_refused, to_send
from raidbot.delivery.channel_permissions import TO_SEND, missing_permissions
from raidbot.delivery.discord_api import DiscordApi, Family, NoResponse
from raidbot.delivery.drawing.components import with_controls
from raidbot.delivery.keyed_workers import KeyedWorkers
from raidbot.delivery.mentions import unheard_roles
from raidbot.delivery.messages.nonces import nonce_prefix
from raidbot.delivery.pacing import Pacer
from raidbot.raids.labels import named_by_footer
from raidbot.raids.model import ChannelId, MessageId
from raidbot.state import State
from raidbot.utils.metrics import boards as metrics

log = structlog.get_logger(__name__)

_MAX_BACKOFF_SECONDS = 60.0
_USUALLY_LACKING = {50001: (TO_SEND["view_channel"],), 50013: (TO_SEND["send_messages"],)}
"""Discord's error codes: missing access, missing permissions."""
_REFUSED_RETRY_SECONDS = 600.0


class Posting:
    """Posts every thing that its kind says is unposted, and then calls the kind's `follow_up`.

    `catch_up` compares the reactions that came before the message was known and that no listener took in.
    """

    def __init__(
        self,
        state: State,
        kinds: PostedKinds,
        client: discord.Client,
        api: DiscordApi,
        boards: Boards,
        *,
        catch_up: Callable[[PostedKey], Awaitable[None]],
        first_retry: float = 2.0,
    ) -> None:
        self._state = state
        self._kinds = kinds
        self._client = client
        self._api = api
        self._boards = boards
        self._catch_up = catch_up
        self._pacer: Pacer[ChannelId] = Pacer(1.25, burst=2)  # Discord allows 5 messages in 5 s per channel
        self._prefix = ""
        self._under_way: dict[PostedKey, ChannelId] = {}
        self._listeners: list[Callable[[], Awaitable[None]]] = []
        self._sent_at: dict[PostedKey, datetime] = {}
        self._workers: KeyedWorkers[PostedKey] = KeyedWorkers(
            self._work, first_retry=first_retry, max_retry_seconds=_MAX_BACKOFF_SECONDS
        )
        api.circuits.listen(self._workers.circuit_changed)

    async def start(self) -> None:
        """Post what an earlier run left unposted."""
        self._prefix = await nonce_prefix(self._state.db)
        self._workers.start()
        for kind in self._kinds:
            for thing in await kind.unposted():
                self.post(PostedKey(kind.name, thing))

    async def stop(self, timeout: float) -> None:
        """Finish the calls under way within `timeout` seconds; the rest is posted after the next start."""
        await self._workers.stop(timeout)

    async def idle(self) -> None:
        """Wait until nothing is being posted; things that wait for a retry do not count."""
        await self._workers.idle()

    def listen(self, listener: Callable[[], Awaitable[None]]) -> None:
        """Call `listener` whenever a posting has ended, before the message's reactions are compared."""
        self._listeners.append(listener)

    def is_posting_in(self, channel: int) -> bool:
        """Return True if the channel may have a message of ours that is not known yet. Cheap to call often."""
        return bool(self._under_way) and channel in self._under_way.values()

    def post(self, key: PostedKey) -> None:
        """Post the thing in the background, unless it is posted already."""
        self._workers.wake(key)

    async def _work(self, key: PostedKey) -> float | None:
        """Post the thing and follow up; return the delay in seconds until a retry, or None if there is none."""
        backoff = self._workers.backoff(key)
        try:
            await self._post(key)
            if (wait := await self._take_down_stray(key)) is not None:
                return wait
        except NoResponse as none:
            log.info("board not posted yet", **key.fields, error=f"{none}: {none.__cause__!r}")
            return self._workers.wait_out(key, none)
        except Exception:
            wait = backoff.next()
            log.exception("board cannot be posted", **key.fields, again_in=wait)
            return wait
        try:
            await self._kinds.of(key).follow_up(key.id)
        except NoResponse as none:
            log.info("board not followed up yet", **key.fields, error=f"{none}: {none.__cause__!r}")
            return self._workers.wait_out(key, none)
        except Exception:
            log.exception("board not followed up", **key.fields)
        return None

    async def _post(self, key: PostedKey) -> None:
        kind = self._kinds.of(key)
        thing = await kind.to_post(key.id)
        if thing is None:
            await self._ended(key)
            return
        self._under_way[key] = thing.channel
        try:
            message = await self._message(key, thing)
        except PictureGone:
            await self._post(key)
            return
        except discord.HTTPException as refusal:
            guild = self._client.get_guild(thing.guild)
            if guild is None:  # it removed the bot, and may take it back
                raise NoResponse(0.0, asked=False) from refusal
            if await lose_refused(thing.picture, refusal, guild.get_channel(thing.channel)):
                await self._post(key)
                return
            said = {"status": refusal.status, "code": refusal.code, "error": refusal.text}
            log.warning("board refused", **key.fields, **said)
            await kind.refused(key.id, self._lacking(thing, refusal))
            await self._ended(key)
            return
        if thing.board.mention_role is not None:
            for role in unheard_roles(message, [thing.board.mention_role]):
                await kind.mention_unheard(key.id, role)
        is_wanted = await kind.note_posted(key.id, MessageId(message.id))
        metrics.POSTED.inc()
        await self._ended(key)
        if not is_wanted:
            await self._take_down(message)
            return
        self._sent_at.pop(key, None)
        log.info("board posted", **key.fields, message=message.id)
        self._workers.backoff(key).reset()
        await self._catch_up(key)

    def _lacking(self, thing: UnpostedThing, refusal: discord.HTTPException) -> tuple[str, ...]:
        """Return the name of the permission without which Discord does not let the thing be posted, if it is known."""
        guild = self._client.get_guild(thing.guild)
        channel = None if guild is None else guild.get_channel(thing.channel)
        lacking = missing_permissions(channel, TO_SEND) if isinstance(channel, discord.TextChannel) else []
        # Without the first of them discord.py counts those after it as lacking, too. The gateway may tell of the loss
        # later than the refusal.
        return tuple(lacking[:1]) or _USUALLY_LACKING.get(refusal.code, ())

    async def _ended(self, key: PostedKey) -> None:
        if self._under_way.pop(key, None) is not None:
            for listener in self._listeners:
                await listener()

    async def _message(self, key: PostedKey, thing: UnpostedThing) -> discord.Message:
        """Return the thing's message: one sent by an earlier attempt, or a new one."""
        now = self._state.now()
        claimed = await self._kinds.of(key).claim_post(key.id, now)
        channel, board = self._client.get_partial_messageable(thing.channel, guild_id=thing.guild), thing.board
        if claimed is not None and now - claimed >= CLAIM_LIFETIME:
            left = await self._find(channel, thing, since=claimed)
            if left is not None:
                return left
        attachments = await to_send(thing.picture)
        await self._pacer.turn(thing.channel)
        nonce = f"{self._prefix}{thing.nonce}"
        self._sent_at[key] = now
        try:
            sent = await with_controls(
                self._api,
                board.controls,
                lambda controls: channel.send(
                    board.content,
                    embed=board.embed(),
                    files=attachments(),
                    nonce=nonce,
                    view=controls,  # type: ignore[arg-type]
                    allowed_mentions=board.mentions,
                ),
                Family.MESSAGES,
                thing.guild,
            )
        except discord.HTTPException:
            if claimed is None or self._client.get_guild(thing.guild) is None:
                raise
            left = await self._find(channel, thing, since=claimed)
            if left is None:
                raise
            return left  # an earlier attempt was not refused
        if claimed is None:
            await self._boards.posted(key, board.fingerprint)
        else:
            self._boards.forget(key)  # the message may be older than this board
        return sent

    async def _find(
        self, channel: discord.PartialMessageable, thing: UnpostedThing, *, since: datetime
    ) -> discord.Message | None:
        """Return the thing's message if it was sent since the first attempt, or None.

        Needed where Discord no longer knows the nonce. However much was said since, the board is found.
        """
        search = partial(self._search, channel, thing.board.footer, since=since)
        try:
            return await self._api.call(search, Family.READS, thing.guild)
        except discord.Forbidden:
            log.warning("channel cannot be searched for a board posted earlier", channel=channel.id)
        return None

    async def _search(
        self, channel: discord.PartialMessageable, footer: str, *, since: datetime
    ) -> discord.Message | None:
        assert self._client.user is not None  # noqa: S101
        wanted = named_by_footer(footer)
        async for message in channel.history(limit=None, after=since - CLOCK_TOLERANCE):
            ours = message.author.id == self._client.user.id
            if ours and any(named_by_footer(embed.footer.text or "") == wanted for embed in message.embeds):
                return message
        return None

    async def _take_down_stray(self, key: PostedKey) -> float | None:
        """Delete the message of a thing that was over before it was posted, if there is one.

        Return the delay in seconds until it is looked for again, or None if there is none left.
        """
        kind, now = self._kinds.of(key), self._state.now()
        thing = await kind.stray(key.id)
        if thing is None:
            return None
        channel = self._client.get_partial_messageable(thing.channel, guild_id=thing.guild)
        try:
            search = partial(self._search, channel, thing.footer, since=thing.since)
            left = await self._api.call(search, Family.READS, thing.guild)
            if left is not None:
                await self._take_down(left)
        except discord.NotFound:  # the channel is gone
            left = None
        except discord.HTTPException as refusal:
            said = {"status": refusal.status, "code": refusal.code, "error": refusal.text}
            log.warning("board of a cancelled thing cannot be looked for", **key.fields, **said)
            return _REFUSED_RETRY_SECONDS
        if left is None and now - self._sent_at.get(key, thing.since) < CLAIM_LIFETIME:
            return self._workers.backoff(key).next()  # what was sent may still arrive
        self._sent_at.pop(key, None)
        await kind.taken_down(key.id)
        return None

    async def _take_down(self, message: discord.Message) -> None:
        """Delete the message of a thing that was over while it was being sent."""
        try:
            await self._api.call(message.delete, Family.MESSAGES)
        except discord.NotFound:
            return
