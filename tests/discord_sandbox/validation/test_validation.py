"""Payloads that Discord refuses, with the exact path it names."""

import contextlib
import copy
from collections.abc import Callable
from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from discord_sandbox.api_errors import ApiError, Unsupported
from discord_sandbox.store import Json
from discord_sandbox.validation import commands, components, embeds, emoji, messages
from discord_sandbox.validation.form import Form

WORN = 4211


def errors_of(check: Callable[..., None], *arguments: Any) -> list[str]:
    """Return the check's errors as sorted `path CODE` lines, or as the error's code alone; empty if there are none."""
    try:
        check(*arguments)
    except ApiError as refused:
        return sorted(_lines(refused.errors)) if refused.errors else [str(refused.code)]
    return []


def _lines(node: Json, path: str = "") -> list[str]:
    found = [f"{path[1:]} {one['code']}" for one in node.get("_errors", ())]
    return found + [line for key, child in node.items() if key != "_errors" for line in _lines(child, f"{path}.{key}")]


def embed(**parts: Any) -> Json:
    return {"embeds": [{"title": "Raid", **parts}]}


def fields(count: int, *, name: str = "Tank", value: str = "alice") -> Json:
    return embed(fields=[{"name": name, "value": value, "inline": True}] * count)


def row(*children: Json) -> Json:
    return {"type": 1, "components": list(children)}


def button(**parts: Any) -> Json:
    return {"type": 2, "style": 1, "label": "Join", "custom_id": "join", **parts}


def select(count: int = 2, **parts: Any) -> Json:
    options = [{"label": f"Role {number}", "value": str(number)} for number in range(count)]
    return {"type": 3, "custom_id": "role", "options": options, **parts}


def placed(*children: Json) -> Json:
    return {"content": "Choose", "components": [row(*children)]}


MESSAGES: list[tuple[Json, list[str]]] = [
    ({"content": "x" * 2000}, []),
    ({"content": "x" * 2001}, ["content BASE_TYPE_MAX_LENGTH"]),
    ({"content": "  "}, ["50006"]),
    ({}, ["50006"]),
    ({"content": 5}, ["content STRING_TYPE_CONVERT"]),
    ({"content": "hi", "nonce": "n" * 26}, ["nonce BASE_TYPE_MAX_LENGTH"]),
    ({"content": "hi", "nonce": "1", "enforce_nonce": True, "tts": False}, []),
    ({"content": "hi", "allowed_mentions": {"parse": ["here"]}}, ["allowed_mentions.parse.0 BASE_TYPE_CHOICES"]),
    (
        {"content": "hi", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
        ["allowed_mentions MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"],
    ),
    ({"embeds": [{"title": "Raid"}] * 10}, []),
    ({"embeds": [{"title": "Raid"}] * 11}, ["embeds BASE_TYPE_MAX_LENGTH"]),
    (embed(title="x" * 257), ["embeds.0.title BASE_TYPE_MAX_LENGTH"]),
    (embed(description="x" * 4097), ["embeds.0.description BASE_TYPE_MAX_LENGTH"]),
    ({"embeds": [{"type": "rich", "color": 1}]}, ["embeds.0.description BASE_TYPE_REQUIRED"]),
    (embed(color=0x1000000), ["embeds.0.color NUMBER_TYPE_MAX"]),
    (embed(url="ftp://raid.example"), ["embeds.0.url URL_TYPE_INVALID_SCHEME"]),
    (embed(url="raid"), ["embeds.0.url URL_TYPE_INVALID_URL"]),
    (embed(image={"url": "attachment://chart.png"}), []),
    ({"content": "x", "attachments": [{"id": 0, "description": "x" * 1024}]}, []),
    (
        {"content": "x", "attachments": [{"id": 0, "description": "x" * 1025}]},
        ["attachments.0.description BASE_TYPE_MAX_LENGTH"],
    ),
    (embed(timestamp="tomorrow"), ["embeds.0.timestamp DATE_TIME_TYPE_PARSE"]),
    (embed(footer={"text": "x" * 2049}), ["embeds.0.footer.text BASE_TYPE_MAX_LENGTH"]),
    (embed(author={"name": "x" * 257}), ["embeds.0.author.name BASE_TYPE_MAX_LENGTH"]),
    (fields(25), []),
    (fields(26), ["embeds.0.fields BASE_TYPE_MAX_LENGTH"]),
    (fields(1, name=" "), ["embeds.0.fields.0.name BASE_TYPE_REQUIRED"]),
    (fields(1, name="x" * 257), ["embeds.0.fields.0.name BASE_TYPE_MAX_LENGTH"]),
    (fields(1, value=""), ["embeds.0.fields.0.value BASE_TYPE_REQUIRED"]),
    (fields(1, value="x" * 1025), ["embeds.0.fields.0.value BASE_TYPE_MAX_LENGTH"]),
    (embed(fields=[{"name": "Tank"}]), ["embeds.0.fields.0.value BASE_TYPE_REQUIRED"]),
    ({"embeds": [{"description": "x" * 3000}] * 2}, []),
    ({"embeds": [{"description": "x" * 3000}, {"description": "x" * 3001}]}, ["embeds MAX_EMBED_SIZE_EXCEEDED"]),
    ({"content": "hi", "components": [row(button())] * 6}, ["components BASE_TYPE_MAX_LENGTH"]),
    ({"content": "hi", "components": [button()]}, ["components.0.type COMPONENT_TYPE_INVALID"]),
    ({"content": "hi", "components": [{"type": 99}]}, ["components.0.type COMPONENT_TYPE_INVALID"]),
    (placed({"type": "2"}), ["components.0.components.0.type COMPONENT_TYPE_INVALID"]),
    ({"content": "hi", "components": [row()]}, ["components.0.components BASE_TYPE_BAD_LENGTH"]),
    (placed(*[button(custom_id=str(number)) for number in range(5)]), []),
    (placed(button(), button()), ["components.0.components.1.custom_id COMPONENT_CUSTOM_ID_DUPLICATED"]),
    (placed(button(custom_id="x" * 101)), ["components.0.components.0.custom_id BASE_TYPE_BAD_LENGTH"]),
    (
        placed(button(custom_id="")),
        ["components.0.components.0.custom_id BASE_TYPE_BAD_LENGTH"],
    ),
    (placed(button(label="x" * 81)), ["components.0.components.0.label BASE_TYPE_MAX_LENGTH"]),
    (placed(button(label="")), ["components.0.components.0 BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED"]),
    (placed(button(style=7)), ["components.0.components.0.style BASE_TYPE_CHOICES"]),
    (placed({"type": 2, "style": 5, "label": "Site", "url": "https://raid.example"}), []),
    (placed({"type": 2, "style": 5, "label": "Site"}), ["components.0.components.0.url BUTTON_COMPONENT_URL_REQUIRED"]),
    (placed(button(emoji={"name": "✅"})), []),
    (placed(button(emoji={"name": "tank"})), ["components.0.components.0.emoji.name COMPONENT_INVALID_EMOJI"]),
    (placed(button(emoji={"name": "worn", "id": str(WORN)})), []),
    (placed(button(emoji={"name": "lost", "id": "1"})), ["components.0.components.0.emoji.id COMPONENT_INVALID_EMOJI"]),
    (placed(select(25, min_values=0, max_values=25)), []),
    (placed(select(26)), ["components.0.components.0.options BASE_TYPE_MAX_LENGTH"]),
    (
        placed(select(0)),
        ["components.0.components.0.options BASE_TYPE_BAD_LENGTH"],
    ),
    (
        placed(select(2, max_values=3)),
        ["components.0.components.0.max_values SELECT_COMPONENT_MAX_VALUES_EXCEEDS_OPTIONS"],
    ),
    (
        placed(select(3, min_values=3, max_values=2)),
        ["components.0.components.0.min_values SELECT_COMPONENT_MIN_VALUES_EXCEEDS_MAX"],
    ),
    (placed(select(placeholder="x" * 151)), ["components.0.components.0.placeholder BASE_TYPE_MAX_LENGTH"]),
    (
        placed(select(options=[{"label": "a", "value": "1"}, {"label": "b", "value": "1"}])),
        ["components.0.components.0.options.1.value SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"],
    ),
    (
        placed(select(options=[{"label": "x" * 101, "value": "1", "description": "x" * 101}])),
        [
            "components.0.components.0.options.0.description BASE_TYPE_MAX_LENGTH",
            "components.0.components.0.options.0.label BASE_TYPE_BAD_LENGTH",
        ],
    ),
    (placed(select(), button()), ["components.0.components COMPONENT_LAYOUT_WIDTH_EXCEEDED"]),
    (placed({"type": 5, "custom_id": "who", "max_values": 25}), []),
    (placed({"type": 4, "custom_id": "text", "style": 1}), ["components.0.components.0.type COMPONENT_TYPE_INVALID"]),
]


@pytest.mark.parametrize(("payload", "expected"), MESSAGES)
def test_messages(payload: Json, expected: list[str]) -> None:
    assert errors_of(lambda: messages.check_message(payload, has_emoji=WORN.__eq__)) == expected


def test_the_error_tree_is_discords() -> None:
    payload = embed(fields=[{"name": "Tank", "value": "alice"}] * 3 + [{"name": "Heal", "value": "x" * 1025}])

    with pytest.raises(ApiError) as refused:
        messages.check_message(payload)

    problem = {"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 1024 or fewer in length."}
    assert refused.value.status == 400
    assert refused.value.as_json() == {
        "code": 50035,
        "message": "Invalid Form Body",
        "errors": {"embeds": {"0": {"fields": {"3": {"value": {"_errors": [problem]}}}}}},
    }


@pytest.mark.parametrize(
    ("payload", "gap"),
    [
        ({"content": "hi", "poll": {"question": {"text": "Which day?"}}}, "field poll of a message"),
        ({"content": "hi", "message_reference": {"type": 1, "message_id": "1"}}, "a forwarded message"),
        ({"components": [{"type": 17, "components": []}]}, "component type 17"),
        ({"content": "hi", "flags": 1 << 15}, "message components v2"),
    ],
)
def test_what_is_not_modelled_is_a_gap(payload: Json, gap: str) -> None:
    with pytest.raises(Unsupported, match=gap):
        messages.check_message(payload)


def test_everything_discord_py_builds_is_understood() -> None:
    shown = discord.Embed(title="Raid", description="Tonight", colour=0x5865F2, timestamp=discord.utils.utcnow())
    shown.add_field(name="Tank", value="alice").set_footer(text="ABC234").set_author(
        name="bob", url="https://raid.example"
    )
    shown.set_image(url="https://raid.example/a.png").set_thumbnail(url="https://raid.example/b.png")
    again = discord.Embed.from_dict(shown.to_dict())

    messages.check_message({"embeds": [again.to_dict()], "allowed_mentions": discord.AllowedMentions.none().to_dict()})


def text_input(**parts: Any) -> Json:
    return {"type": 4, "custom_id": "when", "style": 1, "label": "When", **parts}


def modal(*children: Json, title: str = "Set time") -> Json:
    return {"custom_id": "time", "title": title, "components": list(children)}


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (modal(row(text_input())), []),
        (modal({"type": 18, "label": "When", "component": text_input(label=None)}), []),
        (
            modal({"type": 18, "label": "x" * 46, "component": select()}),
            ["data.components.0.label BASE_TYPE_BAD_LENGTH"],
        ),
        (modal({"type": 10, "content": "Read this"}, row(text_input())), []),
        (modal(row(text_input()), title="x" * 46), ["data.title BASE_TYPE_BAD_LENGTH"]),
        (modal(), ["data.components BASE_TYPE_BAD_LENGTH"]),
        (
            modal(*[row(text_input(custom_id=str(number))) for number in range(6)]),
            ["data.components BASE_TYPE_MAX_LENGTH"],
        ),
        (modal(row(text_input(label="x" * 46))), ["data.components.0.components.0.label BASE_TYPE_BAD_LENGTH"]),
        (modal(row(text_input(label=None))), ["data.components.0.components.0.label BASE_TYPE_REQUIRED"]),
        (
            modal(row(text_input(placeholder="x" * 101))),
            ["data.components.0.components.0.placeholder BASE_TYPE_MAX_LENGTH"],
        ),
        (
            modal(row(text_input(value="x" * 4001))),
            ["data.components.0.components.0.value BASE_TYPE_MAX_LENGTH"],
        ),
        (
            modal(row(text_input(value="xxx", max_length=2))),
            ["data.components.0.components.0.value BASE_TYPE_BAD_LENGTH"],
        ),
        (
            modal(row(text_input(min_length=3, max_length=2))),
            ["data.components.0.components.0.min_length TEXT_INPUT_MIN_LENGTH_EXCEEDS_MAX"],
        ),
        (modal(row(button())), ["data.components.0.components.0.type COMPONENT_TYPE_INVALID"]),
        (
            modal(row(text_input()), row(text_input())),
            ["data.components.1.components.0.custom_id COMPONENT_CUSTOM_ID_DUPLICATED"],
        ),
    ],
)
def test_modals(payload: Json, expected: list[str]) -> None:
    assert errors_of(components.check_modal, payload) == expected


def command(*options: Json, name: str = "create", description: str = "Create a raid") -> Json:
    return {"name": name, "description": description, "type": 1, "options": list(options)}


def option(**parts: Any) -> Json:
    return {"type": 3, "name": "when", "description": "The start", **parts}


def subcommand(*options: Json, **parts: Any) -> Json:
    return {"type": 1, "name": "zone", "description": "The zone", "options": list(options), **parts}


LONG = [{"name": f"{number:0100}", "value": f"{number:0100}"} for number in range(25)]


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (command(option()), []),
        (command(name="Create"), ["name APPLICATION_COMMAND_INVALID_NAME"]),
        (command(name="my raid"), ["name APPLICATION_COMMAND_INVALID_NAME"]),
        (command(name="x" * 33), ["name BASE_TYPE_BAD_LENGTH"]),
        (command(name="überfall"), []),
        (command(description=""), ["description BASE_TYPE_REQUIRED"]),
        (command(description="x" * 101), ["description BASE_TYPE_BAD_LENGTH"]),
        (command(*[option(name=f"o{number}") for number in range(26)]), ["options BASE_TYPE_MAX_LENGTH"]),
        (command(option(), option()), ["options.1.name APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"]),
        (
            command(option(), option(name="what", required=True)),
            ["options.1 APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"],
        ),
        (command(option(choices=[{"name": "", "value": "a"}])), ["options.0.choices.0.name BASE_TYPE_REQUIRED"]),
        (command(option(choices=[{"name": "a", "value": 1}])), ["options.0.choices STRING_TYPE_CONVERT"]),
        (command(option(choices=[*LONG, {"name": "a", "value": "a"}])), ["options.0.choices BASE_TYPE_MAX_LENGTH"]),
        (
            command(option(choices=LONG[:1], autocomplete=True)),
            ["options.0.autocomplete APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID"],
        ),
        (command(subcommand(option())), []),
        (command({"type": 2, "name": "set", "description": "Set", "options": [subcommand()]}), []),
        (command(subcommand(), option()), ["options.1.type APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"]),
        (command(subcommand(subcommand())), ["options.0.options.0.type APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"]),
        (command(option(choices=LONG), option(name="what", choices=LONG)), [" APPLICATION_COMMAND_TOO_LARGE"]),
        ({"name": "Mark No-Show", "type": 2, "dm_permission": False}, []),
    ],
)
def test_commands(payload: Json, expected: list[str]) -> None:
    assert errors_of(commands.check_command, payload) == expected


def test_command_names_are_unique_in_a_scope() -> None:
    assert errors_of(commands.check_commands, [command(), command()]) == ["1.name APPLICATION_COMMANDS_DUPLICATE_NAME"]
    assert errors_of(commands.check_commands, [command(name=f"c{number}") for number in range(101)]) == ["30032"]


@pytest.mark.parametrize(
    ("count", "name", "expected"),
    [
        (25, "molt", []),
        (26, "molt", ["data.choices BASE_TYPE_MAX_LENGTH"]),
        (1, "", ["data.choices.0.name BASE_TYPE_REQUIRED"]),
        (1, "x" * 101, ["data.choices.0.name BASE_TYPE_BAD_LENGTH"]),
    ],
)
def test_autocomplete_choices(count: int, name: str, expected: list[str]) -> None:
    assert errors_of(commands.check_choices, {"choices": [{"name": name, "value": "molt"}] * count}) == expected


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"name": "Molt", "auto_archive_duration": 1440, "rate_limit_per_user": None}, []),
        ({"name": "x" * 101}, ["name BASE_TYPE_BAD_LENGTH"]),
        ({"name": " "}, ["name BASE_TYPE_REQUIRED"]),
        ({"name": "Molt", "auto_archive_duration": 61}, ["auto_archive_duration BASE_TYPE_CHOICES"]),
    ],
)
def test_threads(payload: Json, expected: list[str]) -> None:
    assert errors_of(messages.check_thread, payload) == expected


@pytest.mark.parametrize(
    "sign", ["✅", "1️⃣", "1⃣", "❤", "❤️", "⚔️", "🛡️", "👍🏽", "👩‍🚀", "🏳️‍🌈", "🇩🇪", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🧙", f"worn:{WORN}"]
)
def test_emoji_one_can_react_with(sign: str) -> None:
    emoji.check_reaction(sign)


@pytest.mark.parametrize("sign", ["", "1", "a", "✅✅", "♪", "☆", ":tank:", f"{WORN}", "\ufe0f"])
def test_emoji_nobody_can_react_with(sign: str) -> None:
    assert errors_of(emoji.check_reaction, sign) == ["10014"]


def test_the_size_of_embeds_counts_what_discord_counts() -> None:
    one = {
        "title": "ab",
        "description": "cde",
        "url": "https://raid.example",
        "footer": {"text": "f"},
        "author": {"name": "g"},
    }

    assert embeds.size([one, {"fields": [{"name": "h", "value": "ij"}]}]) == 10
    assert Form().found == []


FULL_EMBED = {"title": "a", "fields": [{"name": "a", "value": "b"}], "footer": {"text": "a"}, "author": {"name": "a"}}
FULL_MESSAGE = {
    "content": "hi",
    "nonce": "1",
    "flags": 4,
    "embeds": [FULL_EMBED],
    "components": [row(button(emoji={"name": "✅"})), row(select(2, max_values=2))],
    "allowed_mentions": {"parse": ["users"], "roles": ["1"]},
    "attachments": [{"id": 0}],
    "message_reference": {"message_id": 1},
}
FULL_MODAL = modal(row(text_input()), {"type": 18, "label": "Role", "component": select()})
FULL_COMMAND = command(subcommand(option(choices=LONG[:2]), option(name="what", required=True, min_length=1)))
PAYLOADS: list[tuple[Callable[[Any], None], Json]] = [
    (messages.check_message, FULL_MESSAGE),
    (components.check_modal, FULL_MODAL),
    (commands.check_command, FULL_COMMAND),
    (commands.check_choices, {"choices": LONG[:2]}),
    (messages.check_thread, {"name": "Talk", "auto_archive_duration": 60}),
]
NONSENSE: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, -1, 10**9, 0.5, "", "x", "\0", [], [None], {}, {"x": 1}, [[]], [{}]]
)


def places(value: Any, *path: str | int) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] + [found for key, child in inner for found in places(child, *path, key)]


def replaced(value: Any, path: tuple[str | int, ...], by: Any) -> Any:
    if not path:
        return by
    changed = copy.copy(value)
    changed[path[0]] = replaced(value[path[0]], path[1:], by)
    return changed


@pytest.mark.parametrize(("check", "payload"), PAYLOADS)
@given(st.data())
def test_no_payload_confuses_the_checks(check: Callable[[Any], None], payload: Json, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(places(payload)[1:]))

    with contextlib.suppress(ApiError, Unsupported):
        check(replaced(payload, path, data.draw(NONSENSE)))
