"""Turn what `/stats export` gives to programs, as docs/exports.md describes it, into lines for `recompute.World`.

Like the recomputation it imports nothing of the bot.
"""

import json
from collections.abc import Iterator
from datetime import datetime

_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def world_lines(text: str) -> Iterator[str]:
    """Yield lines as `tests/world/export.py` writes them. A raid's number is its place in the file."""
    server, numbers = 0, dict[str, int]()
    for line in text.splitlines():
        row = json.loads(line)
        match row.pop("type"):
            case "export":
                server = int(row["server"])
                yield _line("guilds", id=server, zone=row["zone"])
            case "raid":
                number = numbers[row["raid"]] = len(numbers) + 1
                roles, start = row.pop("roles"), _seconds(row.pop("starts_at"))
                yield _line("raids", **row | {"id": number, "guild": server, "starts_at": start})
                for role in roles:
                    yield _line("raid_roles", raid=number, **role)
            case "attendance":
                shown = {"role": row["role_key"], "presence": row["presence"]}
                yield _line("attendance", raid=numbers[row["raid"]], member=int(row["member"]), **shown)
            case "opening_balance":
                yield _balance(server, row)
            case "member":
                if row["name"] is not None:
                    yield _line("members", guild=server, member=int(row["member"]), name=row["name"])


def _balance(server: int, row: dict[str, object]) -> str:
    given, last = row["weekdays"], row["last_raid_at"]
    assert isinstance(given, dict)
    return _line(
        "opening_balances",
        guild=server,
        member=int(str(row["member"])),
        raids=row["raids"],
        no_shows=row["no_shows"],
        roles=json.dumps(row["roles"]),
        templates=json.dumps(row["templates"]),
        weekdays=json.dumps({str(_DAYS.index(day)): number for day, number in given.items()}),
        last_raid_at=None if last is None else _seconds(str(last)),
    )


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def _line(table: str, **row: object) -> str:
    return json.dumps({"table": table, **row})
