"""Slow results of the book, one job each: what is drawn, what is estimated, what a row holds.

A job takes a scenario and a draw and returns one row. ``scripts/make_evidence.py`` runs it over all of its scenarios
and draws; a test draws some rows again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial


@dataclass(frozen=True)
class Evidence:
    """One table of evidence.

    Attributes
    ----------
    name, twin, title, description : str
        File name, twin, one line, and what a reader must know.
    run : function of (scenario, draw)
        Returns one row as a mapping.
    scenarios : tuple of str
        One empty name where there is only one.
    draws : range
        Draws of each scenario; draw 0 is the world of the book.
    roots : tuple of str
        Modules that the numbers depend on; what these import is found.
    columns : mapping of str to str
        What each column holds, where a row has the same columns whatever is drawn.
    """

    name: str
    twin: str
    title: str
    description: str
    run: Callable[[str, int], Mapping[str, object]]
    scenarios: tuple[str, ...]
    draws: range
    roots: tuple[str, ...]
    columns: Mapping[str, str]

    def job(self, scenario: str) -> Callable[[int], dict]:
        """Return the job of one scenario, a function of the draw."""
        return partial(_row, self.run, scenario)


def _row(run: Callable[[str, int], Mapping[str, object]], scenario: str, draw: int) -> dict:
    return ({"scenario": scenario} if scenario else {}) | dict(run(scenario, draw))
