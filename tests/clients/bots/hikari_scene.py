"""The bot with hikari, and the places that its steps use."""

import asyncio

import hikari
from steps import Steps, same

steps = Steps()
guild_id = int(steps.guild["id"])
channels = {name: int(channel) for name, channel in steps.guild["channels"].items()}
members = {name: int(member) for name, member in steps.guild["members"].items()}
roles = {name: int(role) for name, role in steps.guild["roles"].items()}
bot = hikari.GatewayBot(
    steps.world["token"],
    rest_url=steps.world["api_url"],
    intents=hikari.Intents.ALL,
    banner=None,
    suppress_optimization_warning=True,
    logs="WARNING",
)
rest = bot.rest


async def heard(event, act, check=lambda _: True):
    """Let `act` happen and return what the bot hears of `event` then."""
    waiting = asyncio.ensure_future(bot.wait_for(event, timeout=10, predicate=check))
    await asyncio.sleep(0)
    await act
    return await waiting


async def refused(coroutine, code):
    try:
        await coroutine
    except hikari.ClientHTTPResponseError as error:
        same(int(error.code), code)
    else:
        raise AssertionError(f"not refused with {code}")


def lounge(content="", **more):
    return rest.create_message(channels["lounge"], content, **more)
