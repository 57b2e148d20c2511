-- Series: recurring raids, their occurrences and single changes, dates off, standing places.
CREATE TABLE series (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild INTEGER NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    schedule TEXT NOT NULL,
    rotation TEXT NOT NULL,
    channel INTEGER,
    creator INTEGER NOT NULL,
    leader INTEGER,
    mention INTEGER,
    roster TEXT NOT NULL,
    old_boards TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    looked_at INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    trouble TEXT,
    -- Not before this instant is there anything to do; NULL while nothing is planned.
    next_at INTEGER,
    -- The series that this one was cut from, which has the raids before; it may be deleted by now.
    continues INTEGER,
    UNIQUE (guild, code)
) STRICT;
CREATE INDEX series_by_next ON series (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX series_by_part_before ON series (continues) WHERE continues IS NOT NULL;

CREATE TABLE series_changes (
    series INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    planned_on TEXT NOT NULL,
    leader INTEGER,
    title TEXT,
    note TEXT,
    strategy TEXT,
    length_minutes INTEGER,
    PRIMARY KEY (series, planned_on)
) STRICT, WITHOUT ROWID;

-- Of all series of a guild; those of one series are in its schedule.
CREATE TABLE series_dates_off (
    guild INTEGER NOT NULL,
    first TEXT NOT NULL,
    last TEXT NOT NULL,
    PRIMARY KEY (guild, first, last)
) STRICT, WITHOUT ROWID;

CREATE TABLE series_occurrences (
    id INTEGER PRIMARY KEY,
    series INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    planned_on TEXT NOT NULL,
    state TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    raid INTEGER,
    reason TEXT,
    UNIQUE (series, planned_on)
) STRICT;
CREATE INDEX series_occurrences_by_raid ON series_occurrences (raid) WHERE raid IS NOT NULL;

CREATE TABLE series_standing (
    series INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    member INTEGER NOT NULL,
    role TEXT NOT NULL,
    since INTEGER NOT NULL,
    place INTEGER NOT NULL,
    not_on TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (series, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX series_standing_by_member ON series_standing (member);

ALTER TABLE raids ADD COLUMN series INTEGER;
CREATE INDEX raids_by_series ON raids (series, starts_at) WHERE series IS NOT NULL;
-- End of series.



-- Reminders: leads of servers and members, kinds of messages that members do not want, snoozes.
-- Leads are lists of calendar days and of minutes, as in “1d,10m”; an empty text is “off”.
ALTER TABLE guilds ADD COLUMN leader_leads TEXT NOT NULL DEFAULT '30m';
ALTER TABLE guilds ADD COLUMN member_leads TEXT NOT NULL DEFAULT '10m';
ALTER TABLE guilds ADD COLUMN leads_since INTEGER;
ALTER TABLE guilds ADD COLUMN remind_waiting INTEGER NOT NULL DEFAULT 0 CHECK (remind_waiting IN (0, 1));
UPDATE OR IGNORE guilds SET
    leader_leads = iif(creator_reminders AND creator_reminder_minutes BETWEEN 1 AND 43200, creator_reminder_minutes || 'm', ''),
    member_leads =
        iif(participant_reminders AND participant_reminder_minutes BETWEEN 1 AND 43200, participant_reminder_minutes || 'm', '');

-- When the start was last changed, if it was; and up to when all reminders of this start are sent.
ALTER TABLE raids ADD COLUMN timed_at INTEGER;
ALTER TABLE raids ADD COLUMN reminded_until INTEGER;
-- A raid with reminders sent is done up to the last of them: its lead before the start, or halfway if that is later.
UPDATE OR IGNORE raids SET reminded_until = (
    SELECT max(
        iif(raids.creator_reminded, raids.starts_at - 60 * ifnull(max(creator_reminder_minutes), 30), 0),
        iif(raids.participants_reminded, raids.starts_at - 60 * ifnull(max(participant_reminder_minutes), 10), 0),
        (raids.created_at + raids.starts_at + 1) / 2
    ) FROM guilds WHERE guilds.id = raids.guild
) WHERE creator_reminded OR participants_reminded;
UPDATE OR IGNORE undo SET before = json_set(
    json_remove(before, '$.creator_reminded', '$.participants_reminded'), '$.timed_at', NULL,
    '$.reminded_until', iif(before ->> '$.participants_reminded', before ->> '$.starts_at', NULL)
), after = json_set(
    json_remove(after, '$.creator_reminded', '$.participants_reminded'), '$.timed_at', NULL, '$.reminded_until', NULL
);
ALTER TABLE guilds DROP COLUMN creator_reminders;
ALTER TABLE guilds DROP COLUMN creator_reminder_minutes;
ALTER TABLE guilds DROP COLUMN participant_reminders;
ALTER TABLE guilds DROP COLUMN participant_reminder_minutes;
ALTER TABLE raids DROP COLUMN creator_reminded;
ALTER TABLE raids DROP COLUMN participants_reminded;

-- What members chose to be told on a server. Without `leads` those of the server count for them.
CREATE TABLE message_choices (
    guild INTEGER NOT NULL,
    member INTEGER NOT NULL,
    leads TEXT,
    leads_since INTEGER,
    unwanted TEXT NOT NULL,
    PRIMARY KEY (guild, member)
) STRICT, WITHOUT ROWID;
-- Keyed tags of members who want no unasked messages. They name nobody, and stay when a member is forgotten.
CREATE TABLE silenced (
    guild INTEGER NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (guild, tag)
) STRICT, WITHOUT ROWID;
-- Reminders that were sent in one message with those of another raid, up to when, for a start.
CREATE TABLE joint_reminders (
    raid INTEGER NOT NULL,
    member INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (raid, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX joint_reminders_until ON joint_reminders (until);
-- End of reminders.



-- Announcements of raids, series and templates.
ALTER TABLE raids ADD COLUMN mention_role INTEGER;
-- All announcements due before it are done with; NULL if none is to come.
ALTER TABLE raids ADD COLUMN next_announcement INTEGER;
CREATE INDEX raids_to_announce ON raids (next_announcement) WHERE next_announcement IS NOT NULL;
CREATE TABLE announcements (
    id INTEGER PRIMARY KEY,
    guild INTEGER NOT NULL,
    owner_kind TEXT NOT NULL CHECK (owner_kind IN ('template', 'series', 'raid')),
    owner TEXT NOT NULL,
    days INTEGER NOT NULL,
    minutes INTEGER NOT NULL,
    text TEXT NOT NULL,
    place TEXT NOT NULL CHECK (place IN ('board', 'thread', 'channel')),
    channel INTEGER,
    ping TEXT NOT NULL CHECK (ping IN ('silent', 'seated', 'role')),
    role INTEGER,
    CHECK ((place = 'channel') = (channel IS NOT NULL)),
    CHECK ((ping = 'role') = (role IS NOT NULL))
) STRICT;
CREATE INDEX announcements_by_owner ON announcements (owner_kind, owner, guild);
CREATE INDEX announcements_by_guild ON announcements (guild);
-- End of announcements.



-- Signups: deadlines, texts after signing up, members whom no DM reaches.
-- `signup_lead` is JSON, days and minutes before the start. `closes_at` is the deadline that follows from it, for the clock.
ALTER TABLE raids ADD COLUMN signup_lead TEXT;
ALTER TABLE raids ADD COLUMN deadline_lifted INTEGER NOT NULL DEFAULT 0 CHECK (deadline_lifted IN (0, 1));
ALTER TABLE raids ADD COLUMN closes_at INTEGER;
ALTER TABLE raids ADD COLUMN signup_text TEXT NOT NULL DEFAULT '';
-- 'deadline' is new.
ALTER TABLE raids ADD COLUMN closed_why TEXT CHECK (closed_why IN ('manual', 'full', 'at_start', 'deadline'));
UPDATE raids SET closed_why = closed_reason;
ALTER TABLE raids DROP COLUMN closed_reason;
ALTER TABLE raids RENAME COLUMN closed_why TO closed_reason;
CREATE INDEX raids_to_close ON raids (closes_at) WHERE status = 'open' AND closes_at IS NOT NULL;
CREATE INDEX raids_past_deadline ON raids (closes_at) WHERE status = 'closed' AND closed_reason = 'deadline' AND begun = 0;
-- Members who were sent the sign-up text of a raid, if their server wants that.
ALTER TABLE guilds ADD COLUMN signup_text_by_dm INTEGER NOT NULL DEFAULT 0;
CREATE TABLE signup_texts (
    raid INTEGER NOT NULL,
    member INTEGER NOT NULL,
    PRIMARY KEY (raid, member)
) STRICT, WITHOUT ROWID;
-- Messages of a raid that did not reach a member. `batch` is their key without the member; `named` is 1 once that is settled.
ALTER TABLE guilds ADD COLUMN unreached_mentions INTEGER NOT NULL DEFAULT 0;
CREATE TABLE unreached (
    raid INTEGER NOT NULL,
    batch TEXT NOT NULL,
    member INTEGER NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('promotion', 'reminder', 'change')),
    at INTEGER NOT NULL,
    named INTEGER NOT NULL DEFAULT 0 CHECK (named IN (0, 1)),
    PRIMARY KEY (raid, batch, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX unreached_unnamed ON unreached (at) WHERE named = 0;
-- End of signups.



-- Brought along: what became of rows that were kept for later; NULL while nothing has.
ALTER TABLE moved_rows ADD COLUMN fate TEXT;
-- End of brought along.
