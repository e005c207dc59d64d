"""Options that several commands have, with one wording."""

from __future__ import annotations

from typing import Annotated

import typer

Locked = Annotated[bool, typer.Option("--locked", help="Fail where jupyter.lock is not up to date.")]
Frozen = Annotated[bool, typer.Option("--frozen", help="Use jupyter.lock as it is.")]
Offline = Annotated[bool, typer.Option("--offline", help="Use no network.")]
