-- Attendance has a state for everybody who was there, and for those who waited.

CREATE TABLE attendance_now (
    raid INTEGER NOT NULL,
    member INTEGER NOT NULL,
    role TEXT NOT NULL,
    presence TEXT NOT NULL CHECK (presence IN ('present', 'late', 'no-show', 'excused', 'called off', 'benched')),
    marked_by INTEGER,
    marked_at INTEGER,
    PRIMARY KEY (raid, member),
    FOREIGN KEY (raid, role) REFERENCES raid_roles (raid, key)
) STRICT, WITHOUT ROWID;
-- Rows of a role that is gone are left out: one of them, which only a hand can leave, would keep the bot from starting.
INSERT INTO attendance_now SELECT raid, member, role, iif(presence = 'signed', 'present', presence), marked_by, marked_at
    FROM attendance WHERE EXISTS (SELECT 1 FROM raid_roles AS roles WHERE roles.raid = attendance.raid AND key = role);
-- Raids that were closed before rows were written at closing, and who waited when a raid began.
INSERT OR IGNORE INTO attendance_now SELECT seats.raid, member, role, 'present', NULL, NULL
    FROM seats JOIN raids ON raids.id = seats.raid JOIN raid_roles AS roles ON roles.raid = seats.raid AND key = role
    WHERE raids.status = 'closed';
INSERT OR IGNORE INTO attendance_now SELECT waits.raid, member, role, 'benched', NULL, NULL
    FROM waits JOIN raids ON raids.id = waits.raid JOIN raid_roles AS roles ON roles.raid = waits.raid AND key = role
    WHERE raids.status = 'closed' ORDER BY waits.raid, member, place;
DROP TABLE attendance;
ALTER TABLE attendance_now RENAME TO attendance;
CREATE INDEX attendance_by_member ON attendance (member, presence);

-- Only there: a title or a role may be "signed" too.
UPDATE undo SET before = json_set(before, '$.attendance', json((
        SELECT json_group_array(
            json(iif(json_extract(value, '$[2]') = 'signed', json_set(value, '$[2]', 'present'), value))
        )
        FROM json_each(before, '$.attendance')
    )))
    WHERE before LIKE '%"signed"%' AND json_type(before, '$.attendance') = 'array'
    AND NOT EXISTS (SELECT 1 FROM json_each(before, '$.attendance') WHERE type <> 'array');
UPDATE undo SET after = json_set(after, '$.attendance', json((
        SELECT json_group_array(
            json(iif(json_extract(value, '$[2]') = 'signed', json_set(value, '$[2]', 'present'), value))
        )
        FROM json_each(after, '$.attendance')
    )))
    WHERE after LIKE '%"signed"%' AND json_type(after, '$.attendance') = 'array'
    AND NOT EXISTS (SELECT 1 FROM json_each(after, '$.attendance') WHERE type <> 'array');

-- The end of a raid, as in `Raid.ends_at`, and the raids that figures are made of. The cast keeps an instant that no
-- row should hold from becoming a real number, with which the whole database would count as damaged.

ALTER TABLE raids ADD COLUMN ends_at INTEGER
    GENERATED ALWAYS AS (CAST(starts_at + 60 * ifnull(nullif(length_minutes, 0), 120) AS INTEGER)) VIRTUAL;
CREATE INDEX raids_counted ON raids (guild, starts_at, ends_at) WHERE status = 'closed' AND counts = 1;

-- Settings.

ALTER TABLE guilds ADD COLUMN leaderboards INTEGER NOT NULL DEFAULT 0;
ALTER TABLE guilds ADD COLUMN stats_for_everyone INTEGER NOT NULL DEFAULT 0;

-- Statistics: raids that took place and do not count are told apart.

CREATE INDEX raids_uncounted ON raids (guild, starts_at, ends_at) WHERE status = 'closed' AND counts = 0;

-- Privacy.

-- Members who are being forgotten; the row goes when that is done. Guild 0 has what is known of them on no server.
-- `stand_in` takes the place of their id in rows that stay: a random number below zero.
CREATE TABLE forgetting (
    guild INTEGER NOT NULL,
    member INTEGER NOT NULL,
    stand_in INTEGER NOT NULL CHECK (stand_in < 0),
    asked_at INTEGER NOT NULL,
    PRIMARY KEY (guild, member)
) STRICT, WITHOUT ROWID;
-- Keyed tags of members who were forgotten, as in the list beside the backups: a backup from before lacks the row.
CREATE TABLE forgotten (
    guild INTEGER NOT NULL,
    tag TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (guild, tag, at)
) STRICT, WITHOUT ROWID;
-- Reactions of forgotten members that may still stand on a board, by the members' tags.
CREATE TABLE old_reactions (
    raid INTEGER NOT NULL,
    tag TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (raid, tag, role)
) STRICT, WITHOUT ROWID;
-- Facts about choices that cannot be read had their member's id; they are noted anew without it.
DELETE FROM facts WHERE name LIKE 'set aside: message_choices %';
-- For how long raids that are over are kept; 0: for good.
ALTER TABLE guilds ADD COLUMN keep_raids_days INTEGER NOT NULL DEFAULT 0 CHECK (keep_raids_days >= 0);
ALTER TABLE guilds ADD COLUMN keep_raids_since INTEGER;

-- Calendar feeds.

ALTER TABLE guilds ADD COLUMN calendar_feeds INTEGER NOT NULL DEFAULT 1;
-- A secret address of a member; `token` is the SHA-256 of what it ends with, in hexadecimal.
CREATE TABLE calendar_feeds (
    guild INTEGER NOT NULL,
    member INTEGER NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('mine', 'server')),
    token TEXT NOT NULL UNIQUE,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (guild, member, what)
) STRICT, WITHOUT ROWID;
-- The occurrence that a raid was posted for, as calendars know it: code of the series and planned date.
ALTER TABLE raids ADD COLUMN planned_as TEXT;
ALTER TABLE raids ADD COLUMN changed_at INTEGER;
ALTER TABLE series ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE series ADD COLUMN changed_at INTEGER;
-- End of calendar feeds.
