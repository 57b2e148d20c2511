-- The last thing a manager did to a raid, with the raid before and after; `version` is the raid's after it.
CREATE TABLE undo (
    raid INTEGER PRIMARY KEY REFERENCES raids (id),
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor INTEGER,
    action TEXT NOT NULL,
    before TEXT NOT NULL CHECK (json_valid(before)),
    after TEXT NOT NULL CHECK (json_valid(after))
) STRICT;
