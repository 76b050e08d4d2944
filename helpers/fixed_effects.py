r"""Taking fixed effects out of columns, exactly, for one or two groupings of the rows, balanced or not.

For effects of two groupings (city and year, province and year, any two) the demeaned values are the residuals of least
squares on all dummies. With the crosstable :math:`N` of the groupings, the group sizes :math:`n_1, n_2` and
:math:`\bar v_1` the means in the groups of the first, one factorisation in the smaller dimension gives

.. math:: \tilde v = v - D_1 c_1 - D_2 c_2, \quad
          c_2 = (\mathrm{diag}(n_2) - N' \mathrm{diag}(n_1)^{-1} N)^{+} (D_2'v - N' \bar v_1), \quad
          c_1 = \bar v_1 - \mathrm{diag}(n_1)^{-1} N c_2.

Nothing iterates, so a thousand columns are three products of matrices. Controls leave by one QR (Frisch and Waugh 1933,
*Econometrica* 1(4); Lovell 1963, *Journal of the American Statistical Association* 58(304)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from helpers.panel_regression import require_columns

#: A column is absorbed when less than this part of its length is left.
LEFT = 1e-7
Floats = NDArray[np.float64]


class Grouping:
    """One grouping of the rows: codes 0, 1, ..., sizes and sums by group."""

    def __init__(self, values: ArrayLike, name: str) -> None:
        """Give numbers to the groups in order of appearance; a missing value raises."""
        self.name = name
        self.codes, self.levels = pd.factorize(np.asarray(values))
        if (self.codes < 0).any():
            raise ValueError(f"missing values in {name}")
        self.sizes = np.bincount(self.codes).astype(float)
        rows = len(self.codes)
        self.sum = sparse.csc_array((np.ones(rows), self.codes, np.arange(rows + 1)), shape=(len(self.levels), rows))

    def inside(self, other: Grouping) -> bool:
        """Say whether every group lies in a single group of the other grouping."""
        seen = np.empty(len(self.levels), dtype=other.codes.dtype)
        seen[self.codes] = other.codes
        return bool((seen[self.codes] == other.codes).all())


@dataclass(frozen=True)
class Prepared:
    """Rows, effects and controls, factorised once for any number of fits (see :func:`prepare`)."""

    effects: tuple[Grouping, ...]
    cluster: Grouping
    cross: Floats | None
    inverse: Floats | None
    rank: int
    basis: Floats

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.cluster.codes)

    def demean(self, values: ArrayLike) -> Floats:
        """Take the effects out of one column (rows,) or many (rows, columns); exact."""
        given = np.asarray(values, dtype=float)
        columns = given.reshape(len(given), -1)
        first = self.effects[0]
        own = (first.sum @ columns) / first.sizes[:, None]
        if self.inverse is None:
            result = columns - own[first.codes]
        else:
            second = self.effects[1]
            other = self.inverse @ (second.sum @ columns - self.cross.T @ own)
            own -= (self.cross @ other) / first.sizes[:, None]
            result = columns - own[first.codes]
            result -= other[second.codes]
        return result.reshape(given.shape)

    def residual(self, values: ArrayLike) -> Floats:
        """Take effects and controls out of one column or many."""
        left = self.demean(values)
        return left - self.basis @ (self.basis.T @ left)

    def counted(self, rule: str, slopes: int) -> int:
        """Count K: `slopes` with the effects that the rule charges."""
        if rule == "slopes":
            return slopes
        charged = [e for e in self.effects if rule != "nested" or not e.inside(self.cluster)]
        if len(charged) == len(self.effects):
            return slopes + self.rank
        return slopes + max(1, sum(len(e.levels) for e in charged))


def prepare(
    data: pd.DataFrame, controls: Sequence[str] = (), *, effects: Sequence[str], cluster: str | None = None
) -> Prepared:
    """Factorise the effects and the controls of a panel once.

    Parameters
    ----------
    data : pandas.DataFrame
        Complete in every used column.
    controls : sequence of str
        Columns to take out of outcome and treatment beside the effects.
    effects : sequence of str
        No, one or two columns that group the rows; without effects only the mean is taken out.
    cluster : str, optional
        Column of the clusters; the first effect when left out (each row its own without effects).

    Returns
    -------
    Prepared

    Raises
    ------
    ValueError
        For missing columns or values, more than two effects, groups of a single row, or a control that the effects
        and the controls before it determine; each is named.
    """
    effects, controls = list(effects), list(controls)
    require_columns(data, [*effects, *controls, *([cluster] if cluster else [])])
    if len(effects) > 2 or len(set(effects)) < len(effects):
        raise ValueError(f"two groupings at most, and different ones, not {', '.join(effects)}")
    if data.empty:
        raise ValueError("there are no rows")
    groups = [Grouping(data[name], name) for name in effects]
    for group in groups:
        alone = group.levels[group.sizes == 1]
        if len(alone):
            raise ValueError(f"values of {group.name} with a single row, which their effect fits: {some(alone)}")
    clusters = cluster or (effects[0] if effects else None)
    known = {group.name: group for group in groups}
    in_clusters = known.get(clusters) or Grouping(
        data[clusters] if clusters else np.arange(len(data)), clusters or "row"
    )
    groups = sorted(groups, key=lambda g: -len(g.levels)) or [Grouping(np.zeros(len(data)), "constant")]
    cross = inverse = None
    rank = len(groups[0].levels)
    if len(groups) == 2:
        first, second = groups
        shape = len(first.levels), len(second.levels)
        cross = np.bincount(first.codes * shape[1] + second.codes, minlength=shape[0] * shape[1]).reshape(shape) * 1.0
        reduced = np.diag(second.sizes) - cross.T @ (cross / first.sizes[:, None])
        values, vectors = np.linalg.eigh((reduced + reduced.T) / 2)
        kept = values > 1e-10 * second.sizes.max()
        inverse = (vectors[:, kept] / values[kept]) @ vectors[:, kept].T
        rank += int(kept.sum())
    ready = Prepared(tuple(groups), in_clusters, cross, inverse, rank, np.empty((len(data), 0)))
    if not controls:
        return ready
    return replace(ready, basis=orthogonal(ready, numbers(data, ready, controls), controls)[0])


def orthogonal(prepared: Prepared, columns: Floats, names: Sequence[str]) -> tuple[Floats, Floats]:
    """QR of columns without the effects; raise for one that effects or earlier columns determine."""
    length = np.sqrt(squares(columns - columns.mean(axis=0)))
    within = prepared.demean(columns)
    left = np.sqrt(squares(within))
    absorbed = [name for name, now, before in zip(names, left, length, strict=True) if now <= LEFT * before]
    if absorbed:
        effects = " and ".join(group.name for group in prepared.effects)
        raise ValueError(f"the effects of {effects} absorb {', '.join(absorbed)}")
    rows, triangle = np.ascontiguousarray(within.T), np.zeros((len(names), len(names)))
    for place, name in enumerate(names):  # Gram and Schmidt, twice for accuracy: on few long columns faster than LAPACK
        column, before = rows[place], rows[:place]
        for _ in range(2):
            shares = np.einsum("ji,i->j", before, column)
            column -= np.einsum("ji,j->i", before, shares)
            triangle[:place, place] += shares
        triangle[place, place] = np.sqrt(np.einsum("i,i->", column, column))
        if triangle[place, place] <= LEFT * left[place]:
            raise ValueError(f"{name} is collinear with the effects and {', '.join(names[:place])}")
        column /= triangle[place, place]
    return rows.T, triangle


def numbers(values: pd.DataFrame | ArrayLike, prepared: Prepared, names: Sequence[str] = ()) -> Floats:
    """Return floats of shape (rows, columns), of a frame the named columns; raise for a gap or a wrong length."""
    if names:
        array = np.column_stack([values[name].to_numpy(dtype=float) for name in names])
    else:
        array = np.asarray(values, dtype=float)
        array = array[:, None] if array.ndim == 1 else array
    if len(array) != prepared.rows:
        raise ValueError(f"{len(array)} values for {prepared.rows} prepared rows")
    if not np.isfinite(array).all():
        bad = np.flatnonzero(~np.isfinite(array).all(axis=0))
        raise ValueError(f"missing or infinite values in {some([names[k] if names else f'column {k}' for k in bad])}")
    return array


def squares(columns: Floats) -> Floats:
    """Sum the squares of each column."""
    return np.einsum("ij,ij->j", columns, columns)


def some(names: Sequence) -> str:
    """Write the first five names and how many more there are."""
    return ", ".join(map(str, names[:5])) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
