"""What packages import without requiring it; hand-kept, of what tests of many packages found.

What is missing here is listed in jupyter.toml beside the package, as with any installer. What is here can be limited
there as any other package: by a requirement of its own, or by `constraints`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Package → the packages that its modules import.
_UNSTATED = {
    "mplfinance": ("six",),
    # To show a figure in a notebook.
    "plotly": ("nbformat",),
}


def unstated(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Give those of these packages (normalised names) that need more than they say, and what that is."""
    return {name: _UNSTATED[name] for name in sorted(names) if name in _UNSTATED}


def lacking(names: Iterable[str]) -> tuple[str, ...]:
    """Give what an environment of these packages lacks: to be asked for beside the manifest's own requirements."""
    there = set(names)
    needed = {need for needs in unstated(there).values() for need in needs}
    return tuple(sorted(needed - there))
