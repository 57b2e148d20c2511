"""Endpoints that fail together."""

from enum import StrEnum


class Family(StrEnum):
    """Endpoints that fail together. Failures of one family hold up no other; the values appear in the log.

    After an outage the calls of a family go before those of the families below it.
    """

    MESSAGES = "messages"
    OPENING_DMS = "opening direct messages"
    READS = "reads"
    BOARDS = "board edits"
    REACTIONS = "reactions"
    THREADS = "threads"
    COMMANDS = "command registration"
