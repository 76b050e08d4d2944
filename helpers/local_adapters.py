"""From the downloads that researchers really have to the tidy columns of ``data/local``: one row a place and year.

Two shapes are common: a yearbook sheet with years as columns, keyed by province and Chinese city name, and a long list
of city CO2, keyed by name or by code. The unit is always stated by you; a function that guessed tonnes for million
tonnes would give a number, and the wrong one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from helpers.downloads import UNITS, AdapterError, cell_text, convert, numbers, some
from helpers.local_headers import is_year, plain
from helpers.place_aliases import TOTALS
from helpers.place_index import cities, provinces
from helpers.place_names import match_cities, match_provinces

#: Far above what a city emits in a year, in 10^4 t of CO2: a value beyond it means a wrong unit.
LARGEST_CITY_CO2 = 60_000


def years_to_rows(
    sheet: pd.DataFrame,
    *,
    place: str,
    value: str,
    province: str | None = None,
    level: str = "city",
    drop_totals: bool = False,
    fill_down: bool = False,
) -> pd.DataFrame:
    """Turn a sheet with years as columns into one row a place and year.

    Parameters
    ----------
    sheet : DataFrame
        One row a place; years (2015, 2015.0, 2015年) as columns, other columns are left aside.
    place : str
        Column with names or codes of the places.
    value : str
        Name of the new column of numbers.
    province : str, optional
        Column with the province of each city; it tells cities of one name apart.
    level : {'city', 'province'}
        What the places are.
    drop_totals : bool
        Leave out rows of totals (合计, 全国, ...; 浙江省 among cities); without it they are an error.
    fill_down : bool
        Whether a blank province means the one above (merged cells); without it a blank is an error.

    Returns
    -------
    pandas.DataFrame
        ``adcode`` (int64), ``year`` (int64) and the values (float64, missing where the sheet says so), sorted.

    Raises
    ------
    AdapterError
        If there are no years, a cell is no number, or a place stands twice.
    helpers.place_names.PlaceNameError
        If a name cannot be told, with row and candidates.
    """
    years = [name for name in sheet.columns if is_year(str(name))]
    if not years:
        raise AdapterError(f"no column is a year; there are {', '.join(map(str, sheet.columns))}")
    sheet = _without_totals(_with(sheet, [place, province]), place, level, drop_totals)
    codes = _codes(sheet, place, province, level, fill_down)
    wide = pd.DataFrame({int(plain(str(name))[:4]): numbers(sheet[name]) for name in years})
    tidy = wide.assign(adcode=codes).melt("adcode", var_name="year", value_name=value)
    return _each_once(tidy, codes, place)


def city_co2(
    table: pd.DataFrame,
    *,
    place: str,
    unit: str,
    value: str | None = None,
    year: str | None = None,
    province: str | None = None,
    drop_totals: bool = False,
) -> pd.DataFrame:
    """Turn a list of city CO2, keyed by name or by code, long or with years as columns, into tidy rows in 10^4 t.

    Parameters
    ----------
    table : DataFrame
        The list.
    place : str
        Column with names or codes.
    unit : {'kg', 't', '10^4 t', 'Mt'}
        Unit of the list. It is never guessed.
    value, year : str, optional
        Columns with CO2 and the year of a long list; left out when years are columns.
    province, drop_totals
        As in :func:`years_to_rows`.

    Returns
    -------
    pandas.DataFrame
        ``adcode``, ``year`` and ``co2`` (10^4 t), sorted.

    Raises
    ------
    AdapterError
        If the unit is no unit of mass, or gives cities an absurd amount of CO2 (600 Mt, or a median below 10,000 t).
    helpers.place_names.PlaceNameError
        If a name or code cannot be told.
    """
    if unit not in UNITS[0]:
        raise AdapterError(f"state the unit of CO2 as one of {', '.join(UNITS[0])}, not {unit!r}")
    if year is None:
        tidy = years_to_rows(table, place=place, value="co2", province=province, drop_totals=drop_totals)
    else:
        tidy = long_rows(table, place=place, year=year, values={value or "co2": "co2"}, province=province,
                         drop_totals=drop_totals)  # fmt: skip
    tidy["co2"] = convert(tidy["co2"], unit, "10^4 t")
    largest = tidy["co2"].max()
    if largest > LARGEST_CITY_CO2 or tidy["co2"].median() < 1:
        raise AdapterError(
            f"with the unit {unit} the largest city would emit {largest:,.4g} and the median one "
            f"{tidy['co2'].median():,.4g} times 10^4 t of CO2 a year; is the unit right?"
        )
    return tidy


def long_rows(
    table: pd.DataFrame,
    *,
    place: str,
    year: str,
    values: Mapping[str, str],
    province: str | None = None,
    level: str = "city",
    drop_totals: bool = False,
) -> pd.DataFrame:
    """Turn a long list (one row a place and year) into tidy rows.

    Parameters
    ----------
    table : DataFrame
        The list.
    place, year : str
        Columns with names or codes, and with the year.
    values : mapping of str to str
        Columns with numbers, and their new names.
    province, level, drop_totals
        As in :func:`years_to_rows`.

    Returns
    -------
    pandas.DataFrame
        ``adcode``, ``year`` and the values, sorted.

    Raises
    ------
    AdapterError, helpers.place_names.PlaceNameError
        As in :func:`years_to_rows`.
    """
    table = _without_totals(_with(table, [place, year, province, *values]), place, level, drop_totals)
    years = numbers(table[year].map(lambda cell: plain(str(cell)).removesuffix("年")))
    if years.isna().any() or years.mod(1).ne(0).any():
        raise AdapterError(f"column {year}: rows {some(years.index[years.isna() | years.mod(1).ne(0)])} hold no year")
    codes = _codes(table, place, province, level, fill_down=False)
    tidy = pd.DataFrame({"adcode": codes, "year": years.astype("int64")})
    for column, name in values.items():
        tidy[name] = numbers(table[column])
    return _each_once(tidy, codes, place)


def _with(table: pd.DataFrame, columns: Iterable[str | None]) -> pd.DataFrame:
    missing = [name for name in columns if name is not None and name not in table.columns]
    if missing:
        raise AdapterError(f"there is no column {', '.join(missing)}; there are {', '.join(map(str, table.columns))}")
    return table


def _without_totals(table: pd.DataFrame, place: str, level: str, drop: bool) -> pd.DataFrame:
    names = table[place].map(lambda cell: plain(cell_text(cell)))
    totals = names.isin(TOTALS)
    if level == "city":  # the row of a province above its cities; 吉林 alone is the city
        totals |= names.isin(set(provinces().han) - set(cities().han))
    if totals.any() and not drop:
        raise AdapterError(f"rows {some(totals.index[totals])} are totals; leave them out with drop_totals=True")
    return table[~totals]


def _codes(table: pd.DataFrame, place: str, province: str | None, level: str, fill_down: bool) -> pd.Series:
    if level not in ("city", "province"):
        raise AdapterError(f"level must be 'city' or 'province', not {level!r}")
    if level == "province":
        return match_provinces(table[place]).astype("int64")
    names = table[place].map(cell_text)
    if province is not None:
        within = table[province].map(cell_text).replace("", None)
        within = (within.ffill() if fill_down else within).fillna("")
        if within.eq("").any():
            raise AdapterError(f"column {province}: rows {some(within.index[within.eq('')])} are blank (fill_down?)")
        match_provinces(within)
        names = names.where(names.str.fullmatch(r"[\d.]*"), names + " (" + within + ")")  # blanks and codes as they are
    return match_cities(names).astype("int64")


def _each_once(tidy: pd.DataFrame, codes: pd.Series, place: str) -> pd.DataFrame:
    twice = tidy.duplicated(["adcode", "year"], keep=False)
    if twice.any():
        again = codes[codes.isin(tidy.loc[twice, "adcode"])].sort_values(kind="stable")
        shown = some(f"{code} in row {row}" for row, code in again.items())
        raise AdapterError(f"column {place}: a place stands more than once for a year: {shown}")
    return tidy.sort_values(["adcode", "year"], ignore_index=True).astype({"adcode": "int64", "year": "int64"})
