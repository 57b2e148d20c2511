"""Import from the Node.js bot: its boards are redrawn in place and keep working."""

import asyncio
from datetime import timedelta

import pytest

from raidbot.cli import main
from raidbot.raids.model import CloseReason, Status
from tests.conftest import Start
from tests.e2e import database_facts
from tests.e2e.importer.migrated_guild import MigratedGuild, old_roster, roster
from tests.ops.importer.legacy.boards import add_reaction
from tests.ops.importer.legacy.model import MYTH_VANGUARD, VANGUARD, OldRaid, OldRole, OldTemplate
from tests.raid_boards import board_text, dm_text, reaction_count


def voracious(place: MigratedGuild) -> OldRaid:
    """Post a raid: Alice and Dora have seats by reaction, Bob one from a manager; Cem and Dora wait for Alice's."""
    base = [
        OldRole(name=name, emoji=f"{n}\ufe0f\u20e3", group=VANGUARD, icon="<:Storm:1430690317421776957>")
        for n, name in enumerate(("Storm 1", "Storm 2", "Storm 3", "Jade"), 1)
    ]
    base += [OldRole(name=f"Gate {n - 4}", emoji=f"{n}\ufe0f\u20e3", group="Gates") for n in range(5, 10)]
    template = OldTemplate(
        id="raid-0",
        slug="dragonspyre",
        name="The Voracious Void Raid",
        description="Plays triple storm.",
        roles=base,
    )
    roles = [OldRole(name=name, emoji=emoji, icon=icon, group=VANGUARD) for emoji, icon, name in MYTH_VANGUARD]
    roles += [OldRole(name=role.name, emoji=role.emoji, group=role.group) for role in base[4:]]
    raid = place.raid("VVR234", "raid", roles)
    raid.template, raid.strategy, raid.length = template, "2 myth 1 storm", "1.5"
    roles[0].users, roles[0].waiting = place.ids("alice"), place.ids("cem", "dora")
    roles[1].users, roles[2].users = place.ids("bob"), place.ids("dora")
    place.put_up(raid, ("alice", "1️⃣"), ("cem", "1️⃣"), ("dora", "1️⃣"), ("dora", "3️⃣"))
    return raid


def museum(place: MigratedGuild) -> OldRaid:
    """Post a museum: two seats, both taken; Gil waits. It begins soon, so its reminders were sent already."""
    role = OldRole(name="Museum", emoji="✅", slots=2, users=place.ids("fay", "eve"), waiting=place.ids("gil"))
    raid = place.raid("MUS234", "museum", [role], starts_in=timedelta(minutes=8))
    raid.creator_reminded = raid.participants_reminded = True
    place.put_up(raid, ("gil", "✅"), ("eve", "✅"), ("fay", "✅"))
    return raid


def key_boss(place: MigratedGuild) -> OldRaid:
    """Post three teams, the last one empty, under a four-character code. Hal’s refused reaction stays on the second."""
    teams = [OldRole(name=f"Team {n}", emoji=f"{n}\ufe0f\u20e3", slots=4) for n in (1, 2, 3)]
    teams[0].users, teams[1].users = place.ids("hal", "alice"), place.ids("bob")
    raid = place.raid("K7QX", "key", teams)
    raid.subject, raid.counts = "Kraken", False
    place.put_up(raid, ("hal", "1️⃣"), ("hal", "2️⃣"), ("alice", "1️⃣"), ("bob", "2️⃣"))
    return raid


def closed_challenge(place: MigratedGuild) -> OldRaid:
    roles = [OldRole(name="Team 1", emoji="1️⃣", slots=4, users=place.ids("dora", "cem"))]
    raid = place.raid("CHA234", "challenge", roles, starts_in=timedelta(hours=20))
    raid.closed_at, raid.closed_by, raid.closed_reason = place.at(timedelta(hours=-1)), place.id("eve"), "manual"
    place.put_up(raid)
    return raid


async def test_boards_are_redrawn_once_and_nobody_is_moved(
    place: MigratedGuild, start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    leads = place.guild.add_role("Raid Leader")
    await place.guild.give_role(place.people["alice"], leads)
    place.bot.guilds[0].leader_role = leads.id
    raids = [voracious(place), museum(place), key_boss(place), closed_challenge(place)]
    await place.run_import(capsys)

    async with start() as bot:
        await place.settled(bot)
        redrawn = [place.redrawn(board) for board in place.boards.values()]
        asked = {code: place.calls_about(board).total() for code, board in place.boards.items()}
        await place.read_in_full(bot)

    assert place.calls_about(place.boards["VVR234"]).total() > 1
    assert redrawn == [1, 1, 1, 1]
    # One call counts all boards. Bob has no reaction and Hal one too many: a list is read, and counted again. The
    # museum changed last, so it is read in full, super reactions too. A closed board lacks its reaction.
    assert asked == {"VVR234": 2, "MUS234": 3, "K7QX": 2, "CHA234": 1}
    assert [roster(place.now(raid.code)) for raid in raids] == [old_roster(raid) for raid in raids]
    assert place.all_dms() == ""
    text = board_text(place.boards["VVR234"])
    assert "The Voracious Void Raid" in text
    assert "Plays 2 myth 1 storm." in text
    assert "Myth 1" in text
    assert all(name in text for name in ("⭐ Alice", "Bob", "Cem", "Dora"))
    assert "Team 3" in board_text(place.boards["K7QX"])
    assert "Signups closed" in board_text(place.boards["CHA234"])
    closed = place.now("CHA234")
    assert (closed.status, closed.closed_by, closed.closed_reason) == (
        Status.CLOSED,
        place.id("eve"),
        CloseReason.MANUAL,
    )


async def test_reactions_and_leavings_count_from_the_first_second(
    place: MigratedGuild, start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    voracious(place), museum(place), key_boss(place)
    await place.run_import(capsys)

    async with start() as bot:
        await place.people["alice"].unreact(place.boards["VVR234"], "1️⃣")
        await place.people["hal"].react(place.boards["MUS234"], "✅")
        await place.people["eve"].unreact(place.boards["MUS234"], "✅")
        await place.people["bob"].react(place.boards["K7QX"], "3️⃣")
        await place.guild.until(lambda: "A seat opened" in dm_text(place.people["cem"]))
        await place.guild.until(lambda: "number 2 in line" in dm_text(place.people["hal"]))
        await place.guild.until(lambda: "A seat opened" in dm_text(place.people["gil"]))
        await place.guild.until(lambda: reaction_count(place.boards["K7QX"], "2️⃣") == 2)
        await place.settled(bot)

    assert roster(place.now("VVR234"))[:3] == [
        (place.ids("cem"), place.ids("dora")),
        (place.ids("bob"), []),
        (place.ids("dora"), []),
    ]
    assert roster(place.now("MUS234")) == [(place.ids("fay", "gil"), place.ids("hal"))]
    assert roster(place.now("K7QX")) == [(place.ids("hal", "alice"), []), ([], []), (place.ids("bob"), [])]
    assert dm_text(place.people["fay"]) == ""


async def test_what_happened_while_no_bot_ran_is_made_up_for(
    place: MigratedGuild, start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    raid = voracious(place)
    await place.run_import(capsys)
    add_reaction(place.guild, place.boards["VVR234"], "5️⃣", place.people["fay"])
    await place.people["dora"].unreact(place.boards["VVR234"], "3️⃣")

    async with start() as bot:
        await place.guild.until(lambda: "Fay" in board_text(place.boards["VVR234"]))
        await place.read_in_full(bot)

    expected = old_roster(raid)
    expected[4] = (place.ids("fay"), [])
    assert roster(place.now("VVR234")) == expected  # a manager may have seated Dora: she keeps her seat

    await place.people["alice"].unreact(place.boards["VVR234"], "1️⃣")  # the bot has read her reaction by now
    async with start():
        await place.guild.until(lambda: "A seat opened" in dm_text(place.people["cem"]))


async def test_what_was_sent_is_not_sent_again_and_what_was_not_is(
    place: MigratedGuild, start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    museum(place)
    soon = place.raid(
        "SNA234",
        "museum",
        [OldRole(name="Museum", emoji="✅", slots=12, users=place.ids("alice"))],
        starts_in=timedelta(minutes=9),
    )
    place.put_up(soon, ("alice", "✅"))
    over = place.raid(
        "VER234",
        "raid",
        [OldRole(name="Tank", emoji="1️⃣", users=place.ids("bob")), OldRole(name="Healer", emoji="2️⃣")],
        starts_in=timedelta(days=-2),
    )
    over.template = OldTemplate(id="custom-1", slug="duel", name="Duel", roles=over.roles)
    place.put_up(over, ("bob", "1️⃣"))
    await place.run_import(capsys)

    async with start() as bot:
        await place.guild.until(lambda: "starts <t:" in dm_text(place.people["alice"]))
        await place.guild.until(lambda: "You lead it." in dm_text(place.guild.owner))
        await place.guild.until(lambda: "Signups closed" in board_text(place.boards["VER234"]))
        await place.settled(bot)

    assert dm_text(place.people["alice"]).count("starts <t:") == 1
    assert dm_text(place.guild.owner).count("You lead it.") == 1
    assert "SNA234" in dm_text(place.guild.owner)
    assert [dm_text(place.people[name]) for name in ("eve", "fay", "gil", "bob")] == [""] * 4
    assert place.now("VER234").closed_reason is CloseReason.AT_START


async def test_no_thread_is_opened_or_written_to(
    place: MigratedGuild, start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    place.bot.guilds[0].threads = True
    with_thread, without = voracious(place), museum(place)
    with_thread.thread = 1234567890123456789
    with_thread.created_at = without.created_at = place.at(timedelta(minutes=-5))
    await place.run_import(capsys)

    async with start() as bot:
        await place.settled(bot)
        await bot.delivery.posting.idle()

    written = [call for call in place.sandbox.calls if call.method == "POST" and "channels" in call.route]
    assert written == []
    assert place.now("VVR234").thread == 1234567890123456789


async def test_commands_know_what_moved_in(
    place: MigratedGuild, start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    voracious(place), key_boss(place), closed_challenge(place)
    await place.run_import(capsys)
    channel = place.guild.channel("raid-signups")

    async with start():
        panel = await place.guild.owner.slash(channel, "raid", code=" k7qx ")
        closed = await place.guild.owner.slash(channel, "raid", code="CHA234")
        mine = await place.people["dora"].slash(channel, "mysignups")
        settings = await place.guild.owner.slash(channel, "settings")

    assert "Gold Key Boss — Kraken" in panel.text()
    assert "Signups: 🔒 closed" in closed.text()
    assert all(words in mine.text() for words in ("The Voracious Void Raid", "Storm 1, number 2 in line for Myth 1"))
    assert "Europe/Berlin" in settings.text()


async def test_it_may_be_run_again_after_the_bot_has_worked(
    place: MigratedGuild, start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    voracious(place)
    await place.run_import(capsys)
    async with start() as bot:
        await place.people["alice"].unreact(place.boards["VVR234"], "1️⃣")
        await place.guild.until(lambda: "A seat opened" in dm_text(place.people["cem"]))
        await place.settled(bot)
    before = database_facts.read(place.new)

    code = await asyncio.to_thread(main, ["import", str(place.old)])

    assert code == 0
    assert database_facts.read(place.new) == before
