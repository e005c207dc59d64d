"""Runs cells of a language that is compiled; kernel.py says how the two speak.

    python compiled.py LANGUAGE REQUESTS REPLIES

A cell that has a main program is one; one of definitions is kept for those that come; any other is the body of one.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

MARK = b"\x1e\x04\x1e"
# Libraries find their own where the program does, not where the machine has them.
LINKING = ("-Wl,--disable-new-dtags",) if sys.platform == "linux" else ()
ERROR = re.compile(r"\berror:", re.IGNORECASE)


@dataclass
class Language:
    """How cells become programs."""

    compiler: list[str]
    suffix: str
    # Headers of all programs.
    head: str
    # What a cell has that is a main program.
    main: str
    # What makes one of statements.
    body: str
    libraries: tuple[str, ...] = ()

    def place(self):
        """Name the line that comes in messages."""
        return '# 1 "cell"\n' if self.suffix == ".f90" else '#line 1 "cell"\n'


C_HEAD = "".join(
    f"#include <{name}>\n" for name in ("math.h", "stdbool.h", "stdint.h", "stdio.h", "stdlib.h", "string.h")
)
CPP_HEAD = "".join(
    f"#include <{name}>\n"
    for name in ("algorithm", "cmath", "cstdint", "iostream", "map", "memory", "string", "utility", "vector")
)
LANGUAGES = {
    "c": Language(
        ["gcc", "-std=gnu17", "-Werror=implicit-int", "-Werror=implicit-function-declaration"],
        ".c",
        C_HEAD,
        r"\bmain\s*\(",
        "int main(void) {{\n{}\nreturn 0;\n}}\n",
        ("-lm",),
    ),
    "c++": Language(["g++", "-std=gnu++20"], ".cpp", CPP_HEAD, r"\bmain\s*\(", "int main() {{\n{}\nreturn 0;\n}}\n"),
    "fortran": Language(
        ["gfortran", "-cpp", "-ffree-line-length-none"],
        ".f90",
        "",
        r"^\s*program\b",
        "program cell\n{}\nend program cell\n",
    ),
}


class FailedError(Exception):
    """A cell that does not compile, or whose program fails."""


class Cells:
    """The cells of definitions, and what makes programs with them."""

    def __init__(self, language, directory):
        self.language = language
        self.directory = Path(directory)
        self.kept = []
        self.program = None

    def compile(self, kept, cell, *options, body=False):
        """Compile, and give what the compiler says; None where it finds no fault."""
        language = self.language
        text = language.place() + cell
        if body:
            text = language.body.format(text)
        source = self.directory / f"cell{language.suffix}"
        source.write_text(
            "\n".join([language.head, *(language.place() + each for each in kept), text, ""]), encoding="utf-8"
        )
        words = [
            *language.compiler,
            *LINKING,
            *options,
            str(source),
            "-o",
            str(self.directory / "cell"),
            *language.libraries,
        ]
        done = subprocess.run(words, cwd=self.directory, capture_output=True, check=False)
        said = done.stderr.decode(errors="replace").replace(f"{self.directory}/", "")
        if done.returncode != 0:
            return said or f"{words[0]} ended with status {done.returncode}"
        sys.stderr.write(said)
        return None

    def keep(self, cell):
        """Keep definitions, in the place of an earlier cell that had them; give what is wrong with them as such."""
        wrong = self.compile(self.kept, cell, "-fsyntax-only")
        if wrong is None:
            self.kept.append(cell)
            return None
        for at in reversed(range(len(self.kept))):
            others = self.kept[:at] + self.kept[at + 1 :]
            if self.compile(others, cell, "-fsyntax-only") is None:
                self.kept = [*others, cell]
                return None
        return wrong

    def execute(self, cell):
        """Run a cell."""
        if re.search(self.language.main, cell, re.MULTILINE | re.IGNORECASE):
            wrong = self.compile(self.kept, cell)
        else:
            wrong = self.keep(cell)
            if wrong is None:
                return
            as_body = self.compile(self.kept, cell, body=True)
            # People are told of the fault that is nearest to what they meant.
            wrong = None if as_body is None else min(wrong, as_body, key=lambda text: len(ERROR.findall(text)))
        if wrong is not None:
            raise FailedError(f"CompileError\n{wrong.rstrip()}")
        sys.stderr.flush()
        self.program = subprocess.Popen([self.directory / "cell"], stdin=subprocess.DEVNULL)
        status = self.program.wait()
        self.program = None
        if status < 0:
            raise FailedError(f"{signal.Signals(-status).name}\nthe program was ended by a signal")
        if status:
            raise FailedError(f"Exit\nthe program ended with status {status}")

    def interrupt(self, number, frame):
        """Interrupt the program, not this one."""
        if self.program is not None:
            self.program.send_signal(number)


def check(cell):
    """Say whether all that a cell opens is closed."""
    code = re.sub(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|//.*|/\*(?s:.*?)\*/', "", cell)
    depth = sum(code.count(each) for each in "([{") - sum(code.count(each) for each in ")]}")
    return "incomplete" if depth > 0 or "/*" in code else "invalid" if depth < 0 else "complete"


def main(name, requests, replies):
    """Answer until there are no more requests."""

    def reply(kind, text=""):
        data = text.encode()
        replies.write(b"%s - %d\n%s" % (kind.encode(), len(data), data))
        replies.flush()

    def done():
        sys.stderr.flush()
        for output in (1, 2):
            os.write(output, MARK)
        reply("done")

    language = LANGUAGES[name]
    version = subprocess.run([language.compiler[0], "-dumpfullversion"], capture_output=True, text=True, check=True)
    with tempfile.TemporaryDirectory() as directory:
        cells = Cells(language, directory)
        signal.signal(signal.SIGINT, cells.interrupt)
        reply("version", version.stdout.strip())
        done()
        while head := requests.readline().split():
            text = requests.read(int(head[2])).decode()
            if head[0] == b"execute":
                try:
                    cells.execute(text)
                except FailedError as failed:
                    reply("error", str(failed))
            elif head[0] == b"check":
                reply("status", "unknown" if name == "fortran" else check(text))
            done()


if __name__ == "__main__":
    with open(sys.argv[2], "rb") as requests, open(sys.argv[3], "wb") as replies:
        main(sys.argv[1], requests, replies)
