"""/recurring create, on the panel and in one line: what is shown before saving is what is stored."""

from datetime import timedelta

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.raids.model import Kind
from raidbot.raids.schedules.model import Count, Lead, PostingHour
from raidbot.raids.schedules.occurrences import raids
from raidbot.raids.schedules.rules import MonthlyByWeekday, Weekly
from raidbot.utils.words import WallClock, render, say
from tests.commands.templates.panel_helpers import create_template
from tests.conftest import Start
from tests.e2e.recurring.series_steps import all_series, create_series, dates_in, drafts_of, only_series, submit, use
from tests.raid_boards import run_create


async def test_one_message_leads_from_nothing_to_a_series(guild: SandboxGuild, start: Start) -> None:
    async with start():
        panel = await use(guild, "create")
        assert "Still to choose: what to play and when it repeats" in panel.text()
        await panel.click("What")
        await panel.select("What is it?", ["Museum Signup"])
        await submit(panel, "Title and text", title="Museum night")
    async with start():
        await panel.click("Back")
        await panel.click("When")
        await panel.select("On which weekdays?", ["Tuesday", "Thursday"])
        assert "Every Tuesday and Thursday at … (America/New_York). The time is still missing." in panel.text()
        await submit(panel, "Type it", time="8pm", zone="Europe/London")
        await panel.click("Posting")
        await submit(panel, "Type it", posted="monday 10:00")
        await submit(panel, "End, dates off", end="8 times", off="24 dec - 1 jan")
    async with start() as bot:
        await panel.click("People")
        await panel.select("Who is signed up from the start?", ["Roster: starts empty"])
        await panel.click("Back")
        shown = dates_in(panel)
        assert "7 raids, 1 date off" in panel.text()

        await panel.click("Save")

        series = await only_series(bot, guild)
        schedule = series.schedule
        ahead = [one for one, _ in zip(raids(schedule, after=bot.state.now()), range(5), strict=False)]
        clocks = [WallClock(one.starts_at.astimezone(schedule.place), schedule.zone) for one in ahead]
        assert shown == [render(say("{at}", at=at)) for at in clocks]
        assert (schedule.rule, schedule.zone, schedule.end) == (Weekly((1, 3)), "Europe/London", Count(8))
        assert isinstance(schedule.posting, PostingHour)
        assert (series.name, series.rotation[0].title, series.roster) == ("Museum night", "Museum night", "empty")
        assert f"{series.name} (`{series.code}`) is saved" in panel.text()
        assert await drafts_of(bot) == 0


async def test_one_line_shows_the_same_preview_first(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await use(
            guild,
            "create",
            template="dragonspyre",
            strategy="2 myth 1 storm",
            length="3",
            when="last sunday of the month 11am",
            zone="Europe/London",
            posted="3 days before",
            name="Brunch",
        )
        assert await all_series(bot, guild) == []
        assert "On the last Sunday of every month at 11:00 (Europe/London)." in panel.text()
        assert len(dates_in(panel)) == 5
        assert "clocks change before" in panel.text()

        await panel.click("Save")

        series = await only_series(bot, guild)
        assert series.schedule.rule == MonthlyByWeekday(-1, 6)
        assert series.schedule.posting == Lead(days=3)
        assert (series.name, series.rotation[0].strategy, series.rotation[0].length_minutes) == (
            "Brunch",
            "2 myth 1 storm",
            180,
        )


async def test_templates_take_turns(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await create_template(guild, "Tank week", roles="| 🛡️ | Tank | 1")
        panel = await use(guild, "create", template="Tank week", when="every friday 9pm")
        await panel.click("What")
        await panel.click("Take turns")
        await panel.click("Add a turn")
        await panel.select("What is it?", ["Museum Signup"])
        await panel.click("Back")
        dates = [line for line in panel.text().splitlines() if "▪" in line]
        assert ["Tank week" in line for line in dates] == [True, False, True, False, True]
        assert ["Museum Signup" in line for line in dates] == [False, True, False, True, False]

        await panel.click("Save")

        series = await only_series(bot, guild)
        assert [turn.template for turn in series.rotation][1:] == [Kind.MUSEUM]
        await panel.click("Edit")
        await panel.click("All dates")
        await panel.click("What")
        await panel.click("Take turns")
        await panel.select("Remove a turn", ["1. Tank week"])
        await panel.click("Back")
        await panel.click("Save")
        assert [turn.template for turn in (await only_series(bot, guild)).rotation] == [Kind.MUSEUM]


async def test_saving_twice_makes_one_series(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await use(guild, "create", template="museum", when="every tuesday 8pm")
        stale = [dict(row) for row in panel.components]
        await panel.click("Save")
        assert panel.message is not None
        panel.message.components = stale

        again = await panel.click("Save")

        assert "This draft is gone" in again.text()
        assert len(await all_series(bot, guild)) == 1


async def test_a_discarded_draft_leaves_nothing(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await use(guild, "create", template="museum", when="every tuesday 8pm")

        await panel.click("Discard")

        assert "Discarded. Nothing was saved." in panel.text()
        assert (await all_series(bot, guild), await drafts_of(bot)) == ([], 0)


async def test_the_board_of_a_raid_is_shown_as_create_draws_it(guild: SandboxGuild, start: Start) -> None:
    async with start():
        panel = await use(guild, "create", template="museum", when="every tuesday 8pm", zone="UTC")

        await panel.click("Show a board")

        plain = await run_create(guild, when="in 3 hours")
        shown, usual = panel.embeds[0], plain.embeds[0]
        assert (shown["title"], shown["color"], shown["fields"]) == (usual["title"], usual["color"], usual["fields"])


async def test_s24_a_rhythm_that_began_before_goes_on(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    sandbox.advance(timedelta(days=99))  # 10 March 2027
    async with start() as bot:
        panel = await use(
            guild, "create", template="museum", when="every 2 weeks on tuesday 8pm", start="since 5 jan", zone="UTC"
        )

        assert dates_in(panel)[0].startswith("Tuesday 16 March 2027, 20:00")
        assert "Counted from Tuesday 5 January 2027" in panel.text()
        await panel.click("Save")
        assert f"{(await only_series(bot, guild)).schedule.start:%d.%m.%Y}" == "05.01.2027"


async def test_s01_the_hour_stays_when_clocks_change(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    async with start():
        await create_series(
            guild, name="Brunch", when="first sunday of the month 11am", start="7 march 2027", zone="Europe/London"
        )
        panel = await use(guild, "edit", series="Brunch")
        await panel.click("All dates")

        assert [date.split(", ")[1] for date in dates_in(panel)] == ["11:00 (Europe/London)"] * 5
        marked = [line for line in panel.text().splitlines() if "clocks change before" in line]
        assert [line.split(",")[0].lstrip("│ ▪\ufe0f") for line in marked] == ["Sunday 4 April 2027"]
        assert "for you 07 March 2027 11:00" in panel.text()
        assert "for you 04 April 2027 10:00" in panel.text()
        sandbox.advance(timedelta(days=330))  # 27 October 2027
        assert dates_in(await use(guild, "list"))[0] == "Sunday 7 November 2027, 11:00 (Europe/London)"


async def test_s10_fourth_and_last_weekday_stay_what_they_are(guild: SandboxGuild, start: Start) -> None:
    async with start():
        for said, named in (("4th thursday 8pm", "fourth Thursday"), ("last thursday 8pm", "last Thursday")):
            panel = await use(guild, "create", template="museum", when=said, start="25 february 2027", zone="UTC")

            assert f"On the {named} of every month" in panel.text()
            last_two = [date.split(",")[0] for date in dates_in(panel)[1:3]]
            april = "22" if named.startswith("fourth") else "29"
            assert last_two == ["Thursday 25 March 2027", f"Thursday {april} April 2027"]


async def test_s13_the_last_day_takes_place(guild: SandboxGuild, start: Start) -> None:
    async with start():
        panel = await create_series(guild, when="every tuesday 8pm", start="2 nov 2027", end="until 16 nov 2027")

        assert [date.split(",")[0] for date in dates_in(panel)][-1] == "Tuesday 16 November 2027"
        assert "The last one is Tuesday 16 November 2027, 20:00 (America/New_York)." in panel.text()


BAD = (
    ({"when": "every 0 weeks on friday 8pm"}, "Weeks between raids: use a number from 1 to 52"),
    ({"when": "every -3 days 8pm"}, "Days between raids: use a number from 1 to 365"),
    ({"when": "every 999999999 hours"}, "Hours between raids: use a number from 1 to 8760"),
    ({"when": "every 99 months on the 3rd"}, "Months between raids"),
    ({"when": "every flurbsday 8pm"}, "I did not understand “flurbsday”"),
    ({"when": "every second friday 8pm"}, "can mean two things"),
    ({"when": "x" * 500}, "100 characters at most"),
    ({"zone": "Middle/Earth"}, "Middle/Earth"),
    ({"zone": "EST"}, "America/New_York"),
    ({"zone": "z" * 500}, "z"),
    ({"end": "until 1 jan 2026"}, "before it begins"),
    ({"end": "0 times"}, "Number of raids: use a number from 1 to 1000"),
    ({"end": "-4 times"}, "Number of raids"),
    ({"end": "999999 times"}, "Number of raids"),
    ({"end": "e" * 500}, "Write at most 100 characters."),
    ({"posted": "-1 days before"}, "Days before the raid"),
    ({"posted": "3000 days before"}, "Days before the raid"),
    ({"posted": "3"}, "can mean two things"),
    ({"posted": "p" * 500}, "Write at most 100 characters."),
    ({"start": "31 february"}, "31 february"),
    ({"start": "s" * 500}, "Write at most 100 characters."),
    ({"dates_off": "1 jan 2028 - 24 dec 2027"}, "before they begin"),
    ({"dates_off": "1 jan 2027 - 1 jan 2031"}, "Altogether at most"),
    ({"dates_off": "d" * 500}, "100 characters at most"),
    ({"template": "wow raid 10"}, "No template “wow raid 10”. Did you mean World of Warcraft Raid (10)?"),
    ({"template": "t" * 500}, "No template “ttt"),
    ({"template": "dragonspyre", "strategy": "s" * 500}, "has no strategy"),
    ({"template": "polaris", "length": "25 h"}, "from 1 minute to 24 hours"),
    ({"when": "every hour", "posted": "60 days before"}, "raids open at once"),
)


async def test_bad_input_is_refused_with_a_sentence_and_nothing_is_stored(guild: SandboxGuild, start: Start) -> None:
    wrong: list[str] = []
    async with start() as bot:
        for options, sentence in BAD:
            chosen = {"template": "museum", "when": "every tuesday 8pm"} | options
            answer = await use(guild, "create", **chosen)
            said = answer.text()
            if sentence not in said or "went wrong" in said or answer.failed or await drafts_of(bot):
                wrong.append(f"{options}: {said[:300]}")
        assert await all_series(bot, guild) == []

    assert wrong == []


FORMS = (
    ("When", "Type it", {"rule": "every 0 days"}, "Days between raids"),
    ("When", "Type it", {"time": "25:00"}, "25:00"),
    ("When", "Type it", {"zone": "Nowhere"}, "Nowhere"),
    ("When", "Type it", {"start": "never"}, "never"),
    ("When", "Type it", {"rule": "every monday 7pm", "time": "9pm"}, "You gave two times of day"),
    ("Posting", "Type it", {"posted": "sometime"}, "sometime"),
    ("", "End, dates off", {"end": "until 5 jan 2020"}, "before it begins"),
    ("", "End, dates off", {"off": "6 jan 2027 - 2 jan 2027"}, "before they begin"),
)


async def test_a_refused_form_shows_what_was_typed_and_changes_nothing(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await use(guild, "create", template="museum", when="every tuesday 8pm")
        before = panel.text()
        for page, button, typed, sentence in FORMS:
            if page:
                await panel.click(page)

            await submit(panel, button, **typed)

            assert sentence in panel.text(), panel.text()
            assert "Nothing was saved. This is what you typed:" in panel.text()
            form = await panel.click("Try again")
            assert form.modal is not None
            assert all(value in str(form.modal) for value in typed.values())
            await panel.click("Give up")
            assert panel.text() == before
        assert await all_series(bot, guild) == []


async def test_a_mention_says_whom_it_reaches_and_asks_above_25(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    few, many = guild.add_role("Few", mentionable=True), guild.add_role("Many", mentionable=True)
    for number in range(26):
        guild.add_member(f"m{number}", roles=[many, *([few] if number < 3 else [])])
    async with start() as bot:
        panel = await use(guild, "create", template="museum", when="every tuesday 8pm", mention=few)
        assert "which reaches 3 people" in panel.text()
        await panel.click("People")
        await panel.select("Mention a role with every raid?", [many])
        await panel.click("Back")
        assert "which reaches 26 people" in panel.text()

        await panel.click("Save")

        assert "Every new raid notifies @Many. That reaches 26 people." in panel.text()
        assert await all_series(bot, guild) == []
        await panel.click("Yes, save")
        assert (await only_series(bot, guild)).mention == many.id

        unknown = sandbox.faults.refuse(50013, route="GET /guilds/{}/roles/member-counts")
        panel = await use(guild, "create", template="museum", when="every monday 8pm", mention=few)
        await panel.click("Save")
        unknown.lift()
        assert "Every new raid notifies @Few. I can’t find out how many people that reaches." in panel.text()
        assert len(await all_series(bot, guild)) == 1


async def test_a_role_that_a_member_may_not_mention_is_refused(guild: SandboxGuild, start: Start) -> None:
    secret = guild.add_role("Secret", mentionable=False)
    manager = guild.add_member("manager", roles=[guild.add_role("m", permissions=["manage_guild"])])
    async with start() as bot:
        refused = await use(guild, "create", manager, template="museum", when="every tuesday 8pm", mention=secret)
        panel = await use(guild, "create", manager, template="museum", when="every tuesday 8pm")
        await panel.click("People")
        await panel.select("Mention a role with every raid?", [secret])

        for answer in (refused, panel):
            assert "can’t mention Secret yourself" in answer.text()
        await panel.click("Save")
        assert (await only_series(bot, guild)).mention is None


async def test_a_mention_that_the_bot_may_not_make_in_the_signup_channel_is_refused(
    guild: SandboxGuild, start: Start
) -> None:
    secret = guild.add_role("Secret", mentionable=False)
    guild.deny(guild.channel("raid-signups"), "mention_everyone")
    async with start() as bot:
        panel = await use(guild, "create", template="museum", when="every tuesday 8pm", mention=secret)

        await panel.click("Save")

        assert "give me Mention Everyone in #raid-signups" in panel.text()
        assert await all_series(bot, guild) == []


async def test_posting_at_the_start_is_asked_about(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await use(guild, "create", template="museum", when="every tuesday 8pm", posted="at start")
        assert "posted only when it starts" in panel.text()

        await panel.click("Save")

        assert "nobody can sign up before" in panel.text()
        assert await all_series(bot, guild) == []
        await panel.click("Yes, save")
        assert (await only_series(bot, guild)).schedule.posting == Lead()


@pytest.mark.parametrize("gone", ["template", "channel"])
async def test_what_cannot_be_posted_is_not_saved(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, gone: str
) -> None:
    other = guild.add_channel("elsewhere")
    async with start() as bot:
        await create_template(guild, "Ember", roles="| 🛡️ | Tank | 1")
        panel = await guild.owner.slash(other, "recurring create", template="Ember", when="every tuesday 8pm")
        if gone == "template":
            manage = await guild.owner.slash(other, "templates edit", template="Ember")
            await manage.click("Delete")
            await manage.click("Yes, delete it")
        else:
            await sandbox.delete_channel(guild.channel("raid-signups"))

        await panel.click("Save")

        assert await all_series(bot, guild) == []
        assert await drafts_of(bot) == 1
        sentence = (
            "what is played changed meanwhile" if gone == "template" else "There is no channel for raid signups yet"
        )
        assert sentence in panel.text()
