"""Panel regressions with fixed effects, and standard errors that say how they were counted.

For unit i and period t the regression is

    y_it = x_it' beta + a_i + l_t + e_it,

fitted by :class:`linearmodels.panel.PanelOLS`. What differs between programs is not beta but its standard error. For
errors clustered in G groups, with n rows, k slopes and residuals e, the covariance of the slopes is

    V = c (X'X)^-1 [sum_g X_g' e_g e_g' X_g] (X'X)^-1,    c = G/(G-1) x (n-1)/(n-K),

with X after the effects were taken out. The *degrees-of-freedom rule* says which parameters K counts:

========================  ====================================  ===================================================
rule                      K                                     same number as
========================  ====================================  ===================================================
``slopes``                k                                     pyfixest ``ssc(k_fixef='none')``; linearmodels with
                                                                ``count_effects=False, group_debias=True``
``nested`` (default)      k + the effects that are not nested   the documented rule of Stata ``xtreg, fe``, ``reghdfe``
                          in the clusters                       and R ``fixest``
``dummies``               k + all effects                       least squares on dummies (Stata ``areg``, statsmodels)
``linearmodels``          as ``dummies``, but c = n/(n-K)       linearmodels' default with two effects
========================  ====================================  ===================================================

Clustered errors are compared with a t distribution with G-1 degrees of freedom, the others with n-K (Cameron and Miller
2015, "A practitioner's guide to cluster-robust inference", *Journal of Human Resources* 50(2)).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from linearmodels.panel import PanelOLS
from linearmodels.panel.utility import AbsorbingEffectError
from scipy import stats

ERRORS = ("clustered", "classical", "heteroskedastic")
DEGREES_OF_FREEDOM_RULES = ("slopes", "nested", "dummies", "linearmodels")
FEW_CLUSTERS, FEW_TREATED_CLUSTERS = 20, 5


class FewClustersWarning(UserWarning):
    """Clustered errors that rest on fewer than 20 clusters, or on fewer than 5 treated ones."""


@dataclass(frozen=True)
class Estimate:
    """A fitted panel regression.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a regressor: estimate, standard_error, t, p, lower, upper (95 percent interval).
    covariance : pandas.DataFrame
        Covariance of the estimates.
    term : str
        The regressor of interest.
    errors, degrees_of_freedom_rule : str
        How the standard errors were computed (see the module).
    observations, dropped_rows, units, periods : int
        Rows used; rows left out because a value was missing; units and periods among the rows used.
    counted_parameters, t_degrees_of_freedom : int
        K of the module's formula; degrees of freedom of the t distribution.
    clusters, treated_clusters : int or None
        Clusters, and those with a treated row (None where there is nothing to count).
    cautions : tuple of str
        What a reader must be told beside the numbers.
    model : linearmodels.panel.results.PanelEffectsResults
        The library's own fit, for residuals and R2; its standard errors are not corrected for small samples.
    """

    table: pd.DataFrame
    covariance: pd.DataFrame
    term: str
    errors: str
    degrees_of_freedom_rule: str
    observations: int
    dropped_rows: int
    units: int
    periods: int
    counted_parameters: int
    t_degrees_of_freedom: int
    clusters: int | None
    treated_clusters: int | None
    cautions: tuple[str, ...]
    model: object = field(repr=False)

    @property
    def estimate(self) -> float:
        """Coefficient of the regressor of interest."""
        return float(self.table.loc[self.term, "estimate"])

    @property
    def standard_error(self) -> float:
        """Standard error of the regressor of interest."""
        return float(self.table.loc[self.term, "standard_error"])

    @property
    def p(self) -> float:
        """Two-sided p value of the regressor of interest."""
        return float(self.table.loc[self.term, "p"])

    def summary(self) -> pd.Series:
        """Return the regressor of interest and everything needed to read it, as one row of a table."""
        return pd.concat([
            self.table.loc[self.term],
            pd.Series({"errors": self.errors, "rule": self.degrees_of_freedom_rule, "observations": self.observations,
                       "clusters": self.clusters, "treated_clusters": self.treated_clusters}, dtype=object),
        ])  # fmt: skip


def panel_regression(
    data: pd.DataFrame, outcome: str, regressors: Sequence[str], *, unit: str, time: str,
    effects: Sequence[str] = ("unit", "time"), errors: str = "clustered", degrees_of_freedom: str | None = None,
    cluster: str | None = None, treated: str | None = None,
) -> Estimate:  # fmt: skip
    """Fit a linear regression with any of the two effects; without effects it is pooled least squares with a constant.

    Parameters not listed, the result and the errors raised are those of :func:`helpers.did.two_way_fixed_effects`,
    without its rules for a treatment: the regressors may be of any kind.

    Parameters
    ----------
    regressors : sequence of str
        Columns; the first is the regressor of interest.
    effects : sequence of {'unit', 'time'}
        Effects to take out; empty for pooled least squares.
    treated : str, optional
        Column that is above zero in treated rows, to count treated clusters.
    """
    rule = check_rule(errors, degrees_of_freedom)
    cluster, regressors = cluster or unit, list(regressors)
    used = list(dict.fromkeys([outcome, *regressors, unit, time, cluster, *([treated] if treated else [])]))
    require_columns(data, used)
    check_unit_periods(data, unit, time)
    rows = data[used].dropna()
    _check_regressors(rows, outcome, regressors)
    panel = rows.set_index([unit, time], drop=False)
    design = panel[regressors].astype(float)
    if not effects:
        design = design.assign(constant=1.0)
    groups = pd.DataFrame({"cluster": pd.factorize(panel[cluster])[0]}, index=panel.index)
    model = PanelOLS(panel[[outcome]].astype(float), design,
                     entity_effects="unit" in effects, time_effects="time" in effects)  # fmt: skip
    covariance_options = {
        "clustered": {"cov_type": "clustered", "clusters": groups},
        "classical": {"cov_type": "unadjusted"},
        "heteroskedastic": {"cov_type": "robust"},
    }[errors]
    try:
        fit = model.fit(debiased=False, auto_df=False, count_effects=False, **covariance_options)
    except AbsorbingEffectError as reason:
        names = " ".join(str(reason).partition("removed:")[2].partition("Set drop")[0].split()) or str(reason)
        raise ValueError(f"the effects leave nothing of these regressors, or make them collinear: {names}") from reason

    n, clusters = len(panel), int(groups["cluster"].nunique())
    if errors == "clustered" and clusters < 2:
        raise ValueError(f"clustered errors need at least two clusters; {cluster} has {clusters}")
    counted = count_parameters(panel, regressors, unit, time, cluster, effects, rule)
    if n <= counted:
        raise ValueError(f"{n} rows cannot carry {counted} parameters")
    factor = n / (n - counted)
    if errors == "clustered" and rule != "linearmodels":
        factor = clusters / (clusters - 1) * (n - 1) / (n - counted)
    treated_clusters = int(panel.loc[panel[treated] > 0, cluster].nunique()) if treated else None
    cautions = few_clusters(clusters, treated_clusters) if errors == "clustered" else ()
    for caution in cautions:
        warnings.warn(caution, FewClustersWarning, stacklevel=3)
    covariance = fit.cov.loc[regressors, regressors] * factor
    t_df = clusters - 1 if errors == "clustered" else n - counted
    return Estimate(
        coefficient_table(fit.params[regressors], covariance, t_df), covariance, regressors[0], errors, rule, n,
        len(data) - n, int(panel[unit].nunique()), int(panel[time].nunique()), counted, t_df,
        clusters if errors == "clustered" else None, treated_clusters if errors == "clustered" else None, cautions, fit,
    )  # fmt: skip


def count_parameters(
    rows: pd.DataFrame, regressors: Sequence[str], unit: str, time: str,
    cluster: str, effects: Sequence[str], rule: str,
) -> int:  # fmt: skip
    """Count K, the parameters that the degrees-of-freedom rule charges (see the module's table).

    All effects together count units + periods - 1 (one of them is redundant); a pooled regression counts its constant.
    Under 'nested', an effect whose levels each lie in a single cluster is not counted; the constant then is.
    """
    if rule == "slopes":
        return len(regressors)
    columns = {"unit": unit, "time": time}
    sizes = {name: rows[columns[name]].nunique() for name in effects}
    if rule == "nested":
        sizes = {
            name: size for name, size in sizes.items()
            if rows[[columns[name], cluster]].drop_duplicates()[columns[name]].duplicated().any()
        }  # fmt: skip
    return len(regressors) + max(1, sum(sizes.values()) - max(0, len(sizes) - 1))


def check_rule(errors: str, rule: str | None) -> str:
    """Return the degrees-of-freedom rule, the default of these errors when none is given; ``ValueError`` if unfit."""
    if errors not in ERRORS:
        raise ValueError(f"unknown errors {errors!r}; choose one of {', '.join(ERRORS)}")
    rule = rule or ("nested" if errors == "clustered" else "dummies")
    if rule not in DEGREES_OF_FREEDOM_RULES:
        raise ValueError(f"unknown degrees_of_freedom {rule!r}; choose one of {', '.join(DEGREES_OF_FREEDOM_RULES)}")
    if errors != "clustered" and rule != "dummies":
        raise ValueError(f"{errors} errors count every effect: degrees_of_freedom='dummies', not {rule!r}")
    return rule


def require_columns(data: pd.DataFrame, columns: Sequence[str]) -> None:
    """Raise ``ValueError`` naming the columns that are not in the data."""
    missing = [name for name in dict.fromkeys(columns) if name not in data.columns]
    if missing:
        raise ValueError(f"missing column(s): {', '.join(missing)}")


def check_unit_periods(data: pd.DataFrame, unit: str, time: str) -> None:
    """Raise ``ValueError`` unless every unit-period is complete, a whole number in time, and there once."""
    require_columns(data, [unit, time])
    if data[[unit, time]].isna().any(axis=None):
        raise ValueError(f"missing values in {unit} or {time}")
    if not pd.api.types.is_integer_dtype(data[time]):
        raise ValueError(f"{time} must hold whole numbers (years), not {data[time].dtype}")
    twice = data.loc[data.duplicated([unit, time]), [unit, time]].head(5)
    if len(twice):
        named = ", ".join(f"{row[0]} in {row[1]}" for row in twice.itertuples(index=False))
        raise ValueError(f"duplicated {unit}-{time} rows: {named}")


def _check_regressors(rows: pd.DataFrame, outcome: str, regressors: list[str]) -> None:
    if not regressors or len(set(regressors)) < len(regressors) or outcome in regressors:
        raise ValueError(f"regressors must be distinct, and not the outcome: {', '.join(regressors) or 'none'}")
    if rows.empty:
        raise ValueError("no row is complete in all used columns")
    for name in [outcome, *regressors]:
        values = rows[name]
        if not (pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values)):
            raise ValueError(f"{name} must hold numbers, not {values.dtype}")
        if not np.isfinite(values.astype(float)).all():
            raise ValueError(f"{name} holds an infinite value")
        if values.nunique() == 1:
            raise ValueError(f"{name} is constant: every row holds {values.iloc[0]}")
    kept: list[str] = []
    centred = rows[regressors].astype(float)
    centred = (centred - centred.mean()) / centred.std()
    for name in regressors:
        if np.linalg.matrix_rank(centred[[*kept, name]].to_numpy(), tol=1e-8 * len(rows)) == len(kept):
            raise ValueError(f"{name} is a linear combination of the regressors before it: {', '.join(kept)}")
        kept.append(name)


def few_clusters(clusters: int, treated: int | None) -> tuple[str, ...]:
    """Say in words what a reader must know about clustered errors that rest on few (treated) clusters."""
    found = []
    if clusters < FEW_CLUSTERS:
        found.append(f"only {clusters} clusters (below {FEW_CLUSTERS}): clustered errors tend to be too small")
    if treated is not None and treated < FEW_TREATED_CLUSTERS:
        found.append(f"only {treated} treated clusters (below {FEW_TREATED_CLUSTERS}): the error can be far too small")
    return tuple(found)


def coefficient_table(estimates: pd.Series, covariance: pd.DataFrame, t_degrees_of_freedom: int) -> pd.DataFrame:
    """Return one row a term: estimate, standard_error, t, p, lower, upper (95 percent interval)."""
    errors = pd.Series(np.sqrt(np.diag(covariance)), index=estimates.index)
    t = estimates / errors
    reach = stats.t.ppf(0.975, t_degrees_of_freedom) * errors
    return pd.DataFrame({
        "estimate": estimates, "standard_error": errors, "t": t, "p": 2 * stats.t.sf(t.abs(), t_degrees_of_freedom),
        "lower": estimates - reach, "upper": estimates + reach,
    }).rename_axis("term")  # fmt: skip
