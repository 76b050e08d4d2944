"""The outcome's persistence, skewness and spread in many worlds, to compare with real panels in kind."""

from collections.abc import Mapping
from functools import partial

import numpy as np
from scipy import stats

from evidence_jobs import Evidence
from evidence_jobs.equations import EQUATIONS, twin_module

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
    values = wide.to_numpy(dtype=float)
    means = np.nanmean(values, axis=1, keepdims=True)
    left = values - means
    two_way = left - np.nanmean(left, axis=0, keepdims=True)
    flat = values[np.isfinite(values)]
    between, within = means.std(), float(np.sqrt(np.nanmean(left**2)))
    return {
        "autocorrelation": _lagged(left),
        "autocorrelation_two_way": _lagged(two_way),
        "mean": flat.mean(),
        "skewness": float(stats.skew(flat)),
        "between": between,
        "within": within,
        "between_share": between**2 / (between**2 + within**2),
        "coefficient_of_variation": between / means.mean(),
    }


def _lagged(values: np.ndarray) -> float:
    now, before = values[:, 1:].ravel(), values[:, :-1].ravel()
    both = np.isfinite(now) & np.isfinite(before)
    return float(np.corrcoef(now[both], before[both])[0, 1])


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
