"""/ping: latency, uptime, open raids, pending messages and outages."""

import math
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial

from discord import app_commands
from discord.ext import commands

from raidbot.commands.ui import permissions, responses
from raidbot.commands.ui.interaction import Interaction
from raidbot.db import raid_queries
from raidbot.state import State
from raidbot.utils.text import stamp


class Ping(commands.Cog):
    """`connected` returns True while calls to Discord get through."""

    def __init__(self, state: State, connected: Callable[[], bool], *, started_at: datetime) -> None:
        self._state = state
        self._connected = connected
        self._started_at = started_at

    @app_commands.command(description="Is the bot awake, and what does it do here?")
    async def ping(self, interaction: Interaction) -> None:
        guild = permissions.guild_id(interaction)
        asked = time.perf_counter()
        await responses.defer(interaction)
        round_trip = time.perf_counter() - asked
        raids = await self._state.db.read(partial(raid_queries.open_count, guild=guild, now=self._state.now()))
        owed = await self._state.db.read(partial(raid_queries.unsent_count, guild=guild))
        await responses.edit_response(
            interaction,
            "\n".join(
                (
                    f"Gateway: {_milliseconds(interaction.client.latency)} · answer: {_milliseconds(round_trip)}",
                    f"Running since {stamp(self._started_at, 'R')}",
                    f"Open raids here: {raids} · messages on their way: {owed}",
                    *_outage(self._state.db.outage),
                    "Discord answers." if self._connected() else "Discord does not answer at present; nothing is lost.",
                )
            ),
        )


def _outage(reason: str | None) -> tuple[str, ...]:
    if reason is None:
        return ()
    return (f"I cannot write anything down at present ({reason}). Reactions on signups are made up for when I can.",)


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if math.isfinite(seconds) else "not measured yet"
