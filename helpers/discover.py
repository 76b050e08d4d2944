"""Find, in tidy printed cells, every relation that can be checked without being told."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import pandas as pd

from helpers import identities
from helpers.intervals import Interval
from helpers.relations import (
    Outcome,
    Relation,
    at_most_relation,
    dummy_relation,
    equation_relation,
    median_relation,
    order_relation,
    p_relation,
    panel_relation,
    spread_relation,
    stars_relation,
    z_stars_relation,
)

CONSTANTS = frozenset({"Cons", "Constant", "Con", "_cons", "con_s", "const", "Intercept"})
_YES = frozenset({"yes", "control", "controlled"})


def automatic_relations(
    cells: pd.DataFrame,
    readings: Mapping[tuple[str, str], str],
    rule: Mapping[str, float] | None,
    df: tuple[float, float],
    panel: tuple[int, int] | None = None,
    dummies: Collection[str] = (),
) -> list[Relation]:
    """Return every relation of the checklist that these cells allow, in the order of the checklist.

    ``readings`` says for each (table, column) what the parenthesis holds; ``rule`` gives the level of each star mark.
    """
    printed = cells[(cells["value"] != "") | (cells["stat"] == "stars")]
    found: list[Relation] = []
    if rule is not None:
        found += _estimates(printed, readings, rule, df)
    found += _p_values(printed, df)
    found += _descriptives(printed, dummies)
    if panel is not None:
        found += _panel_sizes(printed, *panel)
    found += _scarcest(printed)
    found += _nested(printed)
    found += [Relation("R2 range", (label,), _r2_range) for label in printed.index[printed["stat"] == "r2"]]
    return found + list(_balance(printed))


def _place(cells: pd.DataFrame, keys: list[str]) -> Iterator[tuple[tuple[str, ...], dict[str, list[object]]]]:
    """Yield each group of ``keys`` with the index labels of its cells by stat."""
    groups: dict[tuple[str, ...], dict[str, list[object]]] = {}
    for label, stat, *key in zip(cells.index, cells["stat"], *(cells[name] for name in keys), strict=True):
        groups.setdefault(tuple(key), {}).setdefault(stat, []).append(label)
    yield from groups.items()


def _estimates(
    cells: pd.DataFrame, readings: Mapping[tuple[str, str], str], rule: Mapping[str, float], df: tuple[float, float]
) -> list[Relation]:
    found = []
    for (table, column, _), place in _place(cells, ["table", "column", "term"]):
        coefficient = place.get("coef", place.get("att"))
        if "stars" not in place:
            continue
        if coefficient and "parenthesis" in place:
            labels = (place["stars"][0], coefficient[0], place["parenthesis"][0])
            found.append(stars_relation(labels, readings[table, column], rule, df))
        elif "sobel_z" in place:
            found.append(z_stars_relation((place["stars"][0], place["sobel_z"][0]), rule))
    return found


def _p_values(cells: pd.DataFrame, df: tuple[float, float]) -> list[Relation]:
    keys = ["table", "column", "term"] + (["column_label"] if "column_label" in cells else [])
    pairs = [place for _, place in _place(cells, keys) if {"t", "pvalue"} <= set(place)]
    return [p_relation((place["pvalue"][0], place["t"][0]), df) for place in pairs]


def _descriptives(cells: pd.DataFrame, dummies: Collection[str]) -> list[Relation]:
    found = []
    for (_, term), place in _place(cells, ["table", "term"]):
        one = {stat: labels[0] for stat, labels in place.items() if len(labels) == 1}
        count = one.get("obs", one.get("n"))
        if {"min", "max"} <= set(one):
            found += [order_relation((one[s], one["min"], one["max"])) for s in ("mean", "median") if s in one]
            if {"mean", "sd"} <= set(one) and count is not None:
                found.append(spread_relation((one["sd"], one["mean"], one["min"], one["max"], count)))
        if {"mean", "sd", "median"} <= set(one):
            found.append(median_relation((one["median"], one["mean"], one["sd"])))
        if term in dummies and {"mean", "sd"} <= set(one) and count is not None:
            found.append(dummy_relation((one["sd"], one["mean"], count)))
    return found


def _panel_sizes(cells: pd.DataFrame, units: int, years: int) -> list[Relation]:
    counts, found = cells[cells["stat"].isin(["n", "obs"])], []
    for _, group in counts.groupby("table", sort=False):
        over = pd.to_numeric(group["value"]) > units * years
        found += [panel_relation(tuple(part.index), units, years) for part in (group[over], group[~over]) if len(part)]
    return found


def _columns(cells: pd.DataFrame) -> dict[tuple[str, str], tuple[frozenset[str], dict[str, object]]]:
    """Return, for each regression column, the set of its variables and the labels of N and R2."""
    columns = {}
    for key, place in _place(cells, ["table", "column"]):
        on = place.get("coef", []) + [x for x in place.get("other", []) if cells.at[x, "value"].lower() in _YES]
        single = {stat: place[stat][0] for stat in ("n", "r2") if len(place.get(stat, [])) == 1}
        columns[key] = frozenset(cells.at[label, "term"] for label in on) - CONSTANTS, single
    return columns


def _scarcest(cells: pd.DataFrame) -> list[Relation]:
    counts = cells[cells["stat"] == "obs"].drop_duplicates("term").reset_index().set_index("term")["index"]
    found = []
    for terms, labels in _columns(cells).values():
        known = [counts[term] for term in sorted(terms) if term in counts.index]
        if known and "n" in labels:
            found.append(at_most_relation("scarcest variable", (labels["n"], *known), "N and the variables' counts"))
    return found


def _nested(cells: pd.DataFrame) -> list[Relation]:
    columns, text, found = _columns(cells), cells["value"], []
    for small, (few, a) in columns.items():
        for large, (many, b) in columns.items():
            if small[0] != large[0] or not few or not few < many or not {"n"} <= set(a) & set(b):
                continue
            why = f"{large[1]} adds variables to {small[1]}"
            found.append(at_most_relation("more controls, fewer rows", (b["n"], a["n"]), why, "expectation"))
            if text[a["n"]] == text[b["n"]] and {"r2"} <= set(a) & set(b):
                found.append(at_most_relation("more controls, more R2", (a["r2"], b["r2"]), why, "expectation"))
    return found


def _r2_range(texts: list[str]) -> Outcome:
    value, bounds = float(texts[0]), Interval(0.0, 1.0)
    return bounds.overlaps(value), bounds, f"0 <= {texts[0]} <= 1 must hold"


def _balance(cells: pd.DataFrame) -> Iterator[Relation]:
    """Balance table: two rows (before, after matching) of two means and a standardised bias for each variable."""
    if "column_label" not in cells:
        return
    for (_, _), group in cells.groupby(["table", "term"], sort=False):
        bias = list(group.index[group["stat"] == "bias_pct"])
        if len(bias) != 2:
            continue
        reduction = list(group.index[group["stat"] == "reduction_pct"])
        if len(reduction) == 1:
            labels = (reduction[0], *bias)
            yield equation_relation("bias reduction", labels, identities.bias_reduction, "100 (1 - |after|/|before|)")
        means = [
            list(group.index[(group["stat"] == "mean") & (group["column_label"] == group.at[label, "column_label"])])
            for label in bias
        ]
        if all(len(pair) == 2 for pair in means):
            labels = (bias[1], *means[1], bias[0], *means[0])
            words = "(mean difference after) / (spread before)"
            yield equation_relation("bias denominator", labels, _bias_after, words)


def _bias_after(t1: Interval, c1: Interval, bias0: Interval, t0: Interval, c0: Interval) -> Interval:
    """Return the bias after matching if it is divided by the spread before matching."""
    return 100 * (t1 - c1) / identities.bias_denominator(t0, c0, bias0)
