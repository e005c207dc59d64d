"""The lock as other tools' files: what they say, that official readers take them, and that nothing else is in them."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import yaml
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.pylock import Pylock
from packaging.requirements import Requirement
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

from jupyflake.errors import JupyflakeError
from jupyflake.exporting import conda, cyclonedx, dockerfile, licences, python, spdx
from jupyflake.exporting.components import Said, components
from jupyflake.lock import Bootstrap, Deb, Environment, Lock, Wheel
from jupyflake.manifest.load import parse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AMD, ARM = "x86_64-linux", "aarch64-linux"
SYSTEMS = (AMD, ARM)


def wheel(name: str, version: str, tag: str, digit: str, use: dict[str, tuple[str, ...]]) -> Wheel:
    """Make a wheel of the lock."""
    file = f"{name.replace('-', '_')}-{version}-{tag}.whl"
    path = f"packages/aa/bb/{'c' * 60}/{file}"
    return Wheel(name=name, version=version, file=file, path=path, size=1000, sha256=digit * 64, use=use)


def deb(name: str, version: str, source: str, digit: str, depends: tuple[str, ...] = ()) -> Deb:
    """Make a Debian package of the lock."""
    file = f"{name}_{version.partition(':')[2] or version}_amd64.deb"
    path = f"pool/main/{source[0]}/{source}/{file}"
    return Deb(
        suite="trixie",
        system=AMD,
        name=name,
        version=version,
        archive="debian",
        path=path,
        size=1,
        sha256=digit * 64,
        depends=depends,
    )


NIXPKGS = {"R": "4.4.1", "dplyr": "1.1.4"}
LOCK = Lock(
    manifest="0" * 64,
    systems=SYSTEMS,
    kernels=("py", "r", "nix"),
    nixpkgs="a" * 40,
    environments={
        "jupyter": Environment(base="debian/trixie", language="python", python="3.13"),
        "py": Environment(base="debian/trixie", language="python", python="3.13", tools=("graphviz",)),
        "r": Environment(base="debian/trixie", language="r", packages=("r-bioc-limma", "r-cran-ggplot2")),
        "nix": Environment(
            base="nixpkgs", language="r", packages=("dplyr",), versions={"R": "4.4.1", "dplyr": "1.1.4"}
        ),
        "shell": Environment(base="debian/trixie", tools=("git",)),
    },
    bootstrap=(
        Bootstrap(
            name="busybox",
            version="1:1.37.0-6+b9",
            system=AMD,
            suite="trixie",
            file="busybox-static_1.37.0-6+b9_amd64.deb",
            archive="debian",
            path="pool/main/b/busybox/busybox-static_1.37.0-6+b9_amd64.deb",
            size=1,
            sha256="9" * 64,
            member="usr/bin/busybox",
            nar="8" * 64,
        ),
    ),
    wheels=(
        wheel("six", "1.16.0", "py2.py3-none-any", "1", {"py": SYSTEMS, "jupyter": SYSTEMS}),
        wheel("numpy", "2.1.0", "cp313-cp313-manylinux_2_17_x86_64", "2", {"py": (AMD,)}),
        wheel("numpy", "2.1.0", "cp313-cp313-manylinux_2_17_aarch64", "3", {"py": (ARM,)}),
        wheel("only-here", "1+cpu", "cp313-cp313-linux_x86_64", "4", {"py": (AMD,)}),
    ),
    debs=(
        deb("libc6", "2.41-12", "glibc", "5"),
        deb("r-base-core", "4.5.0-3", "r-base", "6", ("libc6",)),
        deb("r-cran-ggplot2", "3.5.1+dfsg-1+b2", "r-cran-ggplot2", "7", ("r-base-core",)),
    ),
)
SAID = {
    "1" * 64: Said("MIT"),
    "2" * 64: Said("BSD-3-Clause", ("six>=1; python_version >= '3'", "missing", "not a requirement at all !")),
    "5" * 64: Said("LGPL-2.1-or-later AND LicenseRef-odd"),
}
# No clock, no host but those that name a format, no directory of a machine.
FOREIGN = re.compile(r"https?://(?!cyclonedx\.org)|20[2-9]\d-\d\d|/nix/|/home/(?!jovyan)|/tmp")


def test_requirements() -> None:
    """Each package has its exact version, the hashes of its files, and a marker where not all systems have it."""
    text = python.requirements(LOCK, "py")
    lines = text.replace(" \\\n", "").splitlines()[1:]
    assert [line.split("    --hash=sha256:") for line in lines] == [
        ["numpy==2.1.0", "2" * 64, "3" * 64],
        ['only-here==1+cpu ; sys_platform == "linux" and platform_machine == "x86_64"', "4" * 64],
        ["six==1.16.0", "1" * 64],
    ]
    assert all(Requirement(line.partition("    --")[0]) for line in lines)
    assert not FOREIGN.search(text)


def test_pylock() -> None:
    """The reader of PEP 751 takes it; files lie beside, or on the host that is named."""
    text = python.pylock(LOCK, "py")
    lock = Pylock.from_dict(tomllib.loads(text))
    assert [(package.name, str(package.version)) for package in lock.packages] == [
        *(("numpy", "2.1.0"), ("only-here", "1+cpu"), ("six", "1.16.0")),
    ]
    assert str(lock.requires_python) == "==3.13.*"
    numpy = lock.packages[0].wheels or []
    assert [(each.path, each.url, dict(each.hashes)["sha256"][0]) for each in numpy] == [
        ("wheels/numpy-2.1.0-cp313-cp313-manylinux_2_17_aarch64.whl", None, "3"),
        ("wheels/numpy-2.1.0-cp313-cp313-manylinux_2_17_x86_64.whl", None, "2"),
    ]
    assert not FOREIGN.search(text)
    named = Pylock.from_dict(tomllib.loads(python.pylock(LOCK, "py", url="https://files.example/")))
    only = (named.packages[1].wheels or [])[0]
    # A "+" in an address is a space to some servers (uv2nix #56).
    assert only.url == f"https://files.example/packages/aa/bb/{'c' * 60}/only_here-1%2Bcpu-cp313-cp313-linux_x86_64.whl"


def test_conda() -> None:
    """Python's packages are given to pip, R's have conda's names and versions without Debian's additions."""
    data = yaml.safe_load(conda.environment(LOCK, "py", "demo-py"))
    assert data["name"] == "demo-py"
    assert data["dependencies"][:2] == ["python=3.13", "pip"]
    assert data["dependencies"][2]["pip"][0] == "numpy==2.1.0"
    assert "graphviz" in conda.environment(LOCK, "py", "x")
    text = conda.environment(LOCK, "r", "x")
    assert yaml.safe_load(text)["dependencies"] == [
        *("r-base=4.5", "r-irkernel", "bioconductor-limma", "r-ggplot2=3.5.1"),
    ]
    assert yaml.safe_load(conda.environment(LOCK, "nix", "x"))["dependencies"] == [
        *("r-base=4.4", "r-irkernel", "r-dplyr=1.1.4"),
    ]


@pytest.mark.parametrize(("name", "code"), [("nope", "JF122"), ("shell", "JF122"), ("r", "JF153")])
def test_what_is_no_python(name: str, code: str) -> None:
    """An environment that is not there, and one without Python, are told apart."""
    with pytest.raises(JupyflakeError) as caught:
        python.requirements(LOCK, name)
    assert caught.value.code == code


def test_bills_of_materials(tmp_path: Path) -> None:
    """The official readers of both formats find nothing wrong, and nothing of the machine is in them."""
    parts = components(LOCK, AMD, SAID)
    first = cyclonedx.document("demo", "d" * 64, AMD, parts)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(first) is None
    assert not FOREIGN.search(first)
    assert first == cyclonedx.document("demo", "d" * 64, AMD, components(LOCK, AMD, SAID))
    assert (
        json.loads(first)["serialNumber"]
        != json.loads(cyclonedx.document("demo", "d" * 64, ARM, parts))["serialNumber"]
    )
    second = spdx.document("demo", "d" * 64, AMD, parts)
    (tmp_path / "a.spdx.json").write_text(second, encoding="utf-8")
    assert validate_full_spdx_document(parse_file(str(tmp_path / "a.spdx.json"))) == []
    assert not FOREIGN.search(second)


def test_what_packages_are_built_with_is_in_no_bill_of_what_is_built() -> None:
    """A wheel that only builds of sources take is listed as left out; one that a kernel has too is not."""
    setuptools = wheel("setuptools", "80", "py3-none-any", "a", {"py+docopt": (AMD,)})
    both = wheel("wheel", "1", "py3-none-any", "b", {"py+docopt": (AMD,), "py": (AMD,)})
    environments = {**LOCK.environments, "py+docopt": LOCK.environments["py"]}
    lock = msgspec.structs.replace(LOCK, environments=environments, wheels=(*LOCK.wheels, setuptools, both))
    data = json.loads(cyclonedx.document("demo", "d" * 64, AMD, components(lock, AMD, SAID)))
    scopes = {each["name"]: each.get("scope") for each in data["components"]}
    assert (scopes["setuptools"], scopes["wheel"]) == ("excluded", None)


def test_parts_of_a_bill() -> None:
    """Wheels, Debian packages, what is from nixpkgs and what only builds are told apart; each knows what it needs."""
    parts = {part.ref: part for part in components(LOCK, AMD, SAID)}
    numpy = parts["wheel/numpy-2.1.0-cp313-cp313-manylinux_2_17_x86_64.whl"]
    assert numpy.depends == ("wheel/six-1.16.0-py2.py3-none-any.whl",)
    assert (numpy.licence, numpy.environments) == ("BSD-3-Clause", ("py",))
    assert parts["deb/trixie/r-cran-ggplot2"].purl == (
        "pkg:deb/debian/r-cran-ggplot2@3.5.1%2Bdfsg-1%2Bb2?arch=amd64&distro=trixie&upstream=r-cran-ggplot2"
    )
    assert parts["wheel/only_here-1+cpu-cp313-cp313-linux_x86_64.whl"].purl == "pkg:pypi/only-here@1%2Bcpu"
    assert parts["nixpkgs/dplyr/1.1.4"].properties == {"nixpkgs": "a" * 40}
    assert parts["build/busybox"].builds
    assert not any("aarch64" in ref for ref in parts)
    data: dict[str, Any] = json.loads(cyclonedx.document("demo", "d" * 64, AMD, tuple(parts.values())))
    roots = data["dependencies"][0]["dependsOn"]
    assert "deb/trixie/libc6" not in roots
    assert "deb/trixie/r-cran-ggplot2" in roots


def test_dockerfile(suites: dict[str, str]) -> None:
    """Three lines: the image, which may be another one, and the project's files."""
    text = '[project]\nname = "demo"\nbase = "debian/trixie"\n[image]\ntag = "v1"\nuser = "ada"\n'
    made = dockerfile.dockerfile(parse(text, suites).manifest)
    assert made.splitlines() == ["ARG IMAGE=demo:v1", "FROM ${IMAGE}", "COPY --chown=1000:100 . /home/ada/work"]
    assert "registry.example/x:2" in dockerfile.dockerfile(parse(text, suites).manifest, "registry.example/x:2")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("License-Expression: MIT AND Apache-2.0\nLicense: x\n", "MIT AND Apache-2.0"),
        ("License: BSD 3-Clause\n", "BSD-3-Clause"),
        ("License: BSD-3-Clause\nClassifier: License :: OSI Approved :: BSD License\n", "BSD-3-Clause"),
        ("License: see file\nClassifier: License :: OSI Approved :: MIT License\n", "MIT"),
        ("License: see file\n", "LicenseRef-see-file"),
        (
            f"License: {'long text ' * 20}\n  more\nClassifier: License :: OSI Approved :: Apache Software License\n",
            "Apache-2.0",
        ),
        ("License: UNKNOWN\n", None),
        ("Name: x\n\nLicense: MIT\n", None),
    ],
)
def test_licences_of_wheels(text: str, expected: str | None) -> None:
    """The expression counts most, then a field that is one, then the classifiers."""
    assert licences.of_metadata(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Format: x\n\nFiles: *\nLicense: GPL-2+\n\nFiles: a\nLicense: Expat\n text\n", "GPL-2.0-or-later AND MIT"),
        ("Format: x\n\nFiles: *\nCopyright: a\nLicense: Artistic or GPL-1+\n", "Artistic-1.0-Perl OR GPL-1.0-or-later"),
        ("Format: x\n\nFiles: *\nLicense: LGPL-2.1+, GPL-3\n", "LGPL-2.1-or-later AND GPL-3.0-only"),
        ("Format: x\n\nFiles: *\nLicense: odd one\n", "LicenseRef-odd-one"),
        ("GPL: see /usr/share/common-licenses/GPL-3.\n", "GPL-3.0-only"),
        ("All rights reserved.\n", None),
    ],
)
def test_licences_of_debs(text: str, expected: str | None) -> None:
    """Debian's names become SPDX'; a text without the form counts by the licences that it names."""
    assert licences.of_copyright(text) == expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1:3.5.1+dfsg-1+b2", "3.5.1"), ("4.5.0-3", "4.5.0"), ("2.0~ds1-1", "2.0"), ("1.0", "1.0"), ("1.2-3-1", "1.2-3")],
)
def test_upstream_versions(version: str, expected: str) -> None:
    """Epoch, revision and repacking are Debian's."""
    assert conda.upstream(version) == expected


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("requirements",), "JF201"),
        (("pylock", "--url", "https://x", "--wheels"), "JF100"),
        (("dockerfile", "-o", "missing/Dockerfile"), "JF604"),
        (("requirements", "--kernel", "py311", "--server"), "JF201"),
    ],
)
def test_wrong_exports(words: tuple[str, ...], code: str, project: Path, jupyflake: Callable[..., Any]) -> None:
    """Without a lock, with options that exclude each other or without a directory nothing is written."""
    assert project
    answer = jupyflake("export", *words)
    assert f"error[{code}]" in answer.err
    assert "try:" in answer.err
