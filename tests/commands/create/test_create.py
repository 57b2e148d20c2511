"""/create: with options, on the panel, and every refusal."""

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import PersonResponse
from tests.commands.raid.panel_helpers import form_values
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid, run_create


def boards(guild: SandboxGuild) -> int:
    return sum(bool(message.embeds) for message in guild.messages(guild.channel("raid-signups")))


def panel_board(preview: PersonResponse) -> str:
    """Return the board that the preview shows, as text."""
    assert preview.message is not None
    return board_text(preview.message)


async def test_the_understood_time_is_shown_before_anything_is_posted(guild: SandboxGuild, start: Start) -> None:
    async with start():
        preview = await run_create(guild, when="in 3 hours")

        assert "in 3 hours" in preview.text()
        assert "in New York (America/New_York) · for you: " in preview.text()
        assert preview.ephemeral
        assert boards(guild) == 0


async def test_confirming_twice_creates_one_raid(guild: SandboxGuild, start: Start) -> None:
    async with start():
        preview = await run_create(guild)
        stale = [dict(row) for row in preview.components]
        first = await preview.click("Confirm")
        await guild.until(lambda: "Posted in" in first.text())
        assert preview.message is not None
        preview.message.components = stale

        second = await preview.click("Confirm")

        assert "created already" in second.text()
        assert boards(guild) == 1


async def test_the_panel_asks_for_what_is_missing(guild: SandboxGuild, start: Start) -> None:
    channel = guild.channel("raid-signups")
    async with start():
        panel = await guild.owner.slash(channel, "create")
        assert "Still to choose: activity, time" in panel.text()

        time = await panel.select("What is it?", ["Gold Key Boss"])
        await time.submit(when="in 2 hours")
        assert "0/4" in panel_board(panel)
        await panel.click("Change")
        await panel.select("How many teams?", ["2 teams"])
        await panel.select("How large is a team?", ["3 seats in a team"])
        await (await panel.click("Name")).submit(name="Loremaster")
        assert "0/6" in panel_board(panel)
        await panel.click("Change")
        await panel.click("Counts")
        await panel.click("Preview")
        await panel.click("Confirm")
        await guild.until(lambda: "Posted in" in panel.text())

        board = guild.messages(channel)[-1]
        assert "Gold Key Boss — Loremaster" in board_text(board)
        assert "0/6" in board_text(board)


async def test_a_template_has_a_length_and_a_strategy_until_others_are_chosen(
    guild: SandboxGuild, start: Start
) -> None:
    channel = guild.channel("raid-signups")
    async with start():
        panel = await guild.owner.slash(channel, "create", activity="dragonspyre", when="in 2 hours")
        assert "1 h 30" in panel_board(panel)

        await panel.click("Change")
        await panel.select("How long?", ["3 hours"])
        await panel.select("Which strategy?", ["2 myth 1 storm"])
        await panel.click("Preview")

        assert "Myth 1" in panel.text()


async def test_a_draft_survives_a_restart(guild: SandboxGuild, start: Start) -> None:
    async with start():
        panel = await guild.owner.slash(guild.channel("raid-signups"), "create", activity="museum")
    async with start():
        await (await panel.click("Time")).submit(when="in 2 hours")
        await panel.click("Confirm")

        await guild.until(lambda: "Posted in" in panel.text())


async def test_a_discarded_draft_is_gone(guild: SandboxGuild, start: Start) -> None:
    async with start():
        preview = await run_create(guild)
        stale = [dict(row) for row in preview.components]

        await preview.click("Discard")

        assert "Nothing was posted" in preview.text()
        assert preview.message is not None
        preview.message.components = stale
        assert "no longer there" in (await preview.click("Confirm")).text()


async def test_only_managers_create(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        refused = await run_create(guild, alice)

        assert "You may not create raids here. You need the Manage Server permission." in refused.text()


async def test_rights_are_checked_at_every_click(guild: SandboxGuild, start: Start) -> None:
    manager = guild.add_role("manager", permissions=["manage_guild"])
    alice = guild.add_member("alice", roles=[manager])
    async with start():
        preview = await run_create(guild, alice)
        await guild.take_role(alice, manager)

        assert "Manage Server" in (await preview.click("Confirm")).text()
        assert boards(guild) == 0


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        ("flurbsday 8pm", "flurbsday"),
        ("yesterday 8pm", "is in the past"),
        ("in 3 years at 8pm", "more than two years ahead"),
        ("friday", "What time? For example, “friday 8pm”"),
        ("5pm or 6pm", "“or”"),
    ],
)
async def test_a_time_that_cannot_be_used_is_refused_in_words(
    guild: SandboxGuild, start: Start, when: str, sentence: str
) -> None:
    async with start():
        panel = await run_create(guild, when=when)

        assert sentence in panel.text()
        assert "Still to choose: time" in panel.text()


async def test_what_was_assumed_about_a_time_is_shown(guild: SandboxGuild, start: Start) -> None:
    async with start():
        await guild.owner.slash(guild.channel("raid-signups"), "settings", time_zone="Europe/London")
        preview = await run_create(guild, when="friday 8")

        assert "Read 8 as 8 pm." in preview.text()


@pytest.mark.parametrize(
    ("button", "key", "refused", "better"),
    [("Time", "when", "flurbsday 8pm", "in 2 hours"), ("Seats", "seats", "x2", "7")],
)
async def test_a_form_refused_keeps_what_was_chosen_and_typed_also_after_a_restart(
    guild: SandboxGuild, start: Start, button: str, key: str, refused: str, better: str
) -> None:
    async with start():
        panel = await guild.owner.slash(guild.channel("raid-signups"), "create", activity="museum")

        await (await panel.click(button)).submit(**{key: refused})

        assert "Nothing was saved" in panel.text()
        assert "Museum Signup" in panel.text()
    async with start():
        form = await panel.click("Try again")
        assert form_values(form) == {key: refused}
        await form.submit(**{key: refused})
        assert "Nothing was saved" in panel.text()
        await (await panel.click("Try again")).submit(**{key: better})
        assert "Nothing was saved" not in panel.text()
        assert "[Discard]" in panel.text()


async def test_a_refused_form_can_be_given_up(guild: SandboxGuild, start: Start) -> None:
    async with start():
        panel = await guild.owner.slash(guild.channel("raid-signups"), "create", activity="museum")
        await (await panel.click("Time")).submit(when="flurbsday 8pm")

        await panel.click("Give up")

        assert "flurbsday" not in panel.text()
        assert "Still to choose: time" in panel.text()


async def test_without_a_channel_it_says_what_to_do(sandbox: Sandbox, start: Start) -> None:
    guild = sandbox.add_guild("Empty")
    channel = guild.add_channel("general")
    async with start():
        refused = await guild.owner.slash(channel, "create", activity="museum", when="in 3 hours")

        assert "/setchannel set" in refused.text()


async def test_a_missing_right_is_named_before_anything_is_posted(guild: SandboxGuild, start: Start) -> None:
    channel = guild.channel("raid-signups")
    guild.deny(channel, "add_reactions", "embed_links")
    async with start():
        refused = await run_create(guild)

        assert "Add Reactions" in refused.text()
        assert "Embed Links" in refused.text()
        assert boards(guild) == 0


async def test_a_right_lost_after_the_preview_is_named(guild: SandboxGuild, start: Start) -> None:
    async with start():
        preview = await run_create(guild)
        guild.deny(guild.channel("raid-signups"), "send_messages")

        assert "Send Messages" in (await preview.click("Confirm")).text()
        assert boards(guild) == 0


async def test_activities_are_offered_as_one_types(guild: SandboxGuild, start: Start) -> None:
    channel = guild.channel("raid-signups")
    async with start():
        offered = await guild.owner.autocomplete(channel, "create", {"activity": "boss"}, focused="activity")
        lengths, typed, letters = [
            await guild.owner.autocomplete(
                channel, "create", {"activity": "dragonspyre", "length": said}, focused="length"
            )
            for said in ("", "1h20", "abc")
        ]
        strategies = await guild.owner.autocomplete(
            channel, "create", {"activity": "dragonspyre", "strategy": "myth"}, focused="strategy"
        )

    assert [choice.value for choice in offered] == ["key"]
    assert [choice.value for choice in lengths] == ["1.5 hours", "3 hours"]
    assert [choice.value for choice in typed] == ["1 h 20 min"]
    assert letters == []
    assert [choice.name for choice in strategies] == ["2 myth 1 storm"]


@pytest.mark.parametrize("forged", ["create", "create:", "create:99999999999999999999999:confirm", "create:7:confirm"])
async def test_a_forged_press_opens_no_draft(guild: SandboxGuild, start: Start, forged: str) -> None:
    async with start():
        preview = await run_create(guild)
        assert preview.message is not None

        answer = await guild.owner.use(preview.message, {"type": 2, "custom_id": forged})

        assert "error" not in answer.text()
        assert boards(guild) == 0


async def test_what_an_activity_does_not_ask_for_is_refused(guild: SandboxGuild, start: Start) -> None:
    async with start():
        refused = await run_create(guild, teams=2)

        assert "does not ask for" in refused.text()


async def test_raids_of_every_kind_can_be_put_up(guild: SandboxGuild, start: Start) -> None:
    async with start():
        raid = await post_raid(guild, activity="lemuria", length="1.5")
        museum = await post_raid(guild, activity="museum")
        key = await post_raid(guild, activity="key", teams=4)
        challenge = await post_raid(guild, activity="challenge", teams=1, team_size=2, name="Deep", counts=False)

        assert "Ghastly" in board_text(raid)
        assert "0/12" in board_text(museum)
        assert "0/16" in board_text(key)
        assert "Challenge Mode — Deep" in board_text(challenge)
