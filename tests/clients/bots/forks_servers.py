"""The steps about servers, members and channels that read the same in discord.py and the libraries made from it."""

from steps import Group, collected, same

start = Group()
steps = Group()


@start.add("sees the roles, channels, emoji and members of its servers")
async def _(bot):
    guild = bot.guild
    same({role.name for role in guild.roles} >= {"@everyone", "Raider", "Leader"}, True)
    same({channel.name for channel in guild.text_channels} >= {"general", "lounge", "quiet"}, True)
    same([emoji.name for emoji in guild.emojis], ["owl"])
    same({member.name for member in guild.members} >= {"olivia", "alice", "bob", "carol"}, True)
    same(guild.owner.name, "olivia")


@start.add("knows its rights")
async def _(bot):
    same(bot.guild.me.guild_permissions.manage_messages, True)
    same(bot.channel("quiet").permissions_for(bot.guild.me).send_messages, False)
    same(bot.channel("general").permissions_for(bot.member("alice")).manage_messages, False)


@start.add("learns of all members of a large server")
async def _(bot):
    crowd = bot.client.get_guild(int(bot.steps.crowd["id"]))
    if not crowd.chunked:
        await crowd.chunk()
    same(len(crowd.members), crowd.member_count)
    same(len(crowd.members) > 1000, True)


@start.add("fetches itself, its servers, channels, roles and users")
async def _(bot):
    client, guild = bot.client, bot.guild
    same((await client.application_info()).id, int(bot.steps.world["application_id"]))
    same((await client.fetch_guild(guild.id)).name, guild.name)
    same(len(await collected(client.fetch_guilds())), 2)
    same(len(await guild.fetch_channels()), len(guild.channels))
    same(len(await guild.fetch_roles()), len(guild.roles))
    same((await client.fetch_user(bot.member("bob").id)).name, "bob")
    same((await client.fetch_channel(bot.channel("general").id)).name, "general")


@steps.add("fetches, lists and searches members")
async def _(bot):
    guild = bot.guild
    same((await guild.fetch_member(bot.member("bob").id)).name, "bob")
    same(len(await collected(guild.fetch_members(limit=None))), guild.member_count)
    same([one.name for one in await guild.query_members("ali")], ["alice"])
    ids = [bot.member("bob").id, bot.member("carol").id]
    same({one.name for one in await guild.query_members(user_ids=ids)}, {"bob", "carol"})
    await bot.refused(guild.fetch_member(1), 10013)


@steps.add("creates, edits, gives, takes and deletes a role")
async def _(bot):
    role = await bot.guild.create_role(name="Tank", colour=bot.lib.Colour(0xFF0000), hoist=True, reason="ein Grund äöü")
    await role.edit(name="Main tank", mentionable=True)
    bob = bot.member("bob")
    await bot.heard("member_update", bob.add_roles(role, reason="he asked"), lambda _, after: role in after.roles)
    await bot.heard("member_update", bob.remove_roles(role), lambda _, after: role not in after.roles)
    await bot.heard("guild_role_delete", role.delete(reason="over"), lambda gone: gone.id == role.id)


@steps.add("is refused a role above its own")
async def _(bot):
    await bot.refused(bot.member("bob").add_roles(bot.role("Leader")), 50013)


@steps.add("changes nicknames")
async def _(bot):
    carol = bot.member("carol")
    await bot.heard("member_update", carol.edit(nick="Caz"), lambda _, after: after.nick == "Caz")
    await bot.heard("member_update", bot.guild.me.edit(nick="Owl"), lambda _, after: after.nick == "Owl")


@steps.add("sends direct messages")
async def _(bot):
    message = await bot.member("alice").send("just for you")
    same([one["content"] for one in await bot.steps.control("GET", "/people/alice/dms")], ["just for you"])
    await message.edit(content="changed")
    await message.add_reaction("✅")
    await message.delete()


@steps.add("answers a command in a direct message")
async def _(bot):
    message = await bot.member("alice").send("try /ping")
    answer = await bot.steps.act("alice", "slash", channel=message.channel.id, command="ping")
    same(answer["text"], "pong")


@steps.add("is refused by somebody with closed direct messages")
async def _(bot):
    await bot.refused(bot.member("erin").send("hello"), 50007)


@steps.add("hears that a member leaves")
async def _(bot):
    act = bot.steps.act("frank", "leave", guild=bot.steps.guild["id"])
    gone = await bot.heard("raw_member_remove", act)
    same(gone.user.name, "frank")


@steps.add("creates, edits, closes to a role and deletes channels")
async def _(bot):
    guild = bot.guild
    category = await guild.create_category("Raids")
    hidden = {
        guild.default_role: bot.lib.PermissionOverwrite(view_channel=False),
        guild.me: bot.lib.PermissionOverwrite(view_channel=True),
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
async def _(bot):
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
async def _(bot):
    channel = bot.channel("lounge")
    private = await channel.create_thread(name="Officers", type=bot.lib.ChannelType.private_thread, invitable=False)
    public = await channel.create_thread(name="Talk", type=bot.lib.ChannelType.public_thread)
    same((private.is_private(), public.is_private()), (True, False))
    active = await bot.guild.active_threads()
    same({one.id for one in active} >= {private.id, public.id}, True)
    await private.leave()
    await public.delete()


@steps.add("fetches emoji")
async def _(bot):
    owl = bot.guild.emojis[0]
    same([one.id for one in await bot.guild.fetch_emojis()], [owl.id])
    same((await bot.guild.fetch_emoji(owl.id)).name, "owl")
