"""A board begins with what became of the raid."""

from datetime import timedelta

from raidbot.delivery.drawing.render import board
from raidbot.raids import lifecycle
from raidbot.raids.model import MemberId
from tests.raids.builders import START, museum


def test_a_raid_that_did_not_take_place_has_that_as_its_first_line() -> None:
    raid = lifecycle.begin(museum(), now=START).raid
    over = lifecycle.did_not_take_place(raid, by=MemberId(1), now=raid.ends_at + timedelta(seconds=1)).raid

    shown = board(over, {})

    assert shown.title.startswith("❌ ")
    assert shown.description.splitlines()[0] == "**Did not take place**"
