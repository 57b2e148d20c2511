-- What members typed in forms that were refused, by the keys of the fields, so that “Try again” fills it in.
-- `panel` is the message with that button.
CREATE TABLE refused_forms (
    guild INTEGER NOT NULL,
    member INTEGER NOT NULL,
    panel INTEGER NOT NULL,
    fields TEXT NOT NULL CHECK (json_valid(fields)),
    refused_at INTEGER NOT NULL,
    PRIMARY KEY (guild, member, panel)
) STRICT;
