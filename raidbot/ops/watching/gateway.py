"""Follow the connections to Discord's gateway: which are up, and how often they come and go."""

from discord.ext import commands

from raidbot.utils.metrics import gateway as metrics


class GatewayWatch:
    """Knows which shards are connected."""

    def __init__(self, client: commands.AutoShardedBot) -> None:
        self._client = client
        self._up: set[int] = set()
        client.add_listener(self._connected, "on_shard_connect")
        client.add_listener(self._resumed, "on_shard_resumed")
        client.add_listener(self._disconnected, "on_shard_disconnect")

    @property
    def shards(self) -> int:
        """The number of connections that there should be; 0 before Discord said so."""
        return self._client.shard_count or 0

    @property
    def connected(self) -> int:
        return len(self._up)

    @property
    def is_up(self) -> bool:
        return 0 < self.shards <= self.connected

    async def _connected(self, shard: int) -> None:
        self._up.add(shard)
        metrics.CONNECTIONS.labels("new").inc()

    async def _resumed(self, shard: int) -> None:
        self._up.add(shard)
        metrics.CONNECTIONS.labels("resumed").inc()

    async def _disconnected(self, shard: int) -> None:
        if shard in self._up:
            self._up.discard(shard)
            metrics.LOST.inc()
