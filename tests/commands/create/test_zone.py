"""The first typed time asks for the server's time zone, unless it does not depend on one."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from discord_sandbox import SandboxGuild
from raidbot.raids.model import GuildId
from raidbot.raids.times.parse import depends_on_zone
from tests.commands.raid.panel_helpers import choose_zone, form_values, stored_raid
from tests.conftest import Start
from tests.e2e.rights.granting import grant
from tests.raid_boards import run_create

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "depends"),
    [
        ("friday 8pm", True),
        ("tomorrow 20:00", True),
        ("today 11pm", True),
        ("in 3 hours", False),
        ("friday 8pm Europe/Berlin", False),
        ("friday 8pm CET", False),
        ("<t:1768262400:F>", False),
        ("2026-03-01 20:00 UTC", False),
        ("flurbsday", False),
        ("", False),
    ],
)
def test_some_times_depend_on_the_zone(text: str, depends: bool) -> None:
    assert depends_on_zone(text, now=NOW) is depends


async def test_whoever_may_choose_the_zone_is_asked_once(guild: SandboxGuild, start: Start) -> None:
    guild.owner.user.locale = "de"
    async with start() as bot:
        asked = await run_create(guild, when="friday 20:00", title="Gallery")
        assert "Which time zone is this server in? Then I know when “friday 20:00” is." in asked.text()
        assert "[Berlin (" in asked.text()
        await choose_zone(asked, "Europe/Vienna")

        assert "20:00 in Vienna" in asked.text()
        assert "Gallery" in asked.text()
        await asked.click("Confirm")
        await guild.until(lambda: "Posted in" in asked.text())
        starts_at = (await stored_raid(bot)).starts_at.astimezone(ZoneInfo("Europe/Vienna"))
        assert (starts_at.weekday(), starts_at.hour) == (4, 20)
        settings = await bot.state.settings(GuildId(guild.id))
        assert (settings.zone, settings.zone_chosen) == ("Europe/Vienna", True)
        assert "20:00 in Vienna" in (await run_create(guild, when="friday 20:00")).text()


async def test_the_old_default_is_confirmed_and_noted(guild: SandboxGuild, start: Start) -> None:
    guild.owner.user.locale = "pl"
    async with start() as bot:
        await (await run_create(guild)).click("Confirm")
        panel = await guild.owner.slash(guild.channel("raid-signups"), "create", activity="museum")
        form = await panel.click("Time")
        assert "Warsaw" not in form.text()
        assert "New_York" not in form.text()
        await form.submit(when="friday 8pm")
        await choose_zone(panel, "America/New_York")

        assert "20:00 in New York" in panel.text()
        assert (await bot.state.settings(GuildId(guild.id))).zone_chosen
        found = await bot.state.db.read(
            lambda connection: connection.execute(
                "SELECT arguments FROM audit WHERE action = 'setting.changed'"
            ).fetchall()
        )
        assert '"after": "America/New_York"' in found[0][0]


async def test_others_choose_it_for_their_raid_only(guild: SandboxGuild, start: Start) -> None:
    helper = guild.add_role("helper")
    alice = guild.add_member("alice", roles=[helper])
    async with start() as bot:
        await grant(bot, guild, create=helper)
        asked = await run_create(guild, alice, when="friday 8pm")
        assert "It counts for this raid." in asked.text()

        await (await asked.click("Another zone")).submit(zone="Atlantis")
        assert "I do not know the time zone “Atlantis”." in asked.text()
        form = await asked.click("Try again")
        assert form_values(form) == {"zone": "Atlantis"}
        await form.submit(zone="Tokyo")

        assert "20:00 in Tokyo" in asked.text()
        assert not (await bot.state.settings(GuildId(guild.id))).zone_chosen
        assert "[Confirm]" in (await run_create(guild, alice, when="friday 8pm Asia/Tokyo")).text()


async def test_what_was_typed_wrong_is_said_above_the_question_for_the_zone(guild: SandboxGuild, start: Start) -> None:
    async with start():
        asked = await run_create(guild, when="friday 20:00", length="20", closes="soon")

        assert "Is “20” hours or minutes?" in asked.text()
        assert "I did not understand “soon”." in asked.text()
        assert "Which time zone is this server in?" in asked.text()
