"""Compare the reactions on posted things with what the bot knows, after it missed gateway events."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from functools import partial

import discord
import structlog

from raidbot.delivery.boards.posted import (
    Comparison,
    OptionReactions,
    PostedKey,
    PostedKinds,
    ThingComparison,
    loss_of,
)
from raidbot.delivery.boards.updater import Boards
from raidbot.delivery.discord_api import DiscordApi, Family, NoResponse
from raidbot.delivery.event_queue import EventQueue
from raidbot.delivery.pacing import Pacer, sleep_unless
from raidbot.delivery.report_once import ReportOnce
from raidbot.raids.emoji.model import key_of
from raidbot.raids.model import GuildId, MemberId
from raidbot.utils.backoff import Backoff
from raidbot.utils.tasks import end, guarded

log = structlog.get_logger(__name__)

_CONCURRENT_BOARDS = 5
_MAX_BACKOFF_SECONDS = 300.0


class Reconcile:
    """Compares boards with their marks: one call per board, more only where the counts differ.

    Equal counts can hide that one member left while another came. Boards that changed lately are therefore read in full
    at once, and the others later, one every `sweep_gap` seconds. `lost` is called with things whose message is gone.
    """

    def __init__(
        self,
        kinds: PostedKinds,
        client: discord.Client,
        api: DiscordApi,
        boards: Boards,
        *,
        events: EventQueue | None = None,
        lost: Callable[[PostedKey], None],
        first_retry: float = 5.0,
        sweep_gap: float = 10.0,
    ) -> None:
        self._kinds = kinds
        self._client = client
        self._api = api
        self._boards = boards
        self._events = events or EventQueue()
        self._lost = lost
        self._backoff = Backoff(first_retry, _MAX_BACKOFF_SECONDS)
        self._sweep_gap = sweep_gap
        self._comparisons: dict[PostedKey, list[Comparison]] = {}
        self._pacer: Pacer[None] = Pacer(1 / 40, burst=_CONCURRENT_BOARDS)  # Discord allows 50 calls per second in all
        self._later: dict[PostedKey, None] = {}
        self._owing = asyncio.Event()
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._unread: dict[PostedKey, None] = {}
        self._reports: ReportOnce[PostedKey] = ReportOnce()

    async def start(self) -> None:
        loops = {"comparing again": self._retry, "reading boards in full": self._sweep}
        self._tasks = [
            asyncio.create_task(guarded(name, loop, stopping=self._stopping)) for name, loop in loops.items()
        ]

    async def stop(self, timeout: float) -> None:
        """Finish the comparison under way within `timeout` seconds; the next start compares every board."""
        self._stopping.set()
        self._owing.set()
        await end(self._tasks, within=timeout)

    async def all(self, concerns: Callable[[GuildId], bool] = lambda _guild: True) -> None:
        """Compare the boards of all guilds for which `concerns` is True.

        A board that cannot be compared is logged and retried later; the others proceed.
        """
        recent: dict[PostedKey, None] = {}
        quiet: dict[PostedKey, None] = {}
        for kind in self._kinds:
            for thing, is_recent in (await kind.comparable(concerns)).items():
                (recent if is_recent else quiet)[PostedKey(kind.name, thing)] = None
        waiting = [*recent, *quiet]
        waiting.reverse()

        async def work() -> None:
            while waiting and not self._stopping.is_set():
                key = waiting.pop()
                await self._pacer.turn(None)
                await self.compare(key, in_full=key in recent)

        await asyncio.gather(*(work() for _ in range(_CONCURRENT_BOARDS)))
        self._unread.update(quiet)
        for kind in self._kinds:
            await kind.after_comparing(concerns)

    async def compare(self, key: PostedKey, *, in_full: bool = False) -> None:
        """Compare one board once its events heard so far are handled.

        Failures are logged, and retried later where that can help.
        """
        look = Comparison()
        self._comparisons.setdefault(key, []).append(look)
        thing: ThingComparison | None = None
        try:
            await self._events.settled(key)  # members heard from now on are touched
            thing = await self._kinds.of(key).compare(key.id, look)
            if thing is not None:
                await self._compare(key, thing, look, in_full=in_full)
        except (NoResponse, sqlite3.Error) as error:
            log.info("board not compared yet", **key.fields, error=repr(error))
            self.later(key)
        except discord.HTTPException as refusal:
            if self._reports.is_new(key, refusal.code):
                log.warning("board cannot be read", **key.fields, status=refusal.status, code=refusal.code)
            self.later(key)
            if thing is not None:
                thing.fail()
        except Exception:
            log.exception("board cannot be compared", **key.fields)
        else:
            self._reports.forget(key)
        finally:
            self._comparisons[key].remove(look)
            if not self._comparisons[key]:
                del self._comparisons[key]

    def later(self, key: PostedKey) -> None:
        """Compare this board in full later, and retry with backoff until it works."""
        self._later[key] = None
        self._owing.set()

    def touched(self, key: PostedKey, members: Iterable[MemberId], *, by: object = None) -> None:
        """Note that these members did something just now: what was read before is stale for them.

        `by` is the change they did it in; the comparison whose own change it is ignores it.
        """
        for look in self._comparisons.get(key, ()):
            if by is None or by is not look.own:
                look.touched.update(members)

    def is_comparing(self, key: PostedKey) -> bool:
        return key in self._comparisons

    async def _compare(self, key: PostedKey, thing: ThingComparison, look: Comparison, *, in_full: bool) -> None:
        try:
            found = await self._api.call(partial(self._read, thing, in_full=in_full), Family.READS, thing.place.guild)
        except discord.NotFound as missing:
            if loss_of(missing) is None:
                raise
            self._lost(key)
            return
        for one in found:
            await thing.drop_missing(one)
        for one in found:
            await thing.add_new(one)
        if thing.restores_reactions and (lacking := [one.option.emoji for one in found if not one.ours]):
            self._boards.reactions_gone(key, lacking)
        await thing.finish(in_full=in_full)
        if look.left_alone:
            self.later(key)

    async def _read(self, thing: ThingComparison, *, in_full: bool) -> list[OptionReactions]:
        """Return the options whose reactions may differ from the marks, with all members who reacted."""
        message = await thing.place.message_of(self._client).fetch()
        reactions = {key_of(str(reaction.emoji)): reaction for reaction in message.reactions}
        own = {key for key, reaction in reactions.items() if reaction.me}
        thing.saw(own, any_reactions=bool(reactions))
        found = []
        for option in thing.options:
            emoji_key = key_of(option.emoji)
            reaction, ours = reactions.get(emoji_key), emoji_key in own
            others = 0 if reaction is None else reaction.count - ours
            if others == option.marked and ours and not (in_full and option.marked):
                continue
            users = [user async for user in reaction.users(limit=None)] if reaction is not None and others else []
            # Discord orders by id, but discord.py reverses each page.
            members = tuple(sorted(MemberId(user.id) for user in users if not user.bot))
            found.append(OptionReactions(option, members, ours))
        return found

    async def _retry(self) -> None:
        while not self._stopping.is_set():
            await self._owing.wait()
            self._owing.clear()
            await sleep_unless(max(self._backoff.next(), self._api.down_for(Family.READS)), unless=self._stopping)
            waiting, self._later = self._later, {}
            for key in waiting:
                await self.compare(key, in_full=True)
            if not self._later:
                self._backoff.reset()

    async def _sweep(self) -> None:
        """Read in full, one by one, the boards whose counts alone were compared."""
        while not self._stopping.is_set():
            await sleep_unless(self._sweep_gap, unless=self._stopping)
            while self._unread and not self._stopping.is_set():
                key = next(iter(self._unread))
                is_marked = bool(await self._kinds.of(key).marks(key.id))
                del self._unread[key]
                if is_marked:
                    await self.compare(key, in_full=True)
                    break
