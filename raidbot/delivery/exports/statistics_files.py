"""Make the files of `/stats export`: a few raids at a time, so that nobody else waits for a large server."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

from raidbot.db import guilds
from raidbot.db.database import Database
from raidbot.db.statistics import exported
from raidbot.delivery.exports import json_lines
from raidbot.delivery.exports.csv_table import Dialect
from raidbot.delivery.exports.export_file import ExportFile
from raidbot.delivery.exports.members_csv import members_head, members_lines
from raidbot.delivery.exports.raids_csv import raids_head, raids_lines
from raidbot.raids.model import GuildId, MemberId
from raidbot.raids.statistics.day_spans import Span
from raidbot.raids.statistics.exported import ExportedBalance, ExportedRaid, MemberSum, MemberSums

T = TypeVar("T")

RAIDS_PER_PIECE = 40
MEMBERS_PER_PIECE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A file with its name, and how much of what is in it. `carried` members have an opening balance in it."""

    name: str
    content: bytes
    raids: int = 0
    members: int = 0
    carried: int = 0


class StatisticsFiles:
    """Makes files of one server's rows as they are now. `limit` is in bytes; `span` says which raids by their start.

    Opening balances are part of what is of all time only.
    """

    def __init__(
        self, db: Database, guild: GuildId, span: Span, *, now: datetime, limit: int, dialect: Dialect
    ) -> None:
        self._db = db
        self._guild = guild
        self._span = span
        self._now = now
        self._limit = limit
        self._dialect = dialect

    @property
    def _zone(self) -> ZoneInfo:
        return self._span.zone

    async def members(self) -> Exported | None:
        """Return a table with a line per member, or None if there is none. Raises ExportTooLarge."""
        sums = MemberSums(self._now)
        async for raids in self._raids():
            await asyncio.to_thread(_add_all, sums, raids)
        for balance in await self._balances():
            sums.add_balance(balance)
        rows = await asyncio.to_thread(sums.rows)
        file = self._file("members", "csv")
        file.add(members_head(self._dialect))
        for piece in _pieces(rows, MEMBERS_PER_PIECE):
            names = await self._names([row.member for row in piece])
            await _add(file, partial(members_lines, piece, names, self._zone, self._dialect))
        return await self._finished(file, members=len(rows), carried=_carried(rows)) if rows else None

    async def raids(self, templates: Mapping[str, str]) -> Exported | None:
        """Return a table with a line per raid, or None if there is none; `templates` are names by key.

        Raises ExportTooLarge.
        """
        file = self._file("raids", "csv")
        file.add(raids_head(self._dialect))
        number = 0
        async for raids in self._raids():
            names = await self._names({raid.leader for raid in raids if raid.leader is not None})
            await _add(file, partial(raids_lines, raids, names, templates, self._zone, self._dialect, now=self._now))
            number += len(raids)
        return await self._finished(file, raids=number) if number else None

    async def everything(self) -> Exported | None:
        """Return JSON lines with all rows that figures are made of, or None if there are none.

        Raises ExportTooLarge.
        """
        file = self._file("statistics", "jsonl")
        file.add(json_lines.head_line(self._guild, self._span, now=self._now))
        named: set[MemberId] = set()
        raid_count = attendance = 0
        async for raids in self._raids():
            await _add(file, partial(json_lines.raid_lines, raids, self._zone))
            named.update(member for raid in raids for member in _members_of(raid))
            raid_count += len(raids)
            attendance += sum(len(raid.attendance) for raid in raids)
        balances = await self._balances()
        named.update(balance.member for balance in balances)
        for few in _pieces(balances, MEMBERS_PER_PIECE):
            await _add(file, partial(json_lines.balance_lines, few))
        for piece in _pieces(sorted(named), MEMBERS_PER_PIECE):
            names = await self._names(piece)
            await _add(file, partial(json_lines.member_lines, piece, names))
        counts = {"raids": raid_count, "attendance": attendance, "opening_balances": len(balances)}
        await _add(file, partial(json_lines.end_line, **counts, members=len(named)))
        found = raid_count or balances
        done = partial(self._finished, file, raids=raid_count, members=len(named), carried=len(balances))
        return await done() if found else None

    async def _raids(self) -> AsyncIterator[list[ExportedRaid]]:
        ids = await self._db.read(
            partial(exported.raid_ids, guild=self._guild, start=self._span.start, end=self._span.end)
        )
        for piece in _pieces(ids, RAIDS_PER_PIECE):
            yield await self._db.read(partial(exported.raids, guild=self._guild, ids=piece, now=self._now))

    async def _balances(self) -> list[ExportedBalance]:
        if not self._span.is_all:
            return []
        return await self._db.read(partial(exported.balances, guild=self._guild))

    async def _names(self, members: Iterable[MemberId]) -> dict[MemberId, str]:
        return await self._db.read(partial(guilds.names, guild=self._guild, members=list(members)))

    def _file(self, what: str, ending: str) -> ExportFile:
        day = self._now.astimezone(self._zone)
        return ExportFile(f"{what}-{day:%Y-%m-%d}.{ending}", self._limit, day)

    async def _finished(self, file: ExportFile, *, raids: int = 0, members: int = 0, carried: int = 0) -> Exported:
        name, content = await asyncio.to_thread(file.finished)
        return Exported(name=name, content=content, raids=raids, members=members, carried=carried)


def _pieces(rows: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    return (rows[first : first + size] for first in range(0, len(rows), size))


def _add_all(sums: MemberSums, raids: Iterable[ExportedRaid]) -> None:
    for raid in raids:
        sums.add(raid)


async def _add(file: ExportFile, lines: Callable[[], bytes]) -> None:
    """Make lines and add them in a thread, where compressing holds up nobody. Raises ExportTooLarge."""
    await asyncio.to_thread(lambda: file.add(lines()))


def _members_of(raid: ExportedRaid) -> Iterable[MemberId]:
    yield from (row.member for row in raid.attendance)
    if raid.leader is not None:
        yield raid.leader


def _carried(rows: Iterable[MemberSum]) -> int:
    return sum(row.tally.carried > 0 for row in rows)
