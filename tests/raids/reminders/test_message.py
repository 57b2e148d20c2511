"""The words of a reminder."""

from dataclasses import replace

from raidbot.raids.model import RaidCode, RaidId
from raidbot.raids.reminders.message import reminder_text
from raidbot.raids.templates.model import MAX_ROLE_NAME_LENGTH
from raidbot.utils.words import render
from tests.raids.builders import ALICE, TANK, joined, open_raid

MOST = 2000 - 200 - len(" · ")
"""Characters beside the name of a server whose 100 characters are all escaped."""


def test_a_reminder_of_five_raids_fits_whatever_they_are_called() -> None:
    raid = joined(open_raid(), TANK, ALICE)
    roles = tuple(replace(role, name="*" * MAX_ROLE_NAME_LENGTH) for role in raid.roles)
    raids = [replace(raid, id=RaidId(n), code=RaidCode(f"ABCDE{n}"), title="_" * 100, roles=roles) for n in range(5)]

    said = render(reminder_text(raids, ALICE))

    assert len(said) <= MOST
    assert all(one.code in said for one in raids)
