"""The smallest effect a design could detect, worked out from the treatment alone.

The errors of a city are correlated over the years. With e_it stationary AR(1) of standard deviation sigma, correlation
rho to the power of the distance in years, and independence between cities, the variance of the two-way fixed-effects
coefficient is exactly ::

    Var(b) = sigma^2 sum_i d_i' Omega d_i / (sum_i d_i' d_i)^2,   Omega_ts = rho^|t-s|

with d_i the residualised treatment of city i (Bertrand, Duflo and Mullainathan 2004 on why rho matters; Bloom 1995 on
the minimum detectable effect). City and year effects drop out: sigma counts only what moves around them.
"""

from __future__ import annotations

from collections.abc import Iterable
from statistics import NormalDist

import numpy as np
import pandas as pd

from helpers.weights import residualised_treatment


def standard_error(
    panel: pd.DataFrame, rho: float, sigma: float = 1.0,
    unit: str = "adcode", year: str = "year", treated: str = "treated",
) -> float:  # fmt: skip
    """Compute the exact standard error of the two-way fixed-effects coefficient under AR(1) errors (formula above).

    Years must be consecutive, because rho is the correlation from one year to the next.

    Parameters
    ----------
    panel : pandas.DataFrame
        Balanced treatment panel.
    rho : float
        Correlation of the errors of one city in neighbouring years, between -1 and 1.
    sigma : float
        Standard deviation of the error; the result is in its units.
    unit, year, treated : str
        Names of the columns.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        Unless -1 < rho < 1 and sigma > 0, for years with a gap, or as
        :func:`helpers.weights.residualised_treatment`.
    """
    return _standard_error(_consecutive(residualised_treatment(panel, unit, year, treated)), rho, sigma)


def _consecutive(d: pd.DataFrame) -> np.ndarray:
    years = d.columns.to_numpy()
    if (np.diff(years) != 1).any():
        raise ValueError(f"the years have a gap after {years[:-1][np.diff(years) != 1].tolist()}")
    return d.to_numpy()


def _standard_error(d: np.ndarray, rho: float, sigma: float) -> float:
    if not -1 < rho < 1:
        raise ValueError(f"rho must lie strictly between -1 and 1, not {rho}")
    if not sigma > 0:
        raise ValueError(f"sigma must be positive, not {sigma}")
    omega = _autocorrelation(d.shape[1], rho)
    return float(sigma * np.sqrt(np.sum((d @ omega) * d)) / np.square(d).sum())


def _autocorrelation(n_years: int, rho: float) -> np.ndarray:
    gap = np.abs(np.subtract.outer(np.arange(n_years), np.arange(n_years)))
    return np.where(gap == 0, 1.0, float(rho) ** gap)


def naive_standard_error(
    panel: pd.DataFrame, sigma: float = 1.0, unit: str = "adcode", year: str = "year", treated: str = "treated"
) -> float:
    """Compute the standard error for errors that are uncorrelated over the years: sigma / sqrt(sum of d_it^2).

    Parameters
    ----------
    panel, sigma, unit, year, treated
        As in :func:`standard_error`.

    Returns
    -------
    float
    """
    return standard_error(panel, 0.0, sigma, unit, year, treated)


def minimum_detectable_effect(
    panel: pd.DataFrame, rho: float | Iterable[float] = 0.5, power: float = 0.8, size: float = 0.05, sigma: float = 1.0,
    unit: str = "adcode", year: str = "year", treated: str = "treated",
) -> pd.DataFrame:  # fmt: skip
    """Find the smallest true effect that a two-sided test detects with the given power, for each persistence rho.

    It is (z_{1 - size/2} + z_{power}) times the standard error. Normal quantiles: the variance is taken as known, and
    the chance of rejecting in the wrong direction (below 1e-6 at the defaults) is left out.

    Parameters
    ----------
    panel : pandas.DataFrame
        Balanced treatment panel.
    rho : float or iterable of float
        One persistence or several.
    power, size : float
        Chance of finding the effect, chance of a false alarm.
    sigma : float
        Standard deviation of the error; at the default 1 everything is in such standard deviations.
    unit, year, treated : str
        Names of the columns.

    Returns
    -------
    pandas.DataFrame
        Indexed by rho: ``standard_error`` and ``minimum_detectable_effect`` in the units of `sigma`; ``within_sd``, the
        standard deviation expected to remain of the error after city and year means are taken out (a persistent error
        looks like a city effect), sigma sqrt((1 - 1/n)(1 - sum of Omega / T^2)); and ``effect_in_within_sd``, the
        minimum detectable effect divided by it: the scale that can be measured in data.

    Raises
    ------
    ValueError
        Unless 0 < size < power < 1, or as :func:`standard_error`.
    """
    if not 0 < size < power < 1:
        raise ValueError(f"need 0 < size < power < 1, not size {size} and power {power}")
    grid = [float(value) for value in np.atleast_1d(np.asarray(rho if np.isscalar(rho) else list(rho), dtype=float))]
    quantile = NormalDist().inv_cdf
    d = _consecutive(residualised_treatment(panel, unit, year, treated))
    errors = [_standard_error(d, value, sigma) for value in grid]
    table = pd.DataFrame({"standard_error": errors}, index=pd.Index(grid, name="rho"))
    table["minimum_detectable_effect"] = (quantile(1 - size / 2) + quantile(power)) * table["standard_error"]
    n_units, n_years = d.shape
    common = np.array([_autocorrelation(n_years, value).sum() / n_years**2 for value in grid])
    table["within_sd"] = sigma * np.sqrt((1 - 1 / n_units) * (1 - common))
    table["effect_in_within_sd"] = table["minimum_detectable_effect"] / table["within_sd"]
    return table
