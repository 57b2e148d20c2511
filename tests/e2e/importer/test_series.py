"""Recurring raids of the Node.js bot go on: what it posted is not posted again, and the next raid is."""

from datetime import datetime, timedelta

import pytest

from tests.conftest import Start
from tests.e2e.importer.migrated_guild import MigratedGuild
from tests.e2e.series.scene import boards, starts
from tests.ops.importer.legacy.model import OldRole


async def test_a_recurring_raid_goes_on_where_the_old_bot_stopped(
    place: MigratedGuild, start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    now = place.sandbox.clock.now()
    friday = (now + timedelta(days=2)).replace(second=0, microsecond=0)
    museum = OldRole(name="Museum", emoji="✅", slots=2, users=place.ids("fay"))
    raid = place.raid("MUS234", "museum", [museum], starts_in=friday - now)
    board = place.put_up(raid, ("fay", "✅"))
    place.bot.guilds[0].rows["recurring_raids"] = [weekly(place, friday, posted=board.id)]

    said = await place.run_import(capsys)

    assert [line.split()[1:] for line in said.splitlines() if line.startswith("recurring_raids")] == [
        ["1", "1", "0", "0", "0", "0"]
    ]

    async with start() as bot:
        await place.settled(bot)
        assert boards(place.guild) == [board]
        place.sandbox.advance(timedelta(days=7))
        await place.guild.until(lambda: len(boards(place.guild)) == 2)

    assert starts(boards(place.guild)[1]) == (friday + timedelta(days=7)).timestamp()


def weekly(place: MigratedGuild, at: datetime, *, posted: int) -> dict[str, object]:
    """Return the row of a raid that is posted three days before, and was posted yesterday."""
    return {
        "id": "rec-1",
        "guild_id": str(place.guild.id),
        "creator_id": str(place.guild.owner.id),
        "template_slug": "museum",
        "schedule_type": "weekly",
        "day_of_week": at.isoweekday() % 7,
        "time_of_day": f"{at:%H:%M}",
        "spawn_day_of_week": (at - timedelta(days=3)).isoweekday() % 7,
        "spawn_time_of_day": f"{at:%H:%M}",
        "timezone": "UTC",
        "enabled": 1,
        "last_created_at": place.at(timedelta(days=-1)),
        "last_message_id": str(posted),
    }
