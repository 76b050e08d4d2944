"""Matching and stepwise mediation, as the papers use them: reported on both base worlds, not required to recover.

Kernel matching compares each treated city-year with all untreated ones whose propensity score is near (probit,
Epanechnikov kernel, bandwidth 0.20). Nearest-neighbour matching keeps the treated rows and the nearest untreated row of
each (logit, with replacement, caliper 0.05) and estimates equation 1 on them, without cities and years that have one
row left. Neither uses that rows are repeated observations of cities. Stepwise mediation multiplies the effect on the
mediator with the mediator's coefficient in the outcome equation, both with unit and year effects.
"""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd
from statsmodels.api import Logit, Probit, add_constant

from evidence_jobs import Evidence
from evidence_jobs.equations import EQUATIONS, Equation, estimating, twin_module
from helpers.fast_panel import fast_regression

#: Column of each mediator in the panel, and its name in the truth.
MEDIATORS = {
    "city_carbon": {
        name: name
        for name in ("digital_infrastructure", "ln_business_environment", "specialisation_low", "specialisation_high")
    },
    "city_sulfur": {"green_patents": "green patents"},
    "province_exports": {name: name for name in ("ln_industrial_structure", "ln_technology")},
}
BANDWIDTH, CALIPER = 0.20, 0.05


def kernel_matching(panel: pd.DataFrame, equation: Equation) -> float:
    """Return the average difference between treated rows and their kernel-weighted untreated rows."""
    score = _score(panel, equation, Probit)
    treated = panel[equation.treatment].to_numpy() == 1
    outcome = panel[equation.outcome].to_numpy()
    distance = np.abs(score[treated][:, None] - score[~treated][None, :]) / BANDWIDTH
    weight = np.where(distance < 1, 1 - distance**2, 0.0)
    total = weight.sum(axis=1)
    near = total > 0
    return float((outcome[treated][near] - (weight[near] * outcome[~treated]).sum(axis=1) / total[near]).mean())


def neighbour_matching(panel: pd.DataFrame, equation: Equation) -> float:
    """Return equation 1 on the treated rows within the caliper and the nearest untreated row of each."""
    score = _score(panel, equation, Logit)
    treated = panel[equation.treatment].to_numpy() == 1
    distance = np.abs(score[treated][:, None] - score[~treated][None, :])
    nearest, close = distance.argmin(axis=1), distance.min(axis=1) <= CALIPER
    rows = np.concatenate([np.flatnonzero(treated)[close], np.unique(np.flatnonzero(~treated)[nearest[close]])])
    return _slope(panel.iloc[np.sort(rows)], equation.outcome, [equation.treatment, *equation.controls], 0)


def _score(panel: pd.DataFrame, equation: Equation, model: type) -> np.ndarray:
    regressors = add_constant(panel[list(equation.controls)].astype(float))
    return model(panel[equation.treatment].astype(float), regressors).fit(disp=0).predict().astype(float)


def _slope(panel: pd.DataFrame, outcome: str, regressors: list[str], place: int) -> float:
    while (alone := ~(panel["adcode"].duplicated(keep=False) & panel["year"].duplicated(keep=False))).any():
        panel = panel[~alone]  # the only row of a city or a year is fitted by that effect
    return float(fast_regression(panel, outcome, regressors).estimates[place])


def row(twin: str, scenario: str, draw: int) -> Mapping[str, float]:
    """Draw one world and use the other methods of its paper."""
    world, equation = twin_module(twin).draw(scenario, draw=draw), EQUATIONS[twin]
    panel = world.panel.dropna(subset=[equation.outcome, equation.treatment, *equation.controls])
    found = {"truth": world.truth.total}
    if twin != "province_exports":
        matching = kernel_matching if twin == "city_carbon" else neighbour_matching
        found["matching"] = matching(panel, equation)
    for column, name in MEDIATORS[twin].items():
        with_mediator = panel.dropna(subset=[column])
        first = _slope(with_mediator, column, [equation.treatment, *equation.controls], 0)
        second = _slope(with_mediator, equation.outcome, [equation.treatment, column, *equation.controls], 1)
        found |= {f"true_{column}": world.truth.mediated.get(name, 0.0), f"stepwise_{column}": first * second}
    return found


def columns(twin: str) -> dict[str, str]:
    """Return what each column of a twin's table holds."""
    said = {
        "scenario": "name of the base world",
        "draw": "number of the draw",
        "truth": "average effect on the treated rows (slope of a continuous treatment), total",
    }
    if twin != "province_exports":
        said["matching"] = "the paper's matching: " + (
            "kernel, on city-years, difference in levels"
            if twin == "city_carbon"
            else "one nearest row, then equation 1"
        )
    for column in MEDIATORS[twin]:
        said[f"true_{column}"] = "true effect that runs through this mediator"
        said[f"stepwise_{column}"] = "effect on the mediator times its coefficient in the outcome equation"
    return said


def table(twin: str) -> Evidence:
    """Return the table of one twin."""
    return Evidence(
        f"other_methods_{twin}",
        twin,
        f"Matching and stepwise mediation in 100 worlds of each base: {twin}",
        "Each row is one world. These methods are reported and not required to find the truth: they ask for more than "
        "the worlds promise.",
        partial(row, twin),
        ("plain", "printed"),
        range(1, 101),
        (*estimating(twin), "evidence_jobs.other_methods"),
        columns(twin),
    )
