"""What two-way fixed effects report when one assumption is broken, and whether the event study sees it before."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd
from scipy import stats

from evidence_jobs import Evidence
from evidence_jobs.equations import EQUATIONS, Equation, estimating, twin_module
from helpers.fast_panel import fast_regression

DRAWS = range(1, 201)
NONE = "no switch"
COLUMNS = {
    "scenario": "the switch that is on, at its default size, in the plain world",
    "draw": "number of the draw",
    "truth": "average effect on the treated rows (slope of a continuous treatment), total",
    "two_way_weighted": "average of the same effects under the weights of two-way fixed effects",
    "estimate": "equation 1 with unit and year effects and all controls",
    "clustered": "its standard error, clustered by unit",
    "lead": "event study: mean coefficient of the years -4 to -2 (blank for a continuous treatment)",
    "lead_p": "event study: p value of the joint test that these three are zero",
}


def leads(panel: pd.DataFrame, equation: Equation) -> dict[str, float]:
    """Fit an event study (base year -1, ends binned at -5 and 5) and test the years -4 to -2 together."""
    first = panel[equation.time].where(panel[equation.treatment].gt(0)).groupby(panel[equation.unit]).transform("min")
    since = (panel[equation.time] - first).clip(-5, 5)
    steps = [step for step in range(-5, 6) if step != -1 and since.eq(step).any()]
    frame = panel.assign(**{f"event {step}": since.eq(step).astype(float) for step in steps})
    tested = [f"event {step}" for step in (-4, -3, -2)]
    terms = [*tested, *(f"event {step}" for step in steps if f"event {step}" not in tested), *equation.controls]
    fit = fast_regression(frame, equation.outcome, terms, effects=(equation.unit, equation.time))
    values, covariance = fit.estimates[:3], fit.covariance[:3, :3]
    wald = values @ np.linalg.solve(covariance, values) / 3
    return {"lead": values.mean(), "lead_p": stats.f.sf(wald, 3, fit.t_degrees_of_freedom)}


def row(twin: str, scenario: str, draw: int) -> Mapping[str, float]:
    """Draw one world with a switch and fit equation 1 and, for a treatment that starts, an event study."""
    module, equation = twin_module(twin), EQUATIONS[twin]
    on = {} if scenario == NONE else {scenario: module.DEFAULT_SIZES[scenario]}
    world = module.draw("plain", on, draw=draw)
    fit = fast_regression(
        world.panel, equation.outcome, [equation.treatment, *equation.controls], effects=(equation.unit, equation.time)
    )
    found = {
        "truth": world.truth.total,
        "two_way_weighted": world.truth.two_way_weighted,
        "estimate": fit.estimate,
        "clustered": fit.standard_error,
    }
    starts = set(world.panel[equation.treatment].dropna().unique()) <= {0, 1}
    return found | (leads(world.panel, equation) if starts else {"lead": np.nan, "lead_p": np.nan})


def table(twin: str) -> Evidence:
    """Return the table of one twin."""
    return Evidence(
        f"switches_{twin}",
        twin,
        f"One broken assumption at a time, 200 draws each: {twin}",
        "Each row is one plain world in which one switch is on at its default size.",
        partial(row, twin),
        (NONE, *twin_module(twin).SWITCHES),
        DRAWS,
        (*estimating(twin), "evidence_jobs.switches"),
        COLUMNS,
    )
