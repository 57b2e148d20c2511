"""Find the servers that know a member, in reads that hold up nobody for long."""

from functools import partial

from raidbot.db.database import Database
from raidbot.db.forgetting import registered
from raidbot.db.privacy import REGISTRY
from raidbot.raids.model import GuildId, MemberId


async def servers_of(db: Database, member: MemberId) -> set[GuildId]:
    """Return the servers of which any row names the member."""
    known: set[GuildId] = set()
    (audit,) = (table for table in REGISTRY if table.name == "audit")
    for table in REGISTRY:
        if table is not audit:
            known |= await db.read(partial(registered.guilds, table=table, member=member))
    for guild in await db.read(registered.audited_guilds):  # the longest table by far, so a server at a time
        if guild not in known:
            rows = await db.read(partial(registered.naming, table=audit, member=member, guild=guild, columns=("id",)))
            known |= {guild} if rows else set()
    return known
