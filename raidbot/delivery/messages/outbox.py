"""Send the messages of the outbox, within Discord's rate limits, each exactly once."""

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal

import discord
import structlog

from raidbot.db import closed_dms as closed_dm_rows
from raidbot.db import outbox as rows
from raidbot.db.cells import SetAside
from raidbot.db.database import Unwritable
from raidbot.db.outbox import CLOCK_TOLERANCE, Claimed
from raidbot.delivery.discord_api import DiscordApi, NoResponse
from raidbot.delivery.messages import closed_dms
from raidbot.delivery.messages.nonces import nonce_prefix
from raidbot.delivery.pacing import sleep_unless
from raidbot.state import State
from raidbot.utils.backoff import Backoff
from raidbot.utils.cache import Cache
from raidbot.utils.tasks import end, guarded

log = structlog.get_logger(__name__)

OutboxKind = Literal["dm", "post"]

_OPENING_TOO_FAST = 40003
_MALFORMED = 400
_MAX_BACKOFF_SECONDS = 300.0
_BUG_RETRY_DELAY = timedelta(hours=1)
_UNKNOWN_CLAIM_PERIOD = timedelta(days=1)
"""How far to search for a row whose first claim is not known, as an older version left it."""


class Outbox:
    """Sends messages, with one worker per kind: `batch` messages concurrently, `pause` seconds between batches.

    A message without a response is postponed and retried until its `expires_at`; a refusal is final.
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
    ) -> None:
        self._state = state
        self._client = client
        self._api = api
        self._batch = batch
        self._pause = pause
        self._backoff = Backoff(first_retry, _MAX_BACKOFF_SECONDS)
        self._prefix = ""
        self._channels: Cache[int, int] = Cache(10_000)
        self._owing: dict[OutboxKind, asyncio.Event] = {"dm": asyncio.Event(), "post": asyncio.Event()}
        self._stopping = asyncio.Event()
        self._senders: list[asyncio.Task[None]] = []
        state.listen_to_outbox(self.wake)

    async def start(self) -> None:
        """Recover the claims of an earlier run, then start sending."""
        self._prefix = await nonce_prefix(self._state.db)
        await self._state.set_aside.report(await self._state.db.write(rows.drop_damaged))
        again, lost = await self._state.db.write(partial(rows.recover, now=self._state.now()))
        if again or lost:
            log.warning("messages recovered after an unclean stop", sent_again=again, fate_unknown=lost)
        self._senders = [
            asyncio.create_task(guarded(f"outbox {kind}", partial(self._run, kind), stopping=self._stopping))
            for kind in self._owing
        ]

    async def stop(self, timeout: float) -> None:
        """Finish the batches under way within `timeout` seconds; the rest stays in the outbox."""
        self._stopping.set()
        self.wake()
        await end(self._senders, within=timeout)

    def wake(self) -> None:
        """Check for newly queued messages."""
        for owing in self._owing.values():
            owing.set()

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
        if (down_for := self._api.down_for) > 0:
            await sleep_unless(down_for, unless=self._stopping)
            return
        owing = self._owing[kind]
        owing.clear()
        now = self._state.now()
        faults: list[SetAside] = []
        claimed = await self._state.db.write(partial(rows.claim, kind=kind, limit=self._batch, now=now, faults=faults))
        await self._state.set_aside.report(faults)
        if claimed:
            await self._send_batch(claimed)
            await sleep_unless(self._pause, unless=self._stopping)
            return
        due = await self._state.db.read(partial(rows.next_due, kind=kind))
        wait = None if due is None else max((due - self._state.clock()).total_seconds(), 1.0)
        if wait is None:
            await owing.wait()
        else:
            await sleep_unless(wait, unless=owing)

    async def _send_batch(self, claimed: list[Claimed]) -> None:
        by_target: dict[int, list[Claimed]] = {}
        for row in sorted(claimed, key=lambda row: row.id):
            by_target.setdefault(row.target, []).append(row)
        await asyncio.gather(*(self._send_in_order(mine) for mine in by_target.values()))

    async def _send_in_order(self, mine: list[Claimed]) -> None:
        """Send one recipient's rows in order; if one is postponed, postpone the rows behind it too."""
        for number, row in enumerate(mine):
            until = await self._settle(row)
            if until is not None:
                for behind in mine[number + 1 :]:
                    await self._record(
                        partial(rows.postpone, row=behind.id, error="waits for an earlier message", until=until)
                    )
                return

    async def _settle(self, row: Claimed) -> datetime | None:
        """Send a row and record the outcome; return the time of the retry, or None if there is none."""
        error: str
        try:
            if row.kind == "dm" and await closed_dms.is_silent(self._state, row.target):
                await self._record(partial(_refused, row, error="takes no DMs", now=self._state.now(), closed=False))
                return None
            message = await self._send(row)
        except NoResponse as none:
            wait = max(none.retry_in, self._backoff.after(row.attempts))
            until, error = self._later(wait), f"{none}: {none.__cause__!r}"
        except discord.HTTPException as refusal:
            if refusal.code == _OPENING_TOO_FAST:
                until, error = self._later(60.0), str(refusal)
            elif refusal.status == _MALFORMED and len(row.payload.get("embeds", ())) > 1:
                await self._record(partial(_split_embeds, row, error=str(refusal), now=self._state.now()))
                log.info("message split into one per embed", row=row.id, **_recipient(row), error=str(refusal))
                return None
            else:
                closed = row.kind == "dm" and refusal.code in closed_dms.TAKES_NO_DMS_CODES
                await self._record(partial(_refused, row, error=str(refusal), now=self._state.now(), closed=closed))
                log.info("message refused", row=row.id, **_recipient(row), error=str(refusal))
                return None
        except Exception as bug:
            log.exception("message cannot be sent", row=row.id)
            until, error = self._state.now() + _BUG_RETRY_DELAY, repr(bug)
        else:
            await self._record(partial(_sent, row, message=message, now=self._state.now()))
            return None
        await self._record(partial(rows.postpone, row=row.id, error=error, until=until))
        return until

    async def _send(self, row: Claimed) -> int:
        """Send the row, unless an earlier attempt arrived, and return the message's id."""
        channel = self._client.get_partial_messageable(await self._channel(row))
        if row.attempts > 1 and (found := await self._api.call(partial(self._find, channel, row))) is not None:
            return found
        content: str | None = row.payload.get("content")
        embeds = [discord.Embed.from_dict(embed) for embed in row.payload.get("embeds", ())]
        nonce = f"{self._prefix}o{row.id}"
        view = _view(row.payload["buttons"]) if "buttons" in row.payload else discord.utils.MISSING
        message = await self._api.call(lambda: channel.send(content, embeds=embeds, view=view, nonce=nonce))
        return message.id

    async def _channel(self, row: Claimed) -> int:
        if row.kind == "post":
            return row.target
        known = self._channels.get(row.target)
        if known is None:
            opened = await self._api.call(lambda: self._client.create_dm(discord.Object(row.target)))
            known = opened.id
            self._channels.put(row.target, known)
        return known

    async def _find(self, channel: discord.PartialMessageable, row: Claimed) -> int | None:
        """Return the id of a message that an earlier attempt delivered: ours, the same content, and no other row's.

        All messages since the first attempt are searched, however many. Older ones may be those of rows deleted since.
        """
        assert self._client.user is not None  # noqa: S101
        since = row.first_claimed_at or self._state.now() - _UNKNOWN_CLAIM_PERIOD
        async for message in channel.history(limit=None, after=since - CLOCK_TOLERANCE):
            ours = message.author.id == self._client.user.id and _says(message, row.payload)
            if ours and not await self._state.db.read(partial(rows.is_sent_message, message=message.id)):
                return message.id
        return None

    async def _record(self, write: Callable[[sqlite3.Connection], None]) -> None:
        """Write the outcome, retrying until it is durable; without it the row would be sent again."""
        backoff = Backoff(0.5, 30.0)
        while True:
            try:
                await self._state.db.write(write)
            except sqlite3.Error as error:
                wait = backoff.next()
                if not isinstance(error, Unwritable):
                    log.exception("outcome of a message cannot be recorded", again_in=wait)
                await asyncio.sleep(wait)
            else:
                return

    def _later(self, seconds: float) -> datetime:
        return self._state.now() + timedelta(seconds=max(seconds, 1.0))


def _recipient(row: Claimed) -> dict[str, int]:
    """Return the field of the log that names the recipient."""
    return {"member" if row.kind == "dm" else "channel": row.target}


def _view(buttons: list[dict[str, str]]) -> discord.ui.View:
    """Return a view that discord.py does not track: presses are routed by `custom_id`."""
    view = discord.ui.View(timeout=None)
    for button in buttons:
        style = discord.ButtonStyle[button["style"]]
        view.add_item(discord.ui.Button(label=button["label"], custom_id=button["address"], style=style))
    view.stop()
    return view


def _sent(row: Claimed, tx: sqlite3.Connection, *, message: int, now: datetime) -> None:
    rows.sent(tx, row.id, message=message, now=now)
    if row.kind == "dm":
        closed_dm_rows.open_dms(tx, row.target)


def _refused(row: Claimed, tx: sqlite3.Connection, *, error: str, now: datetime, closed: bool) -> None:
    rows.refused(tx, row.id, error=error, now=now)
    if closed:
        closed_dm_rows.close_dms(tx, row.target, now)


def _split_embeds(row: Claimed, tx: sqlite3.Connection, *, error: str, now: datetime) -> None:
    """Queue each embed as its own message, because Discord rejected one of them and with it the whole message."""
    rows.refused(tx, row.id, error=error, now=now)
    for number, embed in enumerate(row.payload["embeds"]):
        alone = {"embeds": [embed]}
        dedupe = f"outbox:{row.id}:{number}"
        rows.enqueue(tx, rows.OutboxMessage(kind=row.kind, target=row.target, payload=alone, dedupe=dedupe, due_at=now))


def _says(message: discord.Message, payload: dict[str, Any]) -> bool:
    said = [embed.description for embed in message.embeds]
    owed = [embed.get("description") for embed in payload.get("embeds", ())]
    return message.content == (payload.get("content") or "").strip() and said == owed
