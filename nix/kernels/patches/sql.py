"""Starts jupyter-duckdb 1.5 with a database in memory, until a cell loads another; errors have the form of errors."""

from duckdb_kernel.kernel import DuckDBKernel
from ipykernel.kernelapp import IPKernelApp


class Kernel(DuckDBKernel):
    """Needs no `%LOAD :memory:`."""

    def do_execute(self, code, silent, *arguments, **options):
        """Run a cell."""
        if not self._db and not code.lstrip().upper().startswith(("%LOAD", "%CREATE")):
            super().do_execute("%LOAD :memory:", silent=True)
        reply = super().do_execute(code, silent, *arguments, **options)
        if reply["status"] == "error":
            reply |= {"execution_count": self.execution_count, "traceback": reply["traceback"].splitlines()}
            if not silent:
                names = ("ename", "evalue", "traceback")
                self.send_response(self.iopub_socket, "error", {name: reply[name] for name in names})
        return reply

    def print_exception(self, e):
        """Leave errors to the reply, which front ends show."""

    def do_is_complete(self, code):
        """Take everything: a statement needs no end here."""
        return {"status": "complete"}


if __name__ == "__main__":
    IPKernelApp.launch_instance(kernel_class=Kernel)
