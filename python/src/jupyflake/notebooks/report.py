"""How notebooks went: for people, and as JUnit's XML, which continuous integrations read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET


@dataclass(frozen=True)
class Outcome:
    """How one notebook went; `cell` counts code cells from 1, `seconds` is the time on the clock."""

    path: str
    kernel: str
    seconds: float
    error: str | None = None
    cell: int | None = None
    details: str = ""

    @classmethod
    def of(cls, told: dict[str, Any], path: str) -> Outcome:
        """Read what the runner tells of a notebook."""
        return cls(
            path=path,
            kernel=told.get("kernel", ""),
            seconds=told["seconds"],
            error=None if told["ok"] else told["error"],
            cell=told.get("cell"),
            details="\n".join(part for part in (told.get("traceback", ""), told.get("log", "")) if part).strip("\n"),
        )

    @property
    def complaint(self) -> str:
        """What is wrong, and in which cell; empty where all is well."""
        if self.error is None:
            return ""
        return f"cell {self.cell}: {self.error}" if self.cell else self.error

    def line(self) -> str:
        """Give the line for people."""
        mark = "FAILED" if self.error else "ok"
        text = f"{mark:<6}  {self.seconds:6.1f} s  {self.path}"
        return f"{text}\n  {self.complaint}" if self.error else text

    def data(self) -> dict[str, Any]:
        """Give the same for programs."""
        return {
            "path": self.path,
            "kernel": self.kernel,
            "ok": self.error is None,
            "seconds": self.seconds,
            "error": self.error,
            "cell": self.cell,
            "details": self.details,
        }


def summary(outcomes: list[Outcome], seconds: float) -> str:
    """Give the last line: how many passed and failed, in how many seconds."""
    failed = sum(outcome.error is not None for outcome in outcomes)
    passed = len(outcomes) - failed
    return f"{passed} passed, {failed} failed in {seconds:.1f} s"


def junit(outcomes: list[Outcome], name: str) -> bytes:
    """Give JUnit's XML: a test case for each notebook, in a suite of the project's name."""
    failed = sum(outcome.error is not None for outcome in outcomes)
    total = f"{sum(outcome.seconds for outcome in outcomes):.3f}"
    suite = ET.Element(
        "testsuite", name=name, tests=str(len(outcomes)), failures=str(failed), errors="0", skipped="0", time=total
    )
    for outcome in outcomes:
        case = ET.SubElement(
            suite, "testcase", classname=outcome.kernel or "none", name=outcome.path, time=f"{outcome.seconds:.3f}"
        )
        if outcome.error is not None:
            failure = ET.SubElement(case, "failure", message=_legal(outcome.complaint))
            failure.text = _legal(outcome.details or outcome.complaint)
    ET.indent(suite)
    text: bytes = ET.tostring(suite, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _legal(text: str) -> str:
    """Leave out what XML 1.0 has no way to write: most control characters."""
    return "".join(character for character in text if character in "\t\n\r" or character >= " ")
