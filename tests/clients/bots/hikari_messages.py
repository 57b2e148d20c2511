"""The steps of hikari about messages and reactions."""

from datetime import UTC, datetime

import hikari
from hikari_scene import bot, channels, guild_id, heard, lounge, members, refused, rest, steps
from steps import Group, collected, same

group = Group()


@group.add("sends, fetches, edits and deletes a message")
async def _():
    message = await lounge("hello")
    same((await rest.fetch_message(channels["lounge"], message)).content, "hello")
    same((await message.edit("hello again")).content, "hello again")
    await heard(hikari.GuildMessageDeleteEvent, message.delete(), lambda event: event.message_id == message.id)
    await refused(rest.fetch_message(channels["lounge"], message), 10008)


@group.add("sends an embed with all its fields")
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


@group.add("sends files, reads them, and keeps one in an edit")
async def _():
    message = await lounge("files", attachments=[hikari.Bytes(b"one", "one.txt"), hikari.Bytes(b"two", "two.txt")])
    same([one.filename for one in message.attachments], ["one.txt", "two.txt"])
    same(await message.attachments[0].read(), b"one")
    after = await message.edit("one file", attachments=[message.attachments[0]])
    same([one.filename for one in after.attachments], ["one.txt"])


@group.add("answers a message and mentions whom it may")
async def _():
    said = await steps.act("alice", "say", channel="lounge", content="who comes?")
    asked = await rest.fetch_message(channels["lounge"], int(said["id"]))
    quiet = await asked.respond(
        f"<@{members['bob']}> @everyone", reply=True, mentions_everyone=False, user_mentions=False
    )
    same((list(quiet.user_mentions_ids), quiet.mentions_everyone), ([], False))
    loud = await asked.respond(f"<@{members['bob']}>", reply=True, user_mentions=True, mentions_reply=True)
    same(set(loud.user_mentions_ids), {members["alice"], members["bob"]})


@group.add("hears what members say, with content")
async def _():
    said = steps.act("bob", "say", channel="lounge", content="count me in")
    event = await heard(hikari.GuildMessageCreateEvent, said, lambda event: event.author_id == members["bob"])
    same((event.content, event.guild_id), ("count me in", guild_id))


@group.add("pages through a long history")
async def _():
    for number in range(130):
        await steps.act("bob", "say", channel="history", content=str(number))
    found = await rest.fetch_messages(channels["history"])
    same([int(message.content) for message in found], list(reversed(range(130))))
    around = await rest.fetch_messages(channels["history"], around=found[100]).limit(5)
    same(len(around), 5)


@group.add("deletes many messages at once")
async def _():
    found = list(await rest.fetch_messages(channels["history"]))
    event = await heard(hikari.GuildBulkMessageDeleteEvent, rest.delete_messages(channels["history"], found[:20]))
    same(len(event.message_ids), 20)
    await rest.delete_messages(channels["history"], found[20:70])
    same(len(await rest.fetch_messages(channels["history"])), 60)


@group.add("pins, lists and unpins messages")
async def _():
    message = await lounge("pinned")
    await rest.pin_message(channels["lounge"], message)
    pinned = await collected(rest.fetch_pins(channels["lounge"]))
    same([getattr(one, "message", one).id for one in pinned], [message.id])
    await rest.unpin_message(channels["lounge"], message)
    same(await collected(rest.fetch_pins(channels["lounge"])), [])


@group.add("types")
async def _():
    await rest.trigger_typing(channels["lounge"])


@group.add("adds, lists, removes and clears reactions")
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


@group.add("hears reactions of members come and go")
async def _():
    message = await lounge("react")
    about = {"channel": "lounge", "message": message.id, "emoji": "✅"}
    added = await heard(hikari.GuildReactionAddEvent, steps.act("bob", "react", **about))
    same((added.member.username, added.emoji_name, added.message_id), ("bob", "✅", message.id))
    removed = await heard(hikari.GuildReactionDeleteEvent, steps.act("bob", "unreact", **about))
    same(removed.user_id, members["bob"])


@group.add("hears a super reaction")
async def _():
    message = await lounge("react")
    act = steps.act("bob", "react", channel="lounge", message=message.id, emoji="🔥", burst=True)
    same((await heard(hikari.GuildReactionAddEvent, act)).member.username, "bob")
