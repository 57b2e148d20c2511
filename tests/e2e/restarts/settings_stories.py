"""Every action on the panels of /settings, /setup, /setchannel and /permissions. See `panel_stories`."""

from raidbot.raids.model import GuildId
from raidbot.raids.settings import SignupStyle
from tests.e2e.restarts.story_runner import Steps, Story, StoryContext


async def settings(on: StoryContext) -> Steps:
    leaders = on.guild.add_role("leaders")
    panel = await on.ask("settings")
    for name, choice in (
        ("Reminder to the creator", "1 hour before"),
        ("Reminder to participants", "off"),
        ("Full raids close", "2 hours before"),
    ):
        yield
        await panel.select(name, [f"{name}: {choice}"])
    yield
    form = await panel.click("Time zone")
    yield
    await form.submit(zone="Europe/Berlin")
    yield
    await panel.click("More settings")
    for name, choice in (
        ("Discussion threads", "archived after 3 days"),
        ("The audit is kept", "for 365 days"),
        ("Signing up", "by reactions and buttons"),
    ):
        yield
        await panel.select(name, [f"{name}: {choice}"])
    yield
    await panel.select("Leader role", [leaders])
    assert await _leader_role(on) == leaders.id
    yield
    await panel.click("No leader role")
    assert await _leader_role(on) is None
    yield
    await panel.click("Members in threads")
    yield
    await panel.click("Refusals in threads")
    yield
    await panel.click("Back")
    now = await on.running.state.settings(GuildId(on.guild.id))
    assert (now.zone, now.creator_reminder_minutes, now.participant_reminders) == ("Europe/Berlin", 60, False)
    assert (now.full_close_minutes, now.threads, now.thread_archive_minutes) == (120, True, 4320)
    assert (now.audit_days, now.signup_style, now.refusal_notices_in_thread) == (365, SignupStyle.BOTH, True)
    assert now.thread_members


async def _leader_role(on: StoryContext) -> int | None:
    return (await on.running.state.settings(GuildId(on.guild.id))).leader_role


async def setup(on: StoryContext) -> Steps:
    museum, log = on.guild.add_channel("quiet-hall"), on.guild.add_channel("bot-log")
    panel = await on.ask("setup")
    yield
    await panel.select("Museum signups: choose a channel", [museum])
    yield
    form = await panel.click("Time zone")
    yield
    await form.submit(zone="Europe/London")
    yield
    await panel.click("Log channels")
    yield
    await panel.select("Audit log: choose a channel", [log])
    yield
    await panel.click("Check again")
    assert "#bot-log" in panel.text()
    yield
    await panel.click("Your games")
    yield
    await panel.select("Which games do you play?", ["Destiny 2"])
    assert "Dragonspyre" not in panel.text()
    now = await on.running.state.settings(GuildId(on.guild.id))
    assert (now.zone, now.audit_channel, list(now.channels.values())) == ("Europe/London", log.id, [museum.id])


async def set_channel(on: StoryContext) -> Steps:
    hall = on.guild.add_channel("quiet-hall")
    await on.ask("setchannel set", what="key", channel=hall)
    yield
    assert "Key boss signups: #quiet-hall" in (await on.ask("setchannel show")).text()
    yield
    assert "The choice is taken back" in (await on.ask("setchannel clear", what="key")).text()


async def permissions(on: StoryContext) -> Steps:
    helpers = on.guild.add_role("helpers")
    panel = await on.ask("permissions")
    yield
    await panel.select("What is it about?", ["/raid"])
    yield
    await panel.select("All of it, or one action?", ["Close a raid’s signups"])
    yield
    await panel.select("Which roles?", [helpers])
    assert "@helpers" in panel.text()
    grants = (await on.running.state.settings(GuildId(on.guild.id))).grants
    assert grants.of("raid.close") == {helpers.id}


STORIES: dict[str, Story] = {story.__name__: story for story in (settings, setup, set_channel, permissions)}
