PRAGMA application_id = 0x52414944;

-- Snowflakes and UTC seconds are INTEGER; states are CHECKed; uniqueness is a constraint.
CREATE TABLE guilds (
    id INTEGER PRIMARY KEY,
    zone TEXT NOT NULL,
    creator_reminders INTEGER NOT NULL CHECK (creator_reminders IN (0, 1)),
    creator_reminder_minutes INTEGER NOT NULL CHECK (creator_reminder_minutes >= 0),
    participant_reminders INTEGER NOT NULL CHECK (participant_reminders IN (0, 1)),
    participant_reminder_minutes INTEGER NOT NULL CHECK (participant_reminder_minutes >= 0),
    full_close_minutes INTEGER NOT NULL CHECK (full_close_minutes >= 0),
    threads INTEGER NOT NULL CHECK (threads IN (0, 1)),
    thread_archive_minutes INTEGER NOT NULL CHECK (thread_archive_minutes IN (60, 1440, 4320, 10080)),
    refusal_notices_in_thread INTEGER NOT NULL CHECK (refusal_notices_in_thread IN (0, 1)),
    audit_channel INTEGER,
    debug_channel INTEGER
) STRICT;

CREATE TABLE guild_channels (
    guild INTEGER NOT NULL REFERENCES guilds (id),
    kind TEXT NOT NULL CHECK (kind IN ('raid', 'museum', 'key', 'challenge')),
    channel INTEGER NOT NULL,
    PRIMARY KEY (guild, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE signup_roles (
    guild INTEGER NOT NULL REFERENCES guilds (id),
    kind TEXT NOT NULL CHECK (kind IN ('raid', 'museum', 'key', 'challenge')),
    role INTEGER NOT NULL,
    PRIMARY KEY (guild, kind, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE members (
    guild INTEGER NOT NULL,
    member INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (guild, member)
) STRICT, WITHOUT ROWID;

CREATE TABLE closed_dms (
    member INTEGER PRIMARY KEY,
    since INTEGER NOT NULL
) STRICT;

CREATE TABLE raids (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild INTEGER NOT NULL,
    code TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('raid', 'museum', 'key', 'challenge')),
    template TEXT NOT NULL,
    title TEXT NOT NULL,
    emoji TEXT NOT NULL,
    description TEXT NOT NULL,
    colour INTEGER NOT NULL CHECK (colour BETWEEN 0 AND 16777215),
    sides TEXT NOT NULL CHECK (json_valid(sides)),
    strategy TEXT,
    length_minutes INTEGER,
    subject TEXT,
    counts INTEGER NOT NULL CHECK (counts IN (0, 1)),
    creator INTEGER NOT NULL,
    leader INTEGER,
    channel INTEGER NOT NULL,
    message INTEGER UNIQUE,
    thread INTEGER,
    starts_at INTEGER NOT NULL,
    zone TEXT NOT NULL,
    time_revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('posting', 'open', 'closed', 'cancelled')),
    closed_at INTEGER,
    closed_by INTEGER,
    closed_reason TEXT CHECK (closed_reason IN ('manual', 'full', 'at_start')),
    cancelled_reason TEXT CHECK (
        cancelled_reason IN ('manual', 'message_deleted', 'channel_deleted', 'guild_left', 'not_posted')
    ),
    hold INTEGER NOT NULL CHECK (hold IN (0, 1)),
    creator_reminded INTEGER NOT NULL CHECK (creator_reminded IN (0, 1)),
    participants_reminded INTEGER NOT NULL CHECK (participants_reminded IN (0, 1)),
    filled_once INTEGER NOT NULL CHECK (filled_once IN (0, 1)),
    next_place INTEGER NOT NULL,
    version INTEGER NOT NULL,
    post_claimed_at INTEGER,
    board_hash TEXT NOT NULL DEFAULT '',
    UNIQUE (guild, code),
    CHECK ((status = 'closed') = (closed_at IS NOT NULL) OR status = 'cancelled')
) STRICT;
CREATE INDEX raids_by_status ON raids (status, starts_at);

CREATE TABLE raid_roles (
    raid INTEGER NOT NULL REFERENCES raids (id),
    key TEXT NOT NULL,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    emoji TEXT NOT NULL,
    seats INTEGER NOT NULL CHECK (seats > 0),
    section TEXT NOT NULL,
    icon TEXT NOT NULL,
    PRIMARY KEY (raid, key),
    UNIQUE (raid, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE seats (
    raid INTEGER NOT NULL,
    member INTEGER NOT NULL,
    role TEXT NOT NULL,
    place INTEGER NOT NULL,
    since INTEGER NOT NULL,
    source TEXT NOT NULL,
    forced INTEGER NOT NULL CHECK (forced IN (0, 1)),
    side TEXT,
    PRIMARY KEY (raid, member),
    FOREIGN KEY (raid, role) REFERENCES raid_roles (raid, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX seats_by_member ON seats (member);

CREATE TABLE waits (
    raid INTEGER NOT NULL,
    member INTEGER NOT NULL,
    role TEXT NOT NULL,
    place INTEGER NOT NULL,
    since INTEGER NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (raid, member, role),
    FOREIGN KEY (raid, role) REFERENCES raid_roles (raid, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX waits_by_member ON waits (member);

-- Reactions on a board that the bot has acted on; unwanted ones are to be taken away.
CREATE TABLE marks (
    raid INTEGER NOT NULL,
    member INTEGER NOT NULL,
    role TEXT NOT NULL,
    unwanted INTEGER NOT NULL CHECK (unwanted IN (0, 1)),
    PRIMARY KEY (raid, member, role),
    FOREIGN KEY (raid, role) REFERENCES raid_roles (raid, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild INTEGER,
    kind TEXT NOT NULL CHECK (kind IN ('dm', 'post')),
    target INTEGER NOT NULL,
    payload TEXT NOT NULL CHECK (json_valid(payload)),
    dedupe TEXT NOT NULL UNIQUE,
    due_at INTEGER NOT NULL,
    expires_at INTEGER,
    state TEXT NOT NULL CHECK (state IN ('pending', 'claimed', 'sent', 'refused', 'expired', 'unknown')),
    attempts INTEGER NOT NULL,
    claimed_at INTEGER,
    done_at INTEGER,
    message INTEGER,
    last_error TEXT
) STRICT;
CREATE INDEX outbox_pending ON outbox (due_at, id) WHERE state = 'pending';
CREATE INDEX outbox_claimed ON outbox (claimed_at) WHERE state = 'claimed';

CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild INTEGER NOT NULL,
    raid INTEGER,
    at INTEGER NOT NULL,
    actor INTEGER,
    source TEXT NOT NULL,
    action TEXT NOT NULL,
    member INTEGER,
    before TEXT,
    after TEXT
) STRICT;
CREATE INDEX audit_by_raid ON audit (raid, id);
CREATE INDEX audit_by_guild ON audit (guild, at);

CREATE TABLE drafts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild INTEGER NOT NULL,
    member INTEGER NOT NULL,
    payload TEXT NOT NULL CHECK (json_valid(payload)),
    raid INTEGER REFERENCES raids (id),
    created_at INTEGER NOT NULL
) STRICT;

-- Facts about this installation, such as the fingerprint of the registered commands.
CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
