"""A saved world is restored unchanged."""

import json
from datetime import timedelta

import pytest

from discord_sandbox import Sandbox, SandboxGuild, channels, persistence
from discord_sandbox.store import Attachment, Channel
from tests.discord_sandbox.example_bot import ExampleBot


async def guild_with_everything(sandbox: Sandbox, bot: ExampleBot) -> SandboxGuild:
    """Return a guild with every kind of object in it."""
    guild = sandbox.add_guild("Ravenwood")
    lobby, hall = guild.add_channel("lobby"), guild.add_channel("hall")
    role, emoji = guild.add_role("Raider", permissions=["manage_guild"]), guild.add_emoji("tank")
    alice, bob = guild.add_member("alice", nick="Al", roles=[role]), guild.add_member("bob")
    bob.close_dms()
    guild.deny(hall, "view_channel", to=bob)
    message = await alice.say(lobby, f"look {bob.mention}")
    message.embeds.append({"type": "rich", "fields": [{"name": "a", "value": "b", "inline": True}]})
    message.attachments.append(
        Attachment(id=sandbox.store.next_id(), filename="a.png", content_type="image/png", content=b"\x89PNG")
    )
    await bob.react(message, f"tank:{emoji.id}")
    await alice.react(message, f"tank:{emoji.id}", burst=True)
    channels.start_thread(sandbox.world, guild.facts, lobby, alice.user, "plans", on=message)
    await sandbox.until(lambda: bot.get_guild(guild.id))
    await (await bot.fetch_user(alice.id)).send("psst")
    await alice.slash(lobby, "create", activity="Molten Core")
    await alice.slash(lobby, "pick")
    return guild


async def test_a_world_comes_back_as_it_was(sandbox: Sandbox, example_bot: ExampleBot) -> None:
    guild = await guild_with_everything(sandbox, example_bot)
    sandbox.advance(timedelta(days=3))

    kept = json.loads(json.dumps(persistence.save(sandbox.world)))
    again = Sandbox()
    persistence.load(again.world, kept)

    before, after = sandbox.store, again.store
    lobby = after.channels[guild.channel("lobby").id]
    assert any(message.visible_to for message in before.channels[lobby.id].messages.values())
    for channel in before.channels.values():
        _forget_ephemeral(channel)
    assert after.users == before.users
    assert after.channels == before.channels
    assert after.guilds == before.guilds
    assert after.commands == before.commands
    assert after.dms == before.dms
    assert after.guilds[guild.id].channels[lobby.id] is lobby
    author = next(iter(lobby.messages.values())).author
    assert author is after.users[author.id]
    assert after.next_id() > before.last_id
    assert (again.bot, again.application_id) == (sandbox.bot, sandbox.application_id)
    assert abs(again.clock.now() - sandbox.clock.now()) < timedelta(minutes=1)


async def test_a_world_of_the_first_version_is_read(sandbox: Sandbox) -> None:
    guild = sandbox.add_guild("Ravenwood")
    lobby, alice = guild.add_channel("lobby"), guild.add_member("alice")
    message = await alice.say(lobby, "hello")
    await alice.react(message, "✅")
    kept = json.loads(json.dumps(persistence.save(sandbox.world)))
    kept["form"] = 1
    del kept["guilds"][0]["max_active_threads"]
    for channel in kept["channels"]:
        for _, entry in channel["messages"]:
            for _, reaction in entry["reactions"]:
                del reaction["super_users"]
    again = Sandbox()

    persistence.load(again.world, kept)

    assert again.store.channels == sandbox.store.channels
    assert again.store.guilds == sandbox.store.guilds


def _forget_ephemeral(channel: Channel) -> None:
    channel.messages = {key: one for key, one in channel.messages.items() if one.visible_to is None}


@pytest.mark.parametrize("kept", [{}, {"form": 2}, {"form": 2, "users": [{"id": 1}]}, {"form": 1}, {"form": 99}])
async def test_what_is_no_world_is_refused(kept: dict[str, object]) -> None:
    with pytest.raises(persistence.WrongWorld):
        persistence.load(Sandbox().world, kept)
