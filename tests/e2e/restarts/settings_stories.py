"""Every action on the panels of /settings, /setup, /setchannel and /permissions. See `panel_stories`."""

from discord_sandbox.people import PersonResponse
from raidbot.raids.model import GuildId
from raidbot.raids.setting_kinds import Choice, LeadTimes, RoleChoice, Switch, Typed
from raidbot.raids.settings import ON_PANEL
from raidbot.raids.settings.panel import PAGES
from tests.e2e.restarts.story_runner import Steps, Story, StoryContext


async def settings(on: StoryContext) -> Steps:
    """Change every setting on its page, and take back what can be taken back."""
    leaders = on.guild.add_role("leaders")
    panel, page = await on.ask("settings"), 1
    for field, setting in ON_PANEL:
        if page != setting.page:
            page = setting.page
            await panel.click(PAGES[page - 1])
            yield
        before = await _value(on, field)
        match setting:
            case Typed():
                form = await panel.click(setting.title)
                yield
                await form.submit(**{setting.key: "Europe/Berlin"})
            case LeadTimes():
                await panel.select(f"{setting.title}: off", [f"{setting.title}: 2 hours before"])
                yield
                form = await panel.select(f"{setting.title}: off", ["Other times…"])
                yield
                await form.submit(**{setting.key: "1 day, 90 min"})
                yield
                await _press_old(panel, f"settings:ask-{setting.key}")
            case Choice():
                now = setting.words(before)
                words = next(words for words in setting.options().values() if words != now)
                await panel.select(setting.title, [f"{setting.title}: {words}"])
                assert setting.words(await _value(on, field)) == words
            case Switch():
                await panel.click(f"{setting.title}: {setting.words(before)}")
            case RoleChoice():
                await panel.select(setting.title, [leaders])
        assert await _value(on, field) != before
        yield
        if isinstance(setting, RoleChoice):
            await _press_old(panel, f"settings:no-{setting.key}")
            assert await _value(on, field) is None
            yield
    await panel.click(PAGES[0])
    assert "[Time zone]" in panel.text()


async def _press_old(panel: PersonResponse, custom_id: str) -> None:
    """Press a button that only panels of earlier versions, or of servers with more to choose from, have."""
    assert panel.message is not None
    await panel.person.use(panel.message, {"type": 2, "custom_id": custom_id})


async def _value(on: StoryContext, field: str) -> object:
    now: object = (await on.running.state.settings(GuildId(on.guild.id))).value(field)
    return now


async def setup(on: StoryContext) -> Steps:
    museum, log = on.guild.add_channel("quiet-hall"), on.guild.add_channel("bot-log")
    panel = await on.ask("setup")
    yield
    await panel.click("Signup channels")
    yield
    await panel.select("Museum signups: choose a channel", [museum])
    yield
    await panel.click("setup:page:zone")
    yield
    form = await panel.click("Another zone")
    yield
    await form.submit(zone="Europe/London")
    yield
    await panel.click("Time zone")
    yield
    await panel.click("setup:pick-zone:America/Chicago")
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
    await _press_old(panel, "setup:games-page:0")
    yield
    await (await panel.click("Find a game")).submit(game="raid")
    yield
    await panel.select("Which games do you play?", ["Destiny 2"])
    yield
    await panel.click("Your games")
    assert "Wizard101: Dragonspyre" not in panel.text()
    yield
    await _press_old(panel, "setup:told")
    now = await on.running.state.settings(GuildId(on.guild.id))
    assert (now.zone, now.audit_channel, list(now.channels.values())) == ("America/Chicago", log.id, [museum.id])


async def set_channel(on: StoryContext) -> Steps:
    hall = on.guild.add_channel("quiet-hall")
    await on.ask("setchannel set", what="key", channel=hall)
    yield
    assert "Key boss signups: #quiet-hall" in (await on.ask("setchannel show")).text()
    yield
    assert "Channel cleared" in (await on.ask("setchannel clear", what="key")).text()


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


async def reminders(on: StoryContext) -> Steps:
    """Choose own times in each way, switch kinds of messages off and on, and go back to the server's times."""
    panel = await on.ask("reminders")
    yield
    await panel.select("My own times: none", ["2 hours before"])
    assert "Your own times: 2 hours before." in panel.text()
    yield
    form = await panel.click("Type my times")
    yield
    await form.submit(typed="1 day, 90 min")
    assert "Your own times: 1 day and 90 minutes before." in panel.text()
    yield
    await panel.select("Messages I get: none", ["Requests to substitute"])
    yield
    await panel.click("No unasked messages")
    yield
    await panel.click("No unasked messages")
    yield
    await panel.click("As the server")
    assert "As the server: 10 minutes before." in panel.text()


STORIES: dict[str, Story] = {story.__name__: story for story in (settings, setup, set_channel, permissions, reminders)}
