"""Members who have not come for some weeks, of a server's list of members."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from raidbot.raids.model import MemberId

MOST_WEEKS = 52
_EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ListedMember:
    """A member of a server who is no bot. `name` is cleaned; `joined_at` is None if Discord does not tell."""

    id: MemberId
    name: str
    roles: tuple[int, ...]
    joined_at: datetime | None


@dataclass(frozen=True, slots=True)
class Absentee:
    """`last` is the start of the last raid in which they were active; `is_coming` if they take part in a coming one."""

    member: MemberId
    name: str
    last: datetime | None
    is_coming: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Inactivity:
    """The inactive ones, of `looked_at` members, of whom `newcomers` have not been here for long enough to tell."""

    absentees: tuple[Absentee, ...]
    looked_at: int
    newcomers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Ask for members who have not come for `weeks`, or never if it is 0, and who have the role, if there is one."""

    weeks: int = 4
    role: int | None = None


def inactive(
    members: Collection[ListedMember],
    last: Mapping[MemberId, datetime],
    coming: Collection[MemberId],
    question: Question,
    *,
    now: datetime,
) -> Inactivity:
    """Return who is inactive: first those who never came, by the day they joined, then those away for longest.

    Who joined within the weeks asked about is a newcomer, and only counted.
    """
    asked = [member for member in members if question.role is None or question.role in member.roles]
    since = now - timedelta(weeks=question.weeks)
    newcomers = [
        member for member in asked if question.weeks and member.joined_at is not None and member.joined_at > since
    ]
    new = {member.id for member in newcomers}
    away = [member for member in asked if member.id not in new and _is_away(last.get(member.id), question, since)]
    away.sort(key=lambda member: (last.get(member.id) or _EARLIEST, member.joined_at or _EARLIEST, member.id))
    return Inactivity(
        absentees=tuple(Absentee(member.id, member.name, last.get(member.id), member.id in coming) for member in away),
        looked_at=len(asked),
        newcomers=len(newcomers),
    )


def _is_away(last: datetime | None, question: Question, since: datetime) -> bool:
    if last is None:
        return True
    return question.weeks > 0 and last < since
