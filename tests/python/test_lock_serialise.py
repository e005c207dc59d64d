"""jupyter.lock as text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyflake.errors import JupyflakeError
from jupyflake.lock import Bootstrap, Deb, Environment, Lock, Wheel, dumps, loads

if TYPE_CHECKING:
    import random

SHA = "0123456789abcdef" * 4

_names = st.from_regex(r"[a-z0-9][a-z0-9+.-]{0,10}", fullmatch=True)
_versions = st.from_regex(r"[0-9][0-9a-z.+:~-]{0,10}", fullmatch=True)
_shas = st.text("0123456789abcdef", min_size=64, max_size=64)
_systems = st.sampled_from(["x86_64-linux", "aarch64-linux"])
_sizes = st.integers(0, 2**40)
_files = st.from_regex(r"[A-Za-z0-9é日_][A-Za-z0-9é日_ %+~.-]{0,20}", fullmatch=True)
_paths = st.lists(_files, min_size=1, max_size=4).map("/".join)
_environments = st.builds(
    Environment,
    base=st.sampled_from(["debian/trixie", "debian/bookworm"]),
    language=st.sampled_from([None, "python", "r"]),
    python=st.sampled_from([None, "3.13"]),
    packages=st.none() | st.lists(_names).map(tuple),
    tools=st.none() | st.lists(_names).map(tuple),
)
_bootstrap = st.builds(
    Bootstrap,
    name=_names,
    version=_versions,
    system=_systems,
    suite=st.sampled_from([None, "trixie"]),
    file=_files,
    archive=st.sampled_from([None, "debian"]),
    path=st.none() | _paths,
    size=_sizes,
    sha256=_shas,
    member=_paths,
    nar=_shas,
)
_wheels = st.builds(
    Wheel,
    name=_names,
    version=_versions,
    file=_files,
    path=st.none() | _paths,
    size=_sizes,
    sha256=_shas,
    since=st.integers(0, 9),
    use=st.dictionaries(_names, st.lists(_systems, min_size=1, unique=True).map(lambda each: tuple(sorted(each)))),
)
_debs = st.builds(
    Deb,
    suite=st.sampled_from(["trixie", "bookworm"]),
    system=_systems,
    name=_names,
    version=_versions,
    archive=st.sampled_from(["debian", "debian-security"]),
    path=_paths,
    size=_sizes,
    sha256=_shas,
    depends=st.lists(_names).map(tuple),
)


def _unique(strategy: st.SearchStrategy[object], *fields: str) -> st.SearchStrategy[tuple[object, ...]]:
    key = lambda item: tuple(getattr(item, name) for name in fields)  # noqa: E731
    return st.lists(strategy, max_size=5, unique_by=key).map(lambda items: tuple(sorted(items, key=key)))


LOCKS = st.builds(
    Lock,
    manifest=_shas,
    systems=st.lists(_systems, unique=True).map(tuple),
    kernels=st.lists(_names, max_size=3, unique=True).map(tuple),
    environments=st.dictionaries(_names, _environments, max_size=4),
    bootstrap=_unique(_bootstrap, "name", "system"),
    wheels=_unique(_wheels, "name", "version", "file"),
    debs=_unique(_debs, "suite", "system", "name"),
)


@given(LOCKS)
def test_reading_what_was_written_gives_the_same(lock: Lock) -> None:
    """A lock survives being written and read."""
    assert lock == loads(dumps(lock))


@given(LOCKS, st.randoms(use_true_random=False))
def test_text_does_not_depend_on_the_order_of_the_values(lock: Lock, shuffle: random.Random) -> None:
    """The same artifacts in any order give the same bytes."""

    def mixed(items: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(shuffle.sample(items, len(items)))

    environments = dict(shuffle.sample(list(lock.environments.items()), len(lock.environments)))
    other = msgspec.structs.replace(
        lock,
        environments=environments,
        bootstrap=mixed(lock.bootstrap),
        wheels=mixed(lock.wheels),
        debs=mixed(lock.debs),
    )
    assert dumps(lock) == dumps(other)


@given(LOCKS)
def test_each_artifact_is_one_line_of_json(lock: Lock) -> None:
    """The text is JSON, ends with one line feed, and each artifact and environment has a line."""
    text = dumps(lock)
    assert text.endswith("}\n")
    assert not text.endswith("\n\n")
    data = json.loads(text)
    expected = sum(len(data[key]) for key in ("environments", "bootstrap", "wheels", "debs"))
    assert expected == sum(1 for line in text.split("\n") if line.startswith("    "))


def test_form_is_the_one_that_nix_reads() -> None:
    """The text of a small lock is exactly this."""
    lock = Lock(
        manifest=SHA,
        systems=("x86_64-linux",),
        kernels=("py", "r"),
        environments={
            "r": Environment(base="debian/trixie", language="r", packages=()),
            "jupyter": Environment(base="debian/trixie", language="python", python="3.13"),
        },
        wheels=(Wheel(name="a", version="1", file="a-1.whl", size=1, sha256=SHA, use={"py": ("x86_64-linux",)}),),
        debs=(),
    )
    expected = f"""{{
  "version": 1,
  "manifest": "{SHA}",
  "systems": ["x86_64-linux"],
  "kernels": ["py", "r"],
  "environments": {{
    "jupyter": {{"base": "debian/trixie", "language": "python", "python": "3.13"}},
    "r": {{"base": "debian/trixie", "language": "r", "packages": []}}
  }},
  "bootstrap": [],
  "wheels": [
    {{"name": "a", "version": "1", "file": "a-1.whl", "size": 1, "sha256": "{SHA}", "use": {{"py": ["x86_64-linux"]}}}}
  ],
  "debs": []
}}
"""
    assert expected == dumps(lock)


def _failure(text: str) -> JupyflakeError:
    with pytest.raises(JupyflakeError) as caught:
        loads(text)
    return caught.value


def test_broken_json_is_told_with_its_place() -> None:
    """A corrupt lock names line and column."""
    error = _failure('{\n  "version": 1,\n  oops\n}\n')
    assert (error.code, error.where) == ("JF203", "jupyter.lock:3:3")
    assert "jupyflake lock" in (error.hint or "")


def test_truncated_lock_is_told_with_its_place() -> None:
    """A lock that ends early is no valid JSON."""
    text = dumps(Lock(manifest=SHA, systems=("x86_64-linux",), environments={}))
    assert _failure(text[:40]).code == "JF203"
    assert _failure("").where == "jupyter.lock:1:1"


def test_marks_of_a_merge_are_told_as_such() -> None:
    """A lock with conflict marks says how to end the merge."""
    error = _failure('{\n  "version": 1,\n<<<<<<< HEAD\n  "manifest": "a"\n')
    assert error.where == "jupyter.lock:3:1"
    assert "unfinished merge" in error.message


def test_newer_format_names_the_way_to_update() -> None:
    """A lock of a newer format is not guessed at."""
    error = _failure('{"version": 2, "anything": []}')
    assert error.code == "JF204"
    assert "format 2" in error.message
    assert "uv tool upgrade jupyflake" in (error.hint or "")


@pytest.mark.parametrize("text", ['{"version": "1"}', '{"version": 0}', "{}", "[]", "3", '{"version": 1}'])
def test_other_json_is_no_lock(text: str) -> None:
    """JSON that is no lock is refused with the way out."""
    assert _failure(text).code == "JF203"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("path", "pool/../../../etc/passwd"),
        ("path", "/etc/passwd"),
        ("path", "a//b"),
        ("path", "."),
        ("sha256", "abc"),
        ("archive", "https://evil.invalid"),
        ("name", "-o"),
        ("name", "a/b"),
        ("suite", "../trixie"),
        ("size", -1),
        ("version", "1 2"),
    ],
)
def test_values_that_could_do_harm_are_refused(field: str, value: object) -> None:
    """A lock from elsewhere cannot name paths outside, options or hosts."""
    deb = {
        "suite": "trixie",
        "system": "x86_64-linux",
        "name": "a",
        "version": "1",
        "archive": "debian",
        "path": "pool/a.deb",
        "size": 1,
        "sha256": SHA,
        "depends": [],
    }
    whole = {"version": 1, "manifest": SHA, "systems": [], "environments": {}, "bootstrap": [], "wheels": []}
    loads(json.dumps({**whole, "debs": [deb]}))
    error = _failure(json.dumps({**whole, "debs": [{**deb, field: value}]}))
    assert error.code == "JF203"
    assert f"$.debs[0].{field}" in error.message


def test_unknown_field_is_refused() -> None:
    """A field that this format does not have is an error with its place."""
    error = _failure(json.dumps({"version": 1, "manifest": SHA, "systems": [], "environments": {}, "url": "x"}))
    assert "unknown field `url`" in error.message
