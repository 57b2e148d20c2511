"""A guild's settings for its raids."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from raidbot.raids.model import ChannelId, GuildId, Kind
from raidbot.raids.permissions import Grants

LEAD_CHOICES_MINUTES = (0, 5, 10, 15, 30, 60)  # minutes
FULL_CLOSE_CHOICES_MINUTES = (0, 15, 30, 60, 120, 480, 1440)  # minutes
# Minutes, from https://discord.com/developers/docs/resources/channel#thread-metadata-object
ARCHIVE_CHOICES_MINUTES = (60, 1440, 4320, 10080)
DEFAULT_AUDIT_DAYS = 180
AUDIT_DAYS_CHOICES = (7, 30, 90, 180, 365, 730)


def spoken_minutes(minutes: int) -> str:
    """Return the duration in words: 45 minutes, 2 hours, 1 day."""
    for size, unit in ((1440, "day"), (60, "hour")):
        if minutes >= size and minutes % size == 0:
            count = minutes // size
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return f"{minutes} minutes"


class SignupStyle(StrEnum):
    """The controls under a board that members sign up with."""

    REACTIONS = "reactions"
    BUTTONS = "buttons"
    BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildSettings:
    """A guild's settings. The defaults match the reference bot, but full raids do not close early.

    Reminders are sent `creator_reminder_minutes` and `participant_reminder_minutes` before the start. A full raid is
    closed `full_close_minutes` before its start; 0 means never early. Audit entries are kept for `audit_days`. Boards
    show a star beside members with the `leader_role`. With `thread_members`, members who sign up are added to the
    raid's thread.
    """

    guild: GuildId
    zone: str = "America/New_York"
    creator_reminders: bool = True
    creator_reminder_minutes: int = 30
    participant_reminders: bool = True
    participant_reminder_minutes: int = 10
    full_close_minutes: int = 0
    threads: bool = False
    thread_archive_minutes: int = 1440
    thread_members: bool = False
    refusal_notices_in_thread: bool = False
    signup_style: SignupStyle = SignupStyle.REACTIONS
    leader_role: int | None = None
    channels: dict[Kind, ChannelId] = field(default_factory=dict)
    audit_channel: ChannelId | None = None
    debug_channel: ChannelId | None = None
    audit_days: int = DEFAULT_AUDIT_DAYS
    signup_roles: dict[Kind, frozenset[int]] = field(default_factory=dict)
    grants: Grants = field(default_factory=Grants)

    @property
    def tzinfo(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def full_lead(self) -> timedelta:
        return timedelta(minutes=self.full_close_minutes)

    def channel_for(self, kind: Kind) -> ChannelId | None:
        """Return the kind's own signup channel, else the one for raids, else None."""
        return self.channels.get(kind) or self.channels.get(Kind.RAID)

    def signup_roles_for(self, kind: Kind) -> frozenset[int]:
        """Return the ids of the roles a member needs one of to sign up; empty means everybody may."""
        return self.signup_roles.get(kind) or self.signup_roles.get(Kind.RAID) or frozenset()
