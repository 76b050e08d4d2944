"""Exercises of the chapter *A first difference-in-differences*: right answers, and the mistakes the field knows."""

import functools

import numpy as np
import pandas as pd
from scipy import stats

from helpers import companions, did, event_study
from helpers.exercises import Mistake, Verdict, grade

KEYS = {"unit": "city", "time": "year"}


@functools.cache
def _zones() -> pd.DataFrame:
    zones = companions.load_enterprise_zones()
    start = zones[zones["zone"] == 1].groupby("city")["year"].min()
    return zones.assign(start=zones["city"].map(start), ever=zones["city"].isin(start.index).astype(int))


def _slope(rows: pd.DataFrame, outcome: str, treatment: str, *groups: str) -> float:
    """Least squares on the treatment and dummies of the groups, in plain numpy: quick, and not the helpers' own way."""
    dummies = [pd.get_dummies(rows[group], dtype=float).to_numpy() for group in groups]
    design = np.column_stack([rows[treatment].to_numpy(float), np.ones(len(rows)), *dummies])
    return float(np.linalg.lstsq(design, rows[outcome].to_numpy(float), rcond=None)[0][0])


def _changed(rows: pd.DataFrame) -> pd.DataFrame:
    before = rows.groupby("city")[["log_claims", "zone"]].diff()
    return rows.assign(change=before["log_claims"], switch=before["zone"]).dropna(subset=["change"])


def _changes(rows: pd.DataFrame | None = None, groups: tuple[str, ...] = ("year",)) -> float:
    return _slope(_changed(_zones() if rows is None else rows), "change", "switch", *groups)


def _two_by_two(rows: pd.DataFrame) -> pd.DataFrame:
    return did.two_by_two(rows, "log_claims", "ever", "after")


def ex_01(answer: object) -> Verdict:
    """Two-by-two comparison with 1980-83 before and 1985-88 after, 1984 left out."""
    return grade(answer, _ex_01(), mistakes=mistakes_01(), tolerance=1e-4,
                 praise="The year in which only some zones existed no longer blurs the two periods.")  # fmt: skip


def _clean_years() -> pd.DataFrame:
    zones = _zones()
    return zones[zones["year"] != 1984].assign(after=lambda rows: (rows["year"] >= 1985).astype(int))


def _ex_01() -> float:
    return float(_two_by_two(_clean_years()).loc["difference", "change"])


def mistakes_01() -> list[Mistake]:
    """Typical mistakes of exercise 1."""
    means = _two_by_two(_clean_years())
    zones = _zones()
    return [
        Mistake(float(means.loc["treated", "change"]),
                "This is the change in the treated cities alone. Claims fell everywhere in these years; subtract the "
                "change in the untreated cities."),
        Mistake(float(means.loc["difference", "after"]),
                "This is the gap between the groups after 1984. Subtract the gap that was there before."),
        Mistake(-float(means.loc["difference", "change"]),
                "The size is right, the sign is not: treated minus untreated, after minus before."),
        Mistake(float(_two_by_two(zones.assign(after=(zones["year"] >= 1985).astype(int))).loc["difference", "change"]),
                "1984 is still among the years before. Six cities had their zone then: leave the year out."),
    ]  # fmt: skip


def ex_02(answer: object) -> Verdict:
    """Percent change in claims that the first-difference coefficient implies."""
    return grade(answer, _ex_02(), mistakes=mistakes_02(), tolerance=1e-4,
                 praise="With a fall this large, 100 times the coefficient would overstate it.")  # fmt: skip


def _ex_02() -> float:
    return float(100 * np.expm1(_changes()))


def mistakes_02() -> list[Mistake]:
    """Typical mistakes of exercise 2."""
    b = _changes()
    return [
        Mistake(100 * b, "100 times the coefficient is close for small numbers only. Undo the logarithm: "
                         "100 (exp(b) - 1)."),
        Mistake(100 * float(np.exp(b)), "This is the level that is left, in percent. The change is that minus 100."),
        Mistake(-_ex_02(), "Claims fall: the percent change is negative."),
        Mistake(float(np.expm1(b)), "This is a share. The question asks for percent: multiply by 100."),
    ]  # fmt: skip


def ex_03(answer: object) -> Verdict:
    """P value of the fixed-effects estimate with errors clustered by city."""
    return grade(answer, _ex_03(), mistakes=mistakes_03(), tolerance=1e-4,
                 praise="Clusters minus one: the number of independent pieces of evidence, not the number of rows.",
                 hint="Divide the estimate by its clustered error and ask a t distribution with clusters minus one "
                      "degrees of freedom, on both sides.")  # fmt: skip


@functools.cache
def _levels(errors: str = "clustered", rule: str | None = None) -> tuple[float, float]:
    fit = did.two_way_fixed_effects(_zones(), "log_claims", "zone", errors=errors, degrees_of_freedom=rule, **KEYS)
    return fit.estimate, fit.standard_error


def _ex_03() -> float:
    b, se = _levels()
    return float(2 * stats.t.sf(abs(b / se), 21))


def mistakes_03() -> list[Mistake]:
    """Typical mistakes of exercise 3."""
    b, se = _levels()
    t, classical = abs(b / se), abs(b / _levels("classical")[1])
    return [
        Mistake(float(2 * stats.norm.sf(t)),
                "This uses the normal distribution. Only 22 clusters stand behind the error: use t with 21 degrees of "
                "freedom."),
        Mistake(float(2 * stats.t.sf(t, 167)),
                "This counts 167 degrees of freedom, as if every row were independent. Count clusters minus one."),
        Mistake(float(2 * stats.t.sf(classical, 167)), "This is the p value with classical errors. Cluster by city."),
        Mistake(float(stats.t.sf(t, 21)), "This is one tail only. A two-sided p value counts both."),
    ]  # fmt: skip


def ex_04(answer: object) -> Verdict:
    """Clustered error of the fixed-effects estimate, turned from the nested rule into the dummies rule."""
    return grade(answer, _ex_04(), mistakes=mistakes_04(), tolerance=1e-4,
                 praise="One square root explains the whole difference between the two programs.")  # fmt: skip


def _ex_04() -> float:
    return _levels(rule="dummies")[1]


def mistakes_04() -> list[Mistake]:
    """Typical mistakes of exercise 4."""
    nested = _levels(rule="nested")[1]
    ratio = (198 - 10) / (198 - 31)
    return [
        Mistake(nested * ratio, "You scaled the error by the factor of the variance. Take its square root."),
        Mistake(nested / float(np.sqrt(ratio)), "The factor is upside down: counting more makes errors larger."),
        Mistake(nested, "This is still the nested rule. Count all 31 parameters."),
        Mistake(nested * float(np.sqrt((198 - 10) / (198 - 32))),
                "You counted 32 parameters. Of 22 city and 9 year effects one is redundant: 1 + 22 + 9 - 1 = 31."),
    ]  # fmt: skip


def ex_05(answer: object) -> Verdict:
    """First-difference estimate with a trend for every city."""
    return grade(answer, _changes(groups=("city", "year")), mistakes=mistakes_05(), tolerance=1e-4,
                 praise="A trend in levels is an intercept in changes.")  # fmt: skip


def mistakes_05() -> list[Mistake]:
    """Typical mistakes of exercise 5."""
    zones = _zones()
    levels = _slope(zones, "log_claims", "zone", "city", "year")
    wrong = _slope(_changed(zones), "change", "zone", "city", "year")
    return [
        Mistake(_changes(), "This has no trends: it is the textbook's first estimate. Let every city have its own."),
        Mistake(_changes(groups=("city",)),
                "The year effects are gone. Without them every year in which claims fell everywhere counts for "
                "the zones."),
        Mistake(levels, "This is the fixed-effects estimate in levels, without trends."),
        Mistake(wrong, "You took changes of the outcome and left the treatment in levels. Change both."),
    ]  # fmt: skip


def ex_06(answer: object) -> Verdict:
    """First-difference estimate of the 1984 zones against cities that never had one."""
    return grade(answer, _ex_06(), mistakes=mistakes_06(), tolerance=1e-4,
                 praise="Six of the ten zones show next to nothing; the other four make the result.")  # fmt: skip


def _ex_06() -> float:
    zones = _zones()
    return _changes(zones[zones["start"].isna() | (zones["start"] == 1984)])


def mistakes_06() -> list[Mistake]:
    """Typical mistakes of exercise 6."""
    zones = _zones()
    early = zones["start"] == 1984
    return [
        Mistake(_changes(zones), "All ten zones are still there. Keep the 1984 zones and the cities without a zone."),
        Mistake(_changes(zones.assign(zone=(early & (zones["year"] >= 1984)).astype(int))),
                "The four cities of 1985 are in the control group. They get a zone a year later: leave them out."),
        Mistake(_changes(zones[zones["start"].isna() | (zones["start"] == 1985)]),
                "These are the zones of 1985. The question asks for those of 1984."),
        Mistake(_changes(zones[zones["start"].notna()]),
                "The cities that never had a zone are missing: they are the controls."),
    ]  # fmt: skip


def ex_07(answer: object) -> Verdict:
    """Event-study coefficients with the base two years before the zone."""
    return grade(answer, _path(base=-2), mistakes=mistakes_07(), tolerance=1e-4,
                 praise="The same regression, read from another year, now shows next to nothing.")  # fmt: skip


@functools.cache
def _study() -> pd.Series:
    study = event_study.event_study(_zones(), "log_claims", "zone", first=-4, last=3, base=-2, **KEYS)
    return study.path.set_index("event_time")["estimate"]


def _path(base: int = -2) -> dict[int, float]:
    moved = _study() - _study()[base]  # another base shifts the whole path
    return {int(k): float(value) for k, value in moved.items() if k >= 0}


def mistakes_07() -> list[Mistake]:
    """Typical mistakes of exercise 7."""
    right = _path()
    return [
        Mistake(_path(base=-1), "The base is still the year before the zone. Set base=-2."),
        Mistake({k: -value for k, value in right.items()}, "The signs are turned: the base is subtracted, not added."),
        Mistake(_path(base=-3), "This is base -3. Two years before is event time -2."),
    ]
