"""/stats inactive: who has not come, by a list of members that is read once for everybody."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person, PersonResponse
from raidbot.bot import RaidBot
from raidbot.db import raids as rows
from raidbot.raids.model import (
    Attendance,
    ChannelId,
    GuildId,
    MemberId,
    MessageId,
    Presence,
    RaidCode,
    RoleKey,
    Seat,
    Source,
    Status,
)
from tests.conftest import Start
from tests.raids.builders import roles, unposted_raid

LIST = "GET", "/guilds/{guild_id}/members"
HOSTILE = "@everyone **x** ](http://a)"
LINE = re.compile(r"^│ \d+\. (.+?) · (.+)$", re.MULTILINE)


async def store(bot: RaidBot, guild: SandboxGuild, number: int, *, weeks: float, came: tuple[Person, ...]) -> None:
    """Store a raid that starts in so many weeks; those who are to come have seats, those who came attendance."""
    now = bot.state.now()
    starts_at = now + timedelta(weeks=weeks)
    is_over = weeks < 0
    key = RoleKey("tank")
    made = replace(
        unposted_raid(of=roles(tank=5)),
        guild=GuildId(guild.id),
        code=RaidCode(f"AAAAA{number}"),
        channel=ChannelId(guild.channel("raid-signups").id),
        message=MessageId(9_000_000 + number),
        starts_at=starts_at,
        status=Status.CLOSED if is_over else Status.OPEN,
        closed_at=starts_at if is_over else None,
        seats=tuple(Seat(MemberId(one.id), key, 1 + n, now, Source.REACTION) for n, one in enumerate(came)),
        attendance=tuple(Attendance(MemberId(one.id), key, Presence.PRESENT) for one in came) if is_over else (),
    )
    names = {MemberId(one.id): one.name for one in came}
    await bot.state.learn_names(GuildId(guild.id), names)
    await bot.state.db.write(lambda tx: rows.insert(tx, made))


async def ask(guild: SandboxGuild, by: Person, **options: object) -> PersonResponse:
    return await by.slash(guild.channel("raid-signups"), "stats inactive", **options)


def listed(answer: PersonResponse) -> list[tuple[str, str]]:
    """Return the names, and what stands behind each."""
    return LINE.findall(answer.text())


async def test_the_absent_are_listed_from_one_list_of_members(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    raider = guild.add_role("Raider")
    ann, ben, cem, _ = (guild.add_member(name, roles=[raider]) for name in ("ann", "ben", "cem", "dan"))
    guild.add_member("eve", nick=HOSTILE)
    sandbox.advance(timedelta(weeks=5))
    guild.add_member("new")
    async with start() as bot:
        await store(bot, guild, 1, weeks=-9, came=(ann, ben, cem))
        await store(bot, guild, 2, weeks=-6, came=(ann, ben))
        await store(bot, guild, 3, weeks=-1, came=(ann,))
        await store(bot, guild, 4, weeks=1, came=(ben,))

        answers = await asyncio.gather(*(ask(guild, guild.owner, role=raider) for _ in range(3)))
        everybody = await ask(guild, guild.owner)
        never = await ask(guild, guild.owner, weeks=0)
        refused = await ask(guild, ann)

        assert sandbox.count(*LIST) == 1
        for answer in answers:
            assert answer.ephemeral
            assert "Inactive for 4 weeks (3)" in answer.text()
            assert "Looked at 4 people with" in answer.text()
            assert [name for name, _ in listed(answer)] == ["Dan", "Cem", "Ben"]
        said = dict(listed(answers[0]))
        assert said["Dan"] == "never came"
        assert said["Ben"].startswith("last raid ")
        assert said["Ben"].endswith(" · signed up for a coming raid")
        assert "1 newcomer, who joined less than 4 weeks ago, is left out" in everybody.text()
        assert "Never came" in never.text()
        assert {name for name, _ in listed(never)} >= {"Dan", "New"}
        assert "You may not see who is inactive here" in refused.text()
        for answer in (everybody, never):
            assert "\\@everyone \\*\\*x\\*\\*" in _raw(answer)


def _raw(answer: PersonResponse) -> str:
    assert answer.message is not None
    assert answer.message.mentions == []
    assert not answer.message.mention_everyone
    return "\n".join(str(embed.get("description")) for embed in answer.message.embeds)


async def test_pages_are_turned_in_the_list_that_was_read_and_a_button_reads_a_newer_one(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    for number in range(16):
        guild.add_member(f"away{number:02}", nick=f"`|{'W' * 26}{number:02}")
    sandbox.advance(timedelta(weeks=5))
    async with start():
        answer = await ask(guild, guild.owner)
        assert "Page 1 of 2" in answer.text()
        guild.add_member("late")

        await answer.click("Next page")
        assert "Page 2 of 2" in answer.text()
        assert "newcomer" not in answer.text()
        await answer.click("Refresh the member list")
        assert sandbox.count(*LIST) == 1  # it is a moment old
        sandbox.advance(timedelta(minutes=2))
        await answer.click("Refresh the member list")
        assert sandbox.count(*LIST) == 2
        assert "1 newcomer" in answer.text()

        down = sandbox.faults.answer(503, route=" ".join(LIST))
        sandbox.advance(timedelta(hours=2))
        again = await ask(guild, guild.owner)
        assert down.met
        assert "Discord gives me no newer list of members now; this one was read" in again.text()
        assert "Page 1 of 2" in again.text()


async def test_without_an_answer_of_discord_it_says_what_to_do(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    sandbox.faults.answer(503, route=" ".join(LIST))
    async with start():
        answer = await ask(guild, guild.owner)

        assert "Discord does not give me the list of members now. Try again in a few minutes." in answer.text()


class TestWithoutTheMembersIntent:
    @pytest.fixture
    def members_intent(self) -> bool:
        return False

    async def test_those_known_of_raids_are_looked_at_and_it_says_so(
        self, sandbox: Sandbox, guild: SandboxGuild, start: Start
    ) -> None:
        raider = guild.add_role("Raider")
        ann, ben = (guild.add_member(name, roles=[raider]) for name in ("ann", "ben"))
        gone = guild.add_member("gone", roles=[raider])
        guild.add_member("eve", roles=[raider])
        sandbox.advance(timedelta(weeks=50))
        async with start() as bot:
            await store(bot, guild, 1, weeks=-40, came=(ann, ben, gone))
            await gone.leave(guild)

            answer = await ask(guild, guild.owner, role=raider)

            assert {name for name, _ in listed(answer)} == {"Ann", "Ben"}
            assert "Not the whole server" in answer.text()
            assert sandbox.count(*LIST) == 0
