"""Difference-in-differences: the four means, two-way fixed effects, and first differences.

With y_it the outcome of unit i in period t and D_it the treatment (0 before, 1 from the first treated period on),

    four means          (y11 - y10) - (y01 - y00)                                    two groups, two periods
    fixed effects       y_it = beta D_it + x_it'gamma + a_i + l_t + e_it
    first differences   y_it - y_i,t-1 = beta (D_it - D_i,t-1) + (x_it - x_i,t-1)'gamma + m_t + u_it

The two regressions have the same beta in a panel of two periods and differ with more: fixed effects compare the treated
periods with all untreated ones, first differences compare the first treated period with the one before it (Wooldridge,
*Introductory Econometrics*, chapters 13 and 14). Standard errors: :mod:`helpers.panel_regression`.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.panel_regression import Estimate, check_unit_periods, panel_regression, require_columns


def two_way_fixed_effects(
    data: pd.DataFrame, outcome: str, treatment: str, *, unit: str, time: str, controls: Sequence[str] = (),
    errors: str = "clustered", degrees_of_freedom: str | None = None, cluster: str | None = None,
) -> Estimate:  # fmt: skip
    """Estimate beta in y_it = beta D_it + x_it'gamma + a_i + l_t + e_it (unit and period effects).

    Parameters
    ----------
    data : pandas.DataFrame
        One row a unit and period; may be unbalanced. Rows with a missing value in a used column are left out, counted.
    outcome, treatment, unit, time : str
        Columns. The treatment lies between 0 and 1 and never falls within a unit; time is a whole number.
    controls : sequence of str
        Further regressors.
    errors : {'clustered', 'classical', 'heteroskedastic'}
        Clustered by `cluster` (default: the unit), equal variance and no correlation, or White's errors (HC1).
    degrees_of_freedom : {'slopes', 'nested', 'dummies', 'linearmodels'}, optional
        See :mod:`helpers.panel_regression`. Default: 'nested' for clustered errors; the others know 'dummies' only.
    cluster : str, optional
        Column of the clusters.

    Returns
    -------
    Estimate

    Raises
    ------
    ValueError
        For missing columns, duplicated unit-periods, a treatment outside 0 to 1 or one that switches off, no treated or
        no untreated row, a regressor that is constant or absorbed by the effects, collinear regressors, fewer than two
        clusters.

    Warns
    -----
    FewClustersWarning
        Below 20 clusters or 5 treated ones; the same words stand in ``cautions``.
    """
    check_treatment(data, treatment, unit, time)
    return panel_regression(
        data, outcome, [treatment, *controls], unit=unit, time=time, errors=errors,
        degrees_of_freedom=degrees_of_freedom, cluster=cluster, treated=treatment,
    )  # fmt: skip


def first_differences(
    data: pd.DataFrame, outcome: str, treatment: str, *, unit: str, time: str, controls: Sequence[str] = (),
    period_effects: bool = True, unit_trends: bool = False, errors: str = "clustered",
    degrees_of_freedom: str | None = None, cluster: str | None = None,
) -> Estimate:  # fmt: skip
    """Estimate beta from changes: y_it - y_i,t-1 = beta (D_it - D_i,t-1) + (x_it - x_i,t-1)'gamma + m_t + c_i + u_it.

    Parameters are those of :func:`two_way_fixed_effects`, and
    `period_effects` (m_t): an intercept of its own for every period, and
    `unit_trends` (c_i): a linear trend of its own for every unit, which is an intercept in changes.

    A change needs two periods in a row: after a gap in a unit's years the next change is left out. Terms keep the names
    of the levels. ``dropped_rows`` counts changes that could not be used, without each unit's first period;
    ``treated_clusters`` counts clusters with a rise of the treatment among the changes that were used.

    Returns
    -------
    Estimate

    Raises
    ------
    ValueError
        As :func:`two_way_fixed_effects`; also if no unit is observed in two periods in a row.
    """
    check_treatment(data, treatment, unit, time)
    moving = [outcome, treatment, *controls]
    require_columns(data, moving)
    ordered = data.sort_values([unit, time])
    changes = ordered.groupby(unit)[[*moving, time]].diff()
    changed = ordered.assign(**{name: changes[name].where(changes[time] == 1) for name in moving})
    changed = changed[ordered.groupby(unit).cumcount() > 0]
    if not changes[time].eq(1).any():
        raise ValueError(f"no {unit} is observed in two periods in a row: there are no first differences")
    effects = tuple(name for name, wanted in (("unit", unit_trends), ("time", period_effects)) if wanted)
    return panel_regression(
        changed, outcome, [treatment, *controls], unit=unit, time=time, effects=effects, errors=errors,
        degrees_of_freedom=degrees_of_freedom, cluster=cluster, treated=treatment,
    )  # fmt: skip


def two_by_two(data: pd.DataFrame, outcome: str, group: str, after: str) -> pd.DataFrame:
    """Compute the four means of difference-in-differences, and their differences.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows of both groups, before and after.
    outcome, group, after : str
        Columns; `group` and `after` hold 0 and 1.

    Returns
    -------
    pandas.DataFrame
        Rows ``untreated``, ``treated``, ``difference``; columns ``before``, ``after``, ``change``. The last cell is
        (y11 - y10) - (y01 - y00), with y_gt the mean of group g in period t.

    Raises
    ------
    ValueError
        For missing columns or values, a column other than 0/1, or one of the four cells without a row.
    """
    require_columns(data, [outcome, group, after])
    if data[[outcome, group, after]].isna().any(axis=None):
        raise ValueError(f"missing values in {outcome}, {group} or {after}")
    for name in (group, after):
        if not data[name].isin([0, 1]).all():
            raise ValueError(f"{name} must hold 0 and 1 only")
    means = data.groupby([group, after])[outcome].mean().unstack(after).reindex(index=[0, 1], columns=[0, 1])
    for g, t in means.isna().stack()[lambda s: s].index:
        raise ValueError(f"empty group: no row with {group} = {g} and {after} = {t}")
    means = means.set_axis(["untreated", "treated"]).set_axis(["before", "after"], axis=1)
    means.loc["difference"] = means.loc["treated"] - means.loc["untreated"]
    means["change"] = means["after"] - means["before"]
    return means


def check_treatment(data: pd.DataFrame, treatment: str, unit: str, time: str) -> None:
    """Refuse a treatment that a difference-in-differences cannot use; returns nothing.

    Raises
    ------
    ValueError
        For missing columns, duplicated unit-periods, values outside 0 to 1, no treated or no untreated row, and a
        treatment that falls within a unit over time; the units are named.
    """
    require_columns(data, [treatment])
    check_unit_periods(data, unit, time)
    values = pd.to_numeric(data[treatment], errors="coerce").astype(float)
    if values.notna().sum() < data[treatment].notna().sum() or not values.dropna().between(0, 1).all():
        raise ValueError(f"{treatment} must lie between 0 and 1 (untreated and treated)")
    for side, rows in (("treated", values > 0), ("untreated", values == 0)):
        if not rows.any():
            raise ValueError(f"empty group: {treatment} has no {side} row, so there is nothing to compare")
    ordered = data.assign(**{treatment: values}).dropna(subset=[treatment]).sort_values([unit, time])
    falls = ordered[ordered.groupby(unit)[treatment].diff() < 0]
    if len(falls):
        where = ", ".join(f"{row[0]} in {row[1]}" for row in falls[[unit, time]].head(5).itertuples(index=False))
        raise ValueError(f"{treatment} switches off: {where}")
