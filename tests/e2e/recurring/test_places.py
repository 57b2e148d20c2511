"""Standing places: everybody who may sign up has them, misses one date, and leaves."""

from dataclasses import replace
from datetime import timedelta

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.raids.model import GuildId, Kind, MessageId, Source
from raidbot.state import Cause
from tests.commands.templates.panel_helpers import create_template
from tests.conftest import Start
from tests.e2e.recurring.series_steps import create_series, only_series, use
from tests.raid_boards import board_text

ROLES = "| 🛡️ | Tank | 1\n| 💚 | Healer | 1"


async def test_me_as_healer_every_time_but_not_this_week(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    channel = guild.channel("raid-signups")
    async with start() as bot:
        await create_template(guild, "Ember", roles=ROLES)
        await create_series(guild, template="Ember", name="Ember night", start="8 december", zone="UTC")
        offered = await alice.autocomplete(
            channel, "recurring join", {"series": "Ember night", "role": "h"}, focused="role"
        )
        assert [one.name for one in offered][:1] == ["Healer"]

        place = await use(guild, "join", alice, series="Ember night", role=str(offered[0].value))
        assert "You’re in Ember night every time, as Healer." in place.text()
        away = await use(guild, "leave", alice, series="Ember night", date="8 december")
        assert "You’re not coming on Tuesday 8 December 2026. Your place stays." in away.text()
        assert "Not on Tuesday 8 December 2026." in away.text()
        sandbox.advance(timedelta(days=7))
        first = (await guild.until(lambda: guild.messages(channel)))[0]
        sandbox.advance(timedelta(days=7))
        second = (await guild.until(lambda: guild.messages(channel)[1:]))[0]

        assert "alice" not in board_text(first).casefold()
        assert "alice" in board_text(second).casefold()
        assert "(`" in (await use(guild, "list", alice)).text()
        refused = await use(guild, "leave", alice, series="Ember night", date="15 december")
        assert "This date is posted already" in refused.text()
        left = await use(guild, "leave", alice, series="Ember night")
        assert "Your place ended." in left.text()
        assert (await only_series(bot, guild)).standing == ()
        assert "You have no standing place" in (await use(guild, "leave", alice, series="Ember night")).text()


async def test_whoever_joins_after_a_raid_is_posted_reads_where_to_sign_up(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    channel = guild.channel("raid-signups")
    async with start() as bot:
        await create_template(guild, "Ember", roles=ROLES)
        await create_series(guild, template="Ember", name="Ember night", when="every day 20:00", zone="UTC")
        board = (await guild.until(lambda: [one for one in guild.messages(channel) if one.reactions]))[0]
        await bob.react(board, "💚")
        await guild.until(lambda: "bob" in board_text(board).casefold())
        code = (await bot.state.raid(bot.state.boards[MessageId(board.id)])).code

        late = await use(guild, "join", alice, series="Ember night", role="Tank")
        early = await use(guild, "join", bob, series="Ember night", role="Healer")

        assert f"1 raid is posted already: sign up on the board of “Ember” (`{code}`)." in late.text()
        assert "posted already" not in early.text()


async def test_the_panel_changes_a_place_and_takes_a_date_back(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        await create_template(guild, "Ember", roles=ROLES)
        await create_series(guild, template="Ember", name="Ember night", start="8 december", zone="UTC")
        panel = await use(guild, "list", alice)
        await panel.select("Open a series", ["Ember night"])
        assert "[Edit]" not in panel.text()
        await panel.click("My place")
        await panel.select("Come every time as …", ["Tank"])
        await panel.select("Change my role", ["Healer"])
        await panel.select("Not on this date", ["Tue 15 Dec 2026, 20:00"])
        assert "Not on Tuesday 15 December 2026." in panel.text()

        await panel.click("Come on 15 Dec")

        assert "You’re coming on Tuesday 15 December 2026." in panel.text()
        (place,) = (await only_series(bot, guild)).standing
        assert (place.member, place.not_on) == (alice.id, frozenset())
        await panel.click("Back")
        assert "as Healer" in panel.text()


async def test_a_place_needs_the_role_that_signing_up_needs(guild: SandboxGuild, start: Start) -> None:
    raider = guild.add_role("Raider")
    alice, bob = guild.add_member("alice"), guild.add_member("bob", roles=[raider])
    async with start() as bot:
        await create_series(guild, name="Museum")
        await bot.state.change_settings(
            GuildId(guild.id),
            lambda before: replace(before, signup_roles={Kind.RAID: frozenset({raider.id})}),
            Cause(Source.COMMAND),
        )

        refused = await use(guild, "join", alice, series="Museum", role="museum")
        joined = await use(guild, "join", bob, series="Museum", role="Museum")
        unknown = await use(guild, "join", bob, series="Museum", role="Wizard")

        assert "To have a place here you need the role Raider." in refused.text()
        assert "You’re in Museum every time, as Museum." in joined.text()
        assert "No role “Wizard” in this series. Choose one of: Museum." in unknown.text()
        assert [one.member for one in (await only_series(bot, guild)).standing] == [bob.id]
