from dataclasses import replace
from datetime import timedelta

import pytest

from raidbot.raids import duplicate, lifecycle
from raidbot.raids.audit import raid_entries
from raidbot.raids.audit.words import Words, words
from raidbot.raids.model import ChannelId, CloseReason, MessageId, Raid, RaidCode, Source, Status
from raidbot.raids.notifications import REPLY, notices
from raidbot.raids.rosters import manager_edits
from raidbot.utils.errors import Refusal
from tests.raids.builders import ALICE, BOB, CAROL, HEALER, MANAGER, NOW, START, TANK, joined, raid, team_raid

LATER = START + timedelta(days=7)


def duplicate_of(board: Raid, *keeping: int) -> Raid:
    return duplicate.duplicate(
        board,
        by=MANAGER,
        channel=ChannelId(9),
        starts_at=LATER,
        zone="Asia/Tokyo",
        keeping=keeping,  # type: ignore[arg-type]
        now=NOW,
    )


def test_the_copy_is_the_same_raid_with_a_life_of_its_own() -> None:
    board = replace(team_raid(), description="Bring bread", sides=("L", "R"), lengths=(90,), counts=False, leader=CAROL)
    closed = lifecycle.close(board, reason=CloseReason.MANUAL, by=MANAGER, now=NOW).raid

    copy = duplicate_of(closed)

    for name in ("kind", "template", "title", "subject", "description", "roles", "sides", "lengths", "counts", "guild"):
        assert getattr(copy, name) == getattr(board, name)
    assert (copy.status, copy.starts_at, copy.zone, copy.creator) == (Status.POSTING, LATER, "Asia/Tokyo", MANAGER)
    assert (copy.message, copy.closed_at, copy.hold, copy.leader, copy.channel) == (None, None, False, None, 9)


def test_seats_are_kept_in_order_with_sides_and_nobody_waits() -> None:
    board = replace(raid(tank=1, healer=1), sides=("L", "R"))
    board = joined(joined(board, TANK, ALICE, CAROL), HEALER, BOB)
    board = manager_edits.take_side(board, BOB, "L").raid
    board = manager_edits.assign(board, CAROL, TANK, now=NOW, force=True).raid

    copy = duplicate_of(board, BOB, CAROL)

    assert [(seat.member, seat.role, seat.place, seat.side, seat.forced) for seat in copy.seats] == [
        (BOB, HEALER, 1, "L", False),
        (CAROL, TANK, 2, None, False),  # nobody forces anything
    ]
    assert (copy.waits, copy.marks, copy.next_place) == ((), (), 3)
    assert {seat.source for seat in copy.seats} == {Source.COPY}
    assert [seat.forced for seat in duplicate_of(board, ALICE, BOB, CAROL).seats] == [False, False, True]


def test_who_is_copied_is_told_once_it_is_posted_and_can_say_no() -> None:
    copy = duplicate_of(joined(raid(tank=2), TANK, ALICE), ALICE)

    posted = lifecycle.posted(copy, MessageId(7))

    (notice,) = notices(posted)
    assert notice.member == ALICE
    assert "takes place again" in str(notice.text)
    assert [button.address for button in notice.buttons] == [f"{REPLY}:{copy.id}:out"]
    assert notices(lifecycle.posted(duplicate_of(joined(raid(tank=2), TANK, ALICE)), MessageId(7))) == ()


def test_the_original_remembers_its_copy_and_stays_as_it_is() -> None:
    board = joined(raid(tank=2), TANK, ALICE)

    change = duplicate.duplicated(board, RaidCode("XYZ234"))

    assert change.raid == board
    assert [words(entry) for entry in raid_entries.entries(board, change)] == [Words("duplicated", None, "XYZ234")]
    assert notices(change) == ()


def test_a_copy_lies_ahead() -> None:
    for wrong in (NOW, NOW + timedelta(days=800)):
        with pytest.raises(Refusal):
            duplicate.duplicate(
                raid(tank=1), by=MANAGER, channel=ChannelId(9), starts_at=wrong, zone="UTC", keeping=(), now=NOW
            )
