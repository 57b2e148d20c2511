"""Post a raid of a series now: the next one before its time, or an extra one besides. Asks first."""

from datetime import UTC, datetime

from raidbot.commands.recurring import views
from raidbot.commands.recurring.context import LABELS, SeriesContext
from raidbot.commands.ui import permissions
from raidbot.commands.ui.components import BLUE, GREEN, GREY
from raidbot.commands.ui.forms import Field
from raidbot.commands.ui.panel_context import Action
from raidbot.commands.ui.router import UnknownPanel, number_of
from raidbot.raids.labels import channel_mention, coded
from raidbot.raids.model import Raid
from raidbot.raids.permissions import Permission, check_may_post
from raidbot.raids.schedules.refusals import MAX_CHARACTERS
from raidbot.raids.times.parse import parse_time
from raidbot.utils.words import Instant, WallClock, render, say

_LAST_SECOND = 4102444800  # 2100-01-01T00:00:00Z


async def ask(context: SeriesContext) -> None:
    """Ask whether to post the next raid or an extra one."""
    view, make = await context.view(), context.controls
    following = next((one for one in view.dates.raids if one.occurrence.id not in view.posted), None)
    extra = make.button("An extra one", "ask-extra", BLUE)
    name = context.series.name
    if following is None:
        await context.page(render(say("**{series}** has no next raid to post.", series=name)), (extra, context.back))
        return
    label = f"Next: {views.date_label(following)}"
    await context.page(
        render(say("Which raid of **{series}** do you want to post now?", series=name)),
        (make.button(label, "post", GREEN, following.occurrence.id), extra, context.back),
    )


async def _post(context: SeriesContext) -> None:
    """Post an occurrence now; the clock does not post it again."""
    id_ = context.date(context.part(0))
    await _check(context)
    cause = permissions.cause_of(context.interaction)
    await _tell(context, await context.poster.post_now(context.series.id, id_, cause))


async def _ask_extra(context: SeriesContext) -> None:
    hint = f"sunday 8pm ({context.series.schedule.zone})"
    field = Field("extra", LABELS["extra"], "", hint, max_length=MAX_CHARACTERS)
    await context.ask("extra", "An extra raid", field)


async def _extra(context: SeriesContext) -> None:
    """Show how the typed time was understood; nothing is posted yet."""
    said, schedule = context.press.fields["extra"], context.series.schedule
    when = parse_time(said, zone=schedule.place, now=context.state.now(), locale=context.locale)
    at = WallClock(when.instant.astimezone(schedule.place), schedule.zone)
    question = say(
        "Post an extra raid of **{series}** for {at}, for you {instant}? The planned dates stay.",
        series=context.series.name,
        at=at,
        instant=Instant(when.instant),
    )
    seconds = int(when.instant.timestamp())
    await context.page(
        "\n".join((render(question), *(f"-# {assumption}" for assumption in when.assumptions))),
        (
            context.controls.button("Yes, post it", "extra-go", GREEN, seconds),
            context.controls.button("Another time", "ask-extra", GREY),
            context.back,
        ),
    )


async def _extra_go(context: SeriesContext) -> None:
    seconds = number_of(context.part(0))
    if seconds > _LAST_SECOND:
        raise UnknownPanel
    await _check(context)
    cause = permissions.cause_of(context.interaction)
    starts_at = datetime.fromtimestamp(seconds, UTC)
    await _tell(context, await context.poster.post_extra(context.series.id, starts_at, cause))


async def _check(context: SeriesContext) -> None:
    check_may_post(permissions.asker_of(context.interaction), await permissions.grants_of(context.interaction))


async def _tell(context: SeriesContext, raid: Raid) -> None:
    where = channel_mention(raid.channel)
    await context.home(render(say("{raid} is being posted in {channel}.", raid=coded(raid), channel=where)))
    await context.home((await context.post_waiter.outcome(raid, where.text)).line)


_TRIGGER, _ALSO = (Permission.RECURRING_TRIGGER,), (Permission.CREATE,)
ACTIONS = {
    "ask-trigger": Action(_TRIGGER, ask, also=_ALSO),
    "post": Action(_TRIGGER, _post, also=_ALSO),
    "ask-extra": Action(_TRIGGER, _ask_extra, also=_ALSO),
    "extra": Action(_TRIGGER, _extra, again="ask-extra", also=_ALSO),
    "extra-go": Action(_TRIGGER, _extra_go, also=_ALSO),
}
