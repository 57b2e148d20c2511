"""Serialize messages for the page, as one person sees them."""

from discord_sandbox.attachments import attachment_path, unembedded, with_files
from discord_sandbox.page.perspective import Perspective, colour_in, name_in
from discord_sandbox.serializers import maybe_id, maybe_time, time
from discord_sandbox.store import Attachment, Guild, Json, Message, MessageFlag, Reaction

MAX_REACTOR_NAMES = 10
_SLASH_REPLY, _MENU_REPLY = 20, 23  # message types


def message(of: Message, perspective: Perspective) -> Json:
    guild = perspective.world.store.guilds.get(of.guild_id or 0)
    return {
        "id": str(of.id),
        "channel": str(of.channel_id),
        "type": of.type,
        "author": _author(of, guild),
        "at": time(of.timestamp),
        "edited": maybe_time(of.edited_at),
        "content": of.content,
        "embeds": [with_files(given, of, "") for given in of.embeds],
        "components": of.components,
        "attachments": [_attachment(file, of) for file in unembedded(of)],
        "reactions": [_reaction(reaction, guild, perspective) for reaction in of.reactions.values()],
        "ephemeral": bool(of.flags & MessageFlag.EPHEMERAL),
        "thinking": bool(of.flags & MessageFlag.LOADING),
        "pinned": of.pinned_at is not None,
        "mentions_me": _mentions(of, guild, perspective),
        "reply_to": _reply(of, guild, perspective),
        "used": _used_command(of, guild, perspective),
        "thread": maybe_id(of.id if of.flags & MessageFlag.HAS_THREAD else None),
    }


def _author(of: Message, guild: Guild | None) -> Json:
    member = guild.members.get(of.author.id) if guild is not None else None
    return {
        "id": str(of.author.id),
        "name": name_in(guild, of.author),
        "username": of.author.username,
        "bot": of.author.bot,
        "color": colour_in(guild, member) if guild is not None and member is not None else 0,
    }


def _attachment(file: Attachment, of: Message) -> Json:
    return {
        "id": str(file.id),
        "filename": file.filename,
        "url": attachment_path(file, of.channel_id),
        "size": len(file.content),
        "content_type": file.content_type,
        "description": file.description,
    }


def _reaction(of: Reaction, guild: Guild | None, perspective: Perspective) -> Json:
    users = perspective.world.store.users
    first = [users[user_id] for _, user_id in zip(range(MAX_REACTOR_NAMES), of.everybody, strict=False)]
    return {
        "key": of.name if of.emoji_id is None else f"{of.name}:{of.emoji_id}",
        "emoji": {"id": maybe_id(of.emoji_id), "name": of.name, "animated": of.animated},
        "count": of.count,
        "me": bool(of.types(perspective.id)),
        "names": [name_in(guild, user) for user in first],
    }


def _mentions(of: Message, guild: Guild | None, perspective: Perspective) -> bool:
    member = guild.members.get(perspective.id) if guild is not None else None
    roles = member.roles if member is not None else []
    return of.mention_everyone or perspective.id in of.mentions or not set(roles).isdisjoint(of.mention_roles)


def _reply(of: Message, guild: Guild | None, perspective: Perspective) -> Json | None:
    if of.reply_to is None:
        return None
    answered = perspective.world.store.message(*of.reply_to)
    if answered is None or not perspective.shows(answered):
        return {"id": str(of.reply_to[1]), "author": None, "content": None}
    return {"id": str(answered.id), "author": name_in(guild, answered.author), "content": answered.content}


def _used_command(of: Message, guild: Guild | None, perspective: Perspective) -> Json | None:
    if of.type not in (_SLASH_REPLY, _MENU_REPLY) or of.interaction is None:
        return None
    store = perspective.world.store
    asked = store.interactions.get(int(of.interaction["id"]))
    user = store.users[int(of.interaction["user"]["id"])]
    command = asked.payload["name"] if asked is not None else None
    return {"by": name_in(guild, user), "command": command, "menu": of.type == _MENU_REPLY}
