"""Validate buttons, selects, action rows and modals."""

from collections.abc import Iterator
from typing import Any, Final

from discord_sandbox.api_errors import Unsupported
from discord_sandbox.store import Json
from discord_sandbox.validation.emoji import component_emoji
from discord_sandbox.validation.form import (
    Check,
    Form,
    boolean,
    integer,
    listing,
    one_of,
    shape,
    snowflake,
    text,
    unique,
    url,
)

ROW: Final = 1
BUTTON: Final = 2
STRING_SELECT: Final = 3
TEXT_INPUT: Final = 4
USER_SELECT: Final = 5
ROLE_SELECT: Final = 6
MENTIONABLE_SELECT: Final = 7
CHANNEL_SELECT: Final = 8
TEXT_DISPLAY: Final = 10
LABEL: Final = 18
UNMODELLED: Final = (9, TEXT_DISPLAY, 11, 12, 13, 14, 17, 19, 21, 22, 23)
"""Component types of Discord, where they stand on messages or in forms for which there is no check here."""
SELECTS: Final = (STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT)
_DEFAULTS: Final = {
    USER_SELECT: ("user",),
    ROLE_SELECT: ("role",),
    MENTIONABLE_SELECT: ("user", "role"),
    CHANNEL_SELECT: ("channel",),
}
LINK: Final = 5
PREMIUM: Final = 6

_common: dict[str, Check] = {"type": integer(), "id": integer(least=0, most=2**31 - 1)}
_custom_id = text(least=1, most=100)


def _button_style(form: Form, button: Json) -> None:
    style, custom_id, link = button.get("style"), button.get("custom_id"), button.get("url")
    if style == PREMIUM:
        raise Unsupported("a premium button")
    if style == LINK and not link:
        form.at("url").wrong("BUTTON_COMPONENT_URL_REQUIRED", "A url is required")
    if style == LINK and custom_id:
        form.at("custom_id").wrong(
            "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A custom id and url cannot both be specified"
        )
    if style != LINK and not custom_id:
        form.at("custom_id").wrong("BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", "A custom id is required")
    if style != LINK and link:
        form.at("url").wrong("BUTTON_COMPONENT_URL_FORBIDDEN", "A url is only allowed on a link button")
    if not button.get("label") and not button.get("emoji"):
        form.wrong("BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A label or emoji is required")


_button = shape(
    "a button",
    {
        **_common,
        "style": one_of(1, 2, 3, 4, 5, 6),
        "label": text(most=80),
        "emoji": component_emoji,
        "custom_id": _custom_id,
        "url": url("http", "https", "discord", most=512),
        "sku_id": snowflake,
        "disabled": boolean,
    },
    required=["style"],
    then=_button_style,
)
_option = shape(
    "a select option",
    {
        "label": text(least=1, most=100, required=True),
        "value": text(least=1, most=100),
        "description": text(most=100),
        "emoji": component_emoji,
        "default": boolean,
    },
    required=["label", "value"],
)


def _select_fits(form: Form, select: Json) -> None:
    least, most = select.get("min_values"), select.get("max_values")
    least, most = 1 if least is None else least, 1 if most is None else most
    if least > most:
        form.at("min_values").wrong("SELECT_COMPONENT_MIN_VALUES_EXCEEDS_MAX", "min_values exceeds max_values")
    if select.get("type") != STRING_SELECT:
        _defaults_fit(form.at("default_values"), select, least, most)
        return
    options = select.get("options") or []
    if most > len(options):
        form.at("max_values").wrong(
            "SELECT_COMPONENT_MAX_VALUES_EXCEEDS_OPTIONS", "max_values exceeds the number of options"
        )
    unique(
        form,
        [(("options", index, "value"), option.get("value")) for index, option in enumerate(options)],
        code="SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
        message="The specified option value is already used",
    )
    if sum(bool(option.get("default")) for option in options) > most:
        form.at("options").wrong("SELECT_COMPONENT_TOO_MANY_DEFAULTS", "Too many default values")


def _defaults_fit(form: Form, select: Json, least: int, most: int) -> None:
    """Check count and types of default values; Discord documents both, but not the codes of its errors."""
    defaults = select.get("default_values") or []
    if defaults and not least <= len(defaults) <= most:
        form.wrong("BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
    for index, default in enumerate(defaults):
        one_of(*_DEFAULTS[select["type"]])(form.at(index, "type"), default["type"])


_selecting: dict[str, Check] = {
    **_common,
    "custom_id": _custom_id,
    "placeholder": text(most=150),
    "min_values": integer(least=0, most=25),
    "max_values": integer(least=1, most=25),
    "disabled": boolean,
    "required": boolean,
}
_default = shape(
    "a default value", {"id": snowflake, "type": one_of("user", "role", "channel")}, required=["id", "type"]
)
_string_select = shape(
    "a select",
    {**_selecting, "options": listing(_option, least=1, most=25)},
    required=["custom_id", "options"],
    then=_select_fits,
)
_entity_select = shape(
    "a select of members, roles or channels",
    {
        **_selecting,
        "default_values": listing(_default, most=25),
        "channel_types": listing(integer(least=0), most=25),
    },
    required=["custom_id"],
    then=_select_fits,
)


def _input_fits(form: Form, field: Json) -> None:
    least, most = field.get("min_length") or 0, field.get("max_length") or 4000
    if least > most:
        form.at("min_length").wrong("TEXT_INPUT_MIN_LENGTH_EXCEEDS_MAX", "min_length exceeds max_length")
    value = field.get("value")
    if isinstance(value, str) and value and not least <= len(value) <= most:
        form.at("value").wrong("BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")


_input = shape(
    "a text input",
    {
        **_common,
        "custom_id": _custom_id,
        "style": one_of(1, 2),
        "label": text(least=1, most=45),
        "value": text(most=4000),
        "placeholder": text(most=100),
        "required": boolean,
        "min_length": integer(least=0, most=4000),
        "max_length": integer(least=1, most=4000),
    },
    required=["custom_id", "style"],
    then=_input_fits,
)
_text_display = shape("a text display", {**_common, "content": text(least=1, most=4000)}, required=["content"])


def _invalid_type(form: Form) -> None:
    form.at("type").wrong("COMPONENT_TYPE_INVALID", "The specified component type is invalid in this context")


def _of_type(form: Form, value: Any, checks: dict[int, Check]) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    if isinstance(kind, int) and kind in checks:
        checks[kind](form, value)
    elif kind in UNMODELLED:
        raise Unsupported(f"component type {kind}")
    else:
        _invalid_type(form)


_on_messages = {BUTTON: _button, STRING_SELECT: _string_select, **dict.fromkeys(SELECTS[1:], _entity_select)}
_on_labels = {TEXT_INPUT: _input, STRING_SELECT: _string_select, **dict.fromkeys(SELECTS[1:], _entity_select)}


def _row_width(form: Form, row: Json) -> None:
    width = sum(1 if child.get("type") == BUTTON else 5 for child in row["components"])
    if width > 5:
        form.at("components").wrong(
            "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width"
        )


_row = shape(
    "an action row",
    {**_common, "components": listing(lambda form, value: _of_type(form, value, _on_messages), least=1, most=5)},
    required=["components"],
    then=_row_width,
)
_rows = listing(lambda form, value: _of_type(form, value, {ROW: _row}), most=5)


def walk(components: list[Json], *path: str | int) -> Iterator[tuple[tuple[str | int, ...], Json]]:
    """Yield every component with its path, including rows, labels and what they contain."""
    for index, component in enumerate(components):
        here = (*path, index)
        yield here, component
        yield from walk(component.get("components") or [], *here, "components")
        if inner := component.get("component"):
            yield (*here, "component"), inner


def _unique_custom_ids(form: Form, components: list[Json]) -> None:
    ids = [((*path, "custom_id"), one["custom_id"]) for path, one in walk(components) if one.get("custom_id")]
    unique(form, ids, code="COMPONENT_CUSTOM_ID_DUPLICATED", message="Component custom id cannot be duplicated")


def components(form: Form, value: Any) -> None:
    """Check the components of a message."""
    before = len(form.found)
    _rows(form, value)
    if len(form.found) == before:
        _unique_custom_ids(form, value)


def _labelled(form: Form, row: Json) -> None:
    for index, child in enumerate(row.get("components") or ()):
        if not child.get("label"):
            form.at("components", index, "label").missing()


_modal_row = shape(
    "a modal's row",
    {
        **_common,
        "components": listing(lambda form, value: _of_type(form, value, {TEXT_INPUT: _input}), least=1, most=1),
    },
    required=["components"],
    then=_labelled,
)
_label = shape(
    "a label",
    {
        **_common,
        "label": text(least=1, most=45, required=True),
        "description": text(most=100),
        "component": lambda form, value: _of_type(form, value, _on_labels),
    },
    required=["label", "component"],
)
_in_modals = {ROW: _modal_row, LABEL: _label, TEXT_DISPLAY: _text_display}
_modal = shape(
    "a modal",
    {
        "custom_id": _custom_id,
        "title": text(least=1, most=45, required=True),
        "components": listing(lambda form, value: _of_type(form, value, _in_modals), least=1, most=5),
    },
    required=["custom_id", "title", "components"],
)


def modal(form: Form, value: Any) -> None:
    before = len(form.found)
    _modal(form, value)
    if len(form.found) == before:
        _unique_custom_ids(form.at("components"), value["components"])


def check_modal(payload: Json) -> None:
    """Raise ApiError if Discord refuses this modal (the `data` of a callback of type 9)."""
    form = Form().at("data")
    modal(form, payload)
    form.settle()
