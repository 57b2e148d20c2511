-- What is taken over from the Node.js bot. `compared` says whether the board's reactions were read in full since.
CREATE TABLE moved_in (
    raid INTEGER PRIMARY KEY REFERENCES raids (id),
    compared INTEGER NOT NULL CHECK (compared IN (0, 1))
) STRICT;
CREATE INDEX moved_in_uncompared ON moved_in (raid) WHERE compared = 0;

-- Rows that nothing uses yet, as they were; `source` is their old table and `key` what identified them in it.
CREATE TABLE moved_rows (
    source TEXT NOT NULL,
    key TEXT NOT NULL,
    guild INTEGER,
    payload TEXT NOT NULL CHECK (json_valid(payload)),
    PRIMARY KEY (source, key)
) STRICT, WITHOUT ROWID;

-- What members had done before, without the raids that were taken over: those are counted from their own rows.
CREATE TABLE opening_balances (
    guild INTEGER NOT NULL,
    member INTEGER NOT NULL,
    raids INTEGER NOT NULL CHECK (raids >= 0),
    no_shows INTEGER NOT NULL CHECK (no_shows >= 0),
    roles TEXT NOT NULL CHECK (json_valid(roles)),
    templates TEXT NOT NULL CHECK (json_valid(templates)),
    weekdays TEXT NOT NULL CHECK (json_valid(weekdays)),
    last_raid_at INTEGER,
    PRIMARY KEY (guild, member)
) STRICT, WITHOUT ROWID;
