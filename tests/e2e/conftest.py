"""End-to-end tests run on a loop whose time can be hurried on."""

from collections.abc import Mapping
from typing import Any

from tests.e2e.pace import PacedLoop


def pytest_asyncio_loop_factories(config: Any, item: Any) -> Mapping[str, Any]:
    return {"paced": PacedLoop}
