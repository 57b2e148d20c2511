"""Rights about series: each road to a post asks for the right to create raids, at every press."""

from discord_sandbox import SandboxGuild
from raidbot.commands.recurring.cog import ACTIONS, DRAFT_ACTIONS
from raidbot.raids.permissions import Permission
from tests.conftest import Start
from tests.e2e.recurring.series_steps import all_series, create_series, only_series, submit, use
from tests.e2e.rights.granting import grant
from tests.raid_boards import post_raid

ROADS_TO_A_POST = {
    *("edit", "edit-all", "edit-later", "revive", "longer", "endless", "restore", "ask-one", "one-said"),
    *("one-strategy", "one-leader", "one-more", "ask-trigger", "post", "ask-extra", "extra", "extra-go", "on"),
}


def test_every_road_to_a_post_asks_for_the_right_to_create() -> None:
    assert {name for name, action in ACTIONS.items() if action.also == (Permission.CREATE,)} == ROADS_TO_A_POST
    assert all(action.also == (Permission.CREATE,) for action in DRAFT_ACTIONS.values())
    assert all(action.permissions for action in DRAFT_ACTIONS.values())


async def test_the_right_is_checked_at_the_press_that_saves(guild: SandboxGuild, start: Start) -> None:
    host, helper = guild.add_role("host"), guild.add_role("helper")
    alice = guild.add_member("alice", roles=[host, helper])
    async with start() as bot:
        await grant(bot, guild, create=host, recurring=helper)
        panel = await use(guild, "create", alice, template="museum", when="every tuesday 8pm")
        await guild.take_role(alice, host)

        refused = await panel.click("Save")

        assert "You may not create raids here." in refused.text()
        assert await all_series(bot, guild) == []
        await guild.give_role(alice, host)
        await guild.take_role(alice, helper)
        assert "You may not" in (await panel.click("Save")).text()
        form = await use(guild, "create", alice)
        assert "You may not create series here." in form.text()
        await guild.give_role(alice, helper)
        await panel.click("Save")
        assert len(await all_series(bot, guild)) == 1


async def test_who_may_create_series_does_not_edit_them(guild: SandboxGuild, start: Start) -> None:
    host, maker, editor = (guild.add_role(name) for name in ("host", "maker", "editor"))
    alice = guild.add_member("alice", roles=[host, editor])
    async with start() as bot:
        await create_series(guild, name="Night")
        await grant(bot, guild, create=host, recurring_create=maker, recurring_edit=editor)
        panel = await use(guild, "edit", alice, series="Night")
        await panel.click("All dates")
        await submit(panel, "Name", series="Other")
        await guild.take_role(alice, editor)
        await guild.give_role(alice, maker)

        refused = await panel.click("Save")

        assert "You may not edit series here." in refused.text()
        assert (await only_series(bot, guild)).name == "Night"


async def test_nobody_saves_a_draft_of_somebody_else(guild: SandboxGuild, start: Start) -> None:
    other = guild.add_member("other", permissions=["manage_guild"])
    async with start() as bot:
        board = await post_raid(guild)
        panel = await use(guild, "create", template="museum", when="every tuesday 8pm")
        save = next(one for row in panel.components for one in row["components"] if one.get("label") == "Save")

        answer = await other.use(board, {"type": 2, "custom_id": save["custom_id"]})

        assert "This draft is gone" in answer.text()
        assert await all_series(bot, guild) == []


async def test_a_leader_is_chosen_only_by_who_may_do_what_leaders_may(guild: SandboxGuild, start: Start) -> None:
    host, helper = guild.add_role("host"), guild.add_role("helper")
    alice, bob = guild.add_member("alice", roles=[host, helper]), guild.add_member("bob")
    async with start() as bot:
        await create_series(guild, name="Night")
        await grant(bot, guild, create=host, recurring=helper)
        panel = await use(guild, "edit", alice, series="Night")
        await panel.click("All dates")
        await panel.click("People")
        await panel.select("Who leads the raids?", [bob])
        await panel.click("Back")

        await panel.click("Save")

        assert "A raid’s leader may do everything on its panel, which you may not." in panel.text()
        assert (await only_series(bot, guild)).leader is None


async def test_nothing_is_posted_early_without_the_right_to_create(guild: SandboxGuild, start: Start) -> None:
    host, helper = guild.add_role("host"), guild.add_role("helper")
    alice = guild.add_member("alice", roles=[host, helper])
    async with start() as bot:
        await create_series(guild, name="Night", start="8 december")
        await grant(bot, guild, create=host, recurring=helper)
        page = await use(guild, "trigger", alice, series="Night")
        form = await (await use(guild, "trigger", alice, series="Night")).click("An extra one")
        extra = await form.submit(extra="in 3 days at 8pm")
        await guild.take_role(alice, host)

        pressed = await page.click("Next: Tue 8 Dec 2026, 20:00")
        confirmed = await extra.click("Yes, post it")

        for answer in (pressed, confirmed):
            assert "You may not create raids here." in answer.text()
        assert guild.messages(guild.channel("raid-signups")) == []
