"""Parse typed times into instants, or refuse with advice on what to type instead."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from raidbot.raids.times.advice import Adviser
from raidbot.raids.times.refusals import NotATime
from raidbot.raids.times.resolve import ParsedTime, parse_once

_FAR_APART = ("Pacific/Honolulu", "Europe/Berlin", "Pacific/Auckland")
"""Zones on other clocks, and for most of the day on other dates."""


def parse_time(text: str, *, zone: ZoneInfo, now: datetime, locale: str = "en-US") -> ParsedTime:
    """Return the instant meant by `text`, typed at `now` in a guild in `zone`; at most two years ahead.

    `locale` (a Discord locale) decides the order of day and month, and what “9:30” means. Raises NotATime, whose
    sentence ends with texts that would be understood.
    """
    try:
        return parse_once(text, zone=zone, now=now, locale=locale)
    except NotATime as refusal:
        raise Adviser(text, zone, now, locale).advised(refusal) from None


def depends_on_zone(text: str, *, now: datetime, locale: str = "en-US") -> bool:
    """Return True if `text` means another instant in another zone; “in 2 hours” and “8pm Berlin” do not."""

    def instants() -> Iterator[datetime | None]:
        for zone in _FAR_APART:
            try:
                yield parse_once(text, zone=ZoneInfo(zone), now=now, locale=locale).instant
            except NotATime:
                yield None

    return len(set(instants())) > 1
