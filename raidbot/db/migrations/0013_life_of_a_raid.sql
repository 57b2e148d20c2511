-- Whether the clock has noted the start. An open raid that has begun was reopened for latecomers.
ALTER TABLE raids ADD COLUMN begun INTEGER NOT NULL DEFAULT 0 CHECK (begun IN (0, 1));
UPDATE raids SET begun = 1
    WHERE starts_at <= CAST(strftime('%s', 'now') AS INTEGER) AND (status = 'closed' OR (status = 'open' AND hold = 1));
CREATE INDEX raids_to_begin ON raids (starts_at) WHERE status = 'closed' AND begun = 0;

-- A cancelled raid that had begun did not take place; it keeps its attendance.
ALTER TABLE raids ADD COLUMN not_held INTEGER NOT NULL DEFAULT 0 CHECK (not_held IN (0, 1));

-- Seats that their members gave up a moment ago: whoever comes back in time is first in line.
CREATE TABLE given_up (
    raid INTEGER NOT NULL,
    member INTEGER NOT NULL,
    role TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (raid, member),
    FOREIGN KEY (raid, role) REFERENCES raid_roles (raid, key)
) STRICT, WITHOUT ROWID;

-- 'called off' is new; nothing ever wrote 'attended'.
CREATE TABLE attendance_now (
    raid INTEGER NOT NULL,
    member INTEGER NOT NULL,
    role TEXT NOT NULL,
    presence TEXT NOT NULL CHECK (presence IN ('signed', 'no-show', 'excused', 'called off')),
    marked_by INTEGER,
    marked_at INTEGER,
    PRIMARY KEY (raid, member),
    FOREIGN KEY (raid, role) REFERENCES raid_roles (raid, key)
) STRICT, WITHOUT ROWID;
INSERT INTO attendance_now SELECT raid, member, role, iif(presence = 'attended', 'signed', presence), marked_by, marked_at
    FROM attendance;
DROP TABLE attendance;
ALTER TABLE attendance_now RENAME TO attendance;
CREATE INDEX attendance_by_member ON attendance (member);

-- New servers do not close full raids early. Those that are here keep doing so, also if they never chose it.
INSERT INTO guilds (
    id, zone, creator_reminders, creator_reminder_minutes, participant_reminders, participant_reminder_minutes,
    full_close_minutes, threads, thread_archive_minutes, refusal_notices_in_thread
)
    SELECT guild, 'America/New_York', 1, 30, 1, 10, 60, 0, 1440, 0
    FROM (
        SELECT guild FROM raids UNION SELECT guild FROM audit UNION SELECT guild FROM members
        UNION SELECT guild FROM drafts UNION SELECT guild FROM templates
    )
    WHERE guild NOT IN (SELECT id FROM guilds);

-- Guilds that removed the bot, and since when. Nobody there gets messages; after 30 days their data is deleted.
CREATE TABLE absences (
    guild INTEGER PRIMARY KEY,
    since INTEGER NOT NULL
) STRICT;
