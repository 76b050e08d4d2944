"""What a table's note says about parentheses and stars, against how they behave.

One damaged character can explain one contradictory estimate, never two. So a note is *incoherent* when it leaves at
least two more undamaged estimates contradictory than the best reading does.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from helpers.stars import READINGS, STAR_RULES, read_parentheses


@dataclass(frozen=True)
class TableNote:
    """What the note under a table says; None where it is silent.

    Attributes
    ----------
    parenthesis : str or None
        ``'se'`` or ``'t'``.
    stars : str or None
        A key of :data:`helpers.stars.STAR_RULES`.
    """

    parenthesis: str | None = None
    stars: str | None = None


#: The notes as printed: under Tables 1-11 of Wang et al. (2025); under Table 3 of Ding (2025), which "the same below"
#: extends to all tables. The third paper's one note (Table 3) is too damaged to give a rule.
PRINTED_NOTES = {
    "wang2025": TableNote(parenthesis="se", stars="0.1/1/5"),
    "ding2025": TableNote(parenthesis="t", stars="10/5/1"),
    "digital_economy_exports": TableNote(),
}


def _finding(rule: str, table: str, column: str, **values: object) -> dict[str, object]:
    """Return a finding about a note or a column; it is filed under no single cell."""
    base = {"table": table, "column": column, "term": "(all)", "rule": rule, "force": "identity"}
    return base | {"repair": "", "cells": (), "printed_cells": ""} | values


def _many_cells(excess: int) -> str:
    """Judge ``excess`` contradictions too many in undamaged cells: one character repairs one cell, never two."""
    return "coherent" if excess <= 0 else "unclear scan" if excess == 1 else "incoherent"


def _clean(cells: pd.DataFrame) -> pd.DataFrame:
    """Drop estimates with a damaged cell."""
    if "scan_uncertain" not in cells:
        return cells
    keys = ["table", "column", "term"]
    return cells[~cells.groupby(keys)["scan_uncertain"].transform("max").astype(bool)]


def columns_apart(
    cells: pd.DataFrame, reading: str, star_rule: str, df: tuple[float, float], note: TableNote | None
) -> tuple[dict[tuple[str, str], str], list[dict[str, object]]]:
    """Find columns whose parentheses hold something else than the rest of the paper.

    Returns
    -------
    (readings, findings)
        What the parenthesis holds for every (table, column), and a finding for each column that stands apart.
    """
    counts = read_parentheses(_clean(cells), ["table", "column"], df, {star_rule: STAR_RULES[star_rule]})
    counts = counts.set_index(["table", "column", "reading"])["contradictions"].to_dict()
    readings = dict.fromkeys(cells[["table", "column"]].itertuples(index=False, name=None), reading)
    rows, other = [], next(name for name in READINGS if name != reading)
    for key in dict.fromkeys(key[:2] for key in counts):
        mine, theirs = counts[(*key, reading)], counts[(*key, other)]
        if mine - theirs >= 2:
            readings[key] = other
            said = note is not None and note.parenthesis == reading
            force, verdict = ("identity", "incoherent") if said else ("expectation", "coherent")
            reason = f"{mine} cells contradict a {READINGS[reading]}, the paper's rule; {theirs} a {READINGS[other]}"
            rows.append(
                _finding(
                    "one reading",
                    *key,
                    printed=READINGS[reading],
                    force=force,
                    verdict=verdict,
                    question=True,
                    reason=reason,
                )
            )
    return readings, rows


def note_findings(cells: pd.DataFrame, note: TableNote, df: tuple[float, float]) -> list[dict[str, object]]:
    """Compare what the note says with what the undamaged cells say."""
    counts = read_parentheses(_clean(cells), df=df)
    fewest, rows = int(counts["contradictions"].min()), []
    stated = {"note: parenthesis": ("reading", note.parenthesis), "note: stars": ("rule", note.stars)}
    for rule, (column, value) in stated.items():
        if value is None:
            continue
        under = int(counts.loc[counts[column] == value, "contradictions"].min())
        best = counts.iloc[0]
        reason = (
            f"read as {value}: {under} of {best['estimates']} undamaged estimates contradict it at best; "
            f"read as {best[column]}: {fewest}"
        )
        verdict = _many_cells(under - fewest)
        rows.append(
            _finding(
                rule,
                "(all)",
                "(all)",
                printed=READINGS.get(value, value),
                verdict=verdict,
                question=verdict != "coherent",
                reason=reason,
            )
        )
    return rows
