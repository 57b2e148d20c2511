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
    UNIQUE (guild, code)
) STRICT;
CREATE INDEX series_by_next ON series (next_at) WHERE next_at IS NOT NULL;

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
ALTER TABLE raids ADD COLUMN mention INTEGER;
CREATE INDEX raids_by_series ON raids (series, starts_at) WHERE series IS NOT NULL;
-- End of series.



-- Reminders: leads of servers and members, kinds of messages that members do not want, snoozes.
SELECT 1;
-- End of reminders.



-- Announcements of raids, series and templates.
SELECT 1;
-- End of announcements.



-- Signups: deadlines, texts after signing up, members whom no DM reaches.
SELECT 1;
-- End of signups.



-- Brought along: what became of rows that were kept for later; NULL while nothing has.
ALTER TABLE moved_rows ADD COLUMN fate TEXT;
-- End of brought along.
