"""Answers and typical mistakes of the exercises in *From workbooks to the panel of cities*."""

from functools import cache

import pandas as pd

from helpers import datasets, study_data
from helpers.exercises import Mistake, Verdict, grade_lazily
from helpers.panel import treatment_panel
from helpers.workbooks import numbers, raw_workbook, read_table

GAPS = ("-", "…", "n.a.", "缺失")
CONTROLS = ["gdp_per_capita", "secondary_share", "urban_share", "loans_to_gdp", "fiscal_share"]


@cache
def _frame() -> pd.DataFrame:
    return study_data.load("city_sulfur").frame


def _complete() -> pd.DataFrame:
    return _frame().dropna(subset=["so2", *CONTROLS])


@cache
def _sheet(book: str, sheet: str) -> pd.Series:
    return numbers(read_table(raw_workbook("city_sulfur", book), sheet).cells, GAPS)


@cache
def _treated(below_prefecture: str, rule: str = "same_year", everywhere: bool = False) -> int:
    units = datasets.load_prefectures()["adcode"] if everywhere else _frame()["adcode"].unique()
    panel = treatment_panel(datasets.load_pilot_zones(), units, range(2005, 2023), rule, below_prefecture)
    return int(panel["treated"].sum())


def expected_01() -> int:
    """Return the city-years that small zones add."""
    return _treated("map_up") - _treated("drop")


def mistakes_01() -> list[Mistake]:
    """Return the typical mistakes of exercise 1."""
    return [
        Mistake(
            _treated("map_up"), "These are all treated city-years with small zones mapped up. Take the difference."
        ),
        Mistake(_treated("drop") - _treated("map_up"), "The sign is turned: mapping up adds treated city-years."),
        Mistake(
            _treated("map_up", everywhere=True) - _treated("drop", everywhere=True),
            "You coded all prefectures. Hunchun and Alashankou lie in prefectures that are not in this panel.",
        ),
        Mistake(
            _treated("map_up", "following_year") - _treated("drop", "following_year"),
            "This is the following-year rule. The exercise asks for the same-year rule.",
        ),
    ]


def ex_01(answer: object) -> Verdict:
    """Grade exercise 1: what small zones add."""
    return grade_lazily(answer, expected_01, mistakes_01, "Four prefectures make the difference.")


def expected_02() -> int:
    """Return the rows with SO2 and an incomplete set of controls."""
    return int(_frame()["so2"].notna().sum()) - len(_complete())


def mistakes_02() -> list[Mistake]:
    """Return the typical mistakes of exercise 2."""
    frame = _frame()
    outcome = frame[frame["so2"].notna()]
    return [
        Mistake(
            int(outcome[CONTROLS].isna().sum().sum()),
            "You added up gaps, and a row that lacks two controls counted twice. Use any(axis=1).",
        ),
        Mistake(
            int(frame[CONTROLS].isna().any(axis=1).sum()),
            "This counts rows without SO2 too. Keep the rows with SO2 first.",
        ),
        Mistake(len(frame) - len(_complete()), "These are all rows that are not complete, with or without SO2."),
        Mistake(
            int(outcome[CONTROLS].isna().all(axis=1).sum()),
            "all(axis=1) asks for rows that lack every control. One missing control is enough to lose a row.",
        ),
    ]


def ex_02(answer: object) -> Verdict:
    """Grade exercise 2: rows that controls cost."""
    return grade_lazily(answer, expected_02, mistakes_02, "The difference between the two columns of Table 3.")


def _mean(values: pd.Series, year: int) -> float:
    return float(values.xs(year, level="year").mean())


def expected_03() -> float:
    """Return the fall from 2015 to 2016 in the first edition."""
    return 1 - _mean(_sheet("so2", "2016-2019"), 2016) / _mean(_sheet("so2", "2011-2015"), 2015)


def mistakes_03() -> list[Mistake]:
    """Return the typical mistakes of exercise 3."""
    before = _sheet("so2", "2011-2015")
    first, revised = _sheet("so2", "2016-2019"), _sheet("so2", "2016-2022修订")
    base = _mean(before, 2015)
    return [
        Mistake(1 - _mean(revised, 2016) / base, "This is the revised edition. Take `first` for 2016."),
        Mistake(_mean(first, 2016) / base, "This is what is left. The fall is one minus that."),
        Mistake(
            1 - _mean(first.fillna(0), 2016) / _mean(before.fillna(0), 2015),
            "Gaps were counted as zeros. A mean over cities leaves them out.",
        ),
        Mistake(1 - base / _mean(first, 2016), "The fall is relative to 2015: divide by the mean of 2015."),
    ]


def ex_03(answer: object) -> Verdict:
    """Grade exercise 3: the fall in the wrong edition."""
    return grade_lazily(answer, expected_03, mistakes_03, "Smaller than in the revised edition.", tolerance=1e-4)


def expected_04() -> int:
    """Return the complete rows outside municipalities and before 2020."""
    rows = _complete()
    return int(((rows["municipality"] == 0) & (rows["year"] < 2020)).sum())


def mistakes_04() -> list[Mistake]:
    """Return the typical mistakes of exercise 4."""
    rows, frame = _complete(), _frame()
    outside, early = rows["municipality"] == 0, rows["year"] < 2020
    return [
        Mistake(int(outside.sum()), "Only the municipalities are left out here. Leave out 2020 to 2022 as well."),
        Mistake(int(early.sum()), "Only the years are left out here. Leave out the municipalities as well."),
        Mistake(
            int((frame["municipality"].eq(0) & frame["year"].lt(2020)).sum()),
            "Rows with gaps are counted too. Start from the complete rows.",
        ),
        Mistake(int((outside & (rows["year"] <= 2020)).sum()), "2020 is still there: keep years below 2020."),
    ]


def ex_04(answer: object) -> Verdict:
    """Grade exercise 4: both restrictions of Table 4."""
    return grade_lazily(answer, expected_04, mistakes_04, "No column of Table 4 has this number of rows.")


@cache
def _output(year: int) -> pd.DataFrame:
    both = {name: _sheet("economy", sheet) for name, sheet in (("gdp", "地区生产总值"), ("people", "常住人口"))}
    return pd.DataFrame(both).xs(year, level="year").dropna()


def expected_05() -> float:
    """Return output over population less the mean of output per head, 2020."""
    rows = _output(2020)
    return float(rows["gdp"].sum() / rows["people"].sum() - (rows["gdp"] / rows["people"]).mean())


def mistakes_05() -> list[Mistake]:
    """Return the typical mistakes of exercise 5."""
    rows, other = _output(2020), _output(2019)
    whole = _sheet("economy", "地区生产总值").xs(2020, level="year").sum()
    mean = float((rows["gdp"] / rows["people"]).mean())
    return [
        Mistake(-expected_05(), "The sign is turned: the colleague's number first, then yours."),
        Mistake(float(rows["gdp"].sum() / rows["people"].sum()), "This is the colleague's number. Subtract yours."),
        Mistake(
            float(whole / rows["people"].sum()) - mean,
            "Output of cities without population is in the sum. Keep rows that have both figures.",
        ),
        Mistake(
            float(other["gdp"].sum() / other["people"].sum() - (other["gdp"] / other["people"]).mean()),
            "This is 2019; the exercise asks for 2020.",
        ),
    ]


def ex_05(answer: object) -> Verdict:
    """Grade exercise 5: a mean of ratios and a ratio of sums."""
    return grade_lazily(answer, expected_05, mistakes_05, "People's votes against cities' votes.", tolerance=1e-4)
