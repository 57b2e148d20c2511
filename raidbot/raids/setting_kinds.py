"""Kinds of settings. A setting's descriptor says how it is called and said, chosen on the panel, audited and stored."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from raidbot.raids.audit.entry import Argument
from raidbot.raids.audit.role_lists import mentions
from raidbot.raids.model import Kind
from raidbot.raids.permissions import Grants, targets
from raidbot.raids.reminders.leads import Leads, read_leads, spoken, written
from raidbot.utils.errors import Refusal

AuditedValue = tuple[str, str | int | frozenset[int] | None]
"""A code and its value: ids of roles as a set; None where nothing is chosen or the setting is off."""


def spoken_minutes(minutes: int) -> str:
    """Return the duration in words: 45 minutes, 2 hours, 1 day."""
    for size, unit in ((1440, "day"), (60, "hour")):
        if minutes >= size and minutes % size == 0:
            count = minutes // size
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return f"{minutes} minutes"


def spoken_years(days: int) -> str:
    """Return for how long raids are kept, in words."""
    years = f"{round(days / 365)} year{'s' if days > 365 else ''}"
    return years if days else "for good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A setting that has a command of its own, or none. `name` is its name in the audit.

    Its value is in the column of the same name in the guild's row, unless it has tables of its own.
    """

    name: str
    has_column: ClassVar[bool] = True
    is_audited: ClassVar[bool] = True

    def from_row(self, stored: object) -> object:
        """Return the value for what the column holds."""
        return stored

    def to_row(self, value: Any) -> object:
        """Return what the column holds for the value."""
        return value

    def audited(self, field: str, value: Any) -> Iterator[AuditedValue]:
        """Yield what the audit compares. Rows hold the codes, so one that was written never changes its meaning."""
        yield field, value

    def name_of(self, part: str) -> str:
        """Return the name in the audit; `part` is what follows the field in the code, as in “channels.raid”."""
        return self.name.format(part=part)

    def audit_words(self, value: Argument) -> str | None:
        """Return a value of the audit in words; None where nothing is chosen."""
        return plain_words(value)


def plain_words(value: Argument) -> str | None:
    """Return a value of the audit in words that suit its type: a list holds roles."""
    match value:
        case None:
            return None
        case bool():
            return "on" if value else "off"
        case list() | tuple():
            return mentions(value)
        case _:
            return str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPanel(Setting):
    """A setting on the panel of /settings. `title` is its name there, `key` its name in a `custom_id`.

    `means` is a sentence on what its value does. `page` counts from 1; settings without a `place` follow the others.
    """

    key: str
    title: str
    means: str
    page: int
    place: int = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed(OnPanel):
    """A text typed into a form. `parse` returns the value, or raises a Refusal."""

    form_title: str
    hint: str
    max_length: int
    parse: Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch(OnPanel):
    """A bool, switched by a button. `on` and `off` are the values in words."""

    on: str
    off: str

    def words(self, value: object) -> str:
        """Return the value as the panel says it."""
        return self.on if value else self.off

    def from_row(self, stored: object) -> object:
        return bool(stored)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(OnPanel, ABC):
    """A number or a word, chosen from a menu."""

    @abstractmethod
    def options(self) -> Mapping[str, str]:
        """Return the texts of the options, by what Discord sends back for them."""

    @abstractmethod
    def option(self, value: Any) -> str:
        """Return the option for a value; one that is not offered if the value was set elsewhere."""

    @abstractmethod
    def value(self, option: str) -> object:
        """Return the value of an option."""

    @abstractmethod
    def words(self, value: Any) -> str:
        """Return the value as the panel says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberChoice(Choice):
    """One of `numbers`, each said by `say_number`.

    `switch` is the field (a `Flag`) that says whether the setting is on. Then its value is None while it is off, for
    which the option 0 stands, and the number stays for the next time.
    """

    numbers: tuple[int, ...]
    say_number: Callable[[int], str]
    switch: str | None = None

    def options(self) -> Mapping[str, str]:
        return {str(number): self._said(number) for number in self.numbers}

    def option(self, value: int | None) -> str:
        return str(value or 0)

    def value(self, option: str) -> int | None:
        return int(option) or (None if self.switch else 0)

    def words(self, value: int | None) -> str:
        return self._said(value or 0)

    def audit_words(self, value: Argument) -> str | None:
        if value is None and self.switch is not None:
            return "off"
        return self.say_number(value) if isinstance(value, int) else plain_words(value)

    def _said(self, number: int) -> str:
        return "off" if number == 0 and self.switch is not None else self.say_number(number)


@dataclass(frozen=True, slots=True, kw_only=True)
class WordChoice(Choice):
    """One of the keys of `texts`, an enum; its values stand for it in the audit."""

    texts: Mapping[StrEnum, str]

    def options(self) -> Mapping[str, str]:
        return {word.value: text for word, text in self.texts.items()}

    def option(self, value: str) -> str:
        return str(value)

    def value(self, option: str) -> object:
        return self.from_row(option)

    def words(self, value: StrEnum) -> str:
        return self.texts[value]

    def from_row(self, stored: object) -> object:
        words: dict[object, StrEnum] = {word.value: word for word in self.texts}
        return words[stored]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadTimes(OnPanel):
    """Up to `limit` leads, several of which are chosen from a menu of `offered` ones, or typed into a form."""

    limit: int
    offered: Leads
    form_title: str
    hint: str
    max_length: int = 100

    def from_row(self, stored: object) -> object:
        return read_leads(str(stored), limit=self.limit)

    def to_row(self, value: Leads) -> object:
        return written(value)

    def options(self, value: Leads) -> Mapping[str, str]:
        """Return the texts of the options, by what Discord sends back for them; those of `value` are among them."""
        leads = sorted({*self.offered, *value}, key=lambda lead: lead.length)
        return {lead.code: f"{lead} before" for lead in leads}

    def audited(self, field: str, value: Leads) -> Iterator[AuditedValue]:
        yield field, written(value) or None

    def audit_words(self, value: Argument) -> str | None:
        try:
            return spoken(read_leads(str(value or ""), limit=self.limit))
        except Refusal:
            return plain_words(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment(Setting):
    """An instant that goes with another setting, or None."""

    name: str = ""
    is_audited = False

    def to_row(self, value: datetime | None) -> object:
        return None if value is None else int(value.timestamp())


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChoice(OnPanel):
    """A role's id, or None. `clear` is the label of the button that unsets a role that was deleted."""

    clear: str

    def audited(self, field: str, value: int | None) -> Iterator[AuditedValue]:
        yield field, None if value is None else frozenset({value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(Setting):
    """A bool that is a part of another setting, the `switch` of a NumberChoice, and audited with it."""

    name: str = ""
    is_audited = False

    def from_row(self, stored: object) -> object:
        return bool(stored)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted(Setting):
    """A bool that follows from other choices, and that nobody chooses."""

    name: str = ""
    is_audited = False

    def from_row(self, stored: object) -> object:
        return bool(stored)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel(Setting):
    """A channel's id, or None."""

    def audit_words(self, value: Argument) -> str | None:
        return f"<#{value}>" if value else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelOfKind(Channel):
    """Channels by kind of raid, in a table of their own."""

    has_column = False

    def audited(self, field: str, value: Mapping[Kind, int]) -> Iterator[AuditedValue]:
        yield from ((f"{field}.{kind}", value.get(kind)) for kind in Kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesOfKind(Setting):
    """Sets of roles by kind of raid, in a table of their own."""

    has_column = False

    def audited(self, field: str, value: Mapping[Kind, frozenset[int]]) -> Iterator[AuditedValue]:
        yield from ((f"{field}.{kind}", value.get(kind)) for kind in Kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesOfTarget(Setting):
    """The roles that may use commands, in tables of their own."""

    has_column = False

    def audited(self, field: str, value: Grants) -> Iterator[AuditedValue]:
        yield "admin_roles", value.admins
        yield from ((f"{field}.{target}", value.of(target)) for target in targets())
