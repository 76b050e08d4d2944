"""How good the twins are, from the stored evidence: printed against simulated cells, recovery, switches, kind.

Everything here rests on ``data/evidence`` (:mod:`helpers.evidence`), one row a draw, and on the world of the book for
what a cell is called and which parameter was set from it. No table is a judgement on a paper: simulated data say what a
method does, never what happened in China.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from helpers import datasets, evidence, montecarlo, published
from helpers.simulate import TWINS
from helpers.simulate.worlds import SWITCHES, World

#: Paper and words for each twin.
PAPERS: Mapping[str, str] = MappingProxyType(
    dict(zip(TWINS, ("wang2025", "ding2025", "digital_economy_exports"), strict=True))
)
NAMES: Mapping[str, str] = MappingProxyType(
    dict(zip(TWINS, ("City carbon", "City SO2", "Province exports"), strict=True))
)
UNITS: Mapping[str, int] = MappingProxyType(dict(zip(TWINS, (270, 298, 30), strict=True)))
_MEDIATOR = (
    "The unseen cause moves the mediator and the outcome but not the treatment, and equation 1 holds no mediator. Put "
    "the mediator beside the treatment, as a mediation analysis does, and its coefficient takes up the unseen cause."
)
_NOTHING = (
    "Nothing has an effect and nothing is found on average; every assumption of equation 1 holds. It would matter to "
    "somebody who searches many groups for one that is significant."
)
#: Why an assumption that is broken does no harm here, and the design under which it would.
REASONS: Mapping[tuple[str, str], str] = MappingProxyType({
    **{(twin, "confounded_mediator"): _MEDIATOR for twin in TWINS},
    **{(twin, "no_effect"): _NOTHING for twin in TWINS},
    ("city_sulfur", "cohort_effects"): "Most cities never have a zone, so each cohort is compared with them and the "
    "cohorts are weighed nearly as their rows are. With few untreated cities, early zones would serve as controls for "
    "late ones, and the weights would go wrong.",
    ("province_exports", "spillover"): "Once province and year effects are out, a province's own digital level hardly "
    "moves with its neighbours', so leaving these out costs little. With a digital level that spreads in waves from "
    "neighbour to neighbour, the two would move together.",
    ("province_exports", "second_threshold"): "Equation 1 reports an average slope, and its weights are near those of "
    "the rows. It would mislead whoever reads the one number as the slope of every province.",
    ("province_exports", "no_threshold"): "The plain world has no threshold that could be taken away; in the printed "
    "world the switch changes what a threshold model should find.",
})  # fmt: skip
#: Below a quarter of the true standard error a bias cannot be seen in one data set; above one it decides the result.
HARDLY, FAILS = 0.25, 1.0


def moments_table(twin: str, world: World | None = None) -> pd.DataFrame:
    """Set every descriptive cell of a paper beside the world of the book and the median over the other draws.

    Parameters
    ----------
    twin : str
    world : World, optional
        The world of the book, where it was drawn before; it says which cells there are and how each was used.

    Returns
    -------
    pandas.DataFrame
        Indexed by cell: ``printed``, ``book`` (draw 0), ``median``, ``lower`` and ``upper`` (2.5 and 97.5 percent) over
        draws 1 to 200, ``inside`` (whether the printed value, to its rounding, lies between the two), ``relation`` to
        the calibration and ``note``. Cells that need a method of a later chapter have no simulated value.

    Raises
    ------
    ValueError
        For an unknown twin or missing evidence.
    """
    module = importlib.import_module(f"helpers.simulate.{_known(twin)}_moments")
    cells = module.moments(world or importlib.import_module(f"helpers.simulate.{twin}").draw("printed"))
    table = cells.set_axis(pd.Index(published.cell_names(cells), name="cell")).loc[:, ["printed", "relation", "note"]]
    draws = evidence.load(f"moments_{twin}").set_index("draw")
    others = draws.drop(index=0)
    table["book"] = draws.loc[0].reindex(table.index)
    for name, share in (("median", 0.5), ("lower", 0.025), ("upper", 0.975)):
        table[name] = others.quantile(share).reindex(table.index)
    half = _half_units(twin).reindex(table.index).fillna(0.0) + 1e-9
    inside = table["printed"].between(table["lower"] - half, table["upper"] + half)
    table["inside"] = np.where(table["median"].isna(), "", np.where(inside, "yes", "no"))
    return table[["printed", "book", "median", "lower", "upper", "inside", "relation", "note"]]


def _half_units(twin: str) -> pd.Series:
    """Return half a unit of the last printed digit of every cell of the paper."""
    cells = published.load_cells(PAPERS[twin])
    digits = cells["value"].astype("string").str.extract(r"\.(\d+)", expand=False).str.len().fillna(0).astype(int)
    half = pd.Series(0.5 * 10.0 ** -digits.to_numpy(), index=published.cell_names(cells))
    return half[~half.index.duplicated()]


#: The printed cell of equation 1 with all controls: table, column, term.
EQUATION_1: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    dict(zip(TWINS, (("T1", "(2)", "CBEC"), ("T3", "(2)", "DID"), ("T3", "(5)", "lndig")), strict=True))
)


def printed_error(twin: str) -> float:
    """Return the standard error that a paper prints for equation 1; where it prints a t value, b over t."""
    table, column, term = EQUATION_1[_known(twin)]
    value = published.cell(PAPERS[twin], table, column, term, "parenthesis")
    estimate = published.cell(PAPERS[twin], table, column, term, "coef")
    return abs(estimate / value) if twin == "city_carbon" else float(value)


#: Column of the estimate, column of its error, words.
FORMULAS = (
    ("estimate", "clustered", "equation 1, clustered by unit"),
    ("estimate", "classical", "equation 1, classical error"),
    ("estimate", "heteroskedastic", "equation 1, heteroskedastic error"),
    ("estimate_without_controls", "clustered_without_controls", "without controls, clustered by unit"),
    ("estimate_other_effects", "clustered_other_effects", "other effects, clustered by unit"),
    ("estimate_other_effects", "classical_other_effects", "other effects, classical error"),
    ("estimate_other_effects", "heteroskedastic_other_effects", "other effects, heteroskedastic error"),
)


def recovery_table(twin: str) -> pd.DataFrame:
    """Judge equation 1 and each formula for its error over the plain worlds (see :func:`helpers.montecarlo.summary`).

    Clustered intervals use t with units - 1 degrees of freedom, the others the normal distribution.
    """
    results = evidence.load(f"recovery_{_known(twin)}")
    rows = {}
    for estimate, error, words in FORMULAS:
        degrees = UNITS[twin] - 1 if error.startswith("clustered") else None
        rows[words] = montecarlo.summary(
            results.dropna(subset=[estimate, error]), "truth", estimate, error, degrees_of_freedom=degrees
        )
    return pd.DataFrame(rows).T.rename_axis("way")


def switches_table(twin: str) -> pd.DataFrame:
    """Report what equation 1 makes of each broken assumption, in the plain world and at default size.

    Returns
    -------
    pandas.DataFrame
        Indexed by switch: ``breaks`` (in words), ``truth``, ``weighted`` (the average that two-way fixed effects
        weighs), ``estimate`` (mean), ``bias_in_errors`` (bias over the spread of the estimate), ``coverage`` of the
        clustered 95 percent interval, ``lead_rejects`` (share of draws in which the event study's joint test of the
        years before rejects at 5 percent; missing for a continuous treatment), ``verdict``.
    """
    results = evidence.load(f"switches_{_known(twin)}")
    rows = {}
    for switch, draws in results.groupby("scenario", sort=False):
        found = montecarlo.summary(
            draws.dropna(subset=["estimate"]), "truth", "estimate", "clustered", degrees_of_freedom=UNITS[twin] - 1
        )
        tested = draws["lead_p"].dropna()
        rows[switch] = {
            "breaks": SWITCHES.get(str(switch), "nothing"),
            "truth": found["truth"],
            "weighted": draws["two_way_weighted"].mean(),
            "estimate": found["estimate"],
            "bias_in_errors": found["bias_in_errors"],
            "coverage": found["coverage"],
            "lead_rejects": (tested < 0.05).mean() if len(tested) else np.nan,
            "verdict": verdict(found["bias_in_errors"], found["coverage"]),
        }
    return pd.DataFrame(rows).T.rename_axis("switch").infer_objects()


def other_methods_table(twin: str) -> pd.DataFrame:
    """Report matching and stepwise mediation in both base worlds; nothing is required of them.

    Returns
    -------
    pandas.DataFrame
        Indexed by base world and method: ``truth``, ``estimate`` (means over the draws), ``spread`` of the estimate,
        ``bias_in_errors`` (bias over the spread).
    """
    rows = {}
    for base, draws in evidence.load(f"other_methods_{_known(twin)}").groupby("scenario", sort=False):
        pairs = {"matching, total effect": ("matching", "truth")} if "matching" in draws else {}
        steps = [name.removeprefix("stepwise_") for name in draws if name.startswith("stepwise_")]
        pairs |= {f"stepwise, through {name.replace('_', ' ')}": (f"stepwise_{name}", f"true_{name}") for name in steps}
        for method, (estimate, truth) in pairs.items():
            bias, spread = (draws[estimate] - draws[truth]).mean(), draws[estimate].std()
            rows[base, method] = {
                "truth": draws[truth].mean(),
                "estimate": draws[estimate].mean(),
                "spread": spread,
                "bias_in_errors": bias / spread,
            }
    return pd.DataFrame(rows).T.rename_axis(["base", "method"])


def verdict(bias_in_errors: float, coverage: float) -> str:
    """Say how badly an estimator failed, from its bias in standard errors and the coverage of its interval."""
    if abs(bias_in_errors) < HARDLY:
        return "hardly fails" if coverage >= 0.9 else "right on average, too sure"
    return "fails" if abs(bias_in_errors) >= FAILS else "fails a little"


def reason(twin: str, switch: str) -> str:
    """Say why a broken assumption hardly matters in a twin and where it would; empty when it does matter."""
    return REASONS.get((_known(twin), switch), "")


def kind_table() -> pd.DataFrame:
    """Set persistence, skewness and spread of the twins' outcomes (medians over 200 draws) beside real panels."""
    measures = ["autocorrelation", "autocorrelation_two_way", "skewness", "between_share", "coefficient_of_variation"]
    rows = {}
    for twin in TWINS:
        draws = evidence.load(f"kind_{twin}").query("draw > 0")
        rows[f"{NAMES[twin]} (twin)"] = {"kind": "simulated"} | draws[measures].median().to_dict()
    for real in datasets.load_real_panels().itertuples(index=False):
        name = f"{real.outcome}, {real.units} countries, {real.first_year}-{real.last_year}"
        rows[name] = {"kind": "real"} | {measure: getattr(real, measure) for measure in measures}
    return pd.DataFrame(rows).T.rename_axis("panel").infer_objects()


def _known(twin: str) -> str:
    if twin not in TWINS:
        raise ValueError(f"unknown twin {twin!r}; there are {', '.join(TWINS)}")
    return twin
