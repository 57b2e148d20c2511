"""Those who came most often, with their names."""

import sqlite3
from collections.abc import Mapping

from raidbot.db import guilds
from raidbot.raids.model import GuildId, MemberId
from raidbot.raids.statistics.figures import Top, contenders, top_of


def top(connection: sqlite3.Connection, guild: GuildId, came: Mapping[MemberId, int]) -> Top:
    """Return the first of all members of the guild who came, by how often they did."""
    found = contenders(came)
    return top_of(found, guilds.names(connection, guild, (member for member in found if member > 0)))
