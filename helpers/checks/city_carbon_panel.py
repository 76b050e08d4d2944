"""Answers and typical mistakes of the exercises in *From yearbooks to the panel of cities*."""

from functools import cache

import pandas as pd

from helpers import city_carbon_raw as raw
from helpers import datasets, study_data
from helpers.exercises import Mistake, Verdict, grade_lazily

CONTROLS = ["ln_gdp_per_capita", "urban_share", "fiscal_share", "ln_internet_users", "road_area_per_capita"]
HANGZHOU = 330100


@cache
def _totals() -> pd.DataFrame:
    totals = raw.build_totals()
    return totals.assign(real_gdp=raw.real_gdp(totals))


@cache
def _panel() -> pd.DataFrame:
    return study_data.load("city_carbon").frame


def _without_code(names: pd.Series) -> int:
    return int((~names.isin(datasets.load_prefectures()["name_zh"])).sum())


def expected_01() -> int:
    """Return how many city rows find no partner when the printed name is joined as it stands."""
    names = raw.load_stacked()["城市"]
    return _without_code(names[names.str.strip().ne("合计")])


def mistakes_01() -> list[Mistake]:
    """Return the typical mistakes of exercise 1."""
    names = raw.load_stacked()["城市"]
    cities = names[names.str.strip().ne("合计")]
    return [
        Mistake(_without_code(names), "You counted the total rows (合计) too. They are no cities."),
        Mistake(
            _without_code(cities.str.strip()),
            "You took blanks off the names first. The question is about the names as they are printed.",
        ),
        Mistake(
            int(cities[~cities.isin(datasets.load_prefectures()["name_zh"])].nunique()),
            "These are different spellings. Count rows: each one is a city-year that would be lost.",
        ),
    ]


def ex_01(answer: object) -> Verdict:
    """Grade exercise 1: rows lost in a join on printed names."""
    praise = "Whole years vanish in such a join, and the years that stay look complete."
    return grade_lazily(answer, expected_01, mistakes_01, praise)


def _growth(values: pd.Series) -> float:
    return float(100 * (values.loc[2021] / values.loc[2010] - 1))


def _hangzhou() -> pd.DataFrame:
    totals = _totals()
    return totals[totals["adcode"].eq(HANGZHOU)].set_index("year")


def expected_02() -> float:
    """Return the growth of Hangzhou's real output from 2010 to 2021, percent."""
    return _growth(_hangzhou()["real_gdp"])


def mistakes_02() -> list[Mistake]:
    """Return the typical mistakes of exercise 2."""
    nominal = _hangzhou()["gdp"]
    changes = raw.load_price_changes().loc["浙江省"] / 100
    return [
        Mistake(_growth(nominal), "This is growth at current prices. Take out what is only higher prices."),
        Mistake(
            _growth(nominal / changes),
            "You divided each year by the price index of that year alone. It compares with the year before; chain it.",
        ),
        Mistake(
            _growth(pd.Series({2010: nominal.loc[2010], 2021: nominal.loc[2021] / changes.prod()})),
            "Your chain begins with the figure of 2010, which compares with 2009. The first link is 2011.",
        ),
        Mistake(expected_02() / 100, "The number is right as a share. Give percent."),
    ]


def ex_02(answer: object) -> Verdict:
    """Grade exercise 2: real growth of Hangzhou."""
    praise = "Growth of prices is out; what is left is growth of the real output."
    return grade_lazily(answer, expected_02, mistakes_02, praise, tolerance=1e-4)


def expected_03() -> float:
    """Return the share of electricity in the CO2 of all cities together in 2021."""
    co2 = raw.co2_by_carrier(_totals())[_totals()["year"].eq(2021)].sum()
    return float(co2["electricity"] / co2.sum())


def mistakes_03() -> list[Mistake]:
    """Return the typical mistakes of exercise 3."""
    co2 = raw.co2_by_carrier(_totals())
    of_year = co2[_totals()["year"].eq(2021)]
    return [
        Mistake(
            float((of_year["electricity"] / of_year.sum(axis=1)).mean()),
            "This is the mean of the cities' shares. Small cities count like large ones there; add tonnes first.",
        ),
        Mistake(
            float(co2["electricity"].sum() / co2.to_numpy().sum()), "This is the share over all years. Take 2021 only."
        ),
        Mistake(100 * expected_03(), "The number is right as a percentage. Give it between 0 and 1."),
    ]


def ex_03(answer: object) -> Verdict:
    """Grade exercise 3: share of electricity."""
    praise = "So the factor of electricity decides most of this outcome."
    return grade_lazily(answer, expected_03, mistakes_03, praise, tolerance=1e-5)


def expected_04() -> float:
    """Return Hangzhou's location quotient of finance in 2015."""
    quotient = raw.location_quotient(_totals(), ["finance"])
    return float(quotient[_totals()["adcode"].eq(HANGZHOU) & _totals()["year"].eq(2015)].iloc[0])


def mistakes_04() -> list[Mistake]:
    """Return the typical mistakes of exercise 4."""
    of_year = _totals()[_totals()["year"].eq(2015)]
    share = of_year["finance"] / of_year["employment"]
    own = float(share[of_year["adcode"].eq(HANGZHOU)].iloc[0])
    city = of_year[of_year["adcode"].eq(HANGZHOU)].iloc[0]
    return [
        Mistake(own, "This is the share of finance in Hangzhou. Divide it by the share in all cities together."),
        Mistake(
            own / float(share.mean()),
            "You divided by the mean of the cities' shares. The denominator of equation 6 adds up persons first.",
        ),
        Mistake(
            float(city["finance"] / of_year["finance"].sum()),
            "This is Hangzhou's share in the country's finance. Divide it by Hangzhou's share in all employment.",
        ),
    ]


def ex_04(answer: object) -> Verdict:
    """Grade exercise 4: a location quotient."""
    praise = "Above one means: more finance than in all cities together."
    return grade_lazily(answer, expected_04, mistakes_04, praise, tolerance=1e-4)


def expected_05() -> int:
    """Return the rows that hold the five controls and both specialisation tiers."""
    return int(_panel().dropna(subset=[*CONTROLS, "specialisation_low", "specialisation_high"]).shape[0])


def mistakes_05() -> list[Mistake]:
    """Return the typical mistakes of exercise 5."""
    panel = _panel()
    without = int(panel.dropna(subset=["specialisation_low", "specialisation_high"]).shape[0])
    found = {
        without: "These rows hold the quotients, not all five controls. A regression with controls needs both.",
        int(panel.dropna(subset=CONTROLS).shape[0]): "These rows hold the controls, not the quotients.",
        int(panel.dropna().shape[0]): "You asked for every column, among them ones the regression does not use.",
        len(panel): "This is the whole panel. A regression drops rows that lack a variable.",
    }
    return [Mistake(value, message) for value, message in found.items() if value != expected_05()]


def ex_05(answer: object) -> Verdict:
    """Grade exercise 5: the rows of a regression with controls and specialisation."""
    praise = "Compare it with the N of Table 10, which prints 2,699: it cannot be reached with these controls."
    return grade_lazily(answer, expected_05, mistakes_05, praise)
