-- Standing places whose member was told that their role is gone.
ALTER TABLE series_standing ADD COLUMN is_role_gone INTEGER NOT NULL DEFAULT 0 CHECK (is_role_gone IN (0, 1));
