"""Routes of reactions."""

from discord_sandbox import messages, reaction_rules, serializers
from discord_sandbox.api_errors import invalid
from discord_sandbox.permissions import Permission
from discord_sandbox.rest.routing import Answer, Call, Routes
from discord_sandbox.store import reaction_key

routes = Routes()
_MESSAGE = "/channels/{channel_id}/messages/{message_id}"


@routes.add("PUT", _MESSAGE + "/reactions/{emoji_name}/@me")
def react(call: Call) -> Answer:
    channel = call.channel()
    reaction_rules.react(call.world, call.actor, channel, call.message(channel), call.ids["emoji_name"])
    return 204, None


@routes.add("DELETE", _MESSAGE + "/reactions/{emoji_name}/@me")
def unreact(call: Call) -> Answer:
    return _take(call, call.actor.id)


@routes.add("DELETE", _MESSAGE + "/reactions/{emoji_name}/{user_id}")
def take_reaction(call: Call) -> Answer:
    return _take(call, call.id("user_id"))


def _take(call: Call, whose: int) -> Answer:
    channel = call.channel()
    reaction_rules.delete_reaction(
        call.world, call.actor, channel, call.message(channel), call.ids["emoji_name"], whose
    )
    return 204, None


@routes.add("GET", _MESSAGE + "/reactions/{emoji_name}", query=("after", "limit", "type"))
def list_reactors(call: Call) -> Answer:
    message = call.message(call.channel(Permission.READ_MESSAGE_HISTORY))
    emoji = call.ids["emoji_name"]
    reaction_rules.identify(call.world, message, emoji)
    burst = _type(call) == "1"
    after = call.cursor("after") or 0
    reaction = message.reactions.get(reaction_key(emoji))
    listed = call.cut(sorted(reaction.of_type(burst=burst))) if reaction is not None else []
    page = [user_id for user_id in listed if user_id > after][: call.limit(25, 100)]
    return 200, [serializers.user(call.world.store.users[user_id]) for user_id in page]


def _type(call: Call) -> str:
    given = call.query.get("type", "0")
    if given not in ("0", "1"):
        raise invalid("type", "ENUM_TYPE_COERCE", f'Value "{given}" is not a valid enum value.')
    return given


@routes.add("DELETE", _MESSAGE + "/reactions")
def clear_reactions(call: Call) -> Answer:
    channel = call.channel()
    message = call.message(channel)
    reaction_rules.moderate_reactions(call.world, call.actor, channel)
    messages.clear_reactions(call.world, channel, message)
    return 204, None


@routes.add("DELETE", _MESSAGE + "/reactions/{emoji_name}")
def clear_emoji(call: Call) -> Answer:
    channel = call.channel()
    message = call.message(channel)
    reaction_rules.moderate_reactions(call.world, call.actor, channel)
    reaction_rules.identify(call.world, message, call.ids["emoji_name"])
    messages.clear_emoji(call.world, channel, message, reaction_key(call.ids["emoji_name"]))
    return 204, None
