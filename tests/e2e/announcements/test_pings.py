"""Announcements notify exactly whom they name, say so where they cannot, and show what people wrote literally."""

import re
from datetime import timedelta

from discord_sandbox import Sandbox, SandboxGuild, guilds
from discord_sandbox.permissions import named
from raidbot.raids.announcements.model import Owner, OwnerKind, Ping
from tests.conftest import Start
from tests.e2e.announcements.scene import add, announced, audited, before, move_to, posted_raid, told
from tests.e2e.announcements.test_role_with_post import HOSTILE, post_mentioning

MINUTE = timedelta(minutes=1)


async def test_only_the_chosen_role_is_notified_whatever_the_texts_say(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    chosen, other = (guild.add_role(name, mentionable=True) for name in ("Chosen", "Other"))
    ann = guild.add_member("ann", nick="@everyone [x](https://evil.example)")
    hostile = f"<@&{other.id}> <@{ann.id}> {HOSTILE}"
    loud = before(10, f"{hostile} {{title}} {{leader}}", ping=Ping.ROLE, role=chosen.id)
    async with start() as bot:
        raid = await posted_raid(bot, guild, loud)
        panel = await guild.owner.slash(guild.channel("raid-signups"), "raid", code=raid.code)
        await (await panel.click("Change text")).submit(title=hostile[:100], description=hostile)
        await panel.click("Leader")
        await panel.select("Who leads this raid?", [ann])
        move_to(sandbox, raid.starts_at - 10 * MINUTE)
        (message,) = await guild.until(lambda: announced(guild))

    assert (message.mention_roles, message.mentions, message.mention_everyone) == ([chosen.id], [], False)
    sent = next(
        call.request
        for call in sandbox.calls
        if call.method == "POST" and call.response and call.response.get("id") == str(message.id)
    )
    assert sent["allowed_mentions"] == {"parse": [], "roles": [chosen.id], "users": []}
    first, text = message.content.split("\n")
    assert first == f"<@&{chosen.id}>"
    assert re.search(r"(?<!\\)[<@`\[(]", text) is None  # all that could mean something is escaped


async def test_a_mention_that_notifies_nobody_is_told(sandbox: Sandbox, guild: SandboxGuild, start: Start) -> None:
    quiet, channel = guild.add_role("Quiet"), guild.channel("raid-signups")
    guild.deny(channel, "mention_everyone")
    async with start() as bot:
        await post_mentioning(bot, guild, quiet)
        assert "mention notified nobody" in [title for title, _ in await audited(bot)]
        raid = await posted_raid(bot, guild, before(10, "Go", ping=Ping.ROLE, role=quiet.id))
        move_to(sandbox, raid.starts_at - 10 * MINUTE)
        (message,) = await guild.until(lambda: [one for one in announced(guild) if "Go" in one.content])

        assert message.mention_roles == []
        said = await told(bot, "mention notified nobody", number=2)
        assert f"<@&{quiet.id}> in <#{channel.id}>. Give me Mention Everyone there" in str(said[0])
        setup = await guild.owner.slash(channel, "setup")
        assert "notifies nobody" not in setup.text()  # somewhere else on the server it would
        guild.bot_role.permissions &= ~named("mention_everyone")
        guilds.role_changed(sandbox.world, guild.facts, guild.bot_role)
        setup = await guild.owner.slash(channel, "setup")
        assert "My mention of @Quiet notifies nobody: give me Mention Everyone" in setup.text()


async def test_equal_announcements_of_template_and_raid_are_one_post(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    first, second = (guild.add_role(name, mentionable=True) for name in ("First", "Second"))
    channel = guild.channel("raid-signups")
    async with start() as bot:
        raid = await posted_raid(bot, guild, before(10, "Go", ping=Ping.ROLE, role=first.id))
        template = Owner(OwnerKind.TEMPLATE, raid.template)
        await add(bot, guild, template, before(10, "Go", channel=channel.id, ping=Ping.ROLE, role=second.id))
        move_to(sandbox, raid.starts_at - 10 * MINUTE)
        (message,) = await guild.until(lambda: announced(guild))
        move_to(sandbox, raid.starts_at)
        await guild.until(lambda: "Signups closed" in str(guild.messages(channel)[0].embeds))

        assert announced(guild) == [message]
        assert set(message.mention_roles) == {first.id, second.id}


async def test_a_channel_that_is_gone_delays_nothing_and_is_told_once(
    sandbox: Sandbox, guild: SandboxGuild, start: Start
) -> None:
    gone = guild.add_channel("gone")
    async with start() as bot:
        raids = [await posted_raid(bot, guild, before(10, f"lost {n}", channel=gone.id)) for n in range(3)]
        await add(bot, guild, Owner.of(raids[-1]), before(9, "found"))
        await sandbox.delete_channel(gone)
        move_to(sandbox, max(raid.starts_at for raid in raids) - 9 * MINUTE)
        await guild.until(lambda: announced(guild))
        failed = await told(bot, "announcement not posted")

        assert [one.content for one in announced(guild)] == ["found"]
        assert "Discord refused it" in str(failed)
        assert await told(bot, "announcement not posted") == failed
        tried = [call for call in sandbox.calls if call.method == "POST" and str(gone.id) in call.path]
        assert len(tried) == 1  # the next one waits for a step of the backoff
