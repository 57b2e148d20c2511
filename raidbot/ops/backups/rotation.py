"""Choose which automatic backups stay: the last of each of 7 days, and before them the last of each of 4 weeks."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from raidbot.ops.backups.names import Backup, is_ahead

DAILY = 7
WEEKLY = 4


def expired(backups: Iterable[Backup], now: datetime) -> list[Backup]:
    """Return the automatic backups that may be removed.

    Dates stand in the names: those of files change when they are copied. What a wrong clock dated ahead stays until its
    day has come. Backups that somebody made stay for good.
    """
    own = [one for one in backups if one.is_automatic and not is_ahead(one, now)]
    newest_first = sorted(own, key=lambda one: (one.made_at, one.path.name), reverse=True)
    of_days: dict[object, Backup] = {}
    for one in newest_first:
        of_days.setdefault(one.made_at.date(), one)
    days = list(of_days.values())
    of_weeks: dict[object, Backup] = {}
    for one in days[DAILY:]:
        of_weeks.setdefault(one.made_at.isocalendar()[:2], one)
    kept = days[:DAILY] + list(of_weeks.values())[:WEEKLY]
    return [one for one in newest_first if one not in kept]


def gone_at(backups: Collection[Backup], now: datetime) -> datetime:
    """Return when the automatic backups of today and before are gone, if the bot makes one each day from now on."""
    old = {one.path for one in backups if one.is_automatic and not is_ahead(one, now)} | {Path("today")}
    kept = [one for one in backups if one.path in old]
    kept.append(Backup(path=Path("today"), made_at=now, is_automatic=True))
    at = now
    while old & {one.path for one in kept}:
        at += timedelta(days=1)
        kept.append(Backup(path=Path(at.isoformat()), made_at=at, is_automatic=True))
        gone = {one.path for one in expired(kept, at)}
        kept = [one for one in kept if one.path not in gone]
    return at
