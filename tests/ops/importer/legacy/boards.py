"""Messages that the Node.js bot left in channels: its boards and its reactions to them."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from discord_sandbox import SandboxGuild, messages
from discord_sandbox.people import Person
from discord_sandbox.store import Channel, Message, Reaction, User, reaction_key
from tests.ops.importer.legacy.model import OldRaid, OldRole

_NOTHING = "\u200b"
_CLOSED = "**Signups Closed**"


def post_old_board(guild: SandboxGuild, channel: Channel, raid: OldRaid, names: Mapping[int, str]) -> Message:
    """Post the raid's board as the bot, with reactions if the raid is open; set the raid's message and channel."""
    sandbox = guild.sandbox
    draft = messages.Draft(embeds=[embed(raid, names)])
    message = messages.create(sandbox.world, channel, sandbox.bot, draft)
    raid.message, raid.channel = message.id, channel.id
    if raid.is_open:
        for role in raid.roles:
            add_reaction(guild, message, role.emoji, sandbox.bot)
    return message


def add_reaction(guild: SandboxGuild, message: Message, emoji: str, user: User | Person) -> None:
    """React to the message as `user`, as if the old bot still ran."""
    world = guild.sandbox.world
    channel = world.store.channels[message.channel_id]
    who = user.user if isinstance(user, Person) else user
    messages.react(world, channel, message, reaction_key(emoji), Reaction(name=emoji), who)


def embed(raid: OldRaid, names: Mapping[int, str]) -> dict[str, Any]:
    starts_at = datetime.fromtimestamp(raid.starts_at, UTC)
    when = f"<t:{raid.starts_at}:F>" + (f" `{raid.length} HOUR KEY`" if raid.length else "")
    fields = [
        ("\n**Date + Time:**", when),
        *_body(raid, names),
        (_NOTHING, f"*Raid ID:* `{raid.code}`\n<@{raid.creator}>"),
    ]
    if raid.closed_at is not None:
        by = f"by <@{raid.closed_by}> " if raid.closed_by else "automatically "
        fields.append(("\n**Status:**", f"Closed {by}<t:{raid.closed_at}:F>"))
    description = "\n".join(part for part in (raid.description, "" if raid.is_open else _CLOSED) if part)
    emoji = raid.template.emoji if raid.template else ""
    return {
        "type": "rich",
        "title": f"{emoji} {raid.label}! {emoji}" if raid.template else raid.label,
        "color": int(raid.template.colour[1:], 16) if raid.template else 0x5865F2,
        "timestamp": starts_at.isoformat(),
        "fields": [{"name": name.strip(), "value": value, "inline": False} for name, value in fields],
        **({"description": description} if description else {}),
    }


def _body(raid: OldRaid, names: Mapping[int, str]) -> Iterable[tuple[str, str]]:
    match raid.kind:
        case "museum":
            yield from _museum(raid.roles[0], names)
        case "raid":
            yield from _positions(raid.roles, names)
        case _:
            yield from _teams(raid.roles, names)


def _positions(roles: list[OldRole], names: Mapping[int, str]) -> Iterable[tuple[str, str]]:
    grouped: dict[str, list[OldRole]] = {}
    for role in roles:
        grouped.setdefault(role.group, []).append(role)
    for group, listed in grouped.items():
        yield f"\n**{group}:**", "\n".join(line for role in listed for line in _position(role, names))


def _position(role: OldRole, names: Mapping[int, str]) -> Iterable[str]:
    linked = [_link(user, names) + (f" - {role.sides[user]}" if user in role.sides else "") for user in role.users]
    line = " ".join(part for part in (role.emoji, role.icon, role.name) if part)
    yield f"{line} - {', '.join(linked)}" if linked else line
    if role.waiting:
        yield "> Waitlist: " + ", ".join(f"{n}. {_link(user, names)}" for n, user in enumerate(role.waiting, 1))


def _museum(role: OldRole, names: Mapping[int, str]) -> Iterable[tuple[str, str]]:
    listed = _numbered(role.users, names) or "No signups yet"
    yield "\n**Signups:**", f"{listed}\n\nSlots: {len(role.users)}/{role.slots}"
    if role.waiting:
        yield "\n**Waitlist:**", _numbered(role.waiting, names)


def _teams(roles: list[OldRole], names: Mapping[int, str]) -> Iterable[tuple[str, str]]:
    for role in roles:
        full = " — FULL" if len(role.users) >= role.slots else ""
        yield f"{role.name} ({len(role.users)}/{role.slots}){full}", _numbered(role.users, names) or "No signups yet"
        if role.waiting:
            yield f"{role.name} Waitlist", _numbered(role.waiting, names)


def _numbered(users: list[int], names: Mapping[int, str]) -> str:
    return "\n".join(f"{n}. {_link(user, names)}" for n, user in enumerate(users, 1))


def _link(user: int, names: Mapping[int, str]) -> str:
    return f"**[{names[user]}](https://discord.com/users/{user})**"
