"""A server from its first setup to the end of a raid, all from Discord alone."""

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
from discord_sandbox.people import Person, PersonResponse
from tests.conftest import EITHER_INTENT, Start
from tests.db.audit.rows_in_words import rows_in_words
from tests.e2e.guild_people import GuildPeople
from tests.raid_boards import board_text, dm_text

TANK, HEALER, DAMAGE = "🛡️", "💚", "⚔️"
WHO = "Whom do you want to move or take off?"
HAPPENED = """
audit log changed · live log changed · time zone changed
template disabled · template disabled · template disabled · template disabled
template disabled · template disabled · template disabled · template enabled · template enabled · template enabled
template enabled · template enabled · template enabled
raid channel changed
reminders to creator and leader changed · reminders to participants changed
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
def people(sandbox: Sandbox) -> GuildPeople:
    """Mara's new server: members, roles and channels, without any settings of the bot."""
    guild = sandbox.add_guild("Night Owls", owner="mara")
    guild.allow_command("settings")
    for name in ("tavern", "war-table", "reports", "live"):
        guild.add_channel(name)
    raider, organiser, veteran = (guild.add_role(name) for name in ("Raider", "Organiser", "Veteran"))
    people = {name: guild.add_member(name, roles=[raider]) for name in ("ben", "cleo", "dora", "emil", "fay", "gus")}
    people["ana"] = guild.add_member("ana", roles=[raider, veteran])
    people |= {"lena": guild.add_member("lena", roles=[organiser]), "guest": guild.add_member("guest")}
    return GuildPeople(sandbox, guild, raider, organiser, veteran, {"mara": guild.owner} | people)


@EITHER_INTENT
async def test_a_servers_life(people: GuildPeople, start: Start, database: Path) -> None:
    async with start():
        await mara_sets_the_server_up(people)
        await mara_decides_who_may_do_what(people)
        await mara_has_templates_of_her_own(people)
        await lena_puts_up_a_raid(people)
        await members_sign_up_by_reaction_and_by_button(people)
        await lena_edits_the_roster(people)
    async with start():
        await signups_are_closed_early_and_reopened(people)
        await lena_changes_the_raid(people)
        await a_substitute_is_found(people)
        await a_mistake_is_undone(people)
        await everybody_is_reminded_and_the_raid_begins(people)
    async with start():
        await who_did_not_come_is_noted(people)
        await files_are_taken_along(people)
        await the_raid_is_put_up_again(people)
        await the_new_raid_is_cancelled(people)
        await the_audit_tells_it_all(people, database)


async def mara_sets_the_server_up(people: GuildPeople) -> None:
    guild = people.guild
    setup = await people.ask(people.mara, "setup")
    assert "⚠️ Raid signups: no channel yet" in setup.text()
    await setup.click("Log channels")
    await setup.select("Audit log: choose a channel", [guild.channel("reports")])
    await setup.select("Live log: choose a channel", [guild.channel("live")])
    await setup.click("Time zone")
    await (await setup.click("Another zone")).submit(zone="Berlin")
    assert "Europe/Berlin: it is" in setup.text()
    assert "⚠️ Raid signups" in setup.text()
    assert "Step 2 of 3: the games you play" in setup.text()
    await setup.select("Which games do you play?", ["Destiny 2", "Any game"])
    assert "Step 3 of 3" in setup.text()
    await setup.click("Your games")
    assert "Wizard101: " not in setup.text()

    await people.ask(people.mara, "setchannel set", what="raid", channel=guild.channel("war-table"))
    await setup.click("Check again")
    assert "✅ Raid signups: #war-table" in setup.text()
    shown = await people.ask(people.mara, "setchannel show")
    assert "Audit log: #reports" in shown.text()
    assert "Live log: #live" in shown.text()

    settings = await people.ask(people.mara, "settings")
    await settings.select("Reminders to creator and leader: off", ["Reminders to creator and leader: 1 hour before"])
    await settings.select("Reminders to participants: off", ["Reminders to participants: 30 minutes before"])
    for line in ("Time zone: Europe/Berlin", "1 hour before", "30 minutes before"):
        assert line in settings.text()
    await settings.click("Signups")
    await settings.select("Signing up", ["Signing up: by reactions and buttons"])
    await settings.select("Leader role", [people.veteran])
    assert "Leader role: @Veteran" in settings.text()
    await settings.click("Threads & messages")
    await settings.select("Discussion threads", ["Discussion threads: archived after 1 day"])
    await settings.click("Add signups to the thread: no")
    assert "Discussion threads: archived after 1 day" in settings.text()


async def mara_decides_who_may_do_what(people: GuildPeople) -> None:
    refused = await people.ask(people.lena, "create")
    assert "You may not create raids here" in refused.text()

    permissions = await people.ask(people.mara, "permissions")
    for command in ("/create", "/raid", "/raidsignup"):
        await permissions.select("What is it about?", [command])
        await permissions.select("Which roles?", [people.organiser])
    await permissions.select("What is it about?", ["Signing up: raid"])
    await permissions.select("Which roles?", [people.raider])
    assert "@Raider" in permissions.text()

    refused = await people.ask(people.lena, "settings")
    assert "You may not change this server’s settings here" in refused.text()


async def mara_has_templates_of_her_own(people: GuildPeople) -> None:
    async def edit(name: str) -> PersonResponse:
        return await people.ask(people.mara, "templates edit", template=name)

    form = await people.ask(people.mara, "templates create")
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

    offered = await people.lena.autocomplete(
        people.guild.channel("tavern"), "create", {"activity": "d"}, focused="activity"
    )
    names = [choice.name for choice in offered]
    assert "Small Dungeon" in names
    assert "Five-Player Dungeon" not in names
    assert "Destiny 2 Raid" not in names


async def lena_puts_up_a_raid(people: GuildPeople) -> None:
    preview = await people.ask(people.lena, "create", activity="Night Watch", when="in 6 hours", length="1.5")
    assert "“in 6 hours” is" in preview.text()
    assert "in Berlin · for you: " in preview.text()
    assert "#war-table" in preview.text()
    assert people.guild.messages(people.guild.channel("war-table")) == []

    await preview.click("Confirm")

    await people.new_board()
    assert "Posted in #war-table" in preview.text()
    await people.until_board_has("Night Watch", "1 h 30", "by Lena", "0/5")
    await people.guild.until(lambda: people.board.id in people.guild.facts.threads)
    await people.guild.until(lambda: any("belong here" in one.content for one in people.thread.messages.values()))


async def members_sign_up_by_reaction_and_by_button(people: GuildPeople) -> None:
    ana, ben, board = people.ana, people.ben, people.board
    await ana.react(board, TANK)
    await people.until_board_has("Tank 1/1: ⭐ Ana")
    await people.guild.until(lambda: ana.id in people.thread.state.members)
    assert "number 1 in line" in (await ben.click(board, "Tank")).text()
    assert "You have the seat Healer" in (await people.cleo.click(board, "Healer")).text()
    await people.dora.react(board, DAMAGE)

    assert "you need the role" in (await people.guest.click(board, "Damage")).text()
    await people.guest.react(board, DAMAGE)
    await people.until_received(people.guest, "you need the role")
    await people.until_board_has("⏳ Ben", "3/5 · 1 waiting")

    await ana.unreact(board, TANK)
    await people.until_received(ben, "A seat opened: you are now")
    await people.until_board_has("Tank 1/1: Ben")
    assert "You have the seat Damage" in (await ana.click(board, "Damage")).text()
    mine = await people.ask(ben, "mysignups")
    assert "Night Watch" in mine.text()


async def lena_edits_the_roster(people: GuildPeople) -> None:
    async def edit(what: str, member: Person, **options: object) -> str:
        return (await people.ask(people.lena, f"raidsignup {what}", raid=people.code, member=member, **options)).text()

    assert "Emil has the seat Damage" in await edit("assign", people.emil, role="damage")
    assert "has all its 3 seats taken" in await edit("assign", people.fay, role="damage")
    assert "over capacity" in await edit("assign", people.fay, role="damage", force=True)
    await people.until_board_has("4/3 ⚠️")
    assert "Dora is off" in await edit("remove", people.dora)
    await people.until_received(people.dora, f"<@{people.lena.id}> took you off")
    assert "number 1" in await edit("waitlist", people.dora, role="damage")
    assert "Dora was first in line" in await edit("waitlist", people.ana, role="damage")
    await people.until_received(people.ana, f"<@{people.lena.id}> put you in line")
    await people.until_received(people.dora, "A seat opened")
    assert "Left" in await edit("side", people.emil, side="Left")
    await people.until_board_has("Damage 3/3", "⏳ ⭐ Ana", "Left", "5/5")


async def signups_are_closed_early_and_reopened(people: GuildPeople) -> None:
    panel = await people.panel()
    await panel.click("Close signups")
    await people.until_board_has("Signups closed by a raid leader")
    await people.guild.until(lambda: people.thread.state.archived and len(people.board.reactions) == 3)

    await panel.click("Reopen signups")
    await people.guild.until(lambda: not people.thread.state.archived and len(people.board.reactions) == 3)
    await people.guild.until(lambda: "Signups closed" not in people.board_text)


async def lena_changes_the_raid(people: GuildPeople) -> None:
    panel = await people.panel()
    await (await panel.click("Change time")).submit(when="in 7 hours")
    assert "6 people are notified" in panel.text()
    for member in (people.ben, people.cleo, people.emil, people.fay, people.dora, people.ana):
        await people.until_received(member, "has a new time")

    await (await panel.click("Change length")).submit(length="3 hours")
    await (await panel.click("Change text")).submit(title="The Old Keep", description="Bring torches.")
    await (await panel.click("Leader")).select("Who leads this raid?", [people.ben])
    await people.until_board_has("The Old Keep", "Bring torches.", " · 3 h · ", "led by Ben")
    await people.until_received(people.ben, "You lead", f"/raid {people.code}")
    assert "The Old Keep" in (await people.ask(people.ben, "raid", code=people.code)).text()
    assert "You may not" in (await people.ask(people.cleo, "raid", code=people.code)).text()


async def a_substitute_is_found(people: GuildPeople) -> None:
    assert "You left Healer" in (await people.cleo.click(people.board, "Leave")).text()
    panel = await people.panel()
    await panel.click("Find substitute")
    await panel.select("Or ask others", [people.gus])
    assert "I ask Gus to come as Healer" in panel.text()
    await people.until_received(people.gus, "Can you come", "as a substitute")

    assert "You have the seat Healer" in (await people.gus.click(people.gus.dms[-1], "I come")).text()

    await people.until_received(people.lena, "is in as a substitute")
    await people.until_board_has("Healer 1/1: Gus")


async def a_mistake_is_undone(people: GuildPeople) -> None:
    panel = await people.panel()
    await panel.click("Roster")
    await panel.select(WHO, ["Fay"])
    await panel.click("Take off the raid")
    await people.until_received(people.ana, "A seat opened")
    await panel.click("Back")

    await panel.click("Undo: removed")

    assert "Undone: removed" in panel.text()
    for member in (people.fay, people.ana):
        await people.until_received(member, "undid the last change")
    await people.until_board_has("Fay", "⏳ ⭐ Ana")


async def everybody_is_reminded_and_the_raid_begins(people: GuildPeople) -> None:
    people.sandbox.advance(timedelta(hours=6, minutes=1))
    await people.until_received(people.lena, "You created it.")
    await people.until_received(people.ben, "You lead it.")
    assert "starts <t:" not in dm_text(people.gus)
    people.sandbox.advance(timedelta(minutes=30))
    await people.until_received(people.ben, "Your role")
    for member in (people.gus, people.emil, people.fay, people.dora):
        await people.until_received(member, "starts <t:")
    assert "starts <t:" not in dm_text(people.ana)
    people.sandbox.advance(timedelta(minutes=30))
    await people.until_board_has("Signups closed", "the raid has started")
    await people.guild.until(lambda: people.thread.state.archived and not people.board.reactions)


async def who_did_not_come_is_noted(people: GuildPeople) -> None:
    people.sandbox.advance(timedelta(hours=2))
    panel = await people.panel()
    await panel.click("Attendance")
    await panel.select("Who did not come?", ["Emil", "Dora"])
    await panel.select("Who did not come?", ["Emil"])
    assert "No-show: 1 · Emil" in panel.text()

    own = await people.ask(people.emil, "raidinfo history")
    assert "The Old Keep" in own.text()
    assert "no-show" in own.text()
    refused = await people.ask(people.emil, "raidinfo history", member=people.dora)
    assert "You may not" in refused.text()


def file_of(answer: PersonResponse) -> bytes:
    assert answer.message is not None
    (attachment,) = answer.message.attachments
    return attachment.content


async def files_are_taken_along(people: GuildPeople) -> None:
    calendar = file_of(await people.ask(people.ben, "raidinfo export", what="raid", code=people.code))
    (event,) = Calendar.from_ical(calendar).events
    assert event["summary"] == "The Old Keep"

    table = file_of(await people.ask(people.lena, "raidinfo export", what="roster", code=people.code))
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    assert {(row["Name"], row["Role"], row["Place"]) for row in rows} == {
        ("Ben", "Tank", "seat"),
        ("Gus", "Healer", "seat"),
        ("Emil", "Damage", "seat"),
        ("Fay", "Damage", "seat"),
        ("Dora", "Damage", "seat"),
        ("Ana", "Damage", "waiting"),
    }


async def the_raid_is_put_up_again(people: GuildPeople) -> None:
    panel = await people.panel()
    await (await panel.click("Duplicate")).submit(when="in 7 days")
    await panel.click("With its roster (5)")
    await people.new_board()
    for member in (people.ben, people.gus, people.emil, people.fay, people.dora):
        await people.until_received(member, "takes place again")
    await people.until_board_has("The Old Keep", "5/5")

    assert "You left" in (await people.dora.click(people.dora.dms[-1], "I cannot come")).text()

    await people.until_board_has("4/5")
    assert "Dora" not in board_text(people.board)


async def the_new_raid_is_cancelled(people: GuildPeople) -> None:
    panel = await people.panel()
    form = await panel.click("Cancel raid")
    assert "4 people will be notified" in form.text()
    await people.until_board_has("4/5")
    await form.submit(note="Servers are *down*")
    for person in (people.ben, people.gus, people.emil, people.fay):
        await people.until_received(person, f"<@{people.lena.id}> cancelled", r"“Servers are \*down\*”")
    await people.until_board_has("Cancelled by Lena", r": Servers are \*down\*")
    await people.guild.until(lambda: people.thread.state.archived)
    assert "> cancelled" not in dm_text(people.dora)


async def the_audit_tells_it_all(people: GuildPeople, database: Path) -> None:
    """Assert that the audit has everything that happened, and that both log channels show it in its order."""
    people.sandbox.advance(timedelta(minutes=3))
    with closing(sqlite3.connect(database)) as connection:
        actions = [row.action for row in rows_in_words(connection)]
    assert Counter(actions) == Counter(re.split(r" · |\n", HAPPENED.strip()))
    for channel, told_of in (("reports", actions), ("live", actions[1:])):
        await people.guild.until(partial(people.has_logged, channel, told_of))
