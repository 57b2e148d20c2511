"""Parse permission overwrites of requests."""

import re
from typing import Any

from discord_sandbox.store import Overwrite
from discord_sandbox.validation.form import Check, Form, listing, one_of, shape, snowflake


def bits(form: Form, value: Any) -> None:
    """Check permission bits: a number, usually sent as a string because it can exceed 53 bits."""
    if not re.fullmatch(r"[0-9]{1,20}", str(value)):
        form.wrong("NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')


_fields: dict[str, Check] = {
    "id": snowflake,
    "type": one_of(0, 1),
    "allow": bits,
    "deny": bits,
}
overwrite_shape = shape("an overwrite", _fields, required=["type"])
overwrites_shape = listing(shape("an overwrite", _fields, required=["id", "type"]), most=500)


def read_overwrite(target: int, body: dict[str, Any]) -> Overwrite:
    return Overwrite(
        id=target, kind=int(body["type"]), allow=int(body.get("allow") or 0), deny=int(body.get("deny") or 0)
    )


def read_overwrites(bodies: list[dict[str, Any]]) -> dict[int, Overwrite]:
    return {int(body["id"]): read_overwrite(int(body["id"]), body) for body in bodies}
