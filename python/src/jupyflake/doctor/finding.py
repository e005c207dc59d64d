"""What a look at one thing has found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from jupyflake.errors import JupyflakeError

if TYPE_CHECKING:
    from collections.abc import Callable

Status = Literal["ok", "note", "fail"]


@dataclass(frozen=True)
class Finding:
    """One line of the report; `note` is for what something needs that not everybody does.

    `fix` does what `cure` says, where that is safe.
    """

    name: str
    status: Status
    message: str
    cure: str = ""
    fix: Callable[[], object] | None = None

    def lines(self) -> list[str]:
        """Give what people read; a cure is a line of its own."""
        first = f"{self.status:<4}  {self.name:<8}  {self.message}"
        return [first, f"{'':<16}try: {self.cure}"] if self.cure else [first]

    def data(self) -> dict[str, str | bool]:
        """Give the same for programs."""
        return {
            "name": self.name,
            "status": self.status,
            "message": self.message,
            "cure": self.cure,
            "fixable": self.fix is not None,
        }


def look(name: str, check: Callable[[], Finding], *, needed: bool = True) -> Finding:
    """Look at one thing; an error of the tool's own becomes what was found."""
    try:
        return check()
    except JupyflakeError as error:
        where = f"{error.where}: " if error.where else ""
        return Finding(name, "fail" if needed else "note", f"{where}{error.message}", error.hint or "")
