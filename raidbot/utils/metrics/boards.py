"""Boards: how often they change, how often they are edited, and how long a change waits."""

from raidbot.utils.metrics.registry import LONG_SECONDS, counter, gauge, histogram

MARKS = counter("board_marks", "Changes of what a board shows")
EDITS = counter("board_edits", "Edits of boards that Discord accepted")
SAVED = counter("board_edits_saved", "Changes that needed no edit of their own, because one edit showed several")
STALENESS = histogram(
    "board_staleness_seconds", "Time from the first change that an edit shows to that edit", LONG_SECONDS
)
STALE = gauge("boards_stale", "Boards with changes that their message does not show yet")
STALEST = gauge("board_stalest_seconds", "Age of the oldest change that its message does not show yet")
POSTED = counter("boards_posted", "Boards posted")
