"""Order of all tests, and what they measured.

Quick tests come first, then the notebooks, then what needs the built site and a browser. With several workers
(`scripts/run_tests.py`) every file stays with one of them.
"""

import sys
from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a mistake in a helper show before the long tests begin; files stay together and keep their order."""

    def place(item: pytest.Item) -> int:
        if item.path.suffix == ".ipynb":
            return 1
        slow = {"site", "browser", "binder"} & {mark.name for mark in item.iter_markers()}
        return 2 if slow or item.path.parent.name == "site" else 0

    items.sort(key=place)


# tests/site/measured.py notes sizes where they are measured; with several workers that is another process.
sys.path.insert(0, str(Path(__file__).resolve().parent / "site"))
import measured  # noqa: E402


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand a worker's notes to the process that prints the summary."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["measured"] = measured.notes()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object, error: object) -> None:
    """Take the notes of a worker that is done."""
    for what, (kilobytes, where) in getattr(node, "workeroutput", {}).get("measured", {}).items():
        measured.note(what, kilobytes, where)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was measured."""
    if measured.lines():
        terminalreporter.section("sizes of the site")
        for line in measured.lines():
            terminalreporter.line(line)
