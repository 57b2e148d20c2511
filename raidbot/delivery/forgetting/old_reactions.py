"""Reactions of forgotten members that may still stand: no comparison takes them in again."""

from functools import partial

from raidbot.db.forgetting import jobs
from raidbot.delivery.members.tags import MemberTags
from raidbot.raids.model import MemberId, RaidId, RoleKey
from raidbot.state import State


class OldReactions:
    """All that are noted, in memory, as there are few and every reaction asks for them."""

    def __init__(self, state: State, tags: MemberTags) -> None:
        self._state = state
        self._tags = tags
        self._noted: dict[RaidId, set[tuple[str, RoleKey]]] = {}
        self._is_loaded = False

    async def load(self) -> None:
        """Read what is noted; again after it was changed."""
        noted: dict[RaidId, set[tuple[str, RoleKey]]] = {}
        for raid, tag, role in await self._state.db.read(jobs.old_reactions):
            noted.setdefault(raid, set()).add((tag, role))
        self._noted, self._is_loaded = noted, True

    async def is_old(self, raid: RaidId, member: MemberId, role: RoleKey) -> bool:
        """Return True if the member was forgotten and has not reacted anew with the role's emoji since."""
        if not self._is_loaded:
            await self.load()
        noted = self._noted.get(raid)
        return bool(noted) and (await self._tags.of(member), role) in (noted or ())

    async def reacted(self, raid: RaidId, member: MemberId, role: RoleKey) -> None:
        """Note that the member reacts now: a fresh start."""
        if await self.is_old(raid, member, role):
            tag = await self._tags.of(member) or ""
            await self._state.db.write(partial(jobs.end_old_reaction, raid=raid, tag=tag, role=role))
            self._noted.get(raid, set()).discard((tag, role))
