"""A channel's permission overwrites as requests write them."""

from typing import Any

from raidbot.sandbox.store import Overwrite
from raidbot.sandbox.verdicts.form import integer, listing, one_of, shape, snowflake

overwrite_fields = {"type": one_of(0, 1), "allow": integer(least=0), "deny": integer(least=0)}
overwrites_shape = listing(
    shape("an overwrite", {"id": snowflake, **overwrite_fields}, required=["id", "type"]), most=500
)


def read_overwrite(target: int, body: dict[str, Any]) -> Overwrite:
    return Overwrite(
        id=target, kind=int(body["type"]), allow=int(body.get("allow") or 0), deny=int(body.get("deny") or 0)
    )


def read_overwrites(bodies: list[dict[str, Any]]) -> dict[int, Overwrite]:
    return {int(body["id"]): read_overwrite(int(body["id"]), body) for body in bodies}
