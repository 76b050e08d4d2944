"""Answers and typical mistakes of the exercises in *The roll-out*."""

from functools import cache

import numpy as np
import pandas as pd

from helpers import datasets, published
from helpers.exercises import Mistake, Verdict, grade_lazily
from helpers.panel import treatment_panel
from helpers.power import minimum_detectable_effect
from helpers.support import event_support
from helpers.weights import comparison_weights

_CITY_TYPES = ("地级市", "直辖市")


@cache
def _zones() -> pd.DataFrame:
    return datasets.load_pilot_zones()


@cache
def _cities() -> pd.DataFrame:
    prefectures = datasets.load_prefectures()
    return prefectures[prefectures["type"].isin(_CITY_TYPES)]


def _panel(first: int, last: int, units: pd.Series | None = None, rule: str = "same_year") -> pd.DataFrame:
    units = _cities()["adcode"] if units is None else units
    return treatment_panel(_zones(), units, range(first, last + 1), rule=rule)


def _joined() -> pd.DataFrame:
    prefectures = datasets.load_prefectures()
    prefectures["plain"] = prefectures["name_en"].str.replace(r" \(.*\)", "", regex=True)
    return published.load_printed_zones().merge(prefectures, left_on="zone_as_printed", right_on="plain")


def expected_01() -> int:
    """Return the number of prefectures that the join on names treats by mistake."""
    joined = _joined()
    return int(joined.loc[~joined["adcode"].isin(_zones()["adcode"]), "adcode"].nunique())


def mistakes_01() -> list[Mistake]:
    """Return the typical mistakes of exercise 1."""
    joined = _joined()
    doubtful = joined["plain"].duplicated(keep=False)
    return [
        Mistake(
            int(doubtful.sum()),
            "These are all rows with a doubtful name. Some of them are the right city; count prefectures whose adcode "
            "is not on the list.",
        ),
        Mistake(
            int(joined.loc[doubtful, "plain"].nunique()),
            "This is the number of doubtful names. Both cities named Taizhou are zones, so that name adds none.",
        ),
        Mistake(
            int(joined.loc[doubtful, "adcode"].nunique()),
            "These are all prefectures that share a name. Most of them do host a zone: compare adcodes with the list.",
        ),
    ]


def ex_01(answer: object) -> Verdict:
    """Grade exercise 1: prefectures treated by mistake when the join uses names."""
    praise = "Two cities would be treated without a zone, and the total of rows would not show it."
    return grade_lazily(answer, expected_01, mistakes_01, praise)


def expected_02() -> float:
    """Return the share of 2018 from 24 July to 31 December, both included."""
    return (365 - pd.Timestamp("2018-07-24").day_of_year + 1) / 365


def mistakes_02() -> list[Mistake]:
    """Return the typical mistakes of exercise 2."""
    day = pd.Timestamp("2018-07-24").day_of_year
    return [
        Mistake((365 - day) / 365, "The day of approval is missing: add one to the difference of two dates."),
        Mistake((day - 1) / 365, "This is the share before the approval. The treated share is one minus this."),
        Mistake(day / 365, "This is the part of the year up to the approval, not the part after it."),
        Mistake(5 / 12, "Whole months only: five of twelve. The days of July from the 24th count too."),
        Mistake(0.5, "That is the half-year convention, not the share of days."),
    ]


def ex_02(answer: object) -> Verdict:
    """Grade exercise 2: the treated share of the first year."""
    return grade_lazily(answer, expected_02, mistakes_02, "161 of 365 days.", tolerance=1e-4)


def expected_03() -> int:
    """Return treated city-years under the half-year rule, 297 cities, 2010 to 2021."""
    return int(_panel(2010, 2021, rule="half_year")["treated"].sum())


def mistakes_03() -> list[Mistake]:
    """Return the typical mistakes of exercise 3."""
    everywhere = datasets.load_prefectures()["adcode"]
    return [
        Mistake(
            int(_panel(2010, 2021, rule="following_year")["treated"].sum()),
            "You moved every approval to the next year. January to June stays in its own year.",
        ),
        Mistake(
            int(_panel(2010, 2022, rule="half_year")["treated"].sum()),
            "You kept 2022. range(2010, 2022) ends with 2021, range(2010, 2023) with 2022.",
        ),
        Mistake(
            int(_panel(2010, 2021, everywhere, "half_year")["treated"].sum()),
            "You kept the hosts that no city yearbook covers. Use the 297 cities.",
        ),
        Mistake(
            int(_panel(2010, 2021)["treated"].sum()),
            "This is the same-year rule. Pass rule='half_year'.",
        ),
    ]


def ex_03(answer: object) -> Verdict:
    """Grade exercise 3: treated city-years under the half-year rule."""
    return grade_lazily(answer, expected_03, mistakes_03, "Below 302, so this rule cannot be Wang's.")


def _east() -> pd.DataFrame:
    cities = _cities()
    panel = _panel(2005, 2022)
    return panel[panel["adcode"].isin(cities.loc[cities["region4"] == "east", "adcode"])]


def expected_04() -> float:
    """Return the forbidden share of the weight among eastern cities."""
    pairs = comparison_weights(_east())
    return float(pairs.loc[pairs["forbidden"], "weight"].sum())


def mistakes_04() -> list[Mistake]:
    """Return the typical mistakes of exercise 4."""
    pairs, national = comparison_weights(_east()), comparison_weights(_panel(2005, 2022))
    treated_only = pairs["control_cohort"].notna()
    return [
        Mistake(
            float(pairs.loc[treated_only, "weight"].sum()),
            "You counted every comparison between treated cohorts. An earlier cohort against one that is not yet "
            "treated is allowed; only the later against the already treated one is forbidden.",
        ),
        Mistake(
            float(national.loc[national["forbidden"], "weight"].sum()),
            "This is the whole country. Weights depend on the sample: compute them again for the eastern cities.",
        ),
        Mistake(
            float(pairs["forbidden"].mean()),
            "This is the share of pairs of cohorts. Add up their weights instead of counting them.",
        ),
        Mistake(100 * expected_04(), "The number is right as a percentage; give it between 0 and 1."),
    ]


def ex_04(answer: object) -> Verdict:
    """Grade exercise 4: forbidden comparisons among eastern cities."""
    praise = "More than in the whole country: few never-treated cities are left in the east."
    return grade_lazily(answer, expected_04, mistakes_04, praise, tolerance=5e-4)


def expected_05() -> int:
    """Return the cities observed in every event year from -5 to 4, panel 2010 to 2021."""
    return int(event_support(_panel(2010, 2021), window=(-5, 4))["cities"].iloc[0])


def mistakes_05() -> list[Mistake]:
    """Return the typical mistakes of exercise 5."""
    cities = event_support(_panel(2010, 2021))["cities"]
    longer = int(event_support(_panel(2005, 2022), window=(-5, 4))["cities"].iloc[0])
    return [
        Mistake(
            int(cities.loc[0]),
            "These cities have event year 0. Most of them leave before event year 4: pass window=(-5, 4).",
        ),
        Mistake(
            int(cities.loc[-1]), "This counts every city that is ever treated by the list, also those treated in 2022."
        ),
        Mistake(
            longer, "You used the panel that ends in 2022. One more year lets the batch of 2018 reach event year 4."
        ),
    ]


def ex_05(answer: object) -> Verdict:
    """Grade exercise 5: cities that support the whole window."""
    return grade_lazily(answer, expected_05, mistakes_05, "Only the batches of 2015 and 2016 reach so far.")


def _closest(scale: float, column: str | None) -> float:
    table = minimum_detectable_effect(_panel(2005, 2022), np.arange(0, 0.96, 0.05).round(2))
    errors = table["standard_error"] / (table[column] if column else 1) * scale
    return float((errors - 0.272).abs().idxmin())


def expected_06() -> float:
    """Return the persistence that brings the design's standard error closest to the printed 0.272."""
    return _closest(5.37 * np.sqrt(1 - 0.738), "within_sd")


def mistakes_06() -> list[Mistake]:
    """Return the typical mistakes of exercise 6."""
    return [
        Mistake(
            _closest(5.37, "within_sd"),
            "You used the full standard deviation 5.37. Fixed effects take most of it away: multiply by the root of "
            "1 - R2 first.",
        ),
        Mistake(
            _closest(5.37 * np.sqrt(1 - 0.738), None),
            "Two scales are mixed: the column standard_error is in units of sigma, and the left-over deviation "
            "is a within one. Divide by within_sd.",
        ),
        Mistake(
            _closest(5.37 * (1 - 0.738), "within_sd"),
            "R2 is a share of the variance. Take the square root of 1 - R2 before you multiply a standard deviation.",
        ),
    ]


def ex_06(answer: object) -> Verdict:
    """Grade exercise 6: the persistence that fits the printed standard error."""
    praise = "A moderate persistence gives the printed size. That is plausible, and it is no proof."
    return grade_lazily(answer, expected_06, mistakes_06, praise)
