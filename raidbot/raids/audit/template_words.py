"""The words for a changed field of a template."""

from collections.abc import Mapping

from raidbot.raids.audit.arguments import number, parts, text
from raidbot.raids.audit.entry import Argument, Arguments
from raidbot.raids.audit.leads import lead_words
from raidbot.raids.templates.model import spoken_length


def template_field(field: str | None, side: Arguments) -> str:
    """Return one side of the change: the template's name, and the parts that the other side does not have."""
    said = (_part(field, part) for part in parts(side, "parts"))
    return f"{text(side, 'template')}: {'; '.join(filter(None, said)) or 'nothing'}"


def _part(field: str | None, part: Argument) -> str:
    match field, part:
        case ("colour", int(colour)):
            return f"#{colour:06X}"
        case ("picture", [str(address), int(is_large), str(described)]):
            return " ".join(filter(None, (address, "(large)" if is_large else "", described)))
        case ("lengths", int(minutes)):
            return spoken_length(minutes)
        case ("signup_deadline", [int(), int()]):
            return lead_words(part)
        case ("roles", Mapping()):
            return _role(part)
        case ("strategies", Mapping()):
            return _strategy(part)
        case _:
            return str(part)


def _role(role: Arguments) -> str:
    group = f"{text(role, 'group')} · " if text(role, "group") else ""
    icon = f" {text(role, 'icon')}" if text(role, "icon") else ""
    return f"{group}{text(role, 'emoji')}{icon} {text(role, 'name')} ({number(role, 'seats')})"


def _strategy(strategy: Arguments) -> str:
    described = f" “{text(strategy, 'description')}”" if text(strategy, "description") else ""
    changed = ", ".join(_role(role) for role in parts(strategy, "roles") if isinstance(role, Mapping))
    return f"{text(strategy, 'name')}{described}{f' with {changed}' if changed else ''}"
