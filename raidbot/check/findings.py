"""Findings of the checks, their grades, and how they are printed."""

import json
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from raidbot import __version__


class Grade(StrEnum):
    """OK and WARNING let the bot run; with WRONG it does not, or not for long."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


class Part(StrEnum):
    """The parts of the report, in the order in which they are printed."""

    SETTINGS = "Settings"
    PROGRAM = "Program"
    CLOCK = "Clock"
    DATABASE = "Database"
    DISK = "Disk"
    BACKUPS = "Backups"
    JOBS = "Jobs"
    DISCORD = "Discord"
    SERVERS = "Servers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The result of one check. `check` is its name for machines; `sentence` is printed."""

    part: Part
    check: str
    grade: Grade
    sentence: str


def ok(part: Part, check: str, sentence: str) -> Finding:
    return Finding(part=part, check=check, grade=Grade.OK, sentence=sentence)


def warning(part: Part, check: str, sentence: str) -> Finding:
    return Finding(part=part, check=check, grade=Grade.WARNING, sentence=sentence)


def wrong(part: Part, check: str, sentence: str) -> Finding:
    return Finding(part=part, check=check, grade=Grade.WRONG, sentence=sentence)


def in_bytes(count: int) -> str:
    """Return a size for people, such as “12 MB”."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.3g} {unit}" if count < 100 * size else f"{count / size:.0f} {unit}"
    return f"{count} bytes"


def ago(moment: datetime, now: datetime) -> str:
    """Return a time for people, such as “2026-03-20 19:00 UTC, 5 minutes ago”."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC, {span(now - moment)} ago"


def span(length: timedelta) -> str:
    """Return a length of time for people, in its largest unit."""
    seconds = abs(int(length.total_seconds()))
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def is_content(findings: Iterable[Finding]) -> bool:
    """Return True if nothing is wrong; warnings do not count."""
    return all(finding.grade is not Grade.WRONG for finding in findings)


def as_text(findings: Sequence[Finding], width: int | None = None) -> str:
    """Return the findings under the names of their parts, and a last line that sums them up.

    With a `width` of the terminal long sentences are broken; without, each is one line.
    """
    lines: list[str] = []
    for part in Part:
        mine = [finding for finding in findings if finding.part is part]
        if mine:
            lines += [part.value, *(_line(finding, width) for finding in mine), ""]
    return "\n".join([*lines, _summary(findings)])


def _line(finding: Finding, width: int | None) -> str:
    line = f"  {finding.grade:<7}  {finding.sentence}"
    if width is None:
        return line
    return textwrap.fill(
        line, max(width, 40), subsequent_indent=" " * 11, break_long_words=False, break_on_hyphens=False
    )


def as_json(findings: Sequence[Finding]) -> str:
    """Return the findings as a JSON object; `result` is the worst grade."""
    grades = [finding.grade for finding in findings]
    worst = next((grade for grade in (Grade.WRONG, Grade.WARNING) if grade in grades), Grade.OK)
    shown = [asdict(finding) | {"part": finding.part.value.lower()} for finding in findings]
    return json.dumps({"version": __version__, "result": worst, "findings": shown}, ensure_ascii=False, indent=2)


def _summary(findings: Sequence[Finding]) -> str:
    grades = [finding.grade for finding in findings]
    mend, look = grades.count(Grade.WRONG), grades.count(Grade.WARNING)
    warnings = f"{look} {'warning' if look == 1 else 'warnings'}"
    if mend:
        things = "one thing" if mend == 1 else f"{mend} things"
        return f"Not ready: mend {things} marked “wrong”{f', and see {warnings}' if look else ''}."
    return f"Ready, with {warnings}." if look else "Ready: all is well."
