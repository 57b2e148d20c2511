"""Facts that the rules judge."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Recent:
    """A quantile of recent durations in seconds, infinite above what is measured, and how many there were."""

    seconds: float = 0.0
    number: int = 0


@dataclass(frozen=True, slots=True)
class Attempts:
    """Direct messages that were tried, and those of them that did not arrive."""

    tried: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Runs:
    """Recent runs of a job: that worked, that failed, and that waited for a database that cannot be written."""

    done: int = 0
    failed: int = 0
    waited: int = 0

    @property
    def number(self) -> int:
        return self.done + self.failed + self.waited


class BackupFacts(Protocol):
    """Facts about backups."""

    @property
    def last(self) -> datetime | None:
        """The time (UTC) of the newest good backup; None if there is none."""

    @property
    def bytes(self) -> int:
        """The size of all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Facts of one instant. Of what is None, or not there, nothing is known."""

    uptime: timedelta
    watched: timedelta = timedelta()
    """The time since which the rolling windows fill."""
    answers: Mapping[str, Recent] = field(default_factory=dict)
    """By kind: command, component, form."""
    messages: Attempts = Attempts()
    jobs: Mapping[str, Runs] = field(default_factory=dict)
    stalls: Recent = Recent()
    outage: str | None = None
    """The reason for which the database cannot be written; None while it can."""
    writes: Recent = Recent()
    set_aside: int = 0
    """Rows found unreadable since the start."""
    backups: BackupFacts | None = None
    raids: int | None = None
    memory: int | None = None
    """Bytes in use."""
