"""The rows of found_rows.toml name tests that exist, in order."""

import re

from tests.repository import found_rows


def test_every_row_names_tests_that_exist_or_a_reason() -> None:
    rows = found_rows.read_rows()

    lost = [test for row in rows.values() for test in row.tests if not _exists(test)]

    assert [name for name, row in rows.items() if not row.tests and not row.reason] == []
    assert lost == []


def test_rows_stand_in_the_order_of_the_list() -> None:
    names = list(found_rows.read_rows())

    assert names == sorted(names, key=_place)
    assert all(found_rows.commit_before(name) for name in names)


def test_a_row_may_need_the_old_sandbox_or_an_earlier_commit() -> None:
    assert found_rows.row_of({"tests": ["a"], "old_sandbox": True}) == found_rows.Row(("a",), old_sandbox=True)
    assert found_rows.row_of({"tests": ["a"], "mended": "b"}) == found_rows.Row(("a",), mended="b")
    assert found_rows.row_of("not about the bot") == found_rows.Row(reason="not about the bot")


def _exists(test: str) -> bool:
    file, _, name = test.partition("::")
    path = found_rows.ROOT / file
    return path.is_file() and (not name or f"def {name.partition('[')[0]}(" in path.read_text(encoding="utf-8"))


def _place(name: str) -> tuple[str, int, str]:
    found = re.fullmatch(r"([A-F])(\d+)([a-z]?)", name)
    assert found, name
    return found[1], int(found[2]), found[3]
