-- What servers change of the templates that come with the bot, and their own ones (`own`), complete, in order of `id`.
CREATE TABLE templates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild INTEGER NOT NULL,
    key TEXT NOT NULL,
    own INTEGER NOT NULL CHECK (own IN (0, 1)),
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    payload TEXT NOT NULL CHECK (json_valid(payload)),
    UNIQUE (guild, key)
) STRICT;
