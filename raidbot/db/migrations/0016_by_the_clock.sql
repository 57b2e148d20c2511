-- Series: recurring raids, their occurrences and single changes, dates off, standing places.
SELECT 1;
-- End of series.



-- Reminders: leads of servers and members, kinds of messages that members do not want, snoozes.
SELECT 1;
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
SELECT 1;
-- End of signups.
