"""Raid codes: the old bot gave some codes twice, so some raids need a new one."""

import random
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from raidbot.ops.importer import columns
from raidbot.ops.importer.columns import Unusable
from raidbot.ops.importer.report import RowNotes
from raidbot.raids.model import RaidCode
from raidbot.utils.ids import new_code, normalise_code

_FOUND_AS_TYPED = re.compile(r"[A-Z0-9_-]{1,16}")


@dataclass(slots=True)
class Codes:
    """Assigns codes. A raid that exists here keeps its code first, then an open raid, then the newest."""

    taken: dict[tuple[int, str], int] = field(default_factory=dict)

    @classmethod
    def of(cls, here: sqlite3.Connection, rows: Iterable[dict[str, Any]]) -> "Codes":
        best: dict[tuple[int, str], tuple[bool, int, int]] = {}
        for row in rows:
            try:
                guild, message = columns.snowflake(row.get("guild_id")), columns.snowflake(row.get("message_id"))
            except Unusable:
                continue
            code = _usable(row.get("raid_id"))
            if guild and message and code:
                rank = (row.get("closed_at") is None, message, message)
                best[guild, code] = max(rank, best.get((guild, code), rank))
        codes = cls({key: message for key, (_, _, message) in best.items()})
        for guild, code, message in here.execute("SELECT guild, code, message FROM raids").fetchall():
            codes.taken[guild, code] = message or 0
        return codes

    def give(self, cell: Any, guild: int, message: int, notes: RowNotes) -> RaidCode:
        """Return the raid's own code, or a new one if it has none or another raid keeps it."""
        code = _usable(cell)
        if code is not None and self.taken.get((guild, code)) == message:
            return RaidCode(code)
        rng = random.Random(message)  # a dry run must give the same code
        fresh = new_code(rng)
        while self.taken.get((guild, fresh), message) != message:
            fresh = new_code(rng)
        self.taken[guild, fresh] = message
        why = f"another raid of the server has the code {code}" if code else f"{columns.shown(cell)} is no code"
        notes.repair(f"{why}, so this one has the code {fresh}")
        return RaidCode(fresh)


def _usable(cell: Any) -> str | None:
    try:
        code = normalise_code(columns.text(cell) or "")
    except Unusable:
        return None
    return code if _FOUND_AS_TYPED.fullmatch(code) else None
