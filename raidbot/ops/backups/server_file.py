"""The file of one server: JSON lines, a header first, then a line for each row, and the number of rows at the end."""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from raidbot.ops.backups.server_tables import Cell, Row
from raidbot.utils.errors import Refusal

FORMAT = "raidbot server"
VERSION = 1
_MAX_LINE_BYTES = 16_000_000


class WrongServerFile(Refusal):
    """The file cannot be imported; `str()` says why. Nothing was stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """`schema` is the version of the database that the rows are from."""

    guild: int
    schema: int


def write(file: BinaryIO, header: Header, rows: Iterable[tuple[str, Row]]) -> int:
    """Write the lines and return the number of rows."""
    _write_line(file, {"format": FORMAT, "version": VERSION, "schema": header.schema, "guild": header.guild})
    number = 0
    for table, row in rows:
        _write_line(file, {"table": table, "row": row})
        number += 1
    _write_line(file, {"rows": number})
    return number


def _write_line(file: BinaryIO, line: dict[str, object]) -> None:
    file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


class ServerFile:
    """An open file. Read the `header`, then the `rows`. Both raise WrongServerFile."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path = path
        self._file = file
        self._line = 0
        self.header = self._header()

    def rows(self) -> Iterator[tuple[str, Row]]:
        """Yield the rows with the names of their tables, and check at the end that none is missing."""
        number = 0
        while True:
            match self._next():
                case {"table": str(table), "row": dict(row), **rest} if not rest:
                    yield table, self._row(row)
                    number += 1
                case {"rows": int(expected), **rest} if not rest:
                    break
                case None:
                    raise WrongServerFile(f"{self._path} is cut short after line {self._line}. Copy it again.")
                case _:
                    raise self.wrong("is not a row")
        if number != expected:
            raise WrongServerFile(f"{self._path} has {number} rows, but says that it has {expected}. Copy it again.")
        if self._next() is not None:
            raise self.wrong("comes after the end")

    def wrong(self, what: str) -> WrongServerFile:
        return WrongServerFile(f"{self._path} cannot be imported: line {self._line} {what}.")

    def _header(self) -> Header:
        match self._next():
            case {"format": str(name), "version": int(version), "schema": int(schema), "guild": int(guild)} if (
                name == FORMAT
            ):
                if version != VERSION:
                    raise WrongServerFile(f"{self._path} was written by a newer RaidBot. Update RaidBot first.")
                if not 0 < guild < 2**63:
                    raise self.wrong("names no server")
                return Header(guild=guild, schema=schema)
        raise self._foreign()

    def _foreign(self) -> WrongServerFile:
        return WrongServerFile(f"{self._path} is not a file that `raidbot export-server` wrote.")

    def _next(self) -> object:
        """Return the next line's value, or None at the end of the file."""
        line = self._file.readline(_MAX_LINE_BYTES + 1)
        if not line:
            return None
        self._line += 1
        if len(line) > _MAX_LINE_BYTES:
            raise self.wrong("is too long")
        try:
            value: object = json.loads(line)
        except (ValueError, RecursionError):
            if self._line == 1:
                raise self._foreign() from None
            if not line.endswith(b"\n"):
                raise WrongServerFile(f"{self._path} is cut short in line {self._line}. Copy it again.") from None
            raise self.wrong("is not JSON") from None
        if value is None:
            raise self.wrong("is not a row")
        return value

    def _row(self, row: dict[object, object]) -> Row:
        found: Row = {}
        for column, value in row.items():
            found[str(column)] = self._cell(value)
        return found

    def _cell(self, value: object) -> Cell:
        if value is None or (isinstance(value, str | int) and not isinstance(value, bool)):
            return value
        raise self.wrong("has a value that is neither text nor a whole number")


def create(path: Path) -> BinaryIO:
    """Make a new file, readable by its owner alone. Raises OSError."""
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")
