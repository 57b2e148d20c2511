"""Calls of the functions for exports, for `calls.py`."""

import sqlite3
from collections.abc import Callable, Iterator
from functools import partial

from raidbot.db.statistics import exported
from raidbot.raids.model import RaidId
from tests.raids.builders import GUILD, NOW

Call = Callable[[sqlite3.Connection], object]


def export_calls(raid: RaidId) -> Iterator[tuple[str, Call]]:
    yield "raid_ids", partial(exported.raid_ids, guild=GUILD, start=NOW)
    yield "raids", partial(exported.raids, guild=GUILD, ids=[raid], now=NOW)
    yield "balances", partial(exported.balances, guild=GUILD)
