-- Members who were asked to come as substitutes and have not said yes or no.
CREATE TABLE asks (
    raid INTEGER NOT NULL,
    member INTEGER NOT NULL,
    role TEXT NOT NULL,
    asked_by INTEGER NOT NULL,
    asked_at INTEGER NOT NULL,
    PRIMARY KEY (raid, member, role),
    FOREIGN KEY (raid, role) REFERENCES raid_roles (raid, key)
) STRICT, WITHOUT ROWID;
