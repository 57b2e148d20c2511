"""The process: its event loop, its caches, and what it runs on."""

from prometheus_client import ProcessCollector

from raidbot.utils.metrics.registry import REGISTRY, Names, gauge, histogram

CACHES = Names(limit=20)

LOOP_LAG = histogram(
    "event_loop_lag_seconds", "Time by which a timer of the event loop came late", (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
)
CACHED = gauge("cache_entries", "Entries of a cache", cache=CACHES)
QUEUED = gauge("reactions_queued", "Reactions on boards that wait to be handled")
BUILD = gauge(
    "build_info",
    "Always 1; its labels say what runs",
    version=Names(),
    python=Names(),
    discord_py=Names(),
    sqlite=Names(),
)

ProcessCollector(namespace="raidbot", registry=REGISTRY)
