"""A ledger kept outside the bot, and storms that the bot has to come through without losing anybody."""
