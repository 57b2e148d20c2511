"""Leads before the start in audit entries: lists of days and minutes."""

from contextlib import suppress

from raidbot.raids.audit.entry import Argument
from raidbot.raids.deadlines.deadline import before_start
from raidbot.raids.schedules.model import Lead
from raidbot.utils.errors import Refusal
from raidbot.utils.words import render


def lead_argument(lead: Lead | None) -> list[int] | None:
    """Return days and minutes before the start; None at the start."""
    return None if lead is None else [lead.days, lead.minutes]


def lead_words(written: Argument) -> str:
    """Return a written lead in words, such as “2 hours before the start”."""
    match written:
        case [int(days), int(minutes)]:
            with suppress(Refusal):
                return render(before_start(Lead(days, minutes)))
    return render(before_start(None))
