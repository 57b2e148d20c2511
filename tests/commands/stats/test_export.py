"""/stats export: the files that a manager gets, and the sentences that everybody else gets."""

import json
from datetime import timedelta
from functools import partial

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person, PersonResponse
from raidbot.bot import RaidBot
from raidbot.raids.model import GuildId, MemberId, Presence
from tests.conftest import Start
from tests.delivery.exports.history import add_raid, code_of
from tests.delivery.exports.tables import live_cells, read


async def export(guild: SandboxGuild, by: Person, what: str = "tables", **options: object) -> PersonResponse:
    return await by.slash(guild.channel("raid-signups"), "stats export", what=what, **options)


def files_of(answer: PersonResponse) -> dict[str, bytes]:
    assert answer.message is not None
    return {file.filename: file.content for file in answer.message.attachments}


async def add_raids(bot: RaidBot, guild: SandboxGuild, *people: Person, first: int, count: int = 6) -> None:
    """Store raids that took place a day apart, to which these people came."""
    now = bot.state.now()
    there = {MemberId(person.id): Presence.PRESENT for person in people}
    for number in range(first, first + count):
        starts_at = now - timedelta(days=number - first + 1)
        await bot.state.db.write(
            partial(
                add_raid,
                number=number,
                starts_at=starts_at,
                presences=there,
                guild=GuildId(guild.id),
                title=guild.name,
            )
        )
    await bot.state.learn_names(GuildId(guild.id), {MemberId(person.id): person.name for person in people})


async def test_a_manager_gets_tables_and_lines_of_this_server_only(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice, evil = guild.add_member("alice"), guild.add_member("=1+1;@bob")
    elsewhere = sandbox.add_guild("Elsewhere", owner=guild.owner)
    elsewhere.add_channel("raid-signups")
    async with start() as bot:
        empty = await export(guild, guild.owner)
        assert "There is nothing to export yet" in empty.text()
        await add_raids(bot, guild, alice, evil, first=0)
        await add_raids(bot, elsewhere, alice, first=0, count=2)

        refused = await export(guild, alice)
        tables = await export(guild, guild.owner)
        guild.owner.user.locale = "de"
        german = await export(guild, guild.owner, "members")
        lines = await export(guild, guild.owner, "everything")
        none = await export(guild, guild.owner, "raids", since="2090")
        wrong = await export(guild, guild.owner, "raids", since="tomorrow")
        offered = await guild.owner.autocomplete(
            guild.channel("raid-signups"), "stats export", {"since": "20"}, focused="since"
        )

        assert "You may not export the statistics here" in refused.text()
        assert tables.ephemeral
        assert "2 members and 6 raids, of all time" in tables.text()
        members, raids = (read(content, ",") for content in files_of(tables).values())
        assert [name.partition("-")[0] for name in files_of(tables)] == ["members", "raids"]
        assert {row[0] for row in members[1:]} == {alice.mention, evil.mention}
        assert len(raids) == 7
        assert not any(live_cells(content) for content in files_of(tables).values())
        (german_table,) = files_of(german).values()
        assert [row[9] for row in read(german_table, ";")] == ["Rate", "1", "1"]
        (written,) = files_of(lines).values()
        assert json.loads(written.splitlines()[0])["server"] == str(guild.id)
        assert "Elsewhere" not in str([*files_of(tables).values(), written])
        assert "There is nothing to export since 2090-01-01. Choose another time." in none.text()
        assert "I know no day “tomorrow”" in wrong.text()
        assert len(offered) == 16


async def test_the_code_of_another_server_s_raid_gives_nothing(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    elsewhere = sandbox.add_guild("Elsewhere", owner=guild.owner)
    elsewhere.add_channel("raid-signups")
    async with start() as bot:
        await add_raids(bot, guild, alice, first=0, count=1)
        asked = {"what": "roster", "code": f"#{code_of(0)}"}
        guild.owner.user.locale = "fr"

        here = await guild.owner.slash(guild.channel("raid-signups"), "raidinfo export", **asked)
        there = await guild.owner.slash(elsewhere.channel("raid-signups"), "raidinfo export", **asked)

        ((name, roster),) = files_of(here).items()
        assert name == f"roster-{code_of(0)}.csv"
        head, row = read(roster, ";")
        assert (head[-1], row[-1], row[head.index("Member ID")]) == ("Attendance", "present", alice.mention)
        assert "This server has no raid with the code" in there.text()
        assert there.message is not None
        assert not there.message.attachments


async def test_a_file_too_large_is_packed_and_one_that_is_still_too_large_is_refused_with_a_way_out(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        await add_raids(bot, guild, alice, first=0, count=20)

        sandbox.world.max_upload_bytes = 2500
        packed = await export(guild, guild.owner, "everything")
        sandbox.world.max_upload_bytes = 500
        refused = await export(guild, guild.owner, "everything")

        (name,) = files_of(packed)
        assert name.endswith(".jsonl.zip")
        assert "packed as a ZIP archive" in packed.text()
        assert "Choose a shorter time with `since`" in refused.text()


async def test_what_discord_refuses_in_spite_of_its_own_limit_is_said(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        await add_raids(bot, guild, alice, first=0, count=1)
        sandbox.faults.refuse(40005, route="PATCH /webhooks/{}/{}/messages/@original")

        refused = await export(guild, guild.owner)

        assert "larger than Discord takes" in refused.text()
