"""A channel's permission overwrites as requests write them."""

from typing import Any

from raidbot.sandbox.store import Overwrite
from raidbot.sandbox.verdicts.form import Check, integer, listing, one_of, shape, snowflake

_fields: dict[str, Check] = {
    "id": snowflake,
    "type": one_of(0, 1),
    "allow": integer(least=0),
    "deny": integer(least=0),
}
overwrite_shape = shape("an overwrite", _fields, required=["type"])
overwrites_shape = listing(shape("an overwrite", _fields, required=["id", "type"]), most=500)


def read_overwrite(target: int, body: dict[str, Any]) -> Overwrite:
    return Overwrite(
        id=target, kind=int(body["type"]), allow=int(body.get("allow") or 0), deny=int(body.get("deny") or 0)
    )


def read_overwrites(bodies: list[dict[str, Any]]) -> dict[int, Overwrite]:
    return {int(body["id"]): read_overwrite(int(body["id"]), body) for body in bodies}
