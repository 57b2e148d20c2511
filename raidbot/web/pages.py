"""The pages for whoever runs the bot: its metrics, and whether it is alive and does its work."""

from aiohttp import web
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from raidbot.ops.watching.facts import Facts
from raidbot.ops.watching.readiness import Readiness
from raidbot.utils.metrics.registry import REGISTRY


class OperatorPages:
    """`/metrics`, `/healthz` and `/readyz`. None of them calls Discord."""

    def __init__(self, facts: Facts, readiness: Readiness) -> None:
        self._facts = facts
        self._readiness = readiness

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/metrics", self._metrics),
            web.get("/healthz", self._healthz),
            web.get("/readyz", self._readyz),
        ]

    async def _metrics(self, _request: web.Request) -> web.Response:
        await self._facts.refresh()
        return web.Response(body=generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    async def _healthz(self, _request: web.Request) -> web.Response:
        """The process is alive: its event loop answers. Restarting it would mend nothing else."""
        return web.Response(text="ok\n")

    async def _readyz(self, _request: web.Request) -> web.Response:
        reasons = await self._readiness.reasons()
        return web.json_response({"ready": not reasons, "reasons": reasons}, status=503 if reasons else 200)
