"""Events of reminders; `raids.events` has all the others."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from raidbot.raids.roster_model import MemberId, RaidId


class Reminder(StrEnum):
    CREATOR = "creator"
    PARTICIPANTS = "participants"


@dataclass(frozen=True, slots=True)
class Joint:
    """Another raid in a member's reminder. Its own reminders to them count as sent up to `until` (UTC)."""

    member: MemberId
    raid: RaidId
    revision: int
    starts_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Reminded:
    which: Reminder
    members: tuple[MemberId, ...]
    joint: tuple[Joint, ...] = ()


@dataclass(frozen=True, slots=True)
class ReminderMissed:
    """The raid began before these members were reminded, because the bot was away."""

    which: Reminder
    members: tuple[MemberId, ...]
