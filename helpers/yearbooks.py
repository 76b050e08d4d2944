"""Sheets of statistical yearbooks, one file a year: read, recognise units, add up merged cities, deflate.

A yearbook's number means nothing without its header, its unit and its borders of the year. Each step here refuses what
it does not know, and names file, column and row, instead of passing it on as a missing value.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

#: What one printed unit is in the base unit of its kind: yuan, persons, households, kWh, m3, m2, t, GJ.
UNITS: Mapping[str, tuple[str, float]] = {
    "元": ("yuan", 1.0),
    "万元": ("yuan", 1e4),
    "亿元": ("yuan", 1e8),
    "人": ("persons", 1.0),
    "万人": ("persons", 1e4),
    "户": ("households", 1.0),
    "万户": ("households", 1e4),
    "千瓦时": ("kWh", 1.0),
    "万千瓦时": ("kWh", 1e4),
    "亿千瓦时": ("kWh", 1e8),
    "立方米": ("m3", 1.0),
    "万立方米": ("m3", 1e4),
    "平方米": ("m2", 1.0),
    "万平方米": ("m2", 1e4),
    "吨": ("t", 1.0),
    "万吨": ("t", 1e4),
    "吉焦": ("GJ", 1.0),
    "万吉焦": ("GJ", 1e4),
    "万吨标准煤": ("GJ", 29.3076e4),
}
#: Marks that stand for "no figure" in the sheets.
NO_FIGURE = ("", "-", "—", "–", "…", "...", "......", "NA")
_HEADER = re.compile(r"^(?P<name>.+?)\s*(?:\((?P<unit>[^()]*)\))?$")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_DATA_YEAR = re.compile(r"(?:数据年份|数据年度)\D*(\d{4})")


class YearbookError(ValueError):
    """A sheet that cannot be read safely; the message names file, column and row."""


@dataclass(frozen=True)
class Sheet:
    """One sheet as printed: all cells are text.

    Attributes
    ----------
    file : str
        Name of the file.
    year : int
        The year the figures belong to; a yearbook is named after the year after.
    cells : pandas.DataFrame
        Columns as printed, one row a line below the header.
    """

    file: str
    year: int
    cells: pd.DataFrame


def read_sheet(path: str | Path) -> Sheet:
    """Read one CSV sheet with a title line, in UTF-8 (with or without mark) or GB 18030.

    Raises
    ------
    YearbookError
        When the file is in another encoding, its title names no data year, its header repeats, or a line has more
        cells than the header.
    """
    path = Path(path)
    raw, text = path.read_bytes(), None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    if text is None:
        raise YearbookError(f"{path.name}: neither UTF-8 nor GB 18030")
    lines = [line for line in csv.reader(io.StringIO(text, newline="")) if any(cell.strip() for cell in line)]
    title = "".join(lines[0]) if lines else ""
    found = _DATA_YEAR.search(title)
    if not found or len(lines) < 2:
        raise YearbookError(f"{path.name}: the first line must be a title with 数据年份 and a year, not {title[:40]!r}")
    header = [unicodedata.normalize("NFKC", cell).strip() for cell in lines[1]]
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise YearbookError(f"{path.name}: the header repeats {', '.join(repeated)}")
    long = [number for number, line in enumerate(lines, 1) if number > 2 and len(line) > len(header)]
    if long:
        raise YearbookError(f"{path.name}: line {long[0]} has more cells than the header")
    rows = [line + [""] * (len(header) - len(line)) for line in lines[2:]]
    return Sheet(path.name, int(found[1]), pd.DataFrame(rows, columns=header, dtype=object))


def split_header(header: str) -> tuple[str, str]:
    """Split ``'地区生产总值(当年价格)(万元)'`` into name and unit: the last bracket, wide or not ('' without one)."""
    match = _HEADER.match(unicodedata.normalize("NFKC", header).strip())
    if match is None:
        raise YearbookError("a column has no header")
    return match["name"].strip(), (match["unit"] or "").strip()


def to_numbers(cells: pd.Series, where: str = "") -> pd.Series:
    """Turn printed cells into floats: thousands separators go, the marks of :data:`NO_FIGURE` are missing.

    Raises
    ------
    YearbookError
        For any other text; row and cell are named.
    """
    numbers = []
    for row, cell in cells.items():
        text = unicodedata.normalize("NFKC", str(cell)).strip().replace(",", "")
        if text not in NO_FIGURE and not _NUMBER.fullmatch(text):
            raise YearbookError(f"{where or cells.name}, row {row}: {cell!r} is not a number")
        numbers.append(float("nan") if text in NO_FIGURE else float(text))
    return pd.Series(numbers, index=cells.index, name=cells.name, dtype="float64")


def harmonise(sheet: Sheet, names: Mapping[str, str], keep: Sequence[str] = ("城市",)) -> pd.DataFrame:
    """Give every column of a sheet its variable name and its base unit.

    Parameters
    ----------
    sheet : Sheet
    names : mapping of str to str
        Printed name (without unit) to variable; '' for a column to leave out on purpose.
    keep : sequence of str
        Printed columns that hold text and stay as they are.

    Returns
    -------
    pandas.DataFrame
        The kept columns, then the variables as floats in base units; the base unit of each column stands in
        ``attrs['units']`` for a look (it does not survive joins).

    Raises
    ------
    YearbookError
        For a printed name or a unit that is not known, or two columns for one variable.
    """
    result, units = sheet.cells[list(keep)].copy(), {}
    for header in sheet.cells.columns:
        if header in keep:
            continue
        name, unit = split_header(header)
        if name not in names:
            raise YearbookError(f"{sheet.file}: nobody has said what {name!r} is; known: {', '.join(names)}")
        variable = names[name]
        if variable == "":
            continue
        if variable in units:
            raise YearbookError(f"{sheet.file}: two columns for {variable!r}, {header!r} is the second")
        base, factor = UNITS.get(unit, (unit, 1.0))
        if unit and unit not in UNITS and "/" not in unit and unit != "%":
            raise YearbookError(f"{sheet.file}, {header!r}: the unit {unit!r} is not in yearbooks.UNITS")
        units[variable] = base
        result[variable] = to_numbers(sheet.cells[header], f"{sheet.file}, column {header!r}") * factor
    result.attrs["units"] = units
    return result


def drop_repeated(frame: pd.DataFrame, key: Sequence[str] = ("adcode", "year")) -> pd.DataFrame:
    """Drop rows that are printed twice with the same figures; refuse those whose figures differ.

    Raises
    ------
    YearbookError
        When two rows share the key and differ in a number; key and columns are named.
    """
    keys, numbers = list(key), list(frame.select_dtypes("number").columns)
    twice = frame[frame.duplicated(keys, keep=False)]
    for where, rows in twice.groupby(keys):
        unequal = [name for name in numbers if name not in keys and rows[name].nunique(dropna=False) > 1]
        if unequal:
            raise YearbookError(f"{dict(zip(keys, where, strict=True))} stands twice with other {', '.join(unequal)}")
    return frame.drop_duplicates(keys).reset_index(drop=True)


def redraw_borders(frame: pd.DataFrame, changes: pd.DataFrame, totals: Iterable[str]) -> pd.DataFrame:
    r"""Add dissolved cities to the cities that took them over, so that every row has today's borders.

    .. math:: X^{new}_{ct} = X_{ct} + \sum_d s_{dc} X_{dt}

    Parameters
    ----------
    frame : pandas.DataFrame
        ``adcode``, ``year`` and numbers; dissolved cities under the code they had.
    changes : pandas.DataFrame
        ``old_adcode``, ``new_adcode``, ``share`` (of the old city's totals that the new one took; sums to 1).
    totals : iterable of str
        Columns that can be added (persons, yuan, kWh). Every other column keeps the value of the receiving city:
        shares, indices and figures per head cannot be added. A total that either side lacks is missing.

    Raises
    ------
    YearbookError
        When the shares of a city do not sum to one, or a receiving city has no row in that year.
    """
    totals = list(totals)
    sums = changes.groupby("old_adcode")["share"].sum()
    if (sums.sub(1).abs() > 1e-9).any():
        raise YearbookError(f"the shares of {sums.index[sums.sub(1).abs() > 1e-9].tolist()} do not sum to 1")
    old = frame[frame["adcode"].isin(changes["old_adcode"])]
    parts = old.merge(changes, left_on="adcode", right_on="old_adcode")
    kept = frame[~frame["adcode"].isin(changes["old_adcode"])].set_index(["adcode", "year"])
    parts = parts.assign(**{name: parts[name] * parts["share"] for name in totals})
    added = parts.groupby(["new_adcode", "year"])[totals].agg(lambda values: values.sum(skipna=False))
    added.index.names = ["adcode", "year"]
    missing = added.index.difference(kept.index)
    if len(missing):
        raise YearbookError(f"no row to add to for {missing.tolist()[:5]}")
    kept.loc[added.index, totals] = kept.loc[added.index, totals] + added
    return kept.reset_index()


def chain(previous_year_is_100: pd.DataFrame, base_year: int) -> pd.DataFrame:
    r"""Link yearly price changes into one index, 1 in the base year.

    .. math:: P_{jt} = \prod_{s = b+1}^{t} p_{js} / 100

    The figure of the base year itself compares with the year before and is not used.

    Parameters
    ----------
    previous_year_is_100 : pandas.DataFrame
        One row a place, one column a year (whole numbers), in which the previous year is 100.
    base_year : int

    Raises
    ------
    YearbookError
        When a year between the base year and the last one is missing, or an index is missing or not near 100.
    """
    years = list(range(base_year, max(previous_year_is_100.columns) + 1))
    missing = [year for year in years if year not in previous_year_is_100.columns]
    if missing:
        raise YearbookError(f"a chain cannot jump over {missing}")
    changes = previous_year_is_100[years].astype("float64")
    strange = changes.isna() | (changes < 50) | (changes > 200)
    if strange.any(axis=None):
        row, column = np.argwhere(strange.to_numpy())[0]
        value = changes.iloc[row, column]
        raise YearbookError(f"{changes.index[row]}, {years[column]}: {value} is no index with the previous year = 100")
    changes[base_year] = 100.0
    return (changes / 100).cumprod(axis=1)
