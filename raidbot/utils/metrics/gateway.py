"""The connections to Discord's gateway."""

from raidbot.utils.metrics.registry import counter, gauge

SHARDS = gauge("gateway_shards", "Connections to the gateway that there should be")
CONNECTED = gauge("gateway_shards_connected", "Connections to the gateway that are up")
LATENCY = gauge(
    "gateway_latency_seconds", "Time until the gateway answered the last heartbeat, of the slowest connection"
)
CONNECTIONS = counter(
    "gateway_connections", "Connections to the gateway: new sessions and resumed ones", kind=("new", "resumed")
)
LOST = counter("gateway_disconnections", "Connections to the gateway that ended")
SERVERS = gauge("servers", "Servers the bot is on")
