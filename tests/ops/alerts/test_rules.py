"""Each rule from its facts: above its limit, below it, and with too little to judge."""

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from raidbot.ops.alerts import rules, sentences
from raidbot.ops.alerts.facts import Attempts, Facts, Recent, Runs
from raidbot.ops.alerts.model import COOLDOWNS, Alert, Key, Thresholds
from raidbot.utils.words import render

NOW = datetime(2026, 3, 18, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
CALM = Facts(uptime=timedelta(minutes=4))
LIMITS = Thresholds()


@dataclass(frozen=True, slots=True)
class Found:
    last: datetime | None
    bytes: int = 0


def judged(facts: Facts, limits: Thresholds = LIMITS) -> dict[Key, str | None]:
    return {
        found.key: None if found.trouble is None else render(found.trouble)
        for found in rules.findings(facts, limits, NOW)
    }


ABOVE = [
    (replace(CALM, answers={"command": Recent(2.5, 10)}), Key(Alert.LATENCY, "command"), "commands waits for 2.5 s"),
    (replace(CALM, answers={"form": Recent(math.inf, 10)}), Key(Alert.LATENCY, "form"), "forms waits for 2 s"),
    (replace(CALM, messages=Attempts(20, 4)), Key(Alert.DIRECT_MESSAGES), "4 of the last 20 did not arrive (20 %"),
    (replace(CALM, jobs={"closing": Runs(0, 3)}), Key(Alert.JOB, "closing"), "“closing” fails:** 3 runs"),
    (
        replace(CALM, watched=HOUR, jobs={"closing": Runs(), "audit": Runs()}),
        Key(Alert.STANDSTILL),
        "No job has run",
    ),
    (replace(CALM, stalls=Recent(3.0, 300)), Key(Alert.EVENT_LOOP), "for 3 s or longer"),
    (replace(CALM, outage="database or disk is full"), Key(Alert.UNWRITABLE), "(database or disk is full)"),
    (replace(CALM, writes=Recent(math.inf, 10)), Key(Alert.SLOW_DISK), "takes 1 s or longer"),
    (replace(CALM, set_aside=1), Key(Alert.SET_ASIDE), "1 row of the database"),
    (replace(CALM, set_aside=2), Key(Alert.SET_ASIDE), "2 rows of the database"),
    (
        replace(CALM, watched=HOUR, backups=Found(NOW - 37 * HOUR)),
        Key(Alert.BACKUP),
        f"is of <t:{int((NOW - 37 * HOUR).timestamp())}",
    ),
    (replace(CALM, uptime=37 * HOUR, watched=HOUR, backups=Found(None)), Key(Alert.BACKUP), "There is no good backup"),
    (replace(CALM, backups=Found(NOW, 5_001_000_000)), Key(Alert.BACKUP_SIZE), "5001 MB"),
    (replace(CALM, raids=51), Key(Alert.RAIDS), "51 are open (limit 50)"),
    (replace(CALM, memory=600_000_000), Key(Alert.MEMORY), "600 MB in use (limit 512 MB)"),
]


@pytest.mark.parametrize(("facts", "key", "said"), ABOVE)
def test_above_a_limit_is_trouble(facts: Facts, key: Key, said: str) -> None:
    troubles = {found: words for found, words in judged(facts).items() if words is not None}

    assert troubles.keys() == {key}
    assert said in (troubles[key] or "")


def test_every_alert_but_those_of_calls_has_a_rule() -> None:
    assert {key.alert for _, key, _ in ABOVE} == set(Alert) - {Alert.DISCORD}


@pytest.mark.parametrize(
    ("facts", "key"),
    [
        (replace(CALM, answers={"command": Recent(2.0, 10)}), Key(Alert.LATENCY, "command")),
        (replace(CALM, messages=Attempts(20, 3)), Key(Alert.DIRECT_MESSAGES)),
        (replace(CALM, jobs={"closing": Runs(1, 3)}), Key(Alert.JOB, "closing")),
        (replace(CALM, watched=HOUR, jobs={"closing": Runs(waited=1)}), Key(Alert.STANDSTILL)),
        (replace(CALM, stalls=Recent(1.0, 300)), Key(Alert.EVENT_LOOP)),
        (CALM, Key(Alert.UNWRITABLE)),
        (replace(CALM, writes=Recent(1.0, 10)), Key(Alert.SLOW_DISK)),
        (replace(CALM, uptime=2 * HOUR), Key(Alert.SET_ASIDE)),
        (replace(CALM, backups=Found(NOW - 36 * HOUR)), Key(Alert.BACKUP)),
        (replace(CALM, backups=Found(NOW, 5_000_000_000)), Key(Alert.BACKUP_SIZE)),
        (replace(CALM, raids=50), Key(Alert.RAIDS)),
        (replace(CALM, memory=400_000_000), Key(Alert.MEMORY)),
    ],
)
def test_below_a_limit_is_none(facts: Facts, key: Key) -> None:
    found = judged(facts)

    assert key in found
    assert set(found.values()) == {None}


@pytest.mark.parametrize(
    ("facts", "alert"),
    [
        (replace(CALM, answers={"command": Recent(math.inf, 9)}), Alert.LATENCY),
        (replace(CALM, messages=Attempts(9, 9)), Alert.DIRECT_MESSAGES),
        (replace(CALM, jobs={"closing": Runs(0, 2)}), Alert.JOB),
        (replace(CALM, jobs={"closing": Runs()}), Alert.STANDSTILL),
        (replace(CALM, stalls=Recent(math.inf, 99)), Alert.EVENT_LOOP),
        (replace(CALM, writes=Recent(math.inf, 9)), Alert.SLOW_DISK),
        (CALM, Alert.SET_ASIDE),
        (replace(CALM, backups=Found(None)), Alert.BACKUP),
        (replace(CALM, backups=Found(NOW - 37 * HOUR)), Alert.BACKUP),  # it is made just now
        (CALM, Alert.BACKUP_SIZE),
        (replace(CALM, memory=500_000_000), Alert.MEMORY),
    ],
)
def test_too_little_says_nothing(facts: Facts, alert: Alert) -> None:
    assert [key for key in judged(facts) if key.alert is alert] == []


def test_a_limit_can_be_set() -> None:
    assert judged(replace(CALM, raids=6), Thresholds(raids=5))[Key(Alert.RAIDS)] is not None


def test_every_alert_has_a_cooldown_and_words_for_its_end() -> None:
    assert COOLDOWNS.keys() == set(Alert)
    for alert in Alert:
        said = render(sentences.over(Key(alert, "messages"), timedelta(minutes=5)))
        assert said.startswith("🟢 **")
        assert said.endswith(", after 5 minutes.")
