"""What kind of numbers a panel's outcome holds: persistence, skewness, spread between and within units."""

import numpy as np
from scipy import stats


def in_kind(values: np.ndarray) -> dict[str, float]:
    """Describe an outcome of shape (units, years), with gaps or without.

    Returns
    -------
    dict
        ``autocorrelation`` (with the value a year before, unit means taken out; in a short panel below that of the
        disturbances), ``autocorrelation_two_way`` (year means taken out as well), ``mean``, ``skewness``, standard
        deviations ``between`` unit means and ``within`` units, ``between_share`` of the variance, and
        ``coefficient_of_variation`` of the unit means.
    """
    values = values[np.isfinite(values).any(axis=1)]  # a unit that was never observed says nothing
    means = np.nanmean(values, axis=1, keepdims=True)
    left = values - means
    known = values[np.isfinite(values)]
    between, within = float(means.std()), float(np.sqrt(np.nanmean(left**2)))
    return {
        "autocorrelation": _lagged(left),
        "autocorrelation_two_way": _lagged(left - np.nanmean(left, axis=0, keepdims=True)),
        "mean": float(known.mean()),
        "skewness": float(stats.skew(known)),
        "between": between,
        "within": within,
        "between_share": between**2 / (between**2 + within**2),
        "coefficient_of_variation": between / float(means.mean()),
    }


def _lagged(values: np.ndarray) -> float:
    now, before = values[:, 1:].ravel(), values[:, :-1].ravel()
    both = np.isfinite(now) & np.isfinite(before)
    return float(np.corrcoef(now[both], before[both])[0, 1])
