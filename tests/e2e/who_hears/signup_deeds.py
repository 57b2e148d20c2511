"""Deeds about signups: deadlines, texts, lacking reactions, and members whom no message reaches. See `deeds`."""

from collections.abc import AsyncIterator
from datetime import timedelta

from discord_sandbox.people import PersonResponse
from raidbot.raids.settings import GuildSettings
from tests.delivery.harness import until
from tests.e2e import database_facts
from tests.e2e.who_hears.evening import AHEAD, DAMAGE, Evening, option_of, put_up, quiet_reminders
from tests.raid_boards import board_text, dm_text

POST = "POST /channels/{}/messages"
PUT_REACTION = "PUT /channels/{}/messages/{}/reactions/{}/@me"


async def change_deadline(evening: Evening) -> None:
    await (await (await evening.panel()).click("Signup deadline")).submit(closes="2 hours")


async def more_seats(evening: Evening) -> None:
    await _set_seats(await evening.panel(), "2")


async def fewer_seats(evening: Evening) -> AsyncIterator[None]:
    await more_seats(evening)
    await evening.settle()
    yield
    panel = await evening.panel()
    await _set_seats(panel, "1")
    await panel.click("The last to sign up")


async def _set_seats(panel: PersonResponse, seats: str) -> None:
    await panel.click("Roster")
    await panel.click("Seats")
    await (await panel.select("Which role?", [option_of(panel, "1. Tank")])).submit(seats=seats)


async def closed_by_its_deadline(evening: Evening) -> AsyncIterator[None]:
    await change_deadline(evening)
    await evening.settle()
    yield
    evening.sandbox.advance(AHEAD - timedelta(hours=1, minutes=59))
    await evening.guild.until(lambda: "the signup deadline has passed" in board_text(evening.board))


async def sent_the_signup_text(evening: Evening) -> AsyncIterator[None]:
    panel = await evening.panel()
    await (await panel.click("Change text")).submit(signup_text="Bring flasks.")
    await evening.noted()
    yield
    await evening.mia.react(evening.board, DAMAGE)
    await evening.guild.until(lambda: "Bring flasks." in dm_text(evening.mia))


async def assigned_in_vain(evening: Evening) -> AsyncIterator[None]:
    evening.sandbox.faults.refuse(50007, route=POST, about=evening.mia)
    yield
    await evening.edit("assign", member=evening.mia, role="damage")
    await evening.guild.until(lambda: "I can’t send you direct messages" in thread_text(evening))


def thread_text(evening: Evening) -> str:
    return "\n".join(message.content for message in evening.guild.messages(evening.thread))


def also(settings: GuildSettings, **fields: object) -> GuildSettings:
    return quiet_reminders(settings).with_fields(fields)


async def lacks_a_reaction(evening: Evening) -> AsyncIterator[None]:
    evening.sandbox.faults.refuse(10014, route=PUT_REACTION, calls=1)
    yield
    _, raid = await put_up(evening.guild, evening.bot, evening.people, reactions=2)

    async def noted() -> bool:
        rows = database_facts.read(evening.database).audit
        return any(row.action == "role without a reaction" for row in rows) and raid > evening.raid_id

    await until(noted)


async def asks_in_vain(evening: Evening) -> AsyncIterator[None]:
    evening.sandbox.faults.refuse(50007, route=POST, about=evening.mia)
    yield
    await evening.ask(evening.mia)
    await evening.guild.until(lambda: "couldn’t ask them" in dm_text(evening.mara))
