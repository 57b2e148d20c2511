"""Every action on the panels of /stats, /leaderboard, /calendar and /privacy. See `panel_stories`."""

from raidbot.raids.model import Attendance, CloseReason, MemberId, Status
from tests.commands.raidinfo.test_raidinfo import seat
from tests.e2e.restarts.story_runner import Steps, Story, StoryContext

_DAY = 24.0


async def statistics(on: StoryContext) -> Steps:
    await _play(on, days_ago=40, players=1)
    own = await on.ask("stats user")
    yield
    await own.click("All servers")
    yield
    await own.click("This server")
    yield
    month = await on.ask("stats monthly")
    yield
    await month.click("Month before")
    yield
    week = await on.ask("stats weekly")
    yield
    await week.click("Week before")
    assert "before" in week.text()


async def leaderboards(on: StoryContext) -> Steps:
    await _play(on, days_ago=1, players=12)
    off = await on.ask("leaderboard top")
    yield
    await off.click("Switch leaderboards on")
    yield
    listed = await on.ask("leaderboard top")
    yield
    await listed.click("Next page")
    assert "page 2 of 2" in listed.text()
    yield
    shown = await on.ask("leaderboard top", public=True)
    yield
    own = await shown.click("My place")
    assert "← you" in own.text()


async def calendars(on: StoryContext) -> Steps:
    panel = await on.ask("calendar")
    for title in ("My raids", "All raids of this server"):
        await panel.click(f"{title}: get an address")
        yield
        await panel.click(f"{title}: revoke")
        assert "You have no address" in panel.text()
        yield


async def privacy(on: StoryContext) -> Steps:
    alice = on.guild.add_member("alice")
    asked = await on.ask("privacy forget", by=alice)
    yield
    await asked.click("Keep me")
    assert "Nothing has changed" in asked.text()
    deleting = await on.ask("privacy delete-server")
    yield
    form = await deleting.click("Delete everything")
    yield
    await form.submit(name="another server")


async def form_of_a_deletion(on: StoryContext) -> Steps:
    """Open it twice; nothing is deleted for another name."""
    asked = await on.ask("privacy delete-server")
    await asked.click("Delete everything")
    yield
    form = await asked.click("Delete everything")
    yield
    await form.submit(name="another server")
    yield
    assert on.running.get_guild(on.guild.id) is not None


async def _play(on: StoryContext, *, days_ago: float, players: int) -> None:
    """Store a raid that took place, to which the owner and others came."""
    people = [on.guild.owner, *(on.guild.add_member(f"player{number}") for number in range(players - 1))]
    seats = tuple(seat(person, on.running) for person in people)
    rows = tuple(Attendance(MemberId(one.member), one.role) for one in seats)
    now = on.running.state.now()
    closed = {"status": Status.CLOSED, "closed_at": now, "closed_reason": CloseReason.AT_START, "attendance": rows}
    await on.store(hours=-_DAY * days_ago, seats=seats, **closed)


STORIES: dict[str, Story] = {story.__name__: story for story in (statistics, leaderboards, calendars, privacy)}
FORMS: dict[str, Story] = {form_of_a_deletion.__name__: form_of_a_deletion}
