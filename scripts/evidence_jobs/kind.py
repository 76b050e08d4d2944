"""The outcome's persistence, skewness and spread in many worlds, to compare with real panels in kind."""

from collections.abc import Mapping
from functools import partial

from evidence_jobs import Evidence
from evidence_jobs.equations import EQUATIONS, twin_module
from evidence_jobs.measures import in_kind

DRAWS = range(201)
COLUMNS = {
    "draw": "number of the draw; 0 is the world of the book",
    "autocorrelation": "correlation of the outcome with its value a year before, unit means taken out",
    "autocorrelation_two_way": "the same, unit and year means taken out",
    "mean": "mean of the outcome",
    "skewness": "skewness of the outcome over all rows",
    "between": "standard deviation of the unit means",
    "within": "standard deviation of the outcome around its unit means",
    "between_share": "share of the variance that lies between units",
    "coefficient_of_variation": "standard deviation over mean of the unit means",
}


def row(twin: str, scenario: str, draw: int) -> Mapping[str, float]:
    """Draw one printed world and describe its outcome."""
    equation = EQUATIONS[twin]
    wide = twin_module(twin).draw("printed", draw=draw).panel.pivot(
        index=equation.unit, columns=equation.time, values=equation.outcome
    )  # fmt: skip
    return in_kind(wide.to_numpy(dtype=float))


def table(twin: str) -> Evidence:
    """Return the table of one twin."""
    return Evidence(
        f"kind_{twin}",
        twin,
        f"Persistence, skewness and spread of the outcome: {twin}",
        "Each row is one world of the base 'printed'.",
        partial(row, twin),
        ("",),
        DRAWS,
        (f"helpers.simulate.{twin}", "evidence_jobs.equations", "evidence_jobs.kind"),
        COLUMNS,
    )
