-- Who may do what beside those who manage the server: `target` is a command, or one of its actions.
CREATE TABLE admin_roles (
    guild INTEGER NOT NULL REFERENCES guilds (id),
    role INTEGER NOT NULL,
    PRIMARY KEY (guild, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE grants (
    guild INTEGER NOT NULL REFERENCES guilds (id),
    target TEXT NOT NULL,
    role INTEGER NOT NULL,
    PRIMARY KEY (guild, target, role)
) STRICT, WITHOUT ROWID;

-- Entries that the server's audit channel and its live log have not been given yet.
ALTER TABLE guilds ADD COLUMN audit_days INTEGER NOT NULL DEFAULT 180 CHECK (audit_days > 0);
ALTER TABLE audit ADD COLUMN owed_to_audit INTEGER NOT NULL DEFAULT 0 CHECK (owed_to_audit IN (0, 1));
ALTER TABLE audit ADD COLUMN owed_to_live INTEGER NOT NULL DEFAULT 0 CHECK (owed_to_live IN (0, 1));
CREATE INDEX audit_owed ON audit (guild, id) WHERE owed_to_audit = 1;
CREATE INDEX live_owed ON audit (guild, id) WHERE owed_to_live = 1;
