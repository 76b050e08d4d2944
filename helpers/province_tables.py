"""Read provincial statistics as they are downloaded: notes around the table, years as columns, totals, changing codes.

Each function does one thing to one table and refuses what it cannot tell. Nothing is dropped in silence: rows that are
not provinces or not sectors have to be named.
"""

from __future__ import annotations

import difflib
import functools
import io
import re
from collections.abc import Iterable

import pandas as pd
from openpyxl import load_workbook

from helpers.datasets import DATA
from helpers.place_names import match_provinces

FOLDER = DATA / "raw" / "province_exports"
#: Units of fuels in headers, as multiples of 10^4 t and 10^8 m3.
FUEL_UNITS = {"万吨": 1.0, "亿立方米": 1.0, "万立方米": 1e-4}
_YEAR = re.compile(r"^\s*((?:19|20)\d\d)\s*年?\s*$")


def raw_files() -> list[str]:
    """Return the names of the raw files of the province exports."""
    return sorted(path.name for path in FOLDER.glob("*") if path.suffix in (".csv", ".xlsx"))


def read_bytes(name: str) -> bytes:
    """Return a raw file of the province exports as it is stored; its name may leave out the ending.

    Raises
    ------
    ValueError
        When there is none of that name; near names are listed.
    """
    endings = {path.stem: path for path in FOLDER.glob("*") if path.suffix in (".csv", ".xlsx")}
    stem = name.removesuffix(".csv").removesuffix(".xlsx")
    if stem not in endings:
        near = difflib.get_close_matches(stem, endings, n=3, cutoff=0.4)
        raise ValueError(f"no raw file {name!r}; did you mean {' or '.join(near) or ', '.join(sorted(endings))}?")
    return endings[stem].read_bytes()


def decode(content: bytes) -> str:
    """Turn bytes into text: UTF-8 (with or without a mark at its start), otherwise the Chinese GB 18030.

    Raises
    ------
    ValueError
        If the bytes are neither.
    """
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("the file is neither UTF-8 nor GB 18030")


def read_table(content: bytes, first: str) -> pd.DataFrame:
    """Read the table inside a CSV file, from the header whose first cell is `first`, as text.

    Lines above the header are left out, as are lines below the table that hold one cell only (notes).

    Raises
    ------
    ValueError
        If no line starts with `first`.
    """
    lines = decode(content).splitlines()
    start = next((place for place, line in enumerate(lines) if line.split(",")[0].strip() == first), None)
    if start is None:
        raise ValueError(f"no line starts with {first!r}; the first line is {lines[0] if lines else ''!r}")
    kept = [line for line in lines[start:] if line.count(",") > 0]
    return pd.read_csv(io.StringIO("\n".join(kept)), dtype=str, keep_default_na=False)


def years_to_rows(wide: pd.DataFrame, name: str) -> pd.DataFrame:
    """Turn years in columns (``2008`` or ``2008年``) into rows, with the numbers in a column `name`.

    Raises
    ------
    ValueError
        If there is no column of a year, or a cell is not a number (its row and year are named).
    """
    years = {column: int(match[1]) for column in wide.columns if (match := _YEAR.match(str(column)))}
    if not years:
        raise ValueError(f"no column is a year; the columns are {', '.join(map(str, wide.columns))}")
    keys = [column for column in wide.columns if column not in years]
    long = wide.rename(columns=years).melt(id_vars=keys, var_name="year", value_name=name)
    long["year"] = long["year"].astype("int64")
    numbers = pd.to_numeric(long[name], errors="coerce")
    if numbers.isna().any():
        row = long[numbers.isna()].iloc[0]
        raise ValueError(f"{name}: {row[name]!r} is not a number ({', '.join(map(str, row[[*keys, 'year']]))})")
    return long.assign(**{name: numbers})


def add_province_codes(table: pd.DataFrame, column: str, drop: Iterable[str] = ()) -> pd.DataFrame:
    """Replace a column of names of provinces by ``adcode``, without the rows whose name is listed in `drop`.

    Raises
    ------
    ValueError
        If a name in `drop` is not there, or a name is not that of a province.
    """
    names = table[column].str.strip()
    absent = sorted(set(drop) - set(names))
    if absent:
        raise ValueError(f"cannot drop {', '.join(absent)}: no row has that name")
    kept = table[~names.isin(list(drop))]
    codes = match_provinces(kept[column]).astype("int64")
    return kept.drop(columns=column).assign(adcode=codes)


def raw_table(name: str, first: str) -> pd.DataFrame:
    """Read the table inside a raw CSV file as text; see :func:`read_table`."""
    return read_table(read_bytes(name), first)


def read_yearbook(name: str, drop: Iterable[str] = ("全国", "西藏")) -> pd.DataFrame:
    """Read one indicator of the statistical yearbook: ``adcode``, ``year`` and a column of the file's name."""
    wide = raw_table(name, "地区")
    long = years_to_rows(add_province_codes(wide, "地区", drop), name)
    return long[["adcode", "year", name]].sort_values(["adcode", "year"], ignore_index=True)


@functools.cache
def _code_table() -> pd.DataFrame:
    return raw_table("sector_codes", "classification")


def sector_codes(classification: str) -> pd.Series:
    """Return the sector of the book for every code of one classification (``'2002'``, ``'2011'``, ``'2017'``)."""
    table = _code_table()
    found = table[table["classification"] == classification]
    if found.empty:
        raise ValueError(
            f"unknown classification {classification!r}; there are {', '.join(table['classification'].unique())}"
        )
    return found.set_index("code")["sector"]


def to_sectors(table: pd.DataFrame, code: str, classification: str, keys: Iterable[str]) -> pd.DataFrame:
    """Turn codes of one classification into the book's sectors and add the lines of one sector together.

    Raises
    ------
    ValueError
        If a code is not in that classification (take totals and sub-totals out first), or a sector is missing.
    """
    codes = sector_codes(classification)
    unknown = sorted(set(table[code]) - set(codes.index))
    if unknown:
        raise ValueError(f"codes {', '.join(map(repr, unknown))} are not in the classification of {classification}")
    named = table.assign(sector=table[code].map(codes))
    added = named.groupby([*keys, "sector"]).sum(numeric_only=True)
    counts = added.groupby(list(keys)).size()
    if (counts != codes.nunique()).any():
        raise ValueError(f"{classification}: some groups lack a sector, for instance {counts.idxmin()}")
    return added.reset_index()


def classification_of(year: int) -> str:
    """Return the classification of sectors that the raw tables of a year use."""
    return "2002" if year < 2012 else ("2011" if year < 2017 else "2017")


def read_fuels(year: int) -> pd.DataFrame:
    """Read the fuels of one year by province and sector: ``adcode``, ``year``, ``sector``, one column a fuel.

    Totals and the sub-total of industry are left out, natural gas is in 10^8 m3 in every year, the other fuels in 10^4
    t, and codes become sectors.

    Raises
    ------
    ValueError
        If a header has a unit other than these, or a code is not in the classification of the year.
    """
    table = raw_table(f"fuels_{year}", "地区")
    lines = add_province_codes(table[~table["行业代码"].isin(["", "I"])], "地区").drop(columns="行业名称")
    for column in [name for name in lines.columns if "(" in name]:
        fuel, unit = column.removesuffix(")").split("(")
        if unit not in FUEL_UNITS:
            raise ValueError(f"{year}: unknown unit {unit!r} of {fuel}; known are {', '.join(FUEL_UNITS)}")
        lines[fuel] = lines.pop(column).astype(float) * FUEL_UNITS[unit]
    found = to_sectors(lines, "行业代码", classification_of(year), ["adcode"])
    return found.assign(year=year)


def read_sectors(name: str, value: str) -> pd.DataFrame:
    """Read output or exports by sector: ``adcode``, ``year``, ``sector`` and a column `value`; totals are left out."""
    wide = raw_table(name, "地区")
    lines = wide[wide["代码"] != ""].drop(columns="行业")
    return to_sectors(years_to_rows(add_province_codes(lines, "地区"), value), "代码", "2017", ["adcode", "year"])


def read_input_output(year: int) -> dict[int, tuple[pd.DataFrame, pd.Series]]:
    """Read the workbook of a benchmark year: flows and output by province, in the codes of that year.

    Codes stand in the second column and in the second header line; sub-totals (codes of more than two letters in rows,
    no code in columns) are left out. The unit of the sheet cancels in coefficients.

    Raises
    ------
    ValueError
        If a sheet's output column does not equal the total of its column (what goes in must come out).
    """
    book = load_workbook(io.BytesIO(read_bytes(f"input_output_{year}")), read_only=True, data_only=True)
    sheets = {sheet.title: pd.DataFrame(list(sheet.iter_rows(values_only=True))) for sheet in book.worksheets}
    codes = match_provinces(list(sheets))
    return {int(code): _flows(sheet, name) for code, (name, sheet) in zip(codes, sheets.items(), strict=True)}


def _flows(sheet: pd.DataFrame, name: str) -> tuple[pd.DataFrame, pd.Series]:
    """Cut flows and output out of one sheet and check that rows and columns balance."""
    header, second, body = sheet.iloc[2], sheet.iloc[3], sheet.iloc[4:]
    columns = [place for place, code in second.items() if pd.notna(code) and str(code).strip()]
    codes = [str(second[place]) for place in columns]
    rows = body.set_index(body[1].astype(str))
    flows = rows.loc[codes, columns].astype(float)
    flows.columns, flows.index.name = codes, None
    output = rows.loc[codes, header[header == "总产出"].index[0]].astype(float)
    inputs = rows.loc["TI", columns].astype(float).set_axis(codes)
    if (output - inputs).abs().max() > 0.01 * 1e-4 * output.sum():
        raise ValueError(f"{name}: total output differs from total input by {(output - inputs).abs().max():.1f}")
    return flows, output.rename_axis(None)
