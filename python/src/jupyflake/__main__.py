"""Makes `python -m jupyflake` the command."""

from __future__ import annotations

import sys

from jupyflake.cli import main

if __name__ == "__main__":
    sys.exit(main())
