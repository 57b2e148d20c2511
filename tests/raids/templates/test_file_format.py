"""Template files: what is written reads back the same, and faults are named before anything is used."""

import json
from pathlib import Path
from time import process_time
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from raidbot.raids.templates.builtin import builtin
from raidbot.raids.templates.file_format import (
    MAX_FILE_BYTES,
    MAX_TEMPLATES,
    FileEntry,
    FileRefused,
    NewerFile,
    NotOurFile,
    TooLargeFile,
    read,
    write,
)
from raidbot.raids.templates.serialization import to_json
from raidbot.utils.errors import Refusal

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "templates.schema.json").read_text("utf-8"))
DOCUMENTED = (Path(__file__).parents[3] / "docs" / "templates.md").read_text("utf-8")


def file_bytes(*templates: Any, **more: Any) -> bytes:
    whole = {"format": "raidbot-templates", "version": 1, "templates": list(templates)} | more
    return json.dumps(whole).encode()


def template_json(**changed: Any) -> dict[str, Any]:
    """Return a template as a person would write it by hand."""
    return {"name": "Mine", "roles": [{"name": "Tank", "emoji": "🛡️"}, {"name": "Healer", "emoji": "💚"}]} | changed


@given(st.lists(st.tuples(st.sampled_from(builtin()), st.booleans()), min_size=1, unique_by=lambda pair: pair[0].key))
def test_what_is_written_is_read_again_and_fits_the_schema(chosen: list[tuple[Any, bool]]) -> None:
    filed = tuple(FileEntry(template, is_enabled) for template, is_enabled in chosen)

    text = write(filed)

    assert read(text.encode()) == filed
    jsonschema_rs.validate(SCHEMA, json.loads(text))


def test_what_is_written_by_hand_needs_little() -> None:
    (found,) = read(b"\xef\xbb\xbf" + file_bytes(template_json()))

    jsonschema_rs.validate(SCHEMA, json.loads(file_bytes(template_json())))
    assert found.is_enabled
    assert found.template.key == ""
    assert [role.key for role in found.template.roles] == ["role-1", "role-2"]
    assert [role.seats for role in found.template.roles] == [1, 1]


def test_the_documented_example_is_a_file() -> None:
    example = DOCUMENTED.split("```json")[1].split("```")[0]

    (found,) = read(example.encode())

    jsonschema_rs.validate(SCHEMA, json.loads(example))
    assert found.template.strategies


def test_the_documentation_names_every_field() -> None:
    for name in (*to_json(builtin()[0]), *to_json(builtin()[0])["roles"][0], "enabled", "format", "version"):
        assert f"`{name}`" in DOCUMENTED


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        (template_json(colour="red"), "templates[1].colour: has to be a colour"),
        (template_json(name=3), "templates[1].name: has to be a text."),
        (template_json(wat=1), "templates[1].wat: is not known."),
        (template_json(enabled="yes"), "templates[1].enabled: has to be true or false."),
        (template_json(roles=[]), "templates[1]: There are no roles."),
        (template_json(roles="none"), "templates[1].roles: has to be a list."),
        ({"name": "Mine"}, "templates[1].roles: is missing."),
        (
            template_json(roles=[{"name": "A", "emoji": "🛡️"}, {"name": "B", "emoji": "💚", "seats": "2"}]),
            "templates[1].roles[1].seats: has to be a whole number.",
        ),
        (template_json(roles=[{"name": "A", "emoji": "🛡️", "seats": 99}]), "templates[1]: “A” has 99 seats; 1 to 50"),
        (template_json(roles=[{"name": "A", "emoji": "sword"}]), "templates[1]: “sword” is not an emoji."),
        (
            template_json(strategies=[{"name": "x", "roles": [{"key": "gone", "name": "A", "emoji": "🛡️"}]}]),
            "templates[1]: The strategy “x” changes a role “gone”",
        ),
        (template_json(lengths=[True]), "templates[1].lengths[0]: has to be a whole number."),
        (template_json(name="First"), "templates[1]: has the key or the name of templates[0]."),
        (template_json(key="first"), "templates[1]: has the key or the name of templates[0]."),
        ("text", "templates[1]: has to be an object."),
        (None, "templates[1]: has to be an object."),
    ],
)
def test_everything_wrong_is_named_by_its_path(template: Any, fault: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        read(file_bytes(template_json(key="first", name="First"), template))

    assert refusal.value.faults[0].startswith(fault)
    assert len(refusal.value.faults) == 1


def test_the_schema_refuses_unknown_names_and_wrong_types() -> None:
    for template in (
        template_json(wat=1),
        template_json(name=3),
        template_json(colour="red"),
        {"name": "Mine"},
        template_json(enabled="yes"),
    ):
        assert not jsonschema_rs.is_valid(SCHEMA, json.loads(file_bytes(template)))
    assert not jsonschema_rs.is_valid(SCHEMA, json.loads(file_bytes(template_json(), version=2)))


@pytest.mark.parametrize(
    "content", [b"", b"not json", b"\xff\xfe", b"[]", b"{}", b'{"format": "other"}', b"[" * 100_000, b"9" * 5000]
)
def test_what_is_no_such_file_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(NotOurFile, match="not a file of templates"):
        read(content)


def test_other_versions_are_refused_in_a_sentence() -> None:
    with pytest.raises(NewerFile, match="version 2; this bot reads version 1"):
        read(file_bytes(template_json(), version=2))
    for version in (0, "1", None, True, 1.5):
        with pytest.raises(FileRefused, match=r"version\\: has to be 1"):
            read(file_bytes(template_json(), version=version))


def test_too_much_is_refused() -> None:
    with pytest.raises(TooLargeFile, match="1024 KiB"):
        read(b" " * (MAX_FILE_BYTES + 1))
    with pytest.raises(FileRefused, match=f"1 to {MAX_TEMPLATES}"):
        read(file_bytes(*[{}] * (MAX_TEMPLATES + 1)))
    with pytest.raises(FileRefused, match=f"1 to {MAX_TEMPLATES}"):
        read(file_bytes())


def test_a_name_that_stands_twice_is_refused() -> None:
    with pytest.raises(FileRefused, match=r"name\\: stands twice"):
        read(b'{"format": "raidbot-templates", "version": 1, "templates": [{"name": "a", "name": "b"}]}')


def test_an_unknown_name_beside_the_templates_is_refused() -> None:
    with pytest.raises(FileRefused, match=r"more\\: is not known"):
        read(file_bytes(template_json(), more=1))


def test_of_very_many_faults_the_first_are_told() -> None:
    with pytest.raises(FileRefused) as refusal:
        read(file_bytes(*[template_json(wat="x", **{"y" * 500: 1})] * 40))

    assert len(refusal.value.faults) == 80
    assert str(refusal.value).endswith("\n- and 73 more")
    assert len(str(refusal.value)) < 2000


@pytest.mark.parametrize(
    "content",
    [
        file_bytes(template_json(roles=[{"name": "Tank", "emoji": "🛡️"}] * 15_000)),
        file_bytes(*[template_json(roles=[{}] * 1_000)] * 100),
        file_bytes(*[template_json(roles=[0] * 200)] * 200),
        file_bytes(
            template_json(
                roles=[{"name": "Tank", "emoji": "🛡️"}] * 2_000, strategies=[{"name": "a", "description": "x"}] * 10_000
            )
        ),
        file_bytes(*[template_json(strategies=[{"name": "a", "roles": [0] * 200}] * 200)] * 2),
    ],
)
def test_whatever_stands_in_a_file_is_refused_soon(content: bytes) -> None:
    begun = process_time()

    with pytest.raises(FileRefused) as refused:
        read(content)

    assert process_time() - begun < 3
    assert len(refused.value.faults) < 2_000


def test_of_what_may_stand_in_a_template_a_fault_leaves_nothing_out() -> None:
    with pytest.raises(FileRefused) as refusal:
        read(file_bytes(template_json(enable=False)))

    assert refusal.value.faults[0].startswith("templates[0].enable: is not known. Known are key, name,")
    assert refusal.value.faults[0].endswith(", sides, enabled.")


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_end_otherwise_than_with_a_refusal(content: bytes) -> None:
    with pytest.raises(Refusal):
        read(content)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("key", "name", "label", "emoji", "roles", "lengths", "strategies", "sides", "colour", "description")


@given(
    st.dictionaries(st.sampled_from(FIELDS), JSON),
    st.lists(st.dictionaries(st.sampled_from(["name", "emoji", "seats", "key"]), JSON), max_size=3),
)
def test_whatever_stands_in_a_template_is_read_or_refused(fields: dict[str, Any], roles: list[Any]) -> None:
    template = template_json() | fields
    if roles:
        template["roles"] = roles
    try:
        found = read(file_bytes(template))
    except Refusal:
        return
    assert read(write(found).encode()) == found
