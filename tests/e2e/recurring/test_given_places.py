"""Standing places that somebody else gives: the member hears of it, and misses the next date by one press."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.raids import lifecycle
from raidbot.raids.model import CancelReason, GuildId, Kind, MemberId, Source
from raidbot.raids.schedules.model import Count
from raidbot.raids.series.rules import on_schedule
from raidbot.state import Cause
from tests.commands.templates.panel_helpers import create_template
from tests.commands.templates.panel_helpers import panel_of as template_panel
from tests.conftest import Start
from tests.e2e.recurring.series_steps import create_series, only_series, use
from tests.e2e.reminders.helpers import labels
from tests.raid_boards import board_text, dm_text

ROLES = "| 🛡️ | Tank | 1\n| 💚 | Healer | 1"
WEEK = timedelta(days=7)
NOT_THIS_WEEK = "Not this week"


async def ember_nights(guild: SandboxGuild) -> None:
    await create_template(guild, "Ember", roles=ROLES)
    await create_series(guild, template="Ember", name="Ember night", start="8 december", zone="UTC")


async def test_one_press_misses_the_next_date_whether_it_is_posted_or_not(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start():
        await ember_nights(guild)
        given = await use(guild, "join", series="Ember night", role="Healer", member=alice)
        assert "Alice comes to Ember night every time, as Healer." in given.text()
        await guild.until(lambda: alice.dms)

    (told,) = alice.dms
    assert "You have a standing place in **Ember night**." in told.content
    assert labels(told) == [NOT_THIS_WEEK]
    async with start() as bot:
        away = await alice.click(told, NOT_THIS_WEEK)
        assert "You’re not coming to **Ember night** on Tuesday 8 December 2026. Your place stays." in away.content
        assert "You already miss Tuesday 8 December 2026." in (await alice.click(told, NOT_THIS_WEEK)).content
        sandbox.advance(WEEK)
        first = (await guild.until(lambda: guild.messages(guild.channel("raid-signups"))))[0]
        sandbox.advance(WEEK)
        second = (await guild.until(lambda: guild.messages(guild.channel("raid-signups"))[1:]))[0]
        assert "Alice" not in board_text(first)
        assert "Alice" in board_text(second)

        left = await alice.click(told, NOT_THIS_WEEK)
        assert "You left “Ember”" in left.content
        assert "Your place stays." in left.content
        await guild.until(lambda: "Alice" not in board_text(second))
        assert "You have no place in “Ember”" in (await alice.click(told, NOT_THIS_WEEK)).content
        assert [place.member for place in (await only_series(bot, guild)).standing] == [alice.id]


async def test_a_press_that_comes_too_late_says_so_and_changes_nothing(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        await ember_nights(guild)
        await use(guild, "join", series="Ember night", role="Healer", member=alice)
        (told,) = await guild.until(lambda: alice.dms)
        sandbox.advance(WEEK)
        await guild.until(lambda: guild.messages(guild.channel("raid-signups")))
        series = await only_series(bot, guild)
        (past,) = await bot.state.series.occurrences(series.id)
        assert past.raid is not None
        cancel = partial(lifecycle.cancel, reason=CancelReason.MANUAL, by=None, now=bot.state.now())
        await bot.state.change(past.raid, cancel, Cause(Source.COMMAND))
        assert "was cancelled." in (await alice.click(told, NOT_THIS_WEEK)).content

        over = partial(on_schedule, edit=lambda schedule: replace(schedule, end=Count(1)))
        await bot.state.series.change(series.id, over, Cause(Source.COMMAND))
        sandbox.advance(WEEK)
        assert "No raid of Ember night is planned." in (await alice.click(told, NOT_THIS_WEEK)).content
        left = await use(guild, "leave", alice, series="Ember night")
        assert "Your place ended." in left.text()
        assert "You have no standing place in Ember night." in (await alice.click(told, NOT_THIS_WEEK)).content
        await bot.state.series.delete(series.id, Cause(Source.COMMAND))
        assert "This series was deleted." in (await alice.click(told, NOT_THIS_WEEK)).content


async def test_places_of_others_need_the_right_to_edit_series(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        await ember_nights(guild)

        refused = await use(guild, "join", bob, series="Ember night", role="Healer", member=alice)
        own = await use(guild, "join", bob, series="Ember night", role="Tank", member=bob)
        also_refused = await use(guild, "leave", alice, series="Ember night", member=bob)

        assert "You may not" in refused.text()
        assert "You’re in Ember night every time, as Tank." in own.text()
        assert "You may not" in also_refused.text()
        assert [place.member for place in (await only_series(bot, guild)).standing] == [bob.id]


async def test_a_place_is_ended_by_somebody_else(guild: SandboxGuild, start: Start) -> None:
    alice, raider = guild.add_member("alice"), guild.add_role("Raider")
    async with start() as bot:
        await ember_nights(guild)
        await use(guild, "join", series="Ember night", role="Healer", member=alice)
        away = await use(guild, "leave", series="Ember night", date="8 december", member=alice)
        assert "Alice isn’t coming on Tuesday 8 December 2026. Their place stays." in away.text()

        ended = await use(guild, "leave", series="Ember night", member=alice)
        assert "Alice has no place in Ember night any more." in ended.text()
        await guild.until(lambda: "A raid leader ended your standing place in **Ember night**." in dm_text(alice))
        again = await use(guild, "leave", series="Ember night", member=alice)
        assert "Alice has no standing place in Ember night." in again.text()
        rests = await use(guild, "leave", series="Ember night", date="15 december", member=alice)
        assert "Alice has no standing place in Ember night." in rests.text()
        await bot.state.change_settings(
            GuildId(guild.id),
            lambda before: replace(before, signup_roles={Kind.RAID: frozenset({raider.id})}),
            Cause(Source.COMMAND),
        )
        gated = await use(guild, "join", series="Ember night", role="Healer", member=alice)
        assert "To have a place here, Alice needs the role Raider." in gated.text()
        assert (await only_series(bot, guild)).standing == ()


async def test_a_role_that_left_the_template_is_shown_and_told(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start():
        await ember_nights(guild)
        await use(guild, "join", alice, series="Ember night", role="Healer")
        panel = await template_panel(guild, "Ember")
        await panel.click("Roles")
        await panel.select("Edit or remove one role", ["💚 Healer"])
        await panel.click("Remove")

        listed = await use(guild, "list")
        assert "1 standing place rests: its role is gone." in listed.text()
        await listed.select("Open a series", ["Ember night"])
        assert "@Alice, whose role is gone: choose another one" in listed.text()
        sandbox.advance(WEEK)
        await guild.until(lambda: "Your role in **Ember night** is gone" in dm_text(alice))
        (board,) = await guild.until(lambda: guild.messages(guild.channel("raid-signups")))
        assert "Alice" not in board_text(board)


async def test_a_place_goes_on_and_ends_in_both_parts_of_a_series_that_was_cut(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        await ember_nights(guild)
        await use(guild, "join", series="Ember night", role="Healer", member=alice)
        (told,) = await guild.until(lambda: alice.dms)
        panel = await use(guild, "edit", series="Ember night")
        await panel.select("From which date?", ["Tue 15 Dec 2026, 20:00"])
        await panel.click("Tue 15 Dec and all later")
        form = await panel.click("Name")
        await form.submit(series="Later night")
        await panel.click("Save")

        away = await alice.click(told, NOT_THIS_WEEK)
        assert "You’re not coming to **Ember night** on Tuesday 8 December 2026." in away.content
        sandbox.advance(timedelta(days=8))
        away = await alice.click(told, NOT_THIS_WEEK)
        assert "You’re not coming to **Later night** on Tuesday 15 December 2026." in away.content
        await use(guild, "leave", alice, series="Later night")
        assert await bot.state.series.standing_of(GuildId(guild.id), MemberId(alice.id)) == []
