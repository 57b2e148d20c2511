"""Requests to Discord, their answers and limits, and the breakers that hold them back."""

from raidbot.utils.metrics.registry import OTHER, QUICK_SECONDS, Names, counter, gauge, histogram

STATUSES = Names(limit=25)
ROUTES = Names(limit=60)
FAMILIES = Names(limit=20)
NO_ANSWER = STATUSES.of("none")
SCOPES = ("user", "global", "shared", OTHER)

REQUESTS = counter(
    "rest_requests",
    "Requests to Discord by route and status of the answer (none: no answer)",
    route=ROUTES,
    status=STATUSES,
)
REQUEST_TIME = histogram("rest_request_seconds", "Time until Discord answers a request", (*QUICK_SECONDS, 10.0, 30.0))
LIMITED = counter("rest_rate_limited", "Answers 429 by their scope", scope=SCOPES)
INVALID = gauge("rest_invalid_requests", "Answers 401, 403 and 429 within ten minutes; Discord bans at 10,000")
CIRCUIT = gauge("breaker_open", "1 while calls of this family are held back, else 0", family=FAMILIES)
OPENED = counter("breaker_openings", "How often calls of this family began to be held back", family=FAMILIES)
