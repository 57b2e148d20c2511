"""Routes of pinned messages."""

from datetime import datetime

from discord_sandbox import messages, serializers
from discord_sandbox.api_errors import refused
from discord_sandbox.permissions import Permission
from discord_sandbox.rest.routing import Answer, Call, Routes
from discord_sandbox.store import Message

routes = Routes()
MAX_PINS = 250
MAX_LAST_PINS = 50
"""Discord's older route, which has no pages, returns no more."""


@routes.add("GET", "/channels/{channel_id}/messages/pins", query=("before", "limit"))
def list_pins(call: Call) -> Answer:
    limit, before = call.limit(50, 50), call.moment("before")
    pinned = [(at, message) for at, message in _pinned(call) if before is None or at < before]
    items = [
        {"pinned_at": serializers.time(at), "message": call.world.message_json(message)}
        for at, message in pinned[:limit]
    ]
    return 200, {"items": items, "has_more": len(pinned) > limit}


@routes.add("GET", "/channels/{channel_id}/pins")
def list_last_pins(call: Call) -> Answer:
    return 200, [call.world.message_json(message) for _, message in _pinned(call)[:MAX_LAST_PINS]]


def _pinned(call: Call) -> list[tuple[datetime, Message]]:
    """Return the pinned messages and when they were pinned, the last one first; none without the message history."""
    channel = call.channel()
    if not call.world.may(call.actor.id, channel) & Permission.READ_MESSAGE_HISTORY:
        return []
    pinned = [(message.pinned_at, message) for message in channel.messages.values() if message.pinned_at is not None]
    return sorted(pinned, key=lambda entry: entry[0], reverse=True)


@routes.add("PUT", "/channels/{channel_id}/messages/pins/{message_id}")
@routes.add("PUT", "/channels/{channel_id}/pins/{message_id}")
def pin(call: Call) -> Answer:
    channel = call.channel(Permission.PIN_MESSAGES)
    message = call.message(channel)
    if message.pinned_at is None:
        if sum(one.pinned_at is not None for one in channel.messages.values()) >= MAX_PINS:
            raise refused(30003)
        messages.pin(call.world, channel, message, call.world.clock.now())
        messages.create(call.world, channel, call.actor, _notice(message))
    return 204, None


def _notice(message: Message) -> messages.Draft:
    return messages.Draft(type=6, reply_to=(message.channel_id, message.id))


@routes.add("DELETE", "/channels/{channel_id}/messages/pins/{message_id}")
@routes.add("DELETE", "/channels/{channel_id}/pins/{message_id}")
def unpin(call: Call) -> Answer:
    channel = call.channel(Permission.PIN_MESSAGES)
    message = call.message(channel)
    if message.pinned_at is not None:
        messages.pin(call.world, channel, message, None)
    return 204, None
