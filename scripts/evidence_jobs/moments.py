"""Every descriptive cell of a paper in many worlds, beside which its printed value stands."""

import importlib
from collections.abc import Mapping
from functools import partial

import pandas as pd

from evidence_jobs import Evidence
from evidence_jobs.equations import twin_module
from helpers import published

DRAWS = range(201)


def row(twin: str, scenario: str, draw: int) -> Mapping[str, float]:
    """Draw one printed world and compute its descriptive cells (those that need no matching)."""
    moments = importlib.import_module(f"helpers.simulate.{twin}_moments").moments
    cells = moments(twin_module(twin).draw("printed", draw=draw))
    found = pd.Series(cells["simulated"].to_numpy(dtype=float), index=published.cell_names(cells))
    if found.index.has_duplicates:
        raise ValueError(f"{twin}: cells with the same name: {found.index[found.index.duplicated()].tolist()[:3]}")
    return found.dropna().to_dict()


def table(twin: str) -> Evidence:
    """Return the table of one twin."""
    return Evidence(
        f"moments_{twin}",
        twin,
        f"Descriptive cells in draw 0 and 200 other worlds: {twin}",
        "Each row is one world of the base 'printed'; each column is a printed cell, computed in that world.",
        partial(row, twin),
        ("",),
        DRAWS,
        (f"helpers.simulate.{twin}", f"helpers.simulate.{twin}_moments", "evidence_jobs.moments"),
        {"draw": "number of the draw; 0 is the world of the book"},
    )
