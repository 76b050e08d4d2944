"""Equations that tie printed numbers to each other, in interval arithmetic.

Each function takes intervals (``rounding_interval(text)`` or plain numbers) and returns every value the missing number
can have. They assume nothing about the data but what the docstring says; where an equation needs classical (not
clustered, not robust) standard errors, that is said too, because a failed equation may then only mean another error.
"""

from __future__ import annotations

import math

from helpers.intervals import Interval, as_interval, printed_number, rounding_interval


def standard_deviation_bounds(mean: Interval, low: Interval, high: Interval, n: int) -> Interval:
    """Return the sample standard deviations possible for a variable with this mean, minimum, maximum and N.

    ``(high - low)^2 / (2 (n-1)) <= s^2 <= (high - mean)(mean - low) n / (n-1)``: the upper bound of Bhatia and Davis
    (2000) and the lower bound of von Szokefalvi Nagy (1918), both with the divisor ``n - 1``.
    """
    mean, low, high = as_interval(mean), as_interval(low), as_interval(high)
    if n < 2:
        raise ValueError(f"a standard deviation needs n >= 2, got {n}")
    above, below = high - mean, mean - low
    if above.high < 0 or below.high < 0:
        raise ValueError("the mean lies outside minimum and maximum")
    top = (Interval(max(above.low, 0), above.high) * Interval(max(below.low, 0), below.high) * (n / (n - 1))).root()
    spread = high - low
    bottom = max(spread.low, 0.0) / math.sqrt(2 * (n - 1))
    return Interval(min(bottom, top.high), top.high)


def dummy_standard_deviation(mean: Interval, n: int) -> Interval:
    """Return the sample standard deviation of a 0/1 variable: ``sqrt(m (1-m) n / (n-1))``.

    Known as DEBIT (Heathers and Brown, 2019).
    """
    mean = as_interval(mean)
    if n < 2:
        raise ValueError(f"a standard deviation needs n >= 2, got {n}")
    if mean.high < 0 or mean.low > 1:
        raise ValueError(f"the mean of a 0/1 variable lies between 0 and 1, got {mean}")
    low, high = max(mean.low, 0.0), min(mean.high, 1.0)
    ends = [m * (1 - m) for m in (low, high)]
    top = 0.25 if low <= 0.5 <= high else max(ends)
    return (Interval(min(ends), top) * (n / (n - 1))).root()


def mean_is_possible(mean: str, n: int, items: int = 1) -> bool:
    """Return whether a printed mean of whole numbers can come from ``n`` observations (GRIM, Brown and Heathers 2017).

    True when some whole number ``k`` gives ``k / (n * items)`` inside the rounding interval of ``mean``. With
    ``n * items`` above ``10**decimals`` every mean is possible and the check says nothing.
    """
    interval, total = rounding_interval(mean), n * items
    if total < 1:
        raise ValueError(f"n and items must be positive, got {n} and {items}")
    return math.floor(interval.high * total + 1e-9) >= math.ceil(interval.low * total - 1e-9)


def r2_one_regressor(t: Interval, df: int) -> Interval:
    """Return ``R^2 = t^2 / (t^2 + df)`` of a regression on one variable (classical errors; ``df`` residual).

    With fixed effects swept out it is the within R^2, and ``df`` counts them: the equation tells which model was run.
    """
    square = as_interval(t).square()
    return Interval(square.low / (square.low + df), square.high / (square.high + df) if square.high < math.inf else 1.0)


def implied_df(t: Interval, r2: Interval) -> Interval:
    """Return the residual degrees of freedom behind one regressor's t and R^2: ``t^2 (1 - R^2) / R^2``."""
    return as_interval(t).square() * (1 - as_interval(r2)) / as_interval(r2)


def r2_after_adding(r2: Interval, t: Interval, df: int) -> Interval:
    """Return R^2 after one more regressor with this t: ``(R^2 + t^2/df) / (1 + t^2/df)`` (classical errors)."""
    r2, gain = as_interval(r2), as_interval(t).square() * (1 / df)
    return Interval((r2.low + gain.low) / (1 + gain.low), (r2.high + gain.high) / (1 + gain.high))


def sobel_z(t_first: Interval, t_second: Interval) -> Interval:
    """Return the size of Sobel's z from the t values of the two paths: ``1 / sqrt(1/t_a^2 + 1/t_b^2)``."""
    return 1 / (1 / as_interval(t_first).square() + 1 / as_interval(t_second).square()).root()


def first_path_t(z: Interval, t_second: Interval) -> Interval:
    """Return the size of the first path's t behind a printed Sobel z: ``1 / sqrt(1/z^2 - 1/t_b^2)``.

    ``ValueError`` when ``|z| >= |t_b|``: Sobel's z is always smaller than either path's t.
    """
    z, t_second = abs(as_interval(z)), abs(as_interval(t_second))
    if z.low >= t_second.high:
        raise ValueError(f"Sobel z {z} is not smaller than its path's t {t_second}")
    gap_low = max(1 / z.high**2 - 1 / t_second.low**2, 0.0)
    gap_high = 1 / z.low**2 - 1 / t_second.high**2
    return 1 / Interval(gap_low, gap_high).root()


def r2_two_regressors(
    t_treatment: Interval, t_mediator: Interval, t_first: Interval, n: int, absorbed: int = 0
) -> Interval:
    """Return R^2 of ``y`` on a treatment and a mediator and nothing else, from three t values (classical errors).

    ``t_first`` is the t of the treatment in the regression of the mediator on it, so their correlation is
    ``r = t_first / sqrt(t_first^2 + n - absorbed - 2)``. Then ``R^2 / (1 - R^2) = (t_1^2 + t_2^2 + 2 r t_1 t_2) /
    (df (1 - r^2))`` with ``df = n - absorbed - 3``. ``absorbed`` counts swept-out fixed effects beyond the constant.
    The three t values are evaluated at the corners of their intervals (R^2 is monotone in each over such short ones).
    """
    values = []
    for t1 in _ends(t_treatment):
        for t2 in _ends(t_mediator):
            for t3 in _ends(t_first):
                r = t3 / math.sqrt(t3**2 + n - absorbed - 2)
                odds = (t1**2 + t2**2 + 2 * r * t1 * t2) / ((n - absorbed - 3) * (1 - r**2))
                values.append(odds / (1 + odds))
    return Interval(min(values), max(values))


def total_effect(direct: Interval, first: Interval, second: Interval) -> Interval:
    """Return ``direct + first * second``: least squares with the same sample and controls in all three equations."""
    return as_interval(direct) + as_interval(first) * as_interval(second)


def bias_reduction(before: Interval, after: Interval) -> Interval:
    """Return the reduction of the standardised bias in percent: ``100 (1 - |after| / |before|)``."""
    return 100 * (1 - abs(as_interval(after)) / abs(as_interval(before)))


def bias_denominator(treated: Interval, untreated: Interval, bias: Interval) -> Interval:
    """Return the standard deviation behind a standardised bias in percent: ``100 (treated - untreated) / bias``.

    The usual program divides by ``sqrt((s_T^2 + s_C^2) / 2)`` of the *unmatched* groups before and after matching, so
    the two rows of a balance table must agree on it (Rosenbaum and Rubin, 1985).
    """
    return abs(100 * (as_interval(treated) - as_interval(untreated)) / as_interval(bias))


def group_variances(
    difference: Interval, t: Interval, bias: Interval, n_treated: int, n_untreated: int
) -> tuple[Interval, Interval]:
    """Return the variances of the treated and the untreated behind a mean difference, its t and its standardised bias.

    Two equations, two unknowns: the equal-variance t test gives the pooled variance, the bias gives the plain average.
    A variance that is surely negative means that the three numbers cannot come from one comparison.
    """
    n = n_treated + n_untreated
    pooled = (as_interval(difference) / as_interval(t)).square() * (1 / (1 / n_treated + 1 / n_untreated))
    total = 2 * (100 * as_interval(difference) / as_interval(bias)).square()
    weight = (n_treated - 1) / (n - 2)
    if abs(weight - 0.5) < 1e-12:
        raise ValueError("with two groups of one size the two equations are the same: no solution")
    untreated = (pooled - weight * total) * (1 / (1 - 2 * weight))
    treated = (pooled - (1 - weight) * total) * (1 / (2 * weight - 1))
    return treated, untreated


def _ends(value: Interval) -> tuple[float, float]:
    value = as_interval(value)
    return value.low, value.high


def same_number(first: str, second: str) -> bool:
    """Return whether two printed numbers can be the same unrounded number."""
    printed_number(first)
    return rounding_interval(first).overlaps(rounding_interval(second))
