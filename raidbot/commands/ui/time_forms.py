"""The field for a typed time, how the time was understood, and the form for a server's time zone."""

from collections.abc import Iterable
from datetime import datetime

import discord

from raidbot.commands.ui.forms import Field, form
from raidbot.commands.ui.router import address
from raidbot.utils.text import clip, escape, stamps

WHEN_LABEL = "When does it begin?"
_MAX_HINT_LENGTH = 100


def when_field(zone: str, said: str = "") -> Field:
    """Return the field `when` for a time in the zone; `said` was typed before."""
    hint = clip(f"friday 8pm, tomorrow 20:00, 2030-05-17 19:30 … ({zone})", _MAX_HINT_LENGTH)
    return Field("when", WHEN_LABEL, said, hint)


def understood(said: str, instant: datetime, zone: str, assumptions: Iterable[str]) -> list[str]:
    """Return lines on how the typed time was understood, with every assumption that was made."""
    subject = f"“{escape(said.strip())}” is" if said else "It begins"
    return [f"{subject} {stamps(instant)}, time zone {zone}.", *(f"-# {assumption}" for assumption in assumptions)]


def zone_form(panel: str, zone: str) -> discord.ui.Modal:
    """Return a form for the server's time zone, which submits `zone` to the panel."""
    field = Field("zone", "Time zone", zone, "A city or region, such as Europe/London", max_length=64)
    return form(address(panel, "zone"), "Time zone of this server", field)
