"""Calendar feeds."""

from raidbot.utils.metrics.registry import counter

REQUESTS = counter(
    "calendar_requests",
    "Requests for calendar feeds",
    outcome=("sent", "unchanged", "unknown", "limited", "unavailable"),
)
