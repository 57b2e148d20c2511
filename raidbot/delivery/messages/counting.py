"""Count what became of the messages of the outbox."""

from typing import Literal

from raidbot.db.announcement_posts import ANNOUNCES
from raidbot.db.outbox_rows import Claimed
from raidbot.utils.metrics import messages as metrics

Outcome = Literal["sent", "refused", "unreached", "unwanted", "obsolete", "unknown"]


def ended(row: Claimed, outcome: Outcome) -> None:
    """Count a message that ended, once that is durable."""
    metrics.ENDED.labels(_message(row), outcome).inc()


def retried(row: Claimed) -> None:
    metrics.RETRIED.labels(row.kind).inc()


def expired(kind: str, number: int) -> None:
    metrics.EXPIRED.labels(kind).inc(number)


def _message(row: Claimed) -> str:
    if row.entries:
        return "log"
    if "reminds" in row.payload:
        return "reminder"
    return "announcement" if ANNOUNCES in row.payload else row.kind
