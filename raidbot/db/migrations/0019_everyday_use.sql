-- The time zone counts as chosen if it differs from the default, or if the audit knows that somebody chose it.

ALTER TABLE guilds ADD COLUMN zone_chosen INTEGER NOT NULL DEFAULT 0 CHECK (zone_chosen IN (0, 1));
UPDATE guilds SET zone_chosen = 1 WHERE zone <> 'America/New_York' OR EXISTS (
    SELECT 1 FROM audit WHERE audit.guild = guilds.id AND (
        action = 'time zone changed' OR action = 'setting.changed' AND arguments LIKE '%"setting": "zone"%'
    )
);

-- Whether somebody chose which games are played; until then everything is offered.

ALTER TABLE guilds ADD COLUMN games_chosen INTEGER NOT NULL DEFAULT 0 CHECK (games_chosen IN (0, 1));

-- Whether the server was told where to open the commands that only managers see from here on. Only servers are told on
-- which roles hold one of them: by a row of the audit here, and by /setup until somebody has read it there.

ALTER TABLE guilds ADD COLUMN told_of_hidden_commands INTEGER NOT NULL DEFAULT 1
    CHECK (told_of_hidden_commands IN (0, 1));
CREATE TEMP TABLE hidden (guild INTEGER NOT NULL, place INTEGER NOT NULL, command TEXT NOT NULL);
INSERT INTO hidden
    WITH hidden_commands (place, command) AS (
        VALUES (1, 'setup'), (2, 'settings'), (3, 'permissions'), (4, 'setchannel'), (5, 'templates')
    )
    SELECT DISTINCT held.guild, place, command FROM hidden_commands JOIN (
        SELECT guild, target FROM grants UNION SELECT guild, NULL FROM admin_roles
    ) AS held ON target IS NULL OR target = command OR target LIKE command || '.%';
UPDATE guilds SET told_of_hidden_commands = 0 WHERE id IN (SELECT guild FROM hidden);
INSERT INTO audit (guild, at, source, action, arguments, owed_to_audit, owed_to_live)
    SELECT
        id, CAST(strftime('%s', 'now') AS INTEGER), 'clock', 'commands.hidden',
        (SELECT json_object('commands', json_group_array(command)) FROM (
            SELECT command FROM hidden WHERE guild = guilds.id ORDER BY place
        )),
        audit_channel IS NOT NULL, debug_channel IS NOT NULL
    FROM guilds WHERE told_of_hidden_commands = 0;
DROP TABLE hidden;
DELETE FROM sqlite_sequence WHERE name = 'audit' AND coalesce(seq, 0) = 0;  -- inserting no row leaves one there

-- Who cancelled a raid, and the reason as they typed it.

ALTER TABLE raids ADD COLUMN cancelled_by INTEGER;
ALTER TABLE raids ADD COLUMN cancel_note TEXT NOT NULL DEFAULT '';

-- The specialisations or jobs of a role, and the one that a member chose.

ALTER TABLE raid_roles ADD COLUMN specs TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(specs));
ALTER TABLE seats ADD COLUMN spec TEXT;
ALTER TABLE given_up ADD COLUMN spec TEXT;
CREATE INDEX seats_with_spec ON seats (member, role, raid) WHERE spec IS NOT NULL;

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
CREATE INDEX raids_by_file ON raids (CASE WHEN json_valid(picture) THEN json_extract(picture, '$[1]') END)
    WHERE picture IS NOT NULL;

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
