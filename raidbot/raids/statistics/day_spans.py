"""Spans of days by a server's clocks, as they are typed: a day, a month or a year for each end."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from raidbot.raids.statistics.periods import midnight
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip
from raidbot.utils.words import Name, Raw, Text, say

_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 2000, 2200
_MAX_SHOWN = 40


class UnknownDay(Refusal):
    def __init__(self, text: str) -> None:
        super().__init__(
            say(
                "I know no day “{text}”. Type a day as 2026-11-24, a month as 2026-11, or a year as 2026.",
                text=Name(clip(text.strip(), _MAX_SHOWN)),
            )
        )


class EndsBeforeItBegins(Refusal):
    def __init__(self, first: date, last: date) -> None:
        super().__init__(
            say(
                "{last} is before {first}. Type the earlier day as `since` and the later one as `until`.",
                first=Raw(first.isoformat()),
                last=Raw(last.isoformat()),
            )
        )


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both included, by clocks in `zone`. None leaves an end open."""

    first: date | None
    last: date | None
    zone: ZoneInfo

    @property
    def is_all(self) -> bool:
        return self.first is None and self.last is None

    @property
    def start(self) -> datetime | None:
        """The instant (UTC) at which it begins."""
        return None if self.first is None else midnight(self.first, self.zone)

    @property
    def end(self) -> datetime | None:
        """The instant (UTC) at which the day after it begins. It is no part of it."""
        return None if self.last is None else midnight(self.last + timedelta(days=1), self.zone)

    @property
    def label(self) -> Text:
        """Words that say when: “from 2026-11-01 to 2026-11-30”."""
        match self.first, self.last:
            case None, None:
                return say("of all time")
            case first, None:
                return say("since {first}", first=Raw(f"{first}"))
            case None, last:
                return say("until {last}", last=Raw(f"{last}"))
            case first, last:
                return say("from {first} to {last}", first=Raw(f"{first}"), last=Raw(f"{last}"))


def span(since: str | None, until: str | None, zone: ZoneInfo) -> Span:
    """Return the span from the first day of `since` to the last one of `until`. Nothing typed leaves an end open.

    Raises UnknownDay or EndsBeforeItBegins.
    """
    first = _days(since)[0] if since else None
    last = _days(until)[1] if until else None
    if first is not None and last is not None and last < first:
        raise EndsBeforeItBegins(first, last)
    return Span(first, last, zone)


def _days(text: str) -> tuple[date, date]:
    """Return the first and the last day of a typed day, month or year. Raises UnknownDay."""
    found = _DAY.fullmatch(text.strip())
    if found is None or not _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR:
        raise UnknownDay(text)
    year, month, day = found.groups(default="")
    try:
        first = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        raise UnknownDay(text) from None
    if day:
        return first, first
    if month:
        return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first, first.replace(month=12, day=31)
