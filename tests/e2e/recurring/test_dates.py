"""Single dates, dates off, pauses and the end of a series; deleting one; posting now."""

from dataclasses import replace
from datetime import timedelta

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.raids.model import GuildId, RaidId, Source, Status
from raidbot.raids.schedules.model import Count
from raidbot.state import Cause
from tests.conftest import Start
from tests.delivery.harness import until
from tests.e2e.recurring.series_steps import Option, all_series, create_series, dates_in, only_series, submit, use


async def test_a_date_is_skipped_and_comes_back_by_one_press(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await create_series(guild, start="8 december", zone="UTC", end="3 times")
        code = (await only_series(bot, guild)).code

        page = await use(guild, "skip", series=code)
        await page.select("Choose a date", ["Tue 15 Dec 2026, 20:00"])
        await page.click("Skip it")

        assert "Skipped Tuesday 15 December 2026, 20:00 (UTC). 2 raids, 1 date off." in page.text()
        await page.click("Undo")
        assert "As planned again." in page.text()
        assert (await only_series(bot, guild)).schedule.skips == frozenset()


async def test_s22_skipping_a_date_moves_no_other(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await create_series(
            guild, when="every weekday 8pm", start="7 december", end="10 times", zone="UTC", posted="1 hour before"
        )
        code = (await only_series(bot, guild)).code

        await use(guild, "skip", series=code, date="2026-12-09")

        listed = await use(guild, "list")
        assert [one.split(",")[0] for one in dates_in(listed)] == [
            "Monday 7 December 2026",
            "Tuesday 8 December 2026",
            "Wednesday 9 December 2026",
            "Thursday 10 December 2026",
        ]
        assert "9 raids, 1 date off. The last one is Friday 18 December 2026, 20:00 (UTC)." in listed.text()
        assert panel is not None


async def test_s40_a_holiday_leaves_seven_of_eight_and_one_press_makes_it_eight(
    guild: SandboxGuild, start: Start
) -> None:
    async with start() as bot:
        await create_series(guild, when="every sunday 8pm", start="6 december", end="8 times", zone="UTC")
        series = await only_series(bot, guild)

        page = await use(guild, "holiday", days="10 jan")
        assert "Saved. 1 raid won’t take place." in page.text()
        panel = await use(guild, "edit", series=series.code)
        await panel.click("All dates")
        assert "7 raids, 1 date off. The last one is Sunday 24 January 2027, 20:00 (UTC)." in panel.text()
        await panel.click("One more date")
        assert "8 raids, 1 date off. The last one is Sunday 31 January 2027, 20:00 (UTC)." in panel.text()
        await panel.click("Save")

        assert (await only_series(bot, guild)).schedule.end == Count(9)
        await page.select("Not off after all", ["10 January 2027"])
        assert await bot.state.series.dates_off(GuildId(guild.id)) == ()


async def test_one_press_on_the_panel_adds_one_more_date(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await create_series(guild, when="every sunday 8pm", start="6 december", end="2 times", zone="UTC")

        await panel.click("One more date")

        assert "3 raids. The last one is Sunday 20 December 2026, 20:00 (UTC)." in panel.text()
        assert (await only_series(bot, guild)).schedule.end == Count(3)
        by_hand = await create_series(guild, name="By hand", when="4 dec 20:00, 5 dec 20:00", end="until 5 dec 2026")
        before = (await bot.state.series.find(GuildId(guild.id), "By hand")).schedule
        await by_hand.click("One more date")
        assert "There is no later date. Edit the series." in by_hand.text()
        assert (await bot.state.series.find(GuildId(guild.id), "By hand")).schedule == before
        endless = await create_series(guild, name="Endless")
        assert "[One more date]" not in endless.text()


async def test_dates_off_of_one_series_leave_the_others(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await create_series(guild, name="One", when="every day 8pm")
        await create_series(guild, name="Other", when="every day 8pm")

        answer = await use(guild, "holiday", days="24 dec - 1 jan, 6 jan", series="One")

        assert "Saved. 10 raids won’t take place." in answer.text()
        off = {one.name: len(one.schedule.dates_off) for one in await all_series(bot, guild)}
        assert off == {"One": 2, "Other": 0}
        assert "in the past" in (await use(guild, "holiday", days="24 dec 2020")).text()


async def test_a_time_of_day_alone_moves_a_raid_on_its_own_day(guild: SandboxGuild, start: Start) -> None:
    async with start():
        await create_series(guild, start="8 december", zone="UTC")
        page = await use(guild, "skip", series="Museum Signup")
        await page.select("Choose a date", ["Tue 15 Dec 2026, 20:00"])

        await submit(page, "Change it", **{"When is this raid?": "9:30pm"})

        assert "Tuesday 15 December 2026, 21:30 (UTC)" in page.text()


async def test_a_holiday_with_its_days_in_the_wrong_order_is_refused(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await create_series(guild)

        answer = await use(guild, "holiday", days="26 dec - 24 dec")

        assert (
            "I read this as Saturday 26 December 2026 to Friday 24 December 2027. Write the earlier day first"
            in answer.text()
        )
        assert await bot.state.series.dates_off(GuildId(guild.id)) == ()


async def test_a_name_with_markdown_is_shown_as_typed(guild: SandboxGuild, start: Start) -> None:
    async with start():
        panel = await create_series(guild, name="**Raid** night")

        assert panel.embeds[0]["title"] == r"\*\*Raid\*\* night"


async def test_a_pause_ends_at_its_date_or_by_hand(guild: SandboxGuild, start: Start) -> None:
    async with start():
        await create_series(guild, name="Raid night", zone="UTC")

        paused = await use(guild, "pause", series="Raid night", until="5 january")

        assert "Paused until Tuesday 5 January 2027" in paused.text()
        assert dates_in(paused)[0] == "Tuesday 5 January 2027, 20:00 (UTC)"
        assert "Give a later date." in (await use(guild, "pause", series="Raid night", until="today")).text()
        await paused.click("Resume")
        assert "The series goes on." in paused.text()
        for_good = await use(guild, "pause", series="Raid night")
        assert "Paused until somebody resumes it." in for_good.text()
        assert "Paused. Go on with" in (await use(guild, "list")).text()
        assert "The series goes on." in (await use(guild, "revive", series="Raid night")).text()
        assert "neither paused nor over" in (await use(guild, "revive", series="Raid night")).text()


async def test_a_series_that_is_over_goes_on(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await create_series(guild, name="Short", end="1 time", zone="UTC")
        sandbox.advance(timedelta(days=30))
        assert "Over." in (await use(guild, "list")).text()

        page = await use(guild, "revive", series="Short")
        assert "This series is over. How does it go on?" in page.text()
        await page.click("One more date")

        assert dates_in(page) == ["Tuesday 5 January 2027, 20:00 (UTC)"]
        past = await bot.state.series.occurrences((await only_series(bot, guild)).id)
        assert len(past) <= 1


@pytest.mark.parametrize("keeps", [True, False])
async def test_a_deleted_series_asks_what_becomes_of_its_posted_raid(
    guild: SandboxGuild, start: Start, keeps: bool
) -> None:
    async with start() as bot:
        panel = await create_series(guild, name="Soon", when="every day 20:00")
        series = await only_series(bot, guild)
        await guild.until(lambda: guild.messages(guild.channel("raid-signups")))

        await panel.click("Delete")
        assert "1 of its raids is posted and lies ahead" in panel.text()
        await panel.click("Delete, keep posted raids" if keeps else "Delete, cancel them too")

        assert "Soon is deleted." in panel.text()
        assert await all_series(bot, guild) == []
        raid = await bot.state.raid(RaidId(1))
        assert (raid.status is Status.CANCELLED) is not keeps
        assert raid.series == series.id


async def test_the_next_raid_or_an_extra_one_is_posted_now(guild: SandboxGuild, start: Start) -> None:
    channel = guild.channel("raid-signups")
    async with start() as bot:
        await create_series(guild, name="Raid night", start="8 december", zone="UTC")

        page = await use(guild, "trigger", series="Raid night")
        assert "Which raid of Raid night do you want to post now?" in page.text()
        assert guild.messages(channel) == []
        await page.click("Next: Tue 8 Dec 2026, 20:00")
        await guild.until(lambda: "is posted in" in page.text())
        await page.click("Post now")
        assert "Next: Tue 15 Dec 2026, 20:00" in page.text()
        await submit(page, "An extra one", extra="saturday 8pm")
        assert "Post an extra raid of Raid night for Saturday 5 December 2026, 20:00 (UTC)" in page.text()
        await page.click("Yes, post it")
        await guild.until(lambda: "is posted in" in page.text())

        assert len(guild.messages(channel)) == 2
        assert len(await bot.state.series.occurrences((await only_series(bot, guild)).id)) == 1


async def test_a_series_that_nobody_has_is_refused_with_a_sentence(guild: SandboxGuild, start: Start) -> None:
    async with start():
        commands: tuple[tuple[str, dict[str, Option]], ...] = (
            ("edit", {}),
            ("skip", {}),
            ("pause", {}),
            ("revive", {}),
            ("trigger", {}),
            ("delete", {}),
            ("join", {"role": "Healer"}),
            ("leave", {}),
            ("holiday", {"days": "24 dec"}),
        )
        for command, options in commands:
            answer = await use(guild, command, series="Nothing", **options)

            assert "No series “Nothing” here. Choose one from the list as you type." in answer.text()


async def test_series_are_offered_by_their_next_date(guild: SandboxGuild, start: Start) -> None:
    channel = guild.channel("raid-signups")
    async with start():
        for name, when in (("Late", "every monday 8pm"), ("Soon", "every wednesday 8pm"), ("Mid", "every friday 8pm")):
            await create_series(guild, name=name, when=when, zone="UTC")

        offered = await guild.owner.autocomplete(channel, "recurring edit", {"series": ""}, focused="series")
        named = await guild.owner.autocomplete(channel, "recurring edit", {"series": "mid"}, focused="series")
        days = await guild.owner.autocomplete(
            channel, "recurring skip", {"series": offered[0].value, "date": ""}, focused="date"
        )

        assert [one.name.split(" — ")[1] for one in offered] == ["Soon", "Mid", "Late"]
        assert [one.name.split(" — ")[1] for one in named] == ["Mid"]
        assert [one.name for one in days][:2] == ["Wed 2 Dec 2026, 20:00", "Wed 9 Dec 2026, 20:00"]


async def test_the_list_has_pages(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await create_series(guild, name="Series 0", start="8 december")
        first = await only_series(bot, guild)
        for number in range(1, 6):
            await bot.state.series.create(replace(first, name=f"Series {number}"), Cause(Source.COMMAND))

        page = await use(guild, "list")

        assert "6 series of Ravenwood" in page.text()
        assert "Series 5" not in page.text()
        await page.click("Next page")
        assert "Series 5" in page.text()
        await page.select("Open a series", ["Series 5"])
        assert "[Skip or change a date]" in page.text()


async def test_a_raid_of_a_series_says_so_and_leads_to_it(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await create_series(guild, name="Daily night", when="every day 20:00", zone="UTC")
        await guild.until(lambda: guild.messages(guild.channel("raid-signups")))
        raid = await bot.state.raid(RaidId(1))

        panel = await guild.owner.slash(guild.channel("raid-signups"), "raid", code=raid.code)
        assert "Series: Daily night. Every day at 20:00 (UTC)." in panel.text()
        await panel.click("Series")

        assert "[Skip or change a date]" in panel.text()
        delete = await use(guild, "delete", series="Daily night")
        await delete.click("Delete, keep posted raids")
        assert "Series:" not in (await guild.owner.slash(guild.channel("raid-signups"), "raid", code=raid.code)).text()


async def test_the_list_says_what_was_missed(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start():
        await create_series(guild, name="Missed", when="every day 20:00", start="3 december", zone="UTC")
    sandbox.advance(timedelta(days=4))
    async with start() as bot:
        series = await only_series(bot, guild)

        async def missed() -> bool:
            return any(one.state == "missed" for one in await bot.state.series.occurrences(series.id))

        await until(missed)
        listed = await use(guild, "list")

        assert "Not posted:" in listed.text()
        assert "(I was away)" in listed.text()
