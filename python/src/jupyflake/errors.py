"""The one exception that people see."""

from __future__ import annotations


class JupyflakeError(Exception):
    """A failure that is explained to people: what happened where, and what to do next."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        where: str | None = None,
        hint: str | None = None,
        exit_code: int | None = None,
    ) -> None:
        from jupyflake.codes import CODES  # noqa: PLC0415  (only failures look into the table)

        super().__init__(message)
        self.code = code
        self.message = message
        self.where = where
        self.hint = hint
        self.exit_code = CODES[code].exit_code if exit_code is None else exit_code

    def __str__(self) -> str:
        """Give the place and the message, without code and hint."""
        return f"{self.where}: {self.message}" if self.where else self.message

    def lines(self) -> list[str]:
        """Give the lines that are printed, without colour."""
        lines = [f"error[{self.code}]: {self}"]
        if self.hint:
            lines.append(f"  try: {self.hint}")
        return lines
