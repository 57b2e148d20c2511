"""A raid is posted as it was confirmed: whatever changed since the preview is shown before anything is posted."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

import pytest

from discord_sandbox import SandboxGuild
from discord_sandbox.people import PersonResponse
from discord_sandbox.store import Message
from raidbot.bot import RaidBot
from raidbot.raids.model import ChannelId, GuildId, Kind, Source
from raidbot.raids.settings import GuildSettings, SignupStyle
from raidbot.raids.templates import catalogue as rules
from raidbot.raids.templates.model import Template
from raidbot.state import Cause
from tests.commands.raid.panel_helpers import code_of, panel_of, stored_raid
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid, run_create
from tests.raids.templates.test_catalogue import FISHING

CAUSE = Cause(Source.COMMAND)
Edit = Callable[[RaidBot, SandboxGuild], Awaitable[object]]


def template(change: Callable[[Template], Template]) -> Edit:
    async def edit(bot: RaidBot, guild: SandboxGuild) -> None:
        rule = partial(rules.edit, key=FISHING.key, change=change)
        await bot.state.change_templates(GuildId(guild.id), rule, CAUSE)

    return edit


def settings(change: Callable[[GuildSettings], GuildSettings]) -> Edit:
    async def edit(bot: RaidBot, guild: SandboxGuild) -> None:
        await bot.state.change_settings(GuildId(guild.id), change, CAUSE)

    return edit


async def another_channel(bot: RaidBot, guild: SandboxGuild) -> None:
    channel = guild.add_channel("elsewhere")
    await guild.until(lambda: bot.get_channel(channel.id))
    await settings(lambda before: replace(before, channels={Kind.RAID: ChannelId(channel.id)}))(bot, guild)


def more_seats(before: Template) -> Template:
    return replace(before, roles=tuple(replace(role, seats=role.seats + 1) for role in before.roles))


def other_emoji(before: Template) -> Template:
    return replace(before, roles=(replace(before.roles[0], emoji="🐙"), *before.roles[1:]))


def calm_otherwise(before: Template) -> Template:
    calm, *others = before.strategies
    return replace(before, strategies=(replace(calm, description="Stay calm."), *others))


BY_BUTTONS = settings(lambda before: replace(before, signup_style=SignupStyle.BUTTONS))
EDITS: dict[str, tuple[Edit, str]] = {
    "its name": (template(lambda before: before.renamed("Whaling")), "the name"),
    "its description": (template(lambda before: replace(before, description="Bring a book.")), "the description"),
    "its colour": (template(lambda before: replace(before, colour=0x654321)), "the emoji or the colour"),
    "its emoji": (template(lambda before: replace(before, emoji="🐋")), "the emoji or the colour"),
    "its seats": (template(more_seats), "the roles"),
    "a role's emoji": (template(other_emoji), "the roles"),
    "its sides": (template(lambda before: replace(before, sides=("Bow", "Stern"))), "the sides"),
    "its strategy": (template(calm_otherwise), "the description"),
    "the channel": (another_channel, "the channel"),
    "how members sign up": (BY_BUTTONS, "how members sign up"),
    "two things": (
        template(lambda before: replace(more_seats(before), description="Bring a book.")),
        "the description and the roles",
    ),
}


def shown(answer: PersonResponse) -> str:
    """Return the board that the preview shows, as text."""
    assert answer.message is not None
    return board_text(answer.message)


def boards(guild: SandboxGuild) -> list[Message]:
    found = map(guild.messages, guild.facts.channels.values())
    return [message for messages in found for message in messages if message.embeds]


@pytest.mark.parametrize("edit", EDITS)
async def test_create_shows_what_changed_and_posts_what_was_confirmed(
    guild: SandboxGuild, start: Start, edit: str
) -> None:
    change, words = EDITS[edit]
    async with start() as bot:
        await bot.state.change_templates(GuildId(guild.id), partial(rules.add, template=FISHING), CAUSE)
        preview = await run_create(guild, activity=FISHING.key, length="1.5", strategy="calm")
        await change(bot, guild)
    async with start():
        await preview.click("Confirm")

        assert f"Nothing was posted, because {words} changed since the preview" in preview.text()
        assert boards(guild) == []
        again = shown(preview)
        await preview.click("Confirm")
        await guild.until(lambda: "Posted in" in preview.text())
        (board,) = boards(guild)
        assert board_text(board) == again


@pytest.mark.parametrize("which", ["With its roster (1)", "Without anybody"])
@pytest.mark.parametrize("edit", ["the title", "the channel", "how members sign up"])
async def test_duplicating_shows_what_changed(guild: SandboxGuild, start: Start, edit: str, which: str) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        board = await post_raid(guild, seats=5)
        await alice.react(board, "✅")
        await guild.until(lambda: "1/5" in board_text(board))
        page = await (await (await panel_of(guild, board)).click("Duplicate")).submit(when="in 2 days")
        if edit == "the title":
            form = await (await panel_of(guild, board)).click("Change text")
            await form.submit(title="Gallery")
        else:
            await EDITS[edit][0](bot, guild)
    async with start() as bot:
        await page.click(which)

        changed = "the name" if edit == "the title" else edit
        assert f"Nothing was posted, because {changed} changed since the preview" in page.text()
        assert len(boards(guild)) == 1
        await page.click(which)
        await guild.until(lambda: "is posted in" in page.text())
        assert len((await stored_raid(bot, 2)).seats) == (1 if "roster" in which else 0)


async def test_a_copy_keeps_the_seats_of_those_that_were_shown(guild: SandboxGuild, start: Start) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        board = await post_raid(guild, seats=5)
        await alice.react(board, "✅")
        await guild.until(lambda: "1/5" in board_text(board))
        page = await (await (await panel_of(guild, board)).click("Duplicate")).submit(when="in 2 days")
        await bob.react(board, "✅")
        await guild.until(lambda: "2/5" in board_text(board))

        await page.click("With its roster (1)")

        assert "because who keeps their seat changed since the preview" in page.text()
        assert len(boards(guild)) == 1
        await page.click("With its roster (2)")
        await guild.until(lambda: "is posted in" in page.text())
        assert [seat.member for seat in (await stored_raid(bot, 2)).seats] == [alice.id, bob.id]


async def test_an_empty_copy_does_not_mind_who_signs_up_meanwhile(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start():
        board = await post_raid(guild, seats=5)
        page = await (await (await panel_of(guild, board)).click("Duplicate")).submit(when="in 2 days")
        await alice.react(board, "✅")
        await guild.until(lambda: "1/5" in board_text(board))

        await page.click("Without anybody")

        await guild.until(lambda: "is posted in" in page.text())


async def test_another_time_zone_of_the_server_moves_nothing_that_was_shown(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await guild.owner.slash(guild.channel("raid-signups"), "settings", time_zone="America/New_York")
        preview = await run_create(guild, when="tomorrow 20:00")
        before = shown(preview)
        await settings(lambda now: replace(now, zone="Asia/Tokyo"))(bot, guild)

        await preview.click("Confirm")

        await guild.until(lambda: "Posted in" in preview.text())
        (board,) = boards(guild)
        assert board_text(board) == before
        assert (await stored_raid(bot)).zone == "America/New_York"


async def test_a_preview_that_nobody_knows_is_shown_first(guild: SandboxGuild, start: Start) -> None:
    async with start():
        preview = await run_create(guild)
        assert preview.message is not None
        other = {"type": 2, "custom_id": "create:1:confirm"}

        answer = await guild.owner.use(preview.message, other)

        assert "This preview is out of date" in answer.text()
        assert boards(guild) == []
        await answer.click("Confirm")
        await guild.until(lambda: boards(guild))


async def test_what_went_back_to_how_it_was_is_posted(guild: SandboxGuild, start: Start) -> None:
    async with start() as bot:
        await bot.state.change_templates(GuildId(guild.id), partial(rules.add, template=FISHING), CAUSE)
        preview = await run_create(guild, activity=FISHING.key, length="1.5", strategy="calm")
        await EDITS["its name"][0](bot, guild)
        await template(lambda _: FISHING)(bot, guild)

        await preview.click("Confirm")

        await guild.until(lambda: "Posted in" in preview.text())
        assert code_of(boards(guild)[0])
