-- The time zone counts as chosen if it differs from the default, or if the audit knows that somebody chose it.

ALTER TABLE guilds ADD COLUMN zone_chosen INTEGER NOT NULL DEFAULT 0 CHECK (zone_chosen IN (0, 1));
UPDATE guilds SET zone_chosen = 1 WHERE zone <> 'America/New_York' OR EXISTS (
    SELECT 1 FROM audit WHERE audit.guild = guilds.id AND (
        action = 'time zone changed' OR action = 'setting.changed' AND arguments LIKE '%"setting": "zone"%'
    )
);

-- Whether somebody chose which games are played; until then everything is offered.

ALTER TABLE guilds ADD COLUMN games_chosen INTEGER NOT NULL DEFAULT 0 CHECK (games_chosen IN (0, 1));

-- Whether the server was told where to open the commands that only managers see at first.

ALTER TABLE guilds ADD COLUMN told_of_hidden_commands INTEGER NOT NULL DEFAULT 0
    CHECK (told_of_hidden_commands IN (0, 1));

-- Who cancelled a raid, and the reason as they typed it.

ALTER TABLE raids ADD COLUMN cancelled_by INTEGER;
ALTER TABLE raids ADD COLUMN cancel_note TEXT NOT NULL DEFAULT '';

-- The specialisations or jobs of a role, and the one that a member chose.

ALTER TABLE raid_roles ADD COLUMN specs TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(specs));
ALTER TABLE seats ADD COLUMN spec TEXT;

-- A raid's picture: an address, or a file that is uploaded with the board.

ALTER TABLE raids ADD COLUMN picture TEXT CHECK (picture IS NULL OR json_valid(picture));
CREATE TABLE pictures (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    guild INTEGER NOT NULL,
    name TEXT NOT NULL,
    content BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX pictures_by_guild ON pictures (guild);

-- What a server chose last for each activity, which is offered the next time, and how often it was used.

CREATE TABLE activity_defaults (
    guild INTEGER NOT NULL,
    activity TEXT NOT NULL,
    channel INTEGER,
    mention_role INTEGER,
    length_minutes INTEGER,
    uses INTEGER NOT NULL,
    used_at INTEGER NOT NULL,
    PRIMARY KEY (guild, activity)
) STRICT, WITHOUT ROWID;
INSERT INTO activity_defaults
    SELECT guild, template, NULL, NULL, NULL, count(*), max(created_at) FROM raids GROUP BY guild, template;
