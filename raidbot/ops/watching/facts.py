"""How things stand: gauges that are set when somebody looks, and not whenever they change."""

import asyncio
import math
import platform
import shutil
import sqlite3
import time
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path

import discord
import structlog

from raidbot import __version__
from raidbot.db.cells import UnreadableCellError
from raidbot.db.standing import KINDS, Standing, standing
from raidbot.delivery.discord_api import DiscordApi, Family
from raidbot.delivery.service import DeliveryService
from raidbot.ops.watching.gateway import GatewayWatch
from raidbot.state import State
from raidbot.utils.circuit_breaker import Circuit
from raidbot.utils.metrics import boards, caches, calls, database, gateway, messages, process, raids

log = structlog.get_logger(__name__)

_AT_MOST_EVERY_SECONDS = 5.0
_SHARE = 0.002
"""Most of the reader's time that is spent on the facts of the database, however many raids are open."""
_PATIENCE_SECONDS = 2.0
_CIRCUITS = {family: calls.CIRCUIT.labels(calls.FAMILIES.of(family.name.lower())) for family in Family}
_HELD_BACK = {Circuit.CLOSED: 0.0, Circuit.HALF_OPEN: 0.5, Circuit.OPEN: 1.0}


class Facts:
    """Sets the gauges. `refresh` may be called as often as somebody likes; it never calls Discord."""

    def __init__(
        self,
        state: State,
        client: discord.AutoShardedClient,
        api: DiscordApi,
        delivery: DeliveryService,
        watch: GatewayWatch,
        *,
        at_most_every: float = _AT_MOST_EVERY_SECONDS,
    ) -> None:
        self._state = state
        self._client = client
        self._api = api
        self._delivery = delivery
        self._watch = watch
        self._at_most_every = at_most_every
        self._next_read = float("-inf")
        self._reading = asyncio.Lock()
        self.oldest_message = 0.0
        """Seconds for which the oldest message that is due has been waiting, as of the last refresh."""
        self.database_fails: str | None = None
        """Says why the database could not be read the last time; None if it could."""
        process.BUILD.labels(__version__, platform.python_version(), discord.__version__, sqlite3.sqlite_version).set(1)

    async def refresh(self) -> None:
        """Bring all gauges up to date; those of the database may be some seconds old, and older if it is large."""
        self._set_calls()
        self._set_gateway()
        self._set_process()
        self._set_files(self._state.db.path.resolve())  # the log is beside the file itself, not beside a link
        async with self._reading:
            if time.monotonic() >= self._next_read:
                await self._read()

    def look_at_once(self) -> None:
        """Let the next `refresh` read the database, however short the last reading was ago."""
        self._next_read = float("-inf")

    async def _read(self) -> None:
        began, now = time.perf_counter(), self._state.now()
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                found = await self._state.db.read(partial(standing, now=now))
        except (TimeoutError, sqlite3.Error, UnreadableCellError) as error:
            self.database_fails = str(error) or "it takes longer than usual"
            log.debug("facts of the database not read", error=repr(error))
            self._next_read = time.monotonic() + self._at_most_every
            return
        self.database_fails = None
        took = time.perf_counter() - began
        self._next_read = time.monotonic() + max(self._at_most_every, took / _SHARE)
        self.oldest_message = _set_standing(found, now)

    def _set_calls(self) -> None:
        calls.INVALID.set(self._api.invalid.count())
        for family, state in self._api.circuits.states().items():
            _CIRCUITS[family].set(_HELD_BACK[state.circuit])

    def _set_gateway(self) -> None:
        gateway.SHARDS.set(self._watch.shards)
        gateway.CONNECTED.set(self._watch.connected)
        gateway.LATENCY.set(_latency(self._client))
        gateway.SERVERS.set(len(self._client.guilds))

    def _set_process(self) -> None:
        for name, number in caches.sizes().items():
            process.CACHED.labels(process.CACHES.of(name)).set(number)
        process.QUEUED.set(self._delivery.event_queue.waiting)
        stale = self._delivery.boards.turns.staleness.standing()
        boards.STALE.set(stale.boards)
        boards.STALEST.set(stale.oldest)

    def _set_files(self, path: Path) -> None:
        database.OUTAGE.set(self._state.db.outage is not None)
        database.MAIN_SIZE.set(_size(path))
        database.WAL_SIZE.set(_size(Path(f"{path}-wal")))
        with suppress(OSError):
            database.FREE.set(shutil.disk_usage(path.parent).free)


def _set_standing(found: Standing, now: datetime) -> float:
    """Return the age of the oldest message that is due."""
    raids.OPEN.set(found.raids)
    raids.PARTICIPANTS.set(found.participants)
    raids.AUDIT_NEWEST.set(found.audit_newest)
    raids.AUDIT_PENDING.labels("audit").set(found.owed_to_audit)
    raids.AUDIT_PENDING.labels("live").set(found.owed_to_live)
    ages = []
    for kind in KINDS:
        since = found.since[kind]
        ages.append(0.0 if since is None else max((now - since).total_seconds(), 0.0))
        messages.OLDEST.labels(kind).set(ages[-1])
        messages.WAITING.labels(kind, "pending").set(found.pending[kind])
        messages.WAITING.labels(kind, "claimed").set(found.claimed[kind])
    return max(ages)


def _latency(client: discord.AutoShardedClient) -> float:
    """Return the latency of the slowest connection in seconds; not a number before any was measured."""
    measured = [latency for _, latency in client.latencies if not math.isnan(latency)]
    return max(measured, default=float("nan"))


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
