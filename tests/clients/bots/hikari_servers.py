"""The steps of hikari about servers, members and channels."""

import hikari
from hikari_scene import bot, channels, guild_id, heard, lounge, members, refused, rest, roles, steps
from steps import Group, collected, same

group = Group()


@group.add("fetches, lists and searches members")
async def _():
    same((await rest.fetch_member(guild_id, members["bob"])).username, "bob")
    same(len(await rest.fetch_members(guild_id)), len(members))
    same([one.username for one in await rest.search_members(guild_id, "ali")], ["alice"])
    await refused(rest.fetch_member(guild_id, 1), 10013)


@group.add("creates, edits, gives, takes and deletes a role")
async def _():
    role = await rest.create_role(guild_id, name="Tank", color=0xFF0000, hoist=True, reason="ein Grund äöü")
    await rest.edit_role(guild_id, role, name="Main tank", mentionable=True)
    await heard(hikari.MemberUpdateEvent, rest.add_role_to_member(guild_id, members["bob"], role, reason="he asked"))
    await heard(hikari.MemberUpdateEvent, rest.remove_role_from_member(guild_id, members["bob"], role))
    await heard(hikari.RoleDeleteEvent, rest.delete_role(guild_id, role))


@group.add("is refused a role above its own")
async def _():
    await refused(rest.add_role_to_member(guild_id, members["bob"], roles["Leader"]), 50013)


@group.add("changes nicknames")
async def _():
    carol = rest.edit_member(guild_id, members["carol"], nickname="Caz", reason="shorter")
    event = await heard(hikari.MemberUpdateEvent, carol)
    same(event.member.nickname, "Caz")
    same((await rest.edit_my_member(guild_id, nickname="Owl")).nickname, "Owl")


@group.add("sends direct messages")
async def _():
    direct = await rest.create_dm_channel(members["alice"])
    message = await direct.send("just for you")
    same([one["content"] for one in await steps.control("GET", "/people/alice/dms")], ["just for you"])
    await message.edit("changed")
    await message.delete()


@group.add("answers a command in a direct message")
async def _():
    direct = await rest.create_dm_channel(members["alice"])
    answer = await steps.act("alice", "slash", channel=direct.id, command="ping")
    same(answer["text"], "pong")


@group.add("is refused by somebody with closed direct messages")
async def _():
    direct = await rest.create_dm_channel(members["erin"])
    await refused(direct.send("hello"), 50007)


@group.add("hears that a member leaves")
async def _():
    act = steps.act("frank", "leave", guild=guild_id)
    same((await heard(hikari.MemberDeleteEvent, act)).user.username, "frank")


@group.add("creates, edits, closes to a role and deletes channels")
async def _():
    category = await rest.create_guild_category(guild_id, "Raids")
    view = hikari.Permissions.VIEW_CHANNEL
    hidden = hikari.PermissionOverwrite(id=guild_id, type=hikari.PermissionOverwriteType.ROLE, deny=view)
    own = hikari.PermissionOverwrite(id=bot.get_me().id, type=hikari.PermissionOverwriteType.MEMBER, allow=view)
    channel = await rest.create_guild_text_channel(
        guild_id, "molten", category=category, permission_overwrites=[hidden, own], topic="hot", reason="raid"
    )
    await rest.edit_channel(channel, topic="hotter", rate_limit_per_user=5)
    kind = hikari.PermissionOverwriteType.ROLE
    await rest.edit_permission_overwrite(channel, roles["Raider"], target_type=kind, allow=view)
    await rest.delete_permission_overwrite(channel, roles["Raider"])
    voice = await rest.create_guild_voice_channel(guild_id, "Talk", category=category)
    for one in (voice, channel, category):
        await heard(hikari.GuildChannelDeleteEvent, rest.delete_channel(one))


@group.add("starts a thread on a message, writes in it, and archives it")
async def _():
    message = await lounge("raid")
    thread = await rest.create_message_thread(channels["lounge"], message, "Raid talk", auto_archive_duration=1440)
    await rest.add_thread_member(thread, members["alice"])
    await thread.send("welcome")
    found = await collected(rest.fetch_thread_members(thread))
    same({one.user_id for one in found}, {bot.get_me().id, members["alice"]})
    await rest.remove_thread_member(thread, members["alice"])
    await rest.edit_channel(thread, archived=True)
    archived = await collected(rest.fetch_public_archived_threads(channels["lounge"]))
    same([one.id for one in archived], [thread.id])
    await rest.edit_channel(thread, archived=False, locked=True)
    await rest.delete_channel(thread)


@group.add("starts threads without a message")
async def _():
    kinds = hikari.ChannelType.GUILD_PRIVATE_THREAD, hikari.ChannelType.GUILD_PUBLIC_THREAD
    private = await rest.create_thread(channels["lounge"], kinds[0], "Officers", invitable=False)
    public = await rest.create_thread(channels["lounge"], kinds[1], "Talk")
    active = await rest.fetch_active_threads(guild_id)
    same({one.id for one in active} >= {private.id, public.id}, True)
    await rest.leave_thread(private)
    await rest.delete_channel(public)


@group.add("fetches emoji")
async def _():
    (owl,) = await rest.fetch_guild_emojis(guild_id)
    same((await rest.fetch_emoji(guild_id, owl)).name, "owl")
