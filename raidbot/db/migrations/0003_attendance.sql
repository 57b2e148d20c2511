-- Who came to a raid: a row for everybody who had a seat when signups closed.
CREATE TABLE attendance (
    raid INTEGER NOT NULL,
    member INTEGER NOT NULL,
    role TEXT NOT NULL,
    presence TEXT NOT NULL CHECK (presence IN ('signed', 'attended', 'no-show', 'excused')),
    marked_by INTEGER,
    marked_at INTEGER,
    PRIMARY KEY (raid, member),
    FOREIGN KEY (raid, role) REFERENCES raid_roles (raid, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX attendance_by_member ON attendance (member);

-- The lengths (minutes) its template offered.
ALTER TABLE raids ADD COLUMN lengths TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(lengths));
