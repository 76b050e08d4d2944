"""requirements.txt is the whole lock: each direct dependency pinned, no host in it, this environment equal to it."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import lock

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "requirements.txt").read_text(encoding="utf-8")
LINES = [line.strip() for line in TEXT.splitlines() if line.strip() and not line.strip().startswith("#")]
PINS = [Requirement(line) for line in LINES]
DIRECT = [
    Requirement(text)
    for text in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
]
#: The one line that is no package of the book: the book's own helpers are installed from the folder.
OWN = "trade-carbon-causality"


def applying() -> dict[str, str]:
    """Return the version of each package that the lock gives this system and this Python."""
    here = [pin for pin in PINS if pin.marker is None or pin.marker.evaluate()]
    return {canonicalize_name(pin.name): next(iter(pin.specifier)).version for pin in here}


def test_every_line_pins_one_version() -> None:
    assert len(PINS) > 100
    for pin in PINS:
        assert re.fullmatch(r"==[^*,]+", str(pin.specifier)), str(pin)
    names = [canonicalize_name(name) for name in applying()]
    assert len(names) == len(set(names))
    assert OWN not in names


@pytest.mark.parametrize("wanted", DIRECT, ids=lambda wanted: wanted.name)
def test_every_direct_dependency_is_pinned_within_its_bounds(wanted: Requirement) -> None:
    version = applying().get(canonicalize_name(wanted.name))
    assert version, f"{wanted.name} is not in requirements.txt; run `make lock`"
    assert wanted.specifier.contains(version, prereleases=True), f"{wanted} is not {version}; run `make lock`"


def test_the_lock_names_no_host_and_no_file() -> None:
    for line in TEXT.splitlines():
        assert not re.search(r"://|@|--(?:index|extra|find|trusted|hash)|\bfile:|(?:^|\s)[./~]", line), line


def test_the_lock_says_how_it_was_made() -> None:
    assert TEXT.startswith(lock.HEADER)
    assert "make lock" in lock.HEADER


@pytest.mark.parametrize(("name", "version"), sorted(applying().items()))
def test_this_environment_is_the_lock(name: str, version: str) -> None:
    assert metadata.version(name) == version, (
        "this environment is older or newer than requirements.txt; run `make book`"
    )


def test_binder_installs_the_same_lock_under_the_same_python() -> None:
    assert (ROOT / ".binder" / "requirements.txt").read_text(encoding="utf-8").split() == ["-r", "../requirements.txt"]
    assert (ROOT / ".binder" / "runtime.txt").read_text(encoding="utf-8").strip() == "python-3.11"
    assert (ROOT / ".binder" / "postBuild").stat().st_mode & 0o111, ".binder/postBuild is not executable"
