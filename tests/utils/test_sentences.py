"""No sentence of a notice or a refusal about signups changes unnoticed, whatever the names in it."""

import json
from inspect import getmembers, isclass
from pathlib import Path

from raidbot.commands.signups import board_buttons, dm_buttons, gate, reactions
from raidbot.raids import notifications
from raidbot.raids.rosters import attendance, manager_edits, promotion, role_lookup, signups, substitutes, undo
from raidbot.utils.errors import Refusal
from tests.utils.sentences import everything

SENTENCES = Path(__file__).with_name("sentences.json")
MODULES = (attendance, manager_edits, promotion, role_lookup, signups, substitutes, undo)
MODULES_OF_COMMANDS = (board_buttons, dm_buttons, gate, reactions)


def test_every_sentence_is_as_it_was_written_down() -> None:
    assert everything() == json.loads(SENTENCES.read_text(encoding="utf-8"))


def test_every_refusal_is_written_down() -> None:
    modules = (notifications, *MODULES, *MODULES_OF_COMMANDS)
    refusals = {name for module in modules for name, one in getmembers(module, isclass) if issubclass(one, Refusal)}

    said = {key.split(": ")[-1].split(" ")[0] for key in everything()}

    assert refusals - said == {"Refusal", "ConcernsLeader", "UnknownPanel"}
