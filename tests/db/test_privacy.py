"""Every table that names a member is in the registry, with columns that exist."""

import sqlite3

import pytest

from raidbot.db import privacy
from raidbot.db.privacy import Scope, Table

MEMBER_COLUMNS = {"member", "actor", "creator", "leader", "closed_by", "asked_by", "marked_by"}
"""Names of columns that hold a member's id, wherever they stand."""
LINK_COLUMN = {Scope.GUILD: "guild", Scope.RAID: "raid", Scope.SERIES: "series"}


def schema(tx: sqlite3.Connection) -> dict[str, set[str]]:
    """Return the columns of every table."""
    tables = tx.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").fetchall()
    return {table: {row[1] for row in tx.execute(f"PRAGMA table_info({table})")} for (table,) in tables}


def faults(
    tables: dict[str, set[str]], registry: tuple[Table, ...] = privacy.REGISTRY, free: tuple[str, ...] = privacy.FREE
) -> list[str]:
    known = [table.name for table in registry] + list(free)
    found = [f"{name} is neither in REGISTRY nor in FREE" for name in tables if name not in known]
    found += [f"{name} is listed {known.count(name)} times" for name in sorted(set(known)) if known.count(name) > 1]
    found += [f"{name} does not exist" for name in known if name not in tables]
    registered = {table.name: set(table.columns) for table in registry}
    for table in registry:
        columns = tables.get(table.name, set())
        linked = {LINK_COLUMN[table.scope]} if table.scope in LINK_COLUMN else set()
        found += [f"{table.name}.{column} does not exist" for column in sorted(({*table.columns} | linked) - columns)]
    for name, columns in tables.items():
        missing = (columns & MEMBER_COLUMNS) - registered.get(name, set())
        found += [f"{name}.{column} is not in REGISTRY" for column in sorted(missing)]
    return found


def test_every_table_that_names_a_member_is_registered(tx: sqlite3.Connection) -> None:
    assert faults(schema(tx)) == []


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("CREATE TABLE polls (guild INTEGER, actor INTEGER)", "polls is neither in REGISTRY nor in FREE"),
        ("ALTER TABLE raids ADD COLUMN asked_by INTEGER", "raids.asked_by is not in REGISTRY"),
        ("ALTER TABLE grants ADD COLUMN member INTEGER", "grants.member is not in REGISTRY"),
        ("ALTER TABLE members RENAME COLUMN name TO called", "members.name does not exist"),
        ("ALTER TABLE drafts RENAME COLUMN guild TO server", "drafts.guild does not exist"),
        ("DROP TABLE closed_dms", "closed_dms does not exist"),
    ],
)
def test_what_a_migration_would_forget_is_found(tx: sqlite3.Connection, statement: str, fault: str) -> None:
    tx.execute(statement)

    assert fault in faults(schema(tx))


def test_a_table_listed_twice_is_found(tx: sqlite3.Connection) -> None:
    assert faults(schema(tx), free=(*privacy.FREE, "seats")) == ["seats is listed 2 times"]


def test_the_columns_registered_as_ids_hold_numbers(tx: sqlite3.Connection) -> None:
    for table in privacy.REGISTRY:
        kinds = {row[1]: row[2] for row in tx.execute(f"PRAGMA table_info({table.name})")}
        assert {kinds[column] for column in table.ids} <= {"INTEGER"}, table.name
        assert {kinds[column] for column in (*table.names, *table.texts, *table.typed)} <= {"TEXT"}, table.name
