"""Run the command line as `python -m raidbot`."""

import sys

from raidbot.cli import main

if __name__ == "__main__":
    sys.exit(main())
