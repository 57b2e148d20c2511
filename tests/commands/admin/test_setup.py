"""/setup: from an unconfigured server to its first raid."""

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.raids.model import GuildId, Kind
from tests.conftest import Start


async def test_a_server_is_set_up_from_one_panel(sandbox: Sandbox, start: Start) -> None:
    guild = sandbox.add_guild("Empty")
    general, raids, reports = (guild.add_channel(name) for name in ("general", "raids", "reports"))
    async with start():
        panel = await guild.owner.slash(general, "setup")
        assert "⚠️ Raid signups: There is no channel for raid signups yet." in panel.text()

        await panel.select("Raid signups: choose a channel", [raids])
        assert "✅ Raid signups: #raids" in panel.text()
        assert "✅ Museum signups: #raids" in panel.text()
        await (await panel.click("Time zone")).submit(zone="Tokyo")
        assert "Asia/Tokyo: it is" in panel.text()
    async with start() as bot:
        await panel.click("Log channels")
        await panel.select("Audit log: choose a channel", [reports])
        assert "Audit log: #reports" in panel.text()

        settings = await bot.state.settings(GuildId(guild.id))
        assert settings.channels == {Kind.RAID: raids.id}
        assert (settings.audit_channel, settings.zone) == (reports.id, "Asia/Tokyo")
        await (await guild.owner.slash(general, "create", activity="museum", when="in 3 hours")).click("Confirm")
        await guild.until(lambda: guild.messages(raids))


async def test_the_exact_right_missing_is_named_per_channel(guild: SandboxGuild, start: Start) -> None:
    channel, museum = guild.channel("raid-signups"), guild.add_channel("museum")
    async with start() as bot:
        panel = await guild.owner.slash(channel, "setup")
        await panel.select("Museum signups: choose a channel", [museum])
        guild.deny(channel, "add_reactions")
        guild.deny(museum, "manage_messages", "embed_links")

        await panel.click("Check again")

        assert "Raid signups: I cannot work in #raid-signups: I lack Add Reactions there" in panel.text()
        assert "Museum signups: I cannot work in #museum: I lack Embed Links, Manage Messages there" in panel.text()
        refused = await panel.select("Key boss signups: choose a channel", [museum])
        assert "I lack Embed Links, Manage Messages there" in refused.text()
        assert Kind.KEY not in (await bot.state.settings(GuildId(guild.id))).channels


async def test_only_rights_that_are_used_are_asked_for(guild: SandboxGuild, start: Start) -> None:
    channel = guild.channel("raid-signups")
    guild.deny(channel, "add_reactions", "create_public_threads", "send_messages_in_threads")
    async with start():
        panel = await guild.owner.slash(channel, "setup")
        settings = await guild.owner.slash(channel, "settings")
        await settings.click("Signing up")
        assert "Raid signups: I cannot work in #raid-signups: I lack Add Reactions there" in panel.text()

        await settings.select("Signing up", ["Signing up: by buttons"])
        await panel.click("Check again")
        assert "✅ Raid signups: #raid-signups" in panel.text()
        preview = await guild.owner.slash(channel, "create", activity="museum", when="in 3 hours")
        await preview.click("Confirm")
        await guild.until(lambda: guild.messages(channel))

        await settings.click("Threads & messages")
        await settings.select("Discussion threads", ["Discussion threads: archived after 1 day"])
        await panel.click("Check again")
        assert "I lack Create Public Threads, Send Messages in Threads there" in panel.text()
        refused = await guild.owner.slash(channel, "create", activity="museum", when="in 3 hours")
        assert "Create Public Threads" in refused.text()


async def test_a_choice_can_be_taken_back(guild: SandboxGuild, start: Start) -> None:
    channel, museum = guild.channel("raid-signups"), guild.add_channel("museum")
    async with start() as bot:
        panel = await guild.owner.slash(channel, "setup")
        await panel.select("Museum signups: choose a channel", [museum])
        await panel.select("Museum signups: choose a channel", [])

        assert "✅ Museum signups: #raid-signups" in panel.text()
        assert (await bot.state.settings(GuildId(guild.id))).channels == {}


async def test_a_wrong_zone_changes_nothing(guild: SandboxGuild, start: Start) -> None:
    async with start():
        panel = await guild.owner.slash(guild.channel("raid-signups"), "setup")

        refused = await (await panel.click("Time zone")).submit(zone="Atlantis")

        assert "I do not know the time zone “Atlantis”" in refused.text()
        assert "America/New_York" in panel.text()


async def test_templates_of_one_s_games_are_offered(guild: SandboxGuild, start: Start) -> None:
    channel = guild.channel("raid-signups")
    async with start():
        panel = await guild.owner.slash(channel, "setup")
        assert "Wizard101: Dragonspyre (Voracious Void)" in panel.text()

        await panel.click("Your games")
        await panel.select("Which games do you play?", ["Guild Wars 2"])
        assert "Guild Wars 2: Guild Wars 2 Raid" in panel.text()
        assert "Dragonspyre" not in panel.text()
        offered = await guild.owner.autocomplete(channel, "create", {"activity": ""}, focused="activity")
        assert [choice.value for choice in offered] == ["gw2-10", "museum", "key", "challenge"]

        await panel.select("Which games do you play?", [])
        assert "None is enabled." in panel.text()
        await panel.select("Which games do you play?", ["Wizard101", "Any game"])
        assert "Wizard101: Dragonspyre (Voracious Void)" in panel.text()
