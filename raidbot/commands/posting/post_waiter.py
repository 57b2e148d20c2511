"""Wait for a new raid's board to be posted, so that its creator gets the link."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import NamedTuple

from raidbot.commands.posting.post import post
from raidbot.commands.ui.components import Controls, link_button
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.router import address
from raidbot.db.activity_defaults import ActivityDefaults
from raidbot.db.drafts import DraftId
from raidbot.raids import labels
from raidbot.raids.events import Cancelled, Change, Created
from raidbot.raids.model import GuildId, MemberId, Raid, RaidId, Status
from raidbot.raids.permissions import Asker
from raidbot.state import Cause, State

_POST_TIMEOUT_SECONDS = 60.0
_MAX_REMEMBERED = 100


RAID_PANEL = "raid"
"""The panel of /raid."""


class Outcome(NamedTuple):
    """A sentence on the board of a new raid, with buttons below it.

    `line` says the same with a link instead, above a panel that has other buttons.
    """

    line: str
    text: str
    rows: tuple[Row, ...] = ()


class PostWaiter:
    def __init__(self, state: State) -> None:
        self._state = state
        self._posted: dict[RaidId, asyncio.Future[Raid]] = {}
        self._lacking: dict[RaidId, tuple[str, ...]] = {}
        self._creating: set[tuple[GuildId, MemberId]] = set()
        state.listen(self._committed)

    @asynccontextmanager
    async def created(
        self, plan: Raid, cause: Cause, *, asker: Asker, draft: DraftId, remember: ActivityDefaults | None = None
    ) -> AsyncIterator[Raid]:
        """Create the raid as `post` does. Inside the block an answer tells its creator whether it could be posted."""
        whose = plan.guild, plan.creator
        self._creating.add(whose)  # `_committed` hears of the raid before anybody can post it
        try:
            raid = await post(self._state, plan, cause, asker=asker, draft=draft, remember=remember)
        finally:
            self._creating.discard(whose)
        try:
            yield raid
        finally:
            self._state.awaited_posts.discard(raid.id)

    async def outcome(self, raid: Raid, where: str) -> Outcome:
        """Say whether the board is posted, cancelled, or pending after 60 seconds. `where` is its channel."""
        name = labels.coded(raid)
        posted = await self._until_posted(raid)
        if posted is None:
            later = f"{name} goes to {where} as soon as Discord takes it."
            return Outcome(later, later, _buttons(raid))
        if posted.link is None:
            why = labels.lacking_in_channel(raid, self._lacking.pop(raid.id, ()))
            failed = f"{name} could not be posted in {where}, so it is cancelled." + (f" {why}" if why else "")
            return Outcome(failed, failed)
        return Outcome(f"{name} is posted in {where}: {posted.link}", f"✅ Posted in {where}.", _buttons(posted))

    async def _until_posted(self, raid: Raid) -> Raid | None:
        """Return the raid once it is posted or cancelled, or None after `_POST_TIMEOUT_SECONDS`."""
        future: asyncio.Future[Raid] = asyncio.get_running_loop().create_future()
        self._posted[raid.id] = future
        try:
            now = await self._state.raid(raid.id)
            if now.status is not Status.POSTING:
                return now
            async with asyncio.timeout(_POST_TIMEOUT_SECONDS):
                return await future
        except TimeoutError:
            return None
        finally:
            del self._posted[raid.id]

    def _committed(self, _before: Raid, change: Change) -> None:
        for event in change.events:
            if isinstance(event, Cancelled) and event.lacking:  # also if nobody waits yet
                if len(self._lacking) >= _MAX_REMEMBERED:
                    self._lacking.clear()
                self._lacking[change.raid.id] = event.lacking
        if change.events == (Created(),) and (change.raid.guild, change.raid.creator) in self._creating:
            self._state.awaited_posts.add(change.raid.id)
        future = self._posted.get(change.raid.id)
        if future is not None and not future.done() and change.raid.status is not Status.POSTING:
            future.set_result(change.raid)


def _buttons(raid: Raid) -> tuple[Row, ...]:
    """Return buttons to the board, once it is there, and to the raid's panel."""
    manage = Controls(partial(address, RAID_PANEL, raid.code)).button("Manage", "panel")
    return ((*([link_button("Open", raid.link)] if raid.link else []), manage),)
