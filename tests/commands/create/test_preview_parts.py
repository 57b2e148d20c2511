"""Every field of a raid is a part of its preview, or nobody sees it there."""

from copy import copy
from dataclasses import fields, replace

from raidbot.commands.posting.preview import changes, mark_of, parts_of
from raidbot.raids.model import ChannelId, Kind, MemberId, Picture, Raid
from raidbot.raids.schedules.model import Lead
from raidbot.raids.settings import SignupStyle
from tests.raids.builders import NOW, joined, raid

SHOWN = {
    "kind": Kind.MUSEUM,
    "template": "another",
    "title": "Another",
    "emoji": "🐙",
    "description": "Another",
    "colour": 1,
    "roles": (),
    "sides": ("Port",),
    "strategy": "calm",
    "length_minutes": 5,
    "subject": "Another",
    "counts": False,
    "leader": MemberId(77),
    "mention_role": 77,
    "channel": ChannelId(77),
    "starts_at": NOW,
    "zone": "UTC",
    "signup_lead": Lead(1, 30),
    "signup_text": "Bring flasks.",
    "picture": Picture(url="https://example.org/map.png"),
    "seats": (),
}
"""Another value for each field of a planned raid that a preview shows."""
NOT_SHOWN = {
    *("id", "guild", "code", "creator", "created_at", "lengths", "planned_as", "version"),
    *(
        "message",
        "thread",
        "status",
        "time_revision",
        "hold",
        "deadline_lifted",
        "begun",
        "not_held",
        "filled_once",
        "next_place",
    ),
    *("closed_at", "closed_by", "closed_reason", "cancelled_reason", "timed_at", "reminded_until"),
    *("waits", "marks", "attendance", "asks", "given_up", "series"),
    *("cancelled_by", "cancel_note"),
}
"""Fields that are the same for every raid that is planned by the same person, or that nobody sees."""


def test_every_field_that_a_preview_shows_is_a_part_of_it() -> None:
    planned = joined(raid(tank=1), "tank", MemberId(5))
    before = parts_of(planned, SignupStyle.BOTH)

    assert SHOWN.keys() | NOT_SHOWN == {field.name for field in fields(Raid)}
    for name, value in SHOWN.items():
        changed = copy(planned)
        object.__setattr__(changed, name, value)
        assert mark_of(parts_of(changed, SignupStyle.BOTH)) != mark_of(before), name


def test_a_preview_of_the_version_before_pictures_and_specialisations_still_confirms() -> None:
    planned = joined(raid(tank=1), "tank", MemberId(5))

    assert mark_of(parts_of(planned, SignupStyle.BOTH)) == "OZvFtw"


def test_specialisations_are_a_part_of_the_roles_that_have_them() -> None:
    planned = raid(tank=1)
    (tank,) = planned.roles
    played = copy(planned)
    object.__setattr__(played, "roles", (replace(tank, specs=("Bear", "Boar")),))

    before, after = parts_of(planned, SignupStyle.BOTH), parts_of(played, SignupStyle.BOTH)

    assert changes(before, after) == (
        "Nothing was posted, because the roles changed since the preview. Check it and confirm again."
    )


def test_a_picture_that_appeared_or_went_since_the_preview_is_named() -> None:
    planned, pictured = raid(tank=1), copy(raid(tank=1))
    object.__setattr__(pictured, "picture", SHOWN["picture"])
    without, with_one = parts_of(planned, SignupStyle.BOTH), parts_of(pictured, SignupStyle.BOTH)

    assert "because the picture changed" in changes(without, with_one)
    assert "because the picture changed" in changes(with_one, without)
