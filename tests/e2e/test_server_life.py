"""A server's whole life with the bot: set up from nothing and a raid led to its end, all from Discord alone."""

import csv
import io
import re
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from icalendar import Calendar

from discord_sandbox import Sandbox
from discord_sandbox.people import Answer, Person
from tests.conftest import Start
from tests.e2e.people import Town
from tests.raid_boards import board_text, told

TANK, HEALER, DAMAGE = "🛡️", "💚", "⚔️"
WHO = "Whom do you want to move or take off?"
HAPPENED = """
audit log changed · live log changed · time zone changed
template disabled · template disabled · template disabled · template disabled
template disabled · template disabled · template disabled
raid channel changed
reminder to the creator changed · reminder to participants changed · closing of full raids changed
discussion threads changed · signing up changed · leader role changed · members in threads changed
roles for create changed · roles for raid changed · roles for raidsignup changed
raid signup roles changed · template added · template lengths changed · template sides changed
template name changed · template colour changed · template disabled
created · posted · thread opened
joined · waitlisted · joined · joined · left · promoted · joined
assigned · full · assigned over capacity · removed · sent to wait · sent to wait · promoted · side
closed · reopened · time changed · length changed · title changed · description changed · leader changed
left · asked to substitute · substitutes
removed · promoted · undone · place restored · place restored
reminded · reminded · closed · attendance marked · attendance marked · attendance marked
created · duplicated · posted · thread opened · left · cancelled
"""


@pytest.fixture
def town(sandbox: Sandbox) -> Town:
    """Mara's server, fresh: people and channels, and a bot that knows nothing of them."""
    guild = sandbox.add_guild("Night Owls", owner="mara")
    for name in ("tavern", "war-table", "reports", "live"):
        guild.add_channel(name)
    raider, organiser, veteran = (guild.add_role(name) for name in ("Raider", "Organiser", "Veteran"))
    people = {name: guild.add_member(name, roles=[raider]) for name in ("ben", "cleo", "dora", "emil", "fay", "gus")}
    people["ana"] = guild.add_member("ana", roles=[raider, veteran])
    people |= {"lena": guild.add_member("lena", roles=[organiser]), "guest": guild.add_member("guest")}
    return Town(sandbox, guild, raider, organiser, veteran, {"mara": guild.owner} | people)


async def test_a_servers_life(town: Town, start: Start, database: Path) -> None:
    async with start():
        await mara_sets_the_server_up(town)
        await mara_decides_who_may_do_what(town)
        await mara_has_templates_of_her_own(town)
        await lena_puts_up_a_raid(town)
        await members_sign_up_by_reaction_and_by_button(town)
        await lena_edits_the_roster(town)
    async with start():
        await signups_are_closed_early_and_reopened(town)
        await lena_changes_the_raid(town)
        await a_substitute_is_found(town)
        await a_mistake_is_undone(town)
        await everybody_is_reminded_and_the_raid_begins(town)
    async with start():
        await who_did_not_come_is_noted(town)
        await files_are_taken_along(town)
        await the_raid_is_put_up_again(town)
        await the_new_raid_is_cancelled(town)
        await the_audit_tells_it_all(town, database)


async def mara_sets_the_server_up(town: Town) -> None:
    guild = town.guild
    setup = await town.ask(town.mara, "setup")
    assert "There is no channel for raid signups yet" in setup.text()
    await setup.click("Log channels")
    await setup.select("Audit log: choose a channel", [guild.channel("reports")])
    await setup.select("Live log: choose a channel", [guild.channel("live")])
    await (await setup.click("Time zone")).submit(zone="Berlin")
    assert "Europe/Berlin: it is" in setup.text()
    assert "⚠️ Raid signups" in setup.text()
    await setup.click("Your games")
    await setup.select("Which games do you play?", ["Destiny 2", "Any game"])
    assert "Wizard101: " not in setup.text()

    await town.ask(town.mara, "setchannel set", what="raid", channel=guild.channel("war-table"))
    await setup.click("Check again")
    assert "✅ Raid signups: #war-table" in setup.text()
    shown = await town.ask(town.mara, "setchannel show")
    assert "Audit log: #reports" in shown.text()
    assert "Live log: #live" in shown.text()

    settings = await town.ask(town.mara, "settings")
    await settings.select("Reminder to the creator", ["Reminder to the creator: 1 hour before"])
    await settings.select("Reminder to participants", ["Reminder to participants: 30 minutes before"])
    await settings.select("Full raids close", ["Full raids close: at their start"])
    await settings.click("More settings")
    await settings.select("Discussion threads", ["Discussion threads: archived after 1 day"])
    await settings.select("Signing up", ["Signing up: by reactions and buttons"])
    await settings.select("Leader role", [town.veteran])
    await settings.click("Members in threads")
    for line in (
        *("Europe/Berlin", "1 hour before", "30 minutes before", "archived after 1 day"),
        *("reactions and buttons", "@Veteran"),
    ):
        assert line in settings.text()


async def mara_decides_who_may_do_what(town: Town) -> None:
    refused = await town.ask(town.lena, "create")
    assert "You may not create raids here" in refused.text()

    permissions = await town.ask(town.mara, "permissions")
    for command in ("/create", "/raid", "/raidsignup"):
        await permissions.select("What is it about?", [command])
        await permissions.select("Which roles?", [town.organiser])
    await permissions.select("What is it about?", ["Signing up: raid"])
    await permissions.select("Which roles?", [town.raider])
    assert "@Raider" in permissions.text()

    refused = await town.ask(town.lena, "settings")
    assert "You may not change this server’s settings here" in refused.text()


async def mara_has_templates_of_her_own(town: Town) -> None:
    async def edit(name: str) -> Answer:
        return await town.ask(town.mara, "templates edit", template=name)

    form = await town.ask(town.mara, "templates create")
    roles = f"Gate | {TANK} | Tank | 1\nWall | {HEALER} | Healer | 1\nWall | {DAMAGE} | Damage | 3"
    panel = await form.submit(name="Night Watch", description="Bring a torch.", roles=roles)
    assert "`/create` offers it" in panel.text()
    await (await panel.click("Lengths")).submit(lengths="1.5, 3")
    await (await panel.click("Sides")).submit(sides="Left\nRight")
    assert "1.5 hours, 3 hours" in panel.text()
    assert "Left, Right" in panel.text()

    changed = await edit("Five-Player Dungeon")
    await (await changed.click("Words and look")).submit(name="Small Dungeon", colour="#112233")
    assert "changed here: name and colour" in changed.text()
    await (await edit("Destiny 2 Raid")).click("Disable")

    offered = await town.lena.autocomplete(
        town.guild.channel("tavern"), "create", {"activity": "d"}, focused="activity"
    )
    names = [choice.name for choice in offered]
    assert "Small Dungeon" in names
    assert "Five-Player Dungeon" not in names
    assert "Destiny 2 Raid" not in names


async def lena_puts_up_a_raid(town: Town) -> None:
    preview = await town.ask(town.lena, "create", activity="Night Watch", when="in 6 hours", hours=1.5)
    assert "“in 6 hours” is" in preview.text()
    assert "time zone Europe/Berlin" in preview.text()
    assert "#war-table" in preview.text()
    assert town.guild.messages(town.guild.channel("war-table")) == []

    await preview.click("Confirm")

    await town.new_board()
    assert town.code in preview.text()
    await town.stands("Night Watch", "1.5 hours", "Created by Lena", "0/5 seats taken")
    await town.guild.until(lambda: town.board.id in town.guild.facts.threads)
    await town.guild.until(lambda: any("belong here" in one.content for one in town.thread.messages.values()))


async def members_sign_up_by_reaction_and_by_button(town: Town) -> None:
    ana, ben, board = town.ana, town.ben, town.board
    await ana.react(board, TANK)
    await town.stands("Tank (1/1) FULL · ⭐ Ana")
    await town.guild.until(lambda: ana.id in town.thread.state.members)
    assert "number 1 in line" in (await ben.click(board, "Tank")).text()
    assert "You have the seat Healer" in (await town.cleo.click(board, "Healer")).text()
    await town.dora.react(board, DAMAGE)

    assert "you need the role" in (await town.guest.click(board, "Damage")).text()
    await town.guest.react(board, DAMAGE)
    await town.hears(town.guest, "you need the role")
    await town.stands("Waiting: 1. Ben", "3/5 seats taken, 1 waiting")

    await ana.unreact(board, TANK)
    await town.hears(ben, "A seat opened: you are now")
    await town.stands("Tank (1/1) FULL · Ben")
    assert "You have the seat Damage" in (await ana.click(board, "Damage")).text()
    mine = await town.ask(ben, "mysignups")
    assert "Night Watch" in mine.text()


async def lena_edits_the_roster(town: Town) -> None:
    async def edit(what: str, member: Person, **options: object) -> str:
        return (await town.ask(town.lena, f"raidsignup {what}", raid=town.code, member=member, **options)).text()

    assert "Emil has the seat Damage" in await edit("assign", town.emil, role="damage")
    assert "has all its 3 seats taken" in await edit("assign", town.fay, role="damage")
    assert "over capacity" in await edit("assign", town.fay, role="damage", force=True)
    await town.stands("(4/3) ⚠️ OVER")
    assert "Dora is off" in await edit("remove", town.dora)
    await town.hears(town.dora, "A raid leader took you off")
    assert "number 1" in await edit("waitlist", town.dora, role="damage")
    assert "Dora was first in line" in await edit("waitlist", town.ana, role="damage")
    await town.hears(town.ana, "A raid leader put you in line")
    await town.hears(town.dora, "A seat opened")
    assert "Left" in await edit("side", town.emil, side="Left")
    await town.stands("Damage (3/3)", "> Waiting: 1. ⭐ Ana", "Left", "5/5")


async def signups_are_closed_early_and_reopened(town: Town) -> None:
    panel = await town.panel()
    await panel.click("Close signups")
    await town.stands("Signups are closed", "a raid leader closed them")
    await town.guild.until(lambda: town.thread.state.archived and not town.board.reactions)

    await panel.click("Reopen signups")
    await town.guild.until(lambda: not town.thread.state.archived and len(town.board.reactions) == 3)
    await town.guild.until(lambda: "Signups are closed" not in town.says)


async def lena_changes_the_raid(town: Town) -> None:
    panel = await town.panel()
    await (await panel.click("Change time")).submit(when="in 7 hours")
    assert "“in 7 hours” is" in panel.text()
    assert "Everybody on the roster and in line is told (6)" in panel.text()
    assert "has a new time" not in told(town.ben)
    await panel.click("Save")
    for member in (town.ben, town.cleo, town.emil, town.fay, town.dora, town.ana):
        await town.hears(member, "has a new time")

    await (await panel.click("Change length")).select("How long does it take?", ["3 hours"])
    await (await panel.click("Change text")).submit(title="The Old Keep", description="Bring torches.")
    await (await panel.click("Leader")).select("Who leads this raid?", [town.ben])
    await town.stands("The Old Keep", "Bring torches.", "3 hours", "Led by Ben")
    await town.hears(town.ben, "You lead", f"/raid {town.code}")
    assert "The Old Keep" in (await town.ask(town.ben, "raid", code=town.code)).text()
    assert "You may not" in (await town.ask(town.cleo, "raid", code=town.code)).text()


async def a_substitute_is_found(town: Town) -> None:
    assert "You gave up the seat Healer" in (await town.cleo.click(town.board, "Leave")).text()
    panel = await town.panel()
    await panel.click("Find substitute")
    await panel.select("Or ask others", [town.gus])
    assert "I ask Gus to come as Healer" in panel.text()
    await town.hears(town.gus, "Can you come", "as a substitute")

    assert "You have the seat Healer" in (await town.gus.click(town.gus.dms[-1], "I come")).text()

    await town.hears(town.lena, "comes as a substitute")
    await town.stands("Healer (1/1) FULL · Gus")


async def a_mistake_is_undone(town: Town) -> None:
    panel = await town.panel()
    await panel.click("Roster")
    await panel.select(WHO, ["Fay"])
    await panel.click("Take off the raid")
    await town.hears(town.ana, "A seat opened")
    await panel.click("Back")

    await panel.click("Undo: removed")

    assert "Undone: removed" in panel.text()
    for member in (town.fay, town.ana):
        await town.hears(member, "took their last change")
    await town.stands("Fay", "> Waiting: 1. ⭐ Ana")


async def everybody_is_reminded_and_the_raid_begins(town: Town) -> None:
    town.sandbox.advance(timedelta(hours=6, minutes=1))
    await town.hears(town.lena, "Your raid **The Old Keep**")
    assert "begins soon" not in told(town.ben)
    town.sandbox.advance(timedelta(minutes=30))
    for member in (town.ben, town.gus, town.emil, town.fay, town.dora):
        await town.hears(member, "begins soon")
    assert "begins soon" not in told(town.ana)
    town.sandbox.advance(timedelta(minutes=30))
    await town.stands("Signups are closed", "the raid has begun")
    await town.guild.until(lambda: town.thread.state.archived and not town.board.reactions)


async def who_did_not_come_is_noted(town: Town) -> None:
    town.sandbox.advance(timedelta(hours=2))
    panel = await town.panel()
    await panel.click("No-shows")
    await panel.select("Who did not come?", ["Emil", "Dora"])
    await panel.select("Who did not come?", ["Emil"])
    assert "Emil (no-show)" in panel.text()
    assert "Dora (no-show)" not in panel.text()

    own = await town.ask(town.emil, "raidinfo history")
    assert "The Old Keep" in own.text()
    assert "no-show" in own.text()
    refused = await town.ask(town.emil, "raidinfo history", member=town.dora)
    assert "You may not" in refused.text()


def file_of(answer: Answer) -> bytes:
    assert answer.message is not None
    (attachment,) = answer.message.attachments
    return attachment.content


async def files_are_taken_along(town: Town) -> None:
    calendar = file_of(await town.ask(town.ben, "raidinfo export", what="raid", code=town.code))
    (event,) = Calendar.from_ical(calendar).events
    assert event["summary"] == "The Old Keep"

    table = file_of(await town.ask(town.lena, "raidinfo export", what="roster", code=town.code))
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    assert {(row["Name"], row["Role"], row["Place"]) for row in rows} == {
        ("Ben", "Tank", "seat"),
        ("Gus", "Healer", "seat"),
        ("Emil", "Damage", "seat"),
        ("Fay", "Damage", "seat"),
        ("Dora", "Damage", "seat"),
        ("Ana", "Damage", "waiting"),
    }


async def the_raid_is_put_up_again(town: Town) -> None:
    panel = await town.panel()
    await (await panel.click("Duplicate")).submit(when="in 7 days")
    await panel.click("With its roster (5)")
    await town.new_board()
    for member in (town.ben, town.gus, town.emil, town.fay, town.dora):
        await town.hears(member, "takes place again")
    await town.stands("The Old Keep", "5/5")

    assert "You are off" in (await town.dora.click(town.dora.dms[-1], "I cannot come")).text()

    await town.stands("4/5")
    assert "Dora" not in board_text(town.board)


async def the_new_raid_is_cancelled(town: Town) -> None:
    panel = await town.panel()
    await panel.click("Cancel raid")
    assert "5 people are told" in panel.text()
    await town.stands("4/5")
    await panel.click("Yes, cancel the raid")
    for person in (town.lena, town.ben, town.gus, town.emil, town.fay):
        await town.hears(person, "is cancelled")
    await town.stands("This raid is cancelled")
    await town.guild.until(lambda: town.thread.state.archived)
    assert "is cancelled" not in told(town.dora)


async def the_audit_tells_it_all(town: Town, database: Path) -> None:
    """Everything that happened is in the audit, each once, and both log channels say so in its order."""
    town.sandbox.advance(timedelta(minutes=3))
    with closing(sqlite3.connect(database)) as connection:
        actions = [row[0] for row in connection.execute("SELECT action FROM audit ORDER BY id")]
    assert Counter(actions) == Counter(re.split(r" · |\n", HAPPENED.strip()))
    for channel, told_of in (("reports", actions), ("live", actions[1:])):
        await town.guild.until(partial(town.has_logged, channel, told_of))
