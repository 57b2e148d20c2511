"""Kinds of alerts, findings about them, and the limits above which something is trouble."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from raidbot.utils.words import Text


class Alert(StrEnum):
    """A kind of trouble. The values stand in the database and in the log."""

    DISCORD = "discord"
    LATENCY = "latency"
    DIRECT_MESSAGES = "direct messages"
    JOB = "job"
    STANDSTILL = "standstill"
    EVENT_LOOP = "event loop"
    UNWRITABLE = "unwritable"
    SLOW_DISK = "slow disk"
    SET_ASIDE = "rows set aside"
    BACKUP = "backup"
    BACKUP_SIZE = "backup size"
    RAIDS = "raids"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """An alert about a subject, such as a job's name; `subject` is empty if there is only one."""

    alert: Alert
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A look at one thing: `trouble` says what is wrong with it, or is None if nothing is."""

    key: Key
    trouble: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Limits of what is no trouble. Each has a setting `RAIDBOT_ALERT_…`."""

    latency_seconds: float = 2.0
    """95 of 100 first answers to commands, presses and forms come within this time."""
    dm_failure_percent: int = 15
    job_failures: int = 3
    """Failed runs of a job without one that worked."""
    stall_seconds: float = 1.0
    """99 of 100 timers of the event loop come no later."""
    write_seconds: float = 1.0
    """95 of 100 writes to the database take no longer."""
    backup_hours: int = 36
    backup_megabytes: int = 5000
    raids: int = 50
    memory_megabytes: int = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Lengths of the rolling windows, and how much has to be in them before it says anything."""

    latency_window: timedelta = timedelta(minutes=15)
    latency_samples: int = 10
    dm_window: timedelta = timedelta(hours=1)
    dm_samples: int = 10
    job_window: timedelta = timedelta(minutes=5)
    stall_window: timedelta = timedelta(minutes=5)
    stall_samples: int = 100
    write_window: timedelta = timedelta(minutes=5)
    write_samples: int = 10
    unreadable_for: timedelta = timedelta(hours=1)
    """Time after a start within which rows that cannot be read are surely found."""
    backup_patience: timedelta = timedelta(minutes=15)
    """Time after a start, or a sleep of the machine, within which a backup that is due by then is made."""


PACE = Pace()

COOLDOWNS: Mapping[Alert, timedelta] = {
    Alert.DISCORD: timedelta(minutes=10),
    Alert.LATENCY: timedelta(minutes=15),
    Alert.DIRECT_MESSAGES: timedelta(minutes=30),
    Alert.JOB: timedelta(minutes=30),
    Alert.STANDSTILL: timedelta(minutes=15),
    Alert.EVENT_LOOP: timedelta(minutes=30),
    Alert.UNWRITABLE: timedelta(minutes=15),
    Alert.SLOW_DISK: timedelta(minutes=30),
    Alert.SET_ASIDE: timedelta(hours=1),
    Alert.BACKUP: timedelta(hours=12),
    Alert.BACKUP_SIZE: timedelta(hours=24),
    Alert.RAIDS: timedelta(hours=1),
    Alert.MEMORY: timedelta(minutes=30),
}
"""Times after an alert was delivered for which the same one is not told again."""
