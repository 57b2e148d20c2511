"""Moments of announcements: how they are typed, said, and placed on the clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from raidbot.raids.announcements.model import (
    Announcement,
    Moment,
    Ping,
    Place,
    planned,
)
from raidbot.raids.announcements.parse import parse_moment
from raidbot.raids.model import ChannelId
from raidbot.utils.errors import Refusal
from raidbot.utils.words import render
from tests.raids.builders import CHANNEL, START, open_raid

TYPED = {
    "15 min before": Moment(0, -15),
    "15 before": Moment(0, -15),
    "15m before the start": Moment(0, -15),
    "  Half an hour BEFORE ": Moment(0, -30),
    "1 h 30 min before": Moment(0, -90),
    "1.5 hours earlier": Moment(0, -90),
    "two hours and ten minutes ahead": Moment(0, -130),
    "1 day before": Moment(-1),
    "1 day, 2 hours before the raid": Moment(-1, -120),
    "a week before": Moment(-7),
    "at the start": Moment(),
    "At start": Moment(),
    "0 min before": Moment(),
    "when it starts": Moment(),
    "10 min after": Moment(0, 10),
    "10 minutes after the raid’s start": Moment(0, 10),
    "1 day after": Moment(0, 1440),
}
REFUSED = ("", "soon", "15", "15 min", "-5 min before", "before", "before 5 min", "29 days before", "2 days after",
           "1 month before", "20:00", "99999999999999 min before", "5 min before before", "x" * 500)  # fmt: skip


@pytest.mark.parametrize("text", TYPED)
def test_a_typed_moment_is_understood(text: str) -> None:
    assert parse_moment(text) == TYPED[text]


@pytest.mark.parametrize("moment", sorted(set(TYPED.values())))
def test_what_the_panel_says_is_understood(moment: Moment) -> None:
    assert parse_moment(render(moment.words)) == moment


@pytest.mark.parametrize("text", REFUSED)
def test_other_words_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(Refusal) as refusal:
        parse_moment(text)

    assert 20 < len(str(refusal.value)) < 250


def test_days_keep_the_time_of_day_where_clocks_change() -> None:
    raid = open_raid(starts_at=datetime(2026, 3, 29, 18, tzinfo=UTC), zone="Europe/Berlin")  # 20:00, after the change

    assert Moment(-1).at(raid) == datetime(2026, 3, 28, 19, tzinfo=UTC)
    assert Moment(0, -1440).at(raid) == datetime(2026, 3, 28, 18, tzinfo=UTC)


def test_an_announcement_before_the_start_is_never_made_after_it() -> None:
    raid = open_raid()

    assert Moment(0, -5).latest(raid) == START
    assert Moment(0, -15).latest(raid) == START - timedelta(minutes=5)
    assert Moment().latest(raid) == Moment(0, 0).at(raid) + timedelta(minutes=15)


def test_equal_announcements_are_one_post_that_notifies_the_people_of_all() -> None:
    raid = open_raid()
    board = Announcement(moment=Moment(0, -15), text="Go", ping=Ping.ROLE, role=5)
    same = replace(board, place=Place.CHANNEL, channel=CHANNEL, role=6)
    seated = replace(board, place=Place.THREAD, ping=Ping.SEATED, role=None)  # the raid has no thread
    elsewhere = replace(board, place=Place.CHANNEL, channel=ChannelId(9))
    posts = planned(raid, [board, same, seated, elsewhere, replace(board, text="Other")])

    assert [(post.channel, post.text, post.seated, post.roles) for post in posts] == [
        (ChannelId(9), "Go", False, (5,)),
        (CHANNEL, "Go", True, (5, 6)),
        (CHANNEL, "Other", False, (5,)),
    ]
    assert len({post.key for post in posts}) == 3
