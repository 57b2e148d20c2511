"""Looks of raids: what is compared instead of boards."""

from dataclasses import replace
from datetime import timedelta

from raidbot.delivery.drawing.board import Board
from raidbot.delivery.drawing.render import board, look
from raidbot.raids import lifecycle
from raidbot.raids.model import CancelReason, MemberId, Raid
from raidbot.raids.settings import SignupStyle
from tests.delivery.boards.test_render import NOW, joined, raid_of


def test_the_look_differs_whenever_the_board_does_and_not_with_every_version() -> None:
    raid, ann, style = joined(raid_of("museum"), (1, 0)), {MemberId(1): "Ann"}, SignupStyle.REACTIONS

    def seen(
        raid: Raid,
        names: dict[MemberId, str] = ann,
        style: SignupStyle = style,
        leaders: frozenset[MemberId] = frozenset(),
    ) -> tuple[object, Board]:
        return look(raid, names, style, leaders), board(raid, names, style, leaders)

    before = seen(raid)
    others = [
        seen(joined(raid, (2, 0)), {**ann, MemberId(2): "Bob"}),
        seen(replace(raid, marks=())),
        seen(replace(raid, marks=tuple(replace(mark, unwanted=True) for mark in raid.marks))),
        seen(raid, {MemberId(1): "Anna"}),
        seen(raid, style=SignupStyle.BOTH),
        seen(raid, leaders=frozenset({MemberId(1)})),
        seen(replace(raid, starts_at=raid.starts_at + timedelta(hours=1))),
        seen(lifecycle.cancel(raid, reason=CancelReason.MANUAL, by=MemberId(1), now=NOW).raid),
    ]

    assert all(shown != before[1] for _, shown in others)
    assert all(one != before[0] for one, _ in others)
    assert seen(replace(raid, version=9, next_place=17)) == before
