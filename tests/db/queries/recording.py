"""A connection that records the statements of raidbot/db, and the places in its source that execute statements."""

import ast
import re
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import raidbot.db

FOLDER = Path(raidbot.db.__file__).parent
WITHOUT_ROWS = {"backup.py", "database.py", "process_lock.py", "shared_commits.py", "verified_copy.py", "wal.py"}
"""Modules that execute pragmas, transactions and migrations only."""
OF_WHOLE_TABLES = {"erasing.py", "exporting.py", "registered.py"}
"""Modules that look for a member in every row and text, because somebody asked for that: rarely, and in small steps."""
_EXECUTE = {"execute", "executemany", "executescript"}
_SQL = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|VALUES|FROM|WHERE|AND|OR|IN|SET|ORDER BY|LIMIT|UNION)\b|[=<>] [?:]")
_Values: TypeAlias = Any


class Place(NamedTuple):
    """A call of `execute`, or a string constant with SQL: its lines, and its text if it is a constant.

    `file` is the path below raidbot/db.
    """

    file: str
    first: int
    last: int
    text: str | None = None

    def __str__(self) -> str:
        return f"raidbot/db/{self.file}:{self.first}"


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL as it was executed, by which function of raidbot/db in which line, and with which values."""

    file: str
    function: str
    line: int
    sql: str
    values: _Values

    def is_from(self, place: Place) -> bool:
        if place.text is not None:
            return place.text in self.sql
        return self.file == place.file and place.first <= self.line <= place.last


class RecordingConnection(sqlite3.Connection):
    """Adds each statement that raidbot/db executes to `statements`.

    A trace callback is told statements with their values filled in. Partial indexes may fit those that do not fit `?`.
    """

    statements: list[Statement]

    def execute(self, sql: str, values: _Values = (), /) -> sqlite3.Cursor:
        self._record(sql, values)
        return super().execute(sql, values)

    def executemany(self, sql: str, values: Iterable[_Values], /) -> sqlite3.Cursor:
        rows = list(values)
        for row in rows[:1]:
            self._record(sql, row)
        return super().executemany(sql, rows)

    def _record(self, sql: str, values: _Values) -> None:
        caller = sys._getframe(2)
        file = Path(caller.f_code.co_filename)
        if FOLDER in file.parents and file.name not in WITHOUT_ROWS | OF_WHOLE_TABLES:
            self.statements.append(Statement(_below(file), caller.f_code.co_name, caller.f_lineno, sql, values))


@cache
def places() -> list[Place]:
    """Return every place in raidbot/db that executes a statement or holds a part of one."""
    files = [path for path in sorted(FOLDER.rglob("*.py")) if path.name not in WITHOUT_ROWS | OF_WHOLE_TABLES]
    return [place for path in files for place in _places(_below(path), ast.parse(path.read_text(encoding="utf-8")))]


def _below(file: Path) -> str:
    return file.relative_to(FOLDER).as_posix()


def _places(file: str, tree: ast.Module) -> Iterator[Place]:
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=name)) if name in _EXECUTE:
                yield Place(file, node.lineno, node.end_lineno or node.lineno)
            case ast.Constant(value=str(text)) if id(node) not in documentation and _SQL.search(text):
                yield Place(file, node.lineno, node.end_lineno or node.lineno, text)
