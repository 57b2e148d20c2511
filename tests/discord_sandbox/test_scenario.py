"""Scenario files, and the errors for mistakes in them."""

import json
from pathlib import Path

import pytest

from discord_sandbox import Sandbox, scenario
from discord_sandbox.permissions import Permission


def write(folder: Path, text: str, *, name: str = "world.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


async def test_the_default_scenario_can_be_built(sandbox: Sandbox) -> None:
    (guild,) = scenario.build(sandbox, scenario.read(scenario.DEFAULT))

    people = {member.user.username: member for member in guild.facts.members.values()}
    may = sandbox.world.may
    assert {"olivia", "alice", "bob", "carol", "dave", "erin"} <= set(people)
    assert people["alice"].nick == "Alice"
    assert may(people["alice"].id, guild.channel("general")) & Permission.MANAGE_GUILD
    assert not may(people["dave"].id, guild.channel("officers"))
    assert not people["erin"].user.accepts_dms


async def test_json_is_read_too_and_people_may_be_in_several_guilds(sandbox: Sandbox, tmp_path: Path) -> None:
    world = {"guilds": [{"name": "One", "members": [{"name": "zoe"}]}, {"name": "Two", "members": [{"name": "zoe"}]}]}

    one, two = scenario.build(sandbox, scenario.read(write(tmp_path, json.dumps(world), name="world.json")))

    assert one.facts.members.keys() == two.facts.members.keys()


async def test_a_scenario_says_what_the_bot_may(sandbox: Sandbox, tmp_path: Path) -> None:
    text = """
        [[guilds]]
        name = "A"
        bot = { nick = "Herald", roles = ["Helper"], permissions = ["view_channel", "send_messages"] }
        roles = [{ name = "Helper", permissions = ["manage_roles"] }]
        channels = [
            { name = "open" },
            { name = "silent", deny = ["send_messages"] },
            { name = "tidy", hidden = true, allow = ["view_channel", "manage_messages"] },
        ]
        [[guilds]]
        name = "B"
        bot = { permissions = [] }
    """

    one, two = scenario.build(sandbox, scenario.read(write(tmp_path, text)))

    granted = {name: sandbox.world.may(sandbox.bot.id, one.channel(name)) for name in ("open", "silent", "tidy")}
    assert one.bot.display_name == "Herald"
    assert all(may & Permission.MANAGE_ROLES and may & Permission.VIEW_CHANNEL for may in granted.values())
    assert [bool(may & Permission.SEND_MESSAGES) for may in granted.values()] == [True, False, True]
    assert [bool(may & Permission.MANAGE_MESSAGES) for may in granted.values()] == [False, False, True]
    assert two.bot_role.permissions == 0


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("guilds = 3", "guilds is not a list of tables"),
        ("servers = []", "'servers' is not known"),
        ("[[guilds]]", "a guild has no name"),
        ('[[guilds]]\nname = "A"\n[[guilds.channels]]\nname = "c"\ntype = "odd"', "type 'odd' is none of"),
        ('[[guilds]]\nname = "A"\n[[guilds.members]]\nname = "m"\nroles = ["R"]', "there is no role 'R'"),
        ('[[guilds]]\nname = "A"\n[[guilds.roles]]\nname = "r"\npermissions = ["fly"]', "there is no permission 'fly'"),
        ('[[guilds]]\nname = "A"\nbot = 3', "guild 'A': bot is not a table"),
        ('[[guilds]]\nname = "A"\nbot = { dms = true }', "the bot of guild 'A': 'dms' is not known"),
        ('[[guilds]]\nname = "A"\nbot = { roles = ["R"] }', "the bot of guild 'A': there is no role 'R'"),
        ('[[guilds]]\nname = "A"\nbot = { permissions = ["fly"] }', "there is no permission 'fly'"),
        ("[[", "world.toml"),
    ],
)
async def test_mistakes_are_named(sandbox: Sandbox, tmp_path: Path, text: str, complaint: str) -> None:
    file = write(tmp_path, text)

    with pytest.raises(scenario.WrongScenario, match=complaint.replace("[", r"\[")):
        scenario.build(sandbox, scenario.read(file))
