"""Judge facts: one finding for each thing of which enough is known, with trouble or without."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from raidbot.ops.alerts import sentences
from raidbot.ops.alerts.facts import BackupFacts, Facts
from raidbot.ops.alerts.model import PACE, Alert, Finding, Key, Pace, Thresholds
from raidbot.utils.words import Text

_MEGABYTE = 1_000_000
_LOWER = 0.9
"""Share of a limit below which memory is fine again."""


def findings(facts: Facts, limits: Thresholds, now: datetime, pace: Pace = PACE) -> Iterator[Finding]:
    """Yield what the facts say. What lies between trouble and none yields nothing, and stays as it was."""
    yield from _latency(facts, limits, pace)
    yield from _direct_messages(facts, limits, pace)
    yield from _jobs(facts, limits, pace)
    yield from _event_loop(facts, limits, pace)
    yield from _database(facts, limits, pace)
    yield from _set_aside(facts, pace)
    if facts.backups is not None:
        yield from _backups(facts.backups, facts, limits, now, pace)
    yield from _sizes(facts, limits)


def _latency(facts: Facts, limits: Thresholds, pace: Pace) -> Iterator[Finding]:
    for kind, found in facts.answers.items():
        if found.number >= pace.latency_samples:
            slow = sentences.slow_answers(kind, found, limits.latency_seconds)
            yield _finding(Alert.LATENCY, slow, wrong=found.seconds > limits.latency_seconds, subject=kind)


def _direct_messages(facts: Facts, limits: Thresholds, pace: Pace) -> Iterator[Finding]:
    found = facts.messages
    if found.tried >= pace.dm_samples:
        wrong = 100 * found.failed > limits.dm_failure_percent * found.tried
        yield _finding(Alert.DIRECT_MESSAGES, sentences.lost_messages(found, limits.dm_failure_percent), wrong=wrong)


def _jobs(facts: Facts, limits: Thresholds, pace: Pace) -> Iterator[Finding]:
    for job, runs in facts.jobs.items():
        if runs.done or runs.failed >= limits.job_failures:
            yield _finding(Alert.JOB, sentences.failing_job(job, runs.failed), wrong=not runs.done, subject=job)
    if facts.jobs and facts.watched > pace.job_window:
        stands = not any(runs.number for runs in facts.jobs.values())
        yield _finding(Alert.STANDSTILL, sentences.standstill(), wrong=stands)


def _event_loop(facts: Facts, limits: Thresholds, pace: Pace) -> Iterator[Finding]:
    if facts.stalls.number >= pace.stall_samples:
        wrong = facts.stalls.seconds > limits.stall_seconds
        yield _finding(Alert.EVENT_LOOP, sentences.stalls(facts.stalls, limits.stall_seconds), wrong=wrong)


def _database(facts: Facts, limits: Thresholds, pace: Pace) -> Iterator[Finding]:
    yield _finding(Alert.UNWRITABLE, sentences.unwritable(facts.outage or ""), wrong=facts.outage is not None)
    if facts.outage is None and facts.writes.number >= pace.write_samples:
        wrong = facts.writes.seconds > limits.write_seconds
        yield _finding(Alert.SLOW_DISK, sentences.slow_disk(facts.writes, limits.write_seconds), wrong=wrong)


def _set_aside(facts: Facts, pace: Pace) -> Iterator[Finding]:
    if facts.set_aside:
        yield Finding(Key(Alert.SET_ASIDE), sentences.rows_set_aside(facts.set_aside))
    elif facts.uptime > pace.unreadable_for:
        yield Finding(Key(Alert.SET_ASIDE))


def _backups(backups: BackupFacts, facts: Facts, limits: Thresholds, now: datetime, pace: Pace) -> Iterator[Finding]:
    """The first backup may take as long to come as any."""
    longest = timedelta(hours=limits.backup_hours)
    overdue = facts.uptime > longest if backups.last is None else now - backups.last > longest
    if facts.watched >= pace.backup_patience if overdue else backups.last is not None:
        yield _finding(Alert.BACKUP, sentences.backup_overdue(backups.last), wrong=overdue)
    large = backups.bytes > limits.backup_megabytes * _MEGABYTE
    yield _finding(Alert.BACKUP_SIZE, sentences.large_backups(backups.bytes, limits.backup_megabytes), wrong=large)


def _sizes(facts: Facts, limits: Thresholds) -> Iterator[Finding]:
    if facts.raids is not None:
        many = facts.raids > limits.raids
        yield _finding(Alert.RAIDS, sentences.many_raids(facts.raids, limits.raids), wrong=many)
    if facts.memory is not None:
        limit = limits.memory_megabytes * _MEGABYTE
        much = facts.memory > limit
        if much or facts.memory < _LOWER * limit:
            yield _finding(Alert.MEMORY, sentences.much_memory(facts.memory, limits.memory_megabytes), wrong=much)


def _finding(alert: Alert, trouble: Text, *, wrong: bool, subject: str = "") -> Finding:
    return Finding(Key(alert, subject), trouble if wrong else None)
