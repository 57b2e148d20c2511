"""The number of seats of a role, on the roster of /raid: choose the role, type the number, say who has to wait."""

from functools import partial

from raidbot.commands.raid.context import SEATS_LABEL, RaidContext
from raidbot.commands.raid.roster import show_roster
from raidbot.commands.raid.roster_messages import outcome
from raidbot.commands.ui.components import RED, option, page_of
from raidbot.commands.ui.forms import MAX_FORM_TITLE, Field
from raidbot.commands.ui.panel_context import Action
from raidbot.commands.ui.responses import Row
from raidbot.commands.ui.role_select import role_numbered, role_selects
from raidbot.commands.ui.router import UnknownPanel, member_of, number_of, page_number
from raidbot.raids.events import Change
from raidbot.raids.model import MemberId, Role
from raidbot.raids.permissions import Permission
from raidbot.raids.rosters import role_lookup
from raidbot.raids.rosters.seat_numbers import WhoWaits, change_seats, may_have_to_wait, seats_typed
from raidbot.raids.rosters.signups import check_not_cancelled
from raidbot.utils.clean_text import clean_line
from raidbot.utils.text import clip
from raidbot.utils.words import render, say


async def _ask(context: RaidContext) -> None:
    """Open the form of the chosen role; without a choice ask for the role, unless there is only one."""
    raid = context.raid
    check_not_cancelled(raid)
    if context.press.chosen:
        await _open_form(context, role_lookup.role_named(raid, context.chosen))
    elif context.rest and context.rest[0].isdecimal() and len(context.rest) > 1:
        await _open_form(context, role_numbered(raid, context.rest[0]))
    elif len(raid.roles) == 1:
        await _open_form(context, raid.roles[0])
    else:
        rows = role_selects(raid, raid.roles, "Which role?", partial(context.controls.custom_id, "seats"))
        back = context.controls.button("Back to the roster", "roster")
        await context.page(render(say("Which role gets more or fewer seats?")), *rows, (back,))


async def _open_form(context: RaidContext, role: Role) -> None:
    number = context.raid.roles.index(role) + 1
    field = Field("seats", SEATS_LABEL, str(role.seats), "1 to 50", max_length=2)
    title = clip(f"Seats of {clean_line(role.name)}", MAX_FORM_TITLE)
    await context.ask("seats-set", title, field, about=(str(number),))


async def _set(context: RaidContext) -> None:
    """Save the number if another one was typed, or ask who has to wait."""
    if not context.changed_fields("seats"):
        await show_roster(context.seeing(context.raid), outcome(Change(context.raid), {}))
        return
    role, seats = role_numbered(context.raid, context.part(0)), seats_typed(context.press.fields["seats"])
    await _change(context, role, seats, ())


async def _chosen(context: RaidContext) -> None:
    """Save the number with the members who were chosen to wait."""
    role, seats = role_numbered(context.raid, context.part(0)), number_of(context.part(1))
    await _change(context, role, seats, tuple(MemberId(member_of(value)) for value in context.press.values))


async def _last(context: RaidContext) -> None:
    """Save the number; whoever came last has to wait, as many as the button said. Raises WhoWaits if that changed."""
    role, seats, many = role_numbered(context.raid, context.part(0)), number_of(context.part(1)), context.part(2)
    latest = may_have_to_wait(context.raid, role.key)[: page_number(many)]
    await _change(context, role, seats, tuple(seat.member for seat in latest))


async def _turn(context: RaidContext) -> None:
    """Show another page of the members who may have to wait."""
    role, seats = role_numbered(context.raid, context.part(0)), number_of(context.part(1))
    try:
        change_seats(context.raid, role.key, seats, now=context.state.now())
    except WhoWaits as asked:
        await _who_waits(context, role, seats, asked, page_number(context.part(2)))
        return
    raise UnknownPanel


async def _change(context: RaidContext, role: Role, seats: int, waiting: tuple[MemberId, ...]) -> None:
    rule = partial(change_seats, key=role.key, seats=seats, now=context.state.now(), waiting=waiting)
    try:
        change = await context.change(rule)
    except WhoWaits as asked:
        await _who_waits(await context.reloaded(), role, seats, asked, 0)
        return
    await show_roster(context.seeing(change.raid), outcome(change, await context.state.names(change.raid)))


async def _who_waits(context: RaidContext, role: Role, seats: int, asked: WhoWaits, number: int) -> None:
    raid, controls, many = context.raid, context.controls, asked.leaving
    names = await context.state.names(raid)
    about = raid.roles.index(role) + 1, seats
    page = page_of(may_have_to_wait(raid, role.key), number)
    rows: list[Row] = []
    if len(page.items) >= many:
        people = [option(seat.member, names.get(seat.member, "Member")) for seat in page.items]
        hint = "Who goes to the waitlist?"
        rows.append((controls.select(hint, "seats-who", people, *about, min_values=many, max_values=many),))
    last = render(say("The last to sign up") if many == 1 else say("The last {n} to sign up", n=many))
    turns = controls.page_buttons(page.number, page.pages, "seats-page", *about)
    back = controls.button("Back to the roster", "roster")
    rows.append((back, *turns, controls.button(last, "seats-last", RED, *about, many)))
    note = say("They stand first in line, in the order they signed up, and hear of it.")
    await context.page(f"{asked}\n{render(note)}", *rows)


async def _stay(context: RaidContext, text: str) -> None:
    await show_roster(context.seeing(context.raid), text)


_ROSTER = (Permission.RAID_ROSTER,)
ACTIONS = {
    "seats": Action(_ROSTER, _ask, page=_stay),
    "seats-set": Action(_ROSTER, _set, again="seats"),
    "seats-who": Action(_ROSTER, _chosen, page=_stay),
    "seats-last": Action(_ROSTER, _last, page=_stay),
    "seats-page": Action(_ROSTER, _turn, page=_stay),
}
