"""Calls of the functions for templates, for `calls.py`."""

import random
import sqlite3
from collections.abc import Callable, Iterator
from functools import partial

from raidbot.db import templates
from raidbot.raids.templates import catalogue
from tests.raids.builders import GUILD

Call = Callable[[sqlite3.Connection], object]


def template_calls() -> Iterator[tuple[str, Call]]:
    builtin = catalogue.untouched()
    first = builtin.entries[0].key
    own = catalogue.duplicate(builtin, first, catalogue.new_key(random.Random(1)))
    yield "save", partial(templates.save, guild=GUILD, before=builtin, after=own)
    yield "catalogue", partial(templates.catalogue, guild=GUILD)
    yield "save (back)", partial(templates.save, guild=GUILD, before=own, after=builtin)
