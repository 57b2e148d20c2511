"""Acting as a person on the page, and seeing what that person sees."""

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person
from discord_sandbox.store import Channel, ChannelType
from tests.discord_sandbox.page.page_helpers import Open, message_address


async def test_nobody_in_particular_is_the_owner(guild: SandboxGuild, alice: Person, browse: Open) -> None:
    alice.close_dms()
    page_client = await browse(None)

    assert "error" in await page_client.ask("history", channel="1")
    view = await page_client.act_as()

    assert view["me"] == str(guild.owner.id)
    assert [(one["username"], one["notes"]) for one in view["people"]] == [
        ("mara", ["owner"]),
        ("alice", ["DMs closed"]),
    ]
    assert [channel["name"] for channel in view["channels"]] == ["lobby"]
    assert {member["name"] for member in view["guilds"][0]["members"]} == {"Mara", "RaidBot", "Alice"}


async def test_what_is_said_arrives_at_everybody_who_sees_the_channel(
    lobby: Channel, alice: Person, bob: Person, browse: Open
) -> None:
    reader = await browse(alice)
    writer = await browse(bob)

    said = await writer.ask("say", channel=str(lobby.id), content="<img src=x onerror=alert(1)>")

    seen = await reader.until(lambda: next(reader.messages(), None))
    assert (seen["id"], seen["author"]["name"]) == (said["message"], "Bob")
    assert seen["content"] == "<img src=x onerror=alert(1)>"


async def test_a_hidden_channel_is_not_there_for_others(
    sandbox: Sandbox, guild: SandboxGuild, alice: Person, lobby: Channel, browse: Open
) -> None:
    officers = guild.add_channel("officers")
    guild.deny(officers, "view_channel", to=guild.facts.roles[guild.id])
    secret = await guild.owner.say(officers, "secret")
    page_client = await browse(alice)

    later = await guild.owner.say(officers, "another secret")
    await guild.owner.react(secret, "👍")
    await sandbox.delete_message(later)
    hello = await guild.owner.say(lobby, "hello")

    await page_client.until(lambda: page_client.last(hello))
    assert [channel["name"] for channel in page_client.view["channels"]] == ["lobby"]
    assert "officers" not in str(page_client.view)
    assert [message["content"] for message in page_client.messages()] == ["hello"]
    assert page_client.gone() == []
    for asked in ("history", "say", "react", "click"):
        answer = await page_client.ask(asked, **message_address(secret), content="x", emoji="👍", custom_id="x")
        assert answer["error"] == "the channel is not there"


async def test_channels_come_and_go_with_permissions(
    guild: SandboxGuild, alice: Person, lobby: Channel, browse: Open
) -> None:
    hall = guild.add_channel("hall")
    page_client = await browse(alice)
    everybody = guild.facts.roles[guild.id]

    guild.deny(lobby, "view_channel", to=everybody)
    await page_client.until(lambda: [push["gone"] for push in page_client.heard("channels")] == [[str(lobby.id)]])
    await guild.owner.say(lobby, "unseen")
    hello = await guild.owner.say(hall, "hello")
    await page_client.until(lambda: page_client.last(hello))
    guild.allow(lobby, "view_channel", to=everybody)

    shown = await page_client.until(lambda: [one for push in page_client.heard("channels") for one in push["channels"]])
    assert shown[0]["name"] == "lobby"
    assert [one["content"] for one in page_client.messages()] == ["hello"]


async def test_private_threads_are_for_their_members(
    sandbox: Sandbox, guild: SandboxGuild, lobby: Channel, alice: Person, bob: Person, browse: Open
) -> None:
    from discord_sandbox import channels

    thread = channels.start_thread(
        sandbox.world, guild.facts, lobby, alice.user, "plans", kind=ChannelType.PRIVATE_THREAD
    )
    member, stranger = await browse(alice), await browse(bob)

    note = await alice.say(thread, "quiet")
    hello = await alice.say(lobby, "hello")

    await member.until(lambda: member.last(note) and member.last(hello))
    await stranger.until(lambda: stranger.last(hello))
    assert [channel["kind"] for channel in member.view["channels"]] == ["text", "private-thread"]
    assert [channel["kind"] for channel in stranger.view["channels"]] == ["text"]
    assert not stranger.last(note)


async def test_roles_members_and_privacy_arrive_as_they_change(
    guild: SandboxGuild, alice: Person, browse: Open
) -> None:
    page_client = await browse(alice)

    role = guild.add_role("Raid Leader")
    await guild.give_role(alice, role)
    carol = guild.add_member("carol")
    carol.close_dms()

    people = await page_client.until(
        lambda: next((push["people"] for push in page_client.heard("people") if len(push["people"]) == 3), None)
    )
    assert [one["notes"] for one in people][1:] == [["Raid Leader"], ["DMs closed"]]
    assert "carol" in str(page_client.heard("guilds")[-1])
