"""/create in one line: its options, the buttons below the preview, and what is remembered for the next time."""

from functools import partial

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import PersonResponse
from discord_sandbox.store import Message
from raidbot.commands.create import options
from raidbot.db import activity_defaults
from raidbot.db.activity_defaults import ActivityDefaults
from raidbot.raids.model import ChannelId, GuildId
from tests.commands.raid.panel_helpers import form_values, stored_raid
from tests.conftest import Start
from tests.raid_boards import board_text, run_create


def shown(preview: PersonResponse) -> str:
    """Return the board that the preview shows, as text."""
    assert preview.message is not None
    return board_text(preview.message)


async def confirmed(guild: SandboxGuild, preview: PersonResponse, channel: str) -> Message:
    before = len(guild.messages(guild.channel(channel)))
    await preview.click("Confirm")
    await guild.until(lambda: f"Posted in #{channel}" in preview.text())
    (board,) = guild.messages(guild.channel(channel))[before:]
    return board


async def test_one_line_and_one_press_put_up_any_raid_and_the_next_is_like_it(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    raiders, leader = guild.add_role("Raiders", mentionable=True), guild.add_member("lena")
    for number in range(3):
        guild.add_member(f"raider {number}", roles=[raiders])
    events = guild.add_channel("events")
    async with start() as bot:
        preview = await run_create(
            guild,
            activity="dragonspyre",
            title="Dragon night",
            description="Bring potions.\\nBe early.",
            length="1h20",
            channel=events,
            mention=raiders,
            leader=leader,
        )
        assert "Pings @Raiders: 3 people." in preview.text()
        assert "Same as last time" not in preview.text()
        await preview.click("Change")
        await preview.click("Preview")
        routes = [call.route for call in sandbox.calls]
        *_, counted = (number for number, route in enumerate(routes) if route.endswith("/roles/member-counts"))
        assert routes[counted - 1].startswith("/interactions/")  # whoever pressed does not wait for the number
        board = await confirmed(guild, preview, "events")

        assert board.content == f"<@&{raiders.id}>"
        assert "Dragon night" in board_text(board)
        assert "Bring potions.\nBe early." in board_text(board)
        raid = await stored_raid(bot)
        assert (raid.leader, raid.length_minutes, raid.strategy) == (leader.id, 80, "triple storm")
        assert raid.link is not None
        assert raid.link in str(preview.components)
        await preview.click("Manage")
        assert "Dragon night" in preview.text()
        assert "[Cancel" in preview.text()

        again = await run_create(guild, activity="dragonspyre")
        assert "Pings @Raiders: 3 people. Same as last time." in again.text()
        assert "The signup goes to #events" in again.text()
        assert "1 h 20" in shown(again)
        assert "Dragon night" not in shown(again)
        other = await run_create(guild, activity="museum")
        assert "Pings" not in other.text()
        offered = await guild.owner.autocomplete(events, "create", {"activity": ""}, focused="activity")
        assert offered[0].value == "dragonspyre"


async def test_what_the_next_person_may_not_choose_is_not_remembered_for_them(
    guild: SandboxGuild, start: Start
) -> None:
    raiders, manager = guild.add_role("Raiders"), guild.add_role("manager", permissions=["manage_guild"])
    secret, alice = guild.add_channel("secret"), guild.add_member("alice", roles=[manager])
    guild.deny(secret, "view_channel", to=manager)
    async with start() as bot:
        last = ActivityDefaults(channel=ChannelId(secret.id), mention_role=raiders.id, length_minutes=45)
        note = partial(activity_defaults.note, guild=GuildId(guild.id), activity="museum", chosen=last)
        await bot.state.db.write(partial(note, now=bot.state.now()))

        preview = await run_create(guild, alice)
        refused = await run_create(guild, alice, mention=raiders)

        assert "Pings" not in preview.text()
        assert "#raid-signups" in preview.text()
        assert "45 min" in shown(preview)
        assert "You can’t mention Raiders yourself." in refused.text()
        assert "[Confirm]" in refused.text()


async def test_the_usual_channel_is_not_remembered_as_a_choice(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        preview = await run_create(guild, channel=guild.channel("raid-signups"))
        await confirmed(guild, preview, "raid-signups")

        last = await bot.state.db.read(partial(activity_defaults.load, guild=GuildId(guild.id), activity="museum"))
        assert last.channel is None


async def test_what_is_typed_wrong_is_said_and_nothing_else_is_lost(guild: SandboxGuild, start: Start) -> None:
    async with start():
        preview = await run_create(guild, title="Gallery", length="20")
        assert "Is “20” hours or minutes?" in preview.text()
        assert "Gallery" in shown(preview)

        await (await preview.click("Length")).submit(length="soon")
        assert "Nothing was saved" in preview.text()
        form = await preview.click("Try again")
        assert form_values(form) == {"length": "soon"}
        await form.submit(length="90 min")
        assert "1 h 30" in shown(preview)
        await (await preview.click("Length")).submit(length="")
        assert "1 h 30" not in shown(preview)

        await (await preview.click("Title & text")).submit(title="", description="Look around.")
        assert "Museum Signup" in shown(preview)
        assert "Look around." in shown(preview)


async def test_a_deadline_that_cannot_be_is_said_and_nothing_else_is_lost(guild: SandboxGuild, start: Start) -> None:
    async with start():
        preview = await run_create(guild, title="Gallery", closes="soon", length="20")
        assert "I did not understand “soon”." in preview.text()
        assert "Is “20” hours or minutes?" in preview.text()
        assert "Gallery" in shown(preview)

        passed = await run_create(guild, title="Gallery", closes="4 hours")
        assert "has passed already" in passed.text()
        assert "Gallery" in shown(passed)
        assert "Signups close" not in shown(passed)

        await (await passed.click("Signup deadline")).submit(closes="2 hours")
        await passed.click("Change")
        await (await passed.click("Time")).submit(when="in 1 hour")
        assert "has passed already" in passed.text()
        assert "[Confirm]" in passed.text()
        assert "Signups close" not in shown(passed)


def test_no_more_lengths_are_offered_than_discord_shows() -> None:
    offered = options.lengths("1", range(61, 86))

    assert len(offered) == 25
    assert [one.value for one in offered[:2]] == ["1 hour", "1 h 1 min"]


async def test_channel_and_ping_are_chosen_below_the_preview(guild: SandboxGuild, start: Start) -> None:
    loud, quiet = guild.add_role("Loud", mentionable=True), guild.add_role("Quiet")
    events, silent = guild.add_channel("events"), guild.add_channel("silent")
    guild.deny(silent, "send_messages")
    guild.deny(events, "mention_everyone")
    async with start():
        preview = await run_create(guild)

        await preview.click("Channel")
        await preview.select("Choose a channel", [silent])
        assert "Send Messages" in preview.text()
        await preview.select("Choose a channel", [events])
        assert "The signup goes to #events" in preview.text()

        await preview.click("Ping a role")
        await preview.select("Choose a role", [loud])
        assert "Pings @Loud: 0 people." in preview.text()
        await guild.delete_role(loud)
        await preview.click("Confirm")
        assert "because whom it pings changed" in preview.text()
        assert "The role to mention was deleted" in preview.text()
        await preview.click("Ping a role")
        await preview.select("Choose a role", [quiet])
        assert "My mention of @Quiet notifies nobody" in preview.text()
        await preview.click("Back")
        board = await confirmed(guild, preview, "events")
        assert board.content == ""


async def test_without_any_channel_one_is_chosen_on_the_way(sandbox: Sandbox, start: Start) -> None:
    guild = sandbox.add_guild("Empty")
    events = guild.add_channel("events")
    async with start():
        asked = await guild.owner.slash(events, "create", activity="museum", when="in 3 hours")
        assert "There is no channel for museum signups yet." in asked.text()

        await asked.select("Choose a channel", [events])

        await confirmed(guild, asked, "events")


async def test_by_panel_it_takes_four_actions(guild: SandboxGuild, start: Start) -> None:
    """Choose what it is, type the time, send it, confirm."""
    async with start():
        panel = await guild.owner.slash(guild.channel("raid-signups"), "create")

        form = await panel.select("What is it?", ["Dragonspyre (Voracious Void)"])
        await form.submit(when="in 2 hours")

        await confirmed(guild, panel, "raid-signups")
