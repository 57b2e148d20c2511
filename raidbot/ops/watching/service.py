"""Everything that watches the process, for the client to build, and for pages and alerts to ask."""

import aiohttp
from discord.ext import commands

from raidbot.delivery.discord_api import DiscordApi
from raidbot.delivery.service import DeliveryService
from raidbot.ops.watching import loop_lag, raid_events, requests
from raidbot.ops.watching.facts import Facts
from raidbot.ops.watching.gateway import GatewayWatch
from raidbot.state import State


class Watching:
    """Counts what happens from its making on. `trace` is that of the client's session, which must not be open yet."""

    def __init__(
        self,
        client: commands.AutoShardedBot,
        state: State,
        api: DiscordApi,
        delivery: DeliveryService,
        trace: aiohttp.TraceConfig,
    ) -> None:
        requests.follow(trace)
        state.listen(raid_events.committed)
        self.db = state.db
        self.gateway = GatewayWatch(client)
        self.facts = Facts(state, client, api, delivery, self.gateway)

    async def run(self) -> None:
        """Measure the event loop until cancelled."""
        await loop_lag.measure()
