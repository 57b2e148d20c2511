-- By what members sign up under a board.
ALTER TABLE guilds ADD COLUMN signup_style TEXT NOT NULL DEFAULT 'reactions'
    CHECK (signup_style IN ('reactions', 'buttons', 'both'));
