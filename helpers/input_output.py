r"""Input-output accounts: what one unit of final demand takes, directly and indirectly, and the carbon embodied in it.

With flows :math:`Z` (row: product used, column: sector using it) and output :math:`x`,

.. math:: A_{ij} = Z_{ij} / x_j, \qquad L = (I - A)^{-1}, \qquad m' = c' L,

:math:`c` is carbon over output of each sector, and :math:`m` the carbon that one unit of final demand takes in all
sectors together (Leontief 1970, "Environmental repercussions and the economic structure", *Review of Economics and
Statistics* 52(3); Miller and Blair, *Input-Output Analysis*, chapters 2 and 10).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd


class NotProductiveError(ValueError):
    """A table that uses up more than it makes: its Leontief inverse would mean nothing."""


def technical_coefficients(flows: pd.DataFrame, output: pd.Series) -> pd.DataFrame:
    r"""Return :math:`A_{ij} = Z_{ij} / x_j`, what one unit of output of column j uses of row i.

    Parameters
    ----------
    flows : pandas.DataFrame
        Square, sectors in rows and the same sectors in columns, in money.
    output : pandas.Series
        Output by sector, in the same money.

    Raises
    ------
    ValueError
        If rows, columns and output do not name the same sectors, or a flow or an output is missing or negative, or an
        output is zero. Sectors are named.
    """
    sectors = list(flows.columns)
    if sorted(map(str, flows.index)) != sorted(map(str, sectors)) or set(output.index) != set(sectors):
        raise ValueError(
            f"rows, columns and output must name the same sectors; columns: {', '.join(map(str, sectors))}"
        )
    ordered, made = flows.loc[sectors].astype(float), output.loc[sectors].astype(float)
    wrong = [str(name) for name in sectors if not (np.isfinite(made[name]) and made[name] > 0)]
    if wrong:
        raise ValueError(f"output must be positive; it is not in {', '.join(wrong)}")
    bad = ~np.isfinite(ordered) | (ordered < 0)
    if bad.any(axis=None):
        row, column = bad.stack()[lambda cells: cells].index[0]
        raise ValueError(f"flows must be numbers of zero or more; the flow from {row} to {column} is not")
    return ordered / made


def spectral_radius(coefficients: pd.DataFrame) -> float:
    """Return the largest absolute eigenvalue of the coefficients; below 1 the economy can deliver something."""
    return float(np.abs(np.linalg.eigvals(coefficients.to_numpy(dtype=float))).max())


def _check_productive(coefficients: pd.DataFrame) -> None:
    if not coefficients.index.equals(coefficients.columns):
        raise ValueError("coefficients must have the same sectors in rows and columns, in the same order")
    radius = spectral_radius(coefficients)
    if radius >= 1:
        raise NotProductiveError(
            f"the table is not productive: spectral radius {radius:.3f}, one unit of output uses a unit or more"
        )


def leontief_inverse(coefficients: pd.DataFrame) -> pd.DataFrame:
    r"""Return :math:`L = (I - A)^{-1} = I + A + A^2 + \dots`: output i for a unit of final demand j.

    Raises
    ------
    NotProductiveError
        If the spectral radius is 1 or more.
    ValueError
        If the table is not square with the same sectors in rows and columns.
    """
    _check_productive(coefficients)
    inverse = np.linalg.inv(np.eye(len(coefficients)) - coefficients.to_numpy(dtype=float))
    return pd.DataFrame(inverse, index=coefficients.index, columns=coefficients.columns)


def interpolate_coefficients(benchmarks: Mapping[int, pd.DataFrame], years: Iterable[int]) -> dict[int, pd.DataFrame]:
    """Fill the years between benchmark tables: linear in the coefficients, the nearest table outside them.

    A mix of two productive tables whose columns sum to less than one is productive too.

    Parameters
    ----------
    benchmarks : mapping of year to coefficients
    years : iterable of int

    Raises
    ------
    ValueError
        If there is no benchmark, or two of them name different sectors.
    """
    known = sorted(benchmarks)
    if not known:
        raise ValueError("at least one benchmark table is needed")
    first = benchmarks[known[0]]
    for year in known[1:]:
        if list(benchmarks[year].columns) != list(first.columns) or list(benchmarks[year].index) != list(first.index):
            raise ValueError(f"the tables of {known[0]} and {year} name different sectors, or in another order")
    found = {}
    for year in years:
        earlier = max((one for one in known if one <= year), default=known[0])
        later = min((one for one in known if one >= year), default=known[-1])
        share = (year - earlier) / (later - earlier) if later > earlier else 0.0
        found[int(year)] = benchmarks[earlier] * (1 - share) + benchmarks[later] * share
    return found


def embodied_intensity(direct: pd.Series, coefficients: pd.DataFrame, demand: pd.Series) -> float:
    r"""Return the carbon embodied in a final demand over its value, :math:`c' (I - A)^{-1} y / \sum_j y_j`.

    Parameters
    ----------
    direct : pandas.Series
        Carbon over output by sector, for instance t per 10^4 yuan.
    coefficients : pandas.DataFrame
        Technical coefficients.
    demand : pandas.Series
        Final demand by sector, for instance exports; its unit cancels.

    Raises
    ------
    ValueError
        If the three do not name the same sectors, a direct coefficient or a demand is missing or negative, or all
        demand is zero. :class:`NotProductiveError` for a table that is not productive.
    """
    sectors = coefficients.columns
    vectors = {}
    for name, values in (("direct", direct), ("demand", demand)):
        if len(values) != len(sectors) or set(values.index) != set(sectors):
            raise ValueError(f"{name} must name the sectors of the coefficients: {', '.join(map(str, sectors))}")
        vectors[name] = values.reindex(sectors).to_numpy(dtype=float)
        wrong = [str(one) for one, value in zip(sectors, vectors[name], strict=True) if not value >= 0]
        if wrong:
            raise ValueError(f"{name} must be zero or more; it is not in {', '.join(wrong)}")
    if not vectors["demand"].sum() > 0:
        raise ValueError("all demand is zero: there is nothing to divide by")
    _check_productive(coefficients)
    left = np.eye(len(sectors)) - coefficients.to_numpy(dtype=float)
    output = np.linalg.solve(left, vectors["demand"])  # (I - A)^-1 y without the inverse
    return float(vectors["direct"] @ output / vectors["demand"].sum())
