"""Parse everything that says when a series repeats: a rule such as “every friday 8pm”, or dates typed by hand."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from raidbot.raids.schedules.parse_dates import parse_dates
from raidbot.raids.schedules.parse_rule import ParsedRule, parse_rule
from raidbot.raids.schedules.refusals import MAX_CHARACTERS, NotUnderstood, TooLong
from raidbot.raids.schedules.rules import OnDates
from raidbot.utils.errors import Refusal


def parse_recurrence(
    text: str, *, zone: ZoneInfo, now: datetime, at: time | None = None, locale: str = "en-US"
) -> ParsedRule:
    """Return the rule meant by a text, typed at `now` in a server in `zone`.

    Dates without a time of day take `at`. What is neither a rule nor a list of dates is refused with the reason that
    fits: about the dates if the text begins with one, else about the rule. Raises NotASchedule or NotATime.
    """
    try:
        return parse_rule(text, locale=locale)
    except (NotUnderstood, TooLong) as refusal:
        try:
            return ParsedRule(OnDates.of(parse_dates(text, zone=zone, now=now, at=at, locale=locale)))
        except Refusal:
            if text.strip()[:1].isdigit() or len(text) > MAX_CHARACTERS:
                raise
        raise refusal from None
