"""A bot with hikari."""

import asyncio
import sys

import hikari
import hikari_messages
import hikari_servers
from hikari_answers import commands
from hikari_scene import bot, channels, guild_id, heard, lounge, members, refused, rest, roles, steps
from interactions import add_interactions
from steps import collected, same


@steps.add("connects")
async def _():
    waiting = asyncio.ensure_future(bot.wait_for(hikari.ShardReadyEvent, timeout=20))
    await bot.start(check_for_updates=False)
    await waiting

    async def there():
        crowd = bot.cache.get_guild(int(steps.crowd["id"]))
        return crowd is not None and bot.cache.get_guild(guild_id) is not None

    await steps.until(there)


@steps.add("sees the roles, channels, emoji and members of its servers")
async def _():
    guild = bot.cache.get_guild(guild_id)
    same({role.name for role in guild.get_roles().values()} >= {"@everyone", "Raider", "Leader"}, True)
    same({channel.name for channel in guild.get_channels().values()} >= {"general", "lounge", "quiet"}, True)
    same([emoji.name for emoji in guild.get_emojis().values()], ["owl"])
    names = {member.username for member in guild.get_members().values()}
    same(names >= {"olivia", "alice", "bob", "carol"}, True)


@steps.add("learns of all members of a large server")
async def _():
    crowd = bot.cache.get_guild(int(steps.crowd["id"]))

    async def all_there():
        return len(crowd.get_members()) == crowd.member_count > 1000

    await steps.until(all_there)


@steps.add("asks for members by name and by id")
async def _():
    asked = bot.request_guild_members(guild_id, query="ali", limit=5)
    chunk = await heard(hikari.MemberChunkEvent, asked)
    same([member.username for member in chunk.members.values()], ["alice"])
    asked = bot.request_guild_members(guild_id, users=[members["bob"], 1])
    chunk = await heard(hikari.MemberChunkEvent, asked, lambda event: event.not_found)
    same(([member.username for member in chunk.members.values()], list(chunk.not_found)), (["bob"], [1]))


@steps.add("fetches itself, its servers, channels, roles and users")
async def _():
    same((await rest.fetch_application()).id, int(steps.world["application_id"]))
    same((await rest.fetch_guild(guild_id)).name, "Night Owls")
    same(len(await rest.fetch_my_guilds()), 2)
    same(len(await rest.fetch_guild_channels(guild_id)), len(channels))
    same(len(await rest.fetch_roles(guild_id)), len(roles))
    same((await rest.fetch_user(members["bob"])).username, "bob")
    same((await rest.fetch_channel(channels["general"])).name, "general")


@steps.add("registers commands for a server and for all")
async def _():
    application = int(steps.world["application_id"])
    await rest.set_application_commands(application, [rest.slash_command_builder("ping", "For every server")])
    await rest.set_application_commands(application, commands(), guild=guild_id)
    same([one.name for one in await rest.fetch_application_commands(application)], ["ping"])
    found = await rest.fetch_application_commands(application, guild=guild_id)
    same({one.name for one in found} >= {"echo", "raid", "Who", "Quote"}, True)


@steps.add("creates, edits, fetches and deletes one command")
async def _():
    application = int(steps.world["application_id"])
    command = await rest.create_slash_command(application, "once", "For once", guild=guild_id)
    await rest.edit_application_command(application, command, description="Twice", guild=guild_id)
    same((await rest.fetch_application_command(application, command, guild=guild_id)).description, "Twice")
    await rest.delete_application_command(application, command, guild=guild_id)
    await refused(rest.fetch_application_command(application, command, guild=guild_id), 10063)


add_interactions(steps)
steps.include(hikari_messages.group)
steps.include(hikari_servers.group)


@steps.add("reads Discord's error codes")
async def _():
    await refused(rest.create_message(channels["quiet"], "hello"), 50013)
    await refused(rest.fetch_channel(channels["hidden"]), 50001)
    await refused(rest.fetch_message(channels["lounge"], channels["lounge"]), 10008)
    await refused(rest.fetch_channel(1), 10003)
    await refused(rest.fetch_user(1), 10013)
    await refused(lounge("x" * 2001), 50035)


@steps.add("keeps to the rate limits of a channel")
async def _():
    sent = await asyncio.gather(*(lounge(str(number)) for number in range(12)))
    same(len({message.id for message in sent}), 12)


@steps.add("asks again after a 429")
async def _():
    route = "POST /channels/{}/messages"
    await steps.control("POST", "/faults", {"route": route, "status": 429, "retry_after": 0.3, "calls": 1})
    same((await rest.create_message(channels["general"], "at last")).content, "at last")
    same(await steps.calls("POST /channels/{channel_id}/messages 429") > 0, True)


@steps.add("sets its presence")
async def _():
    await bot.update_presence(status=hikari.Status.IDLE, activity=hikari.Activity(name="raids"))

    async def shown():
        presence = (await steps.control("GET", "/gateway"))["presence"]
        return presence["status"] == "idle" and presence["game"]["name"] == "raids"

    await steps.until(shown)


async def resumes(fault, body):
    """Let the connection be disturbed; the bot resumes and hears what was said meanwhile."""
    before = await steps.control("GET", "/gateway")
    await steps.control("POST", f"/gateway/{fault}", body)
    act = steps.act("bob", "say", channel="lounge", content="said meanwhile")
    await heard(hikari.GuildMessageCreateEvent, act, lambda event: event.content == "said meanwhile")

    async def resumed():
        after = await steps.control("GET", "/gateway")
        return after["resumed"] == before["resumed"] + 1 and after["identified"] == before["identified"]

    await steps.until(resumed)


@steps.add("resumes after the server closed the connection")
async def _():
    await resumes("drop", {"code": 4000})


@steps.add("resumes after the connection broke")
async def _():
    await resumes("drop", {})


@steps.add("resumes when it is asked to reconnect")
async def _():
    await resumes("reconnect", {})


@steps.add("identifies anew when its session is invalid")
async def _():
    before = await steps.control("GET", "/gateway")
    fault = steps.control("POST", "/gateway/invalidate", {"resumable": False})
    await heard(hikari.ShardReadyEvent, fault)
    same((await steps.control("GET", "/gateway"))["identified"], before["identified"] + 1)


@steps.add("sends a poll", may_be_unsupported=True)
async def _():
    poll = hikari.impl.PollBuilder(question_text="When?", allow_multiselect=False, duration=24)
    poll.add_answer(text="Friday")
    poll.add_answer(text="Saturday")
    await lounge(poll=poll)


@steps.add("sends components v2", may_be_unsupported=True)
async def _():
    await lounge(hikari.UNDEFINED, component=hikari.impl.TextDisplayComponentBuilder(content="hello"))


@steps.add("posts in a forum", may_be_unsupported=True)
async def _():
    plans = await rest.create_guild_forum_channel(guild_id, "plans")
    await rest.create_forum_post(plans, "Friday", "who comes?")


@steps.add("creates a webhook", may_be_unsupported=True)
async def _():
    await rest.create_webhook(channels["lounge"], "Reports")


@steps.add("creates an invite", may_be_unsupported=True)
async def _():
    await rest.create_invite(channels["lounge"], max_age=60)


@steps.add("lists scheduled events", may_be_unsupported=True)
async def _():
    await rest.fetch_scheduled_events(guild_id)


@steps.add("reads the audit log", may_be_unsupported=True)
async def _():
    await collected(rest.fetch_audit_log(guild_id))


@steps.add("lists bans", may_be_unsupported=True)
async def _():
    await collected(rest.fetch_bans(guild_id))


@steps.add("leaves in order")
async def _():
    await bot.close()


sys.exit(asyncio.run(steps.run()) > 0)
