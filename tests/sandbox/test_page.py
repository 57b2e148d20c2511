"""The page's server as a browser meets it: who sees what, what acts answer, and what a burst costs."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from raidbot.sandbox import Sandbox, SandboxGuild
from raidbot.sandbox.page.operator import Action
from raidbot.sandbox.people import Person
from raidbot.sandbox.store import Attachment, Channel, ChannelType, Message

from .browser import Browser, Json, browsing
from .playground import Playground

Open = Callable[[Person | None], Awaitable[Browser]]


@pytest.fixture
async def guild(sandbox: Sandbox) -> SandboxGuild:
    guild = sandbox.add_guild("Ravenwood", owner="mara")
    guild.add_channel("lobby")
    return guild


@pytest.fixture
async def lobby(guild: SandboxGuild) -> Channel:
    return guild.channel("lobby")


@pytest.fixture
async def alice(guild: SandboxGuild) -> Person:
    return guild.add_member("alice")


@pytest.fixture
async def bob(guild: SandboxGuild) -> Person:
    return guild.add_member("bob")


@pytest.fixture
async def url(sandbox: Sandbox) -> str:
    return await sandbox.open_page()


@pytest.fixture
async def browse(url: str) -> AsyncIterator[Open]:
    """Opens a browser through somebody's eyes."""
    async with AsyncExitStack() as stack:

        async def opened(person: Person | None) -> Browser:
            browser = await stack.enter_async_context(browsing(url))
            if person is not None:
                await browser.be(person)
            return browser

        yield opened


def here(message: Message) -> Json:
    return {"channel": str(message.channel_id), "message": str(message.id)}


# Who one is, and what one sees


async def test_nobody_in_particular_is_the_owner(guild: SandboxGuild, alice: Person, browse: Open) -> None:
    alice.close_dms()
    browser = await browse(None)

    assert "error" in await browser.ask("history", channel="1")
    view = await browser.be()

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
    browser = await browse(alice)

    later = await guild.owner.say(officers, "another secret")
    await guild.owner.react(secret, "👍")
    await sandbox.delete_message(later)
    hello = await guild.owner.say(lobby, "hello")

    await browser.until(lambda: browser.last(hello))
    assert [channel["name"] for channel in browser.view["channels"]] == ["lobby"]
    assert "officers" not in str(browser.view)
    assert [message["content"] for message in browser.messages()] == ["hello"]
    assert browser.gone() == []
    for asked in ("history", "say", "react", "click"):
        answer = await browser.ask(asked, **here(secret), content="x", emoji="👍", custom_id="x")
        assert answer["error"] == "the channel is not there"


async def test_channels_come_and_go_with_permissions(
    guild: SandboxGuild, alice: Person, lobby: Channel, browse: Open
) -> None:
    hall = guild.add_channel("hall")
    browser = await browse(alice)
    everybody = guild.facts.roles[guild.id]

    guild.deny(lobby, "view_channel", to=everybody)
    await browser.until(lambda: [push["gone"] for push in browser.heard("channels")] == [[str(lobby.id)]])
    await guild.owner.say(lobby, "unseen")
    hello = await guild.owner.say(hall, "hello")
    await browser.until(lambda: browser.last(hello))
    guild.allow(lobby, "view_channel", to=everybody)

    shown = await browser.until(lambda: [one for push in browser.heard("channels") for one in push["channels"]])
    assert shown[0]["name"] == "lobby"
    assert [one["content"] for one in browser.messages()] == ["hello"]


async def test_private_threads_are_for_their_members(
    sandbox: Sandbox, guild: SandboxGuild, lobby: Channel, alice: Person, bob: Person, browse: Open
) -> None:
    from raidbot.sandbox import channels

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
    browser = await browse(alice)

    role = guild.add_role("Raid Leader")
    await guild.give_role(alice, role)
    carol = guild.add_member("carol")
    carol.close_dms()

    people = await browser.until(
        lambda: next((push["people"] for push in browser.heard("people") if len(push["people"]) == 3), None)
    )
    assert [one["notes"] for one in people][1:] == [["Raid Leader"], ["DMs closed"]]
    assert "carol" in str(browser.heard("guilds")[-1])


# Bots


async def test_an_ephemeral_answer_is_its_owners_alone(
    playground: Playground, lobby: Channel, alice: Person, bob: Person, browse: Open
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
    assert preview["used"] == {"by": "Alice", "command": "create"}
    assert [one["content"] for one in other.messages()] == ["hello"]
    assert [one["content"] for one in (await other.ask("history", channel=str(lobby.id)))["messages"]] == ["hello"]
    refused = await other.ask("click", channel=str(lobby.id), message=preview["id"], custom_id="later")
    assert refused["error"] == "the message is not there"


async def test_a_dismissed_answer_stays_away(
    playground: Playground, lobby: Channel, alice: Person, browse: Open
) -> None:
    browser = await browse(alice)
    await browser.ask("slash", channel=str(lobby.id), command="create", options={"activity": "Molten Core"})
    preview = await browser.until(lambda: next(browser.messages(), None))

    await browser.ask("dismiss", channel=str(lobby.id), message=preview["id"])

    await browser.until(lambda: browser.gone() == [preview["id"]])
    assert (await browser.ask("history", channel=str(lobby.id)))["messages"] == []
    assert "error" in await browser.ask("click", channel=str(lobby.id), message=preview["id"], custom_id="later")


async def test_commands_are_offered_to_those_who_may(
    playground: Playground, guild: SandboxGuild, alice: Person, browse: Open
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


async def test_autocomplete_offers_while_one_types(
    playground: Playground, lobby: Channel, alice: Person, browse: Open
) -> None:
    browser = await browse(alice)

    offered = await browser.ask(
        "autocomplete", channel=str(lobby.id), command="create", options={"activity": "molten"}, focused="activity"
    )

    assert offered["choices"] == [{"name": "Molten Core", "value": "molten core"}]


async def test_a_form_opens_complains_and_is_sent_once(
    playground: Playground, lobby: Channel, alice: Person, bob: Person, browse: Open
) -> None:
    browser, other = await browse(alice), await browse(bob)

    opened = await browser.ask("slash", channel=str(lobby.id), command="form")
    field = opened["modal"]["components"][0]["components"][0]["custom_id"]
    form = {"interaction": opened["interaction"]}

    assert "no form" in (await other.ask("submit", **form, values={}))["error"]
    assert "between 1 and 20" in (await browser.ask("submit", **form, values={field: "x" * 21}))["error"]
    assert (await browser.ask("submit", **form, values={field: "8pm"}))["outcome"] == "answered"
    assert "no form" in (await browser.ask("submit", **form, values={field: "8pm"}))["error"]
    await browser.until(lambda: any(one["content"] == "At 8pm" for one in browser.messages()))


async def test_selects_of_every_kind_are_picked_by_value_or_id(
    playground: Playground, guild: SandboxGuild, lobby: Channel, alice: Person, bob: Person, browse: Open
) -> None:
    browser = await browse(alice)
    await browser.ask("slash", channel=str(lobby.id), command="pick")
    message = await browser.until(lambda: next(browser.messages(), None))
    selects = [row["components"][0] for row in message["components"]]
    picks = ["T"], [str(bob.id)], [str(guild.bot_role.id)], [str(lobby.id)]

    for select, picked in zip(selects, picks, strict=True):
        where = {"channel": str(lobby.id), "message": message["id"], "custom_id": select["custom_id"]}
        assert (await browser.ask("select", **where, values=picked))["outcome"] == "answered"

    answers = ["roles ['T']", "members ['bob']", "server roles ['RaidBot']", "channels ['lobby']"]
    await browser.until(lambda: set(answers) <= {one["content"] for one in browser.messages()})


async def test_a_bot_that_is_silent_or_slow_is_met_as_on_discord(
    playground: Playground, lobby: Channel, alice: Person, browse: Open
) -> None:
    browser = await browse(alice)

    slow = await browser.ask("slash", channel=str(lobby.id), command="slow")
    silent = await browser.ask("slash", channel=str(lobby.id), command="silent")
    missing = await browser.ask("slash", channel=str(lobby.id), command="create")

    assert slow["outcome"] in ("thinking", "answered")
    assert (silent["outcome"], silent["modal"]) == ("failed", None)
    assert missing["error"] == "/create needs the option 'activity'"


async def test_direct_messages_are_between_two(
    sandbox: Sandbox, playground: Playground, lobby: Channel, alice: Person, bob: Person, browse: Open
) -> None:
    receiver, other = await browse(alice), await browse(bob)

    user = await playground.fetch_user(alice.id)
    note = await user.send("psst")
    hello = await bob.say(lobby, "hello")

    await receiver.until(lambda: receiver.last(note) and receiver.last(hello))
    await other.until(lambda: other.last(hello))
    shown = [one for push in receiver.heard("channels") for one in push["channels"]]
    assert [(one["kind"], one["with"]["name"], one["unread"]) for one in shown] == [("dm", "RaidBot", 1)]
    assert not other.last(note)
    assert other.heard("channels") == []
    await receiver.ask("read", channel=shown[0]["id"], message=str(note.id))
    assert [one["unread"] for one in (await receiver.be(alice))["channels"]] == [1, 0]


async def test_who_closes_their_dms_gets_none(playground: Playground, alice: Person, browse: Open) -> None:
    browser = await browse(alice)

    await browser.ask("dms", open=False)

    await browser.until(lambda: any(not one["dms"] for push in browser.heard("people") for one in push["people"]))
    user = await playground.fetch_user(alice.id)
    with pytest.raises(Exception, match="50007"):
        await user.send("psst")


# Acting


async def test_reactions_count_names_and_ones_own(
    sandbox: Sandbox, guild: SandboxGuild, lobby: Channel, alice: Person, bob: Person, browse: Open
) -> None:
    tank = guild.add_emoji("tank")
    message = await bob.say(lobby, "who comes?")
    await bob.react(message, f"tank:{tank.id}")
    browser = await browse(alice)

    await browser.ask("react", **here(message), emoji=f"tank:{tank.id}")
    await browser.until(lambda: browser.last(message).get("reactions", [{}])[0].get("me"))
    await browser.ask("unreact", **here(message), emoji=f"tank:{tank.id}")
    await browser.until(lambda: not browser.last(message)["reactions"][0]["me"])

    assert browser.last(message)["reactions"] == [
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

    assert "error" in await player.ask("delete", **here(message))
    assert (await manager.ask("delete", **here(message)))["ok"]

    await player.until(lambda: player.gone() == [str(message.id)])


async def test_history_goes_back_page_by_page(lobby: Channel, alice: Person, browse: Open) -> None:
    said = [await alice.say(lobby, f"line {number}") for number in range(7)]
    browser = await browse(alice)

    newest = await browser.ask("history", channel=str(lobby.id), limit=5)
    oldest = await browser.ask("history", channel=str(lobby.id), limit=5, before=newest["messages"][0]["id"])

    assert [one["id"] for one in oldest["messages"] + newest["messages"]] == [str(one.id) for one in said]
    assert (newest["more"], oldest["more"]) == (True, False)


async def test_everybody_reacts_once_with_what_the_bot_offers(
    sandbox: Sandbox, playground: Playground, guild: SandboxGuild, lobby: Channel, alice: Person, browse: Open
) -> None:
    for number in range(30):
        guild.add_member(f"player{number}")
    channel = await playground.fetch_channel(lobby.id)
    board = await channel.send("who comes?")  # type: ignore[union-attr]
    for emoji in ("🛡️", "⚔️"):
        await board.add_reaction(emoji)
    browser = await browse(alice)
    where = {"channel": str(lobby.id), "message": str(board.id)}

    first = await browser.ask("everybody", **where)
    again = await browser.ask("everybody", **where)

    message = sandbox.store.message(lobby.id, board.id)
    assert message is not None
    assert (first["reacted"], again["reacted"]) == (31, 0)
    found = Counter(user_id for entry in message.reactions.values() for user_id in entry.users)
    assert found.pop(sandbox.bot.id) == 2
    assert set(found.values()) == {1}
    assert alice.id not in found


async def test_two_hundred_reactions_are_a_few_pushes(
    sandbox: Sandbox, guild: SandboxGuild, lobby: Channel, alice: Person, browse: Open
) -> None:
    people = [guild.add_member(f"player{number}") for number in range(200)]
    message = await alice.say(lobby, "who comes?")
    browser = await browse(alice)

    for person in people:
        await person.react(message, "⚔️")

    await browser.until(lambda: browser.last(message).get("reactions", [{}])[0].get("count") == 200)
    assert len(browser.heard("messages")) <= 3
    assert len(browser.last(message)["reactions"][0]["names"]) == 10


async def test_what_a_client_gets_wrong_is_said(lobby: Channel, alice: Person, browse: Open) -> None:
    browser = await browse(alice)

    assert "nobody can 'fly'" in (await browser.ask("fly"))["error"]
    assert (await browser.ask("history"))["error"] == "the field 'channel' is missing"
    assert "not understood" in (await browser.ask("history", channel="lobby"))["error"]
    assert "year" in (await browser.ask("advance", seconds=-1))["error"]
    assert (await browser.ask("be", person="1"))["error"] == "there is nobody of that id"


# The strip


class Clerk:
    """An operator that knows one thing and can do one thing."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.rung = 0

    @property
    def actions(self) -> Mapping[str, Action]:
        return {"ring": Action(label="Ring the bell", carry_out=self._ring)}

    async def _ring(self) -> str:
        self.rung += 1
        self._sandbox.store.changed()
        return "It rang"

    async def strip(self) -> Json:
        rows = [{"label": "rung", "value": str(self.rung)}]
        return {"next": None, "sections": [{"title": "Bell", "rows": rows, "lines": []}]}

    async def advance(self, seconds: float) -> None:
        self._sandbox.advance(timedelta(seconds=seconds))


async def test_the_strip_shows_clock_calls_and_what_the_operator_tells(
    sandbox: Sandbox, guild: SandboxGuild, playground: Playground
) -> None:
    clerk = Clerk(sandbox)
    async with browsing(await sandbox.open_page(operator=clerk)) as browser:
        view = await browser.be()
        before = (await browser.until(lambda: browser.heard("strip")))[0]

        rung = await browser.ask("operate", action="ring")
        moved = await browser.ask("advance", seconds=3600)

        assert view["actions"] == [{"name": "ring", "label": "Ring the bell"}]
        assert rung["said"] == "It rang"
        assert "error" in await browser.ask("operate", action="fly")
        assert before["connected"]
        assert {"route": "GET /users/@me", "count": 1} in before["calls"]["routes"]
        after = await browser.until(
            lambda: next((one for one in browser.heard("strip") if "'1'" in str(one["sections"])), None)
        )
        assert after["sections"] == [{"title": "Bell", "rows": [{"label": "rung", "value": "1"}], "lines": []}]
        assert moved["now"] > before["now"]


# The door


@pytest.mark.parametrize(
    ("headers", "path"),
    [
        ({"Host": "raidbot.example"}, "/"),
        ({"Host": "raidbot.example"}, "/static/page.js"),
        ({"Origin": "https://raidbot.example"}, "/"),
        ({"Origin": "null"}, "/"),
        ({"Origin": "https://raidbot.example"}, "/socket"),
        ({"Upgrade": "websocket", "Connection": "Upgrade"}, "/socket"),
    ],
)
async def test_strangers_are_refused(url: str, headers: dict[str, str], path: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(url.rstrip("/") + path, headers=headers) as response:
        assert response.status == 403


async def test_on_another_address_only_that_one_is_its_own(sandbox: Sandbox) -> None:
    url = await sandbox.open_page(host="127.0.0.2")

    async with aiohttp.ClientSession() as session:
        async with session.get(url) as own:
            assert own.status == 200
        async with session.get(url, headers={"Host": url.split("/")[2].replace("127.0.0.2", "127.0.0.1")}) as foreign:
            assert foreign.status == 403


async def test_a_socket_of_another_origin_is_refused(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        for origin in ("http://127.0.0.1:1", "https://raidbot.example", None):
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                await session.ws_connect(f"{url}socket", origin=origin)


async def test_files_have_types_and_run_nothing_foreign(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as index:
            assert index.content_type == "text/html"
            assert index.headers["Cache-Control"] == "no-store"
            assert "default-src 'none'" in index.headers["Content-Security-Policy"]
        async with session.get(f"{url}static/dom.js") as script:
            assert script.content_type == "text/javascript"
        for path in ("static/nothing.js", "static/..%2fserver.py", "static/%2e%2e/__init__.py", "other"):
            async with session.get(url + path) as missing:
                assert missing.status == 404


async def test_attached_files_are_shown_but_run_nothing(
    sandbox: Sandbox, lobby: Channel, alice: Person, url: str, browse: Open
) -> None:
    message = await alice.say(lobby, "look")
    kinds: dict[str, Any] = {"a.png": "image/png", "b.html": "text/html"}
    message.attachments += [
        Attachment(id=sandbox.store.next_id(), filename=name, content_type=kind, content=b"<script>")
        for name, kind in kinds.items()
    ]
    message.embeds.append({"type": "rich", "image": {"url": "attachment://a.png"}})
    browser = await browse(alice)

    shown = (await browser.ask("history", channel=str(lobby.id)))["messages"][0]

    assert [one["filename"] for one in shown["attachments"]] == ["b.html"]
    async with aiohttp.ClientSession() as session:
        async with session.get(url.rstrip("/") + shown["embeds"][0]["image"]["url"]) as picture:
            assert (picture.status, picture.content_type) == (200, "image/png")
        async with session.get(url.rstrip("/") + shown["attachments"][0]["url"]) as page:
            assert page.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert page.headers["Content-Disposition"] == "attachment"
