"""Standing places: “me as Healer, every time”, “not this week”, and leaving.

Everybody who may sign up has their own; whoever may edit series gives places to others, who hear of it.
"""

from functools import partial

from raidbot.commands.recurring import views
from raidbot.commands.recurring.context import SeriesContext
from raidbot.commands.recurring.posted import check_not_posted, posted_ahead
from raidbot.commands.recurring.views import SeriesView
from raidbot.commands.ui import permissions
from raidbot.commands.ui.components import GREY, MAX_OPTIONS, RED, options
from raidbot.commands.ui.member_picker import PickedMember
from raidbot.commands.ui.panel_context import Action
from raidbot.commands.ui.responses import Row
from raidbot.raids.labels import bold, coded
from raidbot.raids.model import MemberId, RoleKey
from raidbot.raids.permissions import Permission
from raidbot.raids.schedules.edits import NotPlanned
from raidbot.raids.schedules.rules import RecurrenceId
from raidbot.raids.series import rules
from raidbot.raids.series.model import RosterMode, Series, StandingPlace
from raidbot.raids.series.planning import kind_of
from raidbot.raids.series.rules import NotAPlace
from raidbot.utils.clean_text import clean_name
from raidbot.utils.text import clip
from raidbot.utils.words import Listed, Name, Text, count, day_in_words, lines, paragraph, render, say

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


class RoleNeededByOther(NotAPlace):
    def __init__(self, name: str, roles: list[str]) -> None:
        super().__init__(
            say(
                "To have a place here, {member} needs the role {roles}.",
                member=bold(name),
                roles=Listed(tuple(map(bold, roles)), "or"),
            )
            if roles
            else say("Nobody can sign up right now: the role needed for it was deleted.")
        )


class OtherHasNoPlace(NotAPlace):
    def __init__(self, name: str, series: Series) -> None:
        super().__init__(
            say("{member} has no standing place in {series}.", member=bold(name), series=Name(series.name))
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
        say("You’re in {series} every time, as {role}.", series=bold(view.series.name), role=role),
        say("Not on {dates}.", dates=Listed(tuple(away), "and")) if away else None,
        say("This series starts with an empty roster now, so places rest.")
        if view.series.roster is RosterMode.EMPTY
        else None,
    )


def _away(view: SeriesView, held: StandingPlace) -> list[RecurrenceId]:
    """Return the dates ahead on which the place rests, soonest first."""
    ahead = {one.occurrence.id for one in views.next_dates(view)}
    return sorted(id_ for id_ in held.not_on if id_ in ahead)


async def join(context: SeriesContext, text: str, other: PickedMember | None = None) -> None:
    """Give whoever asks, or somebody else, a place in a role with this key or name. Raises NotAPlace."""
    view = await context.view()
    roles = view.roles
    key = _key_of(text, roles)
    if key is None:
        raise NoSuchRole(text, roles)
    await _check_gate(context, view.series, other)
    if other is None:
        name = clean_name(context.interaction.user.display_name)
        await context.state.learn_names(context.guild, {context.asker: name})
    member = context.asker if other is None else other.id
    after = await context.change(partial(rules.join, member=member, role=RoleKey(key), now=context.state.now()))
    if other is None:
        await place(after, await _on_posted_boards(after, member))
        return
    role = bold(roles[key])
    await after.home(
        render(
            say(
                "{member} comes to {series} every time, as {role}.",
                member=bold(other.name),
                series=bold(view.series.name),
                role=role,
            )
        )
    )


async def _on_posted_boards(context: SeriesContext, member: MemberId) -> str:
    """Return what to do about raids that are posted already, or "" if the member is in all of them."""
    posted = await posted_ahead(context.state, context.series)
    without = [raid for raid in posted if raid.is_open and member not in set(raid.members())]
    if not without:
        return ""
    return render(
        count(
            "{n} raid is posted already: sign up on the board of {raids}.",
            "{n} raids are posted already: sign up on the boards of {raids}.",
            len(without),
            raids=Listed(tuple(map(coded, without)), "and"),
        )
    )


def _key_of(text: str, roles: dict[str, str]) -> str | None:
    """Return the key of the role with this key or name, ignoring case."""
    wanted = " ".join(text.split()).casefold()
    return next((key for key, name in roles.items() if wanted in (key.casefold(), name.casefold())), None)


async def _check_gate(context: SeriesContext, series: Series, other: PickedMember | None) -> None:
    """Check the role that signing up needs, as for a raid. Raises RoleNeededToJoin or RoleNeededByOther."""
    settings = await context.state.settings(context.guild)
    asker, guild = permissions.asker_of(context.interaction), permissions.guild_of(context.interaction)
    who = asker if other is None else other.asker
    for kind in {kind_of(turn) for turn in series.rotation}:
        needed = settings.signup_roles_for(kind)
        if needed and not needed & (who.roles | {guild.id}):
            names = permissions.role_names(guild, needed)
            raise RoleNeededToJoin(names) if other is None else RoleNeededByOther(other.name, names)


async def leave(context: SeriesContext, other: PickedMember | None = None) -> None:
    """End the place of whoever asks, or of somebody else, in all parts of a series that was cut. Raises NotAPlace."""
    member = context.asker if other is None else other.id
    parts = await context.state.series.parts_with_place(context.series.id, member)
    if not parts and other is not None:
        raise OtherHasNoPlace(other.name, context.series)
    for part in parts or [context.series]:
        await context.for_series(part).change(partial(rules.leave, member=member))
    after = await context.reloaded()
    if other is None:
        await place(after, render(say("Your place ended. Raids that are posted already keep you: use `/mysignups`.")))
    else:
        said = say(
            "{member} has no place in {series} any more. Raids that are posted already keep them.",
            member=bold(other.name),
            series=bold(context.series.name),
        )
        await after.home(render(said))


async def stay_away(
    context: SeriesContext, id_: RecurrenceId, *, away: bool = True, other: PickedMember | None = None
) -> None:
    """Let a place rest on a date, or no longer: that of whoever asks, or of somebody else.

    Raises NotAPlace or PostedAlready.
    """
    member = context.asker if other is None else other.id
    held = context.series.standing_of(member)
    if held is None and other is not None:
        raise OtherHasNoPlace(other.name, context.series)
    if held is not None and away:
        await check_not_posted(context.state, context.series, id_)
    view = await context.view()
    if id_ not in {one.occurrence.id for one in views.next_dates(view)}:
        raise NotPlanned(id_)
    after = await context.change(partial(rules.stay_away, member=member, id_=id_, away=away))
    day = day_in_words(id_.day)
    if other is not None:
        missing = say("{member} isn’t coming on {day}. Their place stays.", member=bold(other.name), day=day)
        await after.home(render(missing))
        return
    came = say("You’re coming on {day}.", day=day)
    said = say("You’re not coming on {day}. Your place stays.", day=day) if away else came
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
