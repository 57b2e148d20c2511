"""Take over the recurring raids of the Node.js bot, from its database or from rows that an earlier import kept."""
