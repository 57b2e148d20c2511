"""Every row of /raid's panel fits into Discord's limits, whatever the raid's state and whatever its reader may do."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import discord

from raidbot.commands.raid import views
from raidbot.commands.raid.views import PanelData
from raidbot.db.outbox import Undelivered
from raidbot.raids.audit.entry import AuditAction
from raidbot.raids.model import MemberId, Raid, Status
from raidbot.raids.permissions import Permission
from raidbot.raids.rosters.undo import Step
from raidbot.raids.series.model import Series
from tests.raids.builders import NOW, START, joined, raid
from tests.state.series.builders import everything

MAX_ROWS, MAX_BUTTONS, MAX_LABEL, MAX_CUSTOM_ID = 5, 5, 80, 100
READERS = (frozenset(Permission), frozenset[Permission](), frozenset({Permission.RAID_TIME}))


def _rosters() -> tuple[Raid, Raid]:
    """Return a raid with a free seat and a line, and a full one with a line."""
    waiting = joined(joined(raid(tank=1, healer=1), "tank", MemberId(5)), "tank", MemberId(6))
    return waiting, joined(waiting, "healer", MemberId(7))


def _states(of: Raid) -> Iterator[tuple[Raid, datetime]]:
    over = START + timedelta(days=1)
    for status, hold, begun in product(Status, (False, True), (False, True)):
        at = replace(of, status=status, hold=hold, begun=begun)
        for now in (NOW, START, START + timedelta(minutes=5), over):
            yield at, now
    yield replace(of, status=Status.CANCELLED, not_held=True), over


def test_no_state_and_no_permissions_make_a_panel_that_discord_refuses() -> None:
    series, states = everything(), [state for of in _rosters() for state in _states(of)]
    for (shown, now), may, is_undoable, of_series in product(states, READERS, (False, True), (None, series)):
        data = _data(shown, now, may, is_undoable=is_undoable, of_series=of_series)
        rows = views.rows(data)
        buttons = [button for row in rows for button in row if isinstance(button, discord.ui.Button)]
        ids = [button.custom_id for button in buttons]

        assert len(rows) <= MAX_ROWS
        assert all(1 <= len(row) <= MAX_BUTTONS for row in rows), [button.label for button in buttons]
        assert all(1 <= len(button.label or "") <= MAX_LABEL for button in buttons)
        assert len(set(ids)) == len(ids)
        assert all(one and len(one) <= MAX_CUSTOM_ID for one in ids)


def _data(
    shown: Raid, now: datetime, may: frozenset[Permission], *, is_undoable: bool, of_series: Series | None
) -> PanelData:
    step = (
        Step(action=AuditAction.LENGTH_CHANGED, at=now, version=9_999_999, before=shown, after=shown)
        if is_undoable
        else None
    )
    return PanelData(shown, {}, (), step, (), Undelivered(0, 0), now, series=of_series, may=may)
