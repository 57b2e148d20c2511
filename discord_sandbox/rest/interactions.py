"""Routes of interaction callbacks and of the interaction's webhook."""

from discord_sandbox import interactions
from discord_sandbox.rest.routing import Answer, Call, Routes
from discord_sandbox.store import Interaction

routes = Routes()
_HOOK = "/webhooks/{webhook_id}/{webhook_token}"
_ORIGINAL = f"{_HOOK}/messages/@original"
_MESSAGE = f"{_HOOK}/messages/{{message_id}}"


@routes.add(
    "POST",
    "/interactions/{interaction_id}/{interaction_token}/callback",
    query=("with_response",),
    public=True,
    forms=True,
)
def post_answer(call: Call) -> Answer:
    interaction, message = interactions.answer(
        call.world, call.id("interaction_id"), call.ids["interaction_token"], call.form, call.files
    )
    if call.flag("with_response"):
        return 200, interactions.response_json(call.world, interaction, message)
    return 204, None


def _interaction(call: Call) -> Interaction:
    return interactions.of_token(call.world, call.id("webhook_id"), call.ids["webhook_token"])


def _message_id(call: Call) -> int | None:
    return call.id("message_id") if "message_id" in call.ids else None


@routes.add("POST", _HOOK, query=("wait", "thread_id", "with_components"), public=True, forms=True)
def post_followup(call: Call) -> Answer:
    message = interactions.follow_up(call.world, _interaction(call), call.form, call.files)
    return 200, call.world.message_json(message)


@routes.add("GET", _ORIGINAL, query=("thread_id",), public=True)
@routes.add("GET", _MESSAGE, query=("thread_id",), public=True)
def get_message(call: Call) -> Answer:
    return 200, call.world.message_json(interactions.written(call.world, _interaction(call), _message_id(call)))


@routes.add("PATCH", _ORIGINAL, query=("thread_id", "with_components"), public=True, forms=True)
@routes.add("PATCH", _MESSAGE, query=("thread_id", "with_components"), public=True, forms=True)
def patch_message(call: Call) -> Answer:
    message = interactions.edit(call.world, _interaction(call), _message_id(call), call.form, call.files)
    return 200, call.world.message_json(message)


@routes.add("DELETE", _ORIGINAL, query=("thread_id",), public=True)
@routes.add("DELETE", _MESSAGE, query=("thread_id",), public=True)
def delete_message(call: Call) -> Answer:
    interactions.delete(call.world, _interaction(call), _message_id(call))
    return 204, None
