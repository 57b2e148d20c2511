"""Template files are imported whole or not at all; importing one twice changes nothing more."""

from dataclasses import replace
from itertools import count

import pytest

from raidbot.raids.model import Role, RoleKey
from raidbot.raids.templates.builtin import builtin
from raidbot.raids.templates.catalogue import Catalogue, TooManyTemplates, untouched
from raidbot.raids.templates.file_format import FileEntry, FileRefused, read, write
from raidbot.raids.templates.importing import ImportSummary, check_emoji, import_templates, summarise
from raidbot.raids.templates.model import Template

TANK = Role(key=RoleKey("tank"), name="Tank", emoji="🛡️", seats=2)
EMBER = Template(key="custom-ember", name="Ember", roles=(TANK,))
NAMELESS = replace(EMBER, key="", name="Nameless")
VOID = builtin()[0]


def import_file(catalogue: Catalogue, *templates: Template, is_enabled: bool = True) -> tuple[Catalogue, ImportSummary]:
    filed = tuple(FileEntry(template, is_enabled) for template in templates)
    keys = count(1)
    after = import_templates(catalogue, filed, lambda: f"custom-new-{next(keys)}")
    return after, summarise(catalogue, after, filed)


def test_what_is_new_is_added_and_twice_is_once() -> None:
    once, told = import_file(untouched(), EMBER, NAMELESS)
    twice, told_again = import_file(once, EMBER, NAMELESS)

    assert told == ImportSummary(("Ember", "Nameless"), (), ())
    assert [entry.key for entry in once.entries[-2:]] == ["custom-ember", "custom-new-1"]
    assert twice == once
    assert told_again == ImportSummary((), (), ("Ember", "Nameless"))


def test_built_in_ones_are_changed_by_key_and_stay_built_in() -> None:
    after, told = import_file(untouched(), replace(VOID, name="Void", label=""), is_enabled=False)

    entry = after.entry(VOID.key)
    assert told == ImportSummary((), ("Void",), ())
    assert entry.original == VOID
    assert not entry.enabled


def test_own_ones_are_found_by_name_where_the_key_is_another() -> None:
    once, _ = import_file(untouched(), EMBER)

    after, told = import_file(once, replace(EMBER, key="custom-elsewhere", name="EMBER", colour=1))

    assert told == ImportSummary((), ("EMBER",), ())
    assert after.entry("custom-ember").template.colour == 1
    assert not after.has("custom-elsewhere")


def test_two_that_change_their_names_are_both_taken() -> None:
    once, _ = import_file(untouched(), EMBER, replace(EMBER, key="custom-other", name="Other"))

    after, told = import_file(once, replace(EMBER, name="Other"), replace(EMBER, key="custom-other", name="Ember"))

    assert sorted(told.changed) == ["Ember", "Other"]
    assert after.entry("custom-ember").template.name == "Other"


def test_a_file_of_everything_brings_a_server_into_that_state() -> None:
    there, _ = import_file(untouched(), EMBER, replace(VOID, colour=1), is_enabled=False)
    filed = read(write(FileEntry(entry.template, entry.enabled) for entry in there.entries).encode())

    here = import_templates(untouched(), filed, lambda: "custom-never")

    assert here == there


@pytest.mark.parametrize("key", ["museum", "wow-99", "Ember"])
def test_keys_of_nothing_here_are_not_taken_over(key: str) -> None:
    after, _ = import_file(untouched(), replace(EMBER, key=key))

    assert after.entries[-1].key == "custom-new-1"


@pytest.mark.parametrize("name", ["Museum Signup", "museum", VOID.name, VOID.label])
def test_a_name_that_is_taken_refuses_the_file(name: str) -> None:
    others = (replace(EMBER, key="custom-other", name=name), replace(EMBER, key="custom-third", name="A", label="Void"))
    there, _ = import_file(untouched(), replace(EMBER, key="custom-there", name="Void"))

    with pytest.raises(FileRefused) as refusal:
        import_file(there, EMBER, *others)

    assert refusal.value.faults == (
        f"templates[1]: something else on this server is called “{name}” already.",
        "templates[2]: something else on this server is called “Void” already.",
    )


def test_too_many_refuse_the_file() -> None:
    with pytest.raises(TooManyTemplates):
        import_file(untouched(), *(replace(EMBER, key=f"custom-{n}", name=f"Ember {n}") for n in range(101)))


def test_custom_emoji_have_to_be_the_servers() -> None:
    emoji = "<:tank:123456789012345678>"
    filed = (FileEntry(EMBER), FileEntry(replace(EMBER, key="custom-b", name="B", roles=(replace(TANK, emoji=emoji),))))

    check_emoji(untouched(), filed, frozenset({123456789012345678}))
    with pytest.raises(FileRefused) as refusal:
        check_emoji(untouched(), filed, frozenset())
    assert refusal.value.faults == (f"templates[1]: these emoji are not of this server: {emoji}.",)


def test_custom_emoji_that_are_there_may_stay() -> None:
    emoji = replace(EMBER, emoji="<:tank:123456789012345678>")
    there, _ = import_file(untouched(), emoji)

    check_emoji(there, (FileEntry(emoji),), frozenset())


@pytest.mark.parametrize("key", ["custom-", "custom-EMBER", "custom-" + "x" * 60])
def test_a_key_that_no_template_can_have_gives_way_to_a_new_one(key: str) -> None:
    once, told = import_file(untouched(), replace(EMBER, key=key))
    twice, _ = import_file(once, replace(EMBER, key=key))

    assert told == ImportSummary(("Ember",), (), ())
    assert once.entries[-1].key == "custom-new-1"
    assert twice == once
