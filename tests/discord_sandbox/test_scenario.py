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


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("guilds = 3", "guilds is not a list of tables"),
        ("servers = []", "'servers' is not known"),
        ("[[guilds]]", "a guild has no name"),
        ('[[guilds]]\nname = "A"\n[[guilds.channels]]\nname = "c"\ntype = "odd"', "type 'odd' is none of"),
        ('[[guilds]]\nname = "A"\n[[guilds.members]]\nname = "m"\nroles = ["R"]', "there is no role 'R'"),
        ('[[guilds]]\nname = "A"\n[[guilds.roles]]\nname = "r"\npermissions = ["fly"]', "there is no permission 'fly'"),
        ("[[", "world.toml"),
    ],
)
async def test_mistakes_are_named(sandbox: Sandbox, tmp_path: Path, text: str, complaint: str) -> None:
    file = write(tmp_path, text)

    with pytest.raises(scenario.WrongScenario, match=complaint.replace("[", r"\[")):
        scenario.build(sandbox, scenario.read(file))
