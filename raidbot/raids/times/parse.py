"""Parse typed times into instants, or refuse with advice on what to type instead."""

from datetime import datetime
from zoneinfo import ZoneInfo

from raidbot.raids.times.advice import Adviser
from raidbot.raids.times.refusals import NotATime
from raidbot.raids.times.resolve import ParsedTime, parse_once


def parse_time(text: str, *, zone: ZoneInfo, now: datetime, locale: str = "en-US") -> ParsedTime:
    """Return the instant meant by `text`, typed at `now` in a guild in `zone`; at most two years ahead.

    `locale` (a Discord locale) decides the order of day and month, and what “9:30” means. Raises NotATime, whose
    sentence ends with texts that would be understood.
    """
    try:
        return parse_once(text, zone=zone, now=now, locale=locale)
    except NotATime as refusal:
        raise Adviser(text, zone, now, locale).advised(refusal) from None
