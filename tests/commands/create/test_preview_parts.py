"""Every field of a raid is a part of its preview, or nobody sees it there."""

from copy import copy
from dataclasses import fields

from raidbot.commands.posting.preview import mark_of, parts_of
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
