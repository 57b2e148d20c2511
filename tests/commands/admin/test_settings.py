"""/settings, /setchannel and /ping."""

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.raids.model import GuildId, Kind
from raidbot.raids.reminders.leads import ReminderLead
from tests.conftest import Start
from tests.db.audit.rows_in_words import rows_in_words
from tests.raid_boards import post_raid


async def test_settings_chosen_on_the_panel_outlive_a_restart(guild: SandboxGuild, start: Start) -> None:
    channel = guild.channel("raid-signups")
    async with start():
        panel = await guild.owner.slash(channel, "settings")
        await panel.select("Reminders to creator and leader: off", [])
        await panel.select("Reminders to participants: off", ["Reminders to participants: 1 hour before"])
        await panel.click("Signups")
        await panel.select("Full raids close", ["Full raids close: 2 hours before"])
    async with start() as bot:
        await panel.click("Threads & messages")
        await panel.click("If DMs are closed: stay silent")
        await panel.select("Discussion threads", ["Discussion threads: archived after 3 days"])
        await panel.click("Add signups to the thread: no")
        assert "Add signups to the thread: yes" in panel.text()
        await panel.click("History & statistics")
        await panel.select("Keep history", ["Keep history: 30 days"])
        settings = await bot.state.settings(GuildId(guild.id))

    assert settings.leader_leads == ()
    assert settings.member_leads == (ReminderLead(60),)
    assert settings.full_close_minutes == 120
    assert settings.refusal_notices_in_thread
    assert settings.threads
    assert settings.thread_archive_minutes == 4320
    assert settings.thread_members
    assert settings.audit_days == 30


async def test_the_leader_role_is_chosen_taken_back_and_noticed_gone(guild: SandboxGuild, start: Start) -> None:
    channel, role = guild.channel("raid-signups"), guild.add_role("Veterans")
    async with start() as bot:
        panel = await guild.owner.slash(channel, "settings")
        await panel.click("Signups")
        await panel.select("Leader role", [role])
        assert "Leader role: @Veterans" in panel.text()
        assert (await bot.state.settings(GuildId(guild.id))).leader_role == role.id
        await panel.select("Leader role", [])
        assert (await bot.state.settings(GuildId(guild.id))).leader_role is None
        await panel.select("Leader role", [role])

        await guild.delete_role(role)
        await panel.click("Time & reminders")
        await panel.click("Signups")
        assert "a role that was deleted; choose another or none" in panel.text()
        await panel.click("No leader role")

        assert (await bot.state.settings(GuildId(guild.id))).leader_role is None
        rows = await bot.state.db.read(rows_in_words)
        told = [(row.action, row.before, row.after) for row in rows]
        assert (
            told
            == [("leader role changed", None, f"<@&{role.id}>"), ("leader role changed", f"<@&{role.id}>", None)] * 2
        )


async def test_everybody_cannot_be_the_leader_role(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        panel = await guild.owner.slash(guild.channel("raid-signups"), "settings")
        await panel.click("Signups")

        refused = await panel.select("Leader role", [guild.facts.roles[guild.id]])

        assert "@everyone cannot be chosen" in refused.text()
        assert (await bot.state.settings(GuildId(guild.id))).leader_role is None


@pytest.mark.parametrize(
    ("forged", "value"),
    [
        ("settings:creator", "9" * 30),
        ("settings:participants", "7"),
        ("settings:closing", "7"),
        ("settings:audit", "0"),
        ("settings:threads", "61"),
        ("settings:style", "shouting"),
        ("setup:games", "Chess"),
    ],
)
async def test_what_is_not_offered_is_not_taken(guild: SandboxGuild, start: Start, forged: str, value: str) -> None:
    select = {"type": 3, "custom_id": forged, "options": [{"label": "forged", "value": value}]}
    async with start() as bot:
        panel = await guild.owner.slash(guild.channel("raid-signups"), "settings")
        assert panel.message is not None

        refused = await guild.owner.use(panel.message, select, [value])

        assert "older version of the bot" in refused.text()
        written = await bot.state.db.read(lambda db: db.execute("SELECT count(*) FROM audit").fetchone())
        assert written == (0,)


async def test_the_time_zone_is_chosen_by_name(guild: SandboxGuild, start: Start) -> None:
    channel = guild.channel("raid-signups")
    async with start():
        offered = await guild.owner.autocomplete(channel, "settings", {"time_zone": "berl"}, focused="time_zone")
        panel = await guild.owner.slash(channel, "settings", time_zone="Europe/Berlin")
        assert "Europe/Berlin" in panel.text()

        await (await panel.click("Time zone")).submit(zone="london")

        assert "Europe/London" in panel.text()
        assert "Europe/Berlin" in [choice.value for choice in offered]


async def test_a_wrong_time_zone_is_refused_in_words(guild: SandboxGuild, start: Start) -> None:
    async with start():
        refused = await guild.owner.slash(guild.channel("raid-signups"), "settings", time_zone="Atlantis")

        assert "I do not know the time zone “Atlantis”" in refused.text()


async def test_members_cannot_change_settings(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        refused = await alice.slash(guild.channel("raid-signups"), "settings")
        assert (
            "You may not change this server’s settings here. You need the Manage Server permission." in refused.text()
        )

        refused = await alice.slash(guild.channel("raid-signups"), "setchannel show")
        assert "Manage Server" in refused.text()


async def test_channels_are_set_shown_and_cleared(guild: SandboxGuild, start: Start) -> None:
    channel, museum = guild.channel("raid-signups"), guild.add_channel("museum")
    async with start():
        done = await guild.owner.slash(channel, "setchannel set", what="museum", channel=museum)
        assert "Museum signups go to #museum" in done.text()
        done = await guild.owner.slash(channel, "setchannel set", what="audit", channel=channel)
        assert "Audit log goes to #raid-signups from now on." in done.text()
    async with start() as bot:
        shown = await guild.owner.slash(channel, "setchannel show")
        assert "Museum signups: #museum" in shown.text()
        assert "Audit log: #raid-signups" in shown.text()
        assert "Live log: not chosen" in shown.text()
        assert "Raid signups: not chosen, so they go to #raid-signups by its name" in shown.text()

        done = await guild.owner.slash(channel, "setchannel clear", what="museum")

        assert "Museum signups: not chosen, so they go to #raid-signups by its name." in done.text()
        assert Kind.MUSEUM not in (await bot.state.settings(GuildId(guild.id))).channels


async def test_a_channel_without_rights_is_not_taken(guild: SandboxGuild, start: Start) -> None:
    channel, secret = guild.channel("raid-signups"), guild.add_channel("secret")
    guild.deny(secret, "manage_messages", "add_reactions")
    async with start() as bot:
        refused = await guild.owner.slash(channel, "setchannel set", what="raid", channel=secret)

        assert "Manage Messages" in refused.text()
        assert "Add Reactions" in refused.text()
        assert (await bot.state.settings(GuildId(guild.id))).channels == {}


async def test_a_chosen_channel_that_is_gone_is_named(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    channel, museum = guild.channel("raid-signups"), guild.add_channel("museum")
    async with start():
        await guild.owner.slash(channel, "setchannel set", what="museum", channel=museum)
        await sandbox.delete_channel(museum)

        refused = await guild.owner.slash(channel, "create", activity="museum", when="in 3 hours")

        assert "not there any more" in refused.text()


async def test_ping_counts_what_is_open_here(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        await post_raid(guild)

        pong = await alice.slash(guild.channel("raid-signups"), "ping")

        assert pong.ephemeral
        assert "Open raids here: 1" in pong.text()
        assert "Discord answers." in pong.text()
