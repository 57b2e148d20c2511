"""Keep the events of boards waiting that have to be compared first, because events were missed."""

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog

from raidbot.delivery.boards.posted import PostedKey
from raidbot.raids.model import GuildId

log = structlog.get_logger(__name__)

PATIENCE_SECONDS = 10.0
"""Time for which events, and the drawing of a board, wait for a comparison that cannot be made."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A time without a guild's events that began at `since`. `number` counts gaps: what is read later has seen it."""

    number: int
    since: datetime


@dataclass(slots=True)
class _Gate:
    """Events that wait for the first comparison after the gap of this number."""

    gap: int
    opened: asyncio.Event
    patience: asyncio.TimerHandle


class FirstComparisons:
    """Gaps in the events of guilds, and gates for the events of boards that were not compared since.

    `hurry` is called with boards whose events wait. A gate opens with the board's comparison, when that fails, or after
    `patience` seconds.
    """

    def __init__(self, hurry: Callable[[PostedKey], None], *, patience: float = PATIENCE_SECONDS) -> None:
        self._hurry = hurry
        self._patience = patience
        self._gaps: dict[GuildId, Gap] = {}
        self._compared: dict[PostedKey, int] = {}
        self._gates: dict[PostedKey, _Gate] = {}
        self.latest = 0

    def begin(self, guilds: Iterable[GuildId], *, since: datetime) -> None:
        """Note that events of the guilds are being missed. A gap that is open began earlier, and is not closed yet."""
        self.latest += 1
        for guild in guilds:
            earlier = self._gaps.get(guild)
            self._gaps[guild] = Gap(self.latest, since if earlier is None else min(since, earlier.since))

    def of(self, guild: GuildId) -> Gap | None:
        return self._gaps.get(guild)

    def is_due(self, key: PostedKey, guild: GuildId) -> bool:
        """Return True if the board was not compared since the guild's gap."""
        gap = self._gaps.get(guild)
        return gap is not None and self._compared.get(key, 0) < gap.number

    def gate(self, key: PostedKey, guild: GuildId) -> asyncio.Event | None:
        """Return what the board's events have to wait for, if anything. Called for every event, so it is cheap."""
        if not self._gaps or not self.is_due(key, guild):
            return None
        gate = self._gates.get(key)
        if gate is None:
            patience = asyncio.get_running_loop().call_later(self._patience, self._give_up, key)
            gate = self._gates[key] = _Gate(self._gaps[guild].number, asyncio.Event(), patience)
            self._hurry(key)
        return gate.opened

    def compared(self, key: PostedKey, seen: int, *, failed: bool = False) -> None:
        """Let the board's events go on. `seen` is the `latest` gap before the board was read."""
        if self._gaps:
            self._compared[key] = max(seen, self._compared.get(key, 0))
        gate = self._gates.get(key)
        if gate is None or gate.gap > seen:
            return
        del self._gates[key]
        gate.patience.cancel()
        gate.opened.set()
        if failed:
            log.warning("reactions are handled although the board could not be compared", **key.fields)

    def end(self, guilds: Collection[GuildId], seen: int) -> None:
        """All boards of the guilds were compared, or cannot be."""
        for guild in guilds:
            gap = self._gaps.get(guild)
            if gap is not None and gap.number <= seen:
                del self._gaps[guild]
        if not self._gaps:
            self._compared.clear()
            for key in list(self._gates):
                self.compared(key, seen)

    def _give_up(self, key: PostedKey) -> None:
        self.compared(key, self._gates[key].gap, failed=True)
