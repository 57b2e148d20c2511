"""Presence of the bot: what its client may say of itself, and how people see it."""

from discord_sandbox.sessions import malformed
from discord_sandbox.store import Json

MAX_NAME_LENGTH = 128
STATUSES = {"online", "dnd", "idle", "invisible", "offline"}
CUSTOM = 4
_VERBS = {0: "Playing", 1: "Streaming", 2: "Listening to", 3: "Watching", 5: "Competing in"}


def checked(told: Json) -> Json:
    """Return what a client says of itself. Raises Close 4002 if it is not as Discord documents it.

    https://discord.com/developers/docs/events/gateway-events#update-presence; libraries send no status at first.
    """
    activities, status = told.get("activities", []), told.get("status")
    is_known = status is None or status in STATUSES
    if not is_known or not isinstance(activities, list) or not isinstance(told.get("since"), int | float | None):
        raise malformed()
    for activity in (*activities, *([told["game"]] if told.get("game") else [])):
        if not isinstance(activity, dict) or not isinstance(activity.get("type"), int):
            raise malformed()
        for text in (activity.get("name"), activity.get("state", "")):
            if not isinstance(text, str | None) or len(text or "") > MAX_NAME_LENGTH:
                raise malformed()
    return told


def shown(told: Json | None) -> str:
    """Return the first activity as it stands below the bot's name; empty without one."""
    told = told or {}
    activities = told.get("activities") or ([told["game"]] if told.get("game") else [])
    if not activities:
        return ""
    first = activities[0]
    if first["type"] == CUSTOM:
        return str(first.get("state") or "")
    return f"{_VERBS.get(first['type'], '')} {first['name']}".strip()
