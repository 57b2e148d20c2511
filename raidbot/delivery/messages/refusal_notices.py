"""Tell members why their reaction on a raid's board was refused."""

import sqlite3
from collections import OrderedDict
from datetime import datetime, timedelta
from functools import partial

import structlog

from raidbot.db import closed_dms
from raidbot.db.database import Unwritable
from raidbot.db.outbox import OutboxMessage
from raidbot.delivery.messages.best_effort_dm import BestEffortDms
from raidbot.raids.model import MemberId, Raid, RaidId
from raidbot.raids.notifications import how_to_open_dms
from raidbot.raids.purposes import Purpose
from raidbot.state import State
from raidbot.utils.errors import Refusal
from raidbot.utils.words import paragraph, render, say

log = structlog.get_logger(__name__)

_REPEAT_NOTICE_SECONDS = 600
_REPEAT_LEADER_NOTICE_SECONDS = 86_400
_MAX_REMEMBERED = 10_000
_NOTICE_LIFETIME = timedelta(hours=1)
"""Lifetime of a notice about a removed reaction; later it no longer helps."""


class ConcernsLeader(Refusal):
    """A refusal that the raid's leader has to hear of, too, because only a manager can help."""


class RefusalNotices:
    """Queues a direct message per refusal, and a notice in the raid's thread for those whose messages are closed."""

    def __init__(self, state: State, best_effort_dms: BestEffortDms) -> None:
        self._state = state
        self._best_effort_dms = best_effort_dms
        self._told: OrderedDict[tuple[RaidId, MemberId, type[Refusal]], None] = OrderedDict()

    async def refused(self, raid: Raid, member: MemberId, refusal: Refusal) -> None:
        """Give the reason to a member who has just reacted, and to the leader if it is theirs to know."""
        self._note_told(raid, member, refusal)
        await self.tell(raid, member, refusal)
        await self._tell_leader(raid, refusal, told=member)

    async def found_refused(self, raid: Raid, member: MemberId, refusal: Refusal) -> None:
        """Give the reason, once per raid, to a member whose reaction was found: nobody knows how old it is."""
        if not self._note_told(raid, member, refusal):
            return
        await self.tell(raid, member, refusal, again_after=None)
        await self._tell_leader(raid, refusal, told=member)

    def _note_told(self, raid: Raid, member: MemberId, refusal: Refusal) -> bool:
        """Return False if the member has heard this reason for this raid since the start."""
        told = raid.id, member, type(refusal)
        is_new = told not in self._told
        self._told[told] = None
        if len(self._told) > _MAX_REMEMBERED:
            self._told.popitem(last=False)
        return is_new

    async def tell(
        self, raid: Raid, member: MemberId, refusal: Refusal, *, again_after: int | None = _REPEAT_NOTICE_SECONDS
    ) -> None:
        """Give the reason, at most once per `again_after` seconds (None: once).

        During a write outage it is sent at best effort.
        """
        now = self._state.now()
        period = "once" if again_after is None else int(now.timestamp()) // again_after
        cause = f"refusal:{raid.id}:{type(refusal).__name__}:{period}"
        dm = OutboxMessage(
            kind="dm",
            target=member,
            payload={"content": str(refusal)},
            dedupe=f"{cause}:{member}",
            due_at=now,
            expires_at=now + _NOTICE_LIFETIME,
            guild=raid.guild,
            raid=raid.id,
            purpose=Purpose.COURTESY,
        )
        try:
            await self._state.enqueue([dm, *await self._thread_notice(raid, member, refusal, cause, now)])
        except Unwritable:
            self.tell_at_best_effort(raid, member, refusal)
        except sqlite3.Error:
            log.exception("refusal notice not written", member=member)

    def tell_at_best_effort(self, raid: Raid, member: MemberId, refusal: Refusal) -> None:
        self._best_effort_dms.say(member, raid.guild, str(refusal))

    async def _tell_leader(self, raid: Raid, refusal: Refusal, *, told: MemberId) -> None:
        """Tell the leader what `told` has heard already, if a manager can help."""
        leader = raid.leader or raid.creator
        if isinstance(refusal, ConcernsLeader) and leader != told:
            await self.tell(raid, leader, refusal, again_after=_REPEAT_LEADER_NOTICE_SECONDS)

    async def _thread_notice(
        self, raid: Raid, member: MemberId, refusal: Refusal, cause: str, now: datetime
    ) -> list[OutboxMessage]:
        """Return a notice for the raid's thread if the member's DMs are closed and the settings allow it.

        All members with the same `cause` share one notice.
        """
        settings = await self._state.settings(raid.guild)
        if not settings.refusal_notices_in_thread or raid.thread is None:
            return []
        if await self._state.db.read(partial(closed_dms.dms_closed_since, member=member)) is None:
            return []
        reason = say("To whoever reacted just now and takes no direct messages: {reason}", reason=refusal.text)
        text = paragraph(reason, how_to_open_dms())
        return [
            OutboxMessage(
                kind="post",
                target=raid.thread,
                payload={"content": render(text)},
                dedupe=cause,
                due_at=now,
                expires_at=now + _NOTICE_LIFETIME,
                guild=raid.guild,
                raid=raid.id,
                purpose=Purpose.COURTESY,
            )
        ]
