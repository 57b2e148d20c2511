"""Steps of SQLite's plan for a statement, and those among them that read more than they should."""

import re
import sqlite3
from collections.abc import Iterator

from tests.db.queries.recording import Statement

HISTORIES = {"audit", "outbox", "raids"}
"""Tables in which one guild, or one state, may have nearly all rows."""
_COARSE = {"guild", "kind", "status", "state"}
_STEP = re.compile(r"(?P<verb>SCAN|SEARCH) (?P<name>\w+)(?P<how>[^(]*)(?:\((?P<terms>.*)\))?")
_ALIAS = re.compile(r"\b(\w+) AS (\w+)")
_ROWID_RANGE = re.compile(r"rowid[<>]")


def steps(connection: sqlite3.Connection, statement: Statement) -> list[str]:
    """Return how the statement reads each of its tables."""
    plan = sqlite3.Connection.execute(connection, f"EXPLAIN QUERY PLAN {statement.sql}", statement.values)
    return [step for *_, step in plan.fetchall() if step.startswith(("SCAN", "SEARCH"))]


def faults(connection: sqlite3.Connection, statement: Statement) -> Iterator[str]:
    """Yield the steps that read a table, the history of a guild or a range of ids from end to end."""
    tables, partial_indexes = _schema(connection)
    aliases = {alias: table for table, alias in _ALIAS.findall(statement.sql)}
    for step in steps(connection, statement):
        found = _STEP.match(step)
        if found is None or (table := aliases.get(found["name"], found["name"])) not in tables:
            continue  # a subquery, values or a table function
        if not partial_indexes & set(found["how"].split()) and _reads_all(table, found):
            yield step


def _reads_all(table: str, step: re.Match[str]) -> bool:
    terms = step["terms"] or ""
    if step["verb"] == "SCAN" or "AUTOMATIC" in step["how"] or _ROWID_RANGE.match(terms):
        return True
    return table in HISTORIES and {term.removesuffix("=?") for term in terms.split(" AND ")} <= _COARSE


def _schema(connection: sqlite3.Connection) -> tuple[set[str], set[str]]:
    """Return the names of all tables and of all partial indexes."""
    rows = connection.execute("SELECT type, name, sql FROM sqlite_schema").fetchall()
    tables = {name for kind, name, _ in rows if kind == "table"}
    return tables, {name for kind, name, sql in rows if kind == "index" and sql is not None and " WHERE " in sql}
