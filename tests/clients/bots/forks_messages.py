"""The steps about messages and reactions that read the same in discord.py and the libraries made from it."""

import asyncio
import io
from datetime import UTC, datetime

from steps import Group, collected, same

ALL_FIELDS = {"title": "Raid", "description": "Tonight", "url": "https://raids.example/1", "colour": 0x00FF00}
steps = Group()


@steps.add("sends, fetches, edits and deletes a message")
async def _(bot):
    message = await bot.channel("lounge").send("hello")
    same((await bot.channel("lounge").fetch_message(message.id)).content, "hello")
    same((await message.edit(content="hello again")).content, "hello again")
    await bot.heard("message_delete", message.delete(), lambda gone: gone.id == message.id)
    await bot.refused(bot.channel("lounge").fetch_message(message.id), 10008)


@steps.add("sends an embed with all its fields")
async def _(bot):
    embed = bot.lib.Embed(**ALL_FIELDS, timestamp=datetime(2026, 3, 1, 20, tzinfo=UTC))
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
async def _(bot):
    files = [
        bot.lib.File(io.BytesIO(b"one"), filename="one.txt", description="the first"),
        bot.lib.File(io.BytesIO(b"two"), filename="two.txt"),
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
async def _(bot):
    said = await bot.steps.act("alice", "say", channel="lounge", content="who comes?")
    asked = await bot.channel("lounge").fetch_message(int(said["id"]))
    nobody = bot.lib.AllowedMentions(everyone=False, users=False, roles=False, replied_user=False)
    quiet = await asked.reply(f"{bot.member('bob').mention} @everyone", allowed_mentions=nobody)
    same((quiet.mentions, quiet.mention_everyone), ([], False))
    loud = await asked.reply(bot.member("bob").mention, mention_author=True)
    same({one.name for one in loud.mentions}, {"alice", "bob"})
    same(loud.reference.message_id, asked.id)


@steps.add("hears what members say, with content")
async def _(bot):
    said = bot.steps.act("bob", "say", channel="lounge", content="count me in")
    message = await bot.heard("message", said, lambda message: message.author.name == "bob")
    same((message.content, message.guild.id), ("count me in", bot.guild.id))


@steps.add("pages through a long history")
async def _(bot):
    for number in range(130):
        await bot.steps.act("bob", "say", channel="history", content=str(number))
    channel = bot.channel("history")
    found = await collected(channel.history(limit=None, oldest_first=True))
    same([message.content for message in found], [str(number) for number in range(130)])
    newest = await collected(channel.history(limit=110))
    same([message.content for message in newest][:2], ["129", "128"])
    around = await collected(channel.history(limit=5, around=found[100]))
    same(sorted(int(message.content) for message in around), [98, 99, 100, 101, 102])


@steps.add("deletes many messages at once")
async def _(bot):
    channel = bot.channel("history")
    gone = await bot.heard(
        "raw_bulk_message_delete", channel.delete_messages(await collected(channel.history(limit=20)))
    )
    same(len(gone.message_ids), 20)
    same(len(await channel.purge(limit=50)), 50)
    same(len(await collected(channel.history(limit=None))), 60)


@steps.add("pins, lists and unpins messages")
async def _(bot):
    message = await bot.channel("lounge").send("pinned")
    await message.pin(reason="important")
    pinned = await collected(bot.channel("lounge").pins())
    same([getattr(one, "message", one).id for one in pinned], [message.id])
    await message.unpin()
    same(await collected(bot.channel("lounge").pins()), [])


@steps.add("types")
async def _(bot):
    async with bot.channel("lounge").typing():
        await asyncio.sleep(0)


@steps.add("adds, lists, removes and clears reactions")
async def _(bot):
    message = await bot.channel("lounge").send("react")
    owl = bot.guild.emojis[0]
    for emoji in ("✅", "❌", owl):
        await message.add_reaction(emoji)
    await bot.steps.act("alice", "react", channel="lounge", message=message.id, emoji="✅")
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
async def _(bot):
    message = await bot.channel("lounge").send("react")
    about = {"channel": "lounge", "message": message.id, "emoji": "✅"}
    added = await bot.heard("raw_reaction_add", bot.steps.act("bob", "react", **about))
    same((added.member.name, str(added.emoji), added.message_id), ("bob", "✅", message.id))
    removed = await bot.heard("raw_reaction_remove", bot.steps.act("bob", "unreact", **about))
    same(removed.user_id, bot.member("bob").id)


@steps.add("hears a super reaction")
async def _(bot):
    message = await bot.channel("lounge").send("react")
    act = bot.steps.act("bob", "react", channel="lounge", message=message.id, emoji="🔥", burst=True)
    added = await bot.heard("raw_reaction_add", act)
    same((added.member.name, getattr(added, "burst", True)), ("bob", True))
    found = (await message.channel.fetch_message(message.id)).reactions[0]
    same(getattr(found, "burst_count", 1), 1)
