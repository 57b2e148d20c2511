"""How metrics are declared, and what becomes of their labels."""

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from raidbot.utils.metrics.reading import total
from raidbot.utils.metrics.registry import OTHER, REGISTRY, Names, counter, declared, histogram

_FRUIT = counter("test_fruit", "Fruit", fruit=("apple", "pear"), state=("ripe", "rotten"))
_FREE = counter("test_free", "Names that come as they are met", name=Names(limit=2))
_TIMES = histogram("test_times_seconds", "Times", (0.1, 1.0), kind=("a", "b"))


def series(name: str) -> set[tuple[str, ...]]:
    """Return the values of the labels of each series of a family."""
    page = generate_latest(REGISTRY).decode()
    (family,) = (one for one in text_string_to_metric_families(page) if one.name == name)
    return {tuple(sample.labels.values()) for sample in family.samples}


def test_all_declared_values_are_there_before_anything_happens() -> None:
    assert series("raidbot_test_fruit") == {(a, b) for a in ("apple", "pear") for b in ("ripe", "rotten")}
    assert len(series("raidbot_test_times_seconds")) == 2 * 3 + 2


def test_names_beyond_the_limit_are_counted_together() -> None:
    names = Names(limit=2)

    assert [names.of(name) for name in ("a", "b", "c", "a", "d")] == ["a", "b", OTHER, "a", OTHER]
    names.declare(["e"])
    assert names.of("e") == "e"
    assert "e" in names
    assert "c" not in names
    assert OTHER in names


def test_any_value_of_a_label_is_escaped() -> None:
    wild = 'a "quoted" \\ name\nin two lines'

    _FREE.labels(wild).inc()

    assert series("raidbot_test_free") == {(wild,)}
    assert total(_FREE, name=wild) == 1


def test_labels_of_each_metric_are_known() -> None:
    assert set(declared["raidbot_test_fruit"]) == {"fruit", "state"}
    assert "created" not in generate_latest(REGISTRY).decode().replace('event="created"', "")
