"""The other direction: print regressions the way papers do, as tidy cells whose truth is known.

Used to measure the checks: a table printed from a real computation contradicts nothing, so every finding on it is a
false alarm; a table with a planted error should not pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from statsmodels.regression.linear_model import OLS

from helpers import seeds
from helpers.intervals import damaged_readings
from helpers.stars import STAR_RULES

_ROWS = ["table", "column", "term", "stat", "value"]


def star_mark(p: float, rule: Mapping[str, float]) -> str:
    """Return the stars that a p value earns under ``rule`` (the strictest level it passes)."""
    passed = [(level, mark) for mark, level in rule.items() if p < level]
    return min(passed)[1] if passed else ""


def printed_cells(
    fits: Sequence[object],
    table: str = "T1",
    reading: str = "se",
    star_rule: str = "10/5/1",
    decimals: int = 3,
) -> pd.DataFrame:
    """Print fitted models side by side.

    Parameters
    ----------
    fits : sequence of statsmodels results
        Need ``params, bse, tvalues, pvalues, nobs, rsquared``; one printed column each.
    table : str
        Name of the table.
    reading : {'se', 't'}
        What goes into the parentheses.
    star_rule : str
        A key of :data:`helpers.stars.STAR_RULES`.
    decimals : int
        Printed digits.

    Returns
    -------
    DataFrame
        Tidy cells (format: :mod:`helpers.forensics`), numbered columns ``(1)``, ``(2)``, ...
    """
    if reading not in ("se", "t"):
        raise ValueError(f"reading must be 'se' or 't', got {reading!r}")
    rule, rows = STAR_RULES[star_rule], []
    for number, fit in enumerate(fits, start=1):
        column = f"({number})"
        inside = fit.bse if reading == "se" else fit.tvalues
        for term, b, parenthesis, p in zip(fit.params.index, fit.params, inside, fit.pvalues, strict=True):
            rows.append((table, column, term, "coef", f"{b:.{decimals}f}"))
            rows.append((table, column, term, "parenthesis", f"{parenthesis:.{decimals}f}"))
            rows.append((table, column, term, "stars", star_mark(p, rule)))
        rows.append((table, column, "N", "n", f"{fit.nobs:.0f}"))
        rows.append((table, column, "R2", "r2", f"{fit.rsquared:.3f}"))
    return pd.DataFrame(rows, columns=_ROWS)


def printed_descriptives(data: pd.DataFrame, table: str = "T0", decimals: int = 2) -> pd.DataFrame:
    """Print count, mean, standard deviation, minimum, median and maximum of every column as tidy cells."""
    rows = []
    for term, column in data.items():
        x = column.dropna().to_numpy()
        numbers = {"mean": x.mean(), "sd": x.std(ddof=1), "min": x.min(), "median": np.median(x), "max": x.max()}
        rows.append((table, "obs", term, "obs", str(len(x))))
        rows += [(table, stat, term, stat, f"{value:.{decimals}f}") for stat, value in numbers.items()]
    return pd.DataFrame(rows, columns=_ROWS)


def simulated_table(
    number: int, reading: str = "se", star_rule: str = "10/5/1", decimals: int = 3, table: str = "T1"
) -> pd.DataFrame:
    """Simulate a data set, run four nested regressions on it, and print both: a *simulated* table without an error.

    60 to 800 rows; a 0/1 policy ``zone``, three controls added one by one, a normal outcome. The effects are drawn too,
    small enough that all star marks occur. ``number`` picks one of many tables, each with its own random stream.

    Returns
    -------
    DataFrame
        Tidy cells of a descriptive table (``table`` with a ``d`` behind it) and a regression table.
    """
    rng = seeds.generator(f"printing.simulated_table {number}")
    n = int(rng.integers(60, 800))
    controls = rng.normal(size=(n, 3)) * rng.uniform(0.3, 3, 3) + rng.normal(size=3)
    data = pd.DataFrame(controls, columns=["open", "coal", "capital"])
    data.insert(0, "zone", (rng.uniform(size=n) < 0.2).astype(float))
    effect, slopes = rng.normal(0, 0.3), rng.normal(0, 0.15, size=3)
    outcome = effect * data["zone"] + controls @ slopes + rng.normal(size=n) * rng.uniform(0.5, 3)
    design = data.copy()
    design.insert(0, "const", 1.0)
    fits = [OLS(outcome, design.iloc[:, : k + 1]).fit() for k in range(1, 5)]
    parts = [printed_descriptives(data, table + "d"), printed_cells(fits, table, reading, star_rule, decimals)]
    return pd.concat(parts, ignore_index=True)


def damage_one_character(cells: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the cells after a bad scan of one of them: one character lost, added or changed."""
    place = rng.choice(cells.index[cells["stat"] != "other"])
    damaged = cells.copy()
    damaged.at[place, "value"] = str(rng.choice(damaged_readings(cells.at[place, "value"])))
    return damaged


def paste_other_value(cells: pd.DataFrame, stat: str, rng: np.random.Generator) -> pd.DataFrame:
    """Return the cells after a copying slip: one ``stat`` cell holds the text of another ``stat`` cell."""
    labels = cells.index[cells["stat"] == stat]
    if cells.loc[labels, "value"].nunique() < 2:
        raise ValueError(f"needs two different {stat!r} cells")
    target = rng.choice(labels)
    other = [label for label in labels if cells.at[label, "value"] != cells.at[target, "value"]]
    pasted = cells.copy()
    pasted.at[target, "value"] = cells.at[rng.choice(other), "value"]
    return pasted


def alarm_rates(tables: Sequence[pd.DataFrame], read: Callable[[pd.DataFrame], pd.DataFrame]) -> pd.Series:
    """Return the share of tables with a question, and with an incoherent cell, when ``read`` judges each.

    Returns
    -------
    Series
        ``tables, checks`` (in all), ``any_question, any_incoherent`` (shares of tables).
    """
    findings = [read(table) for table in tables]
    return pd.Series(
        {
            "tables": len(findings),
            "checks": sum(len(frame) for frame in findings),
            "any_question": float(np.mean([frame["question"].any() for frame in findings])),
            "any_incoherent": float(np.mean([(frame["verdict"] == "incoherent").any() for frame in findings])),
        }
    )
