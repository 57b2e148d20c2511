"""Record which roles of a raid have no reaction, and tell the leader once."""

import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta

import structlog

from raidbot.db import audit, outbox, raid_history
from raidbot.db.outbox import OutboxMessage
from raidbot.raids.audit.entry import AuditAction, Entry
from raidbot.raids.emoji.missing import Lack, lack_of, notice
from raidbot.raids.emoji.model import key_of
from raidbot.raids.model import Raid, RaidId, Role, Source
from raidbot.state import State
from raidbot.utils.words import render

log = structlog.get_logger(__name__)

_NOTICE_LIFETIME = timedelta(hours=12)
_News = tuple[Sequence[Entry], OutboxMessage | None]
"""Entries that the history does not have yet, and the message about them."""


class ReactionNotices:
    """Writes audit entries, from which the raid's panel shows the roles. A failing database is logged."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def lacking(self, raid_id: RaidId, codes: Mapping[str, int]) -> None:
        """Of each emoji Discord's error code says why the reaction cannot be put or read."""
        raid = await self._state.raid(raid_id)
        found = {role: lack_of(code) for emoji, code in codes.items() if (role := _role(raid, emoji)) is not None}
        if not raid.shows_signups:
            return

        def news(connection: sqlite3.Connection) -> _News:
            known = raid_history.lacking(connection, raid.id)
            fresh = {role: lack for role, lack in found.items() if known.get(role.key) != lack}
            if not fresh:
                return [], None
            return [
                Entry(AuditAction.REACTION_LACKING, None, {"key": role.key, "role": role.name, "lack": lack})
                for role, lack in fresh.items()
            ], self._told(raid, fresh)

        await self._write(raid, news)

    def _told(self, raid: Raid, lacks: Mapping[Role, Lack]) -> OutboxMessage:
        now = self._state.now()
        return OutboxMessage(
            kind="dm",
            target=raid.leader or raid.creator,
            payload={"content": render(notice(raid, lacks))},
            dedupe=f"reaction:{raid.id}:" + ",".join(f"{role.key}:{lack}" for role, lack in lacks.items()),
            due_at=now,
            expires_at=now + _NOTICE_LIFETIME,
            guild=raid.guild,
        )

    async def put(self, raid_id: RaidId, emoji: str) -> None:
        """Record that a role which had no reaction has one again."""
        raid = await self._state.raid(raid_id)
        role = _role(raid, emoji)
        if role is not None:
            entry = Entry(AuditAction.REACTION_RESTORED, None, {"key": role.key, "role": role.name})
            await self._write(raid, lambda tx: ([entry] if role.key in raid_history.lacking(tx, raid.id) else [], None))

    async def unproven(self, raid_id: RaidId, emojis: Collection[str]) -> None:
        """Record that Discord lists other members for these emoji than it counts."""
        raid = await self._state.raid(raid_id)
        roles = [role.name for emoji in emojis if (role := _role(raid, emoji)) is not None]
        entry = Entry(AuditAction.REACTIONS_UNPROVEN, None, {"roles": roles})
        await self._write(raid, lambda _: ([entry], None))

    async def _write(self, raid: Raid, news: Callable[[sqlite3.Connection], _News]) -> None:
        now = self._state.now()

        def record(tx: sqlite3.Connection) -> bool:
            entries, told = news(tx)
            if entries:
                audit.record(tx, entries, guild=raid.guild, raid=raid.id, at=now, actor=None, source=Source.DISCORD)
            return told is not None and outbox.enqueue(tx, told)

        try:
            fresh, _ = await self._state.db.read(news)
            is_queued = await self._state.db.write(record) if fresh else False
            if is_queued:
                self._state.notify_outbox()
        except sqlite3.Error:
            log.exception("audit entry about reactions not recorded", raid=raid.id)


def _role(raid: Raid, emoji: str) -> Role | None:
    return raid.role_for_emoji(key_of(emoji))
