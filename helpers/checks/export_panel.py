"""Answers and typical mistakes of the exercises in *From yearbooks to the panel of province exports*."""

from functools import cache, partial

import numpy as np
import pandas as pd

from helpers import province_tables, published, study_data
from helpers.exercises import Mistake, Verdict, grade_lazily
from helpers.simulate import province_exports, province_exports_accounts

PAPER = "digital_economy_exports"
#: Readers round what they read off a table.
_graded = partial(grade_lazily, tolerance=1e-4)


@cache
def _gdp() -> pd.DataFrame:
    wide = province_tables.raw_table("gdp", "地区")
    return wide.assign(**{"地区": wide["地区"].str.strip()}).set_index("地区").astype(float)


def expected_01() -> float:
    """Return GDP of the 30 provinces of the sample in 2020, 10^12 yuan."""
    return float(_gdp().drop(index=["全国", "西藏"])["2020年"].sum() / 1e4)


def mistakes_01() -> list[Mistake]:
    """Return the typical mistakes of exercise 1."""
    table = _gdp()
    return [
        Mistake(float(table["2020年"].sum() / 1e4), "The country itself is in the sum: all counts twice."),
        Mistake(float(table.drop(index="全国")["2020年"].sum() / 1e4), "Tibet is in it. The sample has 30 provinces."),
        Mistake(float(table.drop(index=["全国", "西藏"]).iloc[:, -1].sum() / 1e4),
                "This is the last column. The newest year stands first in this download."),
        Mistake(expected_01() * 1e4, "The unit of the file is 10^8 yuan; 10^12 yuan was asked for."),
    ]  # fmt: skip


def ex_01(answer: object) -> Verdict:
    """Grade exercise 1: a sum without the country and without Tibet."""
    return _graded(answer, expected_01, mistakes_01, "Rows that are not units have to be taken out by name.")


@cache
def _coal() -> pd.DataFrame:
    table = province_tables.raw_table("fuels_2010", "地区")
    return table.assign(coal=table["煤炭(万吨)"].astype(float))


def expected_02() -> float:
    """Return the coal burnt in 2010, 10^8 t."""
    table = _coal()
    return float(table.loc[~table["行业代码"].isin(["", "I"]), "coal"].sum() / 1e4)


def mistakes_02() -> list[Mistake]:
    """Return the typical mistakes of exercise 2."""
    table = _coal()
    return [
        Mistake(float(table["coal"].sum() / 1e4), "Totals, sub-totals and lines are all in this sum."),
        Mistake(float(table.loc[table["行业代码"] != "", "coal"].sum() / 1e4),
                "The total is out, the sub-total of industry is not: five sectors count twice."),
        Mistake(float(table.loc[table["行业代码"] == "I", "coal"].sum() / 1e4),
                "This is the sub-total of industry alone. Agriculture, construction and services burn coal too."),
    ]  # fmt: skip


def ex_02(answer: object) -> Verdict:
    """Grade exercise 2: coal without totals."""
    return _graded(answer, expected_02, mistakes_02, "Each ton is counted once.")


@cache
def _accounts() -> tuple[np.ndarray, ...]:
    """Return fuels, output, exports (province-year, sector) and coefficients of the stored twin."""
    parts = province_exports.draw("printed").parts
    sectors, fuels = province_exports_accounts.SECTORS, province_exports_accounts.FUELS
    shape = (30, len(province_exports.YEARS), len(sectors))
    burnt = parts["fuels"][list(fuels)].to_numpy().reshape(*shape, len(fuels))
    output, exports = (parts["sectors"][name].to_numpy().reshape(shape) for name in ("output", "exports"))
    tables = parts["flows"][list(sectors)].to_numpy().reshape(30, 3, len(sectors), len(sectors))
    made = parts["flows"]["output"].to_numpy().reshape(30, 3, 1, len(sectors))
    return burnt, output, exports, province_exports_accounts.interpolated(tables / made)


def _one_place() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return direct coefficients, Leontief inverse, exports and output of Guangdong in 2017."""
    burnt, output, exports, coefficients = _accounts()
    codes = province_exports.draw("printed").panel["adcode"].unique().tolist()
    place = codes.index(440000), province_exports.YEARS.index(2017)
    carbon = (burnt[place] * province_exports_accounts.emission_factors()).sum(axis=-1)
    return carbon / output[place], np.linalg.inv(np.eye(8) - coefficients[place]), exports[place], output[place]


def expected_03() -> float:
    """Return embodied over direct carbon intensity of Guangdong's exports in 2017."""
    direct, inverse, exports, _ = _one_place()
    return float(direct @ inverse @ exports / (direct @ exports))


def mistakes_03() -> list[Mistake]:
    """Return the typical mistakes of exercise 3."""
    direct, inverse, exports, output = _one_place()
    right = expected_03()
    return [
        Mistake(1 / right, "This is the ratio upside down: the suppliers' carbon comes on top of the factory's own."),
        Mistake(float(exports @ inverse @ direct / (direct @ exports)),
                "The inverse is turned over: carbon coefficients multiply its rows, exports its columns."),
        Mistake(float((direct @ inverse @ output / output.sum()) / (direct @ output / output.sum())),
                "These are the weights of output. Weigh the sectors by what they export."),
        Mistake(right - 1, "This is the suppliers' share over the factory's own. The ratio of the totals is one more."),
    ]  # fmt: skip


def ex_03(answer: object) -> Verdict:
    """Grade exercise 3: how much the supply chain adds."""
    return _graded(
        answer, expected_03, mistakes_03, "Most of the carbon in an exported good was set free at suppliers."
    )


def _log_intensity(factors: np.ndarray) -> np.ndarray:
    burnt, output, exports, coefficients = _accounts()
    carbon = (burnt * factors).sum(axis=-1)
    return np.log(province_exports_accounts.embodied_intensity(carbon / output, coefficients, exports))


def _printed_factors() -> np.ndarray:
    cells = published.load_cells(PAPER)
    return cells.loc[cells["table"] == "T1", "number"].to_numpy(dtype=float)


def expected_04() -> float:
    """Return the mean change of the log outcome when the printed factors are used in the order of the seven fuels."""
    return float(
        (_log_intensity(_printed_factors()) - _log_intensity(province_exports_accounts.emission_factors())).mean()
    )


def mistakes_04() -> list[Mistake]:
    """Return the typical mistakes of exercise 4."""
    ours, printed = province_exports_accounts.emission_factors(), _printed_factors()
    return [
        Mistake(-expected_04(), "The sign is turned: printed minus ours was asked for."),
        Mistake(float(np.log(printed[0] / ours[0])), "This is coal alone. Other fuels change too."),
        Mistake(float(np.log(printed / ours).mean()),
                "This gives all seven fuels the same weight. Coal carries most of the carbon."),
    ]  # fmt: skip


def ex_04(answer: object) -> Verdict:
    """Grade exercise 4: the outcome under the printed factors."""
    praise = "A level shift, and nearly the same for every province: fixed effects take most of it out."
    return _graded(answer, expected_04, mistakes_04, praise)


@cache
def _log_digital() -> pd.DataFrame:
    frame = study_data.load("province_exports").frame
    return frame.pivot(index="adcode", columns="year", values="ln_digital")


def _share(left: pd.DataFrame) -> float:
    squares = (left**2).sum()
    return float(squares.iloc[:2].sum() / squares.sum())


def _two_way(wide: pd.DataFrame) -> pd.DataFrame:
    return wide.sub(wide.mean(axis=1), axis=0).sub(wide.mean(), axis=1).add(wide.to_numpy().mean())


def expected_05() -> float:
    """Return the share of the first two years in the variation that two-way fixed effects leave."""
    return _share(_two_way(_log_digital()))


def mistakes_05() -> list[Mistake]:
    """Return the typical mistakes of exercise 5."""
    wide = _log_digital()
    size = _two_way(wide).abs().sum()
    return [
        Mistake(_share(wide.sub(wide.mean(axis=1), axis=0)), "Only province means are out. Year means must go too."),
        Mistake(_share(wide - wide.to_numpy().mean()), "Only the mean of all is out: this is the raw variance."),
        Mistake(float(size.iloc[:2].sum() / size.sum()),
                "These are absolute deviations. Least squares weighs by squares."),
    ]  # fmt: skip


def ex_05(answer: object) -> Verdict:
    """Grade exercise 5: which years identify the slope."""
    return _graded(answer, expected_05, mistakes_05, "A logarithm near zero makes small differences large.")
