"""Order of all tests, quick ones first; and a reader's own data, which only notebooks see."""

import os
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, sync_playwright

from helpers import study_data
from local_edition import papers_of

#: Tests of helpers, checks and pages are about the book's own data; notebooks run on a reader's panel if there is one.
#: What was set before; kept in a variable of its own, because workers of pytest-xdist inherit the changed one.
GIVEN = os.environ.setdefault(f"{study_data.VARIABLE}_GIVEN", os.environ.get(study_data.VARIABLE, ""))
os.environ[study_data.VARIABLE] = GIVEN
LOCAL_PAPERS = set(study_data.local_papers())
os.environ[study_data.VARIABLE] = "none"


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """One driver of browsers for a whole process: a second one beside it is refused."""
    with sync_playwright() as driver:
        yield driver


#: Files that wait longest, for an installation, a build or a window: two workers begin with them, so that none is
#: alone at the end.
LONGEST = (
    "test_binder.py",
    "test_site_student.py",
    "test_site_reader.py",
    "test_site_editions.py",
    "test_local_door.py",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let a mistake in a helper show before the long tests begin; files stay together and keep their order."""
    several = hasattr(config, "workerinput")

    def place(item: pytest.Item) -> int:
        if several and item.path.name in LONGEST:
            return LONGEST.index(item.path.name) - len(LONGEST)
        if item.path.suffix == ".ipynb":
            return 1
        slow = {"site", "browser", "binder"} & {mark.name for mark in item.iter_markers()}
        return 2 if slow or item.path.parent.name == "site" else 0

    items.sort(key=place)
    if LOCAL_PAPERS:
        for notebook in {item.parent for item in items if item.path.suffix == ".ipynb"}:
            run_on_local_data(notebook)
        compare_nothing_local(items)


def run_on_local_data(notebook: pytest.Collector) -> None:
    """Start the kernel of a notebook with the reader's own data."""
    start = notebook.setup

    def setup() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(study_data.VARIABLE, GIVEN)
            start()

    notebook.setup = setup


def compare_nothing_local(items: list[pytest.Item]) -> None:
    """Do not compare stored outputs, which are the twin's, where a notebook runs on a reader's own panel."""
    for item in items:
        if item.path.suffix == ".ipynb" and papers_of(item.parent.nb.cells) & LOCAL_PAPERS:
            item.options["check"] = False


# --- sizes that tests of the site note (measured.py), with several workers in other processes

NOTES: dict[str, tuple[float, str]] = {}


def keep(notes: dict[str, tuple[float, str]]) -> None:
    """Keep the largest value of each measure."""
    for what, (kilobytes, where) in notes.items():
        if what not in NOTES or kilobytes > NOTES[what][0]:
            NOTES[what] = (kilobytes, where)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Keep what this process noted, or hand it to the process that prints the summary."""
    measured = sys.modules.get("measured")
    if measured and hasattr(session.config, "workeroutput"):
        session.config.workeroutput["measured"] = measured.notes()
    elif measured:
        keep(measured.notes())


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take the notes of a worker that is done."""
    keep(getattr(node, "workeroutput", {}).get("measured", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was measured."""
    if NOTES:
        terminalreporter.section("sizes of the site")
        for what, (kilobytes, where) in sorted(NOTES.items()):
            terminalreporter.line(f"{what}: {kilobytes:,.0f} kB{f' ({where})' if where else ''}")
