-- Series: recurring raids, their occurrences and single changes, dates off, standing places.
SELECT 1;
-- End of series.



-- Reminders: leads of servers and members, kinds of messages that members do not want, snoozes.
SELECT 1;
-- End of reminders.



-- Announcements of raids, series and templates.
ALTER TABLE raids ADD COLUMN mention_role INTEGER;
-- End of announcements.



-- Signups: deadlines, texts after signing up, members whom no DM reaches.
SELECT 1;
-- End of signups.
