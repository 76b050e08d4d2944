"""What every table of the book must look like: one pandera schema a table, and the check that names each broken rule.

The schemas are the contract of the loaders in :mod:`helpers.datasets` and :mod:`helpers.published`. Blank cells are
allowed only where a column says so. ``ROWS`` holds the number of rows where a table is a closed list.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pandera.pandas as pa

from helpers.study_schemas import STUDY_SCHEMAS
from helpers.tablefiles import Problem

CODE = pa.Check.in_range(100000, 699999, error="must be a six-digit code of an administrative unit")
REGION4 = ("east", "central", "west", "northeast")
REGION3 = ("east", "central", "west")
ZONE_LEVELS = (
    "municipality", "prefecture-level city", "autonomous prefecture", "prefecture (地区)", "county-level city",
    "national new area", "province-wide",
)  # fmt: skip
SOURCE_TYPES = ("official", "official mirror", "official header", "institutional table", "news", "transcription")
STATISTICS = (
    "coef", "stars", "parenthesis", "n", "r2", "obs", "mean", "sd", "min", "max", "median", "t", "pvalue", "bias_pct",
    "reduction_pct", "att", "group_size", "sobel_z", "factor", "threshold", "other",
)  # fmt: skip
TEXT_STATISTICS = ("stars", "other")


def _column(dtype: str, checks: Sequence[pa.Check], blank: bool, unique: bool = False) -> pa.Column:
    return pa.Column(dtype, checks=list(checks), nullable=blank, unique=unique, metadata={"dtype": dtype})


def _whole(*checks: pa.Check, blank: bool = False, unique: bool = False) -> pa.Column:
    return _column("Int64" if blank else "int64", checks, blank, unique)


def _number(low: float, high: float, blank: bool = False) -> pa.Column:
    return _column("float64", [_between(low, high)], blank)


def _text(*checks: pa.Check, blank: bool = False, unique: bool = False) -> pa.Column:
    return _column("str", checks, blank, unique)


def _date(blank: bool = False) -> pa.Column:
    return _column("datetime64[us]", [], blank)


def _between(low: float, high: float) -> pa.Check:
    return pa.Check.in_range(low, high, error=f"must lie between {low} and {high}")


def _one_of(*values: object) -> pa.Check:
    return pa.Check.isin(values, error=f"must be one of {', '.join(map(str, values))}")


def _pattern(pattern: str, meaning: str) -> pa.Check:
    return pa.Check.str_matches(pattern, error=f"must be {meaning}")


def _source_type() -> pa.Column:
    kinds = "|".join(SOURCE_TYPES)
    return _text(_pattern(rf"^({kinds})(\+({kinds}))*$", f"one or more of {', '.join(SOURCE_TYPES)}, joined by +"))


FLAG = _whole(_one_of(0, 1))
YEAR = _whole(_between(2005, 2030))
CODE_COLUMN = _whole(CODE)
OWN_CODE = _whole(CODE, unique=True)
URL = _text(_pattern(r"^https?://", "a web address"))
DOCUMENT = _text(_pattern(r"^国函〔20\d\d〕\d+号$", "a document number like 国函〔2016〕17号"), blank=True)
NOTE = _text(blank=True)


def _after(later: str, earlier: str) -> pa.Check:
    return pa.Check(
        lambda frame: ~(frame[later] < frame[earlier]), error=f"{later} must not lie before {earlier}", ignore_na=False
    )


def _same_year(date: str) -> pa.Check:
    return pa.Check(
        lambda frame: frame[date].isna() | frame[date].dt.year.eq(frame["batch_year"]),
        error=f"the year of {date} must be batch_year",
    )


def _within(low: str, middle: str, high: str) -> pa.Check:
    return pa.Check(
        lambda frame: (frame[low] <= frame[middle]) & (frame[middle] <= frame[high]),
        error=f"{middle} must lie between {low} and {high}",
    )


def _schema(columns: dict[str, pa.Column], *rules: pa.Check, unique: Sequence[str] | None = None) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(columns, checks=list(rules), unique=list(unique) if unique else None, strict=True)


_ZONE = {
    "batch_year": YEAR, "zone_zh": _text(), "zone_adcode": _whole(CODE, unique=True),
    "zone_level": _text(_one_of(*ZONE_LEVELS)), "below_prefecture": FLAG, "province": _text(),
    "signed_date": _date(blank=True), "released_date": _date(blank=True), "document_number": DOCUMENT, "note": NOTE,
}  # fmt: skip
_ZONE_RULES = (_same_year("signed_date"), _same_year("released_date"), _after("released_date", "signed_date"))
_LISTED = {"province_zh": _text(), "source_url": URL, "confirmed": FLAG, "note": NOTE}

SCHEMAS: dict[str, pa.DataFrameSchema] = {
    "prefectures": _schema({
        "adcode": OWN_CODE, "name_zh": _text(unique=True), "name_en": _text(unique=True),
        "type": _text(_one_of("直辖市", "地级市", "自治州", "地区", "盟")), "province_zh": _text(),
        "region4": _text(_one_of(*REGION4)), "coastal_province": FLAG, "coastal_city": FLAG,
        "lat": _number(3, 54), "lon": _number(73, 136), "geonameid": _whole(unique=True),
        "seat_match": _text(_one_of("code", "largest place", "name and position", "by hand")),
    }),
    "provinces": _schema({
        "adcode": OWN_CODE, "province": _text(unique=True), "province_zh": _text(unique=True),
        "region4": _text(_one_of(*REGION4)), "region3": _text(_one_of(*REGION3)), "coastal_province": FLAG,
    }),
    "census_population_2020": _schema({
        "adcode": OWN_CODE, "prefecture_zh": _text(), "population": _whole(_between(1_000, 40_000_000)),
        "basis": _text(_one_of("read", "derived")),
        "urban_core_population": _whole(_between(1_000, 40_000_000), blank=True),
        "size_class_zh": _text(
            _one_of("超大城市", "特大城市", "I型大城市", "II型大城市", "中等城市", "小城市"), blank=True), **_LISTED,
    }, pa.Check(lambda frame: ~(frame["urban_core_population"] > frame["population"]).fillna(False).astype(bool),
                error="urban_core_population must not exceed population")),
    "pilot_zones": _schema({
        **_ZONE, "zone_as_printed": _text(), "prefecture_zh": _text(), "prefecture_en": _text(), "adcode": CODE_COLUMN,
        "in_city_yearbook": FLAG,
    }, *_ZONE_RULES),
    "pilot_zones_later": _schema({
        **_ZONE, "zone_en": _text(unique=True), "prefecture_zh": _text(blank=True), "prefecture_en": _text(blank=True),
        "adcode": _whole(CODE, blank=True), "source_url": URL, "source_type": _source_type(),
    }, *_ZONE_RULES),
    "zone_batches": _schema({
        "batch": _whole(_between(1, 8)), "batch_year": YEAR, "zones": _whole(_between(1, 60)),
        "field": _text(_one_of("announced_date", "signed_date", "released_date", "document_number")), "value": _text(),
        "source_url": URL, "source_type": _source_type(), "note": NOTE,
    }, unique=("batch", "field")),
    "broadband_china": _schema({
        "adcode": CODE_COLUMN, "prefecture_zh": _text(), "unit_as_listed_zh": _text(), "below_prefecture": FLAG,
        "year": _whole(_one_of(2014, 2015, 2016)), "announced_date": _date(), "source_type": _source_type(), **_LISTED,
    }, unique=("adcode", "unit_as_listed_zh")),
    "low_carbon_pilots": _schema({
        "adcode": _whole(CODE, blank=True), "level": _text(_one_of("province", "city", "county")),
        "prefecture_zh": _text(blank=True), "unit_as_listed_zh": _text(unique=True), "below_prefecture": FLAG,
        "batch": _whole(_one_of(1, 2, 3)), "year": _whole(_one_of(2010, 2012, 2017)), "announced_date": _date(),
        "source_type": _source_type(), **_LISTED,
    }),
    "low_carbon_pilot_prefectures": _schema({
        "adcode": CODE_COLUMN, "convention": _text(_one_of("cities_only", "including_provinces")),
        "prefecture_zh": _text(), "unit_as_listed_zh": _text(), "below_prefecture": FLAG,
        "batch": _whole(_one_of(1, 2, 3)), "year": _whole(_one_of(2010, 2012, 2017)), "announced_date": _date(),
        "year_city": _whole(_one_of(2010, 2012, 2017), blank=True),
        "year_county_unit": _whole(_one_of(2012, 2017), blank=True),
        "year_province": _whole(_one_of(2010, 2012), blank=True), **_LISTED,
    }, unique=("adcode", "convention")),
    "key_air_control": _schema({
        "adcode": OWN_CODE, "prefecture_zh": _text(), "below_prefecture": FLAG,
        "group_zh": _text(_one_of("三区", "十群")), "region_zh": _text(),
        "year": _whole(_one_of(2013)), "source_type": _source_type(), **_LISTED,
    }),
    "resource_based_cities": _schema({
        "adcode": CODE_COLUMN, "prefecture_zh": _text(), "unit_as_listed_zh": _text(unique=True),
        "below_prefecture": FLAG, "class_en": _text(_one_of("growing", "mature", "declining", "regenerating")),
        "class_zh": _text(_one_of("成长型", "成熟型", "衰退型", "再生型")), "year": _whole(_one_of(2013)),
        "source_type": _source_type(), **_LISTED,
    }),
    "agglomerations": _schema({
        "adcode": OWN_CODE, "prefecture_zh": _text(),
        "agglomeration": _text(_one_of("Beijing-Tianjin-Hebei", "Yangtze River Delta", "Pearl River Delta")),
        "beijing_tianjin_hebei": FLAG, "yangtze_delta_2016": FLAG, "yangtze_delta_2019": FLAG,
        "yangtze_delta_whole_provinces": FLAG, "pearl_delta": FLAG, **_LISTED,
    }),
    "electricity_2023": _schema({
        "adcode": OWN_CODE, "province": _text(unique=True), "province_zh": _text(unique=True),
        "co2_kg_per_kwh": _number(0, 1.5),
    }),
    "ipcc_fuels": _schema({
        "fuel": _text(unique=True), "fuel_zh": _text(unique=True), "state": _text(_one_of("solid", "liquid", "gas")),
        **{f"carbon_content{end}": _number(10, 40) for end in ("", "_lower", "_upper")},
        **{f"net_calorific_value{end}": _number(1, 60) for end in ("", "_lower", "_upper")},
    }, _within("carbon_content_lower", "carbon_content", "carbon_content_upper"),
       _within("net_calorific_value_lower", "net_calorific_value", "net_calorific_value_upper")),
    "real_panels": _schema({
        "outcome": _text(), "units": _whole(_between(20, 250)),
        "first_year": _whole(_between(1950, 2030)), "last_year": _whole(_between(1950, 2030)),
        "autocorrelation": _number(-1, 1), "autocorrelation_two_way": _number(-1, 1), "mean": _number(-10, 100),
        "skewness": _number(-10, 20), "between": _number(0, 100), "within": _number(0, 100),
        "between_share": _number(0, 1), "coefficient_of_variation": _number(-10, 10),
    }, unique=["outcome", "first_year"]),
    "ding2025_table1": _schema({
        "order": _whole(_between(1, 132), unique=True), "batch_year": YEAR, "zone_as_printed": _text(),
        "note_as_printed": NOTE,
    }),
}  # fmt: skip

_CELLS = _schema({
    "table": _text(_pattern(r"^T\d+$", "a table name like T1")), "column": _text(), "column_label": NOTE,
    "term": _text(), "stat": _text(_one_of(*STATISTICS)), "value": NOTE, "scan_uncertain": FLAG, "scan_note": NOTE,
}, pa.Check(lambda frame: frame["stat"].isin(TEXT_STATISTICS) | frame["value"].isna()
            | pd.to_numeric(frame["value"], errors="coerce").notna(),
            error="the value of this statistic must be a number"),
   pa.Check(lambda frame: frame["stat"].isin(TEXT_STATISTICS) | frame["value"].notna() | frame["scan_uncertain"].eq(1),
            error="a number may be blank only where scan_uncertain is 1"),
   pa.Check(lambda frame: frame["stat"].ne("stars") | frame["value"].isna() | frame["value"].isin(["*", "**", "***"]),
            error="stars must be blank, *, ** or ***"),
   pa.Check(lambda frame: frame["scan_uncertain"].eq(0) | frame["scan_note"].notna(),
            error="an uncertain reading needs a scan_note"),
   pa.Check(lambda frame: ~frame.duplicated(["table", "column", "column_label", "term", "stat"], keep=False)
            | frame["stat"].eq("threshold"), error="this cell stands more than once"))  # fmt: skip
SCHEMAS |= dict.fromkeys(("wang2025", "ding2025", "digital_economy_exports"), _CELLS)
SCHEMAS |= STUDY_SCHEMAS  # the simulated twins and their truths

ROWS = {
    "prefectures": 337, "provinces": 31, "pilot_zones": 132, "ding2025_table1": 132, "electricity_2023": 30,
    "key_air_control": 47, "resource_based_cities": 126,
}  # fmt: skip


def broken_rules(name: str, frame: pd.DataFrame, cells: pd.DataFrame) -> list[Problem]:
    """Check a typed table against its schema and return every broken rule with its line.

    Parameters
    ----------
    name : str
        A key of ``SCHEMAS``.
    frame : DataFrame
        The typed table, indexed by line.
    cells : DataFrame
        The same table as text, for the values in the messages.
    """
    try:
        SCHEMAS[name].validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        failures = error.failure_cases.drop_duplicates(["check", "index", "column"])
    else:
        return []
    problems: dict[tuple[object, ...], Problem] = {}
    for failure in failures.itertuples():
        line = None if pd.isna(failure.index) else int(failure.index)
        column = str(failure.column) if failure.schema_context == "Column" else None
        rule = str(failure.check)
        if rule == "multiple_fields_uniqueness":
            keys = list(SCHEMAS[name].unique)
            rule = f"{' and '.join(keys)} together must not repeat{_other_lines(cells[keys], line)}"
        elif rule == "field_uniqueness":
            rule = f"must not repeat{_other_lines(cells[[column]], line)}"
        value = None if line is None or column is None else str(cells.at[line, column])
        problems.setdefault((line, column, rule), Problem(rule, line, column, value))
    return list(problems.values())


def _other_lines(cells: pd.DataFrame, line: int | None) -> str:
    if line is None:
        return ""
    same = cells.eq(cells.loc[line]).all(axis=1)
    others = [str(other) for other in cells.index[same] if other != line]
    return f" (also on line {', '.join(others)})" if others else ""
