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
        things=_things(connection, guild),
    )
    found: Tables = {}
    titles = _raids(connection, guild)
    for table in REGISTRY:
        rows = registered.naming(connection, table, member, guild=guild)
        rows = [row for row in rows if registered.is_named(table, row, member)][-_MOST_ROWS:]
        written = [form.row(row, ids=table.ids_of(row), json_texts=table.texts + table.typed) for row in rows]
        for row, said in zip(rows, written, strict=True) if table.scope is Scope.RAID else ():
            raid = row["raid"]
            if isinstance(raid, int) and raid in titles:
                said["of_raid"] = form.row(titles[raid], ids=(), json_texts=("title",))
        if written:
            found[table.name] = written
    return found


def _names(connection: sqlite3.Connection, guild: GuildId, member: MemberId) -> set[str]:
    rows = connection.execute("SELECT member, name FROM members WHERE guild = ?", (guild,)).fetchall()
    own = {name for one, name in rows if one == member}
    return {name for _, name in rows if isinstance(name, str) and len(name) > 1} - own


def _things(connection: sqlite3.Connection, guild: GuildId) -> set[int]:
    """Return the ids of the server and of what texts about it may name beside members."""
    rows = connection.execute(
        "SELECT :guild UNION SELECT channel FROM raids WHERE guild = :guild"
        " UNION SELECT message FROM raids WHERE guild = :guild UNION SELECT thread FROM raids WHERE guild = :guild"
        " UNION SELECT mention_role FROM raids WHERE guild = :guild"
        " UNION SELECT channel FROM series WHERE guild = :guild UNION SELECT mention FROM series WHERE guild = :guild"
        " UNION SELECT channel FROM guild_channels WHERE guild = :guild"
        " UNION SELECT role FROM signup_roles WHERE guild = :guild"
        " UNION SELECT audit_channel FROM guilds WHERE id = :guild"
        " UNION SELECT leader_role FROM guilds WHERE id = :guild",
        {"guild": guild},
    ).fetchall()
    return {thing for (thing,) in rows if isinstance(thing, int)}


def _raids(connection: sqlite3.Connection, guild: GuildId) -> dict[int, Mapping[str, object]]:
    rows = connection.execute("SELECT id, code, title, starts_at FROM raids WHERE guild = ?", (guild,)).fetchall()
    return {raid: {"code": code, "title": title, "starts_at": at} for raid, code, title, at in rows}
