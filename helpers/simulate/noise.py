"""Disturbances as real panels have them: persistent, heteroskedastic, skewed. Elementwise only.

No matrix product is used anywhere in generation: products of matrices go through a library whose last digit differs
between machines, and the same seed shall give the same bytes everywhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def autoregressive(
    generator: np.random.Generator, units: int, periods: int, persistence: float, spread: ArrayLike = 1.0
) -> NDArray[np.float64]:
    r"""Draw stationary disturbances with first-order autocorrelation.

    .. math:: e_{it} = \rho e_{i,t-1} + \sigma_i \sqrt{1 - \rho^2} u_{it}, \qquad u_{it} \sim N(0, 1)

    Parameters
    ----------
    generator : numpy.random.Generator
    units, periods : int
    persistence : float
        :math:`\rho`, between -1 and 1.
    spread : float or array of length `units`
        Standard deviation :math:`\sigma_i` of each unit.

    Returns
    -------
    numpy.ndarray
        Shape (units, periods).

    Raises
    ------
    ValueError
        If the persistence is not inside (-1, 1) or a spread is negative.
    """
    spread = np.broadcast_to(np.asarray(spread, dtype=float), (units,))
    if not -1 < persistence < 1:
        raise ValueError(f"the persistence must lie between -1 and 1, not {persistence}")
    if (spread < 0).any():
        raise ValueError("a spread must not be negative")
    shocks = generator.standard_normal((units, periods))
    result = np.empty((units, periods))
    result[:, 0] = shocks[:, 0]
    fresh = np.sqrt(1 - persistence**2)
    for period in range(1, periods):
        result[:, period] = persistence * result[:, period - 1] + fresh * shocks[:, period]
    return result * spread[:, None]


def standardised(values: ArrayLike) -> NDArray[np.float64]:
    """Return the values with mean 0 and standard deviation 1 over all entries.

    Raises
    ------
    ValueError
        If all values are equal.
    """
    array = np.asarray(values, dtype=float)
    deviation = array.std()
    if not deviation > 0:
        raise ValueError("values that are all equal have no standard deviation to divide by")
    return (array - array.mean()) / deviation


def two_way_demeaned(values: ArrayLike) -> NDArray[np.float64]:
    """Take unit and period means out of a balanced array of shape (units, periods)."""
    array = np.asarray(values, dtype=float)
    return array - array.mean(axis=1, keepdims=True) - array.mean(axis=0, keepdims=True) + array.mean()


def two_way_weighted_effect(treatment: ArrayLike, effects: ArrayLike, observed: ArrayLike | None = None) -> float:
    r"""Average effects under the weights of two-way fixed effects, :math:`\sum \tilde D \tau D / \sum \tilde D D`.

    Parameters
    ----------
    treatment, effects : array of shape (units, periods)
        Treatment (0 to 1) and the effect of one unit of it.
    observed : array of bool of that shape, optional
        Rows of the regression sample; all when left out. With gaps the means are taken out by turns until they vanish.

    Raises
    ------
    ValueError
        If unit and period effects absorb the treatment.
    """
    treated = np.asarray(treatment, dtype=float)
    rows = np.ones(treated.shape, dtype=bool) if observed is None else np.asarray(observed, dtype=bool)
    left = np.where(rows, treated, 0.0)
    for _ in range(500):
        before = left
        for axis in (1, 0):
            count = np.maximum(rows.sum(axis=axis, keepdims=True), 1)
            left = np.where(rows, left - left.sum(axis=axis, keepdims=True) / count, 0.0)
        if np.abs(left - before).max() < 1e-12:
            break
    total = float((left * treated).sum())
    if abs(total) < 1e-10:
        raise ValueError("unit and period effects absorb the treatment: there is nothing to weigh")
    return float((left * treated * np.asarray(effects, dtype=float)).sum()) / total
