"""Commands, presses, forms and completions, from their arrival to the first answer."""

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
