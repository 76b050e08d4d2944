r"""The fast core: regressions with one or two groups of fixed effects in numpy, for thousands of fits.

:func:`fast_regression` returns the numbers of :func:`helpers.panel_regression.panel_regression` to 1e-8 in a
fraction of the time, also for effects of any two groupings (province and year). :func:`fit_many` fits many treatments
or outcomes at once: effects and controls are taken out once (:mod:`helpers.fixed_effects`), the rest is one product.
Errors and the rules that count parameters (``dof=``) are those of :mod:`helpers.panel_regression`.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from helpers.fixed_effects import LEFT, Floats, Prepared, numbers, orthogonal, prepare, some, squares
from helpers.panel_regression import (
    FewClustersWarning,
    check_rule,
    coefficient_table,
    few_clusters,
    require_columns,
)

__all__ = ["Batch", "Fit", "fast_regression", "fit_many", "prepare"]


@dataclass(frozen=True)
class Batch:
    """Many fits at once: arrays with one row a treatment and one column an outcome.

    Attributes
    ----------
    estimates, standard_errors : numpy.ndarray
        Shape (treatments, outcomes).
    errors, degrees_of_freedom_rule : str
        How the standard errors were computed.
    counted_parameters, t_degrees_of_freedom, clusters : int
        K, degrees of freedom of the t distribution, number of clusters.
    """

    estimates: Floats
    standard_errors: Floats
    errors: str
    degrees_of_freedom_rule: str
    counted_parameters: int
    t_degrees_of_freedom: int
    clusters: int

    @property
    def t(self) -> Floats:
        """Estimates over their standard errors."""
        return self.estimates / self.standard_errors


@dataclass(frozen=True)
class Fit:
    """One regression; the fields are those of :class:`helpers.panel_regression.Estimate`, the numbers plain arrays.

    Attributes
    ----------
    terms : tuple of str
        The regressors; the first is the one of interest.
    estimates, covariance : numpy.ndarray
        In their order.
    """

    terms: tuple[str, ...]
    estimates: Floats
    covariance: Floats
    errors: str
    degrees_of_freedom_rule: str
    observations: int
    dropped_rows: int
    counted_parameters: int
    t_degrees_of_freedom: int
    clusters: int | None
    treated_clusters: int | None

    @property
    def estimate(self) -> float:
        """Coefficient of the regressor of interest."""
        return float(self.estimates[0])

    @property
    def standard_error(self) -> float:
        """Standard error of the regressor of interest."""
        return float(np.sqrt(self.covariance[0, 0]))

    @property
    def table(self) -> pd.DataFrame:
        """One row a regressor: estimate, standard_error, t, p, lower, upper (95 percent interval)."""
        covariance = pd.DataFrame(self.covariance, index=list(self.terms), columns=list(self.terms))
        return coefficient_table(pd.Series(self.estimates, covariance.index), covariance, self.t_degrees_of_freedom)


def fit_many(
    prepared: Prepared, outcomes: ArrayLike, treatments: ArrayLike, *, errors: str = "clustered", dof: str | None = None
) -> Batch:
    r"""Regress every outcome on every treatment alone, beside the prepared effects and controls.

    With z and y after effects and controls were taken out, b = z'y / z'z; with s_g the sum of z_i (y_i - b z_i) in
    cluster g (row i for heteroskedastic errors), the clustered variance is :math:`c \sum_g s_g^2 / (z'z)^2`.

    Parameters
    ----------
    outcomes, treatments : array of shape (rows,) or (rows, many)
        In the order of the prepared rows.
    errors : {'clustered', 'classical', 'heteroskedastic'}
    dof : {'slopes', 'nested', 'dummies', 'linearmodels'}, optional
        The rule that counts parameters: 'nested' for clustered errors when left out; the others know 'dummies' only.

    Raises
    ------
    ValueError
        For an unknown rule, values that are not finite, fewer than two clusters, or a treatment of which effects and
        controls leave nothing (named by its position).
    """
    rule = check_rule(errors, dof)
    given = numbers(treatments, prepared)
    y, z = prepared.residual(numbers(outcomes, prepared)), prepared.residual(given)
    own = squares(z)
    gone = np.flatnonzero(own <= LEFT**2 * squares(given - given.mean(axis=0)))
    if len(gone):
        raise ValueError(f"effects and controls leave nothing of the treatment at position {some(gone)}")
    estimates = (z.T @ y) / own[:, None]
    counted, factor, t_df = _small_sample(prepared, errors, rule, 1 + prepared.basis.shape[1])
    if errors == "classical":
        left = squares(y)[None, :] - estimates**2 * own[:, None]
        variance = np.maximum(left, 0.0) / own[:, None] / prepared.rows
    else:
        variance = _meat(prepared, y, z, estimates, errors) / own[:, None] ** 2
    clusters = len(prepared.cluster.levels)
    return Batch(estimates, np.sqrt(factor * variance), errors, rule, counted, t_df, clusters)


def fast_regression(
    data: pd.DataFrame, outcome: str, regressors: Sequence[str], *, effects: Sequence[str] = ("adcode", "year"),
    errors: str = "clustered", dof: str | None = None, cluster: str | None = None, treated: str | None = None,
) -> Fit:  # fmt: skip
    """Fit one regression with all its slopes: the numbers of :func:`helpers.panel_regression.panel_regression`, fast.

    Parameters
    ----------
    data : pandas.DataFrame
        Rows with a missing value in a used column are left out and counted.
    outcome, regressors : str, sequence of str
        Columns; the first regressor is the one of interest.
    effects, cluster
        As :func:`prepare`; the effects may be any two groupings, and rows need no unit and time of their own.
    errors, dof
        As :func:`fit_many`.
    treated : str, optional
        Column that is above zero in treated rows, to count treated clusters.

    Returns
    -------
    Fit

    Raises
    ------
    ValueError
        As :func:`prepare` and :func:`fit_many`; a regressor that is absorbed or collinear is named.

    Warns
    -----
    FewClustersWarning
        Below 20 clusters or 5 treated ones.
    """
    rule, regressors = check_rule(errors, dof), list(regressors)
    if not regressors or len(set(regressors)) < len(regressors) or outcome in regressors:
        raise ValueError(f"regressors must be distinct, and not the outcome: {', '.join(regressors) or 'none'}")
    used = list(dict.fromkeys([outcome, *regressors, *effects, *(name for name in (cluster, treated) if name)]))
    require_columns(data, used)
    gaps = np.zeros(len(data), dtype=bool)
    for name in used:
        gaps |= data[name].isna().to_numpy()
    rows = data[~gaps] if gaps.any() else data
    ready = prepare(rows, effects=effects, cluster=cluster)
    basis, triangle = orthogonal(ready, numbers(rows, ready, regressors), regressors)
    y = ready.demean(numbers(rows, ready, [outcome]))
    scaled = basis.T @ y
    inverse = np.linalg.inv(triangle)
    left = y - basis @ scaled
    counted, factor, t_df = _small_sample(ready, errors, rule, len(regressors))
    if errors == "classical":
        meat = np.eye(len(regressors)) * float(squares(left)[0]) / ready.rows
    else:
        scores = basis * left
        scores = ready.cluster.sum @ scores if errors == "clustered" else scores
        meat = scores.T @ scores
    clusters = len(ready.cluster.levels) if errors == "clustered" else None
    on = ready.cluster.codes[rows[treated].to_numpy() > 0] if treated and clusters else None
    in_treatment = None if on is None else len(np.unique(on))
    for caution in few_clusters(clusters, in_treatment) if clusters else ():
        warnings.warn(caution, FewClustersWarning, stacklevel=2)
    return Fit(
        tuple(regressors),
        (inverse @ scaled)[:, 0],
        factor * inverse @ meat @ inverse.T,
        errors,
        rule,
        len(rows),
        len(data) - len(rows),
        counted,
        t_df,
        clusters,
        in_treatment,
    )


def _meat(prepared: Prepared, y: Floats, z: Floats, estimates: Floats, errors: str) -> Floats:
    """Sum the squared scores of each pair; the loop runs over the shorter of outcomes and treatments."""

    def summed(values: Floats) -> Floats:
        return prepared.cluster.sum @ values if errors == "clustered" else values

    meat = np.empty_like(estimates)
    if y.shape[1] <= z.shape[1]:
        lengths = summed(z**2)
        for k in range(y.shape[1]):
            meat[:, k] = squares(summed(z * y[:, [k]]) - lengths * estimates[:, k])
    else:
        for j in range(z.shape[1]):
            column = z[:, [j]]
            meat[j] = squares(summed(column * y) - summed(column**2) * estimates[j])
    return meat


def _small_sample(prepared: Prepared, errors: str, rule: str, slopes: int) -> tuple[int, float, int]:
    """Return K, the factor c and the degrees of freedom of t (see :mod:`helpers.panel_regression`)."""
    rows, clusters, counted = prepared.rows, len(prepared.cluster.levels), prepared.counted(rule, slopes)
    if errors == "clustered" and clusters < 2:
        raise ValueError(f"clustered errors need at least two clusters; {prepared.cluster.name} has {clusters}")
    if rows <= counted:
        raise ValueError(f"{rows} rows cannot carry {counted} parameters")
    if errors == "clustered" and rule != "linearmodels":
        return counted, clusters / (clusters - 1) * (rows - 1) / (rows - counted), clusters - 1
    return counted, rows / (rows - counted), clusters - 1 if errors == "clustered" else rows - counted
