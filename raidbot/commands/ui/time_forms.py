"""The field for a typed time, how the time was understood, and the form for a server's time zone."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import discord

from raidbot.commands.ui.forms import Field, form
from raidbot.commands.ui.router import address
from raidbot.raids.deadlines.deadline import MAX_DEADLINE_TEXT_LENGTH, before_start, deadline_of, deadline_text
from raidbot.raids.model import Raid
from raidbot.raids.schedules.model import Lead
from raidbot.raids.templates.model import MAX_SIGNUP_TEXT_LENGTH
from raidbot.raids.times.zones import city_of
from raidbot.utils.text import clip, escape, stamps
from raidbot.utils.words import Instant, render, say

WHEN_LABEL = "When does it begin?"
SIGNUP_TEXT_LABEL = "What members read after they sign up"
DEADLINE_LABEL = "How long before the start do signups close?"
_MAX_HINT_LENGTH = 100


def when_field(zone: str, said: str = "") -> Field:
    """Return the field `when` for a time in the zone, "" for one not chosen yet; `said` was typed before."""
    hint = clip("friday 8pm, tomorrow 20:00, in 2 hours …" + (f" ({zone})" if zone else ""), _MAX_HINT_LENGTH)
    return Field("when", WHEN_LABEL, said, hint)


def deadline_field(lead: Lead | None) -> Field:
    """Return the field `closes` for a signup deadline, filled in with the lead."""
    hint = "2 hours, 90 min, 1 day; blank: at the start"
    return Field(
        "closes", DEADLINE_LABEL, deadline_text(lead), hint, max_length=MAX_DEADLINE_TEXT_LENGTH, required=False
    )


def signup_text_field(text: str) -> Field:
    """Return the field `signup_text` for the text that whoever signs up reads."""
    most = MAX_SIGNUP_TEXT_LENGTH
    return Field(
        "signup_text", SIGNUP_TEXT_LABEL, text, "Blank: nothing", max_length=most, required=False, is_long=True
    )


def deadline_lines(raid: Raid, *, left_out: Lead | None = None) -> Iterator[str]:
    """Yield lines on when signups of a raid that lies ahead close, if that is before the start.

    `left_out` is a deadline that had passed, so that the raid has none.
    """
    if left_out is not None:
        lead = before_start(left_out)
        yield render(say("The template’s signup deadline, {lead}, has passed: signups close at the start.", lead=lead))
    deadline = deadline_of(raid)
    if deadline is not None:
        at, in_time, lead = Instant(deadline), Instant(deadline, "R"), before_start(raid.signup_lead)
        yield render(say("Signups close {at} ({in_time}), {lead}.", at=at, in_time=in_time, lead=lead))


def understood(said: str, instant: datetime, zone: str, assumptions: Iterable[str]) -> list[str]:
    """Return lines on how the typed time was understood, with every assumption that was made."""
    subject = f"“{escape(said.strip())}” is" if said else "It begins"
    return [f"{subject} {both_clocks(instant, zone)}", *(f"-# {assumption}" for assumption in assumptions)]


def both_clocks(instant: datetime, zone: str) -> str:
    """Return the instant on the clock of the zone, in words, and apart from it on the reader's clock.

    Discord shows timestamps in the reader's zone, so one beside the name of another zone would contradict it.
    """
    local = instant.astimezone(ZoneInfo(zone))
    place = f"in {city_of(zone)}" if "/" in zone else zone
    return f"{local:%A} {local.day} {local:%b}, {local:%H:%M} {place} · for you: {stamps(instant)}"


def zone_form(panel: str, zone: str) -> discord.ui.Modal:
    """Return a form for the server's time zone, which submits `zone` to the panel."""
    field = Field("zone", "Time zone", zone, "A city or region, such as Europe/London", max_length=64)
    return form(address(panel, "zone"), "Time zone of this server", field)
