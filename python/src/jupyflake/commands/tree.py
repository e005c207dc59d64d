"""`jupyflake tree`: what each package brings along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from jupyflake.commands.options import Shown, ShownServer, ShownShell  # noqa: TC001  (typer reads them)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyflake.graph import Graph, Root
    from jupyflake.session import Session


def tree(
    session: Session,
    *,
    kernel: Shown = None,
    server: ShownServer = False,
    shell: ShownShell = False,
    depth: Annotated[
        int | None, typer.Option("--depth", "-d", min=0, metavar="N", help="So many levels below the packages.")
    ] = None,
) -> None:
    """Show the packages of each kernel with what they bring along; (*) has been shown above.

    Example: jupyflake tree --kernel py313 --depth 1
    """
    from jupyflake.looking import look  # noqa: PLC0415  (help needs none of it)

    lines: list[str] = []
    data: list[dict[str, Any]] = []
    for each in look(session, kernel, server=server, shell=shell).graphs():
        # What is in every kernel for Debian's sake is nobody's wish; why tells about it.
        roots = [root for root in each.roots if root.listed or each.source == "python"]
        if not roots:
            continue
        lines += [f"{each.environment} ({each.source})", *_Drawing(each, depth).roots(roots)]
        needs = {name: sorted(each.needs.get(name, ())) for name in sorted(each.versions)}
        data.append(
            {
                "environment": each.environment,
                "source": each.source,
                "roots": [root.package for root in roots],
                "packages": [
                    {"name": name, "version": each.versions[name], "needs": needs[name]} for name in sorted(needs)
                ],
            }
        )
    session.console.result("\n".join(lines), data=data)


class _Drawing:
    def __init__(self, graph: Graph, depth: int | None) -> None:
        self._graph = graph
        self._depth = depth
        self._shown: set[str] = set()

    def roots(self, roots: list[Root]) -> Iterator[str]:
        for number, root in enumerate(roots, 1):
            note = f" ({root.listed or root.reason})" if root.listed != root.package else ""
            yield from self._branch(root.package, note, (), last=number == len(roots))

    def _branch(self, name: str, note: str, above: tuple[bool, ...], *, last: bool) -> Iterator[str]:
        needs = sorted(each for each in self._graph.needs.get(name, ()) if each in self._graph.versions)
        again = name in self._shown and bool(needs)
        indent = "".join("    " if ended else "│   " for ended in above)
        mark = " (*)" if again else ""
        yield f"{indent}{'└' if last else '├'}── {name} {self._graph.versions[name]}{note}{mark}"
        if again or len(above) == self._depth:
            return
        self._shown.add(name)
        for number, each in enumerate(needs, 1):
            yield from self._branch(each, "", (*above, last), last=number == len(needs))
