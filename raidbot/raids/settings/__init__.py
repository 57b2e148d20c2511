"""A guild's settings for its raids, each with its descriptor."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from raidbot.raids.model import ChannelId, GuildId, Kind
from raidbot.raids.permissions import Grants
from raidbot.raids.reminders.leads import Leads, ReminderLead
from raidbot.raids.setting_kinds import (
    Channel,
    ChannelOfKind,
    Flag,
    Moment,
    Noted,
    NumberChoice,
    OnPanel,
    RolesOfKind,
    RolesOfTarget,
    Setting,
)
from raidbot.raids.settings import panel
from raidbot.raids.settings.panel import SignupStyle

__all__ = ["DEFAULT_AUDIT_DAYS", "ON_PANEL", "SETTING", "SETTINGS", "GuildSettings", "SignupStyle"]

DEFAULT_AUDIT_DAYS = 180
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
    zone: str = field(default="America/New_York", metadata={SETTING: panel.ZONE})
    zone_chosen: bool = field(default=False, metadata={SETTING: Noted()})
    games_chosen: bool = field(default=False, metadata={SETTING: Noted()})
    told_of_hidden_commands: bool = field(default=True, metadata={SETTING: Noted()})
    leader_leads: Leads = field(default=(ReminderLead(30),), metadata={SETTING: panel.LEADER_LEADS})
    member_leads: Leads = field(default=(ReminderLead(10),), metadata={SETTING: panel.MEMBER_LEADS})
    leads_since: datetime | None = field(default=None, metadata={SETTING: Moment()})
    remind_waiting: bool = field(default=False, metadata={SETTING: panel.REMIND_WAITING})
    full_close_minutes: int = field(default=0, metadata={SETTING: panel.FULL_CLOSE_MINUTES})
    threads: bool = field(default=False, metadata={SETTING: Flag()})
    thread_archive_minutes: int = field(default=1440, metadata={SETTING: panel.THREADS})
    thread_members: bool = field(default=False, metadata={SETTING: panel.THREAD_MEMBERS})
    refusal_notices_in_thread: bool = field(default=False, metadata={SETTING: panel.REFUSAL_NOTICES})
    unreached_mentions: bool = field(default=False, metadata={SETTING: panel.UNREACHED_MENTIONS})
    signup_text_by_dm: bool = field(default=False, metadata={SETTING: panel.SIGNUP_TEXT_BY_DM})
    stats_for_everyone: bool = field(default=False, metadata={SETTING: panel.STATS_FOR_EVERYONE})
    leaderboards: bool = field(default=False, metadata={SETTING: panel.LEADERBOARDS})
    calendar_feeds: bool = field(default=True, metadata={SETTING: panel.CALENDAR_FEEDS})
    signup_style: SignupStyle = field(default=SignupStyle.REACTIONS, metadata={SETTING: panel.SIGNUP_STYLE})
    leader_role: int | None = field(default=None, metadata={SETTING: panel.LEADER_ROLE})
    channels: dict[Kind, ChannelId] = field(
        default_factory=dict, metadata={SETTING: ChannelOfKind(name="{part} channel")}
    )
    audit_channel: ChannelId | None = field(default=None, metadata={SETTING: Channel(name="audit log")})
    debug_channel: ChannelId | None = field(default=None, metadata={SETTING: Channel(name="live log")})
    audit_days: int = field(default=DEFAULT_AUDIT_DAYS, metadata={SETTING: panel.AUDIT_DAYS})
    keep_raids_days: int = field(default=0, metadata={SETTING: panel.KEEP_RAIDS_DAYS})
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
