"""Routes of sounds and stickers. Guilds of the sandbox have none of their own."""

from discord_sandbox.rest.routing import Answer, Call, Routes
from discord_sandbox.store import Json

routes = Routes()
DEFAULT_SOUND: Json = {
    "name": "quack",
    "sound_id": "1",
    "volume": 1.0,
    "emoji_id": None,
    "emoji_name": "🦆",
    "available": True,
}
"""The example of https://discord.com/developers/docs/resources/soundboard, for all that everybody has."""


@routes.add("GET", "/soundboard-default-sounds")
def list_default_sounds(_call: Call) -> Answer:
    return 200, [DEFAULT_SOUND]


@routes.add("GET", "/guilds/{guild_id}/soundboard-sounds")
def list_guild_sounds(call: Call) -> Answer:
    call.guild()
    return 200, {"items": []}


@routes.add("GET", "/guilds/{guild_id}/stickers")
def list_guild_stickers(call: Call) -> Answer:
    call.guild()
    return 200, []
