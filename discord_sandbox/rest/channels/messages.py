"""Routes of messages: list, get, send, edit and delete."""

from datetime import timedelta

from discord_sandbox import message_rules, messages
from discord_sandbox.api_errors import refused
from discord_sandbox.permissions import Permission
from discord_sandbox.rest.channels.channels import guild_of
from discord_sandbox.rest.routing import Answer, Call, Routes
from discord_sandbox.store import EPOCH, Message
from discord_sandbox.validation.form import Form, listing, shape, snowflake

routes = Routes()
MAX_BULK_DELETE_AGE = timedelta(days=14)
MAX_BULK_DELETE = 100
MAX_LISTED = 10_000
_bulk = shape("a bulk delete", {"messages": listing(snowflake, most=MAX_LISTED)}, required=["messages"])


@routes.add("GET", "/channels/{channel_id}/messages", query=("limit", "before", "after", "around"))
def list_messages(call: Call) -> Answer:
    channel = call.channel()
    limit = call.limit(50, 100)
    if not call.world.may(call.actor.id, channel) & Permission.READ_MESSAGE_HISTORY:
        return 200, []
    found = [message for message in channel.messages.values() if message.visible_to is None]
    return 200, [call.world.message_json(message) for message in reversed(_page(call, found, limit))]


def _page(call: Call, found: list[Message], limit: int) -> list[Message]:
    before, after, around = call.cursor("before"), call.cursor("after"), call.cursor("around")
    if around is not None:
        older = [message for message in found if message.id < around][-(limit // 2) :] if limit > 1 else []
        return older + [message for message in found if message.id >= around][: limit - len(older)]
    if after is not None:
        return [message for message in found if message.id > after][:limit]
    return [message for message in found if before is None or message.id < before][-limit:]


@routes.add("GET", "/channels/{channel_id}/messages/{message_id}")
def get_message(call: Call) -> Answer:
    message = call.message(call.channel(Permission.READ_MESSAGE_HISTORY))
    return 200, call.world.message_json(message)


@routes.add("POST", "/channels/{channel_id}/messages", forms=True)
def send_message(call: Call) -> Answer:
    message = message_rules.send(call.world, call.actor, call.channel(), call.form, call.files)
    return 200, call.world.message_json(message)


@routes.add("PATCH", "/channels/{channel_id}/messages/{message_id}", forms=True)
def edit_message(call: Call) -> Answer:
    channel = call.channel()
    message = call.message(channel)
    message_rules.edit(call.world, call.actor, channel, message, call.form, call.files)
    return 200, call.world.message_json(message)


@routes.add("DELETE", "/channels/{channel_id}/messages/{message_id}")
def delete_message(call: Call) -> Answer:
    channel = call.channel()
    message_rules.delete(call.world, call.actor, channel, call.message(channel))
    return 204, None


@routes.add("POST", "/channels/{channel_id}/messages/bulk-delete")
def delete_messages(call: Call) -> Answer:
    channel = call.channel()
    guild_of(call, channel)
    call.need(channel, Permission.MANAGE_MESSAGES)
    form = Form()
    _bulk(form, call.form)
    form.settle()
    ids = {int(message_id) for message_id in call.form["messages"]}
    if not 2 <= len(ids) <= MAX_BULK_DELETE:
        raise refused(50016)
    oldest = call.world.clock.now() - MAX_BULK_DELETE_AGE
    if any(EPOCH + timedelta(milliseconds=message_id >> 22) < oldest for message_id in ids):
        raise refused(50034)
    found = [message for message in channel.messages.values() if message.id in ids and message.visible_to is None]
    messages.delete_many(call.world, channel, found)
    return 204, None
