"""Leads: the times before a start at which a reminder is due, as they are typed, said and stored."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from raidbot.raids.schedules.spans import NoFixedLengthError, instant_before, parse_span
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip, joined
from raidbot.utils.words import Name, count, say

MAX_SERVER_LEADS = 5
MAX_OWN_LEADS = 3
MAX_LEAD_DAYS = 30
_NOTHING = {"", "off", "none", "no", "never", "0"}
_MAX_DIGITS = 9
_BETWEEN = re.compile(r"\s*(?:[,;]|\band\b)\s*")
_CODE = re.compile(r"(\d{1,5})([dm])")
_SHOWN_LENGTH = 40


@dataclass(frozen=True, slots=True)
class ReminderLead:
    """A time before a start: calendar `days` at the same wall-clock time, or else elapsed `minutes`."""

    minutes: int = 0
    days: int = 0

    def before(self, start: datetime, zone: ZoneInfo) -> datetime:
        """Return the instant (UTC). `zone` is the raid's: a day before is the same hour there, also across DST."""
        return instant_before(start, zone, self.days, self.minutes)

    @property
    def code(self) -> str:
        """Return how rows and menus write it: “1d” or “90m”."""
        return f"{self.days}d" if self.days else f"{self.minutes}m"

    def __str__(self) -> str:
        """Return it in words: 1 day, 2 hours, 90 minutes."""
        if self.days:
            return _counted(self.days, "day")
        if self.minutes % 60 == 0:
            return _counted(self.minutes // 60, "hour")
        return _counted(self.minutes, "minute")

    @property
    def length(self) -> timedelta:
        """Return about how long it is, to sort by."""
        return timedelta(days=self.days, minutes=self.minutes)


Leads: TypeAlias = tuple[ReminderLead, ...]
"""Each once, the longest first."""


class UnknownLead(Refusal):
    def __init__(self, text: str) -> None:
        said = Name(clip(text, _SHOWN_LENGTH))
        super().__init__(say("I can’t read “{text}”. For example: 1 day, 2 hours, 10 min", text=said))


class LeadOutOfRange(Refusal):
    def __init__(self, text: str) -> None:
        said = Name(clip(text, _SHOWN_LENGTH))
        super().__init__(
            say(
                "“{text}” is out of range. Remind from 1 minute to {days} days before the start.",
                text=said,
                days=MAX_LEAD_DAYS,
            )
        )


class TooManyLeads(Refusal):
    def __init__(self, number: int, limit: int) -> None:
        super().__init__(
            count(
                "{given} are too many: {n} reminder at most.",
                "{given} are too many: {n} reminders at most.",
                limit,
                given=number,
            )
        )


def parse_leads(text: str, *, limit: int) -> Leads:
    """Return the leads of a text such as “1 day, 2 hours, 10 min”; none for “off” and an empty one.

    A number without a unit is minutes. “1 hour 30 min” is one lead; days and minutes in one are none.
    Raises UnknownLead, LeadOutOfRange or TooManyLeads.
    """
    plain = " ".join(text.casefold().replace("before", " ").replace("\n", ",").split())
    if plain in _NOTHING:
        return ()
    return _checked((_lead(part) for part in _BETWEEN.split(plain) if part), limit)


def leads_of_codes(codes: Iterable[str], *, limit: int) -> Leads:
    """Return the leads with these codes. Raises UnknownLead, LeadOutOfRange or TooManyLeads."""
    return _checked((_of_code(code) for code in codes), limit)


def written(leads: Leads) -> str:
    """Return the leads as a row holds them: “1d,10m”; "" for none."""
    return ",".join(lead.code for lead in leads)


def read_leads(stored: str, *, limit: int) -> Leads:
    """Return the leads of a row. Raises Refusal if they are none."""
    return leads_of_codes(stored.split(",") if stored else (), limit=limit)


def spoken(leads: Leads) -> str:
    """Return the leads in words: “1 day and 10 minutes before”, or “off”."""
    return f"{joined([str(lead) for lead in leads], 'and')} before" if leads else "off"


def typed(leads: Leads) -> str:
    """Return the leads as somebody may type them: “1 day, 10 minutes”."""
    return ", ".join(map(str, leads)) or "off"


def _checked(found: Iterable[ReminderLead], limit: int) -> Leads:
    leads = tuple(sorted(dict.fromkeys(found), key=lambda lead: (-lead.length, lead.code)))
    if len(leads) > limit:
        raise TooManyLeads(len(leads), limit)
    return leads


def _lead(text: str) -> ReminderLead:
    """Return the lead of one part. Raises UnknownLead or LeadOutOfRange."""
    if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS:
        return _in_range(ReminderLead(int(text)), text)
    try:
        span = parse_span(text)
    except NoFixedLengthError:
        raise LeadOutOfRange(text) from None
    if span is None or min(span) < 0 or all(span):
        raise UnknownLead(text)
    days, minutes = span
    return _in_range(ReminderLead(minutes, days), text)


def _of_code(code: str) -> ReminderLead:
    found = _CODE.fullmatch(code)
    if found is None:
        raise UnknownLead(code)
    amount = int(found[1])
    return _in_range(ReminderLead(days=amount) if found[2] == "d" else ReminderLead(amount), code)


def _in_range(lead: ReminderLead, text: str) -> ReminderLead:
    if not timedelta(0) < lead.length <= timedelta(days=MAX_LEAD_DAYS):
        raise LeadOutOfRange(text)
    return lead


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
