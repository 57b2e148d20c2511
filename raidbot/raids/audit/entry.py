"""One line of the audit."""

from dataclasses import dataclass

from raidbot.raids.model import MemberId


@dataclass(frozen=True, slots=True)
class Entry:
    action: str
    member: MemberId | None = None
    before: str | None = None
    after: str | None = None
