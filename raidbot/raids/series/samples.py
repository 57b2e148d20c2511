"""Raids of a series as they would be posted for its next date, one for each turn."""

from dataclasses import replace
from datetime import datetime, timedelta

from raidbot.raids.model import ChannelId, Raid, Role, RoleKey
from raidbot.raids.schedules.occurrences import Occurrence, Status, raids
from raidbot.raids.schedules.rules import RecurrenceId
from raidbot.raids.series.model import Series
from raidbot.raids.series.planning import plan_raid
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.utils.errors import Refusal


def sample_raids(series: Series, catalogue: Catalogue, now: datetime) -> list[Raid]:
    """Return a raid for each turn. Raises ActivityGone, or Refusal for anything else that can't be posted."""
    return [_sample(series, number, catalogue, now) for number in range(len(series.rotation))]


def next_raid(series: Series, catalogue: Catalogue, now: datetime) -> Raid:
    """Return the raid of the next date. Raises ActivityGone, or Refusal for anything else that can't be posted."""
    return _planned(series, _first(series, now), catalogue, now)


def roles_of(series: Series, catalogue: Catalogue, now: datetime) -> dict[str, str]:
    """Return the roles of all that is played in a series, as key → name; a turn that can't be posted has none."""
    found: dict[str, str] = {}
    for number in range(len(series.rotation)):
        for role in _roles(series, number, catalogue, now):
            found.setdefault(role.key, role.name)
    return found


def all_roles(series: Series, catalogue: Catalogue, now: datetime) -> frozenset[RoleKey] | None:
    """Return the roles of all that is played in a series; None if a turn can't be posted, as its roles are unknown."""
    try:
        return frozenset(role.key for raid in sample_raids(series, catalogue, now) for role in raid.roles)
    except Refusal:
        return None


def _roles(series: Series, number: int, catalogue: Catalogue, now: datetime) -> tuple[Role, ...]:
    try:
        return _sample(series, number, catalogue, now).roles
    except Refusal:
        return ()


def _sample(series: Series, number: int, catalogue: Catalogue, now: datetime) -> Raid:
    return _planned(series, replace(_first(series, now), number=number), catalogue, now)


def _planned(series: Series, occurrence: Occurrence, catalogue: Catalogue, now: datetime) -> Raid:
    return plan_raid(series, occurrence, catalogue, channel=series.channel or ChannelId(0), now=now)


def _first(series: Series, now: datetime) -> Occurrence:
    return next(raids(series.schedule, after=now), None) or _tomorrow(now)


def _tomorrow(now: datetime) -> Occurrence:
    """Return an occurrence to plan raids with while none lies ahead."""
    at = now + timedelta(days=1)
    return Occurrence(RecurrenceId(at.date()), 0, at, at, now, Status.PLANNED)
