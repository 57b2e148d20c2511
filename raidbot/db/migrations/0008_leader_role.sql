-- The raid leader role, and who of the members seen was last seen with it.
ALTER TABLE guilds ADD COLUMN leader_role INTEGER;

CREATE TABLE leaders (
    guild INTEGER NOT NULL,
    member INTEGER NOT NULL,
    role INTEGER NOT NULL,
    PRIMARY KEY (guild, member)
) STRICT, WITHOUT ROWID;

-- Whether those who sign up are added to the raid's thread, and who was: each once, also if they leave it again.
ALTER TABLE guilds ADD COLUMN thread_members INTEGER NOT NULL DEFAULT 0 CHECK (thread_members IN (0, 1));

CREATE TABLE added_to_threads (
    raid INTEGER NOT NULL REFERENCES raids (id),
    member INTEGER NOT NULL,
    PRIMARY KEY (raid, member)
) STRICT, WITHOUT ROWID;
