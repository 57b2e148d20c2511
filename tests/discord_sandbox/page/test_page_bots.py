"""Bots on the page: commands, forms, menus and direct messages."""

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Channel
from tests.discord_sandbox.example_bot import ExampleBot
from tests.discord_sandbox.page.page_helpers import Open, message_address


async def test_an_ephemeral_answer_is_its_owners_alone(
    example_bot: ExampleBot, lobby: Channel, alice: Person, bob: Person, browse: Open
) -> None:
    owner, other = await browse(alice), await browse(bob)

    outcome = await owner.ask(
        "slash", channel=str(lobby.id), command="create", options={"activity": "Molten Core", "seats": 3}
    )
    preview = await owner.until(lambda: next((one for one in owner.messages() if one["ephemeral"]), None))
    pressed = await owner.ask("click", channel=str(lobby.id), message=preview["id"], custom_id="later")
    await owner.until(lambda: {"Waiting", "Noted"} <= {one["content"] for one in owner.messages()})
    hello = await alice.say(lobby, "hello")
    await other.until(lambda: other.last(hello))

    assert (outcome["outcome"], pressed["outcome"]) == ("answered", "answered")
    assert preview["used"] == {"by": "Alice", "command": "create", "menu": False}
    assert [one["content"] for one in other.messages()] == ["hello"]
    assert [one["content"] for one in (await other.ask("history", channel=str(lobby.id)))["messages"]] == ["hello"]
    refused = await other.ask("click", channel=str(lobby.id), message=preview["id"], custom_id="later")
    assert refused["error"] == "the message is not there"


async def test_a_dismissed_answer_stays_away(
    example_bot: ExampleBot, lobby: Channel, alice: Person, browse: Open
) -> None:
    page_client = await browse(alice)
    await page_client.ask("slash", channel=str(lobby.id), command="create", options={"activity": "Molten Core"})
    preview = await page_client.until(lambda: next(page_client.messages(), None))

    await page_client.ask("dismiss", channel=str(lobby.id), message=preview["id"])

    await page_client.until(lambda: page_client.gone() == [preview["id"]])
    assert (await page_client.ask("history", channel=str(lobby.id)))["messages"] == []
    assert "error" in await page_client.ask("click", channel=str(lobby.id), message=preview["id"], custom_id="later")


async def test_commands_are_offered_to_those_who_may(
    example_bot: ExampleBot, guild: SandboxGuild, alice: Person, browse: Open
) -> None:
    player, manager = await browse(alice), await browse(guild.owner)

    offered = {command["path"]: command for command in manager.view["commands"]}
    assert "manage" in offered
    assert "manage" not in {command["path"] for command in player.view["commands"]}
    assert offered["settings zone"]["options"][0]["name"] == "name"
    activity, when, seats, kind = offered["create"]["options"]
    assert (activity["required"], activity["autocomplete"], when["max_length"]) == (True, True, 20)
    assert (seats["type"], seats["min_value"], seats["max_value"]) == ("integer", 1, 50)
    assert kind["choices"] == [{"name": "Key boss", "value": "key"}]


async def test_commands_of_a_message_s_menu_are_offered_and_used(
    example_bot: ExampleBot, lobby: Channel, alice: Person, browse: Open
) -> None:
    said = await alice.say(lobby, "who comes?")
    page_client = await browse(alice)

    outcome = await page_client.ask("menu", **message_address(said), command="Quote")
    quoted = await page_client.until(lambda: next((one for one in page_client.messages() if one["used"]), None))
    unknown = await page_client.ask("menu", **message_address(said), command="create")
    directly = await alice.context(said, "Quote")

    assert [one["path"] for one in page_client.view["commands"] if one["kind"] == "message"] == ["Quote"]
    assert (outcome["outcome"], quoted["content"], quoted["type"]) == ("answered", "> who comes?", 23)
    assert quoted["used"] == {"by": "Alice", "command": "Quote", "menu": True}
    assert "sees no command 'create'" in unknown["error"]
    assert directly.message is not None
    assert (directly.message.interaction or {})["target_message_id"] == str(said.id)


async def test_autocomplete_offers_while_one_types(
    example_bot: ExampleBot, lobby: Channel, alice: Person, browse: Open
) -> None:
    page_client = await browse(alice)

    offered = await page_client.ask(
        "autocomplete", channel=str(lobby.id), command="create", options={"activity": "molten"}, focused="activity"
    )

    assert offered["choices"] == [{"name": "Molten Core", "value": "molten core"}]


async def test_a_form_opens_complains_and_is_sent_once(
    example_bot: ExampleBot, lobby: Channel, alice: Person, bob: Person, browse: Open
) -> None:
    page_client, other = await browse(alice), await browse(bob)

    opened = await page_client.ask("slash", channel=str(lobby.id), command="form")
    field = opened["modal"]["components"][0]["components"][0]["custom_id"]
    form = {"interaction": opened["interaction"]}

    assert "no form" in (await other.ask("submit", **form, values={}))["error"]
    assert "between 1 and 20" in (await page_client.ask("submit", **form, values={field: "x" * 21}))["error"]
    assert (await page_client.ask("submit", **form, values={field: "8pm"}))["outcome"] == "answered"
    assert "no form" in (await page_client.ask("submit", **form, values={field: "8pm"}))["error"]
    await page_client.until(lambda: any(one["content"] == "At 8pm" for one in page_client.messages()))


async def test_selects_of_every_kind_are_picked_by_value_or_id(
    example_bot: ExampleBot, guild: SandboxGuild, lobby: Channel, alice: Person, bob: Person, browse: Open
) -> None:
    page_client = await browse(alice)
    await page_client.ask("slash", channel=str(lobby.id), command="pick")
    message = await page_client.until(lambda: next(page_client.messages(), None))
    selects = [row["components"][0] for row in message["components"]]
    picks = ["T"], [str(bob.id)], [str(guild.bot_role.id)], [str(lobby.id)]

    for select, picked in zip(selects, picks, strict=True):
        where = {"channel": str(lobby.id), "message": message["id"], "custom_id": select["custom_id"]}
        assert (await page_client.ask("select", **where, values=picked))["outcome"] == "answered"

    answers = ["roles ['T']", "members ['bob']", "server roles ['RaidBot']", "channels ['lobby']"]
    await page_client.until(lambda: set(answers) <= {one["content"] for one in page_client.messages()})


async def test_a_bot_that_is_silent_or_slow_is_met_as_on_discord(
    example_bot: ExampleBot, lobby: Channel, alice: Person, browse: Open
) -> None:
    page_client = await browse(alice)

    slow = await page_client.ask("slash", channel=str(lobby.id), command="slow")
    silent = await page_client.ask("slash", channel=str(lobby.id), command="silent")
    missing = await page_client.ask("slash", channel=str(lobby.id), command="create")

    assert slow["outcome"] in ("thinking", "answered")
    assert (silent["outcome"], silent["modal"]) == ("failed", None)
    assert missing["error"] == "/create needs the option 'activity'"


async def test_direct_messages_are_between_two(
    sandbox: Sandbox, example_bot: ExampleBot, lobby: Channel, alice: Person, bob: Person, browse: Open
) -> None:
    receiver, other = await browse(alice), await browse(bob)

    user = await example_bot.fetch_user(alice.id)
    note = await user.send("psst")
    hello = await bob.say(lobby, "hello")

    await receiver.until(lambda: receiver.last(note) and receiver.last(hello))
    await other.until(lambda: other.last(hello))
    shown = [one for push in receiver.heard("channels") for one in push["channels"]]
    assert [(one["kind"], one["with"]["name"], one["unread"]) for one in shown] == [("dm", "RaidBot", 1)]
    assert not other.last(note)
    assert other.heard("channels") == []
    await receiver.ask("read", channel=shown[0]["id"], message=str(note.id))
    assert [one["unread"] for one in (await receiver.act_as(alice))["channels"]] == [1, 0]


async def test_who_closes_their_dms_gets_none(example_bot: ExampleBot, alice: Person, browse: Open) -> None:
    page_client = await browse(alice)

    await page_client.ask("dms", open=False)

    await page_client.until(
        lambda: any(not one["dms"] for push in page_client.heard("people") for one in push["people"])
    )
    user = await example_bot.fetch_user(alice.id)
    with pytest.raises(Exception, match="50007"):
        await user.send("psst")
