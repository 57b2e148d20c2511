"""The marks of a raid's board: which reactions are to be removed, and what their removal changes."""

from collections.abc import Set
from dataclasses import replace

from raidbot.delivery.boards.posted import Unwanted
from raidbot.delivery.boards.raid_key import raid_key
from raidbot.raids.events import Change, MarksChanged
from raidbot.raids.model import MemberId, Raid, RoleKey
from raidbot.raids.rosters import signups


def unwanted_of(raid: Raid) -> list[Unwanted]:
    if raid.message is None:
        return []
    return [Unwanted(raid_key(raid.id), mark.member, mark.role) for mark in raid.marks if mark.unwanted]


def swept_marks(raid: Raid, *, swept: Set[tuple[MemberId, str]]) -> Change:
    """Drop the marks that existed when the reactions were cleared; nobody leaves because of that.

    Later marks stay, because signups may have been reopened meanwhile.
    """
    left = tuple(mark for mark in raid.marks if (mark.member, mark.role) not in swept)
    return Change(raid) if left == raid.marks else Change(replace(raid, marks=left), (MarksChanged(),))


def forget_unwanted(raid: Raid, *, member: MemberId, role: RoleKey) -> Change:
    """Drop the mark of a removed reaction, unless the member has reacted anew meanwhile: the mark is for that one."""
    mark = raid.mark_of(member, role)
    if mark is None or not mark.unwanted:
        return Change(raid)
    return signups.forget_mark(raid, member, role)
