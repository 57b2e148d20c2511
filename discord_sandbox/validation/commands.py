"""Validate application commands and autocomplete choices."""

import re
from collections.abc import Iterator
from typing import Any, Final

from discord_sandbox.api_errors import ApiError, Unsupported
from discord_sandbox.store import Json
from discord_sandbox.validation.form import (
    Check,
    Form,
    anything,
    boolean,
    integer,
    listing,
    mapping,
    number,
    one_of,
    shape,
    snowflake,
    text,
    unique,
)

ENTRY_POINT: Final = 4
SUBCOMMAND: Final = 1
GROUP: Final = 2
STRING: Final = 3
INTEGER: Final = 4
NUMBER: Final = 10
MAX_COMMAND_LENGTH: Final = 8000  # characters in names, descriptions and values, with all options
_NAME = re.compile(r"[-_'\w]{1,32}")


def name(form: Form, value: Any) -> None:
    if not isinstance(value, str) or not 1 <= len(value) <= 32:
        text(least=1, most=32)(form, value)
    elif not _NAME.fullmatch(value) or value != value.lower():
        form.wrong("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _choice_value(form: Form, value: Any) -> None:
    if isinstance(value, str):
        text(most=100)(form, value)
    else:
        number(form, value)


choice = shape(
    "a choice",
    {
        "name": text(least=1, most=100, required=True),
        "name_localizations": mapping(text(least=1, most=100)),
        "value": _choice_value,
    },
    required=["name", "value"],
)


def _unique_names(form: Form, named: list[Json], *, code: str, message: str) -> None:
    unique(form, [((index, "name"), one.get("name")) for index, one in enumerate(named)], code=code, message=message)


def _choices(form: Form, value: Any) -> None:
    before = len(form.found)
    listing(choice, most=25)(form, value)
    if len(form.found) == before:
        _unique_names(
            form,
            value,
            code="APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS",
            message="Choice name already exists",
        )


def _option_fits(form: Form, option: Json) -> None:
    kind, choices = option.get("type"), option.get("choices")
    if choices and kind not in (STRING, INTEGER, NUMBER):
        form.at("choices").wrong(
            "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", "Choices are only for string, integer and number options"
        )
    if choices and option.get("autocomplete"):
        form.at("autocomplete").wrong(
            "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID", "An option with choices cannot have autocomplete"
        )
    if kind == STRING and any(not isinstance(one.get("value"), str) for one in choices or ()):
        form.at("choices").wrong("STRING_TYPE_CONVERT", "Choice values must be strings")
    if kind in (SUBCOMMAND, GROUP):
        _nested(form, option, allowed={SUBCOMMAND} if kind == GROUP else set(range(STRING, 12)))


def _nested(form: Form, parent: Json, *, allowed: set[int]) -> None:
    for index, option in enumerate(parent.get("options") or ()):
        if option.get("type") not in allowed:
            form.at("options", index, "type").wrong(
                "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
                "Sub-command and sub-command group option types are misplaced",
            )


def _options(form: Form, value: Any) -> None:
    before = len(form.found)
    listing(option, most=25)(form, value)
    if len(form.found) == before:
        _ordered(form, value)


def _ordered(form: Form, options: list[Json]) -> None:
    optional_before = False
    for index, one in enumerate(options):
        if one.get("required") and optional_before:
            form.at(index).wrong(
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional_before |= not one.get("required")
    _unique_names(
        form, options, code="APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", message="Option name already exists"
    )


_described: dict[str, Check] = {
    "name": name,
    "name_localizations": mapping(name),
    "description": text(least=1, most=100, required=True),
    "description_localizations": mapping(text(least=1, most=100)),
    "options": _options,
}
_option_shape = shape(
    "a command option",
    {
        **_described,
        "type": integer(least=1, most=11),
        "required": boolean,
        "autocomplete": boolean,
        "choices": _choices,
        "min_value": number,
        "max_value": number,
        "min_length": integer(least=0, most=6000),
        "max_length": integer(least=1, most=6000),
        "channel_types": listing(integer(least=0), most=25),
    },
    required=["type", "name", "description"],
    then=_option_fits,
)


def option(form: Form, value: Any) -> None:
    _option_shape(form, value)


def _sizes(node: Json) -> Iterator[int]:
    for part in ("name", "description"):
        said = node.get(part) or ""
        yield max(map(len, [said, *(node.get(f"{part}_localizations") or {}).values()]))
    yield len(str(node["value"])) if "value" in node else 0
    for child in (*(node.get("options") or ()), *(node.get("choices") or ())):
        yield from _sizes(child)


def _command_fits(form: Form, value: Json) -> None:
    kinds = {one["type"] for one in value.get("options") or ()}
    if kinds & {SUBCOMMAND, GROUP} and kinds - {SUBCOMMAND, GROUP}:
        _nested(form, value, allowed={SUBCOMMAND, GROUP})
    if not form.found and sum(_sizes(value)) > MAX_COMMAND_LENGTH:
        form.wrong("APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({MAX_COMMAND_LENGTH})")


_settings: dict[str, Check] = {
    "type": one_of(1, 2, 3),
    "default_member_permissions": snowflake,
    "dm_permission": boolean,
    "default_permission": boolean,
    "nsfw": boolean,
    "contexts": listing(one_of(0, 1, 2), least=1, most=3),
    "integration_types": listing(one_of(0, 1), least=1, most=2),
    "id": anything,
    "handler": anything,
}
_slash = shape("a command", {**_described, **_settings}, required=["name", "description"], then=_command_fits)
_menu = shape(
    "a context menu command",
    {
        **_settings,
        "name": text(least=1, most=32, required=True),
        "name_localizations": mapping(text(least=1, most=32)),
        "description": text(most=0),
        "description_localizations": anything,
        "options": listing(anything, most=0),
    },
    required=["name"],
)


def _command(form: Form, value: Any) -> None:
    if isinstance(value, dict) and value.get("type") == ENTRY_POINT:
        raise Unsupported("the entry point command of an activity")
    is_menu = isinstance(value, dict) and value.get("type") in (2, 3)
    (_menu if is_menu else _slash)(form, value)


def check_command(payload: Json) -> None:
    """Raise ApiError if Discord refuses this command definition."""
    form = Form()
    _command(form, payload)
    form.settle()


def check_commands(payload: list[Json]) -> None:
    """Raise ApiError if Discord refuses these definitions as all commands of a scope."""
    form = Form()
    for index, one in enumerate(payload):
        _command(form.at(index), one)
    form.settle()
    for kind, most in ((1, 100), (2, 15), (3, 15)):
        if sum(one.get("type", 1) == kind for one in payload) > most:
            raise ApiError(400, 30032, "Maximum number of application commands reached")
    unique(
        form,
        [((index, "name"), (one.get("type", 1), one["name"])) for index, one in enumerate(payload)],
        code="APPLICATION_COMMANDS_DUPLICATE_NAME",
        message="Application command names must be unique",
    )
    form.settle()


def check_choices(payload: Json) -> None:
    """Raise ApiError if Discord refuses these autocomplete choices (the `data` of a callback of type 8)."""
    form = Form().at("data")
    shape("autocomplete choices", {"choices": listing(choice, most=25)}, required=["choices"])(form, payload)
    form.settle()
