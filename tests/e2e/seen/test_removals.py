"""Reactions that their members take off are not asked for again."""

from dataclasses import replace

from discord_sandbox import Sandbox, SandboxGuild
from raidbot.raids.model import GuildId, Kind, Source
from raidbot.state import Cause
from tests.conftest import Start
from tests.raid_boards import board_text, dm_text, post_raid, reaction_count

REMOVE = "DELETE /channels/{}/messages/{}/reactions/{}/{}"


async def test_a_refused_reaction_that_its_member_takes_off_is_not_removed_by_the_bot(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    wizard = guild.add_role("Wizard")
    first, quick = guild.add_member("first"), guild.add_member("quick")
    member = guild.add_member("member", roles=[wizard])
    async with start() as bot:
        await bot.state.change_settings(
            GuildId(guild.id),
            lambda before: replace(before, signup_roles={Kind.RAID: frozenset({wizard.id})}),
            Cause(Source.COMMAND),
        )
        board = await post_raid(guild)
        held = sandbox.faults.hold(route=REMOVE, about=first, calls=1)
        asked = sandbox.faults.slow(0.0, route=REMOVE, about=quick)
        await first.react(board, "✅")
        await guild.until(lambda: held.met)
        await quick.react(board, "✅")
        await guild.until(lambda: "Wizard" in dm_text(quick))

        await quick.unreact(board, "✅")
        await member.react(board, "✅")
        await guild.until(lambda: "Member" in board_text(board))
        held.lift()

        await guild.until(lambda: reaction_count(board, "✅") == 2)
        await bot.delivery.reaction_remover.idle()
        assert not asked.met
