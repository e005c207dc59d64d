"""`jupyflake cache`, what Nix is told of caches, and what its log tells of other machines."""

from __future__ import annotations

import base64
import io
import stat
from typing import TYPE_CHECKING, Any

import pytest

from jupyflake import caches, process, sharing, store
from jupyflake.caches import Cache
from jupyflake.console import Console
from jupyflake.errors import JupyflakeError
from jupyflake.nixlog import NixLog
from jupyflake.remotes import Remotes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., Any]

KEY = f"team-1:{base64.b64encode(bytes(32)).decode()}"
OTHER = f"team-2:{base64.b64encode(bytes(range(32))).decode()}"
SECRET = f"team-1:{base64.b64encode(bytes(64)).decode()}"
URL = "https://cache.example.org"
PATH = "/nix/store/00000000000000000000000000000000-python3.13-py313"


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a place of the test's own for the user's settings, which is not there yet."""
    directory = tmp_path / "paramètres" / "jupyflake"
    monkeypatch.setenv("JUPYFLAKE_CONFIG_DIR", str(directory))
    return directory


# The user's settings


def test_caches_are_remembered_listed_and_removed(settings: Path, jupyflake: Run) -> None:
    """A cache that is used is in config.toml, which only its owner can read, until it is removed."""
    assert jupyflake("cache", "list").err.startswith("no cache is in use; add one with jupyflake cache use")
    answer = jupyflake("cache", "use", "--offline", f"{URL}/", "--public-key", KEY, "--public-key", OTHER)
    assert (answer.code, answer.err) == (0, f"using {URL}, signed by team-1, team-2\n")
    assert stat.S_IMODE(settings.stat().st_mode) == 0o700
    assert caches.remembered() == (Cache(URL, (KEY, OTHER)),)
    assert jupyflake("cache", "list").out == f"{URL}  {KEY} {OTHER}\n"
    assert jupyflake("cache", "remove", f"{URL}/").code == 0
    assert caches.remembered() == ()


def test_using_a_cache_again_replaces_its_keys(settings: Path) -> None:
    """A new key takes the place of the old one; comments and the other caches stay."""
    caches.remember(Cache("file:///other", (OTHER,)))
    caches.remember(Cache(URL, (OTHER,)))
    path = settings / "config.toml"
    path.write_text(f"# Agreed in March.\n\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    caches.remember(Cache(URL, (KEY,)))
    assert caches.remembered() == (Cache("file:///other", (OTHER,)), Cache(URL, (KEY,)))
    assert path.read_text(encoding="utf-8").startswith("# Agreed in March.\n")


def test_removing_what_is_not_in_use(jupyflake: Run) -> None:
    """The error lists what is in use."""
    caches.remember(Cache(URL, (KEY,)))
    answer = jupyflake("cache", "remove", "https://cache.example.com")
    assert answer.code == 1
    assert f"error[JF411]: https://cache.example.com is not in use; in use: {URL}\n" in answer.err


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("cache.example.org", "try: https://cache.example.org"),
        ("/srv/cache", "try: file:///srv/cache"),
        ("https://me:secret@cache.example.org", "~/.netrc"),
        ("file:///srv/my cache", "%20"),
    ],
)
def test_addresses_that_are_refused(url: str, says: str, jupyflake: Run) -> None:
    """What is no address, or shows a password, is wrong use; the password is not repeated."""
    answer = jupyflake("cache", "use", "--offline", url, "--public-key", KEY)
    assert answer.code == 2
    assert says in answer.err
    assert "secret" not in answer.err


@pytest.mark.parametrize("key", ["team-1", "team-1:abc", f"{KEY[:-5]}", f"a b:{KEY.split(':')[1]}", "", ":"])
def test_keys_that_are_none(key: str, jupyflake: Run) -> None:
    """A key that Nix would stumble over is refused at once."""
    answer = jupyflake("cache", "use", "--offline", URL, "--public-key", key)
    assert answer.code == 2
    assert "error[JF414]: " in answer.err


def test_secret_key_in_the_place_of_the_public_one(jupyflake: Run) -> None:
    """The error says what it is, and does not print it."""
    answer = jupyflake("cache", "use", "--offline", URL, "--public-key", SECRET)
    assert answer.code == 2
    assert "this is a secret key" in answer.err
    assert SECRET not in answer.err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("caches = 1\n", '"caches" is written [[caches]]'),
        ("[[cache]]\n", 'unknown key "cache"'),
        ('[[caches]]\nurl = "https://x"\n', '"url" and "public-keys"'),
        ('[[caches]]\nurl = "https://x"\npublic-keys = "k"\n', "a list of strings"),
        ('[[caches]]\nurl = "https://x"\npublic-keys = ["k"]\n', "not a public key"),
        ("[[caches\n", "line 1"),
        ("\x00", "Invalid statement"),
    ],
)
def test_settings_that_cannot_be_read(text: str, says: str, settings: Path, jupyflake: Run) -> None:
    """A damaged config.toml is named with what is wrong in it."""
    settings.mkdir(parents=True)
    (settings / "config.toml").write_text(text, encoding="utf-8")
    answer = jupyflake("cache", "list")
    assert answer.code == 1
    assert f"error[JF608]: {settings / 'config.toml'}: " in answer.err
    assert says in answer.err


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"JUPYFLAKE_CONFIG_DIR": "/a", "XDG_CONFIG_HOME": "/b", "HOME": "/c"}, "/a"),
        ({"XDG_CONFIG_HOME": "/b", "HOME": "/c"}, "/b/jupyflake"),
        ({"XDG_CONFIG_HOME": "b", "HOME": "/c"}, "/c/.config/jupyflake"),
        ({}, None),
    ],
)
def test_place_of_the_settings(environment: dict[str, str], expected: str | None) -> None:
    """JUPYFLAKE_CONFIG_DIR, the absolute XDG_CONFIG_HOME and the home directory count, in this order."""
    found = caches.configuration_directory(environment)
    assert expected == (None if found is None else str(found))


# What Nix is told


def nix_config(settings: Path, given: str = "", **options: Any) -> dict[str, str]:
    """Give what Nix gets as its settings."""
    environment = {"JUPYFLAKE_CONFIG_DIR": str(settings), "NIX_CONFIG": given}
    lines = store.nix_environment(environment, **options)["NIX_CONFIG"].splitlines()
    return {key.strip(): value.strip() for key, _, value in (line.partition("=") for line in lines)}


def test_without_a_cache_nothing_is_substituted(settings: Path) -> None:
    """No cache is asked that nobody chose."""
    assert nix_config(settings)["substitute"] == "false"
    assert "substituters" not in nix_config(settings)


def test_caches_and_keys_are_given_to_nix(settings: Path) -> None:
    """The chosen caches are the only ones; their keys are added to those that the machine trusts."""
    caches.remember(Cache(URL, (KEY,)))
    caches.remember(Cache("file:///srv/cache", (KEY, OTHER)))
    found = nix_config(settings)
    assert found["substitute"] == "true"
    assert found["substituters"] == f"{URL} file:///srv/cache"
    assert found["extra-trusted-public-keys"] == f"{KEY} {OTHER}"


def test_the_users_nix_config_wins(settings: Path) -> None:
    """Caches that NIX_CONFIG names are asked too, and what it switches off stays off."""
    assert "substitute" not in nix_config(settings, "substituters = https://mine")
    caches.remember(Cache(URL, (KEY,)))
    assert nix_config(settings, "substitute = false")["substitute"] == "false"
    found = nix_config(settings, "substituters = https://mine")
    assert (found["substituters"], found["extra-substituters"]) == ("https://mine", URL)


def test_no_cache_is_asked_offline_or_twice_in_vain(settings: Path) -> None:
    """Offline no cache is asked, and one that did not answer is not asked again."""
    caches.remember(Cache(URL, (KEY,)))
    assert nix_config(settings, offline=True)["substitute"] == "false"
    assert nix_config(settings, "substituters = https://mine", offline=True)["substitute"] == "false"
    assert nix_config(settings, without={URL})["substitute"] == "false"


def test_logins_of_the_user_are_given_to_nix(tmp_path: Path) -> None:
    """~/.netrc is used where it is."""
    assert "netrc-file" not in store.nix_environment({"HOME": str(tmp_path)})["NIX_CONFIG"]
    (tmp_path / ".netrc").touch()
    assert f"netrc-file = {tmp_path}/.netrc" in store.nix_environment({"HOME": str(tmp_path)})["NIX_CONFIG"]


# Keys


def test_key_pair(settings: Path, jupyflake: Run) -> None:
    """The secret key is in a file for its owner only, the public one is printed, and no key is overwritten."""
    answer = jupyflake("cache", "key", "team-1")
    path = settings / "keys" / "team-1.secret"
    assert answer.out.startswith("team-1:")
    assert caches.check_public_key(answer.out) == answer.out.strip()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert answer.out.strip() == sharing.public_key(path)
    secret = path.read_bytes()
    again = jupyflake("cache", "key", "team-1")
    assert again.code == 1
    assert f"error[JF414]: {path} is there already" in again.err
    assert secret == path.read_bytes()


@pytest.mark.parametrize("name", ["a b", "../x", "a:b", "", "é"])
def test_names_of_keys_that_are_refused(name: str, jupyflake: Run, settings: Path) -> None:
    """A name that could not be told from the key, or leads elsewhere, is wrong use."""
    answer = jupyflake("cache", "key", name)
    assert answer.code == 2
    assert "error[JF414]" in answer.err
    assert list(settings.rglob("*.secret")) == []


@pytest.mark.parametrize("content", [None, b"", b"abc", b"\xff", KEY.encode()])
def test_secret_keys_that_are_none(content: bytes | None, tmp_path: Path, project: Path, jupyflake: Run) -> None:
    """A push with a file that is no secret key stops before anything is built."""
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    answer = jupyflake("cache", "push", "file:///srv/cache", "--secret-key", file)
    assert answer.code == 1
    assert "error[JF414]: " in answer.err
    assert str(file) in answer.err
    assert not (project / "jupyter.lock").exists()


# Copying


@pytest.mark.parametrize(
    ("url", "calls"),
    [
        ("file:///c?compression=none", ["copy --to file:///c?compression=none&secret-key=KEY", "sign --store"]),
        ("https://c", ["copy --to https://c?secret-key=KEY", "sign --store"]),
        ("ssh-ng://c", ["sign", "copy --to ssh-ng://c", "sign --store"]),
        ("ssh://c", ["sign", "copy --to ssh://c"]),
    ],
)
def test_what_is_copied_is_signed(url: str, calls: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nix signs what it writes into a store of files; for other stores it is signed before; old contents after."""
    key = tmp_path / "key"
    made: list[str] = []

    def run(argv: list[object], **_: object) -> process.Completed:
        words = [str(word) for word in argv]
        made.append(f"copy --to {words[3]}" if words[1] == "copy" else "sign --store" if "--store" in words else "sign")
        return process.Completed(tuple(words), 0, "", "")

    monkeypatch.setattr(process, "run", run)
    sharing.push(url, [PATH], key, Console(quiet=True))
    assert [call.replace("KEY", str(key)) for call in calls] == made


@pytest.mark.parametrize(
    ("stderr", "code", "says"),
    [
        ("error: unable to upload 'https://c/x': HTTP error 405\n\n response body:\n\n </html>", "JF411", "file:///"),
        ("error: unable to download 'https://c/nix-cache-info': HTTP error 500", "JF411", "HTTP error 500"),
        ("error: don't know how to open Nix store 'ftp://c'", "JF411", "an address that begins with https://"),
        (
            "error: binary cache 'https://c' is for Nix stores with prefix '/s', not '/nix/store'",
            "JF411",
            "stores in /s",
        ),
        (f"error: cannot add path '{PATH}' because it lacks a signature by a trusted key", "JF411", "--secret-key"),
        ("error: you are not privileged to add signatures", "JF414", "trusted-users"),
        ("error: secret key is corrupt", "JF414", "jupyflake cache key"),
        ("", "JF411", "exit code 1"),
    ],
)
def test_failures_of_copying_are_one_line(stderr: str, code: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Nix prints becomes an error with a next step."""

    def fail(*_: object, **__: object) -> process.Completed:
        raise process.ProcessFailed(process.Completed(("nix",), 1, "", stderr))

    monkeypatch.setattr(process, "run", fail)
    with pytest.raises(JupyflakeError) as caught:
        sharing.push("https://me:pw@c", [PATH], None, Console(quiet=True))
    assert code == caught.value.code
    assert says in " ".join(caught.value.lines())
    assert "pw" not in " ".join(caught.value.lines())


# What Nix tells


def warnings(remotes: Remotes) -> str:
    """Give what is printed."""
    stream = io.StringIO()
    remotes.warn(Console(stderr=stream))
    return stream.getvalue()


@pytest.mark.parametrize(
    "line",
    [
        f"warning: the substitute for '{PATH}' from '{URL}' is not signed by any of the keys in 'trusted-public-keys'",
        f"warning: ignoring substitute for '{PATH}' from '{URL}', as it's not signed by any of the keys in 't'",
        f"warning: substituter '{URL}' does not have a valid signature for path '{PATH}'",
        f"error: cannot add path '{PATH}' because it lacks a signature by a trusted key",
        f"error: cannot add path '{PATH}' because it lacks a valid signature",
    ],
)
def test_every_nix_version_is_understood_on_signatures(line: str) -> None:
    """The wordings of Nix 2.8 to today's name the path that was not taken."""
    log = NixLog(Console(quiet=True))
    for each in (line, line, "error: x.deb is not in the Nix store: run 'jupyflake fetch' in the project"):
        log.feed(each)
    error = log.error("shell")
    assert error.code == "JF412"
    assert error.message.startswith("python3.13-py313 in the cache is not signed by a key that is trusted here, so")


def test_missing_artifacts_are_told_where_no_cache_is_to_blame() -> None:
    """Without a word about signatures the missing file is the matter."""
    log = NixLog(Console(quiet=True))
    log.feed("error: busybox is not in the Nix store: run `jupyflake fetch` in the project")
    assert log.error("shell").code == "JF403"


def test_caches_that_do_not_answer_are_told_once() -> None:
    """Retries are no news, and downloads that are not from a cache are no business of this."""
    remotes = Remotes()
    reason = "Couldn't connect to server (7)"
    for line in (
        f"warning: error: unable to download '{URL}/nix-cache-info': {reason}; retrying in 309 ms",
        f"warning: unable to download '{URL}/nix-cache-info': {reason}",
        f"warning: unable to download '{URL}/00000000000000000000000000000000.narinfo': {reason}",
        f"error: unable to download 'https://example.org/nixpkgs.tar.gz': {reason}",
    ):
        remotes.feed(line)
    assert remotes.unreachable == {URL: reason}
    assert warnings(remotes) == f"warning: the cache {URL} is left out: {reason}\n"


@pytest.mark.parametrize(
    "line",
    [
        f"warning: ignoring untrusted substituter '{URL}'",
        f"warning: ignoring untrusted substituter '{URL}', you are not a trusted user.",
        "warning: ignoring the user-specified setting 'substituters', because it is a restricted setting",
        "warning: ignoring the client-specified setting 'extra-substituters', because it is a restricted setting",
    ],
)
def test_daemons_that_take_no_caches_from_users(line: str) -> None:
    """The warning says who can change that."""
    remotes = Remotes()
    remotes.feed(line)
    assert "trusted-substituters and trusted-public-keys in /etc/nix/nix.conf" in warnings(remotes)


def test_daemons_that_take_no_keys_from_users() -> None:
    """Where the daemon has the cache but not the key, the administrator has to add that."""
    log = NixLog(Console(quiet=True))
    for line in (
        "warning: ignoring the client-specified setting 'trusted-public-keys', because it is a restricted setting",
        f"warning: the substitute for '{PATH}' from '{URL}' is not signed by any of the keys in 'x'",
        "error: x.deb is not in the Nix store: run 'jupyflake fetch' in the project",
    ):
        log.feed(line)
    error = log.error("shell")
    assert error.code == "JF412"
    assert "add the key to trusted-public-keys in /etc/nix/nix.conf" in (error.hint or "")


def test_other_settings_that_the_daemon_ignores_are_no_matter() -> None:
    """Only caches and keys are told."""
    remotes = Remotes()
    remotes.feed("warning: ignoring the client-specified setting 'netrc-file', because it is a restricted setting")
    assert warnings(remotes) == ""


def test_refusals_after_which_all_was_built_here_are_warnings() -> None:
    """A cache whose signatures are not trusted is told even where the result is there."""
    remotes = Remotes()
    for name in ("one", "two"):
        path = f"/nix/store/00000000000000000000000000000000-{name}"
        remotes.feed(f"the substitute for '{path}' from '{URL}' is not signed by any of the keys in 'x'")
    assert "one (and 1 more) in the cache is not signed by a key that is trusted here" in warnings(remotes)


@pytest.mark.parametrize(
    ("lines", "says", "exit_code"),
    [
        (
            ["cannot build on 'ssh://b': error: cannot connect to 'b': ssh: host b: No route"],
            "the builder ssh://b cannot be used: cannot connect to 'b': ssh: host b: No route",
            1,
        ),
        (["error: bad machine specification: failed to convert column #3"], "--builders is not understood", 2),
        (
            ["error: unable to start any build; remote machines may not have all required features"],
            "no builder fits",
            1,
        ),
    ],
)
def test_builders_that_do_not_build(lines: list[str], says: str, exit_code: int) -> None:
    """One line says which builder it is and why."""
    log = NixLog(Console(quiet=True))
    for line in [*lines, "error: unable to start any build"]:
        log.feed(line)
    error = log.error("shell")
    assert (error.code, error.exit_code) == ("JF415", exit_code)
    assert says in error.message
    assert error.hint


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], []),
        (
            ["--builders", "ssh://a", "--builders", "ssh://b x86_64-linux"],
            ["--builders", "ssh://a ; ssh://b x86_64-linux"],
        ),
        (
            ["--builders", "@/etc/nix/machines", "--max-jobs", "0"],
            ["--builders", "@/etc/nix/machines", "--max-jobs", "0"],
        ),
    ],
)
def test_builders_are_handed_to_nix_as_they_are(
    words: list[str], expected: list[str], project: Path, jupyflake: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words are Nix' own; several options are one list of it."""
    given: list[str] = []

    def build(*_: object, nix_options: list[str], **__: object) -> Path:
        given[:] = nix_options
        return project

    monkeypatch.setattr("jupyflake.ready.build", build)
    assert jupyflake("build", *words).code == 0
    assert expected == given
