"""Starts gnuplot_kernel 0.5 with what is amiss in it put right: echoes, errors, and words that begin as "plot" does."""

import re

import gnuplot_kernel.statement as statements
from gnuplot_kernel.exceptions import GnuplotError
from gnuplot_kernel.kernel import GnuplotKernel
from gnuplot_kernel.replwrap import GnuplotREPLWrapper
from metakernel import ExceptionWrapper

# Without the word's end "print" is a plot, one that has no picture.
statements.PLOT_RE = re.compile(statements.PLOT_RE.pattern.removesuffix(r"\s?") + r"\b\s?")


class Wrapper(GnuplotREPLWrapper):
    """Knows what it has sent, which Debian's gnuplot repeats, and what the last error was."""

    sent = ""
    error = None

    def send(self, cmd):
        """Send a line, on which gnuplot's editor is not to fold."""
        self.child.setwinsize(1000, 30000)
        # An empty line only asks for the prompt again.
        self.sent = cmd.strip() or self.sent
        super().send(cmd)

    def _force_prompt(self, timeout=30, n=4):
        super()._force_prompt(timeout, n)
        output = self.child.before.lstrip()
        if self.sent and output.startswith(self.sent):
            self.child.before = output[len(self.sent) :].removeprefix("\r\n")

    def run_command(self, *arguments, **options):
        """Run a cell, and keep its error."""
        self.error = None
        try:
            return super().run_command(*arguments, **options)
        except GnuplotError as error:
            self.error = error.message
            raise


class Kernel(GnuplotKernel):
    """Says that a cell failed when it did."""

    asking = False

    def get_kernel_help_on(self, *arguments, **options):
        """Ask gnuplot, whose answer is not to be printed."""
        before, self.asking = self.asking, True
        try:
            return super().get_kernel_help_on(*arguments, **options)
        finally:
            self.asking = before

    def do_is_complete(self, code):
        """Say whether a line or a block goes on."""
        going_on = code.rstrip(" ").endswith("\\") or code.count("{") > code.count("}")
        return {"status": "incomplete", "indent": "  "} if going_on else {"status": "complete"}

    def handle_plot_settings(self):
        """Choose the terminal, of which nobody wants to read."""
        before, self.asking = self.asking, True
        try:
            super().handle_plot_settings()
        finally:
            self.asking = before

    def display_images(self):
        """Show the pictures, unless the cell has failed."""
        if self.wrapper.error is None:
            super().display_images()

    def Error(self, *arguments, **options):
        """Print an error, unless it is the one that the cell ends with."""
        if self.wrapper.error is None:
            super().Error(*arguments, **options)

    def makeWrapper(self):
        """Start gnuplot."""
        wrapper = super().makeWrapper()
        wrapper.__class__ = Wrapper
        return wrapper

    def do_execute_direct(self, code, silent=False):
        """Run a cell."""
        result = super().do_execute_direct(code, silent)
        if self.wrapper.error is None:
            if result is None or self.asking:
                return result
            # What is printed is no result.
            self.Write(result.output)
            return None
        lines = self.wrapper.error.rstrip().splitlines()
        self.wrapper.error = None
        return ExceptionWrapper("GnuplotError", lines[-1].strip(), lines)


if __name__ == "__main__":
    Kernel.run_as_main()
