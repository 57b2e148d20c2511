-- Series: recurring raids, their occurrences and single changes, dates off, standing places.
SELECT 1;
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
SELECT 1;
-- End of announcements.



-- Signups: deadlines, texts after signing up, members whom no DM reaches.
SELECT 1;
-- End of signups.
