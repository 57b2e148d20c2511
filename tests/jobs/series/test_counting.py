"""Raids of series are counted as posted in time, late, missed or troubled."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from raidbot.raids.schedules.model import Lead
from raidbot.raids.schedules.rules import EveryHours
from raidbot.utils.metrics import raids as metrics
from raidbot.utils.metrics.reading import Increase
from tests.jobs.series.harness import opened
from tests.state.series.builders import BY_MANAGER, series, weekly

EVERY_SIX_HOURS = replace(weekly("2026-03-18T12:00", EveryHours(6), "UTC"), posting=Lead(minutes=60))


async def test_each_raid_of_a_series_is_counted_by_its_fate(tmp_path: Path) -> None:
    counted = {fate: Increase(metrics.SERIES, 600, outcome=fate) for fate in metrics.SERIES_OUTCOMES}
    for one in counted.values():
        one.look(0)

    def numbers() -> dict[str, float]:
        return {fate: number for fate, one in counted.items() if (number := one.look(1))}

    async with opened(tmp_path) as world:
        made = await world.state.series.create(replace(series(EVERY_SIX_HOURS), looked_at=world.now), BY_MANAGER)
        await world.tick()
        next_at = (await world.rows("SELECT next_at FROM series"))[0][0]
        assert isinstance(next_at, int)

        await world.tick(timedelta(seconds=next_at - world.now.timestamp()))
        assert numbers() == {"posted": 1}

        await world.tick(timedelta(hours=6, minutes=5))
        assert numbers() == {"posted": 1, "late": 1}

        await world.tick(timedelta(hours=15))
        assert numbers() == {"posted": 1, "late": 1, "missed": 2}

        world.discord.without_channel.add(made.id)
        await world.tick(timedelta(hours=3))
        assert numbers() == {"posted": 1, "late": 1, "missed": 2, "troubled": 1}
