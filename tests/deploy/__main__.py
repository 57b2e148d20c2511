"""`make deploy-check`: check the files of `deploy/` and take the Dockerfile's steps."""

import sys

from tests.deploy.checks import CHECKS, Check, CheckFailedError, ToolMissingError, fetch_promtool
from tests.deploy.stories import image_story, operating_story
from tests.deploy.stories.image import StepFailedError

ALL = (
    *CHECKS,
    Check("the Dockerfile's steps make an image that starts, writes only its data, and stops", image_story.tell),
    Check("docs/operating.md leads from nothing to a service, its backup, upgrade and restore", operating_story.tell),
)


def main() -> int:
    """Run the checks whose names have one of the words given; return 1 if one fails."""
    fetch_promtool()
    words = sys.argv[1:]
    found = [_told(check) for check in ALL if not words or any(word in check.name for word in words)]
    passed, failed, missing = (found.count(end) for end in ("ok", "FAILED", "missing"))
    print(f"{passed} passed, {failed} failed, {missing} not tried.")
    return 1 if failed else 0


def _told(check: Check) -> str:
    """Run a check, print its end and return it."""
    end, why = "ok", ""
    try:
        check.run()
    except ToolMissingError as error:
        end, why = "missing", f"not tried, install the program first: {error}"
    except (CheckFailedError, StepFailedError, AssertionError) as error:
        end, why = "FAILED", str(error)
    print(f"{end:8} {check.name}", flush=True)
    for line in why.splitlines():
        print(f"         {line}", flush=True)
    return end


if __name__ == "__main__":
    sys.exit(main())
