"""Tables as they were downloaded: read as text, turned into numbers, converted from one stated unit to another."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

#: Cells that stand for a missing value in yearbooks and data bases.
MISSING = ("", "-", "--", "—", "——", "–", "…", "……", "...", "..", "/", "na", "n/a", "nan", "null", "none", "无", "缺失")
#: Size of each unit in the smallest unit of its family.
UNITS: tuple[Mapping[str, float], ...] = (
    {"kg": 1, "t": 1e3, "10^4 t": 1e7, "Mt": 1e9},
    {"yuan": 1, "10^4 yuan": 1e4, "10^6 yuan": 1e6, "10^8 yuan": 1e8},
    {"persons": 1, "10^4 persons": 1e4},
    {"percent": 0.01, "share": 1, "ratio": 1},
)


class AdapterError(ValueError):
    """A download that cannot be turned into tidy rows; the message names rows and columns."""


def read_table(path: str | Path, *, sheet: str | int = 0, skip: int = 0) -> pd.DataFrame:
    """Read a download as text: CSV (UTF-8 or GBK) or XLSX; ``skip`` title lines stand above the header.

    Parameters
    ----------
    path : str or Path
        The file.
    sheet : str or int
        Name or place of the sheet of a workbook.
    skip : int
        Lines above the header.

    Returns
    -------
    pandas.DataFrame
        Text, '' where blank; rows that are blank throughout are left out.

    Raises
    ------
    AdapterError
        If the file is neither, or in another encoding.
    """
    path = Path(path)
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        table = pd.read_excel(path, sheet_name=sheet, skiprows=skip, dtype=object)
    elif path.suffix.lower() in (".csv", ".txt"):
        table = pd.read_csv(io.StringIO(_text(path)), skiprows=skip, dtype=str, keep_default_na=False)
    else:
        raise AdapterError(f"{path.name}: save the file as CSV or XLSX first")
    table.columns = [cell_text(name) for name in table.columns]
    table = table.map(cell_text)
    return table[table.ne("").any(axis=1)].reset_index(drop=True)


def _text(path: Path) -> str:
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AdapterError(f"{path.name}: the encoding is neither UTF-8 nor GBK; save the file as 'CSV UTF-8'")


def cell_text(value: object) -> str:
    """Return a cell as text in common characters without spaces around it, '' when it is missing."""
    return "" if value is None or pd.isna(value) else unicodedata.normalize("NFKC", str(value)).strip()


def convert(values: pd.Series, unit: str, to: str) -> pd.Series:
    """Convert numbers from one stated unit to another.

    Raises
    ------
    AdapterError
        If a unit is unknown or the two do not measure the same.
    """
    if unit == to:
        return values
    for family in UNITS:
        if unit in family and to in family:
            return values * (family[unit] / family[to])
    known = "; ".join(", ".join(family) for family in UNITS)
    raise AdapterError(f"{unit!r} cannot be turned into {to!r}; the units known here are {known}")


def numbers(cells: pd.Series) -> pd.Series:
    """Turn cells into numbers: thousands commas are taken off, marks of a missing value give a missing one.

    Raises
    ------
    AdapterError
        If a cell is neither; rows and column are named.
    """
    text = cells.map(cell_text)
    known = ~text.str.lower().isin(MISSING)
    bare = text.where(known).map(lambda cell: re.sub(r"(?<=\d),(?=\d{3}(?:\D|$))", "", cell), na_action="ignore")
    result = pd.to_numeric(bare, errors="coerce").astype("float64")
    wrong = known & ~np.isfinite(result)
    if wrong.any():
        shown = some(f"{row}: {cell!r}" for row, cell in text[wrong].items())
        raise AdapterError(f"column {cells.name}: these rows hold no number: {shown}")
    return result


def some(values: Iterable[object], limit: int = 8) -> str:
    """List values for a message, the first few of them."""
    shown: Sequence[str] = [str(value) for value in values]
    return ", ".join(shown[:limit]) + (f" and {len(shown) - limit} more" if len(shown) > limit else "")
