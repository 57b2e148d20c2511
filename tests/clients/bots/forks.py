"""The steps that read the same in discord.py and in the libraries made from it."""

import asyncio
import io
from datetime import UTC, datetime, timedelta

from steps import collected, same

ALL_FIELDS = {"title": "Raid", "description": "Tonight", "url": "https://raids.example/1", "colour": 0x00FF00}


class Bot:
    """One client with the library that it belongs to, and the places that the steps use."""

    def __init__(self, lib, client, steps):
        self.lib, self.client, self.steps = lib, client, steps

    @property
    def guild(self):
        return self.client.get_guild(int(self.steps.guild["id"]))

    def channel(self, name):
        return self.client.get_channel(int(self.steps.guild["channels"][name]))

    def role(self, name):
        return self.guild.get_role(int(self.steps.guild["roles"][name]))

    def member(self, name):
        return self.guild.get_member(int(self.steps.guild["members"][name]))

    async def refused(self, coroutine, code):
        """Expect that Discord refuses with an error code."""
        try:
            await coroutine
        except self.lib.HTTPException as error:
            same(error.code, code)
        else:
            raise AssertionError(f"not refused with {code}")

    async def heard(self, event, act, check=lambda *_: True):
        """Let `act` happen and return what the client hears of `event` then."""
        waiting = asyncio.ensure_future(self.client.wait_for(event, check=check, timeout=10))
        await asyncio.sleep(0)
        await act
        return await waiting


def add_start(steps, bot):
    """Add the steps about what a client knows after its start."""

    @steps.add("sees the roles, channels, emoji and members of its servers")
    async def _():
        guild = bot.guild
        same({role.name for role in guild.roles} >= {"@everyone", "Raider", "Leader"}, True)
        same({channel.name for channel in guild.text_channels} >= {"general", "lounge", "quiet"}, True)
        same([emoji.name for emoji in guild.emojis], ["owl"])
        same({member.name for member in guild.members} >= {"olivia", "alice", "bob", "carol"}, True)
        same(guild.owner.name, "olivia")

    @steps.add("knows its rights")
    async def _():
        same(bot.guild.me.guild_permissions.manage_messages, True)
        same(bot.channel("quiet").permissions_for(bot.guild.me).send_messages, False)
        same(bot.channel("general").permissions_for(bot.member("alice")).manage_messages, False)

    @steps.add("learns of all members of a large server")
    async def _():
        crowd = bot.client.get_guild(int(steps.crowd["id"]))
        if not crowd.chunked:
            await crowd.chunk()
        same(len(crowd.members), crowd.member_count)
        same(len(crowd.members) > 1000, True)

    @steps.add("fetches itself, its servers, channels, roles and users")
    async def _():
        client, guild = bot.client, bot.guild
        same((await client.application_info()).id, int(steps.world["application_id"]))
        same((await client.fetch_guild(guild.id)).name, guild.name)
        same(len(await collected(client.fetch_guilds())), 2)
        same(len(await guild.fetch_channels()), len(guild.channels))
        same(len(await guild.fetch_roles()), len(guild.roles))
        same((await client.fetch_user(bot.member("bob").id)).name, "bob")
        same((await client.fetch_channel(bot.channel("general").id)).name, "general")


def add_messages(steps, bot):
    """Add the steps about messages."""
    lib = bot.lib

    @steps.add("sends, fetches, edits and deletes a message")
    async def _():
        message = await bot.channel("lounge").send("hello")
        same((await bot.channel("lounge").fetch_message(message.id)).content, "hello")
        same((await message.edit(content="hello again")).content, "hello again")
        await bot.heard("message_delete", message.delete(), lambda gone: gone.id == message.id)
        await bot.refused(bot.channel("lounge").fetch_message(message.id), 10008)

    @steps.add("sends an embed with all its fields")
    async def _():
        embed = lib.Embed(**ALL_FIELDS, timestamp=datetime(2026, 3, 1, 20, tzinfo=UTC))
        embed.set_author(name="Olivia", url="https://raids.example/o", icon_url="https://raids.example/o.png")
        embed.set_footer(text="ABC", icon_url="https://raids.example/f.png")
        embed.set_image(url="https://raids.example/i.png").set_thumbnail(url="https://raids.example/t.png")
        embed.add_field(name="Tank", value="Alice").add_field(name="Healer", value="Bob", inline=False)
        message = await bot.channel("lounge").send(embed=embed)
        found = (await bot.channel("lounge").fetch_message(message.id)).embeds[0]
        same((found.title, found.author.name, found.footer.text, len(found.fields)), ("Raid", "Olivia", "ABC", 2))
        same((found.timestamp, found.colour.value), (embed.timestamp, 0x00FF00))
        same([field.inline for field in found.fields], [True, False])

    @steps.add("sends files with descriptions, reads them, and keeps one in an edit")
    async def _():
        files = [
            lib.File(io.BytesIO(b"one"), filename="one.txt", description="the first"),
            lib.File(io.BytesIO(b"two"), filename="two.txt"),
        ]
        message = await bot.channel("lounge").send("files", files=files)
        same(
            [(one.filename, one.description) for one in message.attachments],
            [("one.txt", "the first"), ("two.txt", None)],
        )
        same(await message.attachments[0].read(), b"one")
        after = await message.edit(content="one file", attachments=message.attachments[:1])
        same([one.filename for one in after.attachments], ["one.txt"])

    @steps.add("answers a message and mentions whom it may")
    async def _():
        said = await steps.act("alice", "say", channel="lounge", content="who comes?")
        asked = await bot.channel("lounge").fetch_message(int(said["id"]))
        nobody = lib.AllowedMentions(everyone=False, users=False, roles=False, replied_user=False)
        quiet = await asked.reply(f"{bot.member('bob').mention} @everyone", allowed_mentions=nobody)
        same((quiet.mentions, quiet.mention_everyone), ([], False))
        loud = await asked.reply(bot.member("bob").mention, mention_author=True)
        same({one.name for one in loud.mentions}, {"alice", "bob"})
        same(loud.reference.message_id, asked.id)

    @steps.add("hears what members say, with content")
    async def _():
        said = steps.act("bob", "say", channel="lounge", content="count me in")
        message = await bot.heard("message", said, lambda message: message.author.name == "bob")
        same((message.content, message.guild.id), ("count me in", bot.guild.id))

    @steps.add("pages through a long history")
    async def _():
        for number in range(130):
            await steps.act("bob", "say", channel="history", content=str(number))
        channel = bot.channel("history")
        found = await collected(channel.history(limit=None, oldest_first=True))
        same([message.content for message in found], [str(number) for number in range(130)])
        newest = await collected(channel.history(limit=110))
        same([message.content for message in newest][:2], ["129", "128"])
        around = await collected(channel.history(limit=5, around=found[100]))
        same(sorted(int(message.content) for message in around), [98, 99, 100, 101, 102])

    @steps.add("deletes many messages at once")
    async def _():
        channel = bot.channel("history")
        gone = await bot.heard(
            "raw_bulk_message_delete", channel.delete_messages(await collected(channel.history(limit=20)))
        )
        same(len(gone.message_ids), 20)
        same(len(await channel.purge(limit=50)), 50)
        same(len(await collected(channel.history(limit=None))), 60)

    @steps.add("pins, lists and unpins messages")
    async def _():
        message = await bot.channel("lounge").send("pinned")
        await message.pin(reason="important")
        pinned = await collected(bot.channel("lounge").pins())
        same([getattr(one, "message", one).id for one in pinned], [message.id])
        await message.unpin()
        same(await collected(bot.channel("lounge").pins()), [])

    @steps.add("types")
    async def _():
        async with bot.channel("lounge").typing():
            await asyncio.sleep(0)


def add_reactions(steps, bot):
    """Add the steps about reactions."""

    @steps.add("adds, lists, removes and clears reactions")
    async def _():
        message = await bot.channel("lounge").send("react")
        owl = bot.guild.emojis[0]
        for emoji in ("✅", "❌", owl):
            await message.add_reaction(emoji)
        await steps.act("alice", "react", channel="lounge", message=message.id, emoji="✅")
        message = await message.channel.fetch_message(message.id)
        same(
            [(str(one.emoji), one.count, one.me) for one in message.reactions],
            [("✅", 2, True), ("❌", 1, True), (str(owl), 1, True)],
        )
        users = await collected(message.reactions[0].users())
        same({user.name for user in users}, {"alice", bot.client.user.name})
        await message.remove_reaction("✅", bot.member("alice"))
        await message.remove_reaction("❌", bot.guild.me)
        await message.clear_reaction(owl)
        same([one.count for one in (await message.channel.fetch_message(message.id)).reactions], [1])
        await bot.heard("raw_reaction_clear", message.clear_reactions())

    @steps.add("hears reactions of members come and go")
    async def _():
        message = await bot.channel("lounge").send("react")
        about = {"channel": "lounge", "message": message.id, "emoji": "✅"}
        added = await bot.heard("raw_reaction_add", steps.act("bob", "react", **about))
        same((added.member.name, str(added.emoji), added.message_id), ("bob", "✅", message.id))
        removed = await bot.heard("raw_reaction_remove", steps.act("bob", "unreact", **about))
        same(removed.user_id, bot.member("bob").id)

    @steps.add("hears a super reaction")
    async def _():
        message = await bot.channel("lounge").send("react")
        act = steps.act("bob", "react", channel="lounge", message=message.id, emoji="🔥", burst=True)
        added = await bot.heard("raw_reaction_add", act)
        same((added.member.name, getattr(added, "burst", True)), ("bob", True))
        found = (await message.channel.fetch_message(message.id)).reactions[0]
        same(getattr(found, "burst_count", 1), 1)


def add_people(steps, bot):
    """Add the steps about members, roles and direct messages."""
    lib = bot.lib

    @steps.add("fetches, lists and searches members")
    async def _():
        guild = bot.guild
        same((await guild.fetch_member(bot.member("bob").id)).name, "bob")
        same(len(await collected(guild.fetch_members(limit=None))), guild.member_count)
        same([one.name for one in await guild.query_members("ali")], ["alice"])
        ids = [bot.member("bob").id, bot.member("carol").id]
        same({one.name for one in await guild.query_members(user_ids=ids)}, {"bob", "carol"})
        await bot.refused(guild.fetch_member(1), 10013)

    @steps.add("creates, edits, gives, takes and deletes a role")
    async def _():
        role = await bot.guild.create_role(name="Tank", colour=lib.Colour(0xFF0000), hoist=True, reason="ein Grund äöü")
        await role.edit(name="Main tank", mentionable=True)
        bob = bot.member("bob")
        await bot.heard("member_update", bob.add_roles(role, reason="he asked"), lambda _, after: role in after.roles)
        await bot.heard("member_update", bob.remove_roles(role), lambda _, after: role not in after.roles)
        await bot.heard("guild_role_delete", role.delete(reason="over"), lambda gone: gone.id == role.id)

    @steps.add("is refused a role above its own")
    async def _():
        await bot.refused(bot.member("bob").add_roles(bot.role("Leader")), 50013)

    @steps.add("changes nicknames")
    async def _():
        carol = bot.member("carol")
        await bot.heard("member_update", carol.edit(nick="Caz"), lambda _, after: after.nick == "Caz")
        await bot.heard("member_update", bot.guild.me.edit(nick="Owl"), lambda _, after: after.nick == "Owl")

    @steps.add("sends direct messages")
    async def _():
        message = await bot.member("alice").send("just for you")
        same([one["content"] for one in await steps.control("GET", "/people/alice/dms")], ["just for you"])
        await message.edit(content="changed")
        await message.add_reaction("✅")
        await message.delete()

    @steps.add("is refused by somebody with closed direct messages")
    async def _():
        await bot.refused(bot.member("erin").send("hello"), 50007)

    @steps.add("hears that a member leaves")
    async def _():
        act = steps.act("frank", "leave", guild=steps.guild["id"])
        gone = await bot.heard("raw_member_remove", act)
        same(gone.user.name, "frank")


def add_channels(steps, bot):
    """Add the steps about channels and threads."""
    lib = bot.lib

    @steps.add("creates, edits, closes to a role and deletes channels")
    async def _():
        guild = bot.guild
        category = await guild.create_category("Raids")
        hidden = {
            guild.default_role: lib.PermissionOverwrite(view_channel=False),
            guild.me: lib.PermissionOverwrite(view_channel=True),
        }
        channel = await guild.create_text_channel(
            "molten", category=category, overwrites=hidden, topic="hot", reason="raid"
        )
        same(channel.overwrites_for(guild.default_role).view_channel, False)
        await channel.edit(topic="hotter", slowmode_delay=5, reason="raid")
        await channel.set_permissions(bot.role("Raider"), view_channel=True, reason="raid")
        await channel.set_permissions(bot.role("Raider"), overwrite=None)
        voice = await guild.create_voice_channel("Talk", category=category)
        for one in (voice, channel, category):
            await bot.heard("guild_channel_delete", one.delete(reason="over"), lambda gone, one=one: gone.id == one.id)

    @steps.add("starts a thread on a message, writes in it, and archives it")
    async def _():
        message = await bot.channel("lounge").send("raid")
        thread = await message.create_thread(name="Raid talk", auto_archive_duration=1440)
        await thread.add_user(bot.member("alice"))
        await thread.send("welcome")
        same({one.id for one in await thread.fetch_members()}, {bot.client.user.id, bot.member("alice").id})
        await thread.remove_user(bot.member("alice"))
        await thread.edit(archived=True)
        archived = await collected(bot.channel("lounge").archived_threads(limit=10))
        same([one.id for one in archived], [thread.id])
        await thread.edit(archived=False, locked=True)
        await thread.delete()

    @steps.add("starts threads without a message")
    async def _():
        channel = bot.channel("lounge")
        private = await channel.create_thread(name="Officers", type=lib.ChannelType.private_thread, invitable=False)
        public = await channel.create_thread(name="Talk", type=lib.ChannelType.public_thread)
        same((private.is_private(), public.is_private()), (True, False))
        active = await bot.guild.active_threads()
        same({one.id for one in active} >= {private.id, public.id}, True)
        await private.leave()
        await public.delete()

    @steps.add("fetches emoji")
    async def _():
        owl = bot.guild.emojis[0]
        same([one.id for one in await bot.guild.fetch_emojis()], [owl.id])
        same((await bot.guild.fetch_emoji(owl.id)).name, "owl")


def add_errors(steps, bot):
    """Add the steps about refusals, rate limits and the connection."""
    lib = bot.lib

    @steps.add("reads Discord's error codes")
    async def _():
        lounge = bot.channel("lounge")
        await bot.refused(bot.channel("quiet").send("hello"), 50013)
        await bot.refused(bot.client.fetch_channel(int(steps.guild["channels"]["hidden"])), 50001)
        await bot.refused(lounge.fetch_message(lounge.id), 10008)
        await bot.refused(bot.client.fetch_channel(1), 10003)
        await bot.refused(bot.client.fetch_user(1), 10013)
        await bot.refused(lounge.send("x" * 2001), 50035)
        await bot.refused(lounge.send(""), 50006)

    @steps.add("keeps to the rate limits of a channel")
    async def _():
        sent = await asyncio.gather(*(bot.channel("lounge").send(str(number)) for number in range(12)))
        same(len({message.id for message in sent}), 12)

    @steps.add("asks again after a 429")
    async def _():
        route = "POST /channels/{}/messages"
        await steps.control("POST", "/faults", {"route": route, "status": 429, "retry_after": 0.3, "calls": 1})
        same((await bot.channel("general").send("at last")).content, "at last")
        same(await steps.calls("POST /channels/{channel_id}/messages 429") > 0, True)

    @steps.add("sets its presence")
    async def _():
        await bot.client.change_presence(status=lib.Status.idle, activity=lib.Game("raids"))

        async def shown():
            presence = (await steps.control("GET", "/gateway"))["presence"]
            return presence["status"] == "idle" and presence["activities"][0]["name"] == "raids"

        await steps.until(shown)

    async def resumes(fault, body):
        """Let the connection be disturbed; the client resumes and hears what was said meanwhile."""
        before = await steps.control("GET", "/gateway")
        await steps.control("POST", f"/gateway/{fault}", body)
        act = steps.act("bob", "say", channel="lounge", content="said meanwhile")
        await bot.heard("message", act, lambda message: message.content == "said meanwhile")

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
        await bot.heard("ready", steps.control("POST", "/gateway/invalidate", {"resumable": False}))
        same((await steps.control("GET", "/gateway"))["identified"], before["identified"] + 1)


def add_unsupported(steps, bot, poll, layout, forum):
    """Add the steps that the sandbox need not know.

    `poll`, `layout` and `forum` send what their libraries differ in, or are None where a library has no such thing.
    """
    for name, attempt in (("sends a poll", poll), ("sends components v2", layout)):
        if attempt is not None:

            @steps.add(name, may_be_unsupported=True)
            async def _(attempt=attempt):
                await attempt(bot.channel("lounge"))

    @steps.add("posts in a forum", may_be_unsupported=True)
    async def _():
        await forum(bot.guild)

    @steps.add("creates a webhook", may_be_unsupported=True)
    async def _():
        await bot.channel("lounge").create_webhook(name="Reports")

    @steps.add("creates an invite", may_be_unsupported=True)
    async def _():
        await bot.channel("lounge").create_invite(max_age=60)

    @steps.add("lists scheduled events", may_be_unsupported=True)
    async def _():
        await collected(bot.guild.fetch_scheduled_events())

    @steps.add("reads the audit log", may_be_unsupported=True)
    async def _():
        await collected(bot.guild.audit_logs(limit=5))

    @steps.add("lists bans", may_be_unsupported=True)
    async def _():
        await collected(bot.guild.bans())


def until_tomorrow():
    return timedelta(hours=24)
