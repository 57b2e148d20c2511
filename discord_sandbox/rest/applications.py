"""Routes of the application and the gateway's address."""

from datetime import timedelta

from discord_sandbox import serializers
from discord_sandbox.rest.routing import Answer, Call, Routes
from discord_sandbox.store import Json
from discord_sandbox.world import MAX_SESSIONS, World

routes = Routes()


def application(world: World) -> Json:
    return {
        "id": str(world.application_id),
        "name": world.bot.username,
        "icon": None,
        "description": "",
        "type": None,
        "summary": "",
        "verify_key": "0" * 64,
        "flags": world.application_flags,
        "flags_new": str(world.application_flags),
        "bot": serializers.user(world.bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": serializers.user(world.owner),
        "approximate_guild_count": sum(1 for _ in world.store.guilds_of(world.bot.id)),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
        "tags": [],
        "integration_types_config": {"0": {}},
    }


@routes.add("GET", "/oauth2/applications/@me")
@routes.add("GET", "/applications/@me")
def get_application(call: Call) -> Answer:
    return 200, application(call.world)


@routes.add("GET", "/gateway", public=True)
def get_gateway(call: Call) -> Answer:
    return 200, {"url": call.world.gateway_url}


@routes.add("GET", "/gateway/bot")
def get_bot_gateway(call: Call) -> Answer:
    world = call.world
    reset = world.session_reset()
    starts = {
        "total": MAX_SESSIONS,
        "remaining": world.sessions_left,
        "reset_after": 0 if reset is None else int((reset - world.clock.now()) / timedelta(milliseconds=1)),
        "max_concurrency": 1,
    }
    return 200, {"url": world.gateway_url, "shards": world.shards, "session_start_limit": starts}
