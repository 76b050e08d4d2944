"""The real, published and simulated data of the book: one loader for each table, typed, checked, with its kind.

Every loader reads the file anew and returns a fresh frame that is yours to change. ``path=`` points it at another copy,
for instance one you edited. Whatever is wrong with a file raises :class:`DataFileError`, which names file, column, line
and rule. What each column means stands in the data catalogue; ``kind_of(name)`` gives the kind of data.
"""

from __future__ import annotations

import difflib
from functools import lru_cache
from pathlib import Path

import pandas as pd
import yaml

from helpers import kinds, schemas
from helpers.place_aliases import DISSOLVED
from helpers.tablefiles import DataFileError, Problem, read_cells, read_raw, to_type

__all__ = ["DATA", "DataFileError", "kind_of", "manifest", "names"]
DATA = Path(__file__).resolve().parent.parent / "data"


def names() -> tuple[str, ...]:
    """Return the names of all data sets that have a manifest, sorted."""
    found = [path for path in DATA.glob("*/*.yml") if path.parent.name != "evidence"]  # slow results: helpers.evidence
    return tuple(sorted(path.stem for path in found if path.with_suffix(".csv").exists()))


def file_of(name: str) -> Path:
    """Return the CSV file of a data set; ``ValueError`` with near names when there is none of that name."""
    found = [path for path in DATA.glob(f"*/{name}.csv") if path.parent.name != "local"] if name.isidentifier() else []
    if not found and name not in schemas.SCHEMAS:
        near = difflib.get_close_matches(name, names(), n=3, cutoff=0.4)
        raise ValueError(f"unknown data set {name!r}; did you mean {' or '.join(near) or ', '.join(names())}?")
    return found[0] if found else DATA / f"{name}.csv"


def manifest(name: str) -> dict:
    """Return the manifest of a data set: title, kind, sources, strength, licence, changes, columns, checksum."""
    path = file_of(name).with_suffix(".yml")
    if not path.is_file():
        raise DataFileError(path.name, [Problem("the manifest is missing")])
    return yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def kind_of(name: str) -> str:
    """Return the kind of data of a data set, ``'real'``, ``'published'`` or ``'simulated'``."""
    return kinds.check_kind(manifest(name).get("kind"))


def load(name: str, path: str | Path | None = None) -> pd.DataFrame:
    """Load one table by name: read strictly, typed, checked against its schema.

    Parameters
    ----------
    name : str
        One of :func:`names`.
    path : str or Path, optional
        Another copy of the file; the book's own file when left out.

    Returns
    -------
    pandas.DataFrame
        A fresh frame with a plain index; blank cells are missing.

    Raises
    ------
    DataFileError
        When the file is missing, in another encoding or breaks a rule (every broken rule at once).
    ValueError
        When there is no data set of that name.
    """
    if name not in schemas.SCHEMAS:
        file_of(name)
        raise ValueError(f"the data set {name!r} has no schema in helpers.schemas")
    file = file_of(name) if path is None else Path(path)
    frame, problems = _parse(name, file.name, read_raw(file))
    readable = frame.drop(index={problem.line for problem in problems if problem.line is not None})
    problems += tuple(_disagreements(name, readable))
    if problems:
        raise DataFileError(file.name, problems)
    return frame.reset_index(drop=True)


@lru_cache(maxsize=64)
def _parse(name: str, file: str, raw: bytes) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """Return the typed table, indexed by line, and its problems; callers never change the cached frame."""
    schema = schemas.SCHEMAS[name]
    cells = read_cells(file, raw, list(schema.columns))
    problems: list[Problem] = []
    expected = schemas.ROWS.get(name)
    if expected is not None and len(cells) != expected:
        problems.append(Problem(f"has {len(cells)} rows, must have {expected}"))
    typed = {}
    for column in cells.columns:
        rule = schema.columns[column]
        typed[column], found = to_type(cells[column], rule.metadata["dtype"], rule.nullable)
        problems += found
    frame = pd.DataFrame(typed)
    readable = frame.drop(index={problem.line for problem in problems if problem.line is not None})
    whole = {column: "int64" for column, rule in schema.columns.items() if rule.metadata["dtype"] == "int64"}
    problems += schemas.broken_rules(name, readable.astype(whole), cells)
    return frame, tuple(problems)


# Names that must agree with the table of prefectures or provinces wherever an adcode stands beside them.
_AGREE = {
    "prefectures": {"prefecture_zh": "name_zh", "prefecture_en": "name_en", "city": "name_zh",
                    "province_zh": "province_zh"},
    "provinces": {"province": "province", "province_zh": "province_zh"},
}  # fmt: skip


# Panels with rows of cities that were dissolved: the printed number of units of Ding's Table 2 includes them.
_WITH_FORMER_CITIES = ("city_sulfur",)


def _disagreements(name: str, frame: pd.DataFrame) -> list[Problem]:
    """Compare codes and names with the tables of prefectures and provinces."""
    if name in ("prefectures", "provinces") or "adcode" not in frame:
        return []
    problems: list[Problem] = []
    coded = frame[frame["adcode"].notna()]
    is_province = pd.Series(name in ("electricity_2023", "province_exports"), index=coded.index)
    if "level" in frame:
        is_province = coded["level"].eq("province")
    for table, rows in (("prefectures", coded[~is_province]), ("provinces", coded[is_province])):
        if rows.empty:
            continue
        known = load(table).set_index("adcode")
        if name in _WITH_FORMER_CITIES:
            rows = rows[~rows["adcode"].isin([one.adcode for one in DISSOLVED.values()])]
        unknown = ~rows["adcode"].isin(known.index)
        unit = table.removesuffix("s")
        problems += [
            Problem(f"there is no {unit} with this code in {table}.csv", line, "adcode", str(code))
            for line, code in rows.loc[unknown, "adcode"].items()
        ]
        matched = known.reindex(rows.loc[~unknown, "adcode"])
        for column, other in _AGREE[table].items():
            if column in rows and other in matched:
                problems += _unequal(rows.loc[~unknown, column], matched[other], table)
    if "province" in frame:
        provinces = load("provinces").set_index("province")["adcode"]
        code = (coded["adcode"] // 10000 * 10000).astype("int64")
        wrong = coded["province"].map(provinces).ne(code)
        rule = "is not the province of this row's adcode in provinces.csv"
        problems += [Problem(rule, line, "province", value) for line, value in coded.loc[wrong, "province"].items()]
    return problems


def _unequal(cells: pd.Series, known: pd.Series, table: str) -> list[Problem]:
    return [
        Problem(f"must be {right!r}, the name of this code in {table}.csv", line, str(cells.name), str(cell))
        for (line, cell), right in zip(cells.items(), known, strict=True)
        if pd.isna(cell) or cell != right
    ]


def load_prefectures(path: str | Path | None = None) -> pd.DataFrame:
    """Load the 337 prefecture-level units of mainland China: code, names, four-way region, coast, seat coordinates."""
    return load("prefectures", path)


def load_provinces(path: str | Path | None = None) -> pd.DataFrame:
    """Load the 31 provinces: code, names, the official four regions (``region4``) and the older three (``region3``)."""
    return load("provinces", path)


def load_census_population(path: str | Path | None = None) -> pd.DataFrame:
    """Load resident population of 329 prefectures in the 2020 census (persons), and of the urban core where known."""
    return load("census_population_2020", path)


def load_pilot_zones(path: str | Path | None = None) -> pd.DataFrame:
    """Load the 132 pilot zones approved from 2015 to February 2022, each with its host prefecture and confirmed dates.

    A date that no source confirms is missing: a batch has a signed date, a released date, or neither. A zone without a
    known prefecture, or a name that is not the one of its code, raises :class:`DataFileError`.
    """
    return load("pilot_zones", path)


def load_later_pilot_zones(path: str | Path | None = None) -> pd.DataFrame:
    """Load zones approved after the papers' list whose names a source confirms.

    28 of the 33 zones of November 2022 (``batch_year`` 2022) and the 16 of April 2025 (``batch_year`` 2025); five names
    of 2022 could not be confirmed and are left out. Select ``batch_year == 2022`` for the papers' years. ``adcode`` is
    nullable: the zone that covers all of Hainan has no host prefecture.
    """
    return load("pilot_zones_later", path)


def load_zone_batches(path: str | Path | None = None) -> pd.DataFrame:
    """Load the confirmed facts of the eight batches, one row a fact: document number, dates, each with its source."""
    return load("zone_batches", path)


def load_broadband_china(path: str | Path | None = None) -> pd.DataFrame:
    """Load the "Broadband China" demonstration cities of 2014 to 2016: 117 units, 119 rows, 114 prefectures."""
    return load("broadband_china", path)


def load_low_carbon_pilots(path: str | Path | None = None) -> pd.DataFrame:
    """Load the national low-carbon pilots of 2010, 2012 and 2017 as listed: 6 provinces and 81 cities or counties."""
    return load("low_carbon_pilots", path)


def load_low_carbon_pilot_prefectures(path: str | Path | None = None, convention: str | None = None) -> pd.DataFrame:
    """Load the prefectures that count as low-carbon pilots, with the first year.

    Parameters
    ----------
    path : str or Path, optional
        Another copy of the file.
    convention : {'cities_only', 'including_provinces'}, optional
        Keep one coding convention, with one row a prefecture; both stand below each other when left out.
    """
    frame = load("low_carbon_pilot_prefectures", path)
    if convention is None:
        return frame
    known = sorted(frame["convention"].unique())
    if convention not in known:
        raise ValueError(f"unknown convention {convention!r}; use {' or '.join(map(repr, known))}")
    return frame[frame["convention"].eq(convention)].reset_index(drop=True)


def load_key_air_control(path: str | Path | None = None) -> pd.DataFrame:
    """Load the 47 cities with special emission limits for air pollutants from 2013 (three regions, ten city groups)."""
    return load("key_air_control", path)


def load_resource_based_cities(path: str | Path | None = None) -> pd.DataFrame:
    """Load the 126 prefecture-level resource-based cities of the plan for 2013 to 2020, with their class."""
    return load("resource_based_cities", path)


def load_agglomerations(path: str | Path | None = None) -> pd.DataFrame:
    """Load the members of the three big agglomerations (63 prefectures), under each of the usual definitions."""
    return load("agglomerations", path)


def load_electricity_factors(path: str | Path | None = None) -> pd.DataFrame:
    """Load the official CO2 factors of electricity, 30 provinces, 2023, in kg CO2 per kWh (none for Tibet)."""
    return load("electricity_2023", path)


def load_real_panels(path: str | Path | None = None) -> pd.DataFrame:
    """Load how persistent, skewed and spread CO2 emissions of countries are: what the twins are compared with."""
    return load("real_panels", path)


def load_fuel_factors(path: str | Path | None = None) -> pd.DataFrame:
    r"""Load the IPCC default carbon content and net calorific value of 14 fuels, and the CO2 factor they imply.

    The computed columns ``co2_factor``, ``co2_factor_lower`` and ``co2_factor_upper`` (t CO2 per t of fuel) are

    .. math:: f = \frac{44}{12} \cdot \frac{c \cdot h}{1000}

    with carbon content :math:`c` in kg C per GJ and net calorific value :math:`h` in GJ per t (TJ per Gg), complete
    oxidation. The bounds multiply both lower or both upper bounds, so they are wider than a 95% interval.
    """
    fuels = load("ipcc_fuels", path)
    for end in ("", "_lower", "_upper"):
        fuels[f"co2_factor{end}"] = 44 / 12 * fuels[f"carbon_content{end}"] * fuels[f"net_calorific_value{end}"] / 1000
    return fuels
