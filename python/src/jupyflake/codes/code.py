"""What stands behind a code of an error."""

from __future__ import annotations

from typing import NamedTuple


class Code(NamedTuple):
    """What a code stands for; the documentation's list of errors is made from these."""

    title: str
    meaning: str
    cure: str
    exit_code: int = 1
