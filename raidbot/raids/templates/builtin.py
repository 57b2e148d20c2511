"""The templates that come with the bot: TOML files of facts in `raids/templates/data`, one per game.

game = "Wizard101"
short = ["w101", "wizard"]   # other names by which people look for it
as_of = 2026-12-01           # when the facts were looked up, and where
sources = ["raids of the game as the reference bot has them"]

[specs]                      # lists to which roles refer by name; may be left out
storm = ["Triple storm", "Double storm"]

[[templates]]
key = "dragonspyre"          # stable; names may change and repeat, keys may not
name = "The Voracious Void Raid"
label = "Dragonspyre"        # the name shown in lists; `name` if left out
emoji = "🐉"                 # shown before the board's title; may be left out
description = "…"            # may be left out
colour = "#8E44AD"           # may be left out
lengths = [90, 180]          # choices in minutes; the raid has no length if left out
sides = ["Left", "Right"]    # sides a leader may assign members to; may be left out

[[templates.groups]]
name = "Vanguard"            # if left out, the board shows each role by itself
roles = [{ key = "tank", name = "Tank", emoji = "🛡️", seats = 2, specs = "storm" }]    # or icon = "<:tank:123>"

[[templates.strategies]]     # if there are any, /create requires one
name = "two tanks"
description = "…"            # replaces the template's; may be left out
roles = [{ key = "healer", name = "Tank 2" }]    # fields this strategy changes, by role key
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from raidbot.raids.model import Role, RoleKey
from raidbot.raids.templates.model import DEFAULT_COLOUR, Strategy, Template

FILES = (
    "wizard101",
    "world_of_warcraft",
    "final_fantasy_xiv",
    "destiny_2",
    "guild_wars_2",
    "elder_scrolls_online",
    "new_world",
    "lost_ark",
    "black_desert",
    "throne_and_liberty",
    "any_game",
    "tabletop",
    "sports",
    "study",
)
AT_FIRST = frozenset(
    {
        *("dragonspyre", "lemuria", "polaris", "wow-10", "wow-25", "ffxiv-8", "destiny-2-raid", "gw2-10"),
        "dungeon-5",
    }
)
"""Keys of the templates that every server has from the start.

All others wait until their game is chosen. So menus stay short, and an update changes nothing unasked.
"""


@dataclass(frozen=True, slots=True)
class Game:
    """A game with templates. `short` are other names of it; `sources` say where its facts were found, on `as_of`."""

    name: str
    short: tuple[str, ...]
    sources: tuple[str, ...]
    as_of: date


@cache
def builtin() -> tuple[Template, ...]:
    """Return the templates that come with the bot, in display order."""
    return tuple(template for file in _files() for template in _templates(file))


@cache
def games() -> tuple[Game, ...]:
    """Return the games that the built-in templates are for, in display order."""
    return tuple(
        Game(file["game"], tuple(file.get("short", ())), tuple(file["sources"]), file["as_of"]) for file in _files()
    )


@cache
def _files() -> tuple[dict[str, Any], ...]:
    folder = resources.files("raidbot.raids.templates") / "data"
    return tuple(tomllib.loads((folder / f"{name}.toml").read_text("utf-8")) for name in FILES)


def _templates(file: dict[str, Any]) -> Iterator[Template]:
    specs = file.get("specs", {})
    for entry in file["templates"]:
        groups = entry["groups"]
        roles = tuple(_role(fields, group.get("name", ""), specs) for group in groups for fields in group["roles"])
        yield Template(
            key=entry["key"],
            name=entry["name"],
            label=entry.get("label", ""),
            game=file["game"],
            emoji=entry.get("emoji", ""),
            description=entry.get("description", ""),
            colour=int(entry["colour"].removeprefix("#"), 16) if "colour" in entry else DEFAULT_COLOUR,
            roles=roles,
            lengths=tuple(entry.get("lengths", ())),
            strategies=tuple(_strategy(fields, roles) for fields in entry.get("strategies", ())),
            sides=tuple(entry.get("sides", ())),
        )


def _role(fields: dict[str, Any], group: str, specs: dict[str, list[str]]) -> Role:
    return Role(
        key=RoleKey(fields["key"]),
        name=fields["name"],
        emoji=fields["emoji"],
        seats=fields.get("seats", 1),
        group=group,
        icon=fields.get("icon", ""),
        specs=tuple(specs[fields["specs"]]) if "specs" in fields else (),
    )


def _strategy(fields: dict[str, Any], roles: tuple[Role, ...]) -> Strategy:
    originals = {role.key: role for role in roles}
    changed = tuple(replace(originals[change["key"]], **change) for change in fields.get("roles", ()))
    return Strategy(fields["name"], fields.get("description", ""), changed)
