"""/recurring edit: this date only, this and all later ones, or all; and what an edit leaves alone."""

from datetime import date, timedelta

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import PersonResponse
from raidbot.raids.schedules.model import Count, Lead
from raidbot.raids.schedules.rules import RecurrenceId, Weekly
from tests.conftest import Start
from tests.e2e.recurring.series_steps import (
    all_series,
    create_series,
    dates_in,
    drafts_of,
    only_series,
    submit,
    use,
)

FIRST, SECOND, THIRD = "Tuesday 8 December 2026", "Tuesday 15 December 2026", "Tuesday 22 December 2026"


async def edit_all(panel: PersonResponse) -> PersonResponse:
    await panel.click("Edit")
    return await panel.click("All dates")


def days_in(panel: PersonResponse) -> list[str]:
    return [one.split(",")[0] for one in dates_in(panel)]


async def series_from_8_december(guild: SandboxGuild, **options: str) -> PersonResponse:
    chosen = {"start": "8 december", "zone": "UTC"} | options
    return await create_series(guild, None, **chosen)


async def test_s08_saving_without_a_change_changes_nothing(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await create_series(guild, when="every 2 weeks on tuesday 20:00", posted="1 hour before")
        before = await only_series(bot, guild)
        for days in (1, 5, 4):  # in the first week, in the second, and in the first of the next two
            sandbox.advance(timedelta(days=days))
            panel = await use(guild, "edit", series=before.code)
            await panel.click("All dates")
            await panel.click("When")
            await submit(panel, "Type it")
            await submit(panel, "End, dates off")

            await panel.click("Save")

            assert "Nothing was different." in panel.text()
            after = await only_series(bot, guild)
            assert (after.schedule, after.rotation) == (before.schedule, before.rotation)


async def test_s15_another_hour_keeps_what_is_skipped(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await series_from_8_december(guild)
        await use(guild, "skip", series=(await only_series(bot, guild)).code, date="15 december")

        await edit_all(panel)
        await panel.click("When")
        await submit(panel, "Type it", time="19:30")
        assert "1 single change stays as it is." in panel.text()
        await panel.click("Save")

        assert dates_in(panel)[:3] == [
            f"{FIRST}, 19:30 (UTC)",
            f"{SECOND}, 19:30 (UTC)",
            f"{THIRD}, 19:30 (UTC)",
        ]
        assert panel.text().count("· skipped") == 1


async def test_s17_another_title_keeps_what_is_moved_and_one_press_drops_it(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await series_from_8_december(guild)
        await panel.click("Edit")
        await panel.click("Only Tue 8 Dec")
        await submit(panel, "Change it", when="sunday 13 december 18:00")
        assert "Saved." in panel.text()
        await panel.click("Back")

        await edit_all(panel)
        await panel.click("What")
        await submit(panel, "Title and text", title="Museum night")
        await panel.click("Back")
        await panel.click("Save")

        series = await only_series(bot, guild)
        assert (len(series.schedule.moves), series.rotation[0].title) == (1, "Museum night")
        assert days_in(panel)[:2] == ["Sunday 13 December 2026", SECOND]
        await edit_all(panel)
        await panel.click("Drop single changes")
        assert "1 single change will be dropped." in panel.text()
        assert days_in(panel)[0] == FIRST
        await panel.click("Save")
        assert (await only_series(bot, guild)).schedule.moves == ()


async def test_s19_s21_one_date_is_asked_for_and_only_it_changes(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await series_from_8_december(guild)
        before = await only_series(bot, guild)

        await panel.click("Edit")
        for button in ("[Only Tue 8 Dec]", "[Tue 8 Dec and all later]", "[All dates]"):
            assert button in panel.text()
        await panel.select("From which date?", ["Tue 15 Dec 2026, 20:00"])
        await panel.click("Only Tue 15 Dec")
        await submit(
            panel, "Change it", when="thursday 17 december 20:00", title="Late night", note="Bring snacks", length="1.5"
        )
        await panel.click("Back")

        after = await only_series(bot, guild)
        assert days_in(panel) == [
            FIRST,
            "Thursday 17 December 2026",
            THIRD,
            "Tuesday 29 December 2026",
            "Tuesday 5 January 2027",
        ]
        single = after.single(RecurrenceId(date(2026, 12, 15)))
        assert (single.title, single.note, single.length_minutes) == ("Late night", "Bring snacks", 90)
        assert (after.schedule.rule, after.schedule.start) == (before.schedule.rule, before.schedule.start)


async def test_all_later_dates_become_a_series_and_earlier_ones_stay(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await series_from_8_december(guild, end="10 times")
        await panel.click("Edit")
        await panel.select("From which date?", ["Tue 22 Dec 2026, 20:00"])
        await panel.click("Tue 22 Dec and all later")
        assert "You change Tuesday 22 December 2026 and all later dates." in panel.text()
        await panel.click("When")
        await submit(panel, "Type it", rule="every wednesday", time="9pm")
        assert days_in(panel)[0] == "Wednesday 23 December 2026"

        await panel.click("Save")

        before, later = sorted(await all_series(bot, guild), key=lambda one: one.schedule.start)
        assert (before.schedule.end, later.schedule.end) == (Count(2), Count(8))
        assert later.schedule.rule == Weekly((2,))
        assert later.code in panel.text()


async def test_s23_a_series_may_begin_earlier(guild: SandboxGuild, start: Start) -> None:
    async with start():
        panel = await create_series(guild, when="second monday of the month 8pm", start="1 may 2027", zone="UTC")
        assert days_in(panel)[0] == "Monday 10 May 2027"

        await edit_all(panel)
        await panel.click("When")
        await submit(panel, "Type it", start="1 april 2027")

        assert days_in(panel)[:2] == ["Monday 12 April 2027", "Monday 10 May 2027"]
        await panel.click("Save")
        assert days_in(panel)[:2] == ["Monday 12 April 2027", "Monday 10 May 2027"]


async def test_every_field_can_be_changed(guild: SandboxGuild, start: Start) -> None:
    other = guild.add_channel("other")
    leader = guild.add_member("lea")
    role = guild.add_role("Raiders", mentionable=True)
    async with start() as bot:
        panel = await series_from_8_december(guild)
        await edit_all(panel)
        await panel.click("What")
        await panel.select("What is it?", ["Gold Key Boss"])
        await panel.select("How many teams?", ["2 teams"])
        await panel.click("Back")
        await panel.click("When")
        await panel.select("How often?", ["Every 2 weeks"])
        await panel.click("Back")
        await panel.click("Posting")
        await panel.select("How long before the start?", ["48 hours before"])
        await panel.select("Which channel? (none: where such raids go)", [other])
        await panel.click("Back")
        await submit(panel, "End, dates off", end="4 times", off="22 dec")
        await panel.click("People")
        await panel.select("Who leads the raids?", [leader])
        await panel.select("Mention a role with every raid?", [role])
        await panel.select("What happens to old boards?", ["Old boards: closed ones are deleted"])
        await panel.click("Back")
        await submit(panel, "Name", series="Keys")

        await panel.click("Save")

        series = await only_series(bot, guild)
        assert (series.name, series.channel, series.leader, series.mention, series.old_boards) == (
            "Keys",
            other.id,
            leader.id,
            role.id,
            "delete",
        )
        assert (series.rotation[0].template, series.rotation[0].teams) == ("key", 2)
        schedule = series.schedule
        assert (schedule.rule, schedule.posting, schedule.end) == (Weekly((1,), 2), Lead(minutes=2880), Count(4))
        assert [str(off.first) for off in schedule.dates_off] == ["2026-12-22"]


async def test_who_may_not_mention_the_role_may_change_the_rest(guild: SandboxGuild, start: Start) -> None:
    secret, other = guild.add_role("Secret", mentionable=False), guild.add_channel("other")
    manager = guild.add_member("manager", permissions=["manage_guild"])
    async with start() as bot:
        panel = await series_from_8_december(guild)
        await edit_all(panel)
        await panel.click("People")
        await panel.select("Mention a role with every raid?", [secret])
        await panel.click("Back")
        await panel.click("Save")
        code = (await only_series(bot, guild)).code

        edit = await use(guild, "edit", manager, series=code)
        await edit.click("All dates")
        await submit(edit, "Name", series="Another name")
        await edit.click("Save")
        elsewhere = await use(guild, "edit", manager, series=code)
        await elsewhere.click("All dates")
        await elsewhere.click("Posting")
        await elsewhere.select("Which channel? (none: where such raids go)", [other])
        await elsewhere.click("Back")
        await elsewhere.click("Save")

        series = await only_series(bot, guild)
        assert (series.name, series.mention, series.channel) == ("Another name", secret.id, None)
        assert "can’t mention Secret yourself" in elsewhere.text()


async def test_two_managers_keep_both_changes_and_the_last_sees_the_first(guild: SandboxGuild, start: Start) -> None:
    other = guild.add_member("other", permissions=["manage_guild"])
    async with start() as bot:
        panel = await series_from_8_december(guild)
        code = (await only_series(bot, guild)).code
        first, second = await use(guild, "edit", series=code), await use(guild, "edit", other, series=code)
        for one in (first, second):
            await one.click("All dates")
        await first.click("When")
        await submit(first, "Type it", time="18:00")
        await submit(second, "Name", series="Another name")
        await first.click("Save")

        await second.click("Save")

        assert "Somebody changed this series meanwhile: when it repeats. Nothing was saved." in second.text()
        assert "18:00" in second.text()
        assert (await only_series(bot, guild)).name == "Museum Signup"
        await second.click("Save")
        series = await only_series(bot, guild)
        assert (series.name, series.schedule.start.hour) == ("Another name", 18)
        assert panel is not None


async def test_a_series_deleted_meanwhile_is_not_saved(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await series_from_8_december(guild)
        code = (await only_series(bot, guild)).code
        await edit_all(panel)
        await submit(panel, "Name", series="Another name")
        delete = await use(guild, "delete", series=code)
        await delete.click("Yes, delete it")

        await panel.click("Save")

        assert "deleted" in panel.text()
        assert await all_series(bot, guild) == []


async def test_an_edit_says_that_posted_raids_stay(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await create_series(guild, when="every day 20:00", posted="2 days before")
        await guild.until(lambda: len(guild.messages(guild.channel("raid-signups"))) >= 2)
        await edit_all(panel)
        await submit(panel, "Name", series="Daily")

        await panel.click("Save")

        assert "posted already and stay as they are. Change them with" in panel.text()
        await panel.click("Edit")
        await panel.click(next(label for label in buttons(panel) if label.startswith("Only")))
        assert "· posted" in panel.text()
        assert "Skip it" not in panel.text()
        refused = await use(guild, "skip", series="Daily", date=str(bot.state.now().date()))
        assert "This date is posted already, as" in refused.text()


def buttons(panel: PersonResponse) -> list[str]:
    return [str(one.get("label")) for row in panel.components for one in row["components"]]


async def test_a_draft_of_an_edit_survives_a_restart_and_leaves_no_row(guild: SandboxGuild, start: Start) -> None:
    async with start():
        panel = await series_from_8_december(guild)
        await edit_all(panel)
        await submit(panel, "Name", series="Another name")
    async with start() as bot:
        await panel.click("Save")

        assert (await only_series(bot, guild)).name == "Another name"
        assert await drafts_of(bot) == 0
