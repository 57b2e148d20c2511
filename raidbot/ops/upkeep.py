"""The work on the database beside the bot: taking over what imports kept, and daily backups."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from raidbot.db.database import Database
from raidbot.ops.backups.job import DailyBackups
from raidbot.ops.backups.names import backups
from raidbot.ops.backups.rotation import gone_at
from raidbot.ops.importer.series.takeover import take_over_kept_rows


class Upkeep:
    """`prepare` comes before the bot connects, `jobs` are for the heartbeat."""

    def __init__(self, db: Database, *, makes_backups: bool) -> None:
        self._db = db
        self._makes_backups = makes_backups
        self.backups = DailyBackups(db.path, is_on=makes_backups)

    async def prepare(self, now: datetime) -> None:
        await take_over_kept_rows(self._db, now)

    def jobs(self) -> dict[str, Callable[[datetime], Awaitable[None]]]:
        return {"backups": self.backups.run}

    def backups_gone_at(self, now: datetime) -> datetime | None:
        """Return when none of today's and earlier automatic backups is left; None if none are made."""
        return gone_at(backups(self._db.path), now) if self._makes_backups else None

    async def stop(self) -> None:
        """Give up what is under way; nothing of it is left half done."""
        await self.backups.stop()
