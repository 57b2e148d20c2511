"""Let boards wait for their turns at the edits of their channels."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import SimpleNamespace

import aiohttp
import structlog

from raidbot.delivery.boards.edits.budget import EditBudget, EditPace
from raidbot.delivery.boards.edits.staleness import Staleness
from raidbot.delivery.boards.edits.window import Answer, Counting
from raidbot.delivery.boards.posted import Place, PostedKey
from raidbot.delivery.discord_api import CircuitOpen
from raidbot.raids.model import ChannelId, MessageId

log = structlog.get_logger(__name__)

_MESSAGE = re.compile(r"/channels/(\d+)/messages/(\d+)$")
_RATE_LIMITED = 429
_MANY_CHANNELS = 200


@dataclass(slots=True)
class TakenTurn:
    """A turn at an edit; `made` becomes False if no edit was sent in it."""

    made: bool = True


class EditTurns:
    """Gives each board its turn when its channel's `EditBudget` says so."""

    def __init__(self, pace: EditPace) -> None:
        self._pace = pace
        self._counting = Counting()
        self._channels: dict[ChannelId, _Channel] = {}
        self._places: dict[PostedKey, Place] = {}
        self._hurries = False
        self.staleness = Staleness()

    def changed(self, key: PostedKey) -> None:
        """Note a change of the thing. Cheap to call often."""
        self.staleness.changed(key)
        self._moved(key)

    def _moved(self, key: PostedKey) -> None:
        if place := self._places.get(key):
            self._channel(place.channel).budget.changed(place.message, _seconds())

    def shown(self, key: PostedKey) -> None:
        """Note that the thing's message shows all its changes."""
        self.staleness.shown(key)
        if place := self._places.get(key):
            self._channel(place.channel).budget.shown(place.message)

    def forget(self, key: PostedKey) -> None:
        self.staleness.forget(key)
        self._places.pop(key, None)

    def hurry(self) -> None:
        """Keep nothing for later: the bot stops."""
        self._hurries = True
        for channel in self._channels.values():
            channel.budget.hurries = True
            channel.poll()

    def is_now(self, key: PostedKey, place: Place, *, is_old: bool, is_urgent: bool) -> bool:
        """Return True if the message may be edited at once."""
        channel = self._enter(key, place, is_old=is_old, is_urgent=is_urgent)
        if channel.budget.next(_seconds()).board == place.message:
            return True
        channel.budget.leave(place.message)
        return False

    @asynccontextmanager
    async def turn(
        self, key: PostedKey, place: Place, *, is_old: bool, is_urgent: bool, is_quiet: bool = False
    ) -> AsyncIterator[TakenTurn]:
        """Wait until the message may be edited; the edit is made inside.

        `is_old` if the message is older than an hour, `is_urgent` if the thing's end waits to be shown, `is_quiet` if
        nobody waits for it.
        """
        channel = self._enter(key, place, is_old=is_old, is_urgent=is_urgent, is_quiet=is_quiet)
        taken = TakenTurn()
        await channel.wait(place.message)
        try:
            with self.staleness.editing(key, taken):
                yield taken
        except CircuitOpen:
            taken.made = False
            raise
        finally:
            channel.budget.ended(place.message, made=taken.made)
            channel.poll()

    async def heard(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        """Learn from the answer to each request of a client; for `aiohttp.TraceConfig.on_request_end`."""
        found = _MESSAGE.search(params.url.path) if params.method == "PATCH" else None
        channel = self._channels.get(ChannelId(int(found[1]))) if found else None
        if found and channel:
            channel.heard(MessageId(int(found[2])), params.response.status, params.response.headers)

    def _enter(
        self, key: PostedKey, place: Place, *, is_old: bool, is_urgent: bool, is_quiet: bool = False
    ) -> "_Channel":
        if self._places.get(key) != place:
            self._places[key] = place
            self._moved(key)
        channel = self._channel(place.channel)
        channel.budget.wait(place.message, _seconds(), is_old=is_old, is_urgent=is_urgent, is_quiet=is_quiet)
        return channel

    def _channel(self, channel: ChannelId) -> "_Channel":
        if channel not in self._channels:
            if len(self._channels) >= _MANY_CHANNELS:
                self._channels = {one: found for one, found in self._channels.items() if not found.is_idle()}
            self._channels[channel] = _Channel(channel, EditBudget(self._pace, self._counting))
            self._channels[channel].budget.hurries = self._hurries
        return self._channels[channel]


class _Channel:
    """The boards of one channel that wait."""

    def __init__(self, channel: ChannelId, budget: EditBudget[MessageId]) -> None:
        self._id = channel
        self.budget = budget
        self._waiting: dict[MessageId, asyncio.Future[None]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def is_idle(self) -> bool:
        return not self._waiting and self.budget.is_idle(_seconds())

    async def wait(self, message: MessageId) -> None:
        granted = self._waiting[message] = asyncio.get_running_loop().create_future()
        try:
            self.poll()
            await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():
                self.budget.ended(message, made=False)
            else:
                self._waiting.pop(message, None)
                self.budget.leave(message)
            raise

    def poll(self) -> None:
        """Let those go on whose turn it is, and ask again when the next one may have it."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        while True:
            now = _seconds()
            turn = self.budget.next(now)
            if turn.board is None:
                break
            self.budget.began(turn.board, now)
            granted = self._waiting.pop(turn.board)
            if not granted.done():
                granted.set_result(None)
        if turn.ask_at is not None:
            self._timer = asyncio.get_running_loop().call_at(turn.ask_at, self.poll)

    def heard(self, message: MessageId, status: int, headers: Mapping[str, str]) -> None:
        now = _seconds()
        try:
            answer = Answer(
                limit=int(headers["X-RateLimit-Limit"]),
                remaining=int(headers["X-RateLimit-Remaining"]),
                reset_after=float(headers["X-RateLimit-Reset-After"]),
                reset_at=float(headers["X-RateLimit-Reset"]),
            )
            retry_after = float(headers.get("Retry-After", answer.reset_after))
        except (KeyError, ValueError):
            return
        if status != _RATE_LIMITED:
            self.budget.answered(message, now, answer)
        elif (scope := headers.get("X-RateLimit-Scope")) != "global":
            log.info("edit of a board refused, edits wait", channel=self._id, seconds=retry_after)  # discord.py warns
            seconds = min(retry_after, answer.reset_after) if answer.remaining == 0 else retry_after
            self.budget.refused(now, seconds, answer.remaining, is_own=scope == "user")
        self.poll()


def _seconds() -> float:
    return asyncio.get_running_loop().time()
