"""Choose which automatic backups stay: the last of each of 7 days, and before them the last of each of 4 weeks."""

from collections.abc import Iterable
from datetime import datetime

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
