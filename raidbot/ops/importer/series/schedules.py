"""The schedule of a recurring raid: what the old bot meant to do, without its faults of arithmetic.

- A posting time without a weekday is that of each raid's own day; a daily raid is not posted once a week.
- What was posted when it began, so that nobody could sign up, is posted 24 hours before.
- Hours are counted from the next time that the old bot had planned.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from raidbot.ops.importer import columns
from raidbot.ops.importer.columns import Unusable
from raidbot.ops.importer.rosters import Cells
from raidbot.raids.schedules.model import Lead, Pause, Posting, PostingHour, Schedule, default_posting
from raidbot.raids.schedules.parse_posting import parse_time_of_day
from raidbot.raids.schedules.rules import MAX_HOURS, Daily, EveryHours, Rule, Weekly
from raidbot.raids.series.brought import Noted, Remark, TakeOverError
from raidbot.utils.errors import Refusal

Note = Callable[[Noted], None]
"""Takes a remark about what was put right."""

_USUAL_ZONE = "America/New_York"
"""The zone of the old bot's schedules, unless one was typed."""
_24_HOURS = re.compile(r"(\d{1,2}):(\d\d)")
_12_HOURS = re.compile(r"(\d{1,2})(?::(\d\d))?\s*([ap])\.?m\.?", re.IGNORECASE)
_DAY_MINUTES = 24 * 60
_LEAST_LEAD_MINUTES = 120
_CLOCKS_MINUTES = 60
"""Minutes by which a change of clocks may shorten the time between a posting and its raid."""
_MAX_ADVANCE_HOURS = 7 * 24


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row that say when it repeats. Raises TakeOverError for a cell that cannot be had otherwise."""

    cells: Cells
    home: ZoneInfo
    now: datetime
    note: Note

    def schedule(self) -> Schedule:
        """Return the schedule. Raises TakeOverError or Refusal."""
        kind = self.cells.get("schedule_type")
        if kind == "interval":
            return self._hourly()
        if kind not in ("weekly", "daily"):
            raise TakeOverError(Remark.NO_RULE, columns.shown(kind))
        day = self._weekday() if kind == "weekly" else None
        rule: Rule = Daily() if day is None else Weekly((day,))
        zone = self._zone()
        at = self._time(zone)
        first = min(self._moment("created_at") or self.now, self.now).astimezone(zone).date()
        return Schedule(
            zone=zone.key,
            start=datetime.combine(first, at),
            rule=rule,
            posting=self._posting(at, day),
            pause=self._pause(),
        )

    def _hourly(self) -> Schedule:
        hours = self._whole("interval_hours")
        if hours is None or not 1 <= hours <= MAX_HOURS:
            raise TakeOverError(Remark.NO_HOURS, columns.shown(self.cells.get("interval_hours")))
        zone = self._zone(home=self.home)
        anchor = self._anchor(hours).astimezone(zone)
        posting: Posting = Lead(minutes=60 * min(24, hours))
        if has_posting_time(self.cells):
            posting = self._posting(anchor.time(), None)
        else:
            self.note(Noted(Remark.POSTED_AT_START, "1 hour" if hours == 1 else f"{min(24, hours)} hours"))
        return Schedule(
            zone=zone.key,
            start=anchor.replace(tzinfo=None, second=0, microsecond=0, fold=0),
            rule=EveryHours(hours),
            posting=posting,
            pause=self._pause(),
            fold=anchor.fold,
        )

    def _anchor(self, hours: int) -> datetime:
        """Return the start of a raid. With a posting time of its own, `next_scheduled_at` is that of the posting."""
        if planned := self._moment("next_scheduled_at"):
            return planned + timedelta(hours=hours) if has_posting_time(self.cells) else planned
        last = self._moment("last_created_at") or self._moment("created_at") or self.now
        self.note(Noted(Remark.ANCHOR, f"{last.astimezone(UTC):%Y-%m-%d %H:%M} UTC"))
        return last

    def _weekday(self) -> int:
        """Return the weekday, with 0 for Monday; the old bot has 0 for Sunday."""
        day = self._whole("day_of_week")
        if day is None or not 0 <= day <= 6:
            raise TakeOverError(Remark.NO_WEEKDAY, columns.shown(self.cells.get("day_of_week")))
        return (day - 1) % 7

    def _zone(self, *, home: ZoneInfo | None = None) -> ZoneInfo:
        """Return the zone; one that nobody knows is `home`, where that does not matter much."""
        cell = self.cells.get("timezone")
        try:
            name = columns.line(cell, 64) or _USUAL_ZONE
            key = columns.zone(name)
        except Unusable:
            if home is None:
                raise TakeOverError(Remark.NO_ZONE, columns.shown(cell)) from None
            self.note(Noted(Remark.ZONE_OF_SERVER, columns.shown(cell)))
            return home
        if key.casefold() != name.casefold():
            self.note(Noted(Remark.ZONE_NAMED, f"{name} is {key}"))
        return ZoneInfo(key)

    def _time(self, zone: ZoneInfo) -> time:
        """Return the time of day of the raids. What cannot be read was planned all the same, so that counts."""
        cell = self.cells.get("time_of_day")
        if (at := _plain_time(cell)) is not None:
            return at
        planned = None if has_posting_time(self.cells) else self._moment("next_scheduled_at")
        if planned is not None:
            wall = (planned + self._advance()).astimezone(zone).time().replace(second=0, microsecond=0)
            self.note(Noted(Remark.TIME_AS_PLANNED, f"{columns.shown(cell)} is {wall:%H:%M}"))
            return wall
        if (read := _typed_time(cell)) is not None:
            self.note(Noted(Remark.TIME_READ, f"{read:%H:%M}"))
            return read
        raise TakeOverError(Remark.NO_TIME, columns.shown(cell))

    def _posting(self, raid: time, raid_day: int | None) -> Posting:
        if not has_posting_time(self.cells):
            return self._lead()
        cell = self.cells.get("spawn_time_of_day")
        at = raid
        if cell not in (None, ""):
            found = _plain_time(cell) or _typed_time(cell)
            if found is None:
                self.note(Noted(Remark.POSTING_UNREADABLE, columns.shown(cell)))
                return default_posting()
            at = found
        weekday = None if raid_day is None else self._posting_weekday()
        if raid_day is None:
            self.note(Noted(Remark.POSTED_DAILY, f"{at:%H:%M}"))
        between = _minutes(raid) - _minutes(at)
        if raid_day is not None and weekday is not None:
            between += (raid_day - weekday) % 7 * _DAY_MINUTES
        if between <= 0:
            between += _DAY_MINUTES if weekday is None else 7 * _DAY_MINUTES
        return PostingHour(at, weekday, max(0, min(_LEAST_LEAD_MINUTES, between - _CLOCKS_MINUTES)))

    def _posting_weekday(self) -> int | None:
        day = self._whole("spawn_day_of_week")
        return None if day is None or not 0 <= day <= 6 else (day - 1) % 7

    def _lead(self) -> Lead:
        advance = self._advance()
        if advance > timedelta(0):
            return Lead(minutes=int(advance.total_seconds()) // 60)
        self.note(Noted(Remark.POSTED_AT_START, "24 hours"))
        return Lead(minutes=24 * 60)

    def _advance(self) -> timedelta:
        """Return the lead in hours of the first releases."""
        hours = self._whole("advance_hours") or 0
        return timedelta(hours=hours if 0 < hours <= _MAX_ADVANCE_HOURS else 0)

    def _pause(self) -> Pause | None:
        try:
            enabled = columns.flag(self.cells.get("enabled"), default=True)
        except Unusable:
            self.note(Noted(Remark.FLAG, "it is switched on"))
            enabled = False
        return None if enabled else Pause()

    def _whole(self, column: str) -> int | None:
        try:
            return columns.whole(self.cells.get(column))
        except Unusable:
            return None

    def _moment(self, column: str) -> datetime | None:
        try:
            return columns.moment(self.cells.get(column))
        except Unusable:
            return None


def has_posting_time(cells: Cells) -> bool:
    """Return True if it is posted at a time of its own, and not when the raid begins."""
    return any(cells.get(column) not in (None, "") for column in ("spawn_day_of_week", "spawn_time_of_day"))


def last_posting(cells: Cells) -> datetime | None:
    """Return when the old bot posted last."""
    try:
        return columns.moment(cells.get("last_created_at"))
    except Unusable:
        return None


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _plain_time(cell: object) -> time | None:
    """Return a time of day in one of the two forms that the old bot asked for."""
    try:
        text = columns.line(cell, 100) or ""
    except Unusable:
        return None
    if (found := _24_HOURS.fullmatch(text)) and int(found[1]) < 24 and int(found[2]) < 60:
        return time(int(found[1]), int(found[2]))
    if (found := _12_HOURS.fullmatch(text)) and 1 <= int(found[1]) <= 12 and int(found[2] or 0) < 60:
        return time(int(found[1]) % 12 + (12 if found[3].casefold() == "p" else 0), int(found[2] or 0))
    return None


def _typed_time(cell: object) -> time | None:
    try:
        return parse_time_of_day(columns.line(cell, 100) or "")[0]
    except (Unusable, Refusal):
        return None
