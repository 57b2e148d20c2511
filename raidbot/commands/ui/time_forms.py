"""The field for a typed time, how the time was understood, and the form for a server's time zone."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import discord

from raidbot.commands.ui.forms import Field, form
from raidbot.commands.ui.router import address
from raidbot.raids.times.refusals import day_in_words
from raidbot.raids.times.zones import city_of
from raidbot.utils.text import clip, escape, stamps

WHEN_LABEL = "When does it begin?"
_MAX_HINT_LENGTH = 100


def when_field(zone: str, said: str = "") -> Field:
    """Return the field `when` for a time in the zone; `said` was typed before."""
    hint = clip(f"friday 8pm, tomorrow 20:00, in 2 hours … ({zone})", _MAX_HINT_LENGTH)
    return Field("when", WHEN_LABEL, said, hint)


def understood(said: str, instant: datetime, zone: str, assumptions: Iterable[str]) -> list[str]:
    """Return lines on how the typed time was understood, with every assumption that was made."""
    subject = f"“{escape(said.strip())}” is" if said else "It begins"
    return [f"{subject} {both_clocks(instant, zone)}", *(f"-# {assumption}" for assumption in assumptions)]


def both_clocks(instant: datetime, zone: str) -> str:
    """Return the instant on the clock of the zone, in words, and apart from it on the reader's clock.

    Discord shows timestamps in the reader's zone, so one beside the name of another zone would contradict it.
    """
    local = instant.astimezone(ZoneInfo(zone))
    place = f" in {city_of(zone)} ({zone})" if "/" in zone else f" {zone}"
    return f"{day_in_words(local)}, {local:%H:%M}{place} · for you: {stamps(instant)}"


def zone_form(panel: str, zone: str) -> discord.ui.Modal:
    """Return a form for the server's time zone, which submits `zone` to the panel."""
    field = Field("zone", "Time zone", zone, "A city or region, such as Europe/London", max_length=64)
    return form(address(panel, "zone"), "Time zone of this server", field)
