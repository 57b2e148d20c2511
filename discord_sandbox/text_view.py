"""Render messages as plain text, as a person sees them, for terminals and tests."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

from discord_sandbox.store import Json, Message, MessageFlag
from discord_sandbox.validation.components import BUTTON, LABEL, ROW, STRING_SELECT, TEXT_DISPLAY
from discord_sandbox.world import World

DID_NOT_RESPOND = "The application did not respond"
_MARKUP = re.compile(
    r"\\(?P<escaped>[^\w\s]|_)|<t:(?P<time>-?\d+)(?::(?P<style>[tTdDfFR]))?>|<@!?(?P<user>\d+)>|<@&(?P<role>\d+)>"
    r"|<#(?P<channel>\d+)>|<a?(?P<emoji>:\w+:)\d+>|(?P<mark>\*\*|__|~~|\|\|)"
)
_STYLES = {
    "t": "%H:%M",
    "T": "%H:%M:%S",
    "d": "%d/%m/%Y",
    "D": "%d %B %Y",
    "f": "%d %B %Y %H:%M",
    "F": "%A, %d %B %Y %H:%M",
}
_SPANS = ((365 * 86400, "year"), (30 * 86400, "month"), (86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def message_text(message: Message, world: World, *, zone: tzinfo = UTC) -> str:
    """Return a message with its author, embeds, reactions and components; times in `zone`."""
    return "\n".join(
        [message.author.global_name or message.author.username, *_indented(body(message, world, zone=zone))]
    )


def body(message: Message, world: World, *, zone: tzinfo = UTC) -> Iterator[str]:
    """Return the lines of a message below its author's name."""
    if message.flags & MessageFlag.LOADING:
        yield "thinking…"
    yield from plain_text(message.content, world, zone=zone).splitlines()
    for embed in message.embeds:
        yield from _embed(embed, world, zone)
    yield from (f"📎 {file.filename}" for file in message.attachments)
    if message.reactions:
        yield "  ".join(f"{entry.name} {entry.count}" for entry in message.reactions.values())
    yield from form(message.components)
    if message.flags & MessageFlag.EPHEMERAL:
        yield "(only you can see this)"


def form(components: list[Json]) -> Iterator[str]:
    """Return the lines of buttons, selects, inputs and text displays."""
    for component in components:
        if component["type"] == ROW and all(one["type"] == BUTTON for one in component["components"]):
            yield " ".join(map(_button, component["components"]))
        elif component["type"] == ROW:
            yield from (line for one in component["components"] for line in _field(one, one.get("label") or ""))
        elif component["type"] == LABEL:
            yield from _field(component["component"], component["label"], component.get("description") or "")
        elif component["type"] == TEXT_DISPLAY:
            yield component["content"]


def _button(button: Json) -> str:
    emoji = (button.get("emoji") or {}).get("name") or ""
    said = " ".join(filter(None, (emoji, button.get("label"))))
    return f"({said})" if button.get("disabled") else f"[{said}]"


def _field(field: Json, label: str, description: str = "") -> Iterator[str]:
    if "style" in field:
        value = field.get("value") or field.get("placeholder") or ""
        yield " ".join(filter(None, (f"{label}:", description, f"[{value}]")))
        return
    picked = [option["label"] for option in field.get("options") or () if option.get("default")]
    yield " ".join(filter(None, (label, f"▾ {', '.join(picked) or field.get('placeholder') or '…'}")))
    if field["type"] == STRING_SELECT:
        yield from (
            "    " + " — ".join(filter(None, (one["label"], one.get("description")))) for one in field["options"]
        )


def _embed(embed: Json, world: World, zone: tzinfo) -> Iterator[str]:
    parts = [(embed.get("author") or {}).get("name"), embed.get("title"), embed.get("description")]
    for one in embed.get("fields") or ():
        parts += [one["name"], "\n".join(f"  {line}" for line in one["value"].splitlines())]
    footer = [(embed.get("footer") or {}).get("text")]
    if embed.get("timestamp"):
        footer.append(_moment(datetime.fromisoformat(embed["timestamp"]), "f", world, zone))
    parts.append(" • ".join(filter(None, footer)))
    for part in filter(None, parts):
        yield from (f"│ {line}".rstrip() for line in plain_text(part, world, zone=zone).splitlines())


def plain_text(text: str, world: World, *, zone: tzinfo = UTC) -> str:
    """Render Markdown as plain text: times, mentions and emoji as Discord shows them."""

    def seen(found: re.Match[str]) -> str:
        if found["escaped"]:
            return found["escaped"]
        if found["time"]:
            moment = datetime.fromtimestamp(int(found["time"]), UTC)
            return _moment(moment, found["style"] or "f", world, zone)
        return found["emoji"] or _name(found, world)

    return _MARKUP.sub(seen, text)


def _name(found: re.Match[str], world: World) -> str:
    if found["user"]:
        user = world.store.users.get(int(found["user"]))
        return f"@{user.global_name or user.username}" if user is not None else "@unknown-user"
    if found["channel"]:
        channel = world.store.channels.get(int(found["channel"]))
        return f"#{channel.name}" if channel is not None else "#unknown"
    if found["role"]:
        roles = (guild.roles.get(int(found["role"])) for guild in world.store.guilds.values())
        return next((f"@{role.name}" for role in roles if role is not None), "@unknown-role")
    return ""


def _moment(moment: datetime, style: str, world: World, zone: tzinfo) -> str:
    if style == "R":
        return _relative(moment - world.clock.now())
    return moment.astimezone(zone).strftime(_STYLES[style])


def _relative(ahead: timedelta) -> str:
    seconds = abs(round(ahead.total_seconds()))
    for span, name in _SPANS:
        if seconds >= span:
            count = round(seconds / span)
            said = f"{count} {name}{'s' if count != 1 else ''}"
            return f"in {said}" if ahead > timedelta(0) else f"{said} ago"
    return "now"


def _indented(lines: Iterator[str]) -> list[str]:
    return [f"  {line}" for line in lines]
