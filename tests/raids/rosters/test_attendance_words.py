"""Attendance in words: every number is exact, and as many names as there is room for."""

import re
from dataclasses import replace

import pytest

from raidbot.raids.model import Attendance, MemberId, Presence, Raid, Status
from raidbot.raids.statistics.attendance_words import by_presence
from tests.raids.builders import TANK, raid

STATES = list(Presence)


def large() -> Raid:
    """Return a closed raid of 1,000 members: nine tenths came."""
    rows = (Attendance(MemberId(n), TANK, STATES[n % 6] if n % 10 == 0 else Presence.PRESENT) for n in range(1000))
    return replace(raid(tank=1), status=Status.CLOSED, attendance=tuple(rows))


@pytest.mark.parametrize("limit", [300, 1600, 3500])
@pytest.mark.parametrize("name", ["Ann", "*" * 40, "@everyone](x)", "\u202eאבג"])
def test_a_thousand_members_are_named_or_counted(name: str, limit: int) -> None:
    board = large()

    said = by_presence(board, {row.member: name for row in board.attendance}, limit=limit)

    assert len("\n".join(said)) <= limit
    numbers = [int(found[1]) for line in said if (found := re.search(r": (\d+)\*\*", line))]
    assert numbers == [
        sum(row.presence is state for row in board.attendance) for state in STATES if state in said_of(board)
    ]
    assert not re.search(r"(?<!\\)[@*]everyone", "".join(said))


def said_of(board: Raid) -> set[Presence]:
    return {row.presence for row in board.attendance}


def test_without_names_only_numbers_are_told_and_unknown_members_are_former_ones() -> None:
    board = replace(large(), attendance=large().attendance[1:3])

    assert by_presence(board, None, limit=100) == ["✅ **Present: 2**"]
    assert by_presence(board, {MemberId(2): "Ann"}, limit=100) == ["✅ **Present: 2** · former member, Ann"]
