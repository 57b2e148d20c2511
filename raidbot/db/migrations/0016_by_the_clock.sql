-- Series: recurring raids, their occurrences and single changes, dates off, standing places.
SELECT 1;
-- End of series.



-- Reminders: leads of servers and members, kinds of messages that members do not want, snoozes.
SELECT 1;
-- End of reminders.



-- Announcements of raids, series and templates.
SELECT 1;
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
