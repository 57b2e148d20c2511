"""Reactions on a board that Discord has not answered for yet."""

from pathlib import Path

from discord_sandbox import Sandbox, SandboxGuild
from tests.conftest import Start
from tests.e2e import database_facts
from tests.raid_boards import run_create

SEND = "POST /channels/{channel_id}/messages"
EMOJI = "✅"


async def test_reactions_before_the_answer_to_the_posting_keep_their_order(
    sandbox: Sandbox, guild: SandboxGuild, start: Start, database: Path
) -> None:
    channel = guild.channel("raid-signups")
    members = [guild.add_member(f"member{number}") for number in range(30)]
    members.reverse()  # a comparison would take them in by id
    fickle = members[3]
    async with start():
        preview = await run_create(guild, seats=10)
        answer = sandbox.faults.hold(route=SEND, about=channel, carried_out=True)
        await preview.click("Confirm")
        board = (await guild.until(lambda: [one for one in guild.messages(channel) if one.embeds]))[0]
        chat = await guild.owner.say(channel, "a raid!")
        for member in members:
            await member.react(board, EMOJI)
            await member.react(chat, "🎉")
        await fickle.unreact(board, EMOJI)
        answer.lift()

        end = await database_facts.until_settled(database, board)

    arrived = [seat.member for seat in end.raid.seats] + [wait.member for wait in end.raid.waits]
    assert arrived == [member.id for member in members if member is not fickle]
