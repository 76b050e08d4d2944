"""Relations between printed cells: which cells, what the others imply, and what would have to be true.

A relation is a small frozen record. It is judged by :func:`judge`, which applies the rule on scans: a contradiction is
*incoherent* only when no damage of a single character in any of its cells removes it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from helpers import identities
from helpers.intervals import Interval, as_interval, rounding_interval, scan_verdict, whole_number
from helpers.stars import READINGS, p_interval, possible_stars, t_interval

#: What a test of printed texts returns: does the relation hold, what is implied for the first cell, the arithmetic.
Outcome = tuple[bool, Interval | None, str]


@dataclass(frozen=True)
class Relation:
    """A statement that printed cells must satisfy together.

    Attributes
    ----------
    rule : str
        Name of the rule, see :func:`helpers.forensics.checklist`.
    cells : tuple
        Index labels of the cells in the frame; the first is the cell that the finding is filed under.
    test : callable
        Takes the cells' texts in this order, returns ``(holds, implied interval, arithmetic)``; ``ValueError`` is a no.
    force : str
        ``'identity'`` (must hold) or ``'expectation'`` (usually holds; breaking it is a question, not a contradiction).
    """

    rule: str
    cells: tuple[object, ...]
    test: Callable[[Sequence[str]], Outcome]
    force: str = "identity"


def find(cells: pd.DataFrame, table: str, column: str, term: str, stat: str, label: str | None = None) -> object:
    """Return the index label of one printed cell; ``ValueError`` when there is none or more than one."""
    wanted = {"table": table, "column": column, "term": term, "stat": stat}
    if label is not None:
        wanted["column_label"] = label
    hit = pd.Series(True, index=cells.index)
    for name, value in wanted.items():
        hit &= cells[name] == value
    if hit.sum() != 1:
        where = " ".join([table, column, term, stat, label or ""]).strip()
        raise ValueError(f"{hit.sum()} cells at {where!r}, need exactly one")
    return cells.index[hit][0]


def judge(
    relations: Sequence[Relation], cells: pd.DataFrame, confirmed: Collection[object] = ()
) -> list[dict[str, object]]:
    """Judge relations on the printed cells; one row of :func:`helpers.forensics.read_table` for each.

    ``confirmed`` holds index labels of cells that the paper prints a second time: their reading is not doubted.
    """
    names = [name for name in ("table", "column", "term", "stat", "value", "scan_uncertain") if name in cells]
    rows = zip(*(cells[name] for name in names), strict=True)
    lookup = {label: dict(zip(names, row, strict=True)) for label, row in zip(cells.index, rows, strict=True)}
    sure = frozenset(confirmed)
    return [_judged(relation, [lookup[label] for label in relation.cells], sure) for relation in relations]


def _judged(relation: Relation, rows: list[dict[str, str]], confirmed: frozenset[object]) -> dict[str, object]:
    if relation.force not in ("identity", "expectation"):
        raise ValueError(f"force must be 'identity' or 'expectation', got {relation.force!r}")
    texts = [row["value"] for row in rows]
    try:
        holds, implied, reason = relation.test(texts)
    except ValueError as error:
        holds, implied, reason = False, None, str(error)
    verdict, repair = "coherent", ""
    if not holds:
        uncertain = [bool(row.get("scan_uncertain", 0)) for row in rows]
        sure = [label in confirmed for label in relation.cells]
        verdict, repair = scan_verdict(texts, lambda candidate: relation.test(candidate)[0], uncertain, sure)
    if relation.force == "expectation" and verdict == "incoherent":
        verdict, reason = "coherent", f"unusual, not impossible: {reason}"
    places = [f"{row['table']} {row['column']} {row['term']} {row['stat']}" for row in rows]
    return {
        **{name: rows[0][name] for name in ("table", "column", "term")},
        "rule": relation.rule,
        "force": relation.force,
        "printed": texts[0],
        "implied_low": implied.low if implied else math.nan,
        "implied_high": implied.high if implied else math.nan,
        "verdict": verdict,
        "question": not holds,
        "repair": repair,
        "reason": reason,
        "cells": tuple(relation.cells),
        "printed_cells": "; ".join(f"{p} = {text or '(no star)'}" for p, text in zip(places, texts, strict=True)),
    }


def stars_relation(
    cells: tuple[object, object, object], reading: str, rule: Mapping[str, float], df: tuple[float, float]
) -> Relation:
    """Relate the stars, the coefficient and the parenthesis of one estimate (cells in this order)."""

    def test(texts: Sequence[str]) -> Outcome:
        stars, coefficient, parenthesis = texts
        t = abs(t_interval(coefficient, parenthesis, reading))
        p = p_interval(t, df)
        marks = possible_stars(p, rule)
        earned = " or ".join(mark or "no star" for mark in marks)
        words = f"|t| in {t} ({READINGS[reading]}), p in {p}: earns {earned}, prints {stars or 'none'}"
        return stars in marks, p, words

    return Relation("stars", cells, test)


def p_relation(cells: tuple[object, object], df: tuple[float, float]) -> Relation:
    """Hold a printed p value against its printed t (cells in the order p, t)."""

    def test(texts: Sequence[str]) -> Outcome:
        p = p_interval(rounding_interval(texts[1]), df)
        return p.overlaps(rounding_interval(texts[0], nonnegative=True)), p, f"t = {texts[1]} gives p in {p}"

    return Relation("p value", cells, test)


def z_stars_relation(cells: tuple[object, object], rule: Mapping[str, float]) -> Relation:
    """Hold the stars of a printed z against it (cells in the order stars, z)."""

    def test(texts: Sequence[str]) -> Outcome:
        p = p_interval(rounding_interval(texts[1]), (math.inf, math.inf))
        marks = possible_stars(p, rule)
        earned = " or ".join(mark or "no star" for mark in marks)
        return texts[0] in marks, p, f"z = {texts[1]} gives p in {p}: earns {earned}, prints {texts[0] or 'none'}"

    return Relation("stars", cells, test)


def order_relation(cells: tuple[object, ...]) -> Relation:
    """Put a mean or median between minimum and maximum (cells in the order middle, minimum, maximum)."""

    def test(texts: Sequence[str]) -> Outcome:
        middle, low, high = (rounding_interval(text) for text in texts)
        fine = low.low <= middle.high and middle.low <= high.high and low.low <= high.high
        bounds = Interval(low.low, high.high) if low.low <= high.high else None
        return fine, bounds, f"{texts[1]} <= {texts[0]} <= {texts[2]} must hold"

    return Relation("order", cells, test)


def spread_relation(cells: tuple[object, ...]) -> Relation:
    """Hold a standard deviation against mean, minimum, maximum and N (cells: sd, mean, min, max, n)."""

    def test(texts: Sequence[str]) -> Outcome:
        mean, low, high = (rounding_interval(text) for text in texts[1:4])
        bounds = identities.standard_deviation_bounds(mean, low, high, whole_number(texts[4]))
        fine = bounds.overlaps(rounding_interval(texts[0], nonnegative=True))
        return fine, bounds, f"mean {texts[1]} in [{texts[2]}, {texts[3]}], N = {texts[4]}: sd in {bounds}"

    return Relation("spread", cells, test)


def median_relation(cells: tuple[object, object, object]) -> Relation:
    """Keep mean and median within one standard deviation (cells: median, mean, sd)."""

    def test(texts: Sequence[str]) -> Outcome:
        median, mean = rounding_interval(texts[0]), rounding_interval(texts[1])
        spread = rounding_interval(texts[2], nonnegative=True).high
        bounds = Interval(mean.low - spread, mean.high + spread)
        return bounds.overlaps(median), bounds, f"mean {texts[1]} -/+ sd {texts[2]} must cover the median {texts[0]}"

    return Relation("median", cells, test)


def dummy_relation(cells: tuple[object, object, object]) -> Relation:
    """Relate mean, standard deviation and N of a 0/1 variable (cells: sd, mean, n)."""

    def test(texts: Sequence[str]) -> Outcome:
        n = whole_number(texts[2])
        sd = identities.dummy_standard_deviation(rounding_interval(texts[1]), n)
        fine = sd.overlaps(rounding_interval(texts[0])) and identities.mean_is_possible(texts[1], n)
        return fine, sd, f"sqrt(m (1-m) n/(n-1)) with m = {texts[1]}, n = {n}: sd in {sd}"

    return Relation("dummy", cells, test)


def panel_relation(cells: tuple[object, ...], units: int, years: int) -> Relation:
    """Hold every N of one table against units times years."""

    def test(texts: Sequence[str]) -> Outcome:
        over = [text for text in texts if whole_number(text) > units * years]
        reason = f"{units} x {years} = {units * years}; above it: {', '.join(over) or 'none'}"
        return not over, Interval(0, units * years), reason

    return Relation("panel size", cells, test)


def at_most_relation(rule: str, cells: tuple[object, ...], why: str, force: str = "identity") -> Relation:
    """Keep the first cell from exceeding the smallest of the others (counts or shares: nothing negative)."""

    def test(texts: Sequence[str]) -> Outcome:
        first, *others = (rounding_interval(text, nonnegative=True) for text in texts)
        bound = min(other.high for other in others)
        return first.low <= bound, Interval(0.0, bound), f"{why}: {texts[0]} must be <= {', '.join(texts[1:])}"

    return Relation(rule, cells, test, force)


def equation_relation(
    rule: str, cells: tuple[object, ...], implied: Callable[..., Interval], words: str, force: str = "identity"
) -> Relation:
    """Let the first cell equal ``implied(*intervals of the others)``, as far as rounding allows."""

    def test(texts: Sequence[str]) -> Outcome:
        value = as_interval(implied(*(rounding_interval(text) for text in texts[1:])))
        arithmetic = f"{words} with {', '.join(texts[1:])} gives {value}, printed {texts[0]}"
        return value.overlaps(rounding_interval(texts[0])), value, arithmetic

    return Relation(rule, cells, test, force)
