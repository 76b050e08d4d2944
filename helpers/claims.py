"""Relations that a reader states, because no table says which cells belong together.

Each function takes the tidy cells and the places of the cells, and returns one or more
:class:`helpers.relations.Relation` for the ``extra`` argument of :func:`helpers.forensics.read_table`. A place is a
tuple ``(table, column, term, stat)`` or ``(table, column, term, stat, column_label)``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from helpers import identities
from helpers.intervals import Interval, printed_number, rounding_interval, whole_number
from helpers.relations import Outcome, Relation, at_most_relation, equation_relation, find

Place = tuple[str, ...]


def total_effect(
    cells: pd.DataFrame, total: Place, direct: Place, first: Place, second: Place, force: str = "identity"
) -> Relation:
    """State ``total = direct + first * second``.

    An identity of least squares when all three equations use the same rows and the same controls; pass
    ``force='expectation'`` when the print does not say so.
    """
    labels = tuple(find(cells, *place) for place in (total, direct, first, second))
    return equation_relation("total effect", labels, identities.total_effect, "direct + first x second", force)


def same_regression(
    cells: pd.DataFrame,
    first: tuple[str, str],
    second: tuple[str, str],
    rename: Mapping[str, str] | None = None,
    force: str = "identity",
) -> list[Relation]:
    """State that two (table, column) print one regression: every coefficient, parenthesis, N and R2 must agree.

    ``rename`` maps terms of the first to terms of the second.
    """
    rename = dict(rename or {})
    numbers = cells[cells["stat"].isin(["coef", "parenthesis", "n", "r2"]) & (cells["value"] != "")]
    mine = numbers[(numbers["table"] == first[0]) & (numbers["column"] == first[1])]
    theirs = numbers[(numbers["table"] == second[0]) & (numbers["column"] == second[1])]
    labels = {(row.term, row.stat): row.Index for row in theirs.itertuples()}
    pairs = [(row.Index, labels.get((rename.get(row.term, row.term), row.stat))) for row in mine.itertuples()]
    pairs = [pair for pair in pairs if pair[1] is not None]
    if not pairs:
        raise ValueError(f"{' '.join(first)} and {' '.join(second)} share no printed number")
    words = f"{' '.join(second)} prints the same regression:"
    return [equation_relation("same regression", pair, lambda other: other, words, force) for pair in pairs]


def subgroups(
    cells: pd.DataFrame, whole: tuple[str, str], parts: Sequence[tuple[str, str]], term: str, n_terms: Sequence[str]
) -> list[Relation]:
    """State that ``parts`` split the sample of ``whole`` (each a (table, column)).

    The N of the parts must not add up to more than the whole (identity), and the whole's coefficient of ``term``
    usually lies between the smallest and the largest of the parts (expectation: fixed effects and slopes of their own
    in each group can move it outside).

    Parameters
    ----------
    cells : DataFrame
        Tidy printed cells.
    whole, parts : (table, column) and list of them
        The columns.
    term : str
        The coefficient to compare.
    n_terms : sequence of str
        What the row of N is called (the first that is found is used).
    """

    def count(place: tuple[str, str]) -> object:
        for name in n_terms:
            try:
                return find(cells, *place, name, "n")
            except ValueError:
                continue
        raise ValueError(f"no N at {' '.join(place)} under any of {', '.join(n_terms)}")

    def rows(texts: Sequence[str]) -> Outcome:
        total, added = whole_number(texts[0]), sum(whole_number(text) for text in texts[1:])
        return added <= total, Interval(added, math.inf), f"{' + '.join(texts[1:])} = {added} must be <= {total}"

    def between(texts: Sequence[str]) -> Outcome:
        parts_range = [rounding_interval(text) for text in texts[1:]]
        bounds = Interval(min(p.low for p in parts_range), max(p.high for p in parts_range))
        return bounds.overlaps(rounding_interval(texts[0])), bounds, f"{texts[0]} between {', '.join(texts[1:])}"

    columns = [whole, *parts]
    return [
        Relation("subgroup rows", tuple(count(column) for column in columns), rows),
        Relation("between subgroups", tuple(find(cells, *c, term, "coef") for c in columns), between, "expectation"),
    ]


def smaller_sample(cells: pd.DataFrame, smaller: Place, larger: Place, why: str) -> Relation:
    """State that one printed N cannot exceed another (the same rows, or fewer)."""
    return at_most_relation("smaller sample", (find(cells, *smaller), find(cells, *larger)), why)


def threshold_inside(cells: pd.DataFrame, label: str, variable: str, table: str) -> Relation:
    """State that every threshold under ``label`` lies between the minimum and the maximum of ``variable``.

    Parameters
    ----------
    cells : DataFrame
        Tidy printed cells.
    label : str
        The ``column_label`` of the threshold rows.
    variable : str
        The variable's name in the descriptive table.
    table : str
        The descriptive table.
    """
    hits = cells[(cells["stat"] == "threshold") & (cells["column_label"] == label)]
    if hits.empty:
        raise ValueError(f"no threshold under {label!r}")
    rows = cells[(cells["table"] == table) & (cells["term"] == variable)]
    ends = [rows.index[rows["stat"] == stat] for stat in ("min", "max")]
    if any(len(end) != 1 for end in ends):
        raise ValueError(f"{table} prints no single minimum and maximum of {variable!r}")

    def test(texts: Sequence[str]) -> Outcome:
        *values, low, high = (rounding_interval(text) for text in texts)
        bounds = Interval(low.low, high.high)
        reason = f"thresholds {', '.join(texts[:-2])} must lie in [{texts[-2]}, {texts[-1]}], the range of {variable}"
        return all(bounds.overlaps(value) for value in values), bounds, reason

    return Relation("threshold inside range", (*hits.index, ends[0][0], ends[1][0]), test)


def within(cells: pd.DataFrame, place: Place, low: float, high: float, why: str) -> Relation:
    """State that a printed number must lie in ``[low, high]`` for a reason outside the table (physics, accounting)."""
    bounds = Interval(low, high)

    def test(texts: Sequence[str]) -> Outcome:
        return bounds.overlaps(rounding_interval(texts[0])), bounds, f"{why}: {texts[0]} must lie in {bounds}"

    return Relation("within bounds", (find(cells, *place),), test)


def stated_sign(cells: pd.DataFrame, place: Place, sign: int, where: str) -> Relation:
    """State that the text gives a coefficient the sign ``+1`` or ``-1`` (``where``: the place of the sentence)."""
    if sign not in (-1, 1):
        raise ValueError(f"sign must be 1 or -1, got {sign}")
    bounds = Interval(0.0, math.inf) if sign > 0 else Interval(-math.inf, 0.0)

    def test(texts: Sequence[str]) -> Outcome:
        word = "positive" if sign > 0 else "negative"
        return printed_number(texts[0]) * sign >= 0, bounds, f"{where} says {word}, printed {texts[0]}"

    return Relation("sign in the text", (find(cells, *place),), test)
