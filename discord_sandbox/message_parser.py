"""Parse message payloads of requests into the stored form."""

import itertools
from collections.abc import Iterator
from typing import Any

from discord_sandbox import serializers
from discord_sandbox.api_errors import Unsupported, invalid, refused
from discord_sandbox.attachments import ATTACHED, PICTURES
from discord_sandbox.mentions import pings
from discord_sandbox.messages import Draft
from discord_sandbox.store import Attachment, Channel, Json, Message, MessageFlag, User
from discord_sandbox.validation.form import in_utc
from discord_sandbox.validation.messages import is_empty
from discord_sandbox.world import World

Files = dict[int, Attachment]
_SENDER_SETS = MessageFlag.SUPPRESS_EMBEDS | MessageFlag.SUPPRESS_NOTIFICATIONS | MessageFlag.COMPONENTS_V2


def parse_message(world: World, channel: Channel, author: User, body: Json, files: Files) -> Draft:
    """Return the draft of a new message from a validated request body."""
    if body.get("sticker_ids"):
        raise Unsupported("stickers in a message")
    content = str(body.get("content") or "").strip()
    answered = _answered(world, channel, body.get("message_reference"))
    pinged = pings(world, channel, author, content, body.get("allowed_mentions"), answered)
    attachments = _uploaded(body.get("attachments"), files)
    _check_pictures(body.get("embeds") or [], attachments)
    return Draft(
        content=content,
        embeds=[embed(one) for one in body.get("embeds") or []],
        components=components(body.get("components") or []),
        attachments=attachments,
        mentions=pinged.users,
        mention_roles=pinged.roles,
        mention_everyone=pinged.everyone,
        tts=bool(body.get("tts")),
        flags=int(body.get("flags") or 0) & _SENDER_SETS,
        nonce=body.get("nonce"),
        reply_to=(answered.channel_id, answered.id) if answered is not None else None,
        type=19 if answered is not None else 0,
    )


def parse_edit(world: World, channel: Channel, message: Message, body: Json, files: Files) -> None:
    """Apply a validated edit; fields missing from the body keep their values."""
    after: Json = {
        "content": body.get("content", message.content),
        "embeds": body.get("embeds", message.embeds),
        "components": body.get("components", message.components),
        "attachments": body.get("attachments", message.attachments),
    }
    if is_empty(after, files=len(files)):
        raise refused(50006)
    attachments = _kept(message, body) + _uploaded(body.get("attachments"), files)
    _check_pictures(body.get("embeds") or [], attachments)
    if "content" in body:
        message.content = str(body["content"] or "").strip()
        answered = world.store.message(*message.reply_to) if message.reply_to is not None else None
        pinged = pings(world, channel, message.author, message.content, body.get("allowed_mentions"), answered)
        message.mentions, message.mention_roles = pinged.users, pinged.roles
        message.mention_everyone = pinged.everyone
    if "embeds" in body:
        message.embeds = [embed(one) for one in body["embeds"] or []]
    if "components" in body:
        message.components = components(body["components"] or [])
    if "attachments" in body or files:
        message.attachments = attachments
    if body.get("flags") is not None:
        suppress = int(body["flags"]) & MessageFlag.SUPPRESS_EMBEDS
        message.flags = message.flags & ~MessageFlag.SUPPRESS_EMBEDS | suppress


def _answered(world: World, channel: Channel, reference: Json | None) -> Message | None:
    if reference is None:
        return None
    answered = world.store.message(channel.id, int(reference["message_id"]))
    if answered is None and reference.get("fail_if_not_exists", True):
        raise invalid("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
    return answered


def _kept(message: Message, body: Json) -> list[Attachment]:
    if "attachments" not in body:
        return message.attachments
    wanted = {int(one["id"]) for one in body["attachments"] or []}
    return [attachment for attachment in message.attachments if attachment.id in wanted]


def _uploaded(described: list[Json] | None, files: Files) -> list[Attachment]:
    """Return the uploaded files, with the filenames and descriptions that the body gives them by number."""
    for one in described or []:
        attachment = files.get(int(one["id"]))
        if attachment is not None:
            attachment.filename = one.get("filename") or attachment.filename
            attachment.description = one.get("description")
    return [files[number] for number in sorted(files)]


def _check_pictures(embeds: list[Json], attachments: list[Attachment]) -> None:
    """Refuse embeds that show a file which the message does not have.

    Discord was seen to answer 400, and to leave out the picture: https://github.com/discord/discord-api-docs/issues/465,
    https://github.com/bwmarrin/discordgo/issues/810. The code is the one that it gives for components (#7754 there).
    """
    names = {f"{ATTACHED}{file.filename}" for file in attachments}
    for number, given in enumerate(embeds):
        for part, key in PICTURES:
            address = str((given.get(part) or {}).get(key) or "")
            if address.startswith(ATTACHED) and address not in names:
                message = f'The referenced attachment ("{address}") was not found'
                code = "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"
                raise invalid(f"embeds.{number}.{part}.{key}", code, message)


def embed(given: Json) -> Json:
    """Return an embed as Discord does: typed, without empty parts, with times in UTC."""
    kept = {name: value for name, value in given.items() if value not in (None, "", []) and name != "type"}
    if "timestamp" in kept:
        kept["timestamp"] = serializers.time(in_utc(str(kept["timestamp"])))
    if "fields" in kept:
        kept["fields"] = [
            {"name": str(one["name"]), "value": str(one["value"]), "inline": bool(one.get("inline"))}
            for one in kept["fields"]
        ]
    return {"type": "rich", **kept}


def components(given: list[Json]) -> list[Json]:
    """Return the components of a message or modal without nulls, numbering those that have no `id`."""
    taken = {int(one["id"]) for one in _walk(given) if one.get("id")}
    numbers = (number for number in itertools.count(1) if number not in taken)
    return [_numbered(_without_nulls(one), numbers) for one in given]


def _walk(given: list[Json]) -> Iterator[Json]:
    for one in given:
        yield one
        yield from _walk(one.get("components") or [])
        yield from _walk([one["component"]] if one.get("component") else [])


def _without_nulls(given: Any) -> Any:
    if isinstance(given, dict):
        return {name: _without_nulls(value) for name, value in given.items() if value is not None}
    return [_without_nulls(value) for value in given] if isinstance(given, list) else given


def _numbered(given: Json, numbers: Iterator[int]) -> Json:
    kept: Json = dict(given)
    kept["id"] = int(kept["id"]) if kept.get("id") else next(numbers)
    if "components" in kept:
        kept["components"] = [_numbered(one, numbers) for one in kept["components"]]
    if "component" in kept:
        kept["component"] = _numbered(kept["component"], numbers)
    if "default_values" in kept:  # requests may send numbers; Discord returns strings
        kept["default_values"] = [one | {"id": str(one["id"])} for one in kept["default_values"]]
    return kept
