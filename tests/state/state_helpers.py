"""Helpers for tests of `State`: raids to change, rules to apply, and queries of the rows."""

import sqlite3
from contextlib import closing
from functools import partial
from typing import Any

from raidbot.db import raids as rows
from raidbot.db.database import Database
from raidbot.raids import lifecycle
from raidbot.raids.model import Kind, MemberId, MessageId, Raid, RaidId, RoleKey, Source
from raidbot.raids.rosters import signups
from raidbot.state import Cause, Rule, State
from tests.raids.builders import ALICE, MANAGER, NOW, TANK, roles, unposted_raid

BY_REACTION = Cause(Source.REACTION, ALICE)
BY_MANAGER = Cause(Source.COMMAND, MANAGER)


async def add_open_raid(state: State, **seats: int) -> RaidId:
    """Create an open raid with these roles; return its id."""
    raid = await state.create(unposted_raid(Kind.RAID, roles(**seats)), BY_MANAGER)
    await state.change(raid.id, partial(lifecycle.posted, message=MessageId(9_000 + raid.id)), BY_MANAGER)
    return raid.id


def react_rule(member: MemberId, key: str = TANK) -> Rule:
    return lambda raid: signups.react(raid, member, RoleKey(key), now=NOW)


def unreact_rule(member: MemberId, key: str = TANK) -> Rule:
    return lambda raid: signups.unreact(raid, member, RoleKey(key), now=NOW)


async def stored_raid(state: State, raid_id: RaidId) -> Raid:
    raid = await state.db.read(partial(rows.load, raid=raid_id))
    assert raid is not None
    return raid


async def query(state: State, query: str) -> list[Any]:
    return await state.db.read(lambda connection: connection.execute(query).fetchall())


def write_from_outside(db: Database, statement: str) -> None:
    """Write to the database file through a second connection, as another program would."""
    with closing(sqlite3.connect(db.path)) as other:
        other.execute(statement)
        other.commit()


async def record_statements(db: Database, statements: list[str]) -> None:
    def trace(connection: sqlite3.Connection) -> None:
        connection.set_trace_callback(statements.append)

    await db.read(trace)
    await db.write(trace)
    statements.clear()
