"""The status bar: the time, the bot's REST calls, and the operator's information."""

import asyncio
from collections import Counter

from discord_sandbox import presence, serializers
from discord_sandbox.page.operator import Operator
from discord_sandbox.sandbox import Sandbox
from discord_sandbox.server import Recorded
from discord_sandbox.store import Json

REFRESH_SECONDS = 0.25  # between two refreshes
REFUSED, BROKEN = 429, 500  # HTTP statuses


class StatusBar:
    """Builds the status bar on request, at most four times a second for all browsers together."""

    def __init__(self, sandbox: Sandbox, operator: Operator | None) -> None:
        self._sandbox = sandbox
        self._operator = operator
        self._routes: Counter[str] = Counter()
        self._counted = 0
        self._unanswered: list[Recorded] = []
        self._refused = self._failed = 0
        self._looking = asyncio.Lock()
        self._looked_at = float("-inf")
        self._seen: Json = {}

    async def refresh(self) -> Json:
        """Return the status bar without `now`, at most a quarter of a second old."""
        async with self._looking:
            now = asyncio.get_running_loop().time()
            if now - self._looked_at >= REFRESH_SECONDS:
                told = await self._operator.status() if self._operator is not None else {"sections": [], "next": None}
                self._seen = self._facts() | told
                self._looked_at = now
            return self._seen

    def now(self) -> Json:
        return {"now": serializers.time(self._sandbox.clock.now())}

    def _facts(self) -> Json:
        sandbox = self._sandbox
        self._count()
        routes = [{"route": route, "count": count} for route, count in self._routes.most_common()]
        return {
            "connected": any(session.connection is not None for session in sandbox.gateway.sessions.values()),
            "presence": presence.shown(sandbox.gateway.presence),
            "gaps": list(sandbox.unsupported),
            "calls": {
                "total": self._counted,
                "refused": self._refused,
                "failed": self._failed,
                "routes": routes,
            },
        }

    def _count(self) -> None:
        new = self._sandbox.calls[self._counted :]
        self._counted += len(new)
        self._routes.update(f"{call.method} {call.route}" for call in new)
        waiting, self._unanswered = self._unanswered + new, []
        for call in waiting:
            if call.status is None:
                self._unanswered.append(call)
            else:
                self._refused += call.status == REFUSED
                self._failed += call.status >= BROKEN
