"""What a printed estimate says about its own significance: parentheses, stars, p values, implied standard errors.

Two questions come before any table can be read: does the parenthesis hold a standard error or a t value, and at which
levels do one, two and three stars stand? Both can be answered from the print alone, by counting contradictions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd
from scipy import special

from helpers.intervals import Interval, printed_number, rounding_interval

_ESTIMATE = ["table", "column", "term", "coefficient", "parenthesis", "stars", "scan_uncertain"]
READINGS = {"se": "standard error", "t": "t value"}

#: Star rules in use: how many stars stand for which level.
STAR_RULES: dict[str, dict[str, float]] = {
    "10/5/1": {"*": 0.10, "**": 0.05, "***": 0.01},
    "5/1/0.1": {"*": 0.05, "**": 0.01, "***": 0.001},
    "0.1/1/5": {"*": 0.001, "**": 0.01, "***": 0.05},
    "1/5/10": {"*": 0.01, "**": 0.05, "***": 0.10},
}

#: Degrees of freedom a check allows by default: from 30 clusters (29) to the normal distribution.
ANY_DF = (29.0, math.inf)


def p_value(t: float, df: float = math.inf) -> float:
    """Return the two-sided p value of ``t`` with ``df`` degrees of freedom (``inf``: the normal distribution)."""
    if not df > 0:
        raise ValueError(f"degrees of freedom must be positive, got {df}")
    if math.isinf(t):
        return 0.0
    return float(2 * (special.ndtr(-abs(t)) if math.isinf(df) else special.stdtr(df, -abs(t))))


def p_interval(t: Interval, df: tuple[float, float] = ANY_DF) -> Interval:
    """Return every two-sided p value that a t value inside ``t`` can have with degrees of freedom inside ``df``."""
    low_df, high_df = df
    if low_df > high_df:
        raise ValueError(f"df needs its smaller end first, got {df}")
    size = abs(t)
    return Interval(p_value(size.high, high_df), p_value(size.low, low_df))


def possible_stars(p: Interval, rule: Mapping[str, float]) -> tuple[str, ...]:
    """Return every star mark that a p value inside ``p`` earns under ``rule`` (``''``: no star)."""
    bands, lower = [], 0.0
    for stars, level in sorted(rule.items(), key=lambda item: item[1]):
        bands.append((stars, Interval(lower, level)))
        lower = level
    bands.append(("", Interval(lower, 1.0)))
    return tuple(stars for stars, band in bands if band.overlaps(p))


def t_interval(coefficient: str, parenthesis: str, reading: str) -> Interval:
    """Return every t value a printed coefficient and parenthesis allow, under one reading of the parenthesis.

    As a standard error: ``t = coefficient / parenthesis``. As a t value: the parenthesis itself, which must then carry
    the coefficient's sign. ``ValueError`` when the reading is impossible (a negative standard error, two signs).
    """
    if reading == "se":
        return rounding_interval(coefficient) / rounding_interval(parenthesis, nonnegative=True)
    if reading != "t":
        raise ValueError(f"reading must be one of {', '.join(READINGS)}, got {reading!r}")
    if printed_number(coefficient) * printed_number(parenthesis) < 0:
        raise ValueError(f"t value {parenthesis} has another sign than its coefficient {coefficient}")
    return rounding_interval(parenthesis)


def implied_standard_error(coefficient: str, parenthesis: str, reading: str) -> Interval:
    """Return the standard errors the print allows: the parenthesis itself, or ``|coefficient| / |t|``."""
    if reading == "se":
        return rounding_interval(parenthesis, nonnegative=True)
    return abs(rounding_interval(coefficient)) / abs(t_interval(coefficient, parenthesis, "t"))


def estimates(cells: pd.DataFrame) -> pd.DataFrame:
    """Put coefficient, parenthesis and stars of each estimate side by side (all as printed text).

    Parameters
    ----------
    cells : DataFrame
        Tidy printed cells (see :mod:`helpers.forensics`).

    Returns
    -------
    DataFrame
        One row for each estimate that prints a coefficient and a parenthesis: ``table, column, term, coefficient,
        parenthesis, stars, scan_uncertain``.
    """
    return pd.DataFrame(_estimate_rows(cells), columns=_ESTIMATE)


def _estimate_rows(cells: pd.DataFrame) -> list[dict[str, object]]:
    names = {"coef": "coefficient", "att": "coefficient", "parenthesis": "parenthesis", "stars": "stars"}
    keys = ["table", "column", "term"]
    damaged = cells["scan_uncertain"] if "scan_uncertain" in cells else [0] * len(cells)
    columns = (cells[name] for name in (*keys, "stat", "value"))
    found: dict[tuple[str, ...], dict[str, object]] = {}
    for *key, stat, value, uncertain in zip(*columns, damaged, strict=True):
        if stat in names:
            blank = {"coefficient": "", "parenthesis": "", "stars": "", "scan_uncertain": False}
            row = found.setdefault(tuple(key), dict(zip(keys, key, strict=True)) | blank)
            row[names[stat]] = value
            row["scan_uncertain"] |= bool(uncertain)
    return [row for row in found.values() if row["coefficient"] and row["parenthesis"]]


def recompute(
    cells: pd.DataFrame, reading: str, rule: Mapping[str, float], df: tuple[float, float] = ANY_DF
) -> pd.DataFrame:
    """Recompute t, p, standard error and stars of every printed estimate, each with its rounding interval.

    Returns
    -------
    DataFrame
        :func:`estimates` with ``t_low, t_high, p_low, p_high, se_low, se_high`` and ``implied_stars`` (a tuple of all
        marks the print allows) and ``agrees``. An impossible reading gives missing numbers and ``agrees = False``.
    """
    table = estimates(cells)
    rows = []
    for row in table.itertuples():
        try:
            t = t_interval(row.coefficient, row.parenthesis, reading)
            error = implied_standard_error(row.coefficient, row.parenthesis, reading)
        except ValueError:
            rows.append((math.nan,) * 6 + ((), False))
            continue
        p = p_interval(t, df)
        marks = possible_stars(p, rule)
        rows.append((t.low, t.high, p.low, p.high, error.low, error.high, marks, row.stars in marks))
    names = ["t_low", "t_high", "p_low", "p_high", "se_low", "se_high", "implied_stars", "agrees"]
    return pd.concat([table, pd.DataFrame(rows, columns=names, index=table.index)], axis=1)


def read_parentheses(
    cells: pd.DataFrame,
    by: list[str] | None = None,
    df: tuple[float, float] = ANY_DF,
    rules: Mapping[str, Mapping[str, float]] | None = None,
) -> pd.DataFrame:
    """Count the contradictions of every reading of the parentheses with every star rule.

    Parameters
    ----------
    cells : DataFrame
        Tidy printed cells.
    by : list of str, optional
        Judge each group of ``table``, ``column`` or ``term`` by itself (``["table"]``); all pooled when left out.
    df : (low, high)
        Degrees of freedom to allow.
    rules : mapping, optional
        Star rules to try by name; :data:`STAR_RULES` when left out.

    Returns
    -------
    DataFrame
        One row for each group, reading and rule: ``reading, rule, estimates, impossible`` (negative standard errors, or
        a t value with another sign than its coefficient), ``contradictions`` (impossible ones included). Best first.
    """
    groups: dict[tuple[str, ...], list[tuple[str, str, str]]] = {}
    for row in _estimate_rows(cells):
        key = tuple(row[name] for name in by or [])
        groups.setdefault(key, []).append((row["coefficient"], row["parenthesis"], row["stars"]))
    rows = []
    for key, group in groups.items():
        for reading in READINGS:
            possible = [(stars, p) for *pair, stars in group if (p := _p_or_none(*pair, reading, df)) is not None]
            impossible = len(group) - len(possible)
            for name, rule in (rules or STAR_RULES).items():
                wrong = sum(stars not in possible_stars(p, rule) for stars, p in possible)
                rows.append((*key, reading, name, len(group), impossible, impossible + wrong))
    columns = [*(by or []), "reading", "rule", "estimates", "impossible", "contradictions"]
    result = pd.DataFrame(rows, columns=columns)
    return result.sort_values([*(by or []), "contradictions"], kind="stable").reset_index(drop=True)


def _p_or_none(coefficient: str, parenthesis: str, reading: str, df: tuple[float, float]) -> Interval | None:
    try:
        return p_interval(t_interval(coefficient, parenthesis, reading), df)
    except ValueError:
        return None


def best_reading(cells: pd.DataFrame, df: tuple[float, float] = ANY_DF) -> tuple[str, str]:
    """Return the reading and the star rule with the fewest contradictions, pooled over all cells.

    ``ValueError`` when the cells hold no estimate with a parenthesis, or when two answers tie and differ in the
    reading: then print alone cannot tell, and the reader must say it.
    """
    counts = read_parentheses(cells, df=df)
    if counts.empty:
        raise ValueError("no estimate with a coefficient and a parenthesis in these cells")
    best = counts[counts["contradictions"] == counts["contradictions"].iloc[0]]
    if best["reading"].nunique() > 1:
        raise ValueError("standard errors and t values fit these stars equally well: pass reading= and rule=")
    return str(best["reading"].iloc[0]), str(best["rule"].iloc[0])
