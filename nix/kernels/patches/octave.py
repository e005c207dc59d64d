"""Starts octave_kernel 1.1 with what it lacks: errors that are errors, and blocks that end in their first line."""

import re

from metakernel import ExceptionWrapper
from octave_kernel.kernel import OctaveKernel

ERROR = re.compile(r"^(?:error|parse error):", re.MULTILINE)
END = re.compile(
    r"(?:^|[\s,;])(?:end(?:if|for|while|function|switch|_try_catch|_unwind_protect)?|until)(?:\s|,|;|$)",
    re.MULTILINE,
)
START = re.compile(r"^\s*(?:if|for|while|do|parfor|function|switch|try|unwind_protect)(?:\s|$|\()", re.MULTILINE)


class Kernel(OctaveKernel):
    """Holds back what may be an error's message until it is known to be one."""

    held = None
    started = False

    def Write(self, message):
        """Print output, from the first line on that looks like an error's only later."""
        if self.held is None:
            super().Write(message)
            return
        self.held += message
        found = ERROR.search(self.held)
        end = found.start() if found else len(self.held)
        if self.held[:end]:
            super().Write(self.held[:end])
        self.held = self.held[end:]

    def do_execute_direct(self, code, silent=False):
        """Run a cell."""
        engine = self.octave_engine
        if not engine._has_startup:
            engine._startup()
        if not self.started:
            self.started = True
            engine.eval("warning('off', 'Octave:gnuplot-graphics');", silent=True)
        engine.eval("lasterr('');", silent=True)
        self.held = ""
        result = super().do_execute_direct(code, silent)
        held, self.held = self.held, None
        if self._octave_engine is None or not held:
            return result
        if engine.eval("disp(lasterr())", silent=True).strip():
            lines = held.replace("\r\n", "\n").strip().splitlines()
            return ExceptionWrapper("Error", re.sub(r"^(parse )?error:\s*", "", lines[0]) or lines[0], lines)
        self.Write(held)
        return result

    async def do_is_complete(self, code):
        """Say whether each block has its end."""
        if len(START.findall(code)) > len(END.findall(code)):
            return {"status": "incomplete", "indent": "  "}
        return {"status": "complete"}


if __name__ == "__main__":
    Kernel.run_as_main()
