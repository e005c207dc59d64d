"""Internal errors: codes JF900 to JF999."""

from __future__ import annotations

from jupyflake.codes.code import Code

CODES = {
    "JF900": Code(
        "internal error",
        "jupyflake itself is at fault.",
        "Run again with --verbose and report what it prints.",
    ),
}
