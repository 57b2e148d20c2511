"""The pages of /setup: what is chosen, what is missing, and the controls of one step."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import discord

from raidbot.commands.admin.hidden_commands import how_to_open
from raidbot.commands.posting.channels import (
    LOGS,
    USE_NAMES,
    ChannelGone,
    NoSignupChannel,
    Use,
    channel_status,
    chosen_for,
    signup_channel,
)
from raidbot.commands.ui import responses
from raidbot.commands.ui.components import BLUE, GREEN, GREY, ChannelSelect, Controls, option, page_of, panel_embed
from raidbot.commands.ui.permissions import MissingPermissions
from raidbot.commands.ui.router import address
from raidbot.delivery.series.posting_places import CONVENTIONAL_NAMES
from raidbot.raids.model import Kind
from raidbot.raids.settings import GuildSettings
from raidbot.raids.templates.catalogue import Catalogue
from raidbot.raids.templates.search import find_games
from raidbot.raids.times.zones import city_of, suggested_zones
from raidbot.utils.errors import Refusal
from raidbot.utils.text import clip, escape, fit_lines

PANEL = "setup"
LABELS = {"zone": "Time zone", "games": "Your games", "boards": "Signup channels", "logs": "Log channels"}
"""The pages with controls, and the buttons that lead there."""
PAGES = (*LABELS, "done")
MAX_SEARCH_LENGTH = 40
_STEPS = ("zone", "games", "boards")
_CONTROLS = Controls(partial(address, PANEL))
_MAX_LINE_LENGTH = 250
_MAX_FIELD_LENGTH = 1024  # https://discord.com/developers/docs/resources/message#embed-object-embed-limits
_MAX_NAMED_GAMES = 300
_NEXT = (
    "Next: `/create` a raid · `/permissions` let roles help · `/settings` reminders, threads · `/templates` your own"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupPage:
    """A page of /setup and what it shows.

    `kinds` are those that are offered, `unheard` sentences on mentions that nobody hears, `number` the page of the list
    of games, and `search` the text that its games were found by.
    """

    guild: discord.Guild
    settings: GuildSettings
    catalogue: Catalogue
    kinds: tuple[Kind, ...]
    now: datetime
    locale: str
    page: str
    unheard: list[str]
    number: int = 0
    search: str = ""

    @property
    def undone(self) -> tuple[str, ...]:
        """The steps that are still to do, in order."""
        done = {
            "zone": self.settings.zone_chosen,
            "games": self.catalogue.games_chosen,
            "boards": _trouble(self, Kind.RAID) is None,
        }
        return tuple(step for step in _STEPS if not done[step])


def shown_games(catalogue: Catalogue, number: int, search: str) -> tuple[str, ...]:
    """Return the games in the menu on a page of the list, or those found by the text."""
    found = find_games(search, catalogue) if search else tuple(catalogue.games())
    return tuple(page_of(found, number).items)


def enabled_games(catalogue: Catalogue) -> frozenset[str]:
    """Return the games that were chosen; none as long as nobody chose any and all are offered."""
    return frozenset(game for game, is_on in catalogue.games().items() if is_on and catalogue.games_chosen)


def embed(shown: SetupPage) -> discord.Embed:
    """Return what is chosen and what is missing, and beside it the step of this page."""
    found = panel_embed("Set up RaidBot", "\n".join(_lines(shown)))
    title, text = _step(shown)
    found.add_field(name=title, value=text, inline=False)
    if shown.page == "games":
        found.add_field(name="Offered by /create", value=_templates(shown.catalogue), inline=False)
    if shown.unheard:
        found.add_field(name="Mentions", value=fit_lines(shown.unheard, _MAX_FIELD_LENGTH), inline=False)
    if not shown.settings.told_of_hidden_commands and (hidden := shown.settings.grants.hidden_commands()):
        found.add_field(name="New in this version", value=how_to_open(hidden), inline=False)
    return found


def rows(shown: SetupPage) -> tuple[responses.Row, ...]:
    """Return the controls of the page, and below them the buttons to the other pages."""
    own: tuple[responses.Row, ...]
    match shown.page:
        case "zone":
            own = (_zone_buttons(shown),)
        case "games":
            own = _game_rows(shown)
        case "boards":
            own = tuple((_channel_select(shown, Use(kind.value)),) for kind in shown.kinds)
        case "logs":
            own = tuple((_channel_select(shown, use),) for use in LOGS)
        case _:
            own = ()
    return (*own, _buttons(shown))


def _lines(shown: SetupPage) -> Iterator[str]:
    settings = shown.settings
    if settings.zone_chosen:
        yield f"✅ **Time zone:** {settings.zone}: it is {_clock(shown.now, settings.zone)} there now"
    else:
        yield f"⚠️ **Time zone:** not chosen yet — {_where(shown, 'zone')}"
    if shown.catalogue.games_chosen:
        named = ", ".join(game for game in shown.catalogue.games() if game in enabled_games(shown.catalogue))
        yield f"✅ **Games:** {clip(named, _MAX_NAMED_GAMES) or 'none'}"
    else:
        yield "▫️ **Games:** not chosen yet, so `/create` offers all of them"
    with_raids = _channel(shown, Kind.RAID)
    for kind in shown.kinds:
        trouble, channel, name = _trouble(shown, kind), _channel(shown, kind), USE_NAMES[Use(kind.value)]
        if kind is not Kind.RAID and kind not in settings.channels and channel == with_raids:
            continue  # they go where raids go, or have no channel for the same reason
        if channel is None:
            yield f"⚠️ **{name}:** {trouble}"
        else:
            by_name = "" if settings.channel_for(kind) else " (found by its name)"
            yield f"✅ **{name}:** {channel.mention}{by_name}"
    for use in LOGS:
        yield f"▫️ **{USE_NAMES[use]}:** {channel_status(shown.guild, settings, use)}"


def _where(shown: SetupPage, page: str) -> str:
    """Return where the control is that mends something."""
    return "choose one below" if shown.page == page else f"press **{LABELS[page]}**"


def _channel(shown: SetupPage, kind: Kind) -> discord.TextChannel | None:
    """Return the channel for boards of this kind, or None if there is trouble."""
    try:
        return signup_channel(shown.guild, shown.settings, kind)
    except Refusal:
        return None


def _trouble(shown: SetupPage, kind: Kind) -> str | None:
    """Return why no board of this kind can be put up, and where to change that; None if all is well."""
    where = _where(shown, "boards")
    try:
        signup_channel(shown.guild, shown.settings, kind)
    except NoSignupChannel:
        return f"no channel yet — {where}, or create #{CONVENTIONAL_NAMES[kind][0]}"
    except ChannelGone:
        return f"the channel is gone or hidden from me — {where}"
    except MissingPermissions as lacking:
        listed = ", ".join(f"**{name}**" for name in lacking.missing)
        return (
            f"I lack {listed} in {lacking.channel.mention} — give me that there (Edit Channel → Permissions → add"
            f" {escape(shown.guild.me.display_name)}), or {where.replace('one', 'another')}"
        )
    return None


def _step(shown: SetupPage) -> tuple[str, str]:
    """Return the title and the text of the page's step."""
    match shown.page:
        case "zone":
            return _title(shown, "your time zone"), "When somebody types “friday 8pm”, it is 8pm there."
        case "games":
            found = f"Found for “{escape(shown.search)}”. " if shown.search else ""
            return _title(shown, "the games you play"), f"{found}Choose all you play: `/create` then offers only those."
        case "boards":
            others = " Other kinds go there, too, unless you choose otherwise." if len(shown.kinds) > 1 else ""
            return _title(shown, "where raids are posted"), f"Choose the channel for signups.{others}"
        case "logs":
            return "Logs", "Choose a channel if you want to read there who did what. You don’t need one."
    return ("✅ You’re set", _NEXT) if not shown.undone else ("Still to do", f"{_labels(shown.undone)}. {_NEXT}")


def _title(shown: SetupPage, what: str) -> str:
    if not shown.undone:
        return what[:1].upper() + what[1:]
    return f"Step {_STEPS.index(shown.page) + 1} of {len(_STEPS)}: {what}"


def _labels(steps: tuple[str, ...]) -> str:
    return ", ".join(f"**{LABELS[step]}**" for step in steps)


def _templates(catalogue: Catalogue) -> str:
    """List the enabled templates by game."""
    games: dict[str, list[str]] = {}
    for entry in catalogue.entries:
        if entry.enabled:
            heading = "This server’s own" if entry.is_own else entry.template.game
            games.setdefault(heading, []).append(escape(entry.template.offered_as))
    lines = [f"**{game}:** {clip(', '.join(names), _MAX_LINE_LENGTH)}" for game, names in games.items()]
    return fit_lines(lines, _MAX_FIELD_LENGTH) or "None is enabled."


def _clock(now: datetime, zone: str) -> str:
    return now.astimezone(ZoneInfo(zone)).strftime("%H:%M")


def _zone_buttons(shown: SetupPage) -> responses.Row:
    offered = tuple(
        _CONTROLS.button(f"{city_of(zone)}, {_clock(shown.now, zone)}", "pick-zone", BLUE, zone)
        for zone in suggested_zones(shown.locale)
    )
    return (*offered, _CONTROLS.button("Another zone", "ask-zone"))


def _game_rows(shown: SetupPage) -> tuple[responses.Row, ...]:
    games, enabled = shown_games(shown.catalogue, shown.number, shown.search), enabled_games(shown.catalogue)
    which = ("found", shown.search) if shown.search else ("page", shown.number)
    offered = [option(game, game, _names_of(shown.catalogue, game), chosen=game in enabled) for game in games]
    select = _CONTROLS.select(
        "Which games do you play?", "games", offered, *which, min_values=0, max_values=len(offered)
    )
    pages = page_of(tuple(shown.catalogue.games()), shown.number).pages
    turning = () if shown.search else _CONTROLS.page_buttons(shown.number, pages, "games-page")
    return ((select,), (_CONTROLS.button("Find a game", "find"), *turning))


def _names_of(catalogue: Catalogue, game: str) -> str:
    """Return the names of a game's templates, without the game in front of each."""
    names = (entry.template.offered_as for entry in catalogue.entries if entry.template.game == game)
    return ", ".join(name.removeprefix(game).strip() for name in names)


def _buttons(shown: SetupPage) -> responses.Row:
    button, leading = _CONTROLS.button, []
    for page, label in LABELS.items():
        if page != shown.page:
            leading.append(button(label, "page", GREY, page))
            leading[-1].emoji = "⚠️" if page in shown.undone and page != "games" else None
    if not shown.settings.told_of_hidden_commands and shown.settings.grants.hidden_commands():
        return (*leading[:4], button("Got it", "told", GREEN))
    return (*leading, button("Check again", "page", GREY, shown.page, "again"))


def _channel_select(shown: SetupPage, use: Use) -> ChannelSelect:
    chosen = chosen_for(shown.settings, use)
    known = chosen if chosen and shown.guild.get_channel(chosen) else None
    return _CONTROLS.channel_select(f"{USE_NAMES[use]}: choose a channel", "channel", use, chosen=known)
