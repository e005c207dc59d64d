"""Starts bash_kernel 0.10 with what it lacks: fast output, whether a cell is complete, help on a word."""

import re
import subprocess

from bash_kernel.kernel import BashKernel, IREPLWrapper
from ipykernel.kernelapp import IPKernelApp

# All lines that are there; what follows may be a prompt.
LINES = re.compile(r".*\n", re.DOTALL)
CARRIAGE_RETURN = re.compile(r"[^\r\n]*\r(?!\n)(?=.)", re.DOTALL)


def _expect_prompt(self, timeout=-1):
    """Hand on output as it comes, by as many lines as there are: line by line ten thousand take minutes."""
    prompts = [re.compile(self.ps1_re), re.compile(self.ps2_re)]
    if timeout is not None:
        return self.child.expect_list(prompts, timeout=timeout)
    while True:
        found = self.child.expect_list([*prompts, LINES, CARRIAGE_RETURN], timeout=None)
        before = self.child.before.replace("\r\n", "\n")
        if found > 1:
            self.line_output_callback(before + self.child.after.replace("\r\n", "\n"))
        else:
            if before:
                self.line_output_callback(before)
            return found


IREPLWrapper._expect_prompt = _expect_prompt


class Kernel(BashKernel):
    """Answers two requests more."""

    def do_is_complete(self, code):
        """Ask Bash, without running anything."""
        if code.rstrip(" ").endswith("\\"):
            return {"status": "incomplete", "indent": ""}
        asked = subprocess.run(["bash", "-n"], input=code + "\n", capture_output=True, text=True, check=False)
        if asked.returncode == 0 and "here-document" not in asked.stderr:
            return {"status": "complete"}
        if re.search("unexpected end of file|unexpected EOF|here-document", asked.stderr):
            return {"status": "incomplete", "indent": "  "}
        return {"status": "invalid"}

    def do_inspect(self, code, cursor_pos, detail_level=0, omit_sections=()):
        """Give Bash's own help on the word at the cursor, or what the word is."""
        word = re.search(r"[\w.:+-]*$", code[:cursor_pos])[0] + re.match(r"[\w.:+-]*", code[cursor_pos:])[0]
        text = ""
        if word:
            text = self.bashwrapper.run_command(f"help -- {word} 2>/dev/null || type -- {word} 2>/dev/null").strip()
        data = {"text/plain": text.replace("\r\n", "\n")} if text else {}
        return {"status": "ok", "found": bool(text), "data": data, "metadata": {}}


if __name__ == "__main__":
    IPKernelApp.launch_instance(kernel_class=Kernel)
