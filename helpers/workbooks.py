"""Tables in workbooks as statistical offices make them: merged cells, notes around the table, gaps in many spellings.

A sheet has a title, a unit, a heading that may span two rows, one row a place with years as columns, and notes below.
Reading it takes three decisions that a plain reader makes silently: which rows are the table, what an empty merged cell
means, and which texts mean "no figure". Here each is explicit, and what fits none of them stops the reading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from helpers.datasets import DATA

_YEAR = re.compile(r"^\s*((?:19|20)\d{2})\s*年?\s*$")
_UNIT = re.compile(r"单位\s*[：:]\s*(\S+)")


class WorkbookError(ValueError):
    """A sheet that cannot be read as a table of places and years; the message names sheet and cell."""


@dataclass(frozen=True)
class Table:
    """One sheet as printed.

    Attributes
    ----------
    title, unit : str
        The line above the table, and the unit that it states ('' without one).
    cells : pandas.DataFrame
        Index levels are the printed columns before the first year (``province``, ``city``), merged cells filled;
        columns are the years. Cells are as printed: numbers, texts, None.
    notes : tuple of str
        The lines below the table.
    """

    title: str
    unit: str
    cells: pd.DataFrame
    notes: tuple[str, ...]


def raw_workbook(panel: str, name: str) -> Path:
    """Return the path of a workbook of the book's raw files, for example ``raw_workbook('city_sulfur', 'so2')``.

    Raises
    ------
    WorkbookError
        If there is none; the message lists what there is.
    """
    path = DATA / "raw" / panel / f"{name}.xlsx"
    if not path.is_file():
        there = sorted(one.stem for one in path.parent.glob("*.xlsx"))
        raise WorkbookError(f"no workbook {name!r} for {panel!r}; there are {', '.join(there) or 'none'}")
    return path


def sheet_names(path: str | Path) -> tuple[str, ...]:
    """Return the names of the sheets of a workbook."""
    return tuple(_book(Path(path)).sheetnames)


def read_plainly(path: str | Path, sheet: str) -> pd.DataFrame:
    """Return all cells of a sheet as they stand, empty cells included: what a plain reader sees."""
    return pd.DataFrame(_sheet(path, sheet).iter_rows(values_only=True), dtype=object)


def read_table(path: str | Path, sheet: str, keys: Sequence[str] = ("province", "city")) -> Table:
    """Read one sheet as a table of places and years.

    Parameters
    ----------
    path : str or Path
    sheet : str
        Name of the sheet.
    keys : sequence of str
        Names for the columns that stand before the first year.

    Returns
    -------
    Table

    Raises
    ------
    WorkbookError
        If no row is a row of years, the years repeat, another number of columns stands before them than there are keys,
        a row of the table lacks its place although no merged cell covers it, or a row stands twice.
    """
    found = _sheet(path, sheet)
    rows = [list(row) for row in found.iter_rows(values_only=True)]
    heading = next((place for place, row in enumerate(rows) if sum(map(_is_year, row)) >= 2), None)
    if heading is None:
        raise WorkbookError(f"sheet {sheet!r}: no row holds years")
    columns = [place for place, cell in enumerate(rows[heading]) if _is_year(cell)]
    years = [int(_YEAR.match(str(rows[heading][place]))[1]) for place in columns]
    if len(set(years)) < len(years) or columns[0] != len(keys):
        raise WorkbookError(
            f"sheet {sheet!r}: years repeat, or {columns[0]} columns stand before them, not {len(keys)}"
        )
    covered = _merged(found)
    table, notes = [], []
    for place in range(heading + 1, len(rows)):
        own = [covered.get((place + 1, key + 1), rows[place][key]) for key in range(len(keys))]
        if all(cell is None for cell in rows[place][1:]):
            notes += [str(rows[place][0]).strip()] if rows[place][0] is not None else []
        elif any(cell is None for cell in own):
            raise WorkbookError(f"sheet {sheet!r}, row {place + 1}: a place is missing and no merged cell covers it")
        else:
            table.append([*(str(cell).strip() for cell in own), *(rows[place][column] for column in columns)])
    cells = pd.DataFrame(table, columns=[*keys, *years], dtype=object).set_index(list(keys))
    if cells.index.has_duplicates:
        raise WorkbookError(f"sheet {sheet!r}: twice {cells.index[cells.index.duplicated()][0]}")
    above = [str(row[0]) for row in rows[:heading] if row[0] is not None]
    unit = next((match[1] for line in above if (match := _UNIT.search(line))), "")
    return Table(above[0] if above else "", unit, cells.rename_axis(columns="year"), tuple(notes))


def texts(cells: pd.DataFrame) -> pd.Series:
    """Count the cells that are not numbers, by spelling: an empty cell is ``'(empty)'``."""
    flat = pd.Series(cells.to_numpy(dtype=object).ravel())
    spelled = flat[~flat.map(_is_number)].map(lambda cell: "(empty)" if cell is None else str(cell))
    return spelled.value_counts().rename_axis("spelling").rename("cells")


def numbers(cells: pd.DataFrame, gaps: Sequence[str]) -> pd.Series:
    """Turn printed cells into one row a place and year; the listed texts and empty cells are missing.

    Parameters
    ----------
    cells : pandas.DataFrame
        As in :class:`Table`.
    gaps : sequence of str
        Every text that means "no figure". No other text is accepted.

    Returns
    -------
    pandas.Series
        Floats, indexed by the places and ``year``.

    Raises
    ------
    WorkbookError
        For a text that is neither a number nor among `gaps`; its place and year are named.
    """
    long = cells.stack(future_stack=True)
    known = long.map(_is_number)
    strange = ~known & ~long.map(lambda cell: cell is None or str(cell).strip() in gaps)
    if strange.any():
        where = strange[strange].index[0]
        raise WorkbookError(f"{' '.join(map(str, where))}: {long[where]!r} is no number and no known gap")
    return long.where(known, np.nan).astype("float64")


def _is_year(cell: object) -> bool:
    return cell is not None and bool(_YEAR.match(str(cell)))


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool) and cell == cell


def _sheet(path: str | Path, sheet: str) -> Worksheet:
    book = _book(Path(path))
    if sheet not in book.sheetnames:
        raise WorkbookError(f"no sheet {sheet!r}; there are {', '.join(book.sheetnames)}")
    return book[sheet]


def _book(path: Path) -> Workbook:
    return _opened(path.resolve(), path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _opened(path: Path, changed: int) -> Workbook:
    """Open a workbook once; opening takes longer than all else, and nobody here changes it."""
    return load_workbook(path)


def _merged(sheet: Worksheet) -> dict[tuple[int, int], object]:
    """Return the value of every cell that lies inside a merged one."""
    return {
        (row, column): sheet.cell(one.min_row, one.min_col).value
        for one in sheet.merged_cells.ranges
        for row in range(one.min_row, one.max_row + 1)
        for column in range(one.min_col, one.max_col + 1)
    }
