"""Actions of people on the page, and the pushes that a burst costs."""

from collections import Counter

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Channel
from tests.discord_sandbox.example_bot import ExampleBot
from tests.discord_sandbox.page.page_helpers import Open, message_address


async def test_reactions_count_names_and_ones_own(
    sandbox: Sandbox, guild: SandboxGuild, lobby: Channel, alice: Person, bob: Person, browse: Open
) -> None:
    tank = guild.add_emoji("tank")
    message = await bob.say(lobby, "who comes?")
    await bob.react(message, f"tank:{tank.id}")
    page_client = await browse(alice)

    await page_client.ask("react", **message_address(message), emoji=f"tank:{tank.id}")
    await page_client.until(lambda: page_client.last(message).get("reactions", [{}])[0].get("me"))
    await page_client.ask("unreact", **message_address(message), emoji=f"tank:{tank.id}")
    await page_client.until(lambda: not page_client.last(message)["reactions"][0]["me"])

    assert page_client.last(message)["reactions"] == [
        {
            "key": f"tank:{tank.id}",
            "emoji": {"id": str(tank.id), "name": "tank", "animated": False},
            "count": 1,
            "me": False,
            "names": ["Bob"],
        }
    ]


async def test_deleting_takes_permission(
    guild: SandboxGuild, lobby: Channel, alice: Person, bob: Person, browse: Open
) -> None:
    message = await bob.say(lobby, "oops")
    player, manager = await browse(alice), await browse(guild.owner)

    assert "error" in await player.ask("delete", **message_address(message))
    assert (await manager.ask("delete", **message_address(message)))["ok"]

    await player.until(lambda: player.gone() == [str(message.id)])


async def test_history_goes_back_page_by_page(lobby: Channel, alice: Person, browse: Open) -> None:
    said = [await alice.say(lobby, f"line {number}") for number in range(7)]
    page_client = await browse(alice)

    newest = await page_client.ask("history", channel=str(lobby.id), limit=5)
    oldest = await page_client.ask("history", channel=str(lobby.id), limit=5, before=newest["messages"][0]["id"])

    assert [one["id"] for one in oldest["messages"] + newest["messages"]] == [str(one.id) for one in said]
    assert (newest["more"], oldest["more"]) == (True, False)


async def test_everybody_reacts_once_with_what_the_bot_offers(
    sandbox: Sandbox, example_bot: ExampleBot, guild: SandboxGuild, lobby: Channel, alice: Person, browse: Open
) -> None:
    for number in range(30):
        guild.add_member(f"player{number}")
    channel = await example_bot.fetch_channel(lobby.id)
    board = await channel.send("who comes?")  # type: ignore[union-attr]
    for emoji in ("🛡️", "⚔️"):
        await board.add_reaction(emoji)
    page_client = await browse(alice)
    where = {"channel": str(lobby.id), "message": str(board.id)}

    first = await page_client.ask("everybody", **where)
    again = await page_client.ask("everybody", **where)

    message = sandbox.store.message(lobby.id, board.id)
    assert message is not None
    assert (first["reacted"], again["reacted"]) == (31, 0)
    found = Counter(user_id for entry in message.reactions.values() for user_id in entry.users)
    assert found.pop(sandbox.bot.id) == 2
    assert set(found.values()) == {1}
    assert alice.id not in found


async def test_a_super_reaction_counts_as_any_other(lobby: Channel, alice: Person, bob: Person, browse: Open) -> None:
    page_client = await browse(alice)
    message = await alice.say(lobby, "who comes?")
    await alice.react(message, "⚔️", burst=True)
    await bob.react(message, "⚔️")

    await page_client.until(lambda: page_client.last(message).get("reactions", [{}])[0].get("count") == 2)
    shown = page_client.last(message)["reactions"][0]
    await page_client.ask("unreact", **message_address(message), emoji="⚔️")

    assert (shown["me"], shown["names"]) == (True, ["Alice", "Bob"])
    assert message.reactors("⚔️") == [bob.id]


async def test_two_hundred_reactions_are_a_few_pushes(
    sandbox: Sandbox, guild: SandboxGuild, lobby: Channel, alice: Person, browse: Open
) -> None:
    people = [guild.add_member(f"player{number}") for number in range(200)]
    message = await alice.say(lobby, "who comes?")
    page_client = await browse(alice)

    for person in people:
        await person.react(message, "⚔️")

    await page_client.until(lambda: page_client.last(message).get("reactions", [{}])[0].get("count") == 200)
    assert len(page_client.heard("messages")) <= 3
    assert len(page_client.last(message)["reactions"][0]["names"]) == 10


async def test_what_a_client_gets_wrong_is_said(lobby: Channel, alice: Person, browse: Open) -> None:
    page_client = await browse(alice)

    assert "nobody can 'fly'" in (await page_client.ask("fly"))["error"]
    assert (await page_client.ask("history"))["error"] == "the field 'channel' is missing"
    assert "not understood" in (await page_client.ask("history", channel="lobby"))["error"]
    assert "year" in (await page_client.ask("advance", seconds=-1))["error"]
    assert (await page_client.ask("be", person="1"))["error"] == "there is nobody of that id"
