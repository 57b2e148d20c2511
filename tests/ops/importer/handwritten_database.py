"""Old databases with single cells given by hand, imported and read back."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from raidbot.db import guilds, raids
from raidbot.db import templates as shelves
from raidbot.ops.importer.report import Report
from raidbot.ops.importer.run import import_database
from raidbot.raids.model import GuildId, Raid, RaidId, RoleKey
from raidbot.raids.settings import GuildSettings
from raidbot.raids.templates.catalogue import Catalogue
from tests.ops.importer.legacy.model import insert
from tests.ops.importer.legacy.schema import create

NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)
GUILD, CHANNEL, CREATOR = 100_000_000_000_000_001, 100_000_000_000_000_002, 100_000_000_000_000_003
ALICE, BOB, CAROL, DAVE = (100_000_000_000_000_010 + number for number in range(4))
MESSAGE = 1_478_000_000_000_000_000


def timestamp_after_now(after: timedelta = timedelta()) -> int:
    return int((NOW + after).timestamp())


def template(*roles: tuple[str, str], group: str = "Front", **fields: Any) -> str:
    """Return the JSON snapshot of a template with these roles, each an (emoji, name) pair."""
    listed = [{"emoji": emoji, "name": name, "slots": 1} for emoji, name in roles]
    return json.dumps(
        {"id": "custom-1", "name": "Duel", "roleGroups": [{"name": group, "roles": listed}]} | fields,
        ensure_ascii=False,
    )


@dataclass
class HandwrittenDatabase:
    """An old database and its import. `raid` and `signup` fill in the cells not given; None is NULL."""

    folder: Path
    report: Report = field(default_factory=Report)

    def __post_init__(self) -> None:
        with self._old() as connection:
            connection.executescript(create(constraints=False))

    @property
    def old(self) -> Path:
        return self.folder / "wizbot.db"

    @property
    def new(self) -> Path:
        return self.folder / "raidbot.db"

    def _old(self) -> "closing[sqlite3.Connection]":
        return closing(sqlite3.connect(self.old, isolation_level=None))

    def insert_row(self, table: str, **cells: Any) -> None:
        with self._old() as connection:
            insert(connection, table, cells)

    def execute_script(self, script: str) -> None:
        with self._old() as connection:
            connection.executescript(script)

    def insert_raid(self, message: Any = MESSAGE, **cells: Any) -> None:
        """Insert an open raid with a tank and a healer that starts in two days."""
        usual = {
            "message_id": str(message),
            "raid_id": "ABC234",
            "guild_id": str(GUILD),
            "channel_id": str(CHANNEL),
            "creator_id": str(CREATOR),
            "type": "raid",
            "template_slug": "duel",
            "template_data": template(("1️⃣", "Tank"), ("2️⃣", "Healer")),
            "timestamp": timestamp_after_now(timedelta(days=2)),
            "created_at": timestamp_after_now(-timedelta(days=1)),
        }
        self.insert_row("raids", **usual | cells)

    def insert_signup(self, user: Any, emoji: str | None = "1️⃣", *, place: Any = 0, **cells: Any) -> None:
        usual = {
            "message_id": str(MESSAGE),
            "user_id": str(user),
            "role_name": {"1️⃣": "Tank", "2️⃣": "Healer"}.get(emoji or ""),
            "role_emoji": emoji,
            "slot_index": place,
            "slots": 1,
            "is_waitlist": 0,
            "signed_up_at": timestamp_after_now(-timedelta(hours=1)),
        }
        self.insert_row("signups", **usual | cells)

    def run_import(self, **files: Path) -> Report:
        self.report = import_database(self.old, self.new, now=NOW, **files)  # type: ignore[arg-type]
        for name, told in self.report.tables.items():
            assert told.read == told.taken + told.repaired + told.kept + told.left + told.unchanged, name
        return self.report

    def import_only_raid(self, **files: Path) -> Raid:
        """Import the database and return its only raid."""
        self.run_import(**files)
        (raid,) = self.raids()
        return raid

    def raids(self) -> list[Raid]:
        with closing(sqlite3.connect(self.new)) as connection:
            ids = [RaidId(raid) for (raid,) in connection.execute("SELECT id FROM raids ORDER BY id").fetchall()]
            return [raid for one in ids if (raid := raids.load(connection, one)) is not None]

    def settings(self, guild: int = GUILD) -> GuildSettings:
        with closing(sqlite3.connect(self.new)) as connection:
            return guilds.settings(connection, GuildId(guild))

    def templates(self, guild: int = GUILD) -> Catalogue:
        with closing(sqlite3.connect(self.new)) as connection:
            return shelves.catalogue(connection, GuildId(guild))

    def all(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.new)) as connection:
            return connection.execute(query).fetchall()

    def execute(self, statement: str, *values: object) -> None:
        """Change the new database."""
        with closing(sqlite3.connect(self.new, isolation_level=None)) as connection:
            connection.execute(statement, values)

    def repair_lines(self) -> str:
        return "\n".join(f"{line.table} {line.row}: {line.sentence}" for line in self.report.repairs)

    def loss_lines(self) -> str:
        return "\n".join(f"{line.table} {line.row}: {line.sentence}" for line in self.report.losses)


def seats(raid: Raid) -> dict[str, list[int]]:
    """Return the seated members by role name."""
    return {role.name: [seat.member for seat in raid.seated(role.key)] for role in raid.roles}


def waitlists(raid: Raid) -> dict[str, list[int]]:
    """Return the waiting members by role name, first in line first."""
    return {role.name: [wait.member for wait in raid.waitlist(role.key)] for role in raid.roles}


def marks(raid: Raid) -> Iterator[tuple[int, RoleKey]]:
    return ((mark.member, mark.role) for mark in raid.marks)
