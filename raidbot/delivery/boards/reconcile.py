"""Compare the reactions on posted things with what the bot knows, after it missed gateway events."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from functools import partial

import discord
import structlog

from raidbot.delivery.boards.comparison_rounds import ComparisonRounds, Counted
from raidbot.delivery.boards.first_comparisons import PATIENCE_SECONDS, FirstComparisons
from raidbot.delivery.boards.posted import (
    Comparison,
    PostedKey,
    PostedKinds,
    ThingComparison,
    loss_of,
)
from raidbot.delivery.boards.reaction_reading import NONE, Counts, ReactionReader, Reading
from raidbot.delivery.boards.updater import Boards
from raidbot.delivery.discord_api import UNKNOWN_EMOJI, DiscordApi, Family, NoResponse
from raidbot.delivery.event_queue import EventQueue
from raidbot.delivery.pacing import sleep_unless
from raidbot.delivery.report_once import ReportOnce
from raidbot.raids.emoji.model import key_of
from raidbot.raids.model import GuildId, MemberId
from raidbot.utils.backoff import Backoff
from raidbot.utils.locks import KeyedLocks
from raidbot.utils.tasks import TaskSet, end, guarded

log = structlog.get_logger(__name__)

_NAMES_TIMEOUT_SECONDS = 3.0
"""Time for which the drawing of a board waits for the names of those who came while the bot was away."""
_MAX_BACKOFF_SECONDS = 300.0
_LOOKS_UNTIL_SAID = 5
"""Looks in a row whose lists of reactions prove nothing; with the delays between them some two and a half minutes."""


@dataclass(slots=True, eq=False)
class _Request:
    """A comparison that waits for the one under way; whoever wants another meanwhile joins it."""

    in_full: bool
    counted: Counted | None = None
    waits_for_names: bool = False
    done: asyncio.Event = field(default_factory=asyncio.Event)


class Reconcile:
    """Compares boards with their marks: one call for up to 100 messages of a channel, more where the counts differ.

    Equal counts can hide that one member left while another came. Boards that changed lately are therefore read in full
    at once, and the others later, one every `sweep_gap` seconds. After events were `missing`, a board's events wait for
    its comparison, and it is drawn after that. `lost` is called with things whose message is gone. An
    event is heard at most `event_delay` seconds after what it is about can be read.
    """

    def __init__(
        self,
        kinds: PostedKinds,
        reader: ReactionReader,
        api: DiscordApi,
        boards: Boards,
        *,
        events: EventQueue | None = None,
        lost: Callable[[PostedKey], None],
        first_retry: float = 5.0,
        sweep_gap: float = 1.5,
        event_delay: float = 0.5,
    ) -> None:
        self._kinds = kinds
        self._api = api
        self._boards = boards
        self._events = events or EventQueue()
        self._lost = lost
        self._backoff = Backoff(first_retry, _MAX_BACKOFF_SECONDS)
        self._sweep_gap = sweep_gap
        self._event_delay = event_delay
        self._comparisons: dict[PostedKey, Comparison] = {}
        self._requests: dict[PostedKey, _Request] = {}
        self._turns: KeyedLocks[PostedKey] = KeyedLocks()
        self._later: dict[PostedKey, bool] = {}
        self._doubted: dict[PostedKey, set[str]] = {}
        self._owing = asyncio.Event()
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._reader = reader
        self._unproven: dict[PostedKey, int] = {}
        self._reports: ReportOnce[PostedKey] = ReportOnce()
        self._without_names: set[PostedKey] = set()
        self._hurried: set[PostedKey] = set()
        self._hurrying = TaskSet()
        self._first = FirstComparisons(self._hurry)
        self._events.gate = self._first.gate
        self.rounds = ComparisonRounds(
            kinds,
            reader,
            api,
            boards,
            self._events,
            self._first,
            compare=self.compare,
            put_off=self._put_off,
            hurry=self._hurry,
            stopping=self._stopping,
        )

    async def start(self) -> None:
        loops = {"comparing again": self._retry, "reading boards in full": self._sweep, "catching up": self.rounds.run}
        self._tasks = [
            asyncio.create_task(guarded(name, loop, stopping=self._stopping)) for name, loop in loops.items()
        ]

    async def stop(self, timeout: float) -> None:
        """Finish the comparison under way within `timeout` seconds; the next start compares every board."""
        self._stopping.set()
        self._owing.set()
        await asyncio.gather(
            end(self._tasks, within=timeout),
            self._hurrying.end(within=timeout),
            self.rounds.stop(timeout),
        )

    async def all(self, concerns: Callable[[GuildId], bool] = lambda _guild: True) -> None:
        """Compare the boards of all guilds for which `concerns` is True.

        A board that cannot be compared is logged and retried later; the others proceed.
        """
        await self.rounds.all(concerns)

    def _put_off(self, keys: Mapping[PostedKey, bool], error: Exception) -> None:
        """Compare these boards later, those with True in full: they could not even be counted."""
        for key, in_full in keys.items():
            log.info("board not compared yet", **key.fields, error=repr(error))
            self._later.setdefault(key, in_full)
            self._first.compared(key, self._first.latest, failed=True)
        self._boards.release(keys)
        self._owing.set()

    def _hurry(self, key: PostedKey) -> None:
        """Compare this board before the others: its events wait, or it has to be drawn."""
        if key not in self._hurried:
            self._hurried.add(key)
            asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._draw, key)
        is_under_way = key in self._requests or key in self._comparisons or key in self._without_names
        if not is_under_way and not self._stopping.is_set():
            self._hurrying.spawn(self.compare(key, in_full=True), name="comparing at once")

    async def compare(self, key: PostedKey, *, in_full: bool = False, counted: Counted | None = None) -> None:
        """Compare one board, after the comparison of it that is under way and once its events heard so far are handled.

        Events that wait for the comparison are handled after it. Failures are logged, and retried later where that can
        help.
        """
        request = self._requests.get(key)
        if request is not None:
            request.in_full |= in_full
            await request.done.wait()
            return
        request = self._requests[key] = _Request(in_full, counted)
        try:
            async with self._turns.hold(key):
                self._requests.pop(key, None)
                await self._events.settled(key)
                seen = self._first.latest if counted is None else counted.seen
                is_made = await self._compare_now(key, request)
                self._first.compared(key, seen, failed=not is_made)
        except asyncio.CancelledError:
            self.later(key)  # those who joined did not ask for the end
            raise
        finally:
            if self._requests.get(key) is request:
                del self._requests[key]
            request.done.set()
            if request.waits_for_names:
                self._without_names.add(key)
                asyncio.get_running_loop().call_later(_NAMES_TIMEOUT_SECONDS, self._draw, key)
            else:
                self._draw(key)

    def _draw(self, key: PostedKey) -> None:
        """Draw the board if that waited for the comparison."""
        self._without_names.discard(key)
        self._hurried.discard(key)
        self._boards.release([key])

    async def _compare_now(self, key: PostedKey, request: _Request) -> bool:
        """Compare the board; return False if that was not possible."""
        look = self._comparisons[key] = Comparison()
        thing: ThingComparison | None = None
        try:
            with self._events.watched(key, look.heard):
                thing = await self._kinds.of(key).compare(key.id, look)
                if thing is not None:
                    await self._compare(key, thing, look, request)
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
            return True
        finally:
            self._comparisons.pop(key, None)
        return False

    def later(self, key: PostedKey) -> None:
        """Compare this board in full later, and retry with backoff until it works."""
        self._later[key] = True
        self._owing.set()

    def doubt(self, key: PostedKey, emoji_key: str) -> None:
        """Compare the reactions with this emoji later, even if their number is right."""
        self._doubted.setdefault(key, set()).add(emoji_key)
        self._later.setdefault(key, False)
        self._owing.set()

    def touched(self, key: PostedKey, members: Iterable[MemberId], *, by: object = None) -> None:
        """Note that these members did something just now: what was read before is stale for them.

        `by` is the change they did it in; the comparison whose own change it is ignores it.
        """
        look = self._comparisons.get(key)
        if look is not None and (by is None or by is not look.own):
            look.touched.update(members)

    def is_comparing(self, key: PostedKey) -> bool:
        return key in self._comparisons

    async def _compare(self, key: PostedKey, thing: ThingComparison, look: Comparison, request: _Request) -> None:
        doubted, counted, in_full = self._doubted.pop(key, set()), request.counted, request.in_full
        counts = None if counted is None or key in counted.heard else counted.counts
        try:
            read = partial(self._read, thing, counts, doubted=None if in_full else doubted)
            reading = await self._api.call(read, Family.READS, thing.place.guild)
        except discord.NotFound as missing:
            if loss_of(missing) is None:
                raise
            self._lost(key)
            return
        if reading.unknown:
            await self._kinds.of(key).reactions_lacking(key.id, dict.fromkeys(reading.unknown, UNKNOWN_EMOJI))
        found = reading.found
        await self._hear_newcomers(key, reading)
        for one in found:
            if one.complete:
                await thing.drop_missing(one)
            else:
                look.left_alone = True
        for one in found:
            await thing.add_new(one)
        if thing.restores_reactions and (lacking := [one.option.emoji for one in found if not one.ours]):
            self._boards.reactions_gone(key, lacking)
        request.waits_for_names = await thing.finish(in_full=in_full)
        if look.left_alone:
            self.later(key)
        await self._note_proven(key, [one.option.emoji for one in found if not one.complete])

    async def _read(self, thing: ThingComparison, counts: Counts | None, *, doubted: Set[str] | None) -> Reading:
        """Read the options whose reactions may differ from the marks: by their number, or `doubted` (None: all).

        The reactions are counted first, unless there are `counts`.
        """
        if counts is None:
            counts = await self._reader.counts(thing.place)
        own = {emoji for emoji, count in counts.items() if count.ours}
        thing.saw(own, any_reactions=bool(counts))
        differing = []
        for option in thing.options:
            key = key_of(option.emoji)
            count, is_doubted = counts.get(key, NONE), doubted is None or key in doubted
            if count.others != option.marked or not count.ours or (is_doubted and option.marked):
                differing.append(option)
        return await self._reader.members(thing.place, counts, differing)

    async def _hear_newcomers(self, key: PostedKey, reading: Reading) -> None:
        """Wait for events of reactions that were read before they were heard: the gateway knows their order."""
        marks = await self._kinds.of(key).marks(key.id)
        if any((member, one.option.key) not in marks for one in reading.found for member in one.members):
            waited = asyncio.get_running_loop().time() - reading.listed_at
            await sleep_unless(max(self._event_delay - waited, 0.0), unless=self._stopping)

    async def _note_proven(self, key: PostedKey, unproven: list[str]) -> None:
        """Count how often in a row the reactions of a board could not be read in full; say so after a while."""
        if not unproven:
            self._unproven.pop(key, None)
            return
        self._unproven[key] = self._unproven.get(key, 0) + 1
        if self._unproven[key] == _LOOKS_UNTIL_SAID:
            log.warning("reactions of board do not add up", **key.fields, emojis=unproven)
            await self._kinds.of(key).unproven(key.id, unproven)

    async def _retry(self) -> None:
        while not self._stopping.is_set():
            await self._owing.wait()
            self._owing.clear()
            await sleep_unless(self._api.down_for(Family.READS) or self._backoff.next(), unless=self._stopping)
            waiting, self._later = self._later, {}
            for key, in_full in waiting.items():
                await self.compare(key, in_full=in_full)
            if not self._later:
                self._backoff.reset()

    async def _sweep(self) -> None:
        """Read in full, one by one, the boards whose counts alone were compared."""
        loop, due = asyncio.get_running_loop(), 0.0
        while not self._stopping.is_set():
            due = max(due + self._sweep_gap, loop.time())
            await sleep_unless(due - loop.time(), unless=self._stopping)
            while self.rounds.quiet and not self._stopping.is_set():
                key = next(iter(self.rounds.quiet))
                del self.rounds.quiet[key]
                try:
                    is_marked = bool(await self._kinds.of(key).marks(key.id))
                except Exception:
                    self.rounds.quiet[key] = None  # after the others
                    raise
                if is_marked:
                    await self.compare(key, in_full=True)
                    break
