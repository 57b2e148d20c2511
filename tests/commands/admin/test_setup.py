"""/setup: from an unconfigured server to its first raid."""

import asyncio

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import PersonResponse
from discord_sandbox.validation.components import walk
from raidbot.commands.admin.setup_views import enabled_games
from raidbot.raids.model import GuildId, Kind, Source
from raidbot.raids.settings import GuildSettings
from raidbot.state import Cause
from tests.conftest import Start


async def turn_to(panel: PersonResponse, page: str) -> None:
    """Turn to the page of /setup, if it is not there yet."""
    if any(one.get("custom_id") == f"setup:page:{page}" for _, one in walk(panel.components)):
        await panel.click(f"setup:page:{page}")


async def test_a_server_is_set_up_from_one_panel(sandbox: Sandbox, start: Start) -> None:
    guild = sandbox.add_guild("Empty")
    general, raids, reports = (guild.add_channel(name) for name in ("general", "raids", "reports"))
    async with start():
        panel = await guild.owner.slash(general, "setup")
        assert "Step 1 of 3: your time zone" in panel.text()
        assert "⚠️ Time zone: not chosen yet — choose one below" in panel.text()
        await panel.click("setup:pick-zone:America/Chicago")
        assert "✅ Time zone: America/Chicago: it is" in panel.text()

        assert "Step 2 of 3: the games you play" in panel.text()
        assert "⚠️ Raid signups: no channel yet — press Signup channels, or create #raid-signups" in panel.text()
        await panel.select("Which games do you play?", ["Wizard101", "Any game"])
        assert "✅ Games: Wizard101, Any game" in panel.text()

        assert "Step 3 of 3: where raids are posted" in panel.text()
        assert "⚠️ Raid signups: no channel yet — choose one below" in panel.text()
        await panel.select("Raid signups: choose a channel", [raids])
        assert "✅ Raid signups: #raids" in panel.text()
        assert "✅ You’re set" in panel.text()
        assert "Next: `/create` a raid" in panel.text()
    async with start() as bot:
        await panel.click("Time zone")
        await (await panel.click("Another zone")).submit(zone="Tokyo")
        assert "Asia/Tokyo: it is" in panel.text()
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
        await panel.click("Signup channels")
        await panel.select("Museum signups: choose a channel", [museum])
        guild.deny(channel, "add_reactions")
        guild.deny(museum, "manage_messages", "embed_links")

        await panel.click("Check again")

        assert "⚠️ Raid signups: I lack Add Reactions in #raid-signups — give me that there" in panel.text()
        assert "⚠️ Museum signups: I lack Embed Links, Manage Messages in #museum — give me that there" in panel.text()
        assert "or choose another below" in panel.text()
        refused = await panel.select("Key boss signups: choose a channel", [museum])
        assert "I lack Embed Links, Manage Messages there" in refused.text()
        assert Kind.KEY not in (await bot.state.settings(GuildId(guild.id))).channels


async def test_only_rights_that_are_used_are_asked_for(guild: SandboxGuild, start: Start) -> None:
    channel = guild.channel("raid-signups")
    guild.deny(channel, "add_reactions", "create_public_threads", "send_messages_in_threads")
    async with start():
        panel = await guild.owner.slash(channel, "setup")
        settings = await guild.owner.slash(channel, "settings")
        await settings.click("Signups")
        assert "Raid signups: I lack Add Reactions in #raid-signups" in panel.text()

        await settings.select("Signing up", ["Signing up: by buttons"])
        await panel.click("Check again")
        assert "✅ Raid signups: #raid-signups (found by its name)" in panel.text()
        preview = await guild.owner.slash(channel, "create", activity="museum", when="in 3 hours")
        await preview.click("Confirm")
        await guild.until(lambda: guild.messages(channel))

        await settings.click("Threads & messages")
        await settings.select("Discussion threads", ["Discussion threads: archived after 1 day"])
        await panel.click("Check again")
        assert "I lack Create Public Threads, Send Messages in Threads in #raid-signups" in panel.text()
        refused = await guild.owner.slash(channel, "create", activity="museum", when="in 3 hours")
        assert "Create Public Threads" in refused.text()


async def test_a_choice_can_be_taken_back(guild: SandboxGuild, start: Start) -> None:
    channel, museum = guild.channel("raid-signups"), guild.add_channel("museum")
    async with start() as bot:
        panel = await guild.owner.slash(channel, "setup")
        await panel.click("Signup channels")
        await panel.select("Museum signups: choose a channel", [museum])
        assert "✅ Museum signups: #museum" in panel.text()
        await panel.select("Museum signups: choose a channel", [])

        assert "Museum signups: #museum" not in panel.text()
        assert (await bot.state.settings(GuildId(guild.id))).channels == {}


async def test_a_wrong_zone_changes_nothing(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await guild.owner.slash(guild.channel("raid-signups"), "setup")

        await turn_to(panel, "zone")
        refused = await (await panel.click("Another zone")).submit(zone="Atlantis")

        assert "I do not know the time zone “Atlantis”" in refused.text()
        assert (await bot.state.settings(GuildId(guild.id))).zone == "America/New_York"


async def test_templates_and_kinds_of_one_s_games_are_offered(guild: SandboxGuild, start: Start) -> None:
    channel = guild.channel("raid-signups")

    async def offered(command: str, **options: str) -> list[object]:
        (focused,) = options
        return [choice.value for choice in await guild.owner.autocomplete(channel, command, options, focused=focused)]

    async with start() as bot:
        panel = await guild.owner.slash(channel, "setup")
        await turn_to(panel, "games")
        assert "Wizard101: Dragonspyre (Voracious Void)" in panel.text()
        assert {"museum", "key"} < {*await offered("create", activity="")}

        await panel.select("Which games do you play?", ["Guild Wars 2"])
        await panel.click("Your games")
        assert "Guild Wars 2: Guild Wars 2 Raid" in panel.text()
        assert "Wizard101: Dragonspyre" not in panel.text()
        assert await offered("create", activity="") == ["gw2-10", "gw2-5"]
        assert await offered("recurring create", template="") == ["gw2-10", "gw2-5"]
        assert await offered("setchannel set", what="") == ["raid", "audit", "debug"]
        assert await offered("raidinfo list", kind="") == ["raid"]
        upcoming = await guild.owner.slash(channel, "raidinfo list")
        assert "Museum" not in str(upcoming.components)
        gates = await guild.owner.slash(channel, "permissions")
        assert "Signing up: raid" in gates.text()
        assert "Signing up: museum" not in gates.text()
        assert (await bot.state.settings(GuildId(guild.id))).games_chosen

        await guild.owner.slash(channel, "setchannel set", what="museum", channel=channel)
        assert "museum" in await offered("setchannel clear", what="")
        await (await guild.owner.slash(channel, "create", activity="museum", when="in 3 hours")).click("Confirm")
        await guild.until(lambda: guild.messages(channel))
        await guild.owner.slash(channel, "setchannel clear", what="museum")
        assert await offered("setchannel set", what="") == ["raid", "museum", "audit", "debug"]

        await panel.select("Which games do you play?", [])
        assert "None is enabled." in panel.text()
        nothing = await guild.owner.slash(channel, "create")
        assert "Nothing is offered here yet. A manager chooses games in `/setup`" in nothing.text()
        nothing = await guild.owner.slash(channel, "recurring create")
        await nothing.click("What")
        assert "Nothing is offered here yet." in nothing.text()
        refused = await guild.owner.slash(channel, "create", activity="poker")
        assert "No template “poker”. Nothing is offered here yet." in refused.text()
        await panel.select("Which games do you play?", ["Wizard101", "Any game"])
        assert "Wizard101: Dragonspyre (Voracious Void)" in panel.text()
        assert {"museum", "key"} < {*await offered("create", activity="")}


async def test_two_managers_who_choose_games_at_once_both_get_theirs(guild: SandboxGuild, start: Start) -> None:
    channel = guild.channel("raid-signups")
    async with start() as bot:
        await asyncio.gather(
            guild.owner.slash(channel, "setup", game="fantasy"), guild.owner.slash(channel, "setup", game="destiny")
        )

        chosen = enabled_games(await bot.state.templates(GuildId(guild.id)))
        assert chosen == {"Final Fantasy XIV", "Destiny 2"}


async def test_games_are_found_by_a_word_of_theirs_or_of_a_template(guild: SandboxGuild, start: Start) -> None:
    channel = guild.channel("raid-signups")
    async with start():
        found = await guild.owner.autocomplete(channel, "setup", {"game": "fantasy"}, focused="game")
        assert [choice.value for choice in found] == ["Final Fantasy XIV"]
        panel = await guild.owner.slash(channel, "setup", game="fantasy")
        assert "✅ Games: Final Fantasy XIV" in panel.text()
    async with start():
        await turn_to(panel, "games")
        await (await panel.click("Find a game")).submit(game="raid")
        assert "Found for “raid”" in panel.text()
        await panel.select("Which games do you play?", ["Final Fantasy XIV", "Destiny 2"])
        assert "✅ Games: Final Fantasy XIV, Destiny 2" in panel.text()

        refused = await (await panel.click("Find a game")).submit(game="chess")
        assert "No game “chess” here." in refused.text()


async def test_a_server_is_told_where_to_open_what_is_hidden_until_somebody_has_read_it(
    guild: SandboxGuild, start: Start
) -> None:
    keeper = guild.add_role("keeper")
    async with start() as bot:

        def as_updated(before: GuildSettings) -> GuildSettings:
            grants = before.grants.with_roles("setchannel.set", frozenset({keeper.id}))
            return before.with_fields({"told_of_hidden_commands": False, "grants": grants})

        await bot.state.change_settings(GuildId(guild.id), as_updated, Cause(Source.COMMAND))
        panel = await guild.owner.slash(guild.channel("raid-signups"), "setup")
        assert "Discord hides `/setchannel` from members without Manage Server." in panel.text()
    async with start():
        await panel.click("Got it")
        assert "Discord hides" not in panel.text()
        assert "Discord hides" not in (await guild.owner.slash(guild.channel("raid-signups"), "setup")).text()
