"""`jupyflake cache`: binary caches are used, filled, listed and forgotten, and keys made to sign with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jupyflake.commands.options import Frozen, Locked, Offline  # noqa: TC001  (typer reads them)

if TYPE_CHECKING:
    from jupyflake.session import Session

Url = Annotated[str, typer.Argument(metavar="URL", help="The address of the cache, in any form that Nix knows.")]


def use(
    session: Session,
    url: Url,
    *,
    public_key: Annotated[
        list[str],
        typer.Option("--public-key", metavar="KEY", help="The key of who fills the cache: NAME:BASE64. Repeatable."),
    ],
    offline: Offline = False,
) -> None:
    """Take from a binary cache what it has, in all of your projects; signatures of these keys are trusted.

    Example: jupyflake cache use https://cache.example.org --public-key team-1:…
    """
    from jupyflake import caches, sharing  # noqa: PLC0415  (help needs none of it)

    cache = caches.Cache(caches.check_url(url), tuple(caches.check_public_key(key) for key in public_key))
    if not offline:
        sharing.look(cache.url)
    caches.remember(cache)
    session.console.info(f"using {cache.url}, signed by {cache.key_names}")
    if session.console.json:
        session.console.result("", data={"url": cache.url, "public-keys": cache.public_keys})


def list_(session: Session) -> None:
    """List the caches in use.

    Example: jupyflake cache list --json
    """
    from jupyflake import caches  # noqa: PLC0415  (help needs none of it)

    known = caches.remembered()
    if not known:
        session.console.info("no cache is in use; add one with jupyflake cache use URL --public-key KEY")
    text = "\n".join(f"{cache.url}  {' '.join(cache.public_keys)}" for cache in known)
    data = [{"url": cache.url, "public-keys": cache.public_keys} for cache in known]
    if known or session.console.json:
        session.console.result(text, data=data)


def remove(session: Session, url: Url) -> None:
    """Use a cache no longer; what came from it stays in the store.

    Example: jupyflake cache remove https://cache.example.org
    """
    from jupyflake import caches  # noqa: PLC0415  (help needs none of it)
    from jupyflake.errors import JupyflakeError  # noqa: PLC0415

    wanted = url.rstrip("/")
    if not caches.forget(wanted):
        known = ", ".join(cache.url for cache in caches.remembered())
        raise JupyflakeError(
            "JF411",
            f"{wanted} is not in use" + (f"; in use: {known}" if known else "; no cache is"),
            hint="jupyflake cache list",
        )
    session.console.info(f"using {wanted} no longer")
    if session.console.json:
        session.console.result("", data={"removed": wanted})


def push(
    session: Session,
    url: Url,
    parts: Annotated[
        list[str] | None,
        typer.Argument(metavar="PART", help="What to copy, as for `jupyflake build`; the shell if left out."),
    ] = None,
    *,
    secret_key: Annotated[
        Path | None, typer.Option("--secret-key", metavar="FILE", help="The key to sign with, from `cache key`.")
    ] = None,
    artifacts: Annotated[
        bool, typer.Option("--artifacts", help="Copy the locked packages too, so that others need no mirror.")
    ] = False,
    locked: Locked = False,
    frozen: Frozen = False,
) -> None:
    """Build the project and copy it, with all that it needs, into a binary cache.

    Example: jupyflake cache push file:///srv/cache --secret-key ~/.config/jupyflake/keys/team-1.secret
    """
    from jupyflake import caches, locking, nix, ready, sharing  # noqa: PLC0415  (help needs none of it)
    from jupyflake.fetch import plan  # noqa: PLC0415

    address = caches.check_url(url)
    public = sharing.public_key(secret_key) if secret_key else None
    options = ready.Options(locked=locked, frozen=frozen)
    paths = [str(ready.build(session, part, options)) for part in parts or ["shell"]]
    if artifacts:
        project = session.project()
        lock = locking.read_lock(project)
        if not frozen:
            lock = locking.require_current(project, lock)
        if lock is not None:
            system = nix.current_system()
            lock, _ = locking.fetch_or_relock(project, lock, system, session.console, may_lock=False)
            paths += [artifact.store_path for artifact in plan.artifacts(lock, system)]
    sharing.push(address, paths, secret_key, session.console)
    if public is None:
        session.console.warn("what was copied is not signed; others will refuse it: --secret-key FILE signs it")
    else:
        session.console.info(f"signed by {public}")
    session.console.info(f"copied {', '.join(parts or ['shell'])} to {address}")
    if session.console.json:
        session.console.result("", data={"url": address, "paths": paths, "public-key": public})


def key(
    session: Session,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The key's name, by which others know it: team-1.")],
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where the secret key goes.")
    ] = None,
) -> None:
    """Make a pair of keys: the secret one into a file, the public one is printed.

    Example: jupyflake cache key team-1
    """
    from jupyflake import caches, sharing  # noqa: PLC0415  (help needs none of it)

    path = output
    if path is None:
        directory = caches.require_directory() / "keys"
        caches.make_private(directory)
        path = directory / f"{name}.secret"
    public = sharing.make_key(name, path)
    session.console.info(f"the secret key is in {path}; the public one, for `jupyflake cache use`:")
    session.console.result(public, data={"name": name, "public-key": public, "secret-key-file": str(path)})
