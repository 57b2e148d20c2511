"""The daily report: its time, and its words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from raidbot.ops.alerts import sentences
from raidbot.ops.alerts.facts import BackupFacts
from raidbot.ops.alerts.model import Key
from raidbot.ops.alerts.standing import Standing
from raidbot.utils.words import Instant, Listed, Name, Raw, Text, count, lines, paragraph, render, say

_MAX_LISTED = 20
_DAY = timedelta(days=1)
_LATEST = timedelta(hours=12)
_OTHER_ZONES = timedelta(days=2)
"""By as many days a report that was told in another zone may seem to be of a later day."""


@dataclass(frozen=True, slots=True)
class ReportTime:
    """The time of day of the report, as clocks in `zone` show it."""

    at: time
    zone: ZoneInfo

    @classmethod
    def named(cls, at: str, zone: str) -> "ReportTime | None":
        """Return the time such as “9” or “02:30” in a zone, or None for “off”."""
        if at == "off":
            return None
        hour, _, minute = at.partition(":")
        return cls(time(int(hour), int(minute or 0)), ZoneInfo(zone))

    def on(self, day: date) -> datetime:
        """Return the instant of the report of a day. One that the clocks skip is as much later as they skip."""
        return datetime.combine(day, self.at, self.zone).astimezone(UTC)

    def due(self, last: date | None, now: datetime) -> date | None:
        """Return the day whose report is due, or None. `last` is the day of the last one.

        A report that was missed is still told within half a day. A `last` far ahead, of a clock that was wrong, does
        not count.
        """
        today = now.astimezone(self.zone).date()
        day = today if self.on(today) <= now else today - _DAY
        was_told = last is not None and day <= last <= day + _OTHER_ZONES
        return day if not was_told and now < self.on(day) + _LATEST else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Numbers of the daily report. Counts are since `counted_since`, numbers of what there is are of this moment."""

    started_at: datetime
    counted_since: datetime
    raids: int
    participants: int
    commands: int
    reactions: int
    created: int
    closed: int
    promotions: int
    dms_failed: int
    memory: int | None
    unreachable: tuple[str, ...]
    """Kinds of calls that Discord does not answer at present."""
    backups: BackupFacts | None


def report(figures: Figures, alerts: Mapping[Key, Standing]) -> str:
    """Return the report. `alerts` are all of which anything is known."""
    return render(
        lines(
            say("📋 **Daily report**"),
            paragraph(
                say("Up since {started}.", started=Instant(figures.started_at, "R")),
                None if figures.memory is None else _memory(figures.memory),
            ),
            paragraph(
                count("{n} raid open,", "{n} raids open,", figures.raids),
                count("{n} seat taken.", "{n} seats taken.", figures.participants),
            ),
            _counts(figures),
            _discord(figures.unreachable),
            _backups(figures.backups),
            *_alerts(alerts),
        )
    )


def _memory(size: int) -> Text:
    return say("Memory: {size} MB.", size=sentences.megabytes(size))


def _counts(figures: Figures) -> Text:
    return say(
        "Since {since}: {commands}, {reactions}, {created}, {closed}, {promotions}, {failed}.",
        since=Instant(figures.counted_since, "f"),
        commands=count("{n} command", "{n} commands", figures.commands),
        reactions=count("{n} reaction", "{n} reactions", figures.reactions),
        created=count("{n} raid created", "{n} raids created", figures.created),
        closed=count("{n} closed", "{n} closed", figures.closed),
        promotions=count("{n} promotion", "{n} promotions", figures.promotions),
        failed=count("{n} direct message failed", "{n} direct messages failed", figures.dms_failed),
    )


def _discord(unreachable: tuple[str, ...]) -> Text:
    if not unreachable:
        return say("Discord: answers.")
    return say("Discord: no answer for {calls}.", calls=Listed(tuple(map(Name, unreachable)), "and"))


def _backups(backups: BackupFacts | None) -> Text:
    if backups is None:
        return say("Backups: off.")
    size = sentences.megabytes(backups.bytes)
    if backups.last is None:
        return say("Backups: none yet.")
    return say("Backups: last one {last}, {size} MB in all.", last=Instant(backups.last, "R"), size=size)


def _alerts(alerts: Mapping[Key, Standing]) -> list[Text]:
    """Return a line for each alert that began since the last report, or lasts."""
    told = [_alert(key, one) for key, one in sorted(alerts.items()) if one.count or one.lasts]
    if not told:
        return [say("Alerts: none.")]
    rest = len(told) - _MAX_LISTED
    more = [count("… and {n} more", "… and {n} more", rest)] if rest > 0 else []
    return [say("Alerts:"), *told[:_MAX_LISTED], *more]


def _alert(key: Key, standing: Standing) -> Text:
    times = Raw(f"{standing.count}×")
    if standing.began_at is not None and standing.lasts:
        began = Instant(standing.began_at, "R")
        return say("• {alert}: {times}, lasts since {began}", alert=sentences.name_of(key), times=times, began=began)
    return say("• {alert}: {times}", alert=sentences.name_of(key), times=times)
