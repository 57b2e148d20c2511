-- Reactions that were heard but not handled when the bot stopped, in the order of the gateway.
-- `kind` and `thing` name the posted thing; `roles` are the member's roles. A removed reaction has no name and no roles.
CREATE TABLE heard_reactions (
    id INTEGER PRIMARY KEY,
    what TEXT NOT NULL CHECK (what IN ('added', 'too fast', 'removed')),
    kind TEXT NOT NULL,
    thing INTEGER NOT NULL,
    guild INTEGER NOT NULL,
    member INTEGER NOT NULL,
    emoji TEXT NOT NULL,
    is_super INTEGER NOT NULL CHECK (is_super IN (0, 1)),
    name TEXT NOT NULL,
    roles TEXT NOT NULL CHECK (json_valid(roles)),
    tell INTEGER NOT NULL CHECK (tell IN (0, 1))
) STRICT;
