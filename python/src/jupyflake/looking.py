"""What the commands that only look at a project share: project, lock and the environments that are meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jupyflake import graph, locking, nix, targets

if TYPE_CHECKING:
    from jupyflake.graph import Graph
    from jupyflake.lock import Lock
    from jupyflake.project import Project
    from jupyflake.session import Session


class Look(NamedTuple):
    """A project with a lock that is up to date, and whose environments are asked about on which system."""

    project: Project
    lock: Lock
    system: str
    names: tuple[str, ...]

    def graphs(self, *, edges: bool = True) -> list[Graph]:
        """Make the graphs of the environments."""
        return graph.graphs(self.project, self.lock, self.system, self.names, edges=edges)


def look(session: Session, kernels: list[str] | None, *, server: bool, shell: bool) -> Look:
    """Read the project; a lock that is missing or old is an error."""
    project = session.project()
    for kernel in kernels or ():
        targets.require_kernel(project, kernel)
    lock = locking.require_current(project, locking.read_lock(project))
    here = nix.current_system()
    system = here if here in lock.systems else lock.systems[0]
    return Look(project, lock, system, tuple(graph.selected(lock, kernels or (), server=server, shell=shell)))
