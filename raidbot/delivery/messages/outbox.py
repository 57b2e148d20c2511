"""Send the messages of the outbox, within Discord's rate limits, each exactly once."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable, Set
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

import discord
import structlog

from raidbot.db import announcement_posts, outbox_rows
from raidbot.db import outbox as rows
from raidbot.db.cells import SetAside
from raidbot.db.database import Unwritable
from raidbot.db.outbox import Claimed
from raidbot.db.raids import UnreadableRaid
from raidbot.delivery.discord_api import CircuitOpen, DiscordApi, Family, NoResponse
from raidbot.delivery.members.message_choices import MessageChoices
from raidbot.delivery.messages import counting, outcomes
from raidbot.delivery.messages.closed_dms import NO_SERVER_IN_COMMON, TAKES_NO_DMS_CODES, ClosedDms
from raidbot.delivery.messages.conversations import Conversations, Plan
from raidbot.delivery.messages.late_texts import LateTexts, ObsoleteMessageError
from raidbot.delivery.messages.nonces import nonce_prefix
from raidbot.delivery.messages.refused_channels import ChannelRefusesError, RefusedChannels
from raidbot.delivery.messages.sender import FateUnknown, Sender
from raidbot.delivery.messages.server_names import ServerNames
from raidbot.delivery.outages.circuits import CircuitChange
from raidbot.delivery.pacing import sleep_unless
from raidbot.raids.model import MemberId, Source
from raidbot.raids.rosters import substitutes
from raidbot.state import Cause, State
from raidbot.utils.backoff import Backoff
from raidbot.utils.circuit_breaker import Circuit
from raidbot.utils.errors import Refusal
from raidbot.utils.tasks import TaskSet, end, guarded

log = structlog.get_logger(__name__)

OutboxKind = Literal["dm", "post"]

_MALFORMED = 400
_MAX_BACKOFF_SECONDS = 300.0
_NO_SERVER_ATTEMPTS = 7
_NO_SERVER_RETRY_SECONDS = 600.0
_BUG_RETRY_DELAY = timedelta(minutes=1)
_BUG_ATTEMPTS = 3
"""Attempts to send a message that raises each time; meanwhile later ones to the same recipient wait."""
_PATIENCE_SECONDS = 2.0
"""Time after which a batch no longer holds up the next one; a call may hang for 30 s."""
_LONG_POSTPONED_ATTEMPTS = 6
"""Attempts after which the log names a message that still waits: some minutes after the first one."""


class Outbox:
    """Sends messages, with one worker per kind: `batch` messages concurrently, `pause` seconds between full batches.

    What hangs goes on beside later batches, for which it holds up its own recipient only. A server with as many
    messages under way as fit into a batch waits. A message without a response is postponed and retried until its
    `expires_at`; a refusal is final. `on_unreached` is called when somebody takes no messages.
    """

    def __init__(
        self,
        state: State,
        client: discord.Client,
        api: DiscordApi,
        *,
        batch: int = 5,
        pause: float = 1.2,
        first_retry: float = 5.0,
        opening_gap: float = 1.6,
    ) -> None:
        self._state = state
        self.on_unreached: Callable[[], None] = _nothing
        self._api = api
        self.closed_dms = ClosedDms(state)
        self.conversations = Conversations(client, api, gap=opening_gap)
        self.server_names = ServerNames(client)
        self._under_way: dict[OutboxKind, Counter[int]] = {"dm": Counter(), "post": Counter()}
        self._sending = TaskSet()
        self.message_choices = MessageChoices(state)
        self._late_texts = LateTexts(state, self.message_choices)
        self._sender = Sender(state, client, api, self.conversations, self.server_names, self._late_texts)
        self._batch = batch
        self._pause = pause
        self._refused_channels = RefusedChannels(state.now)
        self._backoff = Backoff(first_retry, _MAX_BACKOFF_SECONDS)
        self._turns: dict[OutboxKind, dict[int, int]] = {"dm": {}, "post": {}}
        self._owing: dict[OutboxKind, asyncio.Event] = {"dm": asyncio.Event(), "post": asyncio.Event()}
        self._outage_rows: set[int] = set()
        """Rows that wait for the end of an outage, at most."""
        self._hurried: set[int] = set()
        """Rows whose outage is over."""
        self._stopping = asyncio.Event()
        self._senders: list[asyncio.Task[None]] = []
        state.listen_to_outbox(self.wake)
        api.circuits.listen(self._circuit_changed)

    async def start(self) -> None:
        """Recover the claims of an earlier run, then start sending."""
        await self.closed_dms.load()
        self._sender.nonce_prefix = await nonce_prefix(self._state.db)
        await self._state.set_aside.report(await self._state.db.write(outbox_rows.drop_damaged))
        if recovered := await self._state.db.write(rows.recover):
            log.warning("messages recovered after an unclean stop, sent unless found", messages=recovered)
        self._senders = [
            asyncio.create_task(guarded(f"outbox {kind}", partial(self._run, kind), stopping=self._stopping))
            for kind in self._owing
        ]

    async def stop(self, timeout: float) -> None:
        """Finish the batches under way within `timeout` seconds; the rest stays in the outbox."""
        self._stopping.set()
        self.wake()
        ends_at = asyncio.get_running_loop().time() + timeout
        await end(self._senders, within=timeout)
        await self._sending.end(within=max(ends_at - asyncio.get_running_loop().time(), 0.0))

    def wake(self) -> None:
        """Check for newly queued messages."""
        for owing in self._owing.values():
            owing.set()

    def _circuit_changed(self, change: CircuitChange) -> None:
        """After an outage, let the most urgent rows go first, whatever time each would wait yet."""
        if change.after is Circuit.CLOSED:
            self._hurried |= self._outage_rows
            self._outage_rows.clear()
            self.wake()

    async def _run(self, kind: OutboxKind) -> None:
        backoff = Backoff(2.0, _MAX_BACKOFF_SECONDS)
        while not self._stopping.is_set():
            try:
                await self._turn(kind)
                backoff.reset()
            except Exception as error:
                if not isinstance(error, Unwritable):
                    log.exception("outbox worker failed", kind=kind)
                await sleep_unless(backoff.next(), unless=self._stopping)

    async def _turn(self, kind: OutboxKind) -> None:
        """Send one batch, or wait until a message may be due."""
        owing = self._owing[kind]
        owing.clear()
        if (down_for := self._api.down_for(Family.MESSAGES)) > 0:
            await sleep_unless(down_for, unless=owing)
            return
        now, hurried = self._state.now(), frozenset(self._hurried)
        faults: list[SetAside] = []
        busy = {guild for guild, number in self._under_way[kind].items() if number >= self._batch}
        new_plan = self.conversations.plan() if kind == "dm" else None
        claim = partial(self._claim, kind=kind, now=now, busy=busy, faults=faults, new_plan=new_plan, hurried=hurried)
        claimed, expired, is_held_back = await self._state.db.write(claim)
        self._hurried -= hurried
        self._outage_rows.difference_update(row.id for row in claimed)
        await self._state.set_aside.report(faults)
        if expired:
            log.warning("messages not sent in time", kind=kind, messages=expired)
            counting.expired(kind, expired)
        for row in claimed:
            self._turns[kind][row.urgency] = row.guild or 0
            if kind == "dm":
                self.conversations.begin(row)
        if claimed:
            if await self._send_batch(claimed):
                await sleep_unless(self._pause * len(claimed) / self._batch, unless=self._stopping)
            return
        if is_held_back:
            await sleep_unless(self.conversations.next_in, unless=owing)
            return
        due = await self._state.db.read(partial(rows.next_due, kind=kind))
        wait = None if due is None else max((due - self._state.clock()).total_seconds(), 1.0)
        if wait is None:
            await owing.wait()
        else:
            await sleep_unless(wait, unless=owing)

    def _claim(
        self,
        tx: sqlite3.Connection,
        *,
        kind: OutboxKind,
        now: datetime,
        busy: set[int],
        faults: list[SetAside],
        new_plan: Callable[[], Plan] | None,
        hurried: Set[int],
    ) -> tuple[list[Claimed], int, bool]:
        """Claim the next batch.

        Return it with the number of rows given up because their time is over, and True if others wait for openings.
        """
        if kind == "post":
            announcement_posts.note_expired(tx, now)
        expired = rows.expire(tx, kind=kind, now=now)
        outbox_rows.bring_forward(tx, hurried, now=now)
        plan = None if new_plan is None else new_plan()
        claimed = rows.claim(
            tx,
            kind=kind,
            limit=self._batch,
            now=now,
            turns=self._turns[kind],
            busy=busy,
            faults=faults,
            may_go=None if plan is None else plan.may_go,
        )
        claimed = [announcement_posts.brought_up_to_date(tx, row) for row in claimed]
        return claimed, expired, plan is not None and plan.has_refused

    async def _send_batch(self, claimed: list[Claimed]) -> bool:
        """Send the rows, or go on after a while; return False if all were put back without an attempt."""
        by_target: dict[int, list[Claimed]] = {}
        for row in claimed:
            by_target.setdefault(row.target, []).append(row)
        in_order = (sorted(mine, key=lambda row: row.id) for mine in by_target.values())
        sending = {self._sending.spawn(self._send_beside(mine), name="sending a message") for mine in in_order}
        _, under_way = await asyncio.wait(sending, timeout=_PATIENCE_SECONDS)
        return bool(under_way) or any(task.result() for task in sending)

    async def _send_beside(self, mine: list[Claimed]) -> bool:
        """Send one recipient's rows, and count them as under way meanwhile."""
        kind, guilds = mine[0].kind, Counter(row.guild or 0 for row in mine)
        self._under_way[kind] += guilds
        try:
            return await self._send_in_order(mine)
        finally:
            self._under_way[kind] -= guilds
            self._owing[kind].set()

    async def _send_in_order(self, mine: list[Claimed]) -> bool:
        """Send one recipient's rows in order; if one has to wait, those behind it wait too.

        Returns False if nothing was attempted.
        """
        for number, row in enumerate(mine):
            try:
                until = await self._settle(row)
            except CircuitOpen as closed:
                if closed.is_outage:
                    self._outage_rows.update(row.id for row in mine[number:])
                await self._put_back(mine[number:], str(closed), self._later(closed.retry_in))
                return number > 0
            if until is not None:
                if row.id in self._outage_rows:
                    self._outage_rows.update(behind.id for behind in mine[number + 1 :])
                await self._put_back(mine[number + 1 :], "waits for an earlier message", until)
                break
        return True

    async def _put_back(self, waiting: list[Claimed], error: str, until: datetime) -> None:
        for row in waiting:
            await self._record(partial(rows.put_back, row=row.id, error=error, until=until))

    async def _settle(self, row: Claimed) -> datetime | None:
        """Send a row and record the outcome; return the time of the retry, or None if there is none.

        Raises CircuitOpen if there was no attempt.
        """
        error: str
        try:
            if row.kind == "dm" and await self.closed_dms.is_silent(row.target):
                await self._refuse(row, "takes no DMs", unreached=True)
                return None
            self._refused_channels.check(row)
            if row.kind == "dm" and await self._late_texts.is_unwanted(row):
                await self._refuse(row, "wants no such messages", unwanted=True)
                return None
            message = await self._sender.send(row)
        except CircuitOpen:
            raise
        except ChannelRefusesError as why:
            await self._record(partial(rows.refused, row=row.id, error=str(why), now=self._state.now()))
            counting.ended(row, "refused")
            return None
        except FateUnknown as fate:
            await self._record(partial(outcomes.note_unknown, row, error=str(fate), now=self._state.now()))
            counting.ended(row, "unknown")
            log.warning("nobody knows whether a message arrived", row=row.id, **_recipient(row), error=str(fate))
            return None
        except ObsoleteMessageError as reason:
            await self._record(partial(rows.end, row=row.id, reason=str(reason), now=self._state.now()))
            counting.ended(row, "obsolete")
            return None
        except Unwritable as outage:
            until, error = self._later(self._backoff.after(row.attempts)), str(outage)
        except NoResponse as none:
            if none.is_outage:
                self._outage_rows.add(row.id)
            wait = max(none.retry_in, self._backoff.after(row.attempts))
            until, error = self._later(wait), f"{none}: {none.__cause__!r}"
        except discord.HTTPException as refusal:
            if row.kind == "dm" and refusal.code in TAKES_NO_DMS_CODES:
                return await self._unreachable(row, refusal)
            await self._give_up(row, refusal)
            return None
        except Exception as bug:
            log.exception("message cannot be sent", row=row.id, attempts=row.attempts)
            if row.attempts >= _BUG_ATTEMPTS:
                await self._refuse(row, repr(bug))
                return None
            until, error = self._state.now() + _BUG_RETRY_DELAY, repr(bug)
        else:
            self._refused_channels.took(row)
            await self._record(partial(outcomes.note_sent, row, sent=message, now=self._state.now()))
            counting.ended(row, "sent")
            return None
        if row.attempts == _LONG_POSTPONED_ATTEMPTS:
            log.warning("message still not sent", row=row.id, **_recipient(row), attempts=row.attempts, error=error)
        return await self._postpone(row, error, until)

    async def _unreachable(self, row: Claimed, refusal: discord.HTTPException) -> datetime | None:
        """Record that Discord delivers nothing to the member; return the time of the retry, or None.

        While the bot shares no server with a person, this says nothing about their direct messages. If the bot is not
        on the server that the message is about, it may have been removed by mistake and come back.
        """
        shares = refusal.code != NO_SERVER_IN_COMMON and await self._sender.shares_server(row)
        if shares or self._sender.is_on_server_of(row) or row.attempts > _NO_SERVER_ATTEMPTS:
            await self._give_up(row, refusal, closed=shares)
            return None
        return await self._postpone(row, str(refusal), self._later(_NO_SERVER_RETRY_SECONDS))

    async def _postpone(self, row: Claimed, error: str, until: datetime) -> datetime:
        await self._record(partial(rows.postpone, row=row.id, error=error, until=until))
        counting.retried(row)
        return until

    async def _give_up(self, row: Claimed, refusal: discord.HTTPException, *, closed: bool = False) -> None:
        """Record a refusal that is final for this row, and what follows from it."""
        error, now = str(refusal), self._state.now()
        if refusal.status == _MALFORMED and len(row.payload.get("embeds", ())) > 1:
            await self._record(partial(outcomes.split_embeds, row, error=error, now=now))
            log.info("message split into one per embed", row=row.id, **_recipient(row), error=error)
        elif row.entries and refusal.status != _MALFORMED:
            await self._record(partial(outcomes.note_refused_report, row, error=error, now=now))
            counting.ended(row, "refused")
            log.warning("log channel refuses entries, they wait", row=row.id, **_recipient(row), error=error)
        else:
            is_news = self._refused_channels.refused(row, refusal.code)
            await self._refuse(row, error, closed=closed, unreached=closed, is_news=is_news)
            tell = log.info if row.kind == "dm" else log.warning  # of members the raid's panel tells
            tell("message refused", row=row.id, **_recipient(row), error=error)

    async def _refuse(
        self,
        row: Claimed,
        error: str,
        *,
        closed: bool = False,
        unreached: bool = False,
        unwanted: bool = False,
        is_news: bool = True,
    ) -> None:
        """Record that the message is refused for good; a request to substitute ends with it.

        The audit says so of an announcement if it `is_news`.
        """
        refuse = partial(
            outcomes.note_refused,
            row,
            error=error,
            now=self._state.now(),
            closed=closed,
            unreached=unreached,
            is_news=is_news,
        )
        await self._record(refuse)
        counting.ended(row, "unreached" if unreached else "unwanted" if unwanted else "refused")
        if closed:
            self.closed_dms.found(row.target)
        if unreached:
            self.on_unreached()
        try:
            raid = await self._state.db.read(partial(rows.request_of, row=row.id))
            if raid is not None:
                rule = partial(substitutes.not_reached, member=MemberId(row.target))
                await self._state.change(raid, rule, Cause(Source.DISCORD))
        except (KeyError, UnreadableRaid, Refusal, sqlite3.Error):
            log.exception("request to substitute not ended", row=row.id)  # it may be repeated after a while

    async def _record(self, write: Callable[[sqlite3.Connection], object]) -> None:
        await outcomes.record(self._state.db, write)

    def _later(self, seconds: float) -> datetime:
        return self._state.now() + timedelta(seconds=max(seconds, 1.0))


def _nothing() -> None: ...


def _recipient(row: Claimed) -> dict[str, int]:
    """Return the field of the log that names the recipient."""
    return {"member" if row.kind == "dm" else "channel": row.target}
