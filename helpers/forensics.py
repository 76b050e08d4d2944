"""Read a printed table: run every check on tidy printed cells and say what contradicts what.

The tidy format is one row a printed cell, all of it text: ``table``, ``column`` (the column's heading or number),
``term`` (the row's name), ``stat`` (one of :data:`STATS`), ``value`` (exactly as printed, ``''`` where blank; stars
are a cell of their own), optionally ``column_label`` (a second heading) and ``scan_uncertain`` (1: damaged scan).

:func:`read_table` returns the findings; they are the *print* judgement of the ledger. What a finding cannot say is who
made the mistake: a typing slip, a table pasted from another run and a damaged scan look the same in print.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from helpers.discover import automatic_relations
from helpers.intervals import NUMBER, STARS
from helpers.notes import TableNote, columns_apart, note_findings
from helpers.relations import Relation, judge
from helpers.stars import ANY_DF, READINGS, STAR_RULES, best_reading

#: Kinds of printed cells that the checks know.
STATS = (
    "coef", "parenthesis", "stars", "n", "r2", "obs", "mean", "sd", "min", "median", "max", "t", "pvalue", "bias_pct",
    "reduction_pct", "att", "group_size", "sobel_z", "threshold", "factor", "other",
)  # fmt: skip
VERDICTS = ("coherent", "unclear scan", "incoherent")
COLUMNS = [
    "paper", "table", "column", "term", "rule", "force", "printed", "implied_low", "implied_high", "verdict",
    "question", "repair", "reason", "cells", "printed_cells",
]  # fmt: skip


_CHECKLIST = [
    ("note: parenthesis", "Do the parentheses behave as the note says?", "coefficients, parentheses, stars, a note",
     "identity", "the note was copied from another paper or another table"),
    ("note: stars", "Do the stars follow the order and the levels of the note?", "the same", "identity",
     "the note lists the levels in the wrong order"),
    ("one reading", "Do all columns of a paper print the same thing in parentheses?", "the same",
     "identity if a note says so",
     "one column was pasted from another program"),
    ("stars", "Do coefficient and parenthesis earn the printed stars?", "coefficient, parenthesis, stars", "identity",
     "one-sided tests, few clusters, or stars typed by hand"),
    ("p value", "Does the t value give the printed p value?", "t, p", "identity", "a t with few degrees of freedom"),
    ("order", "Is minimum <= mean, median <= maximum?", "descriptive table", "identity", "a lost minus"),
    ("spread", "Is the standard deviation possible between minimum and maximum?", "mean, sd, min, max, N", "identity",
     "minimum or maximum after trimming"),
    ("median", "Are mean and median within one standard deviation?", "mean, median, sd", "identity", "a typing slip"),
    ("dummy", "Is the spread of a 0/1 variable the one its mean dictates?", "mean, sd, N of a dummy", "identity",
     "the variable is not 0/1"),
    ("panel size", "Is N at most units times years?", "N, units, years", "identity", "more units than the text says"),
    ("scarcest variable", "Is N at most the count of the scarcest variable in the column?", "N, descriptive table",
     "identity", "gaps filled after the descriptive table"),
    ("more controls, fewer rows", "Does N never rise when a variable is added?", "N of nested columns", "expectation",
     "another outcome or another sample"),
    ("R2 range", "Is R2 between 0 and 1?", "R2", "identity", "an adjusted R2 may be negative"),
    ("more controls, more R2", "Does R2 never fall when a variable is added to the same rows?", "R2, N", "expectation",
     "adjusted or within R2"),
    ("bias reduction", "Is the reduction of bias 1 - |after|/|before|?", "balance table", "identity", "a typing slip"),
    ("bias denominator", "Do both rows of the balance table use one standard deviation?", "balance table", "identity",
     "a program that divides by the matched spread"),
]  # fmt: skip


def checklist() -> pd.DataFrame:
    """Return the automatic checks: rule, the question it asks, what it needs, its force, an innocent explanation."""
    return pd.DataFrame(_CHECKLIST, columns=["rule", "question", "needs", "force", "innocent_explanation"])


def validated(cells: pd.DataFrame) -> pd.DataFrame:
    """Return the cells with stripped text, or raise ``ValueError`` naming the first row that breaks the format."""
    missing = [name for name in ("table", "column", "term", "stat", "value") if name not in cells]
    if missing:
        raise ValueError(f"printed cells lack the column(s) {', '.join(missing)}")
    if cells.empty:
        raise ValueError("printed cells are empty")
    if not cells.index.is_unique:
        raise ValueError("printed cells need a unique index; use reset_index(drop=True)")
    for label, value in cells["value"].items():
        if not isinstance(value, str):
            raise ValueError(
                f"row {label}: value {value!r} is {type(value).__name__}, not text; a float has lost its trailing "
                "zeros: read the file with dtype=str, keep_default_na=False"
            )
    cells = cells.assign(value=cells["value"].str.strip())
    for row in cells.itertuples(name="Cell"):
        if row.stat not in STATS:
            raise ValueError(f"row {row.Index}: unknown stat {row.stat!r}; known are {', '.join(STATS)}")
        if row.stat == "stars" and row.value not in STARS:
            raise ValueError(f"row {row.Index} ({row.table} {row.column} {row.term}): {row.value!r} is not a star mark")
        if row.stat not in ("stars", "other") and row.value and not NUMBER.match(row.value):
            where = f"{row.table} {row.column} {row.term} {row.stat}"
            raise ValueError(f"row {row.Index} ({where}): {row.value!r} is not a number as printed")
    keys = [name for name in ("table", "column", "column_label", "term", "stat") if name in cells]
    single = cells[~cells["stat"].isin(["threshold", "other"])]
    if single.duplicated(keys).any():
        row = single[single.duplicated(keys)].iloc[0]
        raise ValueError(f"two cells at {' '.join(row[key] for key in keys)}")
    return cells


def read_table(
    cells: pd.DataFrame,
    paper: str = "",
    *,
    reading: str | None = None,
    star_rule: str | None = None,
    note: TableNote | None = None,
    df: tuple[float, float] = ANY_DF,
    panel: tuple[int, int] | None = None,
    dummies: Collection[str] = (),
    extra: Sequence[Relation] = (),
    confirmed: Collection[object] = (),
) -> pd.DataFrame:
    """Run every check that these cells allow.

    Parameters
    ----------
    cells : DataFrame
        Tidy printed cells (format: top of this module). One table, or all tables of a paper: some checks cross tables.
    paper : str
        Name to carry into the result.
    reading : {'se', 't'}, optional
        What the parentheses hold; found from the cells when left out (:func:`helpers.stars.best_reading`).
    star_rule : str, optional
        A key of :data:`helpers.stars.STAR_RULES`; found from the cells when left out.
    note : TableNote, optional
        What the note says; compared with what the cells say.
    df : (low, high)
        Degrees of freedom to allow when p values are recomputed; from 30 clusters to the normal when left out.
    panel : (units, years), optional
        The panel that the text describes.
    dummies : collection of str
        Terms that are 0/1 variables.
    extra : sequence of Relation
        Relations the reader states, see :mod:`helpers.claims`.
    confirmed : collection
        Index labels of cells that the paper prints a second time: their reading is not doubted.

    Returns
    -------
    DataFrame
        One row a check: ``paper, table, column, term``; ``rule``; ``force`` (identity or expectation); ``printed`` (the
        text of the first cell); ``implied_low, implied_high`` (what the other cells allow, p values for stars);
        ``verdict`` (coherent, unclear scan, incoherent); ``question`` (True where the relation fails, whatever the
        verdict: worth asking the authors); ``repair`` (the reading that would remove the contradiction); ``reason``
        (the arithmetic); ``cells`` (index labels) and ``printed_cells`` (their places and texts).

    Raises
    ------
    ValueError
        When the cells break the format, or when the print cannot tell standard errors from t values.
    """
    cells = validated(cells)
    rows: list[dict[str, object]] = []
    has_estimates = (cells["stat"] == "parenthesis").any() and (cells["stat"] == "stars").any()
    readings: dict[tuple[str, str], str] = {}
    if has_estimates:
        found = best_reading(cells, df) if reading is None or star_rule is None else (reading, star_rule)
        reading, star_rule = reading or found[0], star_rule or found[1]
        if reading not in READINGS or star_rule not in STAR_RULES:
            raise ValueError(f"reading {reading!r} or star rule {star_rule!r} is unknown")
        readings, mixed = columns_apart(cells, reading, star_rule, df, note)
        rows += mixed + (note_findings(cells, note, df) if note else [])
    rule = STAR_RULES[star_rule] if star_rule else None
    relations = automatic_relations(cells, readings, rule, df, panel, frozenset(dummies))
    rows += judge([*relations, *extra], cells, confirmed)
    return pd.DataFrame(rows).assign(paper=paper).reindex(columns=COLUMNS)


def cell_verdicts(cells: pd.DataFrame, findings: pd.DataFrame) -> pd.DataFrame:
    """Give every printed cell its worst verdict: the *print* judgement of the ledger.

    Returns
    -------
    DataFrame
        ``cells`` with ``checks`` (how many checks touched the cell), ``print`` (coherent, unclear scan, incoherent;
        coherent where no check applies: nothing printed contradicts it) and ``print_reason``.
    """
    rank = {name: i for i, name in enumerate(VERDICTS)}
    touched = findings[["cells", "rule", "verdict", "reason"]].explode("cells")
    touched = touched.assign(rank=touched["verdict"].map(rank)).sort_values("rank", ascending=False, kind="stable")
    worst = touched.drop_duplicates("cells").set_index("cells")
    out = cells.copy()
    out["checks"] = touched.groupby("cells").size().reindex(cells.index, fill_value=0)
    out["print"] = worst["verdict"].reindex(cells.index).fillna("coherent")
    reason = (worst["rule"] + ": " + worst["reason"]).reindex(cells.index)
    out["print_reason"] = reason.fillna("no other printed number to hold it against")
    return out
