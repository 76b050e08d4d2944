"""The printed tables of the papers, cell by cell, and what is known about the papers themselves."""

from __future__ import annotations

import difflib
from pathlib import Path

import pandas as pd
import yaml

from helpers import datasets
from helpers.schemas import STATISTICS, TEXT_STATISTICS

PAPERS = ("wang2025", "ding2025", "digital_economy_exports")
KEY = ("table", "column", "term", "stat")


class CellNotFoundError(ValueError):
    """No printed cell, or more than one, answers the question; the message lists near names."""


def load_cells(paper: str, path: str | Path | None = None) -> pd.DataFrame:
    """Load every printed cell of one paper.

    Parameters
    ----------
    paper : str
        ``'wang2025'``, ``'ding2025'`` or ``'digital_economy_exports'``.
    path : str or Path, optional
        Another copy of the file.

    Returns
    -------
    pandas.DataFrame
        One row a cell: ``table`` ('T1'), ``column``, ``column_label``, ``term``, ``stat`` (a categorical, see the data
        catalogue), ``value`` (the text as printed, so that trailing zeros survive), ``scan_uncertain`` (1 where the
        scan leaves the reading open), ``scan_note``, and computed from ``value``: ``number`` (float, missing where
        there is none) and ``decimals`` (printed digits after the point). Text columns are '' where nothing is printed.
        ``parenthesis`` is a number printed in brackets, whichever it is: a standard error or a t value.

    Raises
    ------
    ValueError
        When the paper is unknown; :class:`helpers.datasets.DataFileError` when the file breaks a rule.
    """
    _known(paper)
    cells = datasets.load(paper, path)
    for column in ("column_label", "value", "scan_note"):
        cells[column] = cells[column].fillna("")
    cells["stat"] = pd.Categorical(cells["stat"], categories=STATISTICS)
    text = cells["value"].where(~cells["stat"].isin(TEXT_STATISTICS), "")
    cells["number"] = pd.to_numeric(text, errors="coerce").astype("float64")
    cells["decimals"] = text.str.partition(".")[2].str.len().where(cells["number"].notna()).astype("Int64")
    return cells


def load_printed_zones(path: str | Path | None = None) -> pd.DataFrame:
    """Load Table 1 of Ding (2025): the 132 zones in printed order, with year and printed note ('' where none)."""
    zones = datasets.load("ding2025_table1", path)
    zones["note_as_printed"] = zones["note_as_printed"].fillna("")
    return zones


def load_papers() -> dict[str, dict]:
    """Return what is established about each paper (``data/published/papers.yml``); unknown fields are None."""
    return yaml.safe_load((datasets.DATA / "published" / "papers.yml").read_text(encoding="utf-8"))


def find_cell(paper: str, table: str, column: str, term: str, stat: str, column_label: str | None = None) -> pd.Series:
    """Return one printed cell with everything known about it: the row of :func:`load_cells`.

    Parameters
    ----------
    paper, table, column, term, stat : str
        As in :func:`load_cells`, for example ``'wang2025', 'T1', '(1)', 'CBEC', 'coef'``.
    column_label : str, optional
        Needed where a table prints the same column twice, as in Table 3 of Wang et al. (2025).

    Raises
    ------
    CellNotFoundError
        When no cell answers (near names are listed), or several do (what tells them apart is listed).
    """
    _known(paper)
    found = load_cells(paper)
    asked = dict(zip(KEY, (table, column, term, stat), strict=True))
    if column_label is not None:
        asked = {"table": table, "column": column, "column_label": column_label, "term": term, "stat": stat}
    for number, (name, value) in enumerate(asked.items()):
        matched = found[found[name].eq(value)]
        if matched.empty:
            there = [str(one) for one in found[name].unique()]
            near = difflib.get_close_matches(str(value), there, n=5, cutoff=0.5) or there[:12]
            place = "".join(f" in {key} {asked[key]!r}" for key in list(asked)[:number])
            raise CellNotFoundError(
                f"{paper} prints no {name} {value!r}{place}; near or other names: {', '.join(map(repr, near))}"
            )
        found = matched
    if len(found) > 1:
        labels = [f"column_label {label!r}, value {value!r}" for label, value in zip(
            found["column_label"], found["value"], strict=True)]  # fmt: skip
        raise CellNotFoundError(f"{paper} prints {len(found)} such cells: {'; '.join(labels)}. Name column_label")
    return found.iloc[0]


def cell(paper: str, table: str, column: str, term: str, stat: str, column_label: str | None = None) -> float | str:
    """Return one printed value: a number, or text for ``'stars'`` and ``'other'``; see :func:`find_cell`.

    Raises
    ------
    CellNotFoundError
        As :func:`find_cell`, and when the print or the scan leaves a number blank.

    Examples
    --------
    >>> cell("wang2025", "T1", "(1)", "CBEC", "coef")
    -0.0846
    """
    found = find_cell(paper, table, column, term, stat, column_label)
    if stat in TEXT_STATISTICS:
        return str(found["value"])
    if pd.isna(found["number"]):
        raise CellNotFoundError(f"{paper} {table} {column} {term} {stat} holds no number: {found['scan_note']}")
    return float(found["number"])


def cell_text(paper: str, table: str, column: str, term: str, stat: str, column_label: str | None = None) -> str:
    """Return one printed value as it stands on the page, trailing zeros included; see :func:`find_cell`."""
    return str(find_cell(paper, table, column, term, stat, column_label)["value"])


def _known(paper: str) -> None:
    if paper not in PAPERS:
        raise ValueError(f"unknown paper {paper!r}; use one of {', '.join(PAPERS)}")


def cell_names(cells: pd.DataFrame) -> pd.Series:
    """Name each printed cell ``table | column | term | stat``, with the column's label where that occurs twice."""
    short = cells[["table", "column", "term", "stat"]].astype(str).agg(" | ".join, axis=1)
    if "column_label" not in cells:
        return short
    parts = ["table", "column", "column_label", "term", "stat"]
    return short.where(~short.duplicated(keep=False), cells[parts].astype(str).agg(" | ".join, axis=1))
