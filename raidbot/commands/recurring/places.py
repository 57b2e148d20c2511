"""Standing places: “me as Healer, every time”, “not this week”, and leaving. For everybody who may sign up."""

from functools import partial

from raidbot.commands.recurring import views
from raidbot.commands.recurring.context import SeriesContext
from raidbot.commands.recurring.posted import check_not_posted
from raidbot.commands.recurring.views import SeriesView
from raidbot.commands.ui import permissions
from raidbot.commands.ui.components import GREY, MAX_OPTIONS, RED, options
from raidbot.commands.ui.panel_context import Action
from raidbot.commands.ui.responses import Row
from raidbot.raids.labels import bold
from raidbot.raids.model import RoleKey
from raidbot.raids.permissions import Permission
from raidbot.raids.schedules.edits import NotPlanned
from raidbot.raids.schedules.rules import RecurrenceId
from raidbot.raids.series import rules
from raidbot.raids.series.model import RosterMode, Series, StandingPlace
from raidbot.raids.series.planning import kind_of
from raidbot.raids.series.rules import NotAPlace
from raidbot.utils.clean_text import clean_name
from raidbot.utils.text import clip
from raidbot.utils.words import Listed, Name, Text, day_in_words, lines, paragraph, render, say

EVERYBODY: tuple[Permission, ...] = ()


class NoSuchRole(NotAPlace):
    def __init__(self, text: str, roles: dict[str, str]) -> None:
        super().__init__(
            say(
                "No role “{text}” in this series. Choose one of: {roles}.",
                text=Name(clip(text, 50)),
                roles=Listed(tuple(Name(name) for name in roles.values()), ",", 1000),
            )
        )


class RoleNeededToJoin(NotAPlace):
    def __init__(self, roles: list[str]) -> None:
        super().__init__(
            say("To have a place here you need the role {roles}.", roles=Listed(tuple(map(bold, roles)), "or"))
            if roles
            else say("Nobody can sign up right now: the role needed for it was deleted.")
        )


async def place(context: SeriesContext, text: str = "") -> None:
    """Show the member's own place, with menus to change it."""
    view, member = await context.view(), context.asker
    held, make = view.series.standing_of(member), context.controls
    roles = view.roles
    rows: list[Row] = []
    if roles:
        named = [(key, clean_name(name, 100)) for key, name in list(roles.items())[:MAX_OPTIONS]]
        hint = "Come every time as …" if held is None else "Change my role"
        rows.append((make.select(hint, "join", options(named, held and held.role)),))
    if held is not None and views.next_dates(view):
        rows.append((views.date_select(view, make, "Not on this date", "away"),))
    last = [context.back]
    if held is not None:
        last.append(make.button("Leave", "leave", RED))
        last += [
            make.button(f"Come on {id_.day.day} {id_.day:%b}", "back-on", GREY, id_) for id_ in _away(view, held)[:3]
        ]
    rows.append(tuple(last))
    await context.page("\n".join(part for part in (text, render(_described(view, held, roles))) if part), *rows)


def _described(view: SeriesView, held: StandingPlace | None, roles: dict[str, str]) -> Text:
    if held is None:
        return say("You have no standing place in {series}.", series=bold(view.series.name))
    role = bold(roles.get(held.role, held.role))
    away = [day_in_words(id_.day) for id_ in _away(view, held)]
    return lines(
        say("You come to {series} every time, as {role}.", series=bold(view.series.name), role=role),
        say("Not on {dates}.", dates=Listed(tuple(away), "and")) if away else None,
        say("This series starts with an empty roster now, so places rest.")
        if view.series.roster is RosterMode.EMPTY
        else None,
    )


def _away(view: SeriesView, held: StandingPlace) -> list[RecurrenceId]:
    """Return the dates ahead on which the place rests, soonest first."""
    ahead = {one.occurrence.id for one in views.next_dates(view)}
    return sorted(id_ for id_ in held.not_on if id_ in ahead)


async def join(context: SeriesContext, text: str) -> None:
    """Give the member a place in a role with this key or name. Raises NotAPlace."""
    view = await context.view()
    roles = view.roles
    wanted = " ".join(text.split()).casefold()
    key = next((key for key, name in roles.items() if wanted in (key.casefold(), name.casefold())), None)
    if key is None:
        raise NoSuchRole(text, roles)
    await _check_gate(context, view.series)
    name = clean_name(context.interaction.user.display_name)
    await context.state.learn_names(context.guild, {context.asker: name})
    rule = partial(rules.join, member=context.asker, role=RoleKey(key), now=context.state.now())
    await place(await context.change(rule))


async def _check_gate(context: SeriesContext, series: Series) -> None:
    """Check the role that signing up needs, as for a raid. Raises RoleNeededToJoin."""
    settings = await context.state.settings(context.guild)
    asker, guild = permissions.asker_of(context.interaction), permissions.guild_of(context.interaction)
    for kind in {kind_of(turn) for turn in series.rotation}:
        needed = settings.signup_roles_for(kind)
        if needed and not needed & (asker.roles | {guild.id}):
            raise RoleNeededToJoin(permissions.role_names(guild, needed))


async def leave(context: SeriesContext) -> None:
    """End the member's place. Raises NotAPlace."""
    after = await context.change(partial(rules.leave, member=context.asker))
    await place(after, render(say("Your place ended. Raids that are posted already keep you: use `/mysignups`.")))


async def stay_away(context: SeriesContext, id_: RecurrenceId, *, away: bool = True) -> None:
    """Let the member's place rest on a date, or no longer. Raises NotAPlace or PostedAlready."""
    held = context.series.standing_of(context.asker)
    if held is not None and away:
        await check_not_posted(context.state, context.series, id_)
    view = await context.view()
    if id_ not in {one.occurrence.id for one in views.next_dates(view)}:
        raise NotPlanned(id_)
    after = await context.change(partial(rules.stay_away, member=context.asker, id_=id_, away=away))
    day = day_in_words(id_.day)
    said = say("You don't come on {day}. Your place stays.", day=day) if away else say("You come on {day}.", day=day)
    await place(after, render(paragraph(said)))


async def _place(context: SeriesContext) -> None:
    await place(context)


async def _join(context: SeriesContext) -> None:
    await join(context, context.chosen)


async def _away_on(context: SeriesContext) -> None:
    await stay_away(context, context.date(context.chosen))


async def _back_on(context: SeriesContext) -> None:
    await stay_away(context, context.date(context.part(0)), away=False)


ACTIONS = {
    "place": Action(EVERYBODY, _place),
    "join": Action(EVERYBODY, _join),
    "leave": Action(EVERYBODY, leave),
    "away": Action(EVERYBODY, _away_on),
    "back-on": Action(EVERYBODY, _back_on),
}
