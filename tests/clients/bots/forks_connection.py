"""The steps about errors and the connection that read the same in discord.py and the libraries made from it."""

import asyncio

from steps import Group, same

steps = Group()


@steps.add("reads Discord's error codes")
async def _(bot):
    lounge = bot.channel("lounge")
    await bot.refused(bot.channel("quiet").send("hello"), 50013)
    await bot.refused(bot.client.fetch_channel(int(bot.steps.guild["channels"]["hidden"])), 50001)
    await bot.refused(lounge.fetch_message(lounge.id), 10008)
    await bot.refused(bot.client.fetch_channel(1), 10003)
    await bot.refused(bot.client.fetch_user(1), 10013)
    await bot.refused(lounge.send("x" * 2001), 50035)
    await bot.refused(lounge.send(""), 50006)


@steps.add("keeps to the rate limits of a channel")
async def _(bot):
    sent = await asyncio.gather(*(bot.channel("lounge").send(str(number)) for number in range(12)))
    same(len({message.id for message in sent}), 12)


@steps.add("asks again after a 429")
async def _(bot):
    route = "POST /channels/{}/messages"
    await bot.steps.control("POST", "/faults", {"route": route, "status": 429, "retry_after": 0.3, "calls": 1})
    same((await bot.channel("general").send("at last")).content, "at last")
    same(await bot.steps.calls("POST /channels/{channel_id}/messages 429") > 0, True)


@steps.add("sets its presence")
async def _(bot):
    await bot.client.change_presence(status=bot.lib.Status.idle, activity=bot.lib.Game("raids"))

    async def shown():
        presence = (await bot.steps.control("GET", "/gateway"))["presence"]
        return presence["status"] == "idle" and presence["activities"][0]["name"] == "raids"

    await bot.steps.until(shown)


async def resumes(bot, fault, body):
    """Let the connection be disturbed; the client resumes and hears what was said meanwhile."""
    before = await bot.steps.control("GET", "/gateway")
    await bot.steps.control("POST", f"/gateway/{fault}", body)
    act = bot.steps.act("bob", "say", channel="lounge", content="said meanwhile")
    await bot.heard("message", act, lambda message: message.content == "said meanwhile")

    async def resumed():
        after = await bot.steps.control("GET", "/gateway")
        return after["resumed"] == before["resumed"] + 1 and after["identified"] == before["identified"]

    await bot.steps.until(resumed)


@steps.add("resumes after the server closed the connection")
async def _(bot):
    await resumes(bot, "drop", {"code": 4000})


@steps.add("resumes after the connection broke")
async def _(bot):
    await resumes(bot, "drop", {})


@steps.add("resumes when it is asked to reconnect")
async def _(bot):
    await resumes(bot, "reconnect", {})


@steps.add("identifies anew when its session is invalid")
async def _(bot):
    before = await bot.steps.control("GET", "/gateway")
    await bot.heard("ready", bot.steps.control("POST", "/gateway/invalidate", {"resumable": False}))
    same((await bot.steps.control("GET", "/gateway"))["identified"], before["identified"] + 1)
