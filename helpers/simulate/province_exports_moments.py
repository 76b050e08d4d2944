"""Printed descriptive cells of the digital-economy paper beside the twin's, and the cells that no data can meet."""

from __future__ import annotations

from functools import cache

import pandas as pd

from helpers import published
from helpers.simulate.worlds import World

PAPER = "digital_economy_exports"
#: Printed term -> column of the panel.
TERMS = {
    "lncie": "ln_export_carbon_intensity",
    "lndig": "ln_digital",
    "lnpgdp": "ln_gdp_per_capita",
    "lnopen": "ln_openness",
    "lnes": "ln_energy_structure",
    "lncap": "ln_capital_intensity",
    "lnindus": "ln_industrial_structure",
    "lntec": "ln_technology",
}
#: Cells that the twin cannot meet, with the reason: table | column | term | stat.
PROVINCE_EXPORTS_CANNOT = {
    "T2 | Min | lncap | min": "printed above the mean and above the maximum; a lost sign or digit in the scan "
    "may be the reason (unclear scan)",
    "T4 | (1) | lndig | coef": "all three regional slopes lie beyond the pooled slope of T3 (5), which no average "
    "of them can give; order and ratios are kept, the level is not",
    "T4 | (2) | lndig | coef": "see T4 (1)",
    "T4 | (3) | lndig | coef": "see T4 (1)",
    "T4 | (4) | lndig | coef": "both levels lie beyond the pooled slope; the twin has no slope of its own for them",
    "T4 | (5) | lndig | coef": "see T4 (4)",
    "T5 | (1) | N | n": "a benchmark with the N of one region (143) beside columns with 390; ours has 390",
    "T5 | (3) | lndig | coef": "with the first stage .146 and the second -.316 the part through structure is -.046, so "
    "-.065 leaves a total of -.111 and not the -.182 of T3 (5); the twin keeps the total",
    "T5 | (4) | lndig | coef": ".596 x -.672 = -.401 is more than twice the total; beside a direct -.133 the twin "
    "needs .073. A spread of .17 (Table 2) is also too small for .596 x 1.05, unless other effects undo it",
    "T6 | Threshold value | lndig ≤ -1.16 | threshold": "below the smallest lnindus of Table 2 (-.63)",
    "T6 | Threshold value | -1.16 < lndig ≤ -0.96 | threshold": "see the line above",
    "T6 | Threshold value | lndig > -0.96 | threshold": "see the line above",
    "T6 | Regression coefficient | lndig ≤ 5.5 | coef": "-.010 and -.007 on both sides average to far less than the "
    "pooled -.182; only their ratio is used",
    "T6 | Regression coefficient | lndig > 5.5 | coef": "see the line above",
}


@cache
def _descriptive() -> pd.DataFrame:
    cells = published.load_cells(PAPER)
    described = cells["table"].eq("T2") & cells["term"].isin(TERMS)
    counts = cells["stat"].eq("n") & cells["table"].isin(["T3", "T4", "T5"])
    return cells.loc[described | counts, ["table", "column", "term", "stat", "number", "column_label"]]


def moments(world: World) -> pd.DataFrame:
    """Set every printed descriptive cell beside the one of a world.

    Parameters
    ----------
    world : World
        Of :func:`helpers.simulate.province_exports.draw`.

    Returns
    -------
    pandas.DataFrame
        Columns table, column, term, stat, printed, simulated, relation (``pinned``, ``follows from a pin``, ``free``,
        ``cannot be met``) and note. Standard deviations divide by n - 1.
    """
    panel = world.panel
    rows = []
    for cell in _descriptive().itertuples(index=False):
        name = f"{cell.table} | {cell.column} | {cell.term} | {cell.stat}"
        simulated = _count(panel, cell) if cell.stat == "n" else _describe(panel[TERMS[cell.term]], str(cell.stat))
        rows.append({
            "table": cell.table, "column": cell.column, "term": cell.term, "stat": str(cell.stat),
            "printed": float(cell.number), "simulated": float(simulated),
            "relation": "cannot be met" if name in PROVINCE_EXPORTS_CANNOT else _relation(cell.term, str(cell.stat)),
            "note": PROVINCE_EXPORTS_CANNOT.get(name, ""),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _describe(values: pd.Series, stat: str) -> float:
    return float(
        {"obs": values.count, "mean": values.mean, "sd": values.std, "min": values.min, "max": values.max}[stat]()
    )


def _count(panel: pd.DataFrame, cell: object) -> int:
    """Rows of the group that a column of Table 4 is about; all rows elsewhere."""
    if cell.table != "T4":
        return len(panel)
    part = {"(1)": panel["region3"] == "east", "(2)": panel["region3"] == "central", "(3)": panel["region3"] == "west"}
    part |= {"(4)": panel["high_digital"] == 1, "(5)": panel["high_digital"] == 0}
    return int(part[cell.column].sum())


def _relation(term: str, stat: str) -> str:
    if stat in ("n", "obs") or (term == "lndig" and stat in ("min", "max")) or (term, stat) == ("lntec", "min"):
        return "pinned"
    if stat in ("min", "max"):
        return "free"
    return "follows from a pin" if (term, stat) == ("lntec", "mean") else "pinned"
