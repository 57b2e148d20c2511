"""What a server decides for its raids."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from raidbot.raids.model import ChannelId, GuildId, Kind
from raidbot.raids.permissions import Grants

LEAD_CHOICES = (0, 5, 10, 15, 30, 60)
FULL_CLOSE_CHOICES = (0, 15, 30, 60, 120, 480, 1440)
ARCHIVE_CHOICES = (60, 1440, 4320, 10080)
AUDIT_DAYS = 180
AUDIT_DAYS_CHOICES = (7, 30, 90, 180, 365, 730)


def spoken_minutes(minutes: int) -> str:
    """As people say it: 45 minutes, 2 hours, 1 day."""
    for size, unit in ((1440, "day"), (60, "hour")):
        if minutes >= size and minutes % size == 0:
            count = minutes // size
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return f"{minutes} minutes"


class SignupStyle(StrEnum):
    """What stands under a board for people to sign up with."""

    REACTIONS = "reactions"
    BUTTONS = "buttons"
    BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildSettings:
    """Leads are minutes; `full_close_minutes` of 0 never closes a full raid early. Defaults are the reference bot's.

    The audit is kept for `audit_days`. Members with the `leader_role` have a star on boards; with `thread_members`,
    whoever signs up is added to the raid's thread.
    """

    guild: GuildId
    zone: str = "America/New_York"
    creator_reminders: bool = True
    creator_reminder_minutes: int = 30
    participant_reminders: bool = True
    participant_reminder_minutes: int = 10
    full_close_minutes: int = 60
    threads: bool = False
    thread_archive_minutes: int = 1440
    thread_members: bool = False
    refusal_notices_in_thread: bool = False
    signup_style: SignupStyle = SignupStyle.REACTIONS
    leader_role: int | None = None
    channels: dict[Kind, ChannelId] = field(default_factory=dict)
    audit_channel: ChannelId | None = None
    debug_channel: ChannelId | None = None
    audit_days: int = AUDIT_DAYS
    signup_roles: dict[Kind, frozenset[int]] = field(default_factory=dict)
    grants: Grants = field(default_factory=Grants)

    @property
    def tzinfo(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def full_lead(self) -> timedelta:
        return timedelta(minutes=self.full_close_minutes)

    def channel_for(self, kind: Kind) -> ChannelId | None:
        """The kind's own signup channel, else the one for raids."""
        return self.channels.get(kind) or self.channels.get(Kind.RAID)

    def signup_roles_for(self, kind: Kind) -> frozenset[int]:
        """Roles of which a member needs one to sign up; empty: everybody may."""
        return self.signup_roles.get(kind) or self.signup_roles.get(Kind.RAID) or frozenset()
