"""Mentions of members are made in one place, which mentions no former member."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent / "raidbot"


def test_no_other_code_mentions_members() -> None:
    made = re.compile(r"<@!?\{")
    files = {path for path in ROOT.rglob("*.py") if made.search(path.read_text(encoding="utf-8"))}

    assert {str(path.relative_to(ROOT)) for path in files} <= {"utils/text.py", "raids/privacy/stand_ins.py"}
