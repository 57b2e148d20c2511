"""How to bring about each line of the table: what comes before the deed, then the deed itself behind the `yield`."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from raidbot.delivery.boards.raid_key import raid_key
from raidbot.raids.announcements.model import Place
from raidbot.raids.model import RaidId
from raidbot.raids.reminders.leads import ReminderLead
from raidbot.raids.settings import GuildSettings
from tests.e2e import database_facts
from tests.e2e.who_hears.announcing import Deed, announced
from tests.e2e.who_hears.evening import AHEAD, DAMAGE, HEALER, TANK, Evening, put_up
from tests.e2e.who_hears.signup_deeds import (
    also,
    asks_in_vain,
    assigned_in_vain,
    change_deadline,
    closed_by_its_deadline,
    fewer_seats,
    lacks_a_reaction,
    more_seats,
    sent_the_signup_text,
)
from tests.raid_boards import board_text

POST = "POST /channels/{}/messages"
STUCK = "CREATE TRIGGER stuck BEFORE UPDATE ON raids BEGIN SELECT raise(ABORT, 'stuck'); END"


def reacts(emoji: str, *, before: str = "") -> Deed:
    """Mia reacts, after she reacted with `before`."""

    async def deed(evening: Evening) -> AsyncIterator[None]:
        if before:
            await evening.mia.react(evening.board, before)
            await evening.noted()
        yield
        await evening.mia.react(evening.board, emoji)
        await evening.noted()

    return deed


def clicks(button: str, *, before: str = "") -> Deed:
    """Mia presses a button of the board, after she pressed `before`."""

    async def deed(evening: Evening) -> AsyncIterator[None]:
        if before:
            await evening.mia.click(evening.board, before)
        yield
        assert not (await evening.mia.click(evening.board, button)).failed

    return deed


def unreacts(emoji: str) -> Deed:
    async def deed(evening: Evening) -> AsyncIterator[None]:
        await evening.mia.react(evening.board, emoji)
        await evening.noted()
        yield
        await evening.mia.unreact(evening.board, emoji)
        await evening.noted()

    return deed


def edits(command: str, *, waits: bool = False, **options: object) -> Deed:
    """The owner uses a subcommand of /raidsignup on Mia, who may wait for Tank."""

    async def deed(evening: Evening) -> AsyncIterator[None]:
        if waits:
            await evening.mia.react(evening.board, TANK)
            await evening.noted()
        yield
        assert not (await evening.edit(command, member=evening.mia, **options)).failed

    return deed


def edits_seated(command: str, **options: object) -> Deed:
    """The owner uses a subcommand of /raidsignup on Mia, who has a seat as Damage."""

    async def deed(evening: Evening) -> AsyncIterator[None]:
        await evening.edit("assign", member=evening.mia, role="damage")
        yield
        assert not (await evening.edit(command, member=evening.mia, **options)).failed

    return deed


def on_panel(act: Callable[[Evening], Awaitable[None]], *, undo: str = "", closed: bool = False) -> Deed:
    """The owner does this on the panel; with `undo`, undoing the deed of this title is the deed."""

    async def deed(evening: Evening) -> AsyncIterator[None]:
        if closed:
            await (await evening.panel()).click("Close signups")
        if undo:
            await act(evening)
        yield
        if undo:
            await (await evening.panel()).click(f"Undo: {undo}")
        else:
            await act(evening)

    return deed


async def change_time(evening: Evening) -> None:
    panel = await evening.panel()
    await (await panel.click("Change time")).submit(when="in 8 hours")


async def change_length(evening: Evening) -> None:
    await (await (await evening.panel()).click("Change length")).submit(length="2 hours")


async def change_text(evening: Evening) -> None:
    await (await (await evening.panel()).click("Change text")).submit(title="Blackwing Lair", description="Cloaks.")


async def change_leader(evening: Evening) -> None:
    await (await (await evening.panel()).click("Leader")).select("Who leads this raid?", [evening.mia])


async def close(evening: Evening) -> None:
    await (await evening.panel()).click("Close signups")


async def reopen(evening: Evening) -> None:
    await (await evening.panel()).click("Reopen signups")


async def cancel(evening: Evening) -> None:
    panel = await evening.panel()
    await (await panel.click("Cancel raid")).submit()


async def assign(evening: Evening) -> None:
    await evening.edit("assign", member=evening.mia, role="damage")


async def duplicate(evening: Evening, button: str) -> None:
    panel = await evening.panel()
    page = await (await panel.click("Duplicate")).submit(when="in 2 days")
    await page.click(button)
    await evening.guild.until(lambda: "is posted in" in page.text())


async def filled(evening: Evening) -> AsyncIterator[None]:
    await evening.edit("assign", member=evening.otto, role="damage")
    await evening.ash.click(evening.ash.dms[-1], "I come")
    yield
    await evening.mia.react(evening.board, DAMAGE)
    await evening.noted()


async def found_in_line(evening: Evening) -> AsyncIterator[None]:
    evening.sandbox.gateway.withhold("MESSAGE_REACTION_ADD", user=evening.mia)
    yield
    await evening.mia.react(evening.board, TANK)
    await evening.bot.delivery.reconcile.compare(raid_key(evening.raid_id))
    await evening.noted()


async def moved_up(evening: Evening) -> AsyncIterator[None]:
    await evening.edit("assign", member=evening.otto, role="healer")
    await evening.mia.react(evening.board, HEALER)
    await evening.noted()
    yield
    await evening.otto.click(evening.board, "Leave")


async def left_the_server(evening: Evening) -> AsyncIterator[None]:
    await evening.mia.react(evening.board, DAMAGE)
    await evening.noted()
    yield
    await evening.mia.leave(evening.guild)
    await evening.noted()


def called_off(*, leaderless: bool) -> Deed:
    async def deed(evening: Evening) -> AsyncIterator[None]:
        if leaderless:
            await (await (await evening.panel()).click("Leader")).click("Nobody")
        await evening.mia.react(evening.board, DAMAGE)
        await evening.guild.until(lambda: "Mia" in board_text(evening.board))
        await close(evening)
        yield
        assert not (await evening.mia.click(evening.board, "Leave")).failed

    return deed


async def refused(evening: Evening) -> AsyncIterator[None]:
    await close(evening)
    yield
    await evening.mia.react(evening.board, DAMAGE)
    await evening.guild.until(lambda: evening.mia.dms)


async def assigned_themselves(evening: Evening) -> AsyncIterator[None]:
    yield
    await evening.edit("assign", member=evening.mara, role="damage")


async def filled_by_a_leader(evening: Evening) -> AsyncIterator[None]:
    await close(evening)
    await evening.edit("remove", member=evening.sam)
    yield
    await (await evening.panel()).click("Fill free seats")


async def asked(evening: Evening) -> AsyncIterator[None]:
    yield
    await evening.ask(evening.mia)


def replies(button: str) -> Deed:
    async def deed(evening: Evening) -> AsyncIterator[None]:
        await evening.ask(evening.mia)
        await evening.settle()
        yield
        await evening.mia.click(evening.mia.dms[-1], button)

    return deed


async def closed_by_the_clock(evening: Evening) -> AsyncIterator[None]:
    yield
    evening.sandbox.advance(AHEAD + timedelta(seconds=5))
    await evening.guild.until(lambda: "the raid has started" in board_text(evening.board))


async def board_deleted(evening: Evening) -> AsyncIterator[None]:
    yield
    await evening.sandbox.delete_message(evening.board)
    await evening.noted()


async def not_held(evening: Evening) -> AsyncIterator[None]:
    evening.sandbox.advance(AHEAD + timedelta(hours=3))
    await evening.guild.until(lambda: "the raid has started" in board_text(evening.board))
    yield
    await (await evening.panel()).click("Did not take place")


async def no_show(evening: Evening) -> AsyncIterator[None]:
    evening.sandbox.advance(AHEAD + timedelta(seconds=5))
    await evening.guild.until(lambda: "the raid has started" in board_text(evening.board))
    yield
    panel = await evening.panel()
    await panel.click("Attendance")
    await panel.select("Who did not come?", ["Sam"])


async def copy_cancelled(evening: Evening) -> AsyncIterator[None]:
    panel = await evening.panel()
    page = await (await panel.click("Duplicate")).submit(when="in 2 days")
    outage = evening.sandbox.faults.answer(503, route=POST, about=evening.guild.channel("raid-signups"))
    await page.click("With its roster (1)")
    yield
    copy = await evening.bot.state.raid(RaidId(evening.raid_id + 1))
    cancelling = await evening.mara.slash(evening.guild.channel("raid-signups"), "raid", code=copy.code)
    await (await cancelling.click("Cancel raid")).submit()
    outage.lift()


async def copy_refused(evening: Evening) -> AsyncIterator[None]:
    panel = await evening.panel()
    page = await (await panel.click("Duplicate")).submit(when="in 2 days")
    evening.sandbox.faults.refuse(50013, route=POST, about=evening.guild.channel("raid-signups"))
    yield
    await page.click("With its roster (1)")
    await evening.guild.until(lambda: "could not be posted" in page.text())


def comes_near(before: timedelta, *, seated: str = "") -> Deed:
    """The start comes near; `seated` signs up first."""

    async def deed(evening: Evening) -> AsyncIterator[None]:
        if seated:
            await evening.people[seated].react(evening.board, DAMAGE)
            await evening.noted()
        yield
        evening.sandbox.advance(AHEAD - before)
        await evening.noted()

    return deed


async def posted(evening: Evening) -> AsyncIterator[None]:
    yield
    await put_up(evening.guild, evening.bot, evening.people)


async def always_fails(evening: Evening) -> AsyncIterator[None]:
    with database_facts.open_writable(evening.database) as connection:
        connection.execute(STUCK)
    yield
    evening.sandbox.advance(AHEAD + timedelta(seconds=5))
    await evening.noted()


def reminding(settings: GuildSettings, *, creator: int, participants: int) -> GuildSettings:
    """Remind these many minutes before the start; 0 is never."""
    return replace(
        settings,
        threads=True,
        leader_leads=(ReminderLead(creator),) if creator else (),
        member_leads=(ReminderLead(participants),) if participants else (),
    )


RULES: dict[str, Callable[[GuildSettings], GuildSettings]] = {
    "reminder before the start": partial(reminding, creator=0, participants=10),
    "reminder to those responsible": partial(reminding, creator=30, participants=0),
    "joined by reaction, and is sent the sign-up text": partial(also, signup_text_by_dm=True),
    "joined by reaction, and is asked what they play": partial(also, signup_text_by_dm=True),
    "assigned, and takes no messages where the server mentions them": partial(also, unreached_mentions=True),
    "both reminders at once, the creator seated": partial(reminding, creator=10, participants=10),
}
"""Settings of the lines that need others than the usual ones."""

DEEDS: dict[str, Deed] = {
    "joined by reaction": reacts(DAMAGE),
    "joined by reaction, and is sent the sign-up text": sent_the_signup_text,
    "joined by reaction, and is asked what they play": reacts(DAMAGE),
    "joined by a button": clicks("Damage"),
    "joined by reaction, which ends a wait": reacts(DAMAGE, before=TANK),
    "joined by a button, which ends a wait": clicks("Damage", before="Tank"),
    "took the last seat by reaction": filled,
    "put in line by reaction": reacts(TANK),
    "put in line by a button": clicks("Tank"),
    "put in line, found by a comparison": found_in_line,
    "moved by reaction": reacts(HEALER, before=DAMAGE),
    "moved by a button": clicks("Healer", before="Damage"),
    "left by reaction": unreacts(DAMAGE),
    "left by a button": clicks("Leave", before="Damage"),
    "stopped waiting by reaction": unreacts(TANK),
    "moved up because somebody left": moved_up,
    "left the server": left_the_server,
    "called off after closing": called_off(leaderless=False),
    "called off, and the raid has no leader": called_off(leaderless=True),
    "a reaction was refused": refused,
    "assigned": edits("assign", role="damage"),
    "assigned, and takes no messages where the server mentions them": assigned_in_vain,
    "assigned, which ends a wait": edits("assign", waits=True, role="damage"),
    "taken off": edits_seated("remove"),
    "put in line by a manager": edits("waitlist", role="tank"),
    "put from a seat in line by a manager": edits_seated("waitlist", role="tank"),
    "put on a side": edits_seated("side", side="Dragons"),
    "assigned themselves": assigned_themselves,
    "a free seat is filled after closing": filled_by_a_leader,
    "asked to substitute": asked,
    "substitutes": replies("I come"),
    "does not substitute": replies("I cannot come"),
    "asked to substitute, and takes no messages": asks_in_vain,
    "a raid is posted": posted,
    "new time": on_panel(change_time),
    "new time after closing": on_panel(change_time, closed=True),
    "new length": on_panel(change_length),
    "new text": on_panel(change_text),
    "more seats": on_panel(more_seats),
    "fewer seats, and somebody has to wait": fewer_seats,
    "new leader": on_panel(change_leader),
    "closed by a manager": on_panel(close),
    "closed by its deadline": closed_by_its_deadline,
    "new signup deadline": on_panel(change_deadline),
    "undone: new signup deadline": on_panel(change_deadline, undo="signup deadline changed"),
    "closed by the clock": closed_by_the_clock,
    "reopened": on_panel(reopen, closed=True),
    "cancelled": on_panel(cancel),
    "cancelled, as its board was deleted": board_deleted,
    "did not take place": not_held,
    "no-show marked": no_show,
    "undone: assigned": on_panel(assign, undo="assigned"),
    "undone: cancelled": on_panel(cancel, undo="cancelled"),
    "undone: new time": on_panel(change_time, undo="time changed"),
    "undone: new length": on_panel(change_length, undo="length changed"),
    "undone: new text": on_panel(change_text, undo="title changed"),
    "undone: new leader": on_panel(change_leader, undo="leader changed"),
    "undone: closed": on_panel(close, undo="closed"),
    "duplicated without anybody": on_panel(partial(duplicate, button="Without anybody")),
    "duplicated with its roster": on_panel(partial(duplicate, button="With its roster (1)")),
    "a copy is cancelled before it was posted": copy_cancelled,
    "a copy cannot be posted": copy_refused,
    "reminder before the start": comes_near(timedelta(minutes=9)),
    "reminder to those responsible": comes_near(timedelta(minutes=29)),
    "both reminders at once, the creator seated": comes_near(timedelta(minutes=9), seated="cleo"),
    "an announcement in the thread": announced(Place.THREAD),
    "an announcement in the board’s channel": announced(Place.BOARD),
    "a role has no reaction": lacks_a_reaction,
    "the bot fails at the raid": always_fails,
}
