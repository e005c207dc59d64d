"""Starts zsh-jupyter-kernel 3.5 with what it lacks: fast output, errors that are errors, whether a cell is complete."""

import re
import subprocess

from ipykernel.kernelapp import IPKernelApp
from zsh_jupyter_kernel.kernel import ZshKernel

# All lines that are there; what follows may be a prompt.
LINES = re.compile(r".*\n", re.DOTALL)


class Kernel(ZshKernel):
    """Reads by as many lines as there are: line by line ten thousand take minutes."""

    def _execute_line(self, line, silent):
        self.p.sendline(line)
        while True:
            found = self.p.expect([*self.ps_re.values(), LINES])
            output = self.p.before + (self.p.after if found == len(self.ps_re) else "")
            if output and not silent:
                self.send_response(
                    self.iopub_socket, "stream", {"name": "stdout", "text": output.replace("\r\n", "\n")}
                )
            if found < len(self.ps_re):
                return found

    def do_execute(self, code, silent, store_history=True, user_expressions=None, **options):
        """Run a cell, and ask how its last command ended."""
        reply = super().do_execute(code, silent, store_history, user_expressions, **options)
        if reply["status"] != "ok":
            return reply
        self.p.sendline("print -r -- $?")
        self.p.expect_exact(self.ps["PS1"])
        status = self.p.before.strip()
        if status in {"", "0"}:
            return reply
        error = {"ename": "exit", "evalue": status, "traceback": []}
        if not silent:
            self.send_response(self.iopub_socket, "error", error)
        return {"status": "error", "execution_count": self.execution_count, **error}

    def do_is_complete(self, code):
        """Ask zsh, without running anything."""
        asked = subprocess.run(["zsh", "-n"], input=code + "\n", capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            return {"status": "complete"}
        # It names the end of the file, or the quote that has no other half.
        end = re.search(r"parse error near `\\n'|unmatched|parse error: condition expected: $", asked.stderr)
        return {"status": "incomplete", "indent": "  "} if end else {"status": "invalid"}

    def do_inspect(self, code, cursor_pos, detail_level=0, omit_sections=()):
        """Say what the word at the cursor is: not every machine has manuals."""
        word = re.search(r"[\w.:+-]*$", code[:cursor_pos])[0] + re.match(r"[\w.:+-]*", code[cursor_pos:])[0]
        text = ""
        if word:
            self.p.sendline(f"whence -v -- {word}")
            self.p.expect_exact(self.ps["PS1"])
            text = self.p.before.strip()
        found = bool(text) and not text.endswith("not found")
        return {"status": "ok", "found": found, "data": {"text/plain": text} if found else {}, "metadata": {}}


if __name__ == "__main__":
    IPKernelApp.launch_instance(kernel_class=Kernel)
