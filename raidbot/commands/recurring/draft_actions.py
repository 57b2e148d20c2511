"""Choices on the panel of a series that is being made or edited: what, when, posting, end and people."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from raidbot.commands.posting.mentions import check_may_mention
from raidbot.commands.recurring import draft_views
from raidbot.commands.recurring.draft_context import LABELS, DraftContext
from raidbot.commands.recurring.saving import channel_to_post, save, show_board
from raidbot.commands.ui import responses
from raidbot.commands.ui.forms import Field
from raidbot.commands.ui.member_picker import look_up
from raidbot.commands.ui.panel_context import Action
from raidbot.commands.ui.router import UnknownPanel, number_of, page_number
from raidbot.db import drafts
from raidbot.raids.details import MAX_TITLE_LENGTH
from raidbot.raids.drafts import MAX_SUBJECT_LENGTH, asks
from raidbot.raids.model import ChannelId, MemberId
from raidbot.raids.permissions import Permission
from raidbot.raids.schedules import edits
from raidbot.raids.schedules.refusals import MAX_CHARACTERS, MAX_LIST_CHARACTERS
from raidbot.raids.schedules.rules import OnDates
from raidbot.raids.series.drafting import phrases, typed
from raidbot.raids.series.drafting.draft import Chosen, SeriesDraft, with_turn, with_turns
from raidbot.raids.series.model import MAX_NAME_LENGTH, MAX_TURNS, OldBoards, RosterMode, Turn
from raidbot.raids.templates.model import MAX_DESCRIPTION_LENGTH
from raidbot.utils.clean_text import clean_block, clean_line
from raidbot.utils.words import Text, paragraph, render, say


async def _panel(context: DraftContext) -> None:
    await context.home()


async def _discard(context: DraftContext) -> None:
    await context.state.db.write(partial(drafts.discard, draft=context.stored.id))
    text = say("Nothing was changed.") if context.stored.editing else say("Discarded. Nothing was saved.")
    await responses.edit_response(context.interaction, render(text))


async def _page(context: DraftContext, text: Text, *rows: responses.Row) -> None:
    view = await context.view()
    await context.page(render(text), *rows, embeds=(draft_views.panel(view),))


# What


def _turn_number(text: str) -> int:
    number = number_of(text)
    if number >= MAX_TURNS:
        raise UnknownPanel
    return number


async def _what(context: DraftContext) -> None:
    """Show the menus of a turn, or take what was chosen in one of them."""
    number, action = _turn_number(context.part(0)), context.rest[1:]
    match action:
        case ():
            await _show_turn(context, number)
        case ("page", page):
            await _show_turn(context, number, page=page_number(page))
        case _:
            chosen = context.turn_panel(number).chosen(context.press, list(action))
            after = with_turn(context.draft, min(number, len(context.draft.turns)), chosen)
            await _show_turn(await context.save(after), max(0, min(number, len(after.turns) - 1)))


async def _show_turn(context: DraftContext, number: int, page: int | None = None) -> None:
    view, menus = await context.view(), context.turn_panel(number)
    several = len(view.draft.turns) > 1 or number > 0
    shown = draft_views.turn_in_words(number)
    text = say("What is played on turn {n}?", n=shown) if several else say("What do you want to play?")
    hint = menus.hint()
    shown_text = text if hint is None else paragraph(text, hint)
    await _page(context, shown_text, *draft_views.what_rows(view, number, menus, page))


async def _turns(context: DraftContext) -> None:
    text = say("These take turns, one a date. A skipped date uses up its turn.")
    await _page(context, text, *draft_views.turns_rows(await context.view()))


async def _turn(context: DraftContext) -> None:
    await _show_turn(context, _turn_number(context.chosen))


async def _turn_off(context: DraftContext) -> None:
    number, turns = _turn_number(context.chosen), context.draft.turns
    after = with_turns(context.draft, (*turns[:number], *turns[number + 1 :]))
    await _turns(await context.save(after))


async def _ask_words(context: DraftContext) -> None:
    number = _turn_number(context.part(0))
    turn = _turn_at(context, number)
    found = [
        Field("title", LABELS["title"], turn.title or "", max_length=MAX_TITLE_LENGTH, required=False),
        Field(
            "description",
            LABELS["description"],
            turn.description or "",
            max_length=MAX_DESCRIPTION_LENGTH,
            required=False,
            is_long=True,
        ),
    ]
    menus = context.turn_panel(number)
    asked = asks(menus.activity) if menus.activity else frozenset[str]()
    if "subject" in asked:
        found.append(Field("name", LABELS["name"], turn.subject or "", max_length=MAX_SUBJECT_LENGTH, required=False))
    if "seats" in asked:
        found.append(menus.seats_field())
    await context.ask("words", "Title and text", *found, about=(str(number),))


async def _words(context: DraftContext) -> None:
    number = _turn_number(context.part(0))
    turn, said = _turn_at(context, number), context.press.fields
    after = replace(
        turn,
        title=clean_line(said["title"]) or None,
        description=clean_block(said["description"]) or None,
        subject=clean_line(said["name"]) or None if "name" in said else turn.subject,
    )
    draft = _with_turn_at(context.draft, number, after)
    if "seats" in said:
        draft = with_turn(draft, number, context.turn_panel(number).chosen(context.press, ["seats"]))
    await _show_turn(await context.save(draft), number)


async def _turn_leader(context: DraftContext) -> None:
    number = _turn_number(context.part(0))
    _turn_at(context, number)
    text = say("Who leads the raids of turn {n}?", n=draft_views.turn_in_words(number))
    await _page(context, text, *draft_views.turn_leader_rows(await context.view(), number))


async def _turn_led(context: DraftContext) -> None:
    """Take the chosen leader, or with no choice that of the series."""
    number, chosen = _turn_number(context.part(0)), context.press.chosen
    leader = (await look_up(context.interaction, MemberId(number_of(chosen)))).id if chosen else None
    after = replace(_turn_at(context, number), leader=leader)
    await _show_turn(await context.save(_with_turn_at(context.draft, number, after)), number)


def _with_turn_at(draft: SeriesDraft, number: int, turn: Turn) -> SeriesDraft:
    return with_turns(draft, (*draft.turns[:number], turn, *draft.turns[number + 1 :]))


def _turn_at(context: DraftContext, number: int) -> Turn:
    if number >= len(context.draft.turns):
        raise UnknownPanel
    return context.draft.turns[number]


# When


async def _when(context: DraftContext) -> None:
    text = say("When does it repeat? Choose below, or type it, for example “every 2 weeks on friday 8pm”.")
    await _page(context, text, *draft_views.when_rows(await context.view()))


async def _days(context: DraftContext) -> None:
    weekdays = tuple(number_of(value) for value in context.press.values)
    await _show_when(context, typed.with_weekdays(context.draft, weekdays, now=context.state.now()))


async def _rhythm(context: DraftContext) -> None:
    if context.chosen not in typed.HOW_OFTEN:
        raise UnknownPanel
    await _show_when(context, typed.with_rhythm(context.draft, context.chosen, now=context.state.now()))


async def _show_when(context: DraftContext, draft: SeriesDraft) -> None:
    await _when(await context.save(draft))


async def _ask_when(context: DraftContext) -> None:
    await context.ask("said", "When does it repeat?", *_when_fields(context))


def _when_fields(context: DraftContext) -> tuple[Field, ...]:
    draft = context.draft
    schedule, chosen = draft.schedule, draft.chosen
    wall = context.state.now().astimezone(schedule.place).replace(tzinfo=None)
    rule = phrases.typed_rule(schedule.rule, after=wall) if Chosen.RULE in chosen else ""
    has_time = Chosen.TIME in chosen and not isinstance(schedule.rule, OnDates)
    return (
        Field(
            "rule",
            LABELS["rule"],
            rule,
            "every tuesday, every 2 weeks on fri and sat, last sunday, 4 dec 20:00",
            max_length=MAX_LIST_CHARACTERS,
            is_long=True,
        ),
        Field(
            "time",
            LABELS["time"],
            phrases.typed_time(schedule.start.time()) if has_time else "",
            "8pm",
            max_length=MAX_CHARACTERS,
            required=False,
        ),
        Field("zone", LABELS["zone"], schedule.zone, "Europe/London", max_length=64),
        Field(
            "start",
            LABELS["start"],
            phrases.typed_date(schedule.start.date()) if Chosen.START in chosen else "",
            "5 january, since 5 january",
            max_length=MAX_CHARACTERS,
            required=False,
        ),
    )


async def _said(context: DraftContext) -> None:
    said = context.changed_fields("rule", "time", "zone", "start")
    after = typed.with_when(context.draft, said, now=context.state.now(), locale=context.locale)
    await context.show(after)


# Posting, end


async def _posting(context: DraftContext) -> None:
    text = say("When is each raid posted? Type “monday 10:00” to post all raids of a week at once.")
    await _page(context, text, *draft_views.posting_rows(await context.view()))


async def _lead(context: DraftContext) -> None:
    if context.chosen[:1] not in ("m", "d") or not context.chosen[1:].isdecimal():
        raise UnknownPanel
    await _posting(await context.save(typed.with_lead(context.draft, context.chosen)))


async def _channel(context: DraftContext) -> None:
    chosen = context.press.chosen
    channel = channel_to_post(context.interaction, ChannelId(number_of(chosen))) if chosen else None
    await _posting(await context.save(replace(context.draft, channel=channel)))


async def _ask_posting(context: DraftContext) -> None:
    said = phrases.typed_posting(context.draft.schedule.posting)
    hint = "3 days before, 2 hours before, monday 10:00"
    await context.ask("posted", "Posting", Field("posted", LABELS["posted"], said, hint, max_length=MAX_CHARACTERS))


async def _posted(context: DraftContext) -> None:
    said = context.changed_fields("posted")
    if "posted" in said:
        await context.show(typed.with_posting(context.draft, said["posted"], locale=context.locale))
        return
    await context.home()


async def _ask_end(context: DraftContext) -> None:
    schedule, is_edit = context.draft.schedule, context.stored.editing is not None
    end = phrases.typed_end(schedule, now=context.state.now() if is_edit else None)
    hint = "until 16 nov 2027, 8 times (counted from now), never" if is_edit else "until 16 nov 2027, 8 times, never"
    await context.ask(
        "end",
        "End and dates off",
        Field("end", LABELS["end"], end, hint, max_length=MAX_CHARACTERS, required=False),
        Field(
            "off",
            LABELS["off"],
            phrases.typed_dates_off(schedule.dates_off),
            "24 dec - 1 jan, 6 jan",
            max_length=MAX_LIST_CHARACTERS,
            required=False,
            is_long=True,
        ),
    )


async def _end(context: DraftContext) -> None:
    said, draft = context.changed_fields("end", "off"), context.draft
    now, is_edit = context.state.now(), context.stored.editing is not None
    if "end" in said:
        draft = typed.with_end(draft, said["end"], now=now, locale=context.locale, from_now=is_edit)
    if "off" in said:
        draft = typed.with_dates_off(draft, said["off"], now=now, locale=context.locale)
    await context.show(draft)


async def _longer(context: DraftContext) -> None:
    draft = context.draft
    await context.show(replace(draft, schedule=edits.lengthen(draft.schedule)))


# People, name


async def _people(context: DraftContext) -> None:
    await _page(context, say("Who is part of every raid?"), *draft_views.people_rows(await context.view()))


async def _roster(context: DraftContext) -> None:
    await _people(await context.save(replace(context.draft, roster=_roster_mode(context.chosen))))


async def _old(context: DraftContext) -> None:
    await _people(await context.save(replace(context.draft, old_boards=_fate(context.chosen))))


def _roster_mode(value: str) -> RosterMode:
    if value not in set(RosterMode):
        raise UnknownPanel
    return RosterMode(value)


def _fate(value: str) -> OldBoards:
    if value not in set(OldBoards):
        raise UnknownPanel
    return OldBoards(value)


async def _mention(context: DraftContext) -> None:
    chosen = context.press.chosen
    role = None if not chosen else check_may_mention(context.interaction, number_of(chosen), context.draft.channel).id
    await _people(await context.save(replace(context.draft, mention=role)))


async def _leader(context: DraftContext) -> None:
    leader = await look_up(context.interaction, MemberId(number_of(context.chosen)))
    await _people(await context.save(replace(context.draft, leader=leader.id)))


async def _no_leader(context: DraftContext) -> None:
    await _people(await context.save(replace(context.draft, leader=None)))


async def _ask_series(context: DraftContext) -> None:
    hint = "Blank: the name of what is played"
    field = Field("series", LABELS["series"], context.draft.name, hint, max_length=MAX_NAME_LENGTH, required=False)
    await context.ask("series", "Name", field)


async def _series(context: DraftContext) -> None:
    await context.show(replace(context.draft, name=clean_line(context.press.fields["series"])))


async def _changes(context: DraftContext) -> None:
    await context.show(replace(context.draft, drops_changes=context.part(0) == "drop"))


_ANY = (Permission.RECURRING_CREATE, Permission.RECURRING_EDIT)
_POST = (Permission.CREATE,)


def _action(do: Callable[[DraftContext], Awaitable[None]], again: str | None = None) -> Action[DraftContext]:
    return Action(_ANY, do, again=again, also=_POST)


ACTIONS = {
    "panel": _action(_panel),
    "what": _action(_what),
    "turns": _action(_turns),
    "turn": _action(_turn),
    "turn-off": _action(_turn_off),
    "turn-leader": _action(_turn_leader),
    "turn-led": _action(_turn_led),
    "turn-unled": _action(_turn_led),
    "ask-words": _action(_ask_words),
    "words": _action(_words, "ask-words"),
    "when": _action(_when),
    "days": _action(_days),
    "rhythm": _action(_rhythm),
    "ask-when": _action(_ask_when),
    "said": _action(_said, "ask-when"),
    "posting": _action(_posting),
    "lead": _action(_lead),
    "channel": _action(_channel),
    "ask-posting": _action(_ask_posting),
    "posted": _action(_posted, "ask-posting"),
    "ask-end": _action(_ask_end),
    "end": _action(_end, "ask-end"),
    "longer": _action(_longer),
    "people": _action(_people),
    "roster": _action(_roster),
    "old": _action(_old),
    "mention": _action(_mention),
    "leader": _action(_leader),
    "no-leader": _action(_no_leader),
    "ask-series": _action(_ask_series),
    "series": _action(_series, "ask-series"),
    "changes": _action(_changes),
    "board": _action(show_board),
    "save": _action(save),
    "discard": _action(_discard),
}
"""The actions of the panel, its pages and its forms. Whatever is saved posts raids, so each asks for `create`, too."""
