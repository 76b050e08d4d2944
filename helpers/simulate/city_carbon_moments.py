"""Printed against simulated: every descriptive cell and every N of Wang et al. (2025), and cells nobody can meet."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from helpers import published
from helpers.simulate.city_carbon_controls import CONTROLS
from helpers.simulate.worlds import World

PAPER = "wang2025"
COLUMNS = ["table", "column", "column_label", "term", "stat", "printed", "simulated", "relation", "note"]
TERMS = {"GDP": "gdp", "Urban": "urban", "Gov": "gov", "Inter": "inter", "Infra": "infra"}
_NEEDS = list(CONTROLS.values())
_BRANCHES = ["specialisation", "specialisation_low", "specialisation_high"]
#: Columns whose cells decide which rows a printed regression uses.
ROWS_USED: Mapping[tuple[str, str], list[str]] = MappingProxyType(
    {("T1", "(1)"): [], ("T11", "(1)"): ["ln_business_environment"]}
    | {("T1", "(2)"): _NEEDS, ("T2", "(3)"): _NEEDS, ("T2", "(4)"): _NEEDS}
    | {("T2", "(1)"): [*_NEEDS, "broadband_china"], ("T2", "(2)"): [*_NEEDS, "low_carbon_city"]}
    | {("T2", "(5)"): [*_NEEDS, "broadband_china", "low_carbon_city"]}
    | {("T5", f"({number})"): _NEEDS for number in range(1, 7)}
    | {("T6", f"({number})"): _NEEDS for number in range(1, 4)}
    | {("T7", f"({number})"): _NEEDS for number in range(1, 3)}
    | {("T8", f"({number})"): [*_NEEDS, "secondary_share", "tertiary_share"] for number in (1, 2)}
    | {("T10", f"({number})"): [name] for number, name in enumerate(_BRANCHES, 1)}
)  # fmt: skip
#: Cells that this twin does not meet, each with the reason. Keys: table | column | term | statistic.
CITY_CARBON_CANNOT: Mapping[str, str] = MappingProxyType(
    {
        "T9 | (1) | N | n": "the scan has no N for this table; the index has no missing cell in the twin",
        "T10 | (1) | CBEC | coef": "with the rest of T10 it puts treated rows near zero intensity",
        "T10 | (2) | CBEC | coef": "as T10 (1)",
        "T10 | (3) | CBEC | coef": "as T10 (1)",
        "T6 | (2) | Yangtz×CBEC | coef": "with T6 (3) the effect of all other eastern cities would be positive, "
        "against T5 (3); -0.0109 would fit",
        "T6 | (3) | Pearl×CBEC | coef": "more than half of the mean intensity of treated rows; the twin takes -0.12, "
        "inside two printed standard errors",
        "T1 | (2) | Cons | coef": "1.636 is not the constant that the other coefficients and the mean outcome imply; "
        "those of T2 (about 10.3) are",
        "T1 | (2) | R-squared | r2": "pinned at .7088, so the .3967 to .4413 of T5 to T8, with the same rows and "
        "nearly the same regressors, cannot be met",
        "T8 | (1) | Second×CBEC | coef": "free: T5 to T7 already fix the effects, the split by structure follows",
    }
)


def moments(world: World) -> pd.DataFrame:
    """Set every printed moment and every printed N beside its value in one world.

    Returns
    -------
    pandas.DataFrame
        ``table``, ``column``, ``column_label``, ``term``, ``stat``, ``printed``, ``simulated``, ``relation`` ('pinned',
        'follows from a pin', 'free' or 'cannot be met') and ``note``. ``simulated`` is missing where a later chapter
        computes it (matching) or nothing can.
    """
    cells = published.load_cells(PAPER)
    wanted = cells["stat"].isin(["n", "group_size", "mean", "t", "pvalue", "bias_pct", "reduction_pct"])
    constant = cells["term"].eq("Cons") & cells["column"].eq("(1)") & cells["stat"].eq("coef")
    wanted |= cells["table"].eq("T3") | constant
    balance = _balance(world.panel)
    rows = []
    for cell in cells[wanted].itertuples(index=False):
        simulated, relation, note = _compare(cell, world.panel, balance)
        printed = float("nan") if pd.isna(cell.number) else float(cell.number)
        place = (cell.table, cell.column, cell.column_label, cell.term, cell.stat)
        rows.append((*place, printed, simulated, relation, note))
    return pd.DataFrame(rows, columns=COLUMNS)


def _balance(panel: pd.DataFrame) -> dict[tuple[str, str, str], float]:
    """Return the unmatched half of Table 3 for the regression sample."""
    sample, found = panel.dropna(subset=_NEEDS), {}
    for term, key in TERMS.items():
        values, on = sample[CONTROLS[key]].to_numpy(), sample["treated"].eq(1).to_numpy()
        treated, untreated = values[on], values[~on]
        gap = treated.mean() - untreated.mean()
        squares = ((treated - treated.mean()) ** 2).sum() + ((untreated - untreated.mean()) ** 2).sum()
        pooled = squares / (len(values) - 2)
        t = gap / np.sqrt(pooled * (1 / len(treated) + 1 / len(untreated)))
        found[term, "Treated", "mean"] = float(treated.mean())
        found[term, "Untreated", "mean"] = float(untreated.mean())
        found[term, "T-test (p-value)", "t"] = float(t)
        found[term, "T-test (p-value)", "pvalue"] = round(math.erfc(abs(float(t)) / math.sqrt(2)), 4)
        both = (treated.var(ddof=1) + untreated.var(ddof=1)) / 2
        found[term, "Standardization Differences", "bias_pct"] = float(100 * gap / np.sqrt(both))
    return found


def _compare(cell: tuple, panel: pd.DataFrame, balance: Mapping) -> tuple[float, str, str]:
    missing = float("nan")
    if cell.table == "T3":
        if cell.column_label != "Unmatched" or (cell.term, cell.column, cell.stat) not in balance:
            return missing, "free", "needs the matching, which a later chapter does"
        relation = "follows from a pin" if cell.stat == "pvalue" else "pinned"
        return balance[cell.term, cell.column, cell.stat], relation, ""
    if cell.term == "Cons":
        effect = published.cell(PAPER, "T1", "(1)", "CBEC", "coef")
        note = "mean outcome less the printed effect times the treated share"
        return float(panel["carbon_intensity"].mean() - effect * panel["treated"].mean()), "pinned", note
    if cell.stat == "group_size":
        sample = panel.dropna(subset=_NEEDS)
        sizes = {"Treated Group Size": sample["treated"].eq(1), "Control Group Size": sample["treated"].eq(0)}
        relation = "follows from a pin" if cell.term == "Total Sample Size" else "pinned"
        return float(sizes.get(cell.term, sample["treated"].ge(0)).sum()), relation, ""
    if (cell.table, cell.column) not in ROWS_USED:
        return missing, "cannot be met", CITY_CARBON_CANNOT["T9 | (1) | N | n"]
    needs = ROWS_USED[cell.table, cell.column]
    note = "only without the five controls" if cell.table in ("T10", "T11") else ""
    return float(len(panel.dropna(subset=needs) if needs else panel)), "pinned", note
