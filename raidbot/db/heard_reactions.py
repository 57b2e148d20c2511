"""Reactions that were heard but not handled when the bot stopped."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from raidbot.db import cells
from raidbot.db.cells import SetAside
from raidbot.raids.emoji.model import key_of
from raidbot.raids.model import GuildId, MemberId

_ANY_ID = 2**63 - 1


class Heard(StrEnum):
    """The event. `TOO_FAST` is a reaction added by a member who reacts faster than allowed."""

    ADDED = "added"
    TOO_FAST = "too fast"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardReaction:
    """A member's reaction on the posted thing that `kind` and `thing` name, with the emoji as Discord writes it.

    A removed reaction has no name and no roles. `tell` if the member has to be told that they react too fast.
    """

    what: Heard
    kind: str
    thing: int
    guild: GuildId
    member: MemberId
    emoji: str
    is_super: bool = False
    name: str = ""
    roles: frozenset[int] = frozenset()
    tell: bool = False

    @property
    def emoji_key(self) -> str:
        return key_of(self.emoji)

    @property
    def fields(self) -> dict[str, object]:
        """The fields of the log for what is done about the reaction."""
        heard = "reaction removed" if self.what is Heard.REMOVED else "reaction added"
        return {"heard": heard, "guild": self.guild, "member": self.member, self.kind: self.thing}


def kept(connection: sqlite3.Connection) -> tuple[int, list[HeardReaction], list[SetAside]]:
    """Return the id of the last row, 0 if there is none, and all rows in order: as values, or set aside."""
    rows = connection.execute(
        "SELECT id, what, kind, thing, guild, member, emoji, is_super, name, roles, tell"
        " FROM heard_reactions ORDER BY id"
    ).fetchall()
    found: list[HeardReaction] = []
    unreadable: list[SetAside] = []
    for row, *values in rows:
        try:
            found.append(heard(*values))
        except cells.UnreadableCellError as why:
            unreadable.append(SetAside(table="heard_reactions", row=str(row), why=str(why)))
    return rows[-1][0] if rows else 0, found, unreadable


def heard(
    what: object,
    kind: object,
    thing: object,
    guild: object,
    member: object,
    emoji: object,
    is_super: object,
    name: object,
    roles: object,
    tell: object,
) -> HeardReaction:
    """Return the reaction of which these are the cells. Raises UnreadableCellError."""
    return HeardReaction(
        what=_what(what),
        kind=cells.text(kind),
        thing=cells.snowflake(thing),
        guild=GuildId(cells.snowflake(guild)),
        member=MemberId(cells.snowflake(member)),
        emoji=cells.text(emoji),
        is_super=cells.flag(is_super),
        name=cells.text(name),
        roles=frozenset(_role_ids(roles)),
        tell=cells.flag(tell),
    )


_what = cells.one_of(Heard)
_role_ids = cells.json_list(cells.snowflake)


def stored(one: HeardReaction) -> tuple[str | int, ...]:
    """Return the cells, from which `heard` makes the reaction again."""
    roles = json.dumps(sorted(one.roles))
    return one.what, one.kind, one.thing, one.guild, one.member, one.emoji, one.is_super, one.name, roles, one.tell


def keep(tx: sqlite3.Connection, reactions: Iterable[HeardReaction]) -> None:
    """Add rows behind those that are there."""
    tx.executemany(
        "INSERT INTO heard_reactions (what, kind, thing, guild, member, emoji, is_super, name, roles, tell)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [stored(one) for one in reactions],
    )


def delete(tx: sqlite3.Connection, *, until: int = _ANY_ID) -> None:
    """Delete the rows up to this id, or all of them."""
    tx.execute("DELETE FROM heard_reactions WHERE id <= ?", (until,))
