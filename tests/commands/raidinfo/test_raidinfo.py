"""/raidinfo: lists and their pages, raid details, histories and exported files."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from icalendar import Calendar, Event

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person, PersonResponse
from raidbot.bot import RaidBot
from raidbot.db import raids as rows
from raidbot.raids.model import (
    Attendance,
    ChannelId,
    CloseReason,
    GuildId,
    Kind,
    MemberId,
    MessageId,
    Presence,
    Raid,
    RaidCode,
    RaidId,
    RoleKey,
    Seat,
    Source,
    Status,
)
from raidbot.utils.ids import ALPHABET
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid
from tests.raids.builders import roles, unposted_raid


def code_of(number: int) -> RaidCode:
    return RaidCode("AAA" + "".join(ALPHABET[number // 32**place % 32] for place in (2, 1, 0)))


async def store(bot: RaidBot, guild: SandboxGuild, number: int, *, hours: float, **values: object) -> Raid:
    """Store a raid without a real board. It starts `hours` from now."""
    now = bot.state.now()
    raid = replace(
        unposted_raid(of=roles(tank=1, healer=2)),
        guild=GuildId(guild.id),
        code=code_of(number),
        channel=ChannelId(guild.channel("raid-signups").id),
        message=MessageId(9_000_000 + number),
        starts_at=now + timedelta(hours=hours),
        created_at=now,
        status=Status.OPEN,
    )
    raid = replace(raid, **values)  # type: ignore[arg-type]
    users = guild.sandbox.store.users
    # An unknown name would make the bot redraw the board, and there is none.
    await bot.state.learn_names(raid.guild, {one.member: str(users[one.member].global_name) for one in raid.seats})
    stored = await bot.state.db.write(lambda tx: rows.insert(tx, raid))
    return replace(raid, id=stored)


def seat(person: Person, bot: RaidBot, role: str = "tank") -> Seat:
    return Seat(MemberId(person.id), RoleKey(role), 1, bot.state.now(), Source.REACTION)


async def ask(guild: SandboxGuild, by: Person, command: str, **options: object) -> PersonResponse:
    return await by.slash(guild.channel("raid-signups"), f"raidinfo {command}", **options)


def file_of(answer: PersonResponse) -> tuple[str, bytes]:
    assert answer.message is not None
    (attachment,) = answer.message.attachments
    return attachment.filename, attachment.content


def events_in(answer: PersonResponse) -> list[Event]:
    name, content = file_of(answer)
    assert name.endswith(".ics")
    return list(Calendar.from_ical(content).events)


async def test_the_list_is_soonest_first_by_kind_and_mine(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        await store(bot, guild, 1, hours=9, title="Later")
        await store(bot, guild, 2, hours=2, title="Sooner", seats=(seat(alice, bot),))
        await store(bot, guild, 3, hours=5, title="Exhibits", kind=Kind.MUSEUM)
        await store(bot, guild, 4, hours=-5, title="Gone", status=Status.CLOSED, closed_at=bot.state.now())
        await store(bot, guild, 5, hours=5, title="Off", status=Status.CANCELLED)

        shown = await ask(guild, alice, "list")
        of_kind = await ask(guild, alice, "list", kind="museum")
        mine = await ask(guild, alice, "list", mine=True)

        text = shown.text()
        assert shown.ephemeral
        assert "Upcoming raids (3)" in text
        assert text.index("Sooner") < text.index("Exhibits") < text.index("Later")
        assert "Gone" not in text
        assert "Off" not in text
        assert "1/3 seats" in text
        assert "Exhibits" in of_kind.text()
        assert "Later" not in of_kind.text()
        assert "Sooner" in mine.text()
        assert "Later" not in mine.text()


async def test_the_list_turns_its_pages_and_changes_what_it_shows_after_a_restart(
    guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start():
        shown = await ask(guild, alice, "list")
        assert "No upcoming raids" in shown.text()
    async with start() as bot:
        for number in range(12):
            await store(bot, guild, number, hours=2 + number, title=f"Raid number {number}")
        await store(bot, guild, 20, hours=50, title="Exhibits", kind=Kind.MUSEUM, seats=(seat(alice, bot),))
        await shown.select("Which kind?", ["Every kind"])
        assert "Raid number 10" not in shown.text()
        await shown.click("Next page")
        assert "11. 🟢 [Raid number 10]" in shown.text().replace("**", "")
        assert "Page 2 of 2" in shown.text()

        await shown.select("Which kind?", ["Museum"])
        assert "Upcoming museum signups (1)" in shown.text()
        await shown.click("Only mine")
        assert "Exhibits" in shown.text()
        await shown.select("Which kind?", ["Every kind"])
        await shown.click("Show all raids")
        assert "Upcoming raids (13)" in shown.text()


async def test_two_hundred_raids_with_the_longest_names_are_listed_on_every_page(
    guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    channel = guild.channel("raid-signups")
    async with start() as bot:
        for number in range(200):
            await store(
                bot, guild, number, hours=2 + number, title="*" * 100, subject="_" * 50, seats=(seat(alice, bot),)
            )

        shown = await ask(guild, alice, "list", mine=True)
        for page in range(2, 21):
            await shown.click("Next page")
            assert f"Page {page} of 20" in shown.text()
        events = events_in(await ask(guild, alice, "export", what="mine"))
        offered = await alice.autocomplete(channel, "raidinfo detail", {"code": ""}, focused="code")

        assert len(events) == 200
        assert len(offered) == 25


async def test_a_raid_in_full_shows_its_roster_and_foreign_codes_are_unknown(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    elsewhere = sandbox.add_guild("Elsewhere", owner=guild.owner)
    elsewhere.add_channel("raid-signups")
    async with start() as bot:
        board = await post_raid(guild)
        await alice.react(board, "✅")
        await guild.until(lambda: "Alice" in board_text(board))
        code = (await bot.state.raid(RaidId(1))).code

        detail = await ask(guild, alice, "detail", code=code.lower())
        foreign = await ask(elsewhere, guild.owner, "detail", code=code)
        exported = await ask(elsewhere, guild.owner, "export", what="raid", code=code)

        assert detail.ephemeral
        assert "Alice" in detail.text()
        assert "open for signups" in detail.text()
        assert f"no raid with the code “{code}”" in foreign.text()
        assert f"no raid with the code “{code}”" in exported.text()


async def test_a_history_is_one_s_own_unless_one_may_see_others(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        closed = {"status": Status.CLOSED, "closed_at": bot.state.now(), "closed_reason": CloseReason.AT_START}
        for number in range(11):
            await store(
                bot, guild, number, hours=-2 - number, title=f"Past {number}", seats=(seat(alice, bot),), **closed
            )
        await store(bot, guild, 20, hours=3, title="Future", seats=(seat(alice, bot),))

        own = await ask(guild, alice, "history")
        refused = await ask(guild, bob, "history", member=alice)
        seen = await ask(guild, guild.owner, "history", member=alice)

        assert "Raids of Alice (11)" in own.text()
        assert own.text().index("Past 0") < own.text().index("Past 9")
        assert "Tank" in own.text()
        assert "Future" not in own.text()
        assert "You may not see the raid history of others here" in refused.text()
        await seen.click("Next page")
        assert "Past 10" in seen.text()


async def test_a_history_says_where_somebody_did_not_come(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        for number, presence in enumerate((Presence.PRESENT, Presence.NO_SHOW, Presence.EXCUSED)):
            rows_of_attendance = (
                Attendance(MemberId(alice.id), RoleKey("tank"), presence),
                Attendance(MemberId(bob.id), RoleKey("healer"), Presence.NO_SHOW),
            )
            await store(
                bot,
                guild,
                number,
                hours=-2 - number,
                title=f"Past {number}",
                status=Status.CLOSED,
                closed_at=bot.state.now(),
                closed_reason=CloseReason.AT_START,
                seats=(seat(alice, bot),),
                attendance=rows_of_attendance,
            )

        lines = (await ask(guild, alice, "history")).text().splitlines()

        absent = [next(mark for mark in ("no-show", "excused", "") if mark in line) for line in lines if "Past" in line]
        assert absent == ["", "no-show", "excused"]
        assert "Came to 1 of 2 raids. Missed 1 raid." in lines[1]
        own = (await ask(guild, alice, "detail", code=code_of(1))).text()
        assert "No-show: 2" in own.splitlines()[1]
        assert "Bob" not in own.splitlines()[1]
        assert "You: 🚫 no-show" in own
        others = (await ask(guild, guild.owner, "detail", code=code_of(1))).text()
        assert "No-show: 2 · Alice, former member" in others


async def test_a_history_names_what_was_called_off_and_what_did_not_take_place(
    guild: SandboxGuild, start: Start
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        called_off = (Attendance(MemberId(alice.id), RoleKey("tank"), Presence.CALLED_OFF),)
        in_the_past = partial(
            store, bot, guild, hours=-5, closed_at=bot.state.now(), closed_reason=CloseReason.AT_START
        )
        await in_the_past(0, title="Off", status=Status.CLOSED, attendance=called_off)
        await in_the_past(1, title="Not", status=Status.CANCELLED, not_held=True, seats=(seat(alice, bot),))
        await in_the_past(2, title="Other", status=Status.CLOSED, seats=(seat(bob, bot),))

        lines = (await ask(guild, alice, "history")).text()

        assert "called off" in next(line for line in lines.splitlines() if "Off" in line)
        assert "did not take place" in next(line for line in lines.splitlines() if "Not" in line)
        assert "Other" not in lines


async def test_a_history_is_turned_over_of_somebody_whose_account_is_gone(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        await bot.state.learn_names(GuildId(guild.id), {MemberId(alice.id): "Alice"})
        for number in range(12):
            closed = {"status": Status.CLOSED, "closed_at": bot.state.now(), "closed_reason": CloseReason.AT_START}
            await store(bot, guild, number, hours=-number - 1, seats=(seat(alice, bot),), **closed)
        listed = await ask(guild, guild.owner, "history", member=alice)
        del sandbox.store.users[alice.id]

        await listed.click("Next page")

        assert "Page 2 of 2" in listed.text()
        assert "Raids of Alice (12)" in listed.text()


async def test_a_forged_page_of_somebody_s_history_is_refused(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        for number in range(11):
            await store(bot, guild, number, hours=-2 - number, title="Past", seats=(seat(bob, bot),))
        own = await ask(guild, bob, "history")
        assert own.message is not None
        own.message.components[0]["components"][1]["custom_id"] = f"raidinfo:history:{alice.id}:1"

        refused = await own.click("Next page")

        assert "You may not see the raid history of others here" in refused.text()


async def test_the_calendar_says_who_waits_and_what_is_cancelled_and_grows_newer(
    guild: SandboxGuild, start: Start
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    channel = guild.channel("raid-signups")
    async with start() as bot:
        board = await post_raid(guild, activity="key", teams=1, team_size=2)
        for person, shown in ((alice, "1. Alice"), (bob, "2. Bob"), (guild.owner, "⏳ ")):
            await person.react(board, "1️⃣")
            await guild.until(lambda: shown in board_text(board))  # noqa: B023
        code = (await bot.state.raid(RaidId(1))).code

        (seated,) = events_in(await ask(guild, alice, "export", what="mine"))
        (waiting,) = events_in(await ask(guild, guild.owner, "export", what="raid", code=code))
        panel = await guild.owner.slash(channel, "raid", code=code)
        await (await panel.click("Cancel raid")).submit()
        (cancelled,) = events_in(await ask(guild, alice, "export", what="server"))

        assert (seated["status"], waiting["status"], cancelled["status"]) == ("CONFIRMED", "TENTATIVE", "CANCELLED")
        assert seated["uid"] == waiting["uid"] == cancelled["uid"]
        assert cancelled.sequence > seated.sequence
        raid = await bot.state.raid(RaidId(1))
        assert raid.starts_at == seated.DTSTART
        assert seated.DTSTART.utcoffset() == timedelta()
        assert str(seated["url"]) == raid.link


async def test_an_empty_calendar_and_a_missing_code_are_said(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        assert "no raid to put into a calendar" in (await ask(guild, alice, "export", what="mine")).text()
        assert "Say which raid" in (await ask(guild, alice, "export", what="roster")).text()


async def test_the_roster_is_a_table_without_formulas(guild: SandboxGuild, start: Start) -> None:
    alice, evil = guild.add_member("alice"), guild.add_member("evil", nick="=1+1")
    async with start() as bot:
        board = await post_raid(guild, activity="key", teams=1, team_size=2)
        for person in (alice, evil, guild.owner):
            await person.react(board, "1️⃣")
        await guild.until(lambda: "⏳" in board_text(board))
        code = (await bot.state.raid(RaidId(1))).code

        name, content = file_of(await ask(guild, alice, "export", what="roster", code=code))

        table = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
        assert name == f"roster-{code}.csv"
        assert [row["Place"] for row in table] == ["seat", "seat", "waiting"]
        assert [row["Member ID"] for row in table[:2]] == [alice.mention, evil.mention]
        assert table[1]["Name"] == "'=1+1"


@pytest.mark.parametrize("forged", ["raidinfo:list:boss:all:0", "raidinfo:list:all:all:x", "raidinfo:history:x:0"])
async def test_forged_pages_are_refused(guild: SandboxGuild, start: Start, forged: str) -> None:
    async with start() as bot:
        for number in range(11):
            await store(bot, guild, number, hours=2)
        shown = await ask(guild, guild.owner, "list")
        assert shown.message is not None
        shown.message.components[1]["components"][2]["custom_id"] = forged

        refused = await shown.click("Next page")

        assert "older version of the bot" in refused.text()


async def test_a_raid_keeps_its_length_when_clocks_change_before_it(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    """S26: clocks in Denver change on 14 March."""
    async with start() as bot:
        sandbox.advance(datetime(2027, 3, 10, 18, tzinfo=UTC) - sandbox.clock.now())
        await guild.owner.slash(guild.channel("raid-signups"), "settings", time_zone="America/Denver")
        board = await post_raid(guild, activity="wow-10", when="20 march 10am", length="3")
        code = (await bot.state.raid(bot.state.boards[MessageId(board.id)])).code
        begins, ends = datetime(2027, 3, 20, 16, tzinfo=UTC), datetime(2027, 3, 20, 19, tzinfo=UTC)
        for _ in range(2):
            (event,) = events_in(await ask(guild, guild.owner, "export", what="raid", code=code))
            assert (event.start, event.end) == (begins, ends)
            assert f"<t:{int(begins.timestamp())}" in board_text(board)
            assert " · 3 h · " in board_text(board)
            sandbox.advance(timedelta(days=5))
