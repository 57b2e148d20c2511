"""A bot with hikari."""

import asyncio
import sys
from datetime import UTC, datetime

import hikari
from hikari import ButtonStyle, CommandType, ComponentType, MessageFlag, OptionType, ResponseType
from interactions import FRUIT, add_interactions
from steps import Steps, collected, same

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

# Commands

OPTIONS = {
    "text": OptionType.STRING,
    "count": OptionType.INTEGER,
    "loud": OptionType.BOOLEAN,
    "share": OptionType.FLOAT,
    "who": OptionType.USER,
    "place": OptionType.CHANNEL,
    "role": OptionType.ROLE,
    "thing": OptionType.MENTIONABLE,
}


def option(name, kind=OptionType.STRING, **more):
    return hikari.CommandOption(type=kind, name=name, description=name.capitalize(), **more)


def commands():
    """Build all commands of the server."""
    simple = {name: rest.slash_command_builder(name, name.capitalize()) for name in ANSWERS}
    for name, kind in OPTIONS.items():
        simple["echo"].add_option(option(name, kind, is_required=name == "text"))
    simple["find"].add_option(option("word", is_required=True, autocomplete=True))
    code = option("code", is_required=True)
    simple["raid"].add_option(option("show", OptionType.SUB_COMMAND, options=[code]))
    menus = [
        rest.context_menu_command_builder(CommandType.USER, "Who"),
        rest.context_menu_command_builder(CommandType.MESSAGE, "Quote"),
    ]
    return [*simple.values(), *menus]


async def say(interaction, content, **more):
    await interaction.create_initial_response(ResponseType.MESSAGE_CREATE, content, **more)


def _named(interaction, option):
    resolved = interaction.resolved
    groups = (resolved.users, resolved.channels, resolved.roles) if resolved else ()
    found = [group[option.value] for group in groups if option.value in group]
    return getattr(found[0], "username", None) or found[0].name if found else option.value


async def echo(interaction):
    await say(interaction, " ".join(str(_named(interaction, option)) for option in interaction.options))


async def later(interaction):
    await interaction.create_initial_response(ResponseType.DEFERRED_MESSAGE_CREATE)
    await interaction.edit_initial_response("done")


async def whisper(interaction):
    await say(interaction, "psst", flags=MessageFlag.EPHEMERAL)


async def hush(interaction):
    await interaction.create_initial_response(ResponseType.DEFERRED_MESSAGE_CREATE, flags=MessageFlag.EPHEMERAL)
    await interaction.edit_initial_response("hush")


async def more(interaction):
    await say(interaction, "one")
    second = await interaction.execute("two")
    third = await interaction.execute("three", flags=MessageFlag.EPHEMERAL)
    await interaction.delete_message(third)
    first = await interaction.fetch_initial_response()
    await interaction.edit_message(second, f"{first.content}, two!")


async def find(interaction):
    await say(interaction, f"found {interaction.options[0].value}")


async def raid(interaction):
    await say(interaction, f"raid {interaction.options[0].options[0].value}")


async def file(interaction):
    await interaction.create_initial_response(
        ResponseType.MESSAGE_CREATE, embed=hikari.Embed(title="Hello"), attachment=hikari.Bytes(b"hello", "hello.txt")
    )


async def form(interaction):
    rows = [rest.build_modal_action_row() for _ in range(2)]
    rows[0].add_text_input("name", "Name", min_length=2, max_length=20)
    rows[1].add_text_input("note", "Note", style=hikari.TextInputStyle.PARAGRAPH, required=False)
    await interaction.create_modal_response("Sign up", "sign-up", components=rows)


async def buttons(interaction):
    pressed = rest.build_message_action_row()
    for label in ("Reply", "Update", "Slow", "Form"):
        pressed.add_interactive_button(ButtonStyle.SUCCESS, label, label=label, emoji="✅")
    others = rest.build_message_action_row()
    others.add_interactive_button(ButtonStyle.SECONDARY, "off", label="Off", is_disabled=True)
    others.add_link_button("https://raids.example", label="Link")
    await say(interaction, "press", components=[pressed, others])


async def picks(interaction):
    rows = [rest.build_message_action_row() for _ in range(5)]
    menu = rows[0].add_text_menu("pick-text", max_values=2)
    menu.add_option("Tank", "T").add_option("Healer", "H")
    rows[1].add_select_menu(ComponentType.USER_SELECT_MENU, "pick-user")
    rows[2].add_select_menu(ComponentType.ROLE_SELECT_MENU, "pick-role")
    rows[3].add_select_menu(ComponentType.MENTIONABLE_SELECT_MENU, "pick-mentionable", max_values=2)
    rows[4].add_channel_menu("pick-channel", channel_types=[hikari.ChannelType.GUILD_TEXT])
    await say(interaction, "pick", components=rows)


async def who(interaction):
    await say(interaction, f"this is {interaction.resolved.users[interaction.target_id].username}")


async def quote(interaction):
    await say(interaction, f"> {interaction.resolved.messages[interaction.target_id].content}")


ANSWERS = {one.__name__: one for one in (echo, later, whisper, hush, more, find, raid, file, form, buttons, picks)}
MENUS = {"Who": who, "Quote": quote}


async def press(interaction):
    """Answer a button or select."""
    match interaction.custom_id:
        case "Reply":
            await say(interaction, "pressed", flags=MessageFlag.EPHEMERAL)
        case "Update":
            await interaction.create_initial_response(ResponseType.MESSAGE_UPDATE, "updated", components=[])
        case "Slow":
            await interaction.create_initial_response(ResponseType.DEFERRED_MESSAGE_UPDATE)
            await interaction.edit_initial_response("slowly")
        case "Form":
            await form(interaction)
        case select:
            kind = select.removeprefix("pick-")
            await say(interaction, f"{kind}: {' '.join(interaction.values)}", flags=MessageFlag.EPHEMERAL)


@bot.listen()
async def on_interaction(event: hikari.InteractionCreateEvent):
    match event.interaction:
        case hikari.CommandInteraction() as interaction:
            await (ANSWERS | MENUS)[interaction.command_name](interaction)
        case hikari.AutocompleteInteraction() as interaction:
            typed = interaction.options[0].value
            offered = [hikari.impl.AutocompleteChoiceBuilder(one, one) for one in FRUIT if one.startswith(typed)]
            await interaction.create_response(offered)
        case hikari.ComponentInteraction() as interaction:
            await press(interaction)
        case hikari.ModalInteraction() as interaction:
            name, note = (row[0].value for row in interaction.components)
            await say(interaction, f"{name}/{note}")


# Steps


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


@steps.add("sends, fetches, edits and deletes a message")
async def _():
    message = await lounge("hello")
    same((await rest.fetch_message(channels["lounge"], message)).content, "hello")
    same((await message.edit("hello again")).content, "hello again")
    await heard(hikari.GuildMessageDeleteEvent, message.delete(), lambda event: event.message_id == message.id)
    await refused(rest.fetch_message(channels["lounge"], message), 10008)


@steps.add("sends an embed with all its fields")
async def _():
    moment = datetime(2026, 3, 1, 20, tzinfo=UTC)
    embed = hikari.Embed(
        title="Raid", description="Tonight", url="https://raids.example/1", color=0x00FF00, timestamp=moment
    )
    embed.set_author(name="Olivia", url="https://raids.example/o", icon="https://raids.example/o.png")
    embed.set_footer("ABC", icon="https://raids.example/f.png")
    embed.set_image("https://raids.example/i.png").set_thumbnail("https://raids.example/t.png")
    embed.add_field("Tank", "Alice", inline=True).add_field("Healer", "Bob")
    found = (await lounge(embed=embed)).embeds[0]
    same((found.title, found.author.name, found.footer.text, len(found.fields)), ("Raid", "Olivia", "ABC", 2))
    same((found.timestamp, int(found.color), found.image.url), (moment, 0x00FF00, "https://raids.example/i.png"))


@steps.add("sends files, reads them, and keeps one in an edit")
async def _():
    message = await lounge("files", attachments=[hikari.Bytes(b"one", "one.txt"), hikari.Bytes(b"two", "two.txt")])
    same([one.filename for one in message.attachments], ["one.txt", "two.txt"])
    same(await message.attachments[0].read(), b"one")
    after = await message.edit("one file", attachments=[message.attachments[0]])
    same([one.filename for one in after.attachments], ["one.txt"])


@steps.add("answers a message and mentions whom it may")
async def _():
    said = await steps.act("alice", "say", channel="lounge", content="who comes?")
    asked = await rest.fetch_message(channels["lounge"], int(said["id"]))
    quiet = await asked.respond(
        f"<@{members['bob']}> @everyone", reply=True, mentions_everyone=False, user_mentions=False
    )
    same((list(quiet.user_mentions_ids), quiet.mentions_everyone), ([], False))
    loud = await asked.respond(f"<@{members['bob']}>", reply=True, user_mentions=True, mentions_reply=True)
    same(set(loud.user_mentions_ids), {members["alice"], members["bob"]})


@steps.add("hears what members say, with content")
async def _():
    said = steps.act("bob", "say", channel="lounge", content="count me in")
    event = await heard(hikari.GuildMessageCreateEvent, said, lambda event: event.author_id == members["bob"])
    same((event.content, event.guild_id), ("count me in", guild_id))


@steps.add("pages through a long history")
async def _():
    for number in range(130):
        await steps.act("bob", "say", channel="history", content=str(number))
    found = await rest.fetch_messages(channels["history"])
    same([int(message.content) for message in found], list(reversed(range(130))))
    around = await rest.fetch_messages(channels["history"], around=found[100]).limit(5)
    same(len(around), 5)


@steps.add("deletes many messages at once")
async def _():
    found = list(await rest.fetch_messages(channels["history"]))
    event = await heard(hikari.GuildBulkMessageDeleteEvent, rest.delete_messages(channels["history"], found[:20]))
    same(len(event.message_ids), 20)
    await rest.delete_messages(channels["history"], found[20:70])
    same(len(await rest.fetch_messages(channels["history"])), 60)


@steps.add("pins, lists and unpins messages")
async def _():
    message = await lounge("pinned")
    await rest.pin_message(channels["lounge"], message)
    pinned = await collected(rest.fetch_pins(channels["lounge"]))
    same([getattr(one, "message", one).id for one in pinned], [message.id])
    await rest.unpin_message(channels["lounge"], message)
    same(await collected(rest.fetch_pins(channels["lounge"])), [])


@steps.add("types")
async def _():
    await rest.trigger_typing(channels["lounge"])


@steps.add("adds, lists, removes and clears reactions")
async def _():
    message = await lounge("react")
    (owl,) = bot.cache.get_guild(guild_id).get_emojis().values()
    for emoji in ("✅", "❌", owl):
        await message.add_reaction(emoji)
    await steps.act("alice", "react", channel="lounge", message=message.id, emoji="✅")
    message = await rest.fetch_message(channels["lounge"], message)
    same(
        [(one.emoji.name, one.count, one.is_me) for one in message.reactions],
        [("✅", 2, True), ("❌", 1, True), ("owl", 1, True)],
    )
    users = await rest.fetch_reactions_for_emoji(channels["lounge"], message, "✅")
    same({user.username for user in users}, {"alice", bot.get_me().username})
    await message.remove_reaction("✅", user=members["alice"])
    await message.remove_reaction("❌")
    await message.remove_all_reactions(owl)
    same([one.count for one in (await rest.fetch_message(channels["lounge"], message)).reactions], [1])
    await heard(hikari.GuildReactionDeleteAllEvent, message.remove_all_reactions())


@steps.add("hears reactions of members come and go")
async def _():
    message = await lounge("react")
    about = {"channel": "lounge", "message": message.id, "emoji": "✅"}
    added = await heard(hikari.GuildReactionAddEvent, steps.act("bob", "react", **about))
    same((added.member.username, added.emoji_name, added.message_id), ("bob", "✅", message.id))
    removed = await heard(hikari.GuildReactionDeleteEvent, steps.act("bob", "unreact", **about))
    same(removed.user_id, members["bob"])


@steps.add("hears a super reaction")
async def _():
    message = await lounge("react")
    act = steps.act("bob", "react", channel="lounge", message=message.id, emoji="🔥", burst=True)
    same((await heard(hikari.GuildReactionAddEvent, act)).member.username, "bob")


@steps.add("fetches, lists and searches members")
async def _():
    same((await rest.fetch_member(guild_id, members["bob"])).username, "bob")
    same(len(await rest.fetch_members(guild_id)), len(members))
    same([one.username for one in await rest.search_members(guild_id, "ali")], ["alice"])
    await refused(rest.fetch_member(guild_id, 1), 10013)


@steps.add("creates, edits, gives, takes and deletes a role")
async def _():
    role = await rest.create_role(guild_id, name="Tank", color=0xFF0000, hoist=True, reason="ein Grund äöü")
    await rest.edit_role(guild_id, role, name="Main tank", mentionable=True)
    await heard(hikari.MemberUpdateEvent, rest.add_role_to_member(guild_id, members["bob"], role, reason="he asked"))
    await heard(hikari.MemberUpdateEvent, rest.remove_role_from_member(guild_id, members["bob"], role))
    await heard(hikari.RoleDeleteEvent, rest.delete_role(guild_id, role))


@steps.add("is refused a role above its own")
async def _():
    await refused(rest.add_role_to_member(guild_id, members["bob"], roles["Leader"]), 50013)


@steps.add("changes nicknames")
async def _():
    carol = rest.edit_member(guild_id, members["carol"], nickname="Caz", reason="shorter")
    event = await heard(hikari.MemberUpdateEvent, carol)
    same(event.member.nickname, "Caz")
    same((await rest.edit_my_member(guild_id, nickname="Owl")).nickname, "Owl")


@steps.add("sends direct messages")
async def _():
    direct = await rest.create_dm_channel(members["alice"])
    message = await direct.send("just for you")
    same([one["content"] for one in await steps.control("GET", "/people/alice/dms")], ["just for you"])
    await message.edit("changed")
    await message.delete()


@steps.add("is refused by somebody with closed direct messages")
async def _():
    direct = await rest.create_dm_channel(members["erin"])
    await refused(direct.send("hello"), 50007)


@steps.add("hears that a member leaves")
async def _():
    act = steps.act("frank", "leave", guild=guild_id)
    same((await heard(hikari.MemberDeleteEvent, act)).user.username, "frank")


@steps.add("creates, edits, closes to a role and deletes channels")
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


@steps.add("starts a thread on a message, writes in it, and archives it")
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


@steps.add("starts threads without a message")
async def _():
    kinds = hikari.ChannelType.GUILD_PRIVATE_THREAD, hikari.ChannelType.GUILD_PUBLIC_THREAD
    private = await rest.create_thread(channels["lounge"], kinds[0], "Officers", invitable=False)
    public = await rest.create_thread(channels["lounge"], kinds[1], "Talk")
    active = await rest.fetch_active_threads(guild_id)
    same({one.id for one in active} >= {private.id, public.id}, True)
    await rest.leave_thread(private)
    await rest.delete_channel(public)


@steps.add("fetches emoji")
async def _():
    (owl,) = await rest.fetch_guild_emojis(guild_id)
    same((await rest.fetch_emoji(guild_id, owl)).name, "owl")


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
