"""The holders of a server's raid leader role: rows, and a bounded cache in front of them."""

from collections.abc import Collection, Mapping
from functools import partial

from raidbot.db import guilds
from raidbot.db.database import Database
from raidbot.raids.model import GuildId, MemberId
from raidbot.utils.cache import Cache
from raidbot.utils.locks import KeyedLocks


class LeaderRoles:
    def __init__(self, db: Database, *, capacity: int) -> None:
        self._db = db
        self._holding: Cache[tuple[GuildId, int], frozenset[MemberId]] = Cache(capacity, "leaders")
        self._locks: KeyedLocks[GuildId] = KeyedLocks()

    async def of(self, guild: GuildId, role: int | None) -> frozenset[MemberId]:
        """Return the members known to hold the role."""
        if role is None:
            return frozenset()
        cached = self._holding.get((guild, role))
        if cached is not None:
            return cached
        async with self._locks.hold(guild):
            return await self._holders(guild, role)

    async def learn(self, guild: GuildId, role: int | None, roles: Mapping[MemberId, Collection[int]]) -> bool:
        """Store which of these members hold the role, given their current roles; return True if any changed."""
        if role is None:
            return False
        async with self._locks.hold(guild):  # the latest update wins
            known = await self._holders(guild, role)
            came = {member for member, held in roles.items() if role in held} - known
            gone = {member for member, held in roles.items() if role not in held} & known
            if came or gone:
                await self._db.write(partial(guilds.note_leaders, guild=guild, role=role, came=came, gone=gone))
                self._holding.put((guild, role), (known | came) - gone)
            return bool(came or gone)

    def forget(self, guild: GuildId) -> None:
        """Drop what is cached of the guild: rows went behind the cache."""
        for key in [*self._holding.keys()]:
            if key[0] == guild:
                self._holding.drop(key)

    async def _holders(self, guild: GuildId, role: int) -> frozenset[MemberId]:
        """Load and cache the holders of the role. The caller holds the guild's lock."""
        known = self._holding.get((guild, role))
        if known is None:
            known = frozenset(await self._db.read(partial(guilds.leaders, guild=guild, role=role)))
            self._holding.put((guild, role), known)
        return known
