"""Debian packages by apt itself, in a directory of its own: the machine's mirror and keys, none of its packages."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from jupyflake import process
from jupyflake.cache import cache_directory
from jupyflake.errors import JupyflakeError
from jupyflake.lock import Deb
from jupyflake.resolve import mirror as mirrors
from jupyflake.resolve.apt_errors import explain_install, explain_update
from jupyflake.resolve.closure import Record, dependencies, prune

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from jupyflake.resolve.mirror import Mirror

ARCHITECTURES = {"x86_64-linux": "amd64", "aarch64-linux": "arm64"}
_NO_RELEASE = re.compile(r"The repository '(\S+) (\S+) Release' (?:does not have a Release file|no longer has)")
_URI = re.compile(r"^'([^']+)' (\S+) (\d+) ")


@dataclass(frozen=True)
class _Source:
    archive: str
    release: str
    optional: bool


class Apt:
    """One suite for one architecture."""

    def __init__(self, suite: str, system: str, mirror: Mirror) -> None:
        self.suite = suite
        self.system = system
        self._mirror = mirror
        self._architecture = ARCHITECTURES[system]
        self._directory = cache_directory("apt", f"{suite}-{self._architecture}")
        self._sources = [
            _Source("debian", suite, optional=False),
            _Source("debian", f"{suite}-updates", optional=True),
            _Source("debian-security", f"{suite}-security", optional=True),
        ]
        self.missing_security: str | None = None

    @contextlib.contextmanager
    def prepared(self) -> Iterator[Apt]:
        """Bring the package lists up to date; until the end no other run touches them."""
        with (self._directory / "jupyflake.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._configure()
            self._update()
            yield self

    def names(self, prefix: str = "") -> tuple[str, ...]:
        """Give the names of the packages there are, virtual ones too."""
        return tuple(sorted(self._run("apt-cache", "pkgnames", prefix).stdout.split()))

    def real_names(self, names: Iterable[str]) -> frozenset[str]:
        """Give those of the names that are packages which can be installed."""
        wanted = sorted(set(names))
        if not wanted:
            return frozenset()
        shown = self._run("apt-cache", "policy", *wanted).stdout
        found = re.findall(r"^(\S+):\n  Installed: .*\n  Candidate: (.*)$", shown, re.MULTILINE)
        return frozenset(name.partition(":")[0] for name, candidate in found if candidate != "(none)")

    def security_versions(self, names: Iterable[str]) -> dict[str, str]:
        """Give the newest version that the security archive has of each package that is in it."""
        wanted = sorted(set(names))
        if not wanted:
            return {}
        found: dict[str, str] = {}
        # The newest comes first.
        for line in self._run("apt-cache", "madison", *wanted).stdout.splitlines():
            columns = [column.strip() for column in line.split("|")]
            if len(columns) == 3 and f" {self.suite}-security/" in f" {columns[2]}":  # noqa: PLR2004  (name, version, place)
                found.setdefault(columns[0], columns[1])
        return found

    def providers(self, name: str) -> tuple[str, ...]:
        """Give the packages that stand behind a virtual one."""
        shown = self._run("apt-cache", "showpkg", name, check=False).stdout
        after = shown.partition("Reverse Provides:")[2]
        return tuple(sorted({line.split()[0] for line in after.splitlines() if line.strip()}))

    def closure(
        self, roots: Iterable[str], *, ignored: tuple[frozenset[str], frozenset[tuple[str, str]]]
    ) -> tuple[Deb, ...]:
        """Give the packages with all that they depend on, as lines of the lock."""
        names = sorted(set(roots))
        command = ["apt-get", "install", "--yes", "--quiet=2", "--no-install-recommends", "--print-uris", *names]
        completed = self._run(*command, check=False)
        if completed.returncode != 0:
            raise explain_install(completed.stderr + completed.stdout, self.suite, self.system)
        addresses = dict(self._address(line) for line in completed.stdout.splitlines() if line.startswith("'"))
        records = self._records(addresses)
        found = dependencies(records.values(), ignored)
        kept = prune(names, found)
        return tuple(
            Deb(
                suite=self.suite,
                system=self.system,
                name=name,
                version=records[name].version,
                archive=records[name].archive,
                path=records[name].path,
                size=records[name].size,
                sha256=records[name].sha256,
                depends=tuple(sorted(found[name])),
            )
            for name in sorted(kept)
        )

    def _address(self, line: str) -> tuple[tuple[str, str], str]:
        """Give package and version, which the file's name holds, and the archive."""
        match = _URI.match(line)
        if not match:
            raise JupyflakeError("JF216", f"apt printed a line that is not understood: {line}")
        address, file = match.group(1), unquote(match.group(2))
        name, version, _ = file.rsplit("_", 2)
        # The longer root first: one may begin as the other does.
        for archive, root in sorted(self._mirror.roots.items(), key=lambda item: -len(item[1])):
            if address.startswith(f"{root}/"):
                return (name, version), archive
        raise JupyflakeError("JF216", f"apt takes {name} from a place that is no archive of this mirror")

    def _records(self, addresses: dict[tuple[str, str], str]) -> dict[str, Record]:
        from debian.deb822 import Packages  # noqa: PLC0415  (only where apt is asked)

        shown = self._run("apt-cache", "show", *(f"{name}={version}" for name, version in sorted(addresses)))
        records: dict[str, Record] = {}
        for paragraph in Packages.iter_paragraphs(shown.stdout, use_apt_pkg=False):
            key = (paragraph["Package"], paragraph["Version"])
            archive = addresses.get(key)
            if archive is None:
                continue
            # A version that both archives have is shown twice; the one that apt would take counts.
            security = paragraph["Filename"].startswith("pool/updates/")
            if key[0] in records and security != (archive == "debian-security"):
                continue
            records[key[0]] = Record.parse(paragraph, archive)
        lost = sorted(name for name, _ in addresses if name not in records)
        if lost:
            raise JupyflakeError("JF216", f"apt shows nothing about {', '.join(lost)} in {self.suite}")
        return records

    def _run(self, *argv: str, check: bool = True) -> process.Completed:
        environment = {**os.environ, "APT_CONFIG": str(self._directory / "apt.conf"), "LC_ALL": "C.UTF-8"}
        return process.run(argv, env=environment, check=check)

    def _configure(self) -> None:
        directory = self._directory
        for part in ("lists/partial", "cache/archives/partial", "empty"):
            (directory / part).mkdir(parents=True, exist_ok=True)
        (directory / "status").write_bytes(b"")
        lines = [f'{key} "{value}";' for key, value in mirrors.acquire_settings()]
        own = {
            "Dir::State": directory,
            "Dir::State::Lists": directory / "lists",
            "Dir::State::Status": directory / "status",
            "Dir::State::extended_states": directory / "extended_states",
            "Dir::Cache": directory / "cache",
            # A suite takes 60 MB instead of 140, in the same time.
            "Dir::Cache::srcpkgcache": "",
            "Acquire::GzipIndexes": "true",
            "Dir::Log": directory / "log",
            "Dir::Etc::Main": directory / "empty" / "none",
            "Dir::Etc::Parts": directory / "empty",
            "Dir::Etc::SourceList": directory / "sources.list",
            "Dir::Etc::SourceParts": directory / "empty",
            "Dir::Etc::Preferences": directory / "empty" / "none",
            "Dir::Etc::PreferencesParts": directory / "empty",
            "APT::Architecture": self._architecture,
            "APT::Architectures::": self._architecture,
            "APT::Default-Release": "",
            "APT::Install-Recommends": "false",
            # The cache is in a home directory, where apt's own user may not go.
            "APT::Sandbox::User": "root",
            "APT::Update::Error-Mode": "any",
            "APT::Get::AllowUnauthenticated": "false",
            "Acquire::AllowInsecureRepositories": "false",
            "Acquire::AllowDowngradeToInsecureRepositories": "false",
            "Acquire::Languages": "none",
            "Acquire::Retries": "1",
            "Acquire::http::Timeout": "10",
            "Acquire::https::Timeout": "10",
        }
        lines += [f'{key} "{value}";' for key, value in own.items()]
        _write(directory / "apt.conf", "#clear APT::Architectures;\n" + "\n".join(lines) + "\n")
        self._write_sources()

    def _write_sources(self) -> None:
        key = f" signed-by={self._mirror.keyring}" if self._mirror.keyring else ""
        lines = [
            f"deb [arch={self._architecture}{key}] {self._mirror.roots[source.archive]} {source.release} main\n"
            for source in self._sources
        ]
        _write(self._directory / "sources.list", "".join(lines))

    def _update(self) -> None:
        while True:
            completed = self._run("apt-get", "update", "--quiet=2", check=False)
            if completed.returncode == 0:
                return
            # An archive or suite that the mirror does not carry is left out where that is no loss of the base.
            absent = {release for _, release in _NO_RELEASE.findall(completed.stderr)}
            droppable = [source for source in self._sources if source.optional and source.release in absent]
            if not droppable:
                raise explain_update(completed.stderr, self.suite, self._mirror.roots["debian"])
            for source in droppable:
                self._sources.remove(source)
                if source.archive == "debian-security":
                    self.missing_security = f"{self._mirror.roots[source.archive]} {source.release}"
            self._write_sources()


def _write(path: Path, text: str) -> None:
    # An unchanged file keeps its time, on which apt's caches depend.
    with contextlib.suppress(OSError):
        if path.read_text(encoding="utf-8") == text:
            return
    path.write_text(text, encoding="utf-8")
