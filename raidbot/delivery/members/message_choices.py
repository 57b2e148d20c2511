"""Read and change what members chose with /reminders."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from raidbot.db import reminders as rows
from raidbot.delivery.members.tags import MemberTags
from raidbot.raids.messages.kinds import MessageKind
from raidbot.raids.model import GuildId, MemberId
from raidbot.raids.reminders.choices import Choices
from raidbot.state import State
from raidbot.utils.locks import KeyedLocks

_ALL = frozenset(MessageKind)

ChoicesRule = Callable[[Choices], Choices]


class MessageChoices:
    """Keeps members' choices in rows, and “no unasked messages” as a keyed tag, too, which outlives forgetting."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._locks: KeyedLocks[tuple[GuildId, int]] = KeyedLocks()
        self._listeners: list[Callable[[GuildId], None]] = []
        self._tags = MemberTags(state.db.path)

    def listen(self, listener: Callable[[GuildId], None]) -> None:
        """Call `listener` after each commit that changed somebody's leads on that server; it must not wait."""
        self._listeners.append(listener)

    async def of(self, guild: GuildId, member: int) -> Choices:
        chosen = await self._state.set_aside.read(partial(rows.choices, guild=guild, member=member))
        return replace(chosen, unwanted=_ALL) if await self._is_silenced(guild, member) else chosen

    async def change(self, guild: GuildId, member: MemberId, rule: ChoicesRule) -> Choices:
        """Apply a rule to the member's choices and return them once they are durable. Raises what the rule raises."""
        async with self._locks.hold((guild, member)):
            before = await self.of(guild, member)
            after, tag = rule(before), await self._tags.of(member)

            def save(tx: sqlite3.Connection) -> None:
                rows.save_choices(tx, guild, member, after)
                if tag is not None:
                    (rows.silence if after.is_silent else rows.unsilence)(tx, guild, tag)

            if after != before:
                await self._state.db.write(save)
        if after.leads != before.leads:
            for listener in self._listeners:
                listener(guild)
        return after

    async def _is_silenced(self, guild: GuildId, member: int) -> bool:
        tag = await self._tags.of(member)
        return tag is not None and await self._state.db.read(partial(rows.is_silenced, guild=guild, tag=tag))
