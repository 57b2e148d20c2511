"""/leaderboard: off until somebody switches it on, pages, what everybody sees, roles and achievements."""

import sqlite3
from dataclasses import replace
from datetime import timedelta
from functools import partial

from discord_sandbox import Sandbox, SandboxGuild
from discord_sandbox.people import Person, PersonResponse
from raidbot.bot import RaidBot
from raidbot.db import guilds, imported
from raidbot.db.imported import Balance
from raidbot.raids.model import GuildId, MemberId, Presence, RoleKey, Seat, Source
from raidbot.raids.rosters import attendance
from raidbot.raids.settings import ON_PANEL, GuildSettings
from raidbot.state import Cause
from tests.conftest import Start
from tests.db.statistics.evenings import came, evening

AGO = timedelta(days=400)


def _switched(before: GuildSettings, *, on: bool) -> GuildSettings:
    return replace(before, leaderboards=on)


def _granting(before: GuildSettings, *, role: int) -> GuildSettings:
    return replace(before, grants=before.grants.with_roles("settings", frozenset({role})))


async def switch_on(bot: RaidBot, guild: SandboxGuild) -> None:
    await bot.state.change_settings(GuildId(guild.id), partial(_switched, on=True), Cause(Source.COMMAND))


async def ask(guild: SandboxGuild, by: Person, command: str, **options: object) -> PersonResponse:
    return await by.slash(guild.channel("raid-signups"), f"leaderboard {command}", **options)


async def test_it_is_off_until_somebody_who_may_switches_it_on(guild: SandboxGuild, start: Start) -> None:
    role = guild.add_role("Officers ](http://x)")
    alice, officer = guild.add_member("alice"), guild.add_member("officer", roles=[role])
    async with start() as bot:
        for command, options in (("top", {"public": True}), ("role", {"role": "x"}), ("achievements", {})):
            refused = await ask(guild, alice, command, **options)
            assert refused.ephemeral
            assert refused.content.startswith("Leaderboards are off on this server. Ask somebody with the **Manage")
            assert "on the last page of `/settings`" in refused.content
            assert "[Switch" not in refused.text()
        assert [setting.page for field, setting in ON_PANEL if field == "leaderboards"] == [ON_PANEL[-1][1].page]
        await bot.state.change_settings(GuildId(guild.id), partial(_granting, role=role.id), Cause(Source.COMMAND))
        assert "or the role **Officers \\]\\(http" in (await ask(guild, alice, "top")).content

        panel = await ask(guild, officer, "top", public=True)
        assert panel.ephemeral
        await panel.click("Switch leaderboards on")

        assert "Leaderboards are on now" in panel.text()
        shown = await ask(guild, alice, "top")
        assert "Nobody has come to a raid yet" in shown.text()
        await bot.state.change_settings(GuildId(guild.id), partial(_switched, on=False), Cause(Source.COMMAND))
        await shown.select("Which time?", ["Last year"])
        assert "Leaderboards are off" in shown.text()


async def test_t16_pages_ties_and_former_members_agree_and_a_public_list_stays_as_it_is(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    alice, bob, carol = (guild.add_member(name) for name in ("alice", "bob", "carol"))
    channel = guild.channel("raid-signups")
    there = {1000 + number: 20 - number for number in range(9)} | {-7: 5, -8: 5, alice.id: 5, bob.id: 1}
    named = {1000: "@everyone", 1001: "[x](http://y)", alice.id: "Alice", bob.id: "Bob"}
    async with start() as bot:
        await switch_on(bot, guild)
        await bot.state.db.write(partial(came, raids=there, guild=guild.id, at=bot.state.now() - AGO))
        await bot.state.db.write(
            lambda tx: guilds.save_names(tx, GuildId(guild.id), [(MemberId(who), name) for who, name in named.items()])
        )

        calls = len(sandbox.calls)
        first = await ask(guild, bob, "top")

        assert [call.route.split("/")[1] for call in sandbox.calls[calls:]] == ["interactions", "webhooks"]
        assert first.ephemeral
        description = first.embeds[0]["description"]
        assert description.startswith("🥇 \\@everyone · 20 raids\n🥈 \\[x\\]\\(http\\://y\\) · 19 raids\n🥉 former")
        assert description.endswith("**10.** Alice · 5 raids\n\nYou are 13th with 1 raid.")
        assert "13 members · page 1 of 2" in first.text()
        await first.click("My place")
        assert "10. former member · 5 raids\n│ 10. former member · 5 raids\n│ 13. Bob · 1 raid ← you" in first.text()
        await first.click("First page")
        await first.click("Last page")
        await first.click("Previous page")
        await first.select("Which time?", ["This month"])
        assert "Nobody came in this time" in first.text()

        public = await ask(guild, bob, "top", public=True)
        assert not public.ephemeral
        assert "Bob" not in public.text()
        assert "You are" not in public.text()
        before = public.text()
        (message,) = [one for one in guild.messages(channel) if one.embeds and "Leaderboard" in str(one.embeds)]
        for who, button, said in (
            (carol, "open", "You are not on it"),
            (alice, "open-my", "Alice · 5 raids ← you"),
            (bob, "open-my", "Bob · 1 raid ← you"),
        ):
            own = await who.use(message, {"type": 2, "custom_id": f"leaderboard:{button}:all::0"})
            assert own.ephemeral
            assert said in own.text()
            assert public.text() == before
            await own.select("Which time?", ["Last year"])
            assert public.text() == before
        await bot.state.change_settings(GuildId(guild.id), partial(_switched, on=False), Cause(Source.COMMAND))
        off = await alice.use(message, {"type": 2, "custom_id": "leaderboard:open:all::0"})
        assert off.ephemeral
        assert "Leaderboards are off" in off.text()
        assert public.text() == before


async def test_a_role_is_offered_typed_and_paged(guild: SandboxGuild, start: Start) -> None:
    alice = guild.add_member("alice")
    long_name = "*" * 95
    async with start() as bot:
        await switch_on(bot, guild)
        at = bot.state.now() - timedelta(days=3)
        await bot.state.db.write(partial(came, raids={1000: 3, 1001: 2}, guild=guild.id, at=at))
        await bot.state.db.write(partial(came, raids={1000: 1}, guild=guild.id, at=at, role="healer"))

        def open_balances(tx: sqlite3.Connection) -> None:
            for number in range(12):
                roles = {long_name: number + 1, "Bard:1": 1}
                imported.open_balance(
                    tx, Balance(guild=GuildId(guild.id), member=MemberId(2000 + number), raids=20, roles=roles)
                )

        await bot.state.db.write(open_balances)
        channel = guild.channel("raid-signups")
        offered = await alice.autocomplete(channel, "leaderboard role", {"role": ""}, focused="role")
        healers = await alice.autocomplete(channel, "leaderboard role", {"role": "hea"}, focused="role")

        assert [one.value for one in offered] == [long_name, "Bard:1", "Tank", "Healer"]
        assert [one.value for one in healers] == ["Healer"]
        typed = await ask(guild, alice, "role", role="TANK")
        assert "Leaderboard for Tank" in typed.text()
        assert "🥈 former member · 2 raids" in typed.text()
        assert "before the move to" not in typed.text()
        await typed.select("Which time?", ["Last 12 weeks"])
        assert "🥈 former member · 2 raids" in typed.text()
        unknown = await ask(guild, alice, "role", role="](http://x) @everyone", public=True)
        assert unknown.ephemeral
        assert "Nobody came as" in unknown.content
        assert "\\@everyone" in unknown.content
        several = await ask(guild, alice, "role", role="a")
        assert (
            several.content == "“a” may be Bard\\:1, Tank or Healer. Choose one from the list that opens as you type."
        )
        long = await ask(guild, alice, "role", role=long_name)
        await long.click("Next page")
        assert "11. former member · 2 raids" in long.text()
        assert "before the move" in long.text()


async def test_t19_achievements_are_right_after_a_correction_of_which_nobody_is_told(
    guild: SandboxGuild, start: Start
) -> None:
    alice, bob = guild.add_member("alice"), guild.add_member("bob")
    async with start() as bot:
        await switch_on(bot, guild)
        at = bot.state.now() - AGO
        await bot.state.db.write(partial(came, raids={alice.id: 9}, guild=guild.id, at=at))
        seat = Seat(MemberId(alice.id), RoleKey("tank"), 1, at, Source.REACTION)
        raid = await bot.state.db.write(
            partial(evening, presences={alice.id: Presence.NO_SHOW}, guild=guild.id, at=at, seats=(seat,))
        )
        before = await ask(guild, alice, "achievements")
        assert before.ephemeral
        assert "⭐ Regular: Come to 10 raids – 9 of 10" in before.text()
        assert "✅ Reliable: Come to 20 raids and never be a no-show – out of reach with 1 no-show" in before.text()
        assert "1 of 11 unlocked" in before.text()
        assert before.embeds[0]["color"] == 0xCD7F32
        place = (await ask(guild, alice, "top", period="all")).text()

        mark = partial(
            attendance.mark,
            presence=Presence.NO_SHOW,
            chosen=[],
            among=[MemberId(alice.id)],
            by=MemberId(guild.owner.id),
            now=bot.state.now(),
        )
        await bot.state.change(raid, mark, Cause(Source.COMMAND, MemberId(guild.owner.id)))
        owed = await bot.state.db.read(lambda connection: connection.execute("SELECT target FROM outbox").fetchall())
        after = await ask(guild, alice, "achievements")

        assert (
            "Unlocked\n│   🎮 Rookie Raider: Come to your first raid\n│   ⭐ Regular: Come to 10 raids" in after.text()
        )
        assert "✅ Reliable: Come to 20 raids and never be a no-show – 10 of 20" in after.text()
        assert "2 of 11 unlocked" in after.text()
        assert after.embeds[0]["color"] == 0xC0C0C0
        assert "9 raids" in place
        assert "10 raids" in (await ask(guild, alice, "top")).text()
        assert (owed, alice.dms) == ([], [])
        refused = await ask(guild, bob, "achievements", member=alice)
        assert "You may not see the statistics of others here" in refused.text()
        assert "Achievements of Alice" in (await ask(guild, guild.owner, "achievements", member=alice)).text()
