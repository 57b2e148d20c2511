"""The largest boards keep within Discord's limits with a reason for cancelling, and a picture that is described."""

from dataclasses import replace

import pytest

from raidbot.delivery.drawing.render import board
from raidbot.delivery.drawing.text_fit import units
from raidbot.raids.model import MemberId, Picture, Role, RoleKey, Status
from tests.delivery.boards.test_render import CUSTOM, check_limits, crowded, names_of, raid_of


def test_the_reason_for_cancelling_is_cut_where_the_smallest_roster_leaves_no_room() -> None:
    emoji = f"<a:{'e' * 32}:{{}}>"
    roles = tuple(Role(key=RoleKey(str(n)), name="***", emoji=emoji.format(10**18 + n), seats=1) for n in range(50))
    raid = replace(raid_of("museum"), title="*" * 128, strategy="*" * 100, counts=False, length_minutes=91)
    raid = crowded(raid, roles, seated=4, waiting=900)
    raid = replace(raid, creator=MemberId(1000), leader=MemberId(1001))
    cancelled = replace(raid, status=Status.CANCELLED, cancelled_by=MemberId(1000), cancel_note="*" * 200)

    shown = board(cancelled, names_of(cancelled, lambda _: "*" * 32), next_board=f"https://discord.com/{'1' * 60}")

    check_limits(shown)
    assert r"\*\*\*" in shown.description.splitlines()[0]


@pytest.mark.parametrize("text", ["😀" * 750, "a" * 1500])
def test_a_picture_is_described_only_where_there_is_room_for_it(text: str) -> None:
    picture = Picture(url="https://example.org/map.png", text="*" * 200)
    roles = tuple(Role(key=RoleKey(str(n)), name="Role", emoji=CUSTOM, seats=50, icon=CUSTOM) for n in range(25))
    raid = crowded(replace(raid_of("museum"), description=text, picture=picture), roles, seated=50, waiting=0)

    embed = board(raid, names_of(raid, lambda _: "😀" * 32)).embed().to_dict()

    said = [embed["title"], embed["description"], embed["footer"]["text"]]
    said += [part for field in embed["fields"] for part in (field["name"], field["value"])]
    assert sum(map(units, said)) <= 6000
