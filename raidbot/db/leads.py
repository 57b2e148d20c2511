"""Leads before a raid's start as cells: a JSON list of days and minutes."""

import json

from raidbot.db.cells import UnreadableCellError, from_json, shown
from raidbot.raids.schedules.model import Lead
from raidbot.utils.errors import Refusal


def written(lead: Lead | None) -> str | None:
    return None if lead is None else json.dumps([lead.days, lead.minutes])


def read(stored: object) -> Lead:
    """Return the lead. Raises UnreadableCellError."""
    match from_json(stored):
        case [int(days), int(minutes)]:
            try:
                return Lead(days, minutes)
            except Refusal as why:
                raise UnreadableCellError(f"{shown(stored)} is no lead: {why}") from None
    raise UnreadableCellError(f"{shown(stored)} is no lead")
