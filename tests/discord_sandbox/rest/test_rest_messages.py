"""REST routes of messages, reactions and pins, called by discord.py."""

import io
from datetime import timedelta

import discord

from tests.discord_sandbox.scene import Scene, refused


async def test_reactions_need_permission_and_exist(scene: Scene) -> None:
    message = await scene.here.send("board")

    await refused(message.add_reaction("not an emoji"), 10014, 400)
    for number in range(20):
        await message.add_reaction(chr(0x1F600 + number))
    await refused(message.add_reaction("✅"), 30010, 400)
    await message.clear_reactions()
    scene.guild.deny(scene.channel, "add_reactions", "manage_messages")
    await refused(message.add_reaction("✅"), 50013, 403)
    await scene.alice.react(scene.channel.messages[message.id], "✅")
    await message.add_reaction("✅")
    await refused(message.remove_reaction("✅", discord.Object(scene.alice.id)), 50013, 403)
    await message.remove_reaction("✅", discord.Object(scene.sandbox.bot.id))

    assert scene.channel.messages[message.id].reactors("✅") == [scene.alice.id]


async def test_reactors_come_by_id_in_pages(scene: Scene) -> None:
    message = await scene.here.send("board")
    people = [scene.guild.add_member(f"member{number}") for number in range(250)]
    for person in reversed(people):
        await person.react(scene.channel.messages[message.id], "✅")

    fetched = await scene.here.fetch_message(message.id)
    found = [user.id async for user in fetched.reactions[0].users()]

    pages = [call.response for call in scene.sandbox.calls if call.route.endswith("/reactions/{emoji_name}")]
    assert fetched.reactions[0].count == len(found) == 250
    assert [int(user["id"]) for page in pages for user in page] == [person.id for person in people]
    assert [len(page) for page in pages] == [100, 100, 50]


async def test_a_custom_emoji_is_a_reaction(scene: Scene) -> None:
    emoji = scene.guild.add_emoji("tank")
    message = await scene.here.send("board")

    await message.add_reaction(discord.PartialEmoji(name="tank", id=emoji.id))
    await refused(message.add_reaction(discord.PartialEmoji(name="tank", id=42)), 10014, 400)
    fetched = await scene.here.fetch_message(message.id)

    assert str(fetched.reactions[0].emoji) == f"<:tank:{emoji.id}>"
    assert await scene.home.fetch_emojis()


async def test_history_is_paged_both_ways(scene: Scene) -> None:
    sent = [await scene.here.send(str(number)) for number in range(7)]

    newest = [message.content async for message in scene.here.history(limit=3)]
    oldest = [message.content async for message in scene.here.history(limit=3, oldest_first=True)]
    around = [message.content async for message in scene.here.history(limit=3, around=sent[3])]
    before = [message.content async for message in scene.here.history(before=sent[2])]

    assert newest == ["6", "5", "4"]
    assert oldest == ["0", "1", "2"]
    assert around == ["4", "3", "2"]
    assert before == ["1", "0"]
    await refused(scene.here.fetch_message(42), 10008, 404)


async def test_the_same_nonce_returns_the_first_message(scene: Scene) -> None:
    first = await scene.here.send("once", nonce="outbox-1")
    again = await scene.here.send("twice", nonce="outbox-1")

    scene.sandbox.advance(timedelta(minutes=6))
    later = await scene.here.send("later", nonce="outbox-1")

    assert (again.id, again.content) == (first.id, "once")
    assert later.id != first.id
    assert len(scene.channel.messages) == 2


async def test_a_nonce_whose_first_message_was_deleted_sends_no_other(scene: Scene) -> None:
    first = await scene.here.send("once", nonce="outbox-1")
    await first.delete()

    await refused(scene.here.send("twice", nonce="outbox-1"), 10008, 404)
    other = await scene.here.send("another", nonce="outbox-2")
    scene.sandbox.advance(timedelta(minutes=6))
    later = await scene.here.send("later", nonce="outbox-1")

    assert list(scene.channel.messages) == [other.id, later.id]


async def test_allowed_mentions_decide_who_is_pinged(scene: Scene) -> None:
    role = scene.guild.add_role("Raiders", mentionable=True)
    text = f"<@{scene.alice.id}> <@&{role.id}> @everyone"

    loud = await scene.here.send(text)
    quiet = await scene.here.send(text, allowed_mentions=discord.AllowedMentions.none())
    chosen = await scene.here.send(text, allowed_mentions=discord.AllowedMentions(everyone=False, users=False))

    facts = scene.channel.messages
    assert (facts[loud.id].mentions, facts[loud.id].mention_roles) == ([scene.alice.id], [role.id])
    assert facts[loud.id].mention_everyone
    assert (facts[quiet.id].mentions, facts[quiet.id].mention_roles) == ([], [])
    assert not facts[quiet.id].mention_everyone
    assert (facts[chosen.id].mentions, facts[chosen.id].mention_roles) == ([], [role.id])


async def test_messages_of_others_are_not_edited(scene: Scene) -> None:
    theirs = await scene.alice.say(scene.channel, "mine")

    await refused(scene.here.get_partial_message(theirs.id).edit(content="x"), 50005, 403)
    await scene.here.get_partial_message(theirs.id).delete()
    await refused(scene.here.get_partial_message(theirs.id).delete(), 10008, 404)


async def test_an_edit_may_not_leave_nothing(scene: Scene) -> None:
    message = await scene.here.send("text")

    await refused(message.edit(content=""), 50006, 400)


async def test_files_are_kept_and_served(scene: Scene) -> None:
    message = await scene.here.send("log", file=discord.File(io.BytesIO(b"a,b"), "raid.csv", description="export"))

    fetched = await scene.here.fetch_message(message.id)
    (attachment,) = fetched.attachments

    assert (attachment.filename, attachment.description, attachment.size) == ("raid.csv", "export", 3)
    assert await attachment.read() == b"a,b"

    await message.edit(attachments=[])
    assert scene.channel.messages[message.id].attachments == []


async def test_an_embed_shows_only_files_that_the_message_has(scene: Scene) -> None:
    embed = discord.Embed(title="Raids").set_image(url="attachment://raids.png")
    message = await scene.here.send(embed=embed, file=discord.File(io.BytesIO(b"png"), "raids.png"))

    await message.edit(embed=embed.set_footer(text="changed"))
    await refused(scene.here.send(embed=embed, file=discord.File(io.BytesIO(b"png"), "raid s.png")), 50035, 400)
    await refused(message.edit(embed=embed, attachments=[]), 50035, 400)
    stored = scene.channel.messages[message.id]
    assert (stored.embeds[0]["footer"], [file.filename for file in stored.attachments]) == (
        {"text": "changed"},
        ["raids.png"],
    )


async def test_bulk_delete_takes_many_but_no_old_ones(scene: Scene) -> None:
    old = [await scene.here.send("old") for _ in range(2)]
    scene.sandbox.advance(timedelta(days=15))
    new = [await scene.here.send(str(number)) for number in range(3)]

    await refused(scene.here.delete_messages(old), 50034, 400)
    await scene.here.delete_messages(new)

    await scene.sandbox.until(lambda: scene.client.heard("raw_bulk_message_delete"))
    assert list(scene.channel.messages) == [message.id for message in old]


async def test_pins(scene: Scene) -> None:
    message = await scene.here.send("board")

    await message.pin()
    pinned = [found.id async for found in scene.here.pins()]
    await message.unpin()

    assert pinned == [message.id]
    assert [found.id async for found in scene.here.pins()] == []
    await refused(scene.here.get_partial_message(scene.channel.last_message_id or 0).edit(content="x"), 50021, 403)


async def test_a_file_that_an_embed_shows_is_listed_once_the_embed_shows_it_no_more(scene: Scene) -> None:
    embed = discord.Embed(title="board").set_thumbnail(url="attachment://map.png")
    sent = await scene.here.send(embed=embed, file=discord.File(io.BytesIO(b"map"), "map.png", description="A map"))
    held = scene.channel.messages[sent.id].attachments

    again = await sent.edit(embed=embed.copy().add_field(name="more", value="text"))
    without = await sent.edit(embed=discord.Embed(title="board"))
    gone = await sent.edit(embed=discord.Embed(title="board"), attachments=[])

    assert [one.filename for one in held] == ["map.png"]
    for message in (sent, again):
        assert str(message.embeds[0].thumbnail.url).startswith("http://127.0.0.1")
        assert message.attachments == []
    assert [one.description for one in without.attachments] == ["A map"]
    assert gone.attachments == []
    await refused(sent.edit(embed=embed), 50035, 400)
