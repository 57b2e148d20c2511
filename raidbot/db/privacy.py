"""The registry of tables that name members, for whatever exports, forgets or keeps what is known of a person.

A table is either in `REGISTRY` or in `FREE`; `tests/db/test_privacy.py` compares both with the schema.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Scope(Enum):
    """The way from a row to the guild it belongs to."""

    GUILD = "guild"
    """The column `guild` holds its id; in some tables it may be empty."""
    RAID = "raid"
    """The column `raid` holds the id of a raid, which belongs to a guild."""
    SERIES = "series"
    """The column `series` holds the id of a series, which belongs to a guild."""
    EVERYWHERE = "everywhere"
    """The row is about the member in all guilds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns of a table that name members, and what becomes of them when one is forgotten.

    `ids` hold one member's id or nothing, `names` a display name, `texts` text or JSON with ids or names somewhere in
    it, and `typed` what a person typed, which may name anybody.

    A row that names the member in one of `own` is about nobody else: it is their own in an export, and is deleted. So
    is one that names them anywhere, if it `goes_whole`. Other ids are `emptied`, or get a stand-in. In `texts` and
    `typed` a stand-in or “former member” takes the place of each id.
    """

    name: str
    scope: Scope
    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    typed: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    emptied: tuple[str, ...] = ()
    only_in_dms: tuple[str, ...] = ()
    """Those of `ids` that are a channel's where `kind` is not 'dm'."""
    goes_whole: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.ids, *self.names, *self.texts, *self.typed)

    def ids_of(self, row: Mapping[str, object]) -> tuple[str, ...]:
        """Return those of `ids` that hold a member's id in this row."""
        is_dm = row.get("kind") == "dm"
        return tuple(column for column in self.ids if is_dm or column not in self.only_in_dms)


REGISTRY = (
    Table(name="members", scope=Scope.GUILD, ids=("member",), names=("name",), own=("member",)),
    Table(name="leaders", scope=Scope.GUILD, ids=("member",), own=("member",)),
    Table(name="opening_balances", scope=Scope.GUILD, ids=("member",)),
    Table(name="closed_dms", scope=Scope.EVERYWHERE, ids=("member",), own=("member",)),
    # `token` is the hash of a secret that only the member has.
    Table(name="calendar_feeds", scope=Scope.GUILD, ids=("member",), own=("member",)),
    Table(
        name="raids",
        scope=Scope.GUILD,
        ids=("creator", "leader", "closed_by", "cancelled_by"),
        typed=("title", "description", "signup_text", "subject", "strategy", "cancel_note", "picture"),
    ),
    Table(name="raid_roles", scope=Scope.RAID, typed=("name", "section", "specs")),
    Table(name="seats", scope=Scope.RAID, ids=("member",)),
    Table(name="waits", scope=Scope.RAID, ids=("member",)),
    Table(name="marks", scope=Scope.RAID, ids=("member",), own=("member",)),
    Table(name="attendance", scope=Scope.RAID, ids=("member", "marked_by")),
    Table(name="given_up", scope=Scope.RAID, ids=("member",), own=("member",)),
    Table(name="asks", scope=Scope.RAID, ids=("member", "asked_by"), own=("member",)),
    Table(name="added_to_threads", scope=Scope.RAID, ids=("member",), own=("member",)),
    Table(name="signup_texts", scope=Scope.RAID, ids=("member",), own=("member",)),
    Table(name="unreached", scope=Scope.RAID, ids=("member",), own=("member",)),
    # The rosters before and after a change, and the raid's fields with its leader.
    Table(name="undo", scope=Scope.RAID, ids=("actor",), texts=("before", "after"), goes_whole=True),
    # A changed leader is mentioned; a changed title or description is quoted.
    Table(name="audit", scope=Scope.GUILD, ids=("actor", "member"), texts=("before", "after", "arguments")),
    # A new raid that somebody is planning.
    Table(name="drafts", scope=Scope.GUILD, ids=("member",), texts=("payload",), own=("member",)),
    Table(name="heard_reactions", scope=Scope.GUILD, ids=("member",), names=("name",), own=("member",)),
    # What somebody typed in a form that was refused.
    Table(name="refused_forms", scope=Scope.GUILD, ids=("member",), typed=("fields",), own=("member",)),
    Table(name="message_choices", scope=Scope.GUILD, ids=("member",), own=("member",)),
    Table(name="joint_reminders", scope=Scope.RAID, ids=("member",), own=("member",)),
    # `target` is a member's id if `kind` is 'dm', else a channel's. `dedupe` ends with the member's id.
    Table(
        name="outbox",
        scope=Scope.GUILD,
        ids=("target",),
        texts=("payload", "dedupe", "last_error"),
        own=("target",),
        only_in_dms=("target",),
    ),
    # What takes turns, with leaders; a failure of posting quotes what the bot would answer.
    Table(
        name="series",
        scope=Scope.GUILD,
        ids=("creator", "leader"),
        texts=("rotation", "trouble"),
        typed=("name",),
        emptied=("leader",),
    ),
    Table(
        name="series_changes",
        scope=Scope.SERIES,
        ids=("leader",),
        typed=("title", "note", "strategy"),
        emptied=("leader",),
    ),
    Table(name="series_standing", scope=Scope.SERIES, ids=("member",), own=("member",)),
    # Names, descriptions and texts that somebody typed.
    Table(name="templates", scope=Scope.GUILD, typed=("payload",)),
    Table(name="announcements", scope=Scope.GUILD, typed=("text",)),
    # Whoever is being forgotten; the row goes when that is done.
    Table(name="forgetting", scope=Scope.GUILD, ids=("member",), own=("member",)),
    # Rows of the Node.js bot as they were. Some keys hold a member's id.
    Table(name="moved_rows", scope=Scope.GUILD, texts=("key", "payload")),
)

FREE = (
    "absences",
    "activity_defaults",
    "admin_roles",
    "alerts",
    "facts",
    "forgotten",
    "grants",
    "guild_channels",
    "guilds",
    "job_runs",
    "moved_in",
    "old_reactions",
    "pictures",
    "series_dates_off",
    "series_occurrences",
    "signup_roles",
    "silenced",
)
"""Tables that name no member: settings of guilds, what raids are made of, facts about the bot, and keyed tags."""
