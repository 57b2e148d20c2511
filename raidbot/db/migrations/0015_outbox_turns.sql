-- What is owed names its raid and its purpose: it is handed out by guild in turn and by urgency, and ends with its cause.
ALTER TABLE outbox ADD COLUMN raid INTEGER;
ALTER TABLE outbox ADD COLUMN purpose TEXT NOT NULL DEFAULT 'change'
    CHECK (purpose IN ('promotion', 'request', 'reminder', 'change', 'courtesy'));
ALTER TABLE outbox ADD COLUMN urgency INTEGER NOT NULL DEFAULT 1;
-- The audit entries that a message to a log channel reports, as JSON lists of ids by feed: if it fails, they are owed again.
ALTER TABLE outbox ADD COLUMN entries TEXT CHECK (entries IS NULL OR json_valid(entries));
UPDATE outbox SET
    raid = CAST(substr(dedupe, 6) AS INTEGER),
    purpose = CASE
        WHEN dedupe LIKE 'raid:%:remind-%' THEN 'reminder'
        WHEN dedupe LIKE 'raid:%:promoted:%' THEN 'promotion'
        WHEN dedupe LIKE 'raid:%:substituteasked:%' THEN 'request'
        ELSE 'change'
    END
    WHERE state IN ('pending', 'claimed') AND dedupe LIKE 'raid:%';
UPDATE outbox SET urgency = 0 WHERE purpose IN ('promotion', 'request', 'reminder');
CREATE INDEX outbox_turns ON outbox (kind, urgency, ifnull(guild, 0), due_at) WHERE state = 'pending';
CREATE INDEX outbox_by_raid ON outbox (raid, target) WHERE state = 'pending';
CREATE INDEX outbox_unknown ON outbox (raid) WHERE state = 'unknown';
CREATE INDEX outbox_returned ON outbox (target, done_at) WHERE entries IS NOT NULL AND state IN ('refused', 'unknown');
-- `try_again` is 1 after a sign of life: the next message is tried. `told` is 1 once the member read how to open DMs.
ALTER TABLE closed_dms ADD COLUMN try_again INTEGER NOT NULL DEFAULT 0;
ALTER TABLE closed_dms ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
