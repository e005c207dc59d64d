"""The table of languages, and what a kernel of each makes of a manifest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import tomli

from jupyflake.errors import JupyflakeError
from jupyflake.flake import bases, flake_directory
from jupyflake.languages import CRAN, PYPI, by_alias, languages
from jupyflake.manifest.load import parse
from jupyflake.manifest.model import from_data
from jupyflake.resolve.plan import Plan, make_plan, read_roots

if TYPE_CHECKING:
    from collections.abc import Callable

ROOTS = read_roots()
OWN = ["gforth", "{connection_file}"]


def plan(base: str = "debian/trixie", **kernel: Any) -> Plan:
    """Plan a project with one kernel."""
    data = {"project": {"name": "p", "base": base}, "kernels": {"k": kernel}}
    return make_plan(from_data(data), ROOTS)


@pytest.mark.parametrize("name", languages())
def test_each_language_is_on_a_base_that_is_there(name: str) -> None:
    """No file names a base or a family that does not exist, and each names one."""
    language = languages()[name]
    assert language.bases()
    assert set(language.tools) <= {*bases(), "debian"}
    assert language.packages_from in {PYPI, CRAN, None}
    assert bool(language.packages) <= (language.packages_from == PYPI)


@pytest.mark.parametrize("name", languages())
def test_a_base_that_lacks_a_language_is_told_with_one_that_has_it(name: str) -> None:
    """Each language is refused on each base that lacks it, with the bases that have it and what to write."""
    having = languages()[name].bases()
    for base in set(bases()) - set(having):
        text = f'[project]\nname = "p"\nbase = "{base}"\n[kernels.k]\nlanguage = "{name}"\n'
        with pytest.raises(JupyflakeError, match=f"{base} has no kernel for {name}; ") as caught:
            parse(text, {suite: info.python for suite, info in ROOTS.suites.items()})
        assert caught.value.code == "JF180"
        assert all(each in caught.value.message for each in having)
        assert any(f'base = "{each}"' in str(caught.value.hint) for each in having)


def test_no_word_is_for_two_languages() -> None:
    """An alias leads to one language, and is not the name of another."""
    words = [word for name, language in languages().items() for word in (name, *language.aliases)]
    assert sorted(words) == sorted(set(words))


def test_words_that_people_use() -> None:
    """Capitals and underlines are no matter."""
    assert [by_alias(word) for word in ("JS", "bash_kernel", "MATLAB", "R", "cobol")] == [
        "javascript",
        "bash",
        "octave",
        "r",
        None,
    ]


def test_the_table_is_shown(jupyflake: Callable[..., Any]) -> None:
    """`kernel languages` lists each with its kernel and bases, and the same as JSON."""
    lines = jupyflake("kernel", "languages").out.splitlines()
    assert lines[0].split() == ["LANGUAGE", "NAME", "KERNEL", "BASES"]
    assert [line.split()[0] for line in lines[1:3]] == ["python", "r"]
    assert "Python 3.11, 3.12, 3.13, 3.14" in lines[1]
    assert len(lines) == len(languages()) + 1
    assert max(map(len, lines)) <= 80
    assert next(line.split()[-1] for line in lines if line.startswith("lua")) == "Debian"
    data = json.loads(jupyflake("kernel", "languages", "--json").out)
    assert {each["language"]: each["bases"] for each in data} == {
        name: language.bases() for name, language in languages().items()
    }


def test_a_language_brings_its_packages_and_programs() -> None:
    """Octave's kernel is resolved by uv, its programs by apt, and both stand in the lock's environment."""
    made = plan(language="octave", packages=["sympy"], tools=["less"])
    request = next(request for request in made.python if request.name == "k")
    assert request.requirements == ("sympy", "octave_kernel")
    environment = next(environment for environment in made.environments if environment.name == "k")
    assert environment.tools == ("fonts-freefont-otf", "ghostscript", "gnuplot-nox", "less", "octave")
    assert made.debian[0].tools["octave"] == ("[kernels.k]",)


def test_the_version_of_a_kernel_can_be_chosen() -> None:
    """A line for the kernel's own package replaces the one of the language."""
    made = next(each for each in plan(language="bash", packages=["bash-kernel==0.10"]).python if each.name == "k")
    assert made.requirements == ("bash-kernel==0.10",)


def test_what_a_kernel_does_without_is_left_out() -> None:
    """The kernel of gnuplot names the whole server as a dependency, unless the person wants it."""
    (_, request) = plan(language="gnuplot").python
    assert request.overrides == ("jupyter ; python_version < '3'",)
    (_, request) = plan(language="gnuplot", packages=["jupyter"]).python
    assert request.overrides == ()


def test_a_kernel_of_ones_own_has_a_python_if_it_needs_one() -> None:
    """Neither a Python nor ipykernel comes with a program; with packages or a Python program there is one."""

    def pythons(**kernel: Any) -> list[str | None]:
        return [each.python for each in plan(language="forth", **kernel).environments if each.name == "k"]

    assert pythons(argv=OWN) == [None]
    assert pythons(argv=OWN, packages=["numpy"]) == ["3.13"]
    assert pythons(argv=["python3", "-m", "forth_kernel", "{connection_file}"]) == ["3.13"]
    # Its language's own kernel is not brought along.
    made = next(each for each in plan(language="bash", argv=OWN, packages=["numpy"]).python if each.name == "k")
    assert made.requirements == ("numpy",)


def test_r_of_ones_own_takes_no_packages_of_cran() -> None:
    """With argv, packages are PyPI's, and R is not brought along."""
    made = plan(language="r", argv=["ark", "{connection_file}"], packages=["numpy"])
    assert "r-base-core" not in made.debian[0].roots
    environment = next(environment for environment in made.environments if environment.name == "k")
    assert environment.r_packages == ()


@pytest.mark.parametrize("name", languages())
def test_each_failure_is_in_the_documentation(name: str) -> None:
    """What a kernel fails of the conformance suite is told to people, with the reason."""
    table = tomli.loads((flake_directory() / "nix" / "kernels" / f"{name}.toml").read_text(encoding="utf-8"))
    page = (flake_directory() / "docs" / "languages.md").read_text(encoding="utf-8")
    failures = table.get("conformance", {}).get("failures", {})
    row = f"| {name} | " + "; ".join(f"`{test}`: {reason}" for test, reason in failures.items()) + " |"
    assert not failures or row in page
