-- The last run of each job of the heartbeat. `failures` counts those in a row; NULL instants while there was none.
CREATE TABLE job_runs (
    job TEXT NOT NULL PRIMARY KEY,
    ran_at INTEGER,
    failed_at INTEGER,
    failures INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Alerts to whoever runs the bot, each about a subject such as a job's name, or ''.
CREATE TABLE alerts (
    alert TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- The trouble that lasts, or of which something is still to be told; NULL while there is none.
    began_at INTEGER,
    ended_at INTEGER,
    -- 1 once its alert was delivered, and so its end is owed.
    told INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1)),
    -- The words of an alert that was not delivered yet.
    owed TEXT,
    -- The last alert that was delivered, which starts the cooldown, and the last end that was.
    delivered_at INTEGER,
    cleared_at INTEGER,
    -- How often it began since the last daily report.
    count INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (alert, subject)
) STRICT, WITHOUT ROWID;
-- End of alerts.

-- Standing places whose member was told that their role is gone.
ALTER TABLE series_standing ADD COLUMN is_role_gone INTEGER NOT NULL DEFAULT 0 CHECK (is_role_gone IN (0, 1));
