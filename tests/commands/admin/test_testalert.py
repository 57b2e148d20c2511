"""/testalert says truthfully whether a test alert arrived, and only to whoever runs the bot."""

import pytest

from discord_sandbox import SandboxGuild
from discord_sandbox.people import Person
from tests.conftest import Start
from tests.e2e.alerts.alert_steps import add_owner, heard, options, receiving


async def ask(guild: SandboxGuild, person: Person) -> str:
    answer = await person.slash(guild.channel("raid-signups"), "testalert")
    assert answer.ephemeral
    return answer.text().removesuffix("(only you can see this)").strip()


async def test_the_owner_reads_that_it_arrived(guild: SandboxGuild, start: Start) -> None:
    owner = add_owner(guild)
    async with receiving() as receiver, start(**options(owner, webhook=receiver.url)):
        said = await ask(guild, owner)

    assert said.splitlines() == ["✅ Direct message: arrived.", "✅ Webhook: arrived."]
    assert heard(owner, "**Test alert**") == 1
    assert receiver.text.count("**Test alert**") == 1


async def test_the_owner_reads_what_did_not_arrive_and_why(guild: SandboxGuild, start: Start) -> None:
    owner = add_owner(guild)
    owner.close_dms()
    async with receiving() as receiver, start(**options(owner, webhook=receiver.url)):
        receiver.status = 404
        said = await ask(guild, owner)

    assert said.splitlines() == [
        "❌ Direct message: did not arrive: direct messages are closed.",
        "❌ Webhook: did not arrive: it answered with status 404.",
    ]


async def test_the_owner_reads_how_to_set_a_webhook(guild: SandboxGuild, start: Start) -> None:
    owner = add_owner(guild)
    async with start(**options(owner)):
        said = await ask(guild, owner)

    assert said.splitlines() == [
        "✅ Direct message: arrived.",
        "Webhook: none is set (`RAIDBOT_ALERT_WEBHOOK`).",
    ]


@pytest.mark.parametrize("who", ["server owner", "manager", "member"])
async def test_others_are_refused_and_nothing_is_sent(guild: SandboxGuild, start: Start, who: str) -> None:
    owner = add_owner(guild)
    manager = guild.add_member("manager", permissions=["manage_guild"])
    person = {"server owner": guild.owner, "manager": manager, "member": guild.add_member("member")}[who]
    async with start(**options(owner)):
        said = await ask(guild, person)

    assert said == "Only whoever runs me can use `/testalert`."
    assert owner.dms == person.dms == []


async def test_without_an_owner_it_says_how_to_set_one(guild: SandboxGuild, start: Start) -> None:
    async with start():
        said = await ask(guild, guild.owner)

    assert "set `RAIDBOT_OWNER_ID` to your user id" in said
    assert guild.owner.dms == []
