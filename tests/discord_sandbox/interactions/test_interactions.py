"""Commands, buttons, selects and forms, between a person and a real discord.py bot."""

from datetime import timedelta

import discord
import pytest

from discord_sandbox import Sandbox
from discord_sandbox.builders import SandboxGuild
from discord_sandbox.command_input import NotPossible, Upload
from discord_sandbox.people import Choice, Person, PersonResponse
from discord_sandbox.store import Channel
from tests.discord_sandbox.example_bot import Confirm, ExampleBot


@pytest.fixture
def guild(sandbox: Sandbox) -> SandboxGuild:
    return sandbox.add_guild("Night Owls")


@pytest.fixture
def channel(guild: SandboxGuild) -> Channel:
    return guild.add_channel("raids")


@pytest.fixture
def alice(guild: SandboxGuild, channel: Channel) -> Person:
    return guild.add_member("alice")


@pytest.fixture
async def offer(alice: Person, channel: Channel, example_bot: ExampleBot) -> PersonResponse:
    """The answer to /create, with its buttons."""
    return await alice.slash(channel, "create", activity="molten core", when="friday 8pm", seats=12, kind="Key boss")


async def test_a_slash_command_is_answered_for_its_user_only(
    offer: PersonResponse, alice: Person, channel: Channel, guild: SandboxGuild
) -> None:
    bob = guild.add_member("bob")

    assert offer.content == "Create it?"
    assert offer.embeds[0]["description"] == "friday 8pm, 12 seats, key"
    assert offer.ephemeral
    assert not offer.failed
    assert "molten core" in offer.text()
    assert alice.sees(channel) == [offer.message]
    assert bob.sees(channel) == guild.messages(channel) == []
    assert offer.message is not None
    with pytest.raises(NotPossible, match="not there"):
        await bob.click(offer.message, "Confirm")


async def test_an_ephemeral_answer_is_in_no_history(
    offer: PersonResponse, channel: Channel, example_bot: ExampleBot
) -> None:
    place = example_bot.get_channel(channel.id)
    assert isinstance(place, discord.TextChannel)

    assert [message async for message in place.history()] == []


async def test_a_button_updates_its_message(offer: PersonResponse) -> None:
    answer = await offer.click("Confirm")

    assert answer.message is offer.message
    assert offer.content == "Created"
    assert offer.components == []


async def test_a_button_is_answered_anew(offer: PersonResponse) -> None:
    answer = await offer.click("Explain")

    assert answer.message is not offer.message
    assert answer.content == "It is a raid"
    assert offer.content == "Create it?"


async def test_a_deferred_update_changes_the_message_later(offer: PersonResponse, sandbox: Sandbox) -> None:
    answer = await offer.click("later")

    await sandbox.until(lambda: offer.content == "Waiting")
    assert [message.content for message in answer.followups] == ["Noted"]
    assert "Noted" in answer.text()


async def test_a_person_sees_what_became_of_a_press_that_was_only_acknowledged(
    offer: PersonResponse, sandbox: Sandbox
) -> None:
    sandbox.faults.slow(0.3, route="DELETE /webhooks/{}/{}/messages/@original")

    await offer.click("Drop")

    assert offer.message is None


async def test_a_button_opens_a_form_that_updates_the_message(offer: PersonResponse) -> None:
    form = await offer.click("Set time")

    assert form.text() == "Set the time\nWhen: [tonight]"
    answer = await form.submit(When="friday 8pm")
    assert answer.message is offer.message
    assert offer.content == "At friday 8pm"


async def test_the_original_answer_and_follow_ups_are_fetched_edited_and_deleted(
    offer: PersonResponse, sandbox: Sandbox
) -> None:
    counted = await offer.click("Count")
    await sandbox.until(lambda: "One, two" in counted.text())
    assert not counted.followups[0].visible_to

    await offer.click("Drop")

    await sandbox.until(lambda: offer.message is None)
    assert offer.text() == ""


async def test_a_button_in_a_direct_message(alice: Person, example_bot: ExampleBot) -> None:
    user = await example_bot.fetch_user(alice.id)
    await user.send("Create it?", view=Confirm())

    answer = await alice.click(alice.dms[0], "Confirm")

    assert answer.message is alice.dms[0]
    assert alice.dms[0].content == "Created"


async def test_a_command_in_a_thread(alice: Person, channel: Channel, example_bot: ExampleBot) -> None:
    place = example_bot.get_channel(channel.id)
    assert isinstance(place, discord.TextChannel)
    thread = await place.create_thread(name="Talk", type=discord.ChannelType.public_thread)

    answer = await alice.slash(thread, "create", activity="molten core")

    assert answer.content == "Create it?"
    assert (await answer.click("Confirm")).content == "Created"


async def test_buttons_that_cannot_be_pressed(offer: PersonResponse) -> None:
    with pytest.raises(NotPossible, match="disabled"):
        await offer.click("Not now")
    with pytest.raises(NotPossible, match="fits 0 of"):
        await offer.click("Nowhere")


async def test_a_form_keeps_what_was_filled_in_and_checks_lengths(
    alice: Person, channel: Channel, example_bot: ExampleBot
) -> None:
    form = await alice.slash(channel, "form")
    with pytest.raises(NotPossible, match="between"):
        await form.submit(When="x" * 21)
    with pytest.raises(NotPossible, match="has no"):
        await form.submit(Where="here")

    answer = await form.submit()

    assert answer.content == "At tonight"
    assert not answer.ephemeral


async def test_a_form_of_labels(alice: Person, channel: Channel, example_bot: ExampleBot) -> None:
    form = await alice.slash(channel, "plan")

    answer = await form.submit(Role="Healer", note="late")

    assert answer.content == "['Healer'] 'late'"


async def test_thinking_ends_with_the_first_follow_up(alice: Person, channel: Channel, example_bot: ExampleBot) -> None:
    answer = await alice.slash(channel, "slow")

    assert answer.content == "Thought"
    assert answer.ephemeral
    await example_bot.tree.fetch_commands()
    assert [message.content for message in answer.followups] == ["More"]


async def test_options_of_every_type_arrive(
    alice: Person, channel: Channel, guild: SandboxGuild, example_bot: ExampleBot
) -> None:
    raiders = guild.add_role("Raiders")
    bob = guild.add_member("bob")

    answer = await alice.slash(channel, "about", member=bob, role=raiders, place=channel, loud=True, share=0.5)

    assert answer.content == "bob Raiders raids True 0.5"


async def test_a_file_for_an_option_is_downloaded_by_the_bot(
    alice: Person, channel: Channel, example_bot: ExampleBot
) -> None:
    answer = await alice.slash(channel, "hand_in", file=Upload("plan.txt", b"sunday"))

    assert answer.content == "plan.txt 6 sunday"
    with pytest.raises(NotPossible, match="nobody can fill in the option 'file' here"):
        await alice.slash(channel, "hand_in", file="plan.txt")


async def test_subcommands(alice: Person, channel: Channel, example_bot: ExampleBot) -> None:
    answer = await alice.slash(channel, "settings zone", name="Europe/Berlin")

    assert answer.content == "Zone Europe/Berlin"
    with pytest.raises(NotPossible, match="needs a subcommand"):
        await alice.slash(channel, "settings")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({}, "needs the option 'activity'"),
        ({"activity": "x", "surprise": 1}, "no option 'surprise'"),
        ({"activity": 5}, "takes no int"),
        ({"activity": "x", "seats": 51}, "between 1 and 50"),
        ({"activity": "x", "seats": True}, "takes no bool"),
        ({"activity": "x", "when": "x" * 21}, "between 1 and 20"),
        ({"activity": "x", "kind": "picnic"}, "no choice 'picnic'"),
    ],
)
async def test_options_the_client_refuses(
    options: dict[str, object], reason: str, alice: Person, channel: Channel, example_bot: ExampleBot
) -> None:
    with pytest.raises(NotPossible, match=reason):
        await alice.slash(channel, "create", **options)


async def test_unknown_commands_are_not_offered(alice: Person, channel: Channel, example_bot: ExampleBot) -> None:
    with pytest.raises(NotPossible, match="sees no command"):
        await alice.slash(channel, "destroy")


async def test_commands_for_managers_are_offered_to_managers(
    alice: Person, channel: Channel, guild: SandboxGuild, example_bot: ExampleBot
) -> None:
    boss = guild.add_member("boss", permissions=["manage_guild"])

    assert (await boss.slash(channel, "manage")).content == "manage True"
    with pytest.raises(NotPossible, match="sees no command"):
        await alice.slash(channel, "manage")


async def test_a_server_opens_and_closes_commands_on_its_integrations_page(
    alice: Person, channel: Channel, guild: SandboxGuild, example_bot: ExampleBot
) -> None:
    helpers = guild.add_role("Helpers")
    boss = guild.add_member("boss", permissions=["manage_guild"])
    await guild.give_role(alice, helpers)

    guild.allow_command("manage", helpers)
    assert (await alice.slash(channel, "manage")).content == "manage False"
    guild.allow_command("manage", alice, allow=False)
    with pytest.raises(NotPossible, match="sees no command"):
        await alice.slash(channel, "manage")
    guild.allow_command("manage", allow=False)
    with pytest.raises(NotPossible, match="sees no command"):
        await boss.slash(channel, "manage")
    assert (await guild.owner.slash(channel, "manage")).content == "manage True"


async def test_autocomplete_offers_choices(alice: Person, channel: Channel, example_bot: ExampleBot) -> None:
    choices = await alice.autocomplete(channel, "create", {"activity": "molt"}, focused="activity")

    assert choices == [Choice("Molten Core", "molten core"), Choice("Moltar", "moltar")]


async def test_selects_of_every_kind(
    alice: Person, channel: Channel, guild: SandboxGuild, example_bot: ExampleBot
) -> None:
    raiders = guild.add_role("Raiders")
    answer = await alice.slash(channel, "pick")

    assert (await answer.select("Roles", ["Tank", "H"])).content == "roles ['H', 'T']"
    assert (await answer.select("Members", [alice])).content == "members ['alice']"
    assert (await answer.select("Server roles", [raiders])).content == "server roles ['Raiders']"
    assert (await answer.select("Channels", [channel])).content == "channels ['raids']"
    with pytest.raises(NotPossible, match="to pick among Tank, Healer"):
        await answer.select("Roles", ["Bard"])
    with pytest.raises(NotPossible, match="between 1 and 1"):
        await answer.select("Members", [])


async def test_an_interaction_is_answered_once(
    alice: Person, channel: Channel, example_bot: ExampleBot, sandbox: Sandbox
) -> None:
    answer = await alice.slash(channel, "twice")

    await sandbox.until(lambda: example_bot.errors)
    assert [error.code for error in example_bot.errors] == [40060]
    assert answer.content == "Once"


async def test_nobody_waits_longer_than_three_seconds(
    alice: Person, channel: Channel, example_bot: ExampleBot, sandbox: Sandbox
) -> None:
    answer = await alice.slash(channel, "silent")

    assert answer.failed
    assert answer.text() == "The application did not respond"
    with pytest.raises(discord.NotFound) as late:
        await example_bot.held[0].response.send_message("Sorry")
    assert late.value.code == 10062


async def test_a_token_lives_fifteen_minutes(
    offer: PersonResponse, alice: Person, channel: Channel, example_bot: ExampleBot, sandbox: Sandbox
) -> None:
    slow = await alice.slash(channel, "slow")
    hook = discord.Webhook.partial(
        sandbox.application_id,
        slow.interaction.token,
        session=example_bot.http._HTTPClient__session,  # type: ignore[attr-defined]
    )
    await hook.send("In time")
    sandbox.advance(timedelta(minutes=15))

    with pytest.raises(discord.HTTPException) as late:
        await hook.send("Too late")

    assert late.value.code == 50027
