"""Starts jupyter-duckdb 1.5 with a database in memory, until a cell loads another; errors have the form of errors.

What is loaded may be a file of SQLite too: DuckDB itself would fetch what it reads those with.
"""

from pathlib import Path

from duckdb_kernel.db.implementation.sqlite import Connection as SQLite
from duckdb_kernel.kernel import DuckDBKernel
from ipykernel.kernelapp import IPKernelApp


class Kernel(DuckDBKernel):
    """Needs no `%LOAD :memory:`."""

    def _load_database(self, path, name):
        """Open a database."""
        start = path.removeprefix("sqlite:///")
        file = Path(start)
        if start == path and not (file.is_file() and file.open("rb").read(15) == b"SQLite format 3"):
            return super()._load_database(path, name)
        if name in self._db:
            raise ValueError(f"duplicate database name {name}")
        self._db[name] = SQLite(start)
        return self._db[name]

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
