"""Send messages: those of the outbox, and best-effort DMs."""
