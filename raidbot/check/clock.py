"""Check the machine's clock and the time zone data."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from raidbot.check.database import is_current, version_of
from raidbot.check.findings import Finding, Part, ok, span, warning, wrong
from raidbot.db import audit
from raidbot.db.database import look_into
from raidbot.db.errors import UnusableDatabase
from raidbot.raids.times import zone_data

NOTICEABLE = timedelta(seconds=10)
"""A difference that members notice: reminders and closings come that much early or late."""
FAR_OFF = timedelta(minutes=5)
_SYNCHRONISE = "Let the system set its clock from the network (timedatectl set-ntp true)."


def zones() -> Finding:
    try:
        zone_data.check()
    except zone_data.NoZoneDataError as error:
        return wrong(Part.CLOCK, "zone data", str(error))
    return ok(Part.CLOCK, "zone data", f"The time zone data is {zone_data.in_use()}.")


def against_database(path: Path, now: datetime) -> Iterator[Finding]:
    """Check that the clock is not behind what the bot wrote last."""
    if not is_current(version_of(path)):
        return
    try:
        latest = look_into(path, audit.latest)
    except (UnusableDatabase, ValueError):  # named by the check of the database
        return
    if latest is not None and latest > now + FAR_OFF:
        yield wrong(
            Part.CLOCK,
            "clock",
            f"This machine's clock says {now:%Y-%m-%d %H:%M} UTC, {span(latest - now)} before the last entry in the "
            f"database. {_SYNCHRONISE}",
        )


def against_discord(theirs: datetime, ours: datetime) -> Finding:
    """Compare the clock with the `Date` of an answer of Discord, which has whole seconds."""
    ahead = ours - theirs
    if abs(ahead) < NOTICEABLE:
        return ok(Part.CLOCK, "clock", "This machine's clock agrees with Discord's.")
    sentence = f"This machine's clock is {span(ahead)} {'ahead of' if ahead > timedelta(0) else 'behind'} Discord's."
    told = f"{sentence} Reminders and closings are off by as much. {_SYNCHRONISE}"
    return (wrong if abs(ahead) >= FAR_OFF else warning)(Part.CLOCK, "clock", told)
