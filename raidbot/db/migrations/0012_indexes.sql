-- For queries that read all that was ever sent, or all raids of a guild. `id` is the last column of every index anyway.
DROP INDEX outbox_pending;
CREATE INDEX outbox_due ON outbox (kind, due_at) WHERE state = 'pending';
CREATE INDEX outbox_by_target ON outbox (kind, target) WHERE state = 'pending';
CREATE INDEX outbox_expiring ON outbox (kind, expires_at) WHERE state = 'pending' AND expires_at IS NOT NULL;
CREATE INDEX outbox_by_message ON outbox (message) WHERE message IS NOT NULL;
CREATE INDEX raids_by_guild ON raids (guild, starts_at);
CREATE INDEX raids_by_thread ON raids (thread) WHERE thread IS NOT NULL;
CREATE INDEX asks_by_member ON asks (member);
