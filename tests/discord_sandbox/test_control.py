"""Commands, buttons and forms over the control API, answered by a real bot."""

from typing import Any

import aiohttp
import pytest

from discord_sandbox import Sandbox, SandboxGuild
from tests.discord_sandbox.example_bot import ExampleBot


@pytest.fixture
def guild(sandbox: Sandbox) -> SandboxGuild:
    guild = sandbox.add_guild("Night Owls")
    guild.add_channel("general")
    guild.add_member("alice")
    guild.add_member("bob")
    return guild


async def act(sandbox: Sandbox, who: str, what: str, **body: Any) -> Any:
    return await control(sandbox, "POST", f"people/{who}/{what}", {"channel": "general"} | body)


async def control(sandbox: Sandbox, method: str, path: str, body: object = None) -> Any:
    url = f"{sandbox.world.base_url}/_sandbox/{path}"
    async with aiohttp.ClientSession() as http, http.request(method, url, json=body) as answer:
        return await answer.json()


async def test_a_command_a_button_and_a_form(sandbox: Sandbox, guild: SandboxGuild, example_bot: ExampleBot) -> None:
    asked = await act(sandbox, "alice", "slash", command="create", options={"activity": "molten"})
    form = await act(sandbox, "alice", "click", message=asked["message"]["id"], button="Set time")
    foreign = await act(sandbox, "bob", "submit", interaction=form["interaction"], values={"When": "friday"})
    done = await act(sandbox, "alice", "submit", interaction=form["interaction"], values={"When": "friday"})

    assert asked["ephemeral"]
    assert "molten" in asked["text"]
    assert form["modal"]["title"] == "Set the time"
    assert "got no form" in foreign["error"]
    assert done["message"]["content"] == "At friday"


async def test_people_react_normally_or_with_a_super_reaction(sandbox: Sandbox, guild: SandboxGuild) -> None:
    said = await act(sandbox, "alice", "say", content="who comes?")
    await act(sandbox, "alice", "react", message=said["id"], emoji="✅", burst=True)

    seen = await act(sandbox, "bob", "react", message=said["id"], emoji="✅")

    assert seen["reactors"] == {"✅": ["alice", "bob"]}
    assert seen["reactions"][0]["count_details"] == {"burst": 1, "normal": 1}


async def test_autocomplete_and_a_select(sandbox: Sandbox, guild: SandboxGuild, example_bot: ExampleBot) -> None:
    offered = await act(
        sandbox, "alice", "autocomplete", command="create", options={"activity": "molten"}, focused="activity"
    )
    asked = await act(sandbox, "alice", "slash", command="pick")
    picked = await act(
        sandbox, "alice", "select", message=asked["message"]["id"], select="Roles", picked=["Tank", "Healer"]
    )

    assert offered == [{"name": "Molten Core", "value": "molten core"}]
    assert picked["text"].startswith("roles ['H', 'T']")


async def test_options_take_members_roles_and_channels_by_name(
    sandbox: Sandbox, guild: SandboxGuild, example_bot: ExampleBot
) -> None:
    guild.add_role("Raiders")
    options = {"member": "bob", "role": "Raiders", "place": "general", "loud": True, "share": 0.5}

    asked = await act(sandbox, "alice", "slash", command="about", options=options)
    nowhere = await act(sandbox, "alice", "slash", command="about", options=options | {"place": "nowhere"})

    assert "Raiders" in asked["text"]
    assert nowhere == {"error": "there is no channel 'nowhere' here"}


async def test_context_menus_of_members_and_messages(
    sandbox: Sandbox, guild: SandboxGuild, example_bot: ExampleBot
) -> None:
    said = await act(sandbox, "bob", "say", content="who comes?")

    about_bob = await act(sandbox, "alice", "menu", command="Who is it", user="bob")
    quoted = await act(sandbox, "alice", "menu", command="Quote", message=said["id"])
    nothing = await act(sandbox, "alice", "menu", command="Quote", user="bob")

    assert about_bob["message"]["content"] == "It is bob"
    assert quoted["message"]["content"] == "> who comes?"
    assert nothing == {"error": "alice sees no command 'Quote' in #general"}


async def test_people_delete_messages_and_leave(sandbox: Sandbox, guild: SandboxGuild) -> None:
    said = await act(sandbox, "bob", "say", content="hello")

    await act(sandbox, "bob", "delete", message=said["id"])
    await act(sandbox, "bob", "leave", guild=str(guild.id))

    assert guild.messages(guild.channel("general")) == []
    assert [member.user.username for member in guild.facts.members.values() if not member.user.bot] == [
        "owner",
        "alice",
    ]


async def test_the_connection_is_disturbed_and_told_of(
    sandbox: Sandbox, guild: SandboxGuild, example_bot: ExampleBot
) -> None:
    await control(sandbox, "POST", "gateway/drop", {"code": 4000})
    await sandbox.until(lambda: sandbox.gateway.resumed == 1)
    await control(sandbox, "POST", "gateway/reconnect")
    await sandbox.until(lambda: sandbox.gateway.resumed == 2)
    await control(sandbox, "POST", "gateway/invalidate", {"resumable": False})
    await sandbox.until(lambda: sandbox.gateway.identified == 2, timeout=20)

    told = await control(sandbox, "GET", "gateway")
    wrong = await control(sandbox, "POST", "gateway/burn")

    assert (told["identified"], told["resumed"]) == (2, 2)
    assert wrong == {"error": "'burn' is none of drop, reconnect, invalidate"}


async def test_a_route_fails_as_often_as_asked_for(sandbox: Sandbox, guild: SandboxGuild) -> None:
    route = "GET /users/@me"
    await control(sandbox, "POST", "faults", {"route": route, "status": 503, "calls": 1})

    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {sandbox.token}"}) as http:
        statuses = [(await http.get(f"{sandbox.api_url}/users/@me")).status for _ in range(2)]

    assert statuses == [503, 200]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("faults", {"route": "GET /users/@me", "status": 7}),
        ("faults", {"route": "GET /users/@me", "status": 429, "retry_after": "nan"}),
        ("faults", {"status": 503}),
        ("gateway/drop", {"code": 5}),
    ],
)
async def test_a_fault_that_cannot_be_is_refused(sandbox: Sandbox, path: str, body: object) -> None:
    assert "error" in await control(sandbox, "POST", path, body)


@pytest.mark.parametrize("headers", [{"Origin": "https://raidbot.example"}, {"Host": "raidbot.example"}])
async def test_other_sites_pages_are_refused(sandbox: Sandbox, guild: SandboxGuild, headers: dict[str, str]) -> None:
    url = f"{sandbox.world.base_url}/_sandbox/people/alice/say"

    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.post(url, json={"channel": "general", "content": "hello"}) as answer,
    ):
        assert answer.status == 403

    assert guild.messages(guild.channel("general")) == []


async def test_a_command_is_opened_to_a_role(sandbox: Sandbox, guild: SandboxGuild, example_bot: ExampleBot) -> None:
    refused = await act(sandbox, "alice", "slash", command="manage")
    await control(sandbox, "POST", "guilds/Night Owls/commands/manage", {"to": "@everyone"})

    opened = await act(sandbox, "alice", "slash", command="manage")
    await control(sandbox, "POST", "guilds/Night Owls/commands/manage", {"to": "alice", "allow": False})

    assert "sees no command" in refused["error"]
    assert "manage False" in opened["text"]
    assert "sees no command" in (await act(sandbox, "alice", "slash", command="manage"))["error"]
