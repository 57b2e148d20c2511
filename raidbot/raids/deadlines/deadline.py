"""The signup deadline of a raid: when it is, and its words.

It is a lead before the start and moves with it. Leaving stays possible until the start.
"""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from raidbot.raids.model import Raid
from raidbot.raids.schedules import spans
from raidbot.raids.schedules.model import Lead
from raidbot.raids.schedules.parse_posting import parse_posting
from raidbot.raids.schedules.posting import posting_time
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip
from raidbot.utils.words import Instant, Name, Text, paragraph, say

AT_START = Lead()
"""A deadline that is chosen, and is the start."""
MAX_DEADLINE_TEXT_LENGTH = 40
_NONE = {"", "none", "no", "off", "never", "at start", "at the start", "start"}


class NotADeadline(Refusal):
    def __init__(self, text: str) -> None:
        super().__init__(
            say(
                "“{text}” is no time before the start. Write “2 hours”, “1 day”, or nothing for the start itself.",
                text=Name(clip(text, MAX_DEADLINE_TEXT_LENGTH)),
            )
        )


class DeadlinePassed(Refusal):
    def __init__(self, at: datetime) -> None:
        super().__init__(
            paragraph(
                say("That signup deadline, {at}, has passed already.", at=Instant(at)),
                say("Choose one that lies ahead, or none; you can close signups by hand."),
            )
        )


def deadline_of(raid: Raid) -> datetime | None:
    """Return the instant (UTC) at which signups close before the start; None if they close at the start.

    Days of the lead are calendar days in the raid's zone. Whoever reopens a raid after its deadline lifts it.
    """
    if raid.signup_lead is None or raid.deadline_lifted:
        return None
    return posting_time(raid.signup_lead, raid.starts_at, ZoneInfo(raid.zone))


def is_past_deadline(raid: Raid, now: datetime) -> bool:
    """Return True from the deadline until the start: nobody joins by themselves."""
    deadline = deadline_of(raid)
    return deadline is not None and deadline <= now < raid.starts_at


def closing_time(raid: Raid) -> datetime:
    """Return the instant (UTC) at which the signups of an open raid close by themselves."""
    deadline = None if raid.begun else deadline_of(raid)
    return raid.signups_end_at if deadline is None else deadline


def chosen_lead(lead: Lead | None) -> Lead | None:
    """Return None for a deadline that is the start itself."""
    return None if lead == AT_START else lead


def with_signup_lead(raid: Raid, chosen: Lead | None, *, now: datetime) -> Raid:
    """Return a planned raid with the chosen lead; None keeps its own, unless that has passed: then it has none.

    Raises DeadlinePassed for a chosen one.
    """
    planned = raid if chosen is None else replace(raid, signup_lead=chosen_lead(chosen))
    deadline = deadline_of(planned)
    if deadline is None or deadline > now:
        return planned
    if chosen is not None:
        raise DeadlinePassed(deadline)
    return replace(planned, signup_lead=None)


def parse_deadline(text: str, *, locale: str = "en-US") -> Lead:
    """Return the typed lead; `AT_START` for nothing, “none” and the like. Raises Refusal."""
    if text.strip().casefold() in _NONE:
        return AT_START
    lead = parse_posting(text, locale=locale)
    if not isinstance(lead, Lead):
        raise NotADeadline(text)
    return lead


def deadline_text(lead: Lead | None) -> str:
    """Return the lead as `parse_deadline` reads it; empty for none."""
    if lead is None:
        return ""
    parts = [(lead.days, "days"), (lead.minutes // 60, "hours"), (lead.minutes % 60, "minutes")]
    return " ".join(f"{number} {unit if number != 1 else unit[:-1]}" for number, unit in parts if number)


def before_start(lead: Lead | None) -> Text:
    """Return the deadline as words that may end a sentence: “2 hours before the start”."""
    return spans.before_start(0, 0) if lead is None else spans.before_start(lead.days, lead.minutes)
