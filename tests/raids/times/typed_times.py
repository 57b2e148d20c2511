"""Typed times, read on a Wednesday afternoon in New York unless a test says otherwise."""

from datetime import datetime
from zoneinfo import ZoneInfo

from raidbot.raids.times.parse import parse_time

NEW_YORK = ZoneInfo("America/New_York")
WEDNESDAY = datetime(2026, 3, 18, 15, tzinfo=NEW_YORK)


def meant(text: str, *, now: datetime = WEDNESDAY, locale: str = "en-US") -> str:
    """Return the time `text` means, as wall-clock time in the zone of `now`."""
    zone = now.tzinfo
    assert isinstance(zone, ZoneInfo)
    return parse_time(text, zone=zone, now=now, locale=locale).instant.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def assumed(text: str, *, now: datetime = WEDNESDAY, locale: str = "en-US") -> str:
    zone = now.tzinfo
    assert isinstance(zone, ZoneInfo)
    return " ".join(parse_time(text, zone=zone, now=now, locale=locale).assumptions)


def at(wall: str, zone: str) -> datetime:
    return datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone))
