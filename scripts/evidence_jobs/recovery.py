"""Does equation 1 recover the truth of the plain worlds, do its intervals cover? With each formula for the error."""

from collections.abc import Mapping
from functools import partial

from evidence_jobs import Evidence
from evidence_jobs.equations import EQUATIONS, estimating, twin_module
from helpers.fast_panel import fit_many, prepare

DRAWS = range(1, 1001)
COLUMNS = {
    "draw": "number of the draw",
    "truth": "average effect on the treated rows (slope of a continuous treatment), total",
    "estimate": "equation 1 with unit and year effects and all controls",
    "clustered": "its standard error, clustered by unit",
    "classical": "its classical standard error",
    "heteroskedastic": "its heteroskedastic standard error (HC1)",
    "estimate_without_controls": "the same without controls",
    "clustered_without_controls": "its standard error, clustered by unit",
    "estimate_other_effects": "with the effects that the printed table seems to use, and all controls",
    "clustered_other_effects": "its standard error, clustered by unit",
    "classical_other_effects": "its classical standard error",
    "heteroskedastic_other_effects": "its heteroskedastic standard error (HC1)",
}


def row(twin: str, scenario: str, draw: int) -> Mapping[str, float]:
    """Draw one plain world and fit equation 1 in three ways."""
    world = twin_module(twin).draw("plain", draw=draw)
    equation = EQUATIONS[twin]
    used = [equation.unit, equation.time, equation.outcome, equation.treatment, *equation.controls]
    panel = world.panel.dropna(subset=used)
    found: dict[str, float] = {"truth": world.truth.total}
    ways = {
        "": (equation.controls, (equation.unit, equation.time)),
        "_without_controls": ((), (equation.unit, equation.time)),
        "_other_effects": (equation.controls, equation.other_effects),
    }
    for name, (controls, effects) in ways.items():
        prepared = prepare(panel, controls, effects=effects, cluster=equation.unit)
        for errors in ("clustered", "classical", "heteroskedastic")[: 1 if name == "_without_controls" else 3]:
            fit = fit_many(prepared, panel[equation.outcome], panel[equation.treatment], errors=errors)
            found.setdefault(f"estimate{name}", fit.estimates[0, 0])
            found[f"{errors}{name}"] = fit.standard_errors[0, 0]
    return found


def table(twin: str) -> Evidence:
    """Return the table of one twin."""
    return Evidence(
        f"recovery_{twin}",
        twin,
        f"Equation 1 in 1,000 plain worlds: {twin}",
        "Each row is one world in which every assumption of two-way fixed effects holds. The truth is computed by "
        "running the same world and the same noise without treatment.",
        partial(row, twin),
        ("",),
        DRAWS,
        (*estimating(twin), "evidence_jobs.recovery"),
        COLUMNS,
    )
