"""Record which roles of a raid have no reaction, and tell the leader once."""

import sqlite3
from collections.abc import Callable, Collection
from datetime import timedelta

import structlog

from raidbot.db import audit, outbox, raid_history
from raidbot.db.outbox import OutboxMessage
from raidbot.raids.audit.entry import AuditAction, Entry
from raidbot.raids.emoji.missing import lack_of, notice
from raidbot.raids.emoji.model import key_of
from raidbot.raids.model import Raid, RaidId, Role, Source
from raidbot.state import State
from raidbot.utils.words import render

log = structlog.get_logger(__name__)

_NOTICE_LIFETIME = timedelta(hours=12)
_IsNews = Callable[[sqlite3.Connection], bool]


class ReactionNotices:
    """Writes audit entries, from which the raid's panel shows the roles. A failing database is logged."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def lacking(self, raid_id: RaidId, emoji: str, code: int) -> None:
        """Discord's error code says why the reaction cannot be put or read."""
        raid, role = await self._role(raid_id, emoji)
        if role is None or not raid.shows_signups:
            return
        lack = lack_of(code)
        entry = Entry(AuditAction.REACTION_LACKING, None, {"key": role.key, "role": role.name, "lack": lack})
        now = self._state.now()
        told = OutboxMessage(
            kind="dm",
            target=raid.leader or raid.creator,
            payload={"content": render(notice(raid, role, lack))},
            dedupe=f"reaction:{raid.id}:{role.key}:{lack}",
            due_at=now,
            expires_at=now + _NOTICE_LIFETIME,
            guild=raid.guild,
        )
        await self._write(raid, lambda tx: raid_history.lacking(tx, raid.id).get(role.key) != lack, entry, told)

    async def put(self, raid_id: RaidId, emoji: str) -> None:
        """Record that a role which had no reaction has one again."""
        raid, role = await self._role(raid_id, emoji)
        if role is not None:
            entry = Entry(AuditAction.REACTION_RESTORED, None, {"key": role.key, "role": role.name})
            await self._write(raid, lambda tx: role.key in raid_history.lacking(tx, raid.id), entry)

    async def unproven(self, raid_id: RaidId, emojis: Collection[str]) -> None:
        """Record that Discord lists other members for these emoji than it counts."""
        raid = await self._state.raid(raid_id)
        roles = [role.name for emoji in emojis if (role := raid.role_for_emoji(key_of(emoji))) is not None]
        await self._write(raid, lambda _: True, Entry(AuditAction.REACTIONS_UNPROVEN, None, {"roles": roles}))

    async def _role(self, raid_id: RaidId, emoji: str) -> tuple[Raid, Role | None]:
        raid = await self._state.raid(raid_id)
        return raid, raid.role_for_emoji(key_of(emoji))

    async def _write(self, raid: Raid, is_news: _IsNews, entry: Entry, told: OutboxMessage | None = None) -> None:
        now = self._state.now()

        def record(tx: sqlite3.Connection) -> bool:
            if not is_news(tx):
                return False
            audit.record(tx, [entry], guild=raid.guild, raid=raid.id, at=now, actor=None, source=Source.DISCORD)
            return told is not None and outbox.enqueue(tx, told)

        try:
            if await self._state.db.read(is_news) and await self._state.db.write(record):
                self._state.notify_outbox()
        except sqlite3.Error:
            log.exception("audit entry about reactions not recorded", raid=raid.id, action=entry.action)
