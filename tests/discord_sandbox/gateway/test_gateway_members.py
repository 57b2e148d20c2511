"""Members in GUILD_CREATE and on request, by intents and size of the guild."""

import pytest

from discord_sandbox import Sandbox
from discord_sandbox.world import Intent
from tests.discord_sandbox.raw_gateway import ALL_INTENTS, Payload, raw_gateway

WITHOUT_PRESENCES = ALL_INTENTS & ~Intent.GUILD_PRESENCES


def names(members: list[Payload]) -> list[str]:
    return sorted(member["user"]["username"] for member in members)


async def test_with_the_presence_intent_a_guild_comes_with_all_its_members(sandbox: Sandbox) -> None:
    guild = sandbox.add_guild("Night Owls")
    guild.add_member("alice")
    async with raw_gateway(sandbox) as gateway:
        await gateway.identify(sandbox)
        created = await gateway.expect("GUILD_CREATE")
        await sandbox.announce(guild)
        again = await gateway.expect("GUILD_CREATE")

    assert names(created["members"]) == names(again["members"]) == ["RaidBot", "alice", "owner"]
    assert [(one["user"]["id"], one["status"]) for one in created["presences"]] == [(str(sandbox.bot.id), "online")]


async def test_without_the_presence_intent_only_the_bot_comes(sandbox: Sandbox) -> None:
    sandbox.add_guild("Night Owls").add_member("alice")
    async with raw_gateway(sandbox) as gateway:
        await gateway.identify(sandbox, intents=WITHOUT_PRESENCES)
        created = await gateway.expect("GUILD_CREATE")

    assert (names(created["members"]), created["presences"]) == (["RaidBot"], [])


@pytest.mark.parametrize(("threshold", "large"), [(None, True), (50, True), (250, False)])
async def test_of_a_large_guild_only_members_with_a_role_or_nickname_come(
    sandbox: Sandbox, threshold: int | None, large: bool
) -> None:
    guild = sandbox.add_guild("Night Owls")
    raider = guild.add_role("raider")
    guild.add_member("alice", roles=[raider])
    guild.add_member("bob", nick="Bobby")
    for number in range(60):
        guild.add_member(f"member{number}")
    async with raw_gateway(sandbox) as gateway:
        await gateway.identify(sandbox, **({} if threshold is None else {"large_threshold": threshold}))
        created = await gateway.expect("GUILD_CREATE")

    assert (created["large"], created["member_count"]) == (large, 64)
    assert names(created["members"]) == ["RaidBot", "alice", "bob"] if large else len(created["members"]) == 64


@pytest.mark.parametrize("presence", [None, {"status": "idle", "activities": []}, {"status": "invisible"}])
async def test_presences_are_sent_on_request_with_the_intent_only(sandbox: Sandbox, presence: Payload | None) -> None:
    guild = sandbox.add_guild("Night Owls")
    asked = {"guild_id": str(guild.id), "query": "", "limit": 0, "presences": True}
    found: list[Payload] = []
    for intents in (ALL_INTENTS, WITHOUT_PRESENCES):
        async with raw_gateway(sandbox) as gateway:
            await gateway.identify(sandbox, intents=intents, presence=presence)
            await gateway.expect("GUILD_CREATE")
            await gateway.send(8, asked)
            found.append(await gateway.expect("GUILD_MEMBERS_CHUNK"))

    shown, hidden = found
    statuses = {None: ["online"], "idle": ["idle"], "invisible": []}
    assert [one["status"] for one in shown["presences"]] == statuses[presence["status"] if presence else None]
    assert "presences" not in hidden
