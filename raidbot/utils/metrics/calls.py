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
CIRCUIT = gauge(
    "breaker_open", "1 while calls of this family are held back, 0.5 while one probes, else 0", family=FAMILIES
)
OPENED = counter("breaker_openings", "How often calls of this family began to be held back", family=FAMILIES)

_MESSAGE = "/channels/{id}/messages/{id}"
_ANSWER = "/webhooks/{id}/{token}"
_USUAL = {
    "200": (
        "GET /users/@me",
        "GET /oauth2/applications/@me",
        "GET /gateway/bot",
        "GET /applications/{id}/commands",
        "PUT /applications/{id}/commands",
        "POST /users/@me/channels",
        "GET /channels/{id}/messages",
        "POST /channels/{id}/messages",
        f"GET {_MESSAGE}",
        f"PATCH {_MESSAGE}",
        f"GET {_MESSAGE}/reactions/{{emoji}}",
        "PATCH /channels/{id}",
        "GET /guilds/{id}",
        "GET /guilds/{id}/members/{id}",
        "POST /interactions/{id}/{token}/callback",
        f"POST {_ANSWER}",
        f"GET {_ANSWER}/messages/@original",
        f"PATCH {_ANSWER}/messages/@original",
    ),
    "201": (f"POST {_MESSAGE}/threads",),
    "204": (
        f"DELETE {_MESSAGE}",
        f"PUT {_MESSAGE}/reactions/{{emoji}}/@me",
        f"DELETE {_MESSAGE}/reactions/{{emoji}}/{{id}}",
        f"DELETE {_MESSAGE}/reactions/{{emoji}}",
        f"DELETE {_MESSAGE}/reactions",
        "PUT /channels/{id}/thread-members/{id}",
        "POST /interactions/{id}/{token}/callback",
    ),
}
"""The bot's calls and how Discord answers them if nothing is wrong, so that their series are there from the start."""

for _status, _routes in _USUAL.items():
    for _route in _routes:
        REQUESTS.labels(ROUTES.of(_route), STATUSES.of(_status))
