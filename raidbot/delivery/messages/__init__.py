"""Send the messages that the outbox owes."""
