"""Read all that is known of a member on a server, for an export."""

import sqlite3
from collections.abc import Mapping

from raidbot.db.forgetting import registered
from raidbot.db.privacy import REGISTRY, Scope
from raidbot.raids.model import GuildId, MemberId
from raidbot.raids.privacy.export import Form

_MOST_ROWS = 20_000
"""Of a table; the newest are taken."""
Tables = dict[str, list[dict[str, object]]]


def of_guild(connection: sqlite3.Connection, member: MemberId, guild: GuildId) -> Tables:
    """Return the rows that name the member, by their tables, without any other member.

    `guild` is a server's, or `NOWHERE`. Rows of raids say which raid they are of.
    """
    form = Form(
        member=member,
        others=registered.members(connection, guild) - {member},
        names=_names(connection, guild, member),
    )
    found: Tables = {}
    titles = _raids(connection, guild)
    for table in REGISTRY:
        rows = registered.naming(connection, table, member, guild=guild)[-_MOST_ROWS:]
        written = [form.row(row, ids=table.ids_of(row), json_texts=table.texts + table.typed) for row in rows]
        for row, said in zip(rows, written, strict=True) if table.scope is Scope.RAID else ():
            raid = row["raid"]
            if isinstance(raid, int) and raid in titles:
                said["of_raid"] = form.row(titles[raid], ids=(), json_texts=())
        if written:
            found[table.name] = written
    return found


def _names(connection: sqlite3.Connection, guild: GuildId, member: MemberId) -> set[str]:
    rows = connection.execute("SELECT member, name FROM members WHERE guild = ?", (guild,)).fetchall()
    own = {name for one, name in rows if one == member}
    return {name for _, name in rows if isinstance(name, str) and len(name) > 1} - own


def _raids(connection: sqlite3.Connection, guild: GuildId) -> dict[int, Mapping[str, object]]:
    rows = connection.execute("SELECT id, code, title, starts_at FROM raids WHERE guild = ?", (guild,)).fetchall()
    return {raid: {"code": code, "title": title, "starts_at": at} for raid, code, title, at in rows}
