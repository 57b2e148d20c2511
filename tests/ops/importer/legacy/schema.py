"""The Node.js bot's tables, from its documentation of columns, in its newest release and in older ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field

_RAIDS = """
message_id TEXT PRIMARY KEY, raid_id TEXT, guild_id TEXT, channel_id TEXT, type TEXT DEFAULT 'raid', template_slug TEXT,
template_data TEXT, datetime TEXT, timestamp INTEGER, length TEXT, strategy TEXT, creator_id TEXT, max_slots INTEGER,
recurring_id TEXT, thread_id TEXT, creator_reminder_sent INTEGER DEFAULT 0, participant_reminder_sent INTEGER DEFAULT 0,
created_at INTEGER, closed_at INTEGER, closed_by TEXT, closed_reason TEXT, auto_close_executed INTEGER DEFAULT 0,
stats_recorded INTEGER DEFAULT 0, version INTEGER DEFAULT 1"""
_SIGNUPS = """
id INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT NOT NULL REFERENCES raids (message_id) ON DELETE CASCADE,
user_id TEXT NOT NULL, role_name TEXT NOT NULL, role_emoji TEXT, role_icon TEXT, group_name TEXT, slot_index INTEGER,
slots INTEGER, is_waitlist INTEGER DEFAULT 0, side_assignment TEXT, signed_up_at INTEGER"""
_MUSEUM_WAITLIST = """
id INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT NOT NULL REFERENCES raids (message_id) ON DELETE CASCADE,
user_id TEXT NOT NULL, position INTEGER, UNIQUE (message_id, user_id)"""
_ATTENDANCE = """
message_id TEXT NOT NULL REFERENCES raids (message_id) ON DELETE CASCADE, user_id TEXT NOT NULL,
attended INTEGER DEFAULT 1, marked_by TEXT, marked_at INTEGER, PRIMARY KEY (message_id, user_id)"""
_GUILDS = """
id TEXT PRIMARY KEY, raid_channel_id TEXT, museum_channel_id TEXT, key_channel_id TEXT, challenge_channel_id TEXT,
audit_channel_id TEXT, debug_channel_id TEXT, creator_reminder_seconds INTEGER DEFAULT 1800,
participant_reminder_seconds INTEGER DEFAULT 600, auto_close_seconds INTEGER DEFAULT 3600,
last_auto_close_seconds INTEGER DEFAULT 3600, creator_reminders_enabled INTEGER DEFAULT 1,
participant_reminders_enabled INTEGER DEFAULT 1, raid_leader_role_id TEXT, threads_enabled INTEGER DEFAULT 0,
thread_auto_archive_minutes INTEGER DEFAULT 1440, default_timezone TEXT DEFAULT 'America/New_York'"""
_COUNTS = """
total_raids INTEGER DEFAULT 0, no_shows INTEGER DEFAULT 0, role_counts TEXT, template_counts TEXT, weekday_counts TEXT,
last_updated INTEGER, last_raid_at INTEGER"""
_RECURRING = """
id TEXT PRIMARY KEY, guild_id TEXT, channel_id TEXT, template_slug TEXT, template_data TEXT, schedule_type TEXT,
day_of_week INTEGER, time_of_day TEXT, interval_hours INTEGER, timezone TEXT, length TEXT, strategy TEXT,
copy_participants INTEGER, advance_hours INTEGER, spawn_day_of_week INTEGER, spawn_time_of_day TEXT,
creator_id TEXT, enabled INTEGER, last_created_at INTEGER, last_message_id TEXT, next_scheduled_at INTEGER,
created_at INTEGER, mention_role_id TEXT"""
_POLLS = """
id TEXT PRIMARY KEY, guild_id TEXT, channel_id TEXT, message_id TEXT, creator_id TEXT, title TEXT, options TEXT,
expires_at INTEGER, closed INTEGER DEFAULT 0, created_at INTEGER"""
_TEMPLATES = """
id TEXT PRIMARY KEY, guild_id TEXT, name TEXT NOT NULL, emoji TEXT, description TEXT, color TEXT, role_groups TEXT"""

TABLES: Mapping[str, str] = {
    "guilds": _GUILDS,
    "raids": _RAIDS,
    "signups": _SIGNUPS,
    "museum_waitlist": _MUSEUM_WAITLIST,
    "raid_attendance": _ATTENDANCE,
    "user_stats": f"user_id TEXT PRIMARY KEY, {_COUNTS}",
    "guild_user_stats": f"guild_id TEXT, user_id TEXT, {_COUNTS}, PRIMARY KEY (guild_id, user_id)",
    "admin_roles": "guild_id TEXT, role_id TEXT, PRIMARY KEY (guild_id, role_id)",
    "command_permissions": "guild_id TEXT, command_name TEXT, role_id TEXT,"
    " PRIMARY KEY (guild_id, command_name, role_id)",
    "signup_roles": "guild_id TEXT, role_id TEXT, PRIMARY KEY (guild_id, role_id)",
    "template_overrides": "guild_id TEXT, template_id TEXT, name TEXT, emoji TEXT, description TEXT, color TEXT,"
    " disabled INTEGER DEFAULT 0, PRIMARY KEY (guild_id, template_id)",
    "custom_templates": _TEMPLATES,
    "availability": "guild_id TEXT, user_id TEXT, timezone TEXT, days TEXT, roles TEXT, notes TEXT, windows TEXT,"
    " PRIMARY KEY (guild_id, user_id)",
    "recurring_raids": _RECURRING,
    "polls": _POLLS,
    "poll_votes": "poll_id TEXT REFERENCES polls (id) ON DELETE CASCADE, user_id TEXT, option_index INTEGER,"
    " voted_at INTEGER, PRIMARY KEY (poll_id, user_id, option_index)",
}


@dataclass(frozen=True, slots=True)
class Release:
    """Tables and columns that a release of the old bot did not have yet."""

    missing_tables: frozenset[str] = frozenset()
    missing_columns: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def lacks(self, table: str, column: str | None = None) -> bool:
        return table in self.missing_tables or (
            column is not None and column in self.missing_columns.get(table, frozenset())
        )


NEWEST = Release()
BEFORE_SCHEDULES = Release(
    missing_tables=frozenset({"raid_attendance", "recurring_raids", "polls", "poll_votes", "availability"}),
    missing_columns={
        "raids": frozenset({"recurring_id", "thread_id", "strategy", "version"}),
        "guilds": frozenset(
            {"key_channel_id", "challenge_channel_id", "threads_enabled", "thread_auto_archive_minutes"}
        ),
        "signups": frozenset({"side_assignment"}),
        "guild_user_stats": frozenset({"no_shows", "last_raid_at"}),
        "user_stats": frozenset({"last_raid_at"}),
    },
)
BEFORE_CLOSING = Release(
    missing_tables=BEFORE_SCHEDULES.missing_tables
    | {"template_overrides", "custom_templates", "guild_user_stats", "museum_waitlist"},
    missing_columns={
        "raids": frozenset({"closed_at", "closed_by", "closed_reason", "auto_close_executed", "stats_recorded"})
        | BEFORE_SCHEDULES.missing_columns["raids"],
        "guilds": frozenset(
            {
                "default_timezone",
                "debug_channel_id",
                "raid_leader_role_id",
                "last_auto_close_seconds",
                "audit_channel_id",
            }
        )
        | BEFORE_SCHEDULES.missing_columns["guilds"],
        "signups": frozenset({"side_assignment", "group_name", "role_icon"}),
        "user_stats": frozenset({"no_shows", "last_raid_at", "weekday_counts"}),
    },
)
RELEASES = (NEWEST, BEFORE_SCHEDULES, BEFORE_CLOSING)


def create(release: Release = NEWEST, *, constraints: bool = True) -> str:
    """Return a script that creates the release's tables; without `constraints`, no column is NOT NULL."""
    return "\n".join(
        f"CREATE TABLE {name} ({_columns(name, text, release, constraints=constraints)});"
        for name, text in TABLES.items()
        if not release.lacks(name)
    )


def _columns(table: str, text: str, release: Release, *, constraints: bool) -> str:
    kept = [part for part in _parts(text) if not release.lacks(table, part.split()[0])]
    if not constraints:
        kept = [part.replace(" NOT NULL", "") for part in kept]
    return ", ".join(kept)


def _parts(text: str) -> list[str]:
    """Split column definitions at the commas outside parentheses."""
    parts, depth, begin = [], 0, 0
    for place, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append(text[begin:place].strip())
            begin = place + 1
    return [*parts, text[begin:].strip()]
