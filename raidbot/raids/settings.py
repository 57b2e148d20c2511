"""A guild's settings for its raids, each with its descriptor."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from raidbot.raids.model import ChannelId, GuildId, Kind
from raidbot.raids.permissions import Grants
from raidbot.raids.reminders.leads import MAX_SERVER_LEADS, Leads, ReminderLead
from raidbot.raids.setting_kinds import (
    Channel,
    ChannelOfKind,
    Flag,
    LeadTimes,
    Moment,
    Noted,
    NumberChoice,
    OnPanel,
    RoleChoice,
    RolesOfKind,
    RolesOfTarget,
    Setting,
    Switch,
    Typed,
    WordChoice,
    spoken_minutes,
    spoken_years,
)
from raidbot.raids.times.zones import zone_named

OFFERED_LEADS = (
    *(ReminderLead(minutes) for minutes in (5, 10, 15, 30, 60, 120, 360)),
    *(ReminderLead(days=n) for n in (1, 2, 3, 7)),
)
_LEADS_HINT = "1 day, 2 hours, 10 min · up to 5, or off"
FULL_CLOSE_CHOICES_MINUTES = (0, 15, 30, 60, 120, 480, 1440)  # minutes
ARCHIVE_CHOICES_MINUTES = (
    60,
    1440,
    4320,
    10080,
)  # https://discord.com/developers/docs/resources/channel#thread-metadata-object
DEFAULT_AUDIT_DAYS = 180
AUDIT_DAYS_CHOICES = (7, 30, 90, 180, 365, 730)
KEEP_RAIDS_CHOICES = (0, *(365 * years for years in (1, 2, 3, 5)))  # days; 0: for good


class SignupStyle(StrEnum):
    """The controls under a board that members sign up with."""

    REACTIONS = "reactions"
    BUTTONS = "buttons"
    BOTH = "both"


SETTING = "setting"
"""The key of a field's descriptor in its metadata."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildSettings:
    """A guild's settings. The defaults match the reference bot, but full raids do not close early.

    The audit compares them in this order. Creator and leader are reminded at `leader_leads` before the start, members
    with a seat at `member_leads`, and with `remind_waiting` those in line, too. Leads chosen at `leads_since` do not
    count for instants before. A full raid is closed `full_close_minutes` before its start; 0 means never early. Audit
    entries are kept for `audit_days`, raids that are over for `keep_raids_days` (0: for good). Boards show a star
    beside members with the `leader_role`. With `thread_members`, members who sign up are added to the raid's thread.
    With `unreached_mentions`, members whom no DM reaches are mentioned beside the raid.
    """

    guild: GuildId
    zone: str = field(
        default="America/New_York",
        metadata={
            SETTING: Typed(
                name="time zone",
                key="zone",
                title="Time zone",
                page=1,
                place=1,
                form_title="Time zone of this server",
                hint="A city or region, such as Europe/London",
                max_length=64,
                parse=lambda text: zone_named(text).key,
            )
        },
    )
    zone_chosen: bool = field(default=False, metadata={SETTING: Noted()})
    games_chosen: bool = field(default=False, metadata={SETTING: Noted()})
    told_of_hidden_commands: bool = field(default=False, metadata={SETTING: Noted()})
    leader_leads: Leads = field(
        default=(ReminderLead(30),),
        metadata={
            SETTING: LeadTimes(
                name="reminders to creator and leader",
                key="leader-leads",
                title="Reminders to creator and leader",
                page=1,
                place=2,
                limit=MAX_SERVER_LEADS,
                offered=OFFERED_LEADS,
                form_title="When are creator and leader reminded?",
                hint=_LEADS_HINT,
            )
        },
    )
    member_leads: Leads = field(
        default=(ReminderLead(10),),
        metadata={
            SETTING: LeadTimes(
                name="reminders to participants",
                key="member-leads",
                title="Reminders to participants",
                page=1,
                place=3,
                limit=MAX_SERVER_LEADS,
                offered=OFFERED_LEADS,
                form_title="When are participants reminded?",
                hint=_LEADS_HINT,
            )
        },
    )
    leads_since: datetime | None = field(default=None, metadata={SETTING: Moment()})
    remind_waiting: bool = field(
        default=False,
        metadata={
            SETTING: Switch(
                name="reminders to people waiting",
                key="remind-waiting",
                title="Reminders to people waiting",
                page=1,
                place=5,
                button="Remind the waitlist",
                on="as participants",
                off="none",
            )
        },
    )
    full_close_minutes: int = field(
        default=0,
        metadata={
            SETTING: NumberChoice(
                name="closing of full raids",
                key="closing",
                title="Full raids close",
                page=1,
                place=4,
                numbers=FULL_CLOSE_CHOICES_MINUTES,
                say_number=lambda minutes: f"{spoken_minutes(minutes)} before" if minutes else "at their start",
            )
        },
    )
    threads: bool = field(default=False, metadata={SETTING: Flag()})
    thread_archive_minutes: int = field(
        default=1440,
        metadata={
            SETTING: NumberChoice(
                name="discussion threads",
                key="threads",
                title="Discussion threads",
                page=2,
                place=1,
                numbers=(0, *ARCHIVE_CHOICES_MINUTES),
                say_number=lambda minutes: f"archived after {spoken_minutes(minutes)}",
                switch="threads",
            )
        },
    )
    thread_members: bool = field(
        default=False,
        metadata={
            SETTING: Switch(
                name="members in threads",
                key="thread-members",
                title="Add signups to the thread",
                page=2,
                place=5,
                button="Members in threads",
                on="yes",
                off="no",
            )
        },
    )
    refusal_notices_in_thread: bool = field(
        default=False,
        metadata={
            SETTING: Switch(
                name="refusals in threads",
                key="notices",
                title="Refused signups, if DMs are closed",
                page=2,
                place=6,
                button="Refusals in threads",
                on="explained in the thread",
                off="stay silent",
            )
        },
    )
    unreached_mentions: bool = field(
        default=False,
        metadata={
            SETTING: Switch(
                name="mentions if DMs are closed",
                key="unreached",
                title="Other messages, if DMs are closed",
                page=3,
                place=1,
                button="Mention if DMs are closed",
                on="mention them in the raid’s thread or channel",
                off="stay silent",
            )
        },
    )
    signup_text_by_dm: bool = field(
        default=False,
        metadata={
            SETTING: Switch(
                name="sign-up text by DM",
                key="signup-text",
                title="Sign-up text for reactions",
                page=3,
                place=2,
                button="Sign-up text by DM",
                on="sent by DM, once per raid",
                off="not sent",
            )
        },
    )
    stats_for_everyone: bool = field(
        default=False,
        metadata={
            SETTING: Switch(
                name="statistics for everyone",
                key="stats",
                title="This server’s statistics",
                page=3,
                place=3,
                button="Statistics for everyone",
                on="for everyone",
                off="for managers only",
            )
        },
    )
    leaderboards: bool = field(
        default=False,
        metadata={
            SETTING: Switch(
                name="leaderboards",
                key="leaderboards",
                title="Leaderboards",
                page=3,
                place=4,
                button="Leaderboards",
                on="on, for everyone",
                off="off",
            )
        },
    )
    calendar_feeds: bool = field(
        default=True,
        metadata={
            SETTING: Switch(
                name="calendar feeds",
                key="feeds",
                title="Calendar feeds",
                page=3,
                place=5,
                button="Calendar feeds",
                on="on",
                off="off; all addresses have ended",
            )
        },
    )
    signup_style: SignupStyle = field(
        default=SignupStyle.REACTIONS,
        metadata={
            SETTING: WordChoice(
                name="signing up",
                key="style",
                title="Signing up",
                page=2,
                place=3,
                texts={
                    SignupStyle.REACTIONS: "by reactions",
                    SignupStyle.BUTTONS: "by buttons",
                    SignupStyle.BOTH: "by reactions and buttons",
                },
            )
        },
    )
    leader_role: int | None = field(
        default=None,
        metadata={
            SETTING: RoleChoice(
                name="leader role",
                key="leader",
                title="Leader role",
                page=2,
                place=4,
                chosen="{role}: a ⭐ before the name",
                clear="No leader role",
            )
        },
    )
    channels: dict[Kind, ChannelId] = field(
        default_factory=dict, metadata={SETTING: ChannelOfKind(name="{part} channel")}
    )
    audit_channel: ChannelId | None = field(default=None, metadata={SETTING: Channel(name="audit log")})
    debug_channel: ChannelId | None = field(default=None, metadata={SETTING: Channel(name="live log")})
    audit_days: int = field(
        default=DEFAULT_AUDIT_DAYS,
        metadata={
            SETTING: NumberChoice(
                name="keeping of the audit",
                key="audit",
                title="Keep history",
                page=2,
                place=2,
                numbers=AUDIT_DAYS_CHOICES,
                say_number=lambda days: f"{days} days",
            )
        },
    )
    keep_raids_days: int = field(
        default=0,
        metadata={
            SETTING: NumberChoice(
                name="keeping of raids",
                key="keep",
                title="Keep raids that are over",
                page=3,
                place=5,
                numbers=KEEP_RAIDS_CHOICES,
                say_number=spoken_years,
            )
        },
    )
    keep_raids_since: datetime | None = field(default=None, metadata={SETTING: Moment()})
    signup_roles: dict[Kind, frozenset[int]] = field(
        default_factory=dict, metadata={SETTING: RolesOfKind(name="{part} signup roles")}
    )
    grants: Grants = field(default_factory=Grants, metadata={SETTING: RolesOfTarget(name="roles for {part}")})

    @property
    def tzinfo(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def full_lead(self) -> timedelta:
        return timedelta(minutes=self.full_close_minutes)

    def value(self, name: str) -> Any:
        """Return the value of the setting with this field; None if it has a switch that is off."""
        switch = _switch(name)
        return getattr(self, name) if switch is None or getattr(self, switch) else None

    def with_value(self, name: str, value: object) -> "GuildSettings":
        """Return the settings with another value for the setting with this field; see `value`."""
        switch = _switch(name)
        if switch is None:
            return self.with_fields({name: value})
        return self.with_fields({switch: False} if value is None else {switch: True, name: value})

    def with_leads(self, name: str, leads: Leads, now: datetime) -> "GuildSettings":
        """Return the settings with these leads from now on; instants that have passed do not remind anybody anew."""
        return self if leads == getattr(self, name) else self.with_fields({name: leads, "leads_since": now})

    def with_fields(self, fields: Mapping[str, Any]) -> "GuildSettings":
        """Return the settings with these values. Whatever zone is given counts as chosen."""
        return replace(self, **({"zone_chosen": True, **fields} if "zone" in fields else fields))

    def channel_for(self, kind: Kind) -> ChannelId | None:
        """Return the kind's own signup channel, else the one for raids, else None."""
        return self.channels.get(kind) or self.channels.get(Kind.RAID)

    def signup_roles_for(self, kind: Kind) -> frozenset[int]:
        """Return the ids of the roles a member needs one of to sign up; empty means everybody may."""
        return self.signup_roles.get(kind) or self.signup_roles.get(Kind.RAID) or frozenset()


SETTINGS: dict[str, Setting] = {one.name: one.metadata[SETTING] for one in fields(GuildSettings) if one.metadata}
"""The descriptors by field, in the order of the fields."""


def _switch(name: str) -> str | None:
    setting = SETTINGS[name]
    return setting.switch if isinstance(setting, NumberChoice) else None


ON_PANEL: tuple[tuple[str, OnPanel], ...] = tuple(
    sorted(
        ((name, one) for name, one in SETTINGS.items() if isinstance(one, OnPanel)),
        key=lambda entry: (entry[1].page, entry[1].place),
    )
)
"""The fields and descriptors of the settings on the panel of /settings, in its order."""
