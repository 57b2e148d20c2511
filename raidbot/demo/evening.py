"""The evening on which the demo begins: half past six where the machine stands, in the zone that its server uses."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from discord_sandbox import SandboxClock
from raidbot.raids.times.zones import place_named

OPENING = time(18, 30)
_LOCAL_TIME = Path("/etc/localtime")
_PLACES = (
    *("Europe/Berlin", "Europe/London", "Europe/Helsinki", "Europe/Istanbul", "Atlantic/Azores"),
    *("America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles"),
    *("America/Anchorage", "Pacific/Honolulu", "America/Halifax", "America/St_Johns", "America/Sao_Paulo"),
    *("America/Bogota", "America/Caracas", "Africa/Lagos", "Africa/Johannesburg", "Asia/Dubai", "Asia/Karachi"),
    *("Asia/Kolkata", "Asia/Kathmandu", "Asia/Dhaka", "Asia/Yangon", "Asia/Bangkok", "Asia/Shanghai", "Asia/Tokyo"),
    *("Australia/Brisbane", "Australia/Sydney", "Australia/Darwin", "Australia/Adelaide", "Pacific/Auckland"),
)
"""Zones for a machine that does not name its own, as on Windows: one for each pair of summer and winter time."""


def zone_of_machine(now: datetime) -> str:
    """Return the name of a zone whose clocks show this machine's time all year; UTC if none is known."""
    year = now.astimezone(UTC).year
    moments = [now, *(datetime(year, month, 1, tzinfo=UTC) for month in (1, 7))]
    for name in (*_names(), *_PLACES):
        zone = place_named(name)
        if (
            zone is not None
            and not zone.key.startswith("Etc/")
            and all(one.astimezone(zone).utcoffset() == one.astimezone().utcoffset() for one in moments)
        ):
            return zone.key
    return "UTC"


def _names() -> Iterator[str]:
    yield os.environ.get("TZ", "").removeprefix(":")
    if _LOCAL_TIME.is_symlink():
        yield _LOCAL_TIME.resolve().as_posix().partition("/zoneinfo/")[2]


def wind(clock: SandboxClock, zone: str, *, before: timedelta) -> timedelta:
    """Set a new clock to `before` the opening of today's evening; return its offset at the opening."""
    now = clock.now()
    opening = datetime.combine(now.astimezone(ZoneInfo(zone)).date(), OPENING, ZoneInfo(zone))
    clock.advance(opening - now - before)
    return clock.offset + before
