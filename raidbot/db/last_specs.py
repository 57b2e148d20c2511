"""Specs that members chose last in a role: the newest of their own seats with one, so nothing else is kept."""

import sqlite3
from collections.abc import Iterable

from raidbot.raids.model import MemberId, Raid, RoleKey

_SEATS = 100
"""Most seats of a member that are looked at, newest first: roles of several templates may have the same key."""


def last_specs(
    connection: sqlite3.Connection, raid: Raid, asked: Iterable[tuple[MemberId, RoleKey]]
) -> dict[tuple[MemberId, RoleKey], str]:
    """Return what these members played last in the role, in raids of the same template on the same server."""
    found: dict[tuple[MemberId, RoleKey], str] = {}
    for member, role in asked:
        row = connection.execute(
            "SELECT recent.spec FROM (SELECT raid, spec FROM seats WHERE member = ? AND role = ? AND spec IS NOT NULL"
            " ORDER BY raid DESC LIMIT ?) AS recent CROSS JOIN raids ON raids.id = recent.raid"
            " WHERE raids.guild = ? AND raids.template = ? LIMIT 1",  # CROSS JOIN keeps their order
            (member, role, _SEATS, raid.guild, raid.template),
        ).fetchone()
        if row is not None and isinstance(row[0], str):
            found[member, role] = row[0]
    return found
