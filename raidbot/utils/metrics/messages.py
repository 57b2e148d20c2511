"""Messages that the bot owes: how many wait, for how long, and what became of them."""

from raidbot.utils.metrics.registry import counter, gauge

KINDS = ("dm", "post")
MESSAGES = ("dm", "reminder", "post", "announcement", "log")
OUTCOMES = ("sent", "refused", "unreached", "unwanted", "obsolete", "unknown")

ENDED = counter(
    "messages",
    "Messages of the outbox that ended: sent, refused by Discord, to a member who takes none (unreached) or wants none"
    " (unwanted), no longer true (obsolete), or of unknown fate",
    message=MESSAGES,
    outcome=OUTCOMES,
)
EXPIRED = counter("messages_expired", "Messages of the outbox not sent in time", kind=KINDS)
RETRIED = counter("message_retries", "Attempts to send a message that are repeated later", kind=KINDS)
BEST_EFFORT = counter(
    "best_effort_messages", "Messages that are tried once, beside the outbox", outcome=("sent", "failed")
)
WAITING = gauge(
    "outbox_messages", "Messages in the outbox that are not sent yet", kind=KINDS, state=("pending", "claimed")
)
OLDEST = gauge("outbox_oldest_seconds", "Time since the oldest message that is due should have been sent", kind=KINDS)
