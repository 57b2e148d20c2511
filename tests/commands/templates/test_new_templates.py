"""/templates create: saved and refused forms."""

import pytest

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.raids.templates.builtin import builtin
from tests.commands.templates.panel_helpers import (
    LINES,
    create_template,
    entries,
    entry_of,
    stored_template,
    submit_form,
)
from tests.conftest import Start
from tests.raid_boards import board_text, post_raid


async def test_a_new_template_is_offered_by_create_and_becomes_a_raid(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    async with start() as bot:
        panel = await create_template(
            guild, "Ember Citadel", emoji="🔥", colour="C0392B", description="Bring water.", roles=LINES
        )

        assert "Saved. `/create` offers it." in panel.text()
        assert "🔥 Ember Citadel" in panel.text()
        entry = await entry_of(bot, guild, "Ember Citadel")
        assert entry.is_own
        assert entry.template.colour == 0xC0392B
        offered = await guild.owner.autocomplete(
            guild.channel("raid-signups"), "create", {"activity": "ember"}, focused="activity"
        )
        assert [one.value for one in offered] == [entry.key]
        board = await post_raid(guild, activity=entry.key)
        assert "🔥 Ember Citadel" in board_text(board)
        assert "Bring water." in board_text(board)
        await alice.react(board, "💚")
        await guild.until(lambda: "Alice" in board_text(board))


async def test_a_new_template_without_a_description_can_be_posted(guild: SandboxGuild, start: Start) -> None:
    async with start():
        await create_template(guild, "Plain")

        assert "Plain" in board_text(await post_raid(guild, activity="plain"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "Museum Signup"}, "called “Museum Signup” already"),
        ({"name": "museum"}, "called “museum” already"),
        ({"name": "the voracious void raid"}, "called “the voracious void raid” already"),
        ({"colour": "red"}, "“red” is not a colour. Write # and six"),
        ({"emoji": "fire"}, "“fire” is not an emoji"),
        ({"emoji": ":fire:"}, "no custom emoji called “:fire:”"),
        ({"roles": "Tank"}, "Line 1: the emoji is missing. Write `🛡️ Tank 1`"),
        (
            {"roles": "| 🛡️ | Tank | 99\n| 💚 | Healer"},
            "Line 2: I cannot read a line of 3 parts. Write `| 💚 | Healer | 1`",
        ),
        ({"roles": "\n".join(f"| {chr(0x1F400 + n)} | {'x' * 80} | 50" for n in range(30))}, "Discord allows"),
    ],
)
async def test_a_new_template_that_cannot_be_is_refused_and_what_was_typed_is_not_lost(
    guild: SandboxGuild, start: Start, typed: dict[str, str], said: str
) -> None:
    async with start() as bot:
        given = {"name": "Ember", "description": "Bring water."} | typed

        refused = await create_template(guild, **given)

        assert said in refused.text()
        assert "Nothing was saved" in refused.text()
        assert len(await entries(bot, guild)) == len(builtin())
    async with start() as bot:
        form = await refused.click("Try again")
        assert form.modal is not None
        shown = {one["component"]["custom_id"]: one["component"].get("value", "") for one in form.modal["components"]}
        assert {name: shown[name] for name in given} == given
        await form.submit(name="Ember", colour="", emoji="", roles=LINES)

        assert "Saved. `/create` offers it." in refused.text()
        assert (await stored_template(bot, guild, "Ember")).description == "Bring water."


async def test_a_refusal_holds_every_reason(guild: SandboxGuild, start: Start) -> None:
    async with start():
        refused = await create_template(guild, "Ember", roles="| sword | Tank | 0\n| 💚 | Healer | x\n| 💚 | Other | 1")

        assert "Line 1: “sword” is not an emoji" in refused.text()
        assert "Line 2: “x” is not a number of seats" in refused.text()


async def test_giving_up_goes_back_to_what_there_is(guild: SandboxGuild, start: Start) -> None:
    async with start():
        refused = await create_template(guild, "Ember", colour="red")

        await refused.click("Give up")

        assert "Templates of Ravenwood" in refused.text()


async def test_what_was_typed_outlives_an_outage(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    emoji = guild.add_emoji("ember")
    async with start() as bot:
        outage = sandbox.faults.answer(403, route="GET /guilds/{}/emojis")

        refused = await create_template(guild, "Ember", emoji=":ember:", description="Bring water.")

        assert "Discord does not tell me the emoji of this server right now." in refused.text()
        outage.lift()
        await submit_form(refused, "Try again")
        made = await stored_template(bot, guild, "Ember")
        assert (made.emoji, made.description) == (f"<:ember:{emoji.id}>", "Bring water.")
