"""Counts what a bot does from outside of it: the calls that reach the sandbox, and the rows that are durable."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from discord_sandbox import Sandbox
from discord_sandbox.server import Recorded
from tests.e2e import database_facts
from tests.web.serving import Series, summed

_CHANGES = {
    "signup.joined": "joined",
    "signup.moved": "moved",
    "signup.waitlisted": "waitlisted",
    "signup.returned": "waitlisted",
    "signup.left": "left",
    "signup.called_off": "left",
    "signup.stopped_waiting": "stopped_waiting",
}
_IDS = re.compile(r"\{\w+_id\}")

Count = dict[str, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """How far everything was at one moment."""

    calls: int
    entries: int
    sent: int


def mark(sandbox: Sandbox, database: Path) -> Mark:
    with database_facts.open_read_only(database) as connection:
        (entries,) = connection.execute("SELECT ifnull(max(id), 0) FROM audit").fetchone()
        (sent,) = connection.execute("SELECT count(*) FROM outbox WHERE state = 'sent'").fetchone()
    return Mark(len(sandbox.calls), entries, sent)


def happened(sandbox: Sandbox, database: Path, since: Mark, until: Mark | None = None) -> Count:
    """Return what has happened between two moments, or until now, by names of our own."""
    end = until or mark(sandbox, database)
    with database_facts.open_read_only(database) as connection:
        rows = connection.execute("SELECT action FROM audit WHERE id > ? AND id <= ?", (since.entries, end.entries))
        actions = Counter(action for (action,) in rows.fetchall())
    changes = Counter({f"signup {_CHANGES[action]}": 0 for action in _CHANGES})
    for action, name in _CHANGES.items():
        changes[f"signup {name}"] += actions[action]
    made = _requests(sandbox.calls[since.calls : end.calls])
    return {**changes, "promoted": actions["signup.promoted"], "sent": end.sent - since.sent, **made}


def counted(found: Mapping[Series, float]) -> Count:
    """Return what the metrics say of the same."""
    changes = {
        f"signup {change}": summed(found, "raidbot_signups_total", change=change) for change in _CHANGES.values()
    }
    requests: Count = {}
    for (name, labels), value in found.items():
        if name == "raidbot_rest_requests_total":
            has = dict(labels)
            requests[f"{has['route']} {has['status']}"] = value
    return {
        **changes,
        "promoted": summed(found, "raidbot_promotions_total"),
        "sent": summed(found, "raidbot_messages_total", outcome="sent"),
        **requests,
    }


def compared(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    """Return what differs, with both values."""
    names = one.keys() | other.keys()
    return {name: (one.get(name, 0), other.get(name, 0)) for name in names if one.get(name, 0) != other.get(name, 0)}


def _requests(calls: Iterable[Recorded]) -> Counter[str]:
    return Counter(f"{call.method} {_route(call.route)} {call.status}" for call in calls if call.status is not None)


def _route(template: str) -> str:
    named = template.replace("{emoji_name}", "{emoji}").replace("{interaction_token}", "{token}")
    return _IDS.sub("{id}", named.replace("{webhook_token}", "{token}"))
