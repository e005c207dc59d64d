"""The table of all codes that errors have, a module for each hundred.

Each is extended at its end; a code that was released never changes its meaning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyflake.codes import building, fetching, images, internal, locking, machine, manifest

if TYPE_CHECKING:
    from jupyflake.codes.code import Code

CODES: dict[str, Code] = {
    **manifest.CODES,
    **locking.CODES,
    **fetching.CODES,
    **building.CODES,
    **images.CODES,
    **machine.CODES,
    **internal.CODES,
}
