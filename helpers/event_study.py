"""Event study: the effect at every distance from the first treated period, and the joint test of the leads.

With E_i the first treated period of unit i, the regression is

    y_it = sum_{k != base} beta_k 1[t - E_i = k] + x_it'gamma + a_i + l_t + e_it.

The beta_k with k < 0 are the *leads*: were the treated units already moving apart before the treatment? Event times
beyond `first` and `last` are pooled in the two end terms, never left out: a row without a term would silently join the
base period. Units that are never treated have no event time and all terms zero; they pin down the period effects.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from helpers.did import check_treatment
from helpers.panel_regression import Estimate, panel_regression


@dataclass(frozen=True)
class EventStudy:
    """A fitted event study.

    Attributes
    ----------
    path : pandas.DataFrame
        One row an event time, the base included (zero by construction, without an error): event_time, label, estimate,
        standard_error, p, lower, upper, treated_units (how many units stand behind the row).
    fit : helpers.panel_regression.Estimate
        The regression.
    leads, lags : tuple of str
        Terms before the base or below zero, and from zero on.
    base : int
        The event time that all others are compared with.
    """

    path: pd.DataFrame
    fit: Estimate
    leads: tuple[str, ...]
    lags: tuple[str, ...]
    base: int


@dataclass(frozen=True)
class JointTest:
    """Wald test that several coefficients are all zero: statistic F(numerator, denominator) and its p value."""

    statistic: float
    numerator: int
    denominator: int
    p: float


def event_time(data: pd.DataFrame, treatment: str, unit: str, time: str) -> pd.Series:
    """Compute t - E_i, the periods since the first treated one; missing for units that are never treated.

    Raises
    ------
    ValueError
        As :func:`helpers.did.check_treatment`; also for units that are treated in their first observed period, because
        their first treated period is then unknown. The units are named.
    """
    check_treatment(data, treatment, unit, time)
    started = data[data[treatment] > 0].groupby(unit)[time].min()
    seen = data.groupby(unit)[time].min()
    early = started.index[started == seen[started.index]]
    if len(early):
        raise ValueError(f"treated from the first observed period, event time unknown: {unit} {_some(early)}")
    return (data[time] - data[unit].map(started)).astype("Int64").rename("event_time")


def event_study_terms(
    data: pd.DataFrame, treatment: str, *, unit: str, time: str, first: int, last: int, base: int = -1,
) -> pd.DataFrame:  # fmt: skip
    """Build the dummies 1[t - E_i = k] for k from `first` to `last` without the base; the end terms hold all beyond.

    Parameters
    ----------
    first, last : int
        First and last event time with a term of its own name; ``first < base <= -1`` and ``last >= 0``.
    base : int
        The event time left out.

    Returns
    -------
    pandas.DataFrame
        Index of `data`; columns such as ``-4 or before``, ``-3``, ``-2``, ``0``, ``1``, ``2 or after`` (0.0 and 1.0).

    Raises
    ------
    ValueError
        For a window that is out of order, and for an event time at which no unit is observed.
    """
    if not first < base <= -1 or last < 0:
        raise ValueError(f"the window must satisfy first < base <= -1 and last >= 0; got {first}, {base}, {last}")
    binned = event_time(data, treatment, unit, time).clip(first, last)
    terms = {}
    for k in range(first, last + 1):
        hit = (binned == k).fillna(False)
        if not hit.any():
            raise ValueError(f"no {unit} is observed at event time {k}; choose a narrower window")
        if k != base:
            terms[_label(k, first, last)] = hit.astype(float)
    return pd.DataFrame(terms, index=data.index)


def event_study(
    data: pd.DataFrame, outcome: str, treatment: str, *, unit: str, time: str, first: int, last: int, base: int = -1,
    controls: Sequence[str] = (), errors: str = "clustered", degrees_of_freedom: str | None = None,
    cluster: str | None = None,
) -> EventStudy:  # fmt: skip
    """Fit the event study of the module with unit and period effects.

    Parameters not listed are those of :func:`helpers.did.two_way_fixed_effects`, and so are the errors raised and the
    warning. Without a never-treated unit the terms can be collinear with the effects; that raises.

    Parameters
    ----------
    first, last, base : int
        See :func:`event_study_terms`.

    Returns
    -------
    EventStudy
    """
    terms = event_study_terms(data, treatment, unit=unit, time=time, first=first, last=last, base=base)
    clash = [name for name in terms if name in data.columns]
    if clash:
        raise ValueError(f"rename these columns of the data, the event study needs the names: {', '.join(clash)}")
    fit = panel_regression(
        pd.concat([data, terms], axis=1), outcome, [*terms, *controls], unit=unit, time=time, errors=errors,
        degrees_of_freedom=degrees_of_freedom, cluster=cluster, treated=treatment,
    )  # fmt: skip
    binned = event_time(data, treatment, unit, time).clip(first, last)
    support = data.groupby(binned)[unit].nunique()
    path = pd.DataFrame({"event_time": range(first, last + 1)})
    path["label"] = [_label(k, first, last) for k in path["event_time"]]
    for column in ("estimate", "standard_error", "p", "lower", "upper"):
        path[column] = path["label"].map(fit.table[column])
    path.loc[path["event_time"] == base, ["estimate", "lower", "upper"]] = 0.0
    path["treated_units"] = path["event_time"].map(support).astype("int64")
    named = path[path["event_time"] != base]
    return EventStudy(path, fit, tuple(named.loc[named["event_time"] < 0, "label"]),
                      tuple(named.loc[named["event_time"] >= 0, "label"]), base)  # fmt: skip


def joint_test(fit: Estimate, terms: Sequence[str]) -> JointTest:
    """Test that the coefficients of `terms` are all zero: F = b' V^-1 b / q with (q, d) degrees of freedom.

    Parameters
    ----------
    fit : helpers.panel_regression.Estimate
        A fitted regression; d are the degrees of freedom of its t tests (clusters minus one for clustered errors).
    terms : sequence of str
        Regressors of that fit, each once.

    Returns
    -------
    JointTest

    Raises
    ------
    ValueError
        For unknown or repeated terms, and for more tested restrictions than clusters minus one: the clustered
        covariance then has too little rank, and the statistic would be a number without meaning.
    """
    terms = list(terms)
    unknown = [term for term in terms if term not in fit.table.index]
    if not terms or unknown or len(set(terms)) < len(terms):
        raise ValueError(f"name each tested term once, from the fit; unknown or repeated: {_some(unknown or terms)}")
    if fit.clusters is not None and len(terms) > fit.clusters - 1:
        raise ValueError(
            f"{len(terms)} tested restrictions with {fit.clusters} clusters: at most {fit.clusters - 1} can be tested"
        )
    b = fit.table.loc[terms, "estimate"].to_numpy()
    covariance = fit.covariance.loc[terms, terms].to_numpy()
    if np.linalg.matrix_rank(covariance, hermitian=True) < len(terms):
        raise ValueError(f"the covariance of the {len(terms)} tested terms is singular: too few clusters move them")
    statistic = float(b @ np.linalg.solve(covariance, b) / len(terms))
    return JointTest(statistic, len(terms), fit.t_degrees_of_freedom,
                     float(stats.f.sf(statistic, len(terms), fit.t_degrees_of_freedom)))  # fmt: skip


def _label(k: int, first: int, last: int) -> str:
    return f"{k} or before" if k == first else f"{k} or after" if k == last else str(k)


def _some(values: Sequence, limit: int = 8) -> str:
    names = [str(value) for value in values]
    return ", ".join(names[:limit]) + (f" and {len(names) - limit} more" if len(names) > limit else "")
