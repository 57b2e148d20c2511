"""/stats user, server, weekly and monthly, as people see them."""

import json
import re
import sqlite3
from datetime import timedelta
from functools import partial

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person, PersonResponse
from raidbot.bot import RaidBot
from raidbot.db import guilds, imported
from raidbot.db.imported import Balance
from raidbot.raids.model import GuildId, Kind, MemberId, Presence, Source
from raidbot.raids.settings import GuildSettings
from raidbot.state import Cause
from tests.conftest import Start
from tests.db.statistics.past_raids import past_raid

PRESENT, NO_SHOW = Presence.PRESENT, Presence.NO_SHOW
HOSTILE = "@everyone ](https://x.example) **b** \u202e\u200b\u05d0 👩‍👩‍👧"


async def ask(guild: SandboxGuild, by: Person, command: str, **options: object) -> PersonResponse:
    return await by.slash(guild.channel("raid-signups"), f"stats {command}", **options)


async def change(bot: RaidBot, guild: SandboxGuild, **values: object) -> None:
    def rule(settings: GuildSettings) -> GuildSettings:
        return settings.with_fields(values)

    await bot.state.change_settings(GuildId(guild.id), rule, Cause(Source.COMMAND))


def fields(answer: PersonResponse) -> dict[str, str]:
    (embed,) = answer.embeds
    return {field["name"]: field["value"] for field in embed.get("fields", ())}


def description(answer: PersonResponse) -> str:
    (embed,) = answer.embeds
    return str(embed["description"])


def is_complete(answer: PersonResponse) -> bool:
    """Return True if the embed's picture is attached."""
    assert answer.message is not None
    (embed,) = answer.embeds
    attached = [f"attachment://{one.filename}" for one in answer.message.attachments]
    return attached == ([embed["image"]["url"]] if embed.get("image") else [])


def is_harmless(answer: PersonResponse) -> bool:
    """Return True if no name mentions anybody or makes a link."""
    said = json.dumps(answer.embeds, ensure_ascii=False).replace("\\\\", "\\")
    return not re.search(r"(?<!\\)[@\]]\(?everyone|(?<!\\)\]\(", said)


async def test_a_member_sees_their_own_figures_here_and_everywhere(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    elsewhere = sandbox.add_guild("Else](where", owner=guild.owner)
    barred = sandbox.add_guild("Barred", owner=guild.owner)
    member = MemberId(alice.id)
    async with start(allowed_guilds=frozenset({guild.id, elsewhere.id})) as bot:
        nothing = await ask(guild, alice, "user")
        now = bot.state.now()

        def fill(tx: sqlite3.Connection) -> None:
            here, there = GuildId(guild.id), GuildId(elsewhere.id)
            guilds.save_names(tx, here, [(member, HOSTILE)])
            for days in range(1, 4):
                past_raid(tx, now - timedelta(days=days), {member: PRESENT}, guild=here, title="Old Keep")
            past_raid(tx, now - timedelta(days=4), {member: NO_SHOW}, guild=here)
            past_raid(tx, now - timedelta(days=5), {member: NO_SHOW}, guild=here, kind=Kind.KEY, counts=False)
            past_raid(tx, now - timedelta(days=6), {member: Presence.EXCUSED}, guild=here)
            past_raid(tx, now - timedelta(days=7), {member: PRESENT}, guild=there, role="healer")
            for foreign in (barred.id, 5):
                past_raid(tx, now - timedelta(days=8), {member: PRESENT}, guild=GuildId(foreign))

        await bot.state.db.write(fill)
        own = await ask(guild, alice, "user")
        own_text, own_fields = description(own), fields(own)
        await bot.state.db.write(
            partial(
                imported.open_balance,
                balance=Balance(guild=GuildId(guild.id), member=member, raids=9, roles={"Bard": 9}),
            )
        )
        await own.click("All servers")
        everywhere, all_fields = description(own), fields(own)
        await own.click("This server")
        refused = await ask(guild, bob, "user", member=alice)
        seen = await ask(guild, guild.owner, "user", member=alice)

        assert nothing.ephemeral
        assert "You have been in no raid that counts yet." in description(nothing)
        assert own_text == (
            "**Came to 3 of 4 raids.** A rate is shown from 5 raids on.\nIn numbers: present 3, no-shows 1, excused 1."
        )
        assert own_fields["Roles, most played first"] == "Tank – 3 raids"
        assert own_fields["Raids, most played first"] == "Old Keep – 3 raids"
        assert "Came 3 times in a row without a no-show" in own_fields["Last raid"]
        assert "🌟 **Attendance: 92.9 %, excellent** – came to 13 of 14 raids" in everywhere
        assert "Includes 9 raids from before the move to this bot." in everywhere
        assert "Else\\]\\(where – came to 1 of 1 raid" in all_fields["Servers"]
        assert "Barred" not in all_fields["Servers"]
        assert "Bard – 9 raids\nTank – 3 raids" in fields(own)["Roles, most played first"]
        assert "came to 12 of 13 raids" in description(own)
        assert is_complete(own)
        assert "You may not see the statistics of others" in refused.text()
        assert is_harmless(seen)
        assert seen.ephemeral


async def test_managers_turn_through_weeks_and_months_and_everybody_may_if_the_server_says_so(
    guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    people = [MemberId(number) for number in range(101, 108)]
    async with start() as bot:
        await change(bot, guild, zone="America/Los_Angeles")
        new = await ask(guild, guild.owner, "weekly")
        here, now = GuildId(guild.id), bot.state.now()

        def fill(tx: sqlite3.Connection) -> None:
            guilds.save_names(tx, here, [(people[0], HOSTILE), (people[1], "Bob")])
            for days, came in ((7, people), (8, people[1:]), (14, people[2:4])):
                past_raid(tx, now - timedelta(days=days), dict.fromkeys(came, PRESENT), guild=here, title="Old Keep")
            past_raid(tx, now - timedelta(days=7), {people[0]: NO_SHOW}, guild=here, counts=False, title="Trial")
            past_raid(tx, now - timedelta(days=15), {people[2]: NO_SHOW}, guild=here)

        await bot.state.db.write(fill)
        week = await ask(guild, guild.owner, "weekly")
        this_week = description(week)
        await week.click("Week before")
        one_back, top = description(week), fields(week)["Came most often"]
        month = await ask(guild, guild.owner, "monthly", month=str((now - timedelta(days=7)).date())[:7])
        future = await ask(guild, guild.owner, "monthly", month="2199-01")
        typo = await ask(guild, guild.owner, "weekly", week="soonish")
        refused = await ask(guild, alice, "server")
        await change(bot, guild, stats_for_everyone=True)
        server = await ask(guild, alice, "server")
        offered = await guild.owner.autocomplete(
            guild.channel("raid-signups"), "stats weekly", {"week": "mon"}, focused="week"
        )

        assert "No raid that counts has taken place on this server yet." in description(new)
        assert "No raid that counts has taken place this week yet." in this_week
        assert "The week before had 2 raids." in this_week
        assert "raid" in one_back
        assert "former member – 2 raids" in top
        assert is_harmless(week)
        assert "raid" in description(month)
        assert "January 2199 has not begun yet." in future.text()
        assert "I know no week “soonish”." in typo.text()
        assert "You may not see this server’s statistics" in refused.text()
        assert "**4 raids** since" in description(server)
        assert "**7 people** came at least once." in description(server)
        assert "Came 15 times, no-shows 1 (6.3 % of those who were expected)" in fields(server)["Attendance"]
        assert fields(server)["Do not count"] == "Trial – 1 raid"
        assert len(offered) == 25
        for answer in (new, week, month, server):
            assert answer.ephemeral
            assert is_complete(answer)


async def test_the_longest_and_most_hostile_names_fit_into_every_page(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    names = ("*" * 32, "_" * 32, "](" * 16, "\u05d0" * 32, "👩‍👩‍👧" * 4, "@everyone" * 3)
    async with start() as bot:
        here, now = GuildId(guild.id), bot.state.now()
        members = [MemberId(alice.id), *(MemberId(number) for number in range(101, 106))]

        def fill(tx: sqlite3.Connection) -> None:
            guilds.save_names(tx, here, zip(members, names, strict=True))
            for number in range(16):
                raid = past_raid(
                    tx,
                    now - timedelta(hours=3 + number),
                    dict.fromkeys(members, PRESENT),
                    guild=here,
                    title=f"{number}" + "*" * 99,
                    template=str(number),
                    counts=number % 4 > 0,
                )
                tx.execute("UPDATE raid_roles SET name = ? WHERE raid = ?", (f"{number}" + "`" * 79, raid.id))

        await bot.state.db.write(fill)

        pages = [await ask(guild, guild.owner, command) for command in ("server", "weekly", "monthly")]
        pages.append(await ask(guild, alice, "user"))
        await pages[-1].click("All servers")

        for page in pages:
            assert page.embeds
            assert is_complete(page)
            assert is_harmless(page)


async def test_a_panel_of_an_older_bot_is_refused(guild: SandboxGuild, start: Start) -> None:
    async with start():
        shown = await ask(guild, guild.owner, "weekly")
        assert shown.message is not None
        for custom_id in (
            "stats",
            "stats:week",
            "stats:week:soon",
            "stats:year:2026-01-01",
            "stats:user:x",
            "stats:a:b",
        ):
            answer = await guild.owner.use(shown.message, {"type": 2, "custom_id": custom_id})
            assert "This panel is from an older version of the bot." in answer.text()
