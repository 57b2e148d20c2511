"""Reactions on boards, by what became of them."""

from raidbot.utils.metrics.registry import counter

OUTCOMES = ("taken", "undone", "refused", "too_fast", "failed", "put_off")

HANDLED = counter(
    "reactions",
    "Reactions on boards: taken, undone by their member, refused by a rule, too fast, failed, or left to a comparison",
    outcome=OUTCOMES,
)
TAKEN, UNDONE, REFUSED, TOO_FAST, FAILED, PUT_OFF = (HANDLED.labels(outcome) for outcome in OUTCOMES)
