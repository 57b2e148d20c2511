"""Interactions: commands, buttons, selects and modals, and the application's responses."""

import secrets
import time
from collections.abc import Mapping
from datetime import timedelta
from enum import IntEnum

from discord_sandbox import message_parser, messages, serializers
from discord_sandbox.api_errors import Unsupported, invalid, refused
from discord_sandbox.message_parser import Files
from discord_sandbox.store import Channel, Interaction, Json, Message, MessageFlag, User
from discord_sandbox.validation import commands, components
from discord_sandbox.validation import messages as verdicts
from discord_sandbox.validation.form import ignore
from discord_sandbox.world import Dispatch, World, is_direct

RESPONSE_TIMEOUT_SECONDS = 3.0  # of real time
TOKEN_LIFETIME = timedelta(minutes=15)


class Kind(IntEnum):
    """Discord's interaction types."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5


class Callback(IntEnum):
    """Discord's interaction callback types."""

    PONG = 1
    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


_ON_MESSAGES = (Callback.DEFERRED_UPDATE, Callback.UPDATE)
_ANSWERS: Mapping[Kind, tuple[Callback, ...]] = {
    Kind.COMMAND: (Callback.MESSAGE, Callback.DEFERRED_MESSAGE, Callback.MODAL),
    Kind.COMPONENT: (Callback.MESSAGE, Callback.DEFERRED_MESSAGE, *_ON_MESSAGES, Callback.MODAL),
    Kind.AUTOCOMPLETE: (Callback.CHOICES,),
    Kind.MODAL_SUBMIT: (Callback.MESSAGE, Callback.DEFERRED_MESSAGE, *_ON_MESSAGES),
}
_UNMODELLED = (12, 13)
"""Launching an activity, and whether somebody may buy in it."""
_SLASH_REPLY, _REPLY, _MENU_REPLY = 20, 19, 23  # message types
_USER_MENU, _MESSAGE_MENU = 2, 3  # command types


def begin(
    world: World,
    kind: Kind,
    user: User,
    channel: Channel,
    payload: Json,
    *,
    message: Message | None = None,
    opened_by: Interaction | None = None,
) -> Interaction:
    """Create an interaction and dispatch it; the application has three seconds to respond."""
    interaction = Interaction(
        id=world.store.next_id(),
        token=secrets.token_urlsafe(96),
        type=kind,
        user_id=user.id,
        channel_id=channel.id,
        guild_id=channel.guild_id,
        created_at=world.clock.now(),
        deadline=time.monotonic() + RESPONSE_TIMEOUT_SECONDS,
        payload=payload,
        message_id=message.id if message is not None else None,
        opened_by=opened_by.id if opened_by is not None else None,
    )
    world.store.interactions[interaction.id] = interaction
    world.store.interactions_by_token[interaction.token] = interaction
    body = _created(world, interaction, user, channel)
    if message is not None:
        body["message"] = world.message_json(message)
    world.publish(Dispatch(name="INTERACTION_CREATE", payload=body, guild_id=channel.guild_id, user_id=user.id))
    return interaction


def _created(world: World, interaction: Interaction, user: User, channel: Channel) -> Json:
    may = world.may(user.id, channel)
    body: Json = {
        "id": str(interaction.id),
        "application_id": str(world.application_id),
        "type": int(interaction.type),
        "token": interaction.token,
        "version": 1,
        "data": interaction.payload,
        "channel_id": str(channel.id),
        "channel": serializers.channel(channel, world.store) | {"permissions": str(int(may))},
        "locale": user.locale,
        "app_permissions": str(int(world.may(world.bot.id, channel))),
        "entitlements": [],
        "entitlement_sku_ids": [],
        "authorizing_integration_owners": _owners(interaction),
        "context": 1 if is_direct(channel) else 0,
        "attachment_size_limit": world.max_upload_bytes,
    }
    guild = world.guild_of(channel)
    if guild is None:
        return body | {"user": serializers.user(user)}
    return body | {
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
        "guild_locale": guild.locale,
        "member": serializers.acting_member(guild.members[user.id], may),
    }


def _owners(interaction: Interaction) -> Json:
    return {"0": str(interaction.guild_id or 0)}


def _metadata(world: World, interaction: Interaction) -> Json:
    """Return a message's `interaction_metadata`."""
    body: Json = {
        "id": str(interaction.id),
        "type": int(interaction.type),
        "user": serializers.user(world.store.users[interaction.user_id]),
        "authorizing_integration_owners": _owners(interaction),
    }
    if interaction.type == Kind.COMPONENT:
        body["interacted_message_id"] = str(interaction.message_id)
    match interaction.payload:
        case {"type": 2, "target_id": target} if interaction.type == Kind.COMMAND:
            body["target_user"] = serializers.user(world.store.users[int(target)])
        case {"type": 3, "target_id": target} if interaction.type == Kind.COMMAND:
            body["target_message_id"] = target
    if interaction.opened_by is not None:
        body["triggering_interaction_metadata"] = _metadata(world, world.store.interactions[interaction.opened_by])
    return body


def answer(
    world: World, interaction_id: int, token: str, body: Json, files: Files
) -> tuple[Interaction, Message | None]:
    """Record the application's first response; returns the interaction and the message it wrote or changed, if any.

    Raises ApiError 10062 after the deadline or for a wrong token, 40060 for a second response.
    """
    interaction = world.store.interactions.get(interaction_id)
    if interaction is None or interaction.token != token:
        raise refused(10062)
    if interaction.acknowledged_at is not None:
        raise refused(40060)
    if time.monotonic() >= interaction.deadline:
        raise refused(10062)
    callback = _callback(interaction, body)
    message = _carry_out(world, interaction, callback, body.get("data") or {}, files)
    interaction.callback_type = callback
    interaction.acknowledged_at = world.clock.now()
    interaction.response_id = message.id if message is not None else None
    world.store.changed()
    return interaction, message


def _callback(interaction: Interaction, body: Json) -> Callback:
    for name in body:
        if name not in ("type", "data"):
            ignore(f"field {name} of an interaction callback")
    if body.get("type") in _UNMODELLED:
        raise Unsupported(f"interaction callback type {body['type']}")
    allowed = _ANSWERS[Kind(interaction.type)]
    if interaction.message_id is None:
        allowed = tuple(callback for callback in allowed if callback not in _ON_MESSAGES)
    if body.get("type") not in allowed:
        listed = ", ".join(str(int(callback)) for callback in allowed)
        raise invalid("type", "BASE_TYPE_CHOICES", f"Value must be one of {{{listed}}}.")
    return Callback(body["type"])


def _carry_out(world: World, interaction: Interaction, callback: Callback, said: Json, files: Files) -> Message | None:
    match callback:
        case Callback.MESSAGE:
            verdicts.check_reply(said, files=len(files), has_emoji=world.has_emoji)
            return _write(world, interaction, said, files)
        case Callback.DEFERRED_MESSAGE:
            verdicts.check_deferral(said, has_emoji=world.has_emoji)
            return _write(world, interaction, {"flags": int(said.get("flags") or 0) | MessageFlag.LOADING}, {})
        case Callback.DEFERRED_UPDATE:
            return _message(world, interaction)
        case Callback.UPDATE:
            verdicts.check_update(said, has_emoji=world.has_emoji)
            return _edit(world, _message(world, interaction), said, files)
        case Callback.CHOICES:
            commands.check_choices(said)
            interaction.choices = said["choices"]
        case Callback.MODAL:
            components.check_modal(said)
            interaction.modal = said | {"components": message_parser.components(said["components"])}
        case Callback.PONG:
            raise AssertionError("nobody pings over the gateway")
    return None


def _message(world: World, interaction: Interaction) -> Message:
    """Return the message whose component was used. Raises ApiError 10008 if it is gone."""
    message = world.store.message(interaction.channel_id, interaction.message_id or 0)
    if message is None:
        raise refused(10008)
    return message


def _write(world: World, interaction: Interaction, said: Json, files: Files, *, is_first: bool = True) -> Message:
    channel = world.store.channels.get(interaction.channel_id)
    if channel is None:
        raise refused(10003)
    draft = message_parser.parse_message(world, channel, world.bot, said, files)
    draft.flags |= int(said.get("flags") or 0) & (MessageFlag.EPHEMERAL | MessageFlag.LOADING)
    draft.application_id = draft.webhook_id = world.application_id
    draft.interaction = _metadata(world, interaction)
    if draft.flags & MessageFlag.EPHEMERAL:
        draft.visible_to = interaction.user_id
    if is_first and interaction.message_id is not None:
        draft.type, draft.reply_to = _REPLY, (channel.id, interaction.message_id)
    elif is_first and interaction.type == Kind.COMMAND:
        is_menu = interaction.payload.get("type") in (_USER_MENU, _MESSAGE_MENU)
        draft.type = _MENU_REPLY if is_menu else _SLASH_REPLY
    return messages.create(world, channel, world.bot, draft)


def _edit(world: World, message: Message, said: Json, files: Files) -> Message:
    channel = world.store.channels[message.channel_id]
    message_parser.parse_edit(world, channel, message, said, files)
    message.flags &= ~MessageFlag.LOADING
    messages.edited(world, channel, message, at=world.clock.now())
    return message


def of_token(world: World, webhook_id: int, token: str) -> Interaction:
    """Return the acknowledged interaction of a webhook token.

    Raises ApiError 10015 for an unknown webhook, 50027 for a token older than 15 minutes.
    """
    interaction = world.store.interactions_by_token.get(token)
    if interaction is None or webhook_id != world.application_id or interaction.acknowledged_at is None:
        raise refused(10015)
    if world.clock.now() - interaction.created_at >= TOKEN_LIFETIME:
        raise refused(50027)
    return interaction


def follow_up(world: World, interaction: Interaction, said: Json, files: Files) -> Message:
    """Send a follow-up; the first one after a deferral replaces "thinking…"."""
    verdicts.check_followup(said, files=len(files), has_emoji=world.has_emoji)
    thinking = _response(world, interaction)
    if thinking is not None and thinking.flags & MessageFlag.LOADING:
        return _edit(world, thinking, {name: said[name] for name in said if name not in ("flags", "tts")}, files)
    message = _write(world, interaction, said, files, is_first=False)
    interaction.followups.append(message.id)
    return message


def _response(world: World, interaction: Interaction) -> Message | None:
    return world.store.message(interaction.channel_id, interaction.response_id or 0)


def written(world: World, interaction: Interaction, message_id: int | None) -> Message:
    """Return a follow-up by id, or with None the original response. Raises ApiError 10008 if it is gone."""
    wanted = interaction.response_id if message_id is None else message_id
    if wanted is None or wanted not in (interaction.response_id, *interaction.followups):
        raise refused(10008)
    message = world.store.message(interaction.channel_id, wanted)
    if message is None:
        raise refused(10008)
    return message


def edit(world: World, interaction: Interaction, message_id: int | None, said: Json, files: Files) -> Message:
    message = written(world, interaction, message_id)
    verdicts.check_edit(said, has_emoji=world.has_emoji)
    interaction.response_edited |= message.id == interaction.response_id
    return _edit(world, message, said, files)


def delete(world: World, interaction: Interaction, message_id: int | None) -> None:
    message = written(world, interaction, message_id)
    messages.delete(world, world.store.channels[message.channel_id], message)


def response_json(world: World, interaction: Interaction, message: Message | None) -> Json:
    """Return the callback's body for `with_response=true`."""
    about: Json = {"id": str(interaction.id), "type": int(interaction.type), "channel_id": str(interaction.channel_id)}
    if interaction.guild_id is not None:
        about["guild_id"] = str(interaction.guild_id)
    body: Json = {"interaction": about}
    if message is not None:
        about["response_message_id"] = str(message.id)
        about["response_message_loading"] = bool(message.flags & MessageFlag.LOADING)
        about["response_message_ephemeral"] = bool(message.flags & MessageFlag.EPHEMERAL)
    if message is not None and interaction.callback_type in (Callback.MESSAGE, Callback.UPDATE):
        body["resource"] = {"type": int(interaction.callback_type), "message": world.message_json(message)}
    return body
