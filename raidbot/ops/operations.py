"""The list of what watches and maintains the process, and the only place that knows what each part needs."""

from functools import partial

import aiohttp
import discord
from discord.ext import commands

from raidbot.delivery.discord_api import DiscordApi
from raidbot.delivery.outages.circuits import CircuitChange
from raidbot.delivery.service import DeliveryService
from raidbot.ops.alerts.options import AlertOptions as AlertOptions
from raidbot.ops.alerts.sinks import OwnerDm, Sink
from raidbot.ops.alerts.webhook import Webhook
from raidbot.ops.alerts.worker import Alerts, Surroundings
from raidbot.ops.backups import names
from raidbot.ops.upkeep import Upkeep
from raidbot.ops.watching.service import Watching
from raidbot.state import State
from raidbot.utils.circuit_breaker import Circuit
from raidbot.utils.tasks import TaskSet, guarded


class Operations:
    """Builds the parts and starts them. They end with the tasks they are started in.

    `trace` is that of the client's session, which must not be open yet.
    """

    def __init__(
        self,
        state: State,
        client: commands.AutoShardedBot,
        api: DiscordApi,
        delivery: DeliveryService,
        trace: aiohttp.TraceConfig,
        *,
        alerts: AlertOptions,
        makes_backups: bool,
    ) -> None:
        self._api = api
        self.upkeep = Upkeep(state.db, makes_backups=makes_backups)
        self.watching = Watching(client, state, api, delivery, trace)
        surroundings = Surroundings(
            refresh=self.watching.facts.refresh,
            backups=partial(names.facts, state.db.path) if makes_backups else None,
            unreachable=self._unreachable,
            is_connected=client.is_ready,
        )
        sinks = _sinks(client, api, delivery, alerts)
        self.alerts = Alerts(state.db, state.clock, sinks, alerts, surroundings, started_at=state.clock())
        api.circuits.listen(self._circuit_changed)

    def start(self, tasks: TaskSet) -> None:
        for name, work in {"watching": self.watching.run, "alerts": self.alerts.run}.items():
            tasks.spawn(guarded(name, work), name=name)

    def _circuit_changed(self, change: CircuitChange) -> None:
        if change.after is not Circuit.HALF_OPEN:
            error = change.error if change.after is Circuit.OPEN else None
            self.alerts.calls_changed(change.family.value, error)

    def _unreachable(self) -> list[str]:
        states = self._api.circuits.states()
        return [family.value for family, one in states.items() if one.circuit is not Circuit.CLOSED]


def _sinks(
    client: discord.Client, api: DiscordApi, delivery: DeliveryService, options: AlertOptions
) -> dict[str, Sink]:
    sinks: dict[str, Sink] = {}
    if options.owner is not None:
        sinks["direct message"] = OwnerDm(client, api, delivery.outbox.conversations, options.owner)
    if options.webhook is not None:
        sinks["webhook"] = Webhook(options.webhook, private=options.webhook_private)
    return sinks
