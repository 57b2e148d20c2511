"""Commands, presses, forms and completions, from their arrival to the first answer."""

import time
from collections import OrderedDict

from raidbot.utils.metrics.registry import ANSWER_SECONDS, Names, counter, histogram

KINDS = ("command", "component", "form", "autocomplete")

ASKED = Names()
"""The names of commands and panels."""

RECEIVED = counter("interactions", "Interactions received, by the command or panel", kind=KINDS, asked=ASKED)
FAILED = counter("interaction_failures", "Interactions answered with an error number", kind=KINDS, asked=ASKED)
REFUSED = counter("interaction_refusals", "Interactions answered with a sentence that says why not", kind=KINDS)
LATE = counter("interactions_late", "Answers that Discord did not accept any more", kind=KINDS)
ANSWER_TIME = histogram(
    "interaction_answer_seconds", "Time until Discord has the first answer", ANSWER_SECONDS, kind=KINDS
)

_MOST_UNANSWERED = 1000
"""Interactions of which the first answer is awaited; Discord accepts none after three seconds."""


class AnswerTimes:
    """Knows when each unanswered interaction came, to measure the time until its first answer."""

    def __init__(self) -> None:
        self._came: OrderedDict[int, tuple[str, float]] = OrderedDict()

    def came(self, interaction: int, kind: str) -> None:
        self._came[interaction] = kind, time.perf_counter()
        if len(self._came) > _MOST_UNANSWERED:
            self._came.popitem(last=False)

    def answered(self, interaction: int) -> None:
        """Measure the interaction's first answer, which Discord has now."""
        kind, came = self._came.pop(interaction, ("", 0.0))
        if kind:
            ANSWER_TIME.labels(kind).observe(time.perf_counter() - came)


TIMES = AnswerTimes()
"""Of the process, as the metrics are."""
