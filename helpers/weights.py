"""The exact weights behind a two-way fixed-effects estimate. They depend on the treatment alone: no outcome is needed.

With unit and year effects and a balanced panel, the coefficient of a 0/1 treatment D is (Frisch, Waugh and Lovell) ::

    b = sum_it d_it y_it / sum_it d_it^2,   d_it = D_it - mean_i(D) - mean_t(D) + mean(D).

Two exact rewritings say what b averages: over treated unit-years (de Chaisemartin and D'Haultfoeuille 2020) and over
2x2 comparisons of groups that adopt in different years (Goodman-Bacon 2021).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.panel import check_panel

FORBIDDEN = ("later vs earlier treated", "treated vs always treated")


def residualised_treatment(
    panel: pd.DataFrame, unit: str = "adcode", year: str = "year", treated: str = "treated"
) -> pd.DataFrame:
    """Take unit and year means out of the treatment: d_it above, as a table of units by years.

    Parameters
    ----------
    panel : pandas.DataFrame
        A balanced panel, 0/1 treatment that never switches off.
    unit, year, treated : str
        Names of the columns.

    Returns
    -------
    pandas.DataFrame
        Units in rows, years in columns.

    Raises
    ------
    ValueError
        For a panel that :func:`helpers.panel.check_panel` refuses, a treatment that never varies, or one that unit and
        year effects absorb completely (every unit switches in the same year).
    """
    wide = check_panel(panel, unit, year, treated)
    d = wide.sub(wide.mean(axis=1), axis=0).sub(wide.mean(axis=0), axis=1) + wide.to_numpy().mean()
    if wide.to_numpy().min() == wide.to_numpy().max():
        raise ValueError("the treatment is constant: nobody switches, so there is nothing to estimate")
    if np.square(d.to_numpy()).sum() < 1e-10:
        raise ValueError(
            "no comparison is left: unit and year effects absorb the treatment (all units switch together)"
        )
    return d


def unit_year_weights(
    panel: pd.DataFrame, unit: str = "adcode", year: str = "year", treated: str = "treated"
) -> pd.DataFrame:
    """Weigh each treated unit-year's effect in the two-way fixed-effects coefficient.

    If y_it = y_it(0) + effect_it D_it and trends are parallel, the expected coefficient is the sum over treated
    unit-years of w_it effect_it with (de Chaisemartin and D'Haultfoeuille 2020, theorem 1, one observation a cell) ::

        w_it = d_it / (sum of d over treated unit-years)

    The weights sum to one. A negative one means that a larger effect there makes the coefficient smaller.

    Parameters
    ----------
    panel, unit, year, treated
        As in :func:`residualised_treatment`.

    Returns
    -------
    pandas.DataFrame
        One row a treated unit-year: unit, year, ``weight``.

    Raises
    ------
    ValueError
        As :func:`residualised_treatment`.
    """
    d = residualised_treatment(panel, unit, year, treated)
    wide = check_panel(panel, unit, year, treated)
    rows, columns = np.nonzero(wide.to_numpy() == 1)
    weight = d.to_numpy()[rows, columns]
    return pd.DataFrame({unit: wide.index[rows], year: wide.columns[columns], "weight": weight / weight.sum()})


def summarise_weights(weights: pd.DataFrame) -> pd.Series:
    """Count the negative weights and add them up.

    Parameters
    ----------
    weights : pandas.DataFrame
        With a column ``weight`` that sums to one.

    Returns
    -------
    pandas.Series
        ``cells``, ``negative_cells``, ``share_negative`` (of cells), ``sum_negative``, ``sum_positive``, ``sum``.

    Raises
    ------
    ValueError
        If the weights do not sum to one.
    """
    w = weights["weight"]
    if abs(w.sum() - 1) > 1e-8:
        raise ValueError(f"the weights sum to {w.sum():.6f}, not to one")
    # a weight that is zero but for rounding is not a negative one
    negative = w[w < -1e-12]
    return pd.Series({
        "cells": len(w), "negative_cells": len(negative), "share_negative": len(negative) / len(w),
        "sum_negative": negative.sum(), "sum_positive": w[w > 0].sum(), "sum": w.sum(),
    })  # fmt: skip


def comparison_weights(
    panel: pd.DataFrame, outcome: str | None = None, unit: str = "adcode", year: str = "year", treated: str = "treated"
) -> pd.DataFrame:
    """Weigh each 2x2 comparison of two cohorts in the two-way fixed-effects coefficient (Goodman-Bacon).

    Let n_k be cohort k's share of the units and D_k the share of years it is treated. For k adopting before l, and for
    the never treated U, the weights are proportional to (Goodman-Bacon 2021, theorem 1) ::

        k against U:            n_k n_U D_k (1 - D_k)
        k against l, l not yet: n_k n_l (D_k - D_l) (1 - D_k)
        l against k, k already: n_k n_l (D_k - D_l) D_l            (the 'forbidden' comparison)

    and are divided by their sum, which is the variance of the residualised treatment. A cohort A treated in every year
    acts as a control that is already treated: n_k n_A D_k (1 - D_k).

    Parameters
    ----------
    panel : pandas.DataFrame
        Balanced; the treatment is 0/1 and never switches off.
    outcome : str, optional
        A column. If given, ``estimate`` holds each 2x2 difference in differences, and the sum of weight times estimate
        is the coefficient itself. Without it no outcome is looked at.
    unit, year, treated : str
        Names of the columns.

    Returns
    -------
    pandas.DataFrame
        One row a pair of cohorts: ``treated_cohort``, ``control_cohort`` (Int64; missing for the never and the always
        treated), ``comparison`` (text), ``weight``, ``forbidden`` (bool), and ``estimate`` if an outcome was given.

    Raises
    ------
    ValueError
        As :func:`residualised_treatment`, or for an outcome with missing values.
    """
    residualised_treatment(panel, unit, year, treated)
    wide = check_panel(panel, unit, year, treated)
    starts = pd.Series(np.where(wide.any(axis=1), wide.idxmax(axis=1), np.inf), index=wide.index, dtype=float)
    starts[wide.all(axis=1)] = -np.inf
    size, share = starts.value_counts(normalize=True), {}
    for start in size.index:
        share[start] = float((wide.columns >= start).mean())
    means = _cohort_means(panel, outcome, wide, starts, unit, year) if outcome else None
    cohorts = sorted(size.index)
    rows = []
    for k in [c for c in cohorts if np.isfinite(c)]:
        for other in [c for c in cohorts if c != k]:
            mass, before, after = _pair(k, other, size, share, wide.columns)
            row = {"treated_cohort": k, "control_cohort": other, "comparison": _label(k, other), "weight": mass}
            if means is not None:
                gap = means.loc[k] - means.loc[other]
                row["estimate"] = gap[after].mean() - gap[before].mean()
            rows.append(row)
    table = pd.DataFrame(rows)
    table["weight"] /= table["weight"].sum()
    table["forbidden"] = table["comparison"].isin(FORBIDDEN)
    for column in ("treated_cohort", "control_cohort"):
        table[column] = table[column].where(np.isfinite(table[column])).astype("Int64")
    return table


def _pair(k: float, other: float, size: pd.Series, share: dict, years: pd.Index) -> tuple[float, pd.Index, pd.Index]:
    """Unscaled weight of cohort k against control other, with the years before and after of that comparison."""
    mass = size[k] * size[other]
    if not np.isfinite(other):
        return mass * share[k] * (1 - share[k]), years[years < k], years[years >= k]
    if k < other:
        return (
            mass * (share[k] - share[other]) * (1 - share[k]),
            years[years < k],
            years[(years >= k) & (years < other)],
        )
    return mass * (share[other] - share[k]) * share[k], years[(years >= other) & (years < k)], years[years >= k]


def _label(k: float, other: float) -> str:
    if np.isposinf(other):
        return "treated vs never treated"
    if np.isneginf(other):
        return "treated vs always treated"
    return "earlier vs later treated" if k < other else "later vs earlier treated"


def _cohort_means(
    panel: pd.DataFrame, outcome: str, wide: pd.DataFrame, starts: pd.Series, unit: str, year: str
) -> pd.DataFrame:
    if outcome not in panel.columns or panel[outcome].isna().any():
        raise ValueError(f"the outcome {outcome!r} is not a column or has missing values")
    values = panel.pivot(index=unit, columns=year, values=outcome).reindex(wide.index)
    return values.groupby(starts).mean()


def comparison_shares(weights: pd.DataFrame) -> pd.Series:
    """Add up the weights by type of comparison, the largest first.

    Parameters
    ----------
    weights : pandas.DataFrame
        As :func:`comparison_weights` returns it.

    Returns
    -------
    pandas.Series
        Indexed by ``comparison``; sums to one.
    """
    return weights.groupby("comparison")["weight"].sum().sort_values(ascending=False)
