"""Exercises of the chapter *Reading a printed table*: right answers, and the mistakes the field knows."""

import functools
import math

import pandas as pd

from helpers import forensics, identities, printing, published, stars
from helpers.exercises import Mistake, Verdict, grade
from helpers.intervals import Interval, rounding_interval
from helpers.relations import find

_R2_PLACES = {
    ("T10", "(1)"): "Spec",
    ("T10", "(2)"): "Spec_low",
    ("T10", "(3)"): "Spec_high",
    ("T11", "(1)"): "lnenvir",
}


@functools.cache
def _cells(paper: str) -> pd.DataFrame:
    return published.load_cells(paper)


def _text(paper: str, *place: str) -> str:
    return _cells(paper).at[find(_cells(paper), *place), "value"]


def ex_01(answer: object) -> Verdict:
    """Check the lowest and highest t that Ding's Table 3 (2) allows for INDUS."""
    return grade(
        answer,
        _ex_01(),
        mistakes=mistakes_01(),
        tolerance=1e-3,
        praise="One printed digit of the standard error leaves almost a whole unit of t open.",
    )


def _indus() -> tuple[str, str]:
    return tuple(_text("ding2025", "T3", "(2)", "INDUS", stat) for stat in ("coef", "parenthesis"))


def _ex_01() -> list[float]:
    t = stars.t_interval(*_indus(), "se")
    return [t.low, t.high]


def mistakes_01() -> list[Mistake]:
    """Typical mistakes of exercise 1."""
    b, s = (rounding_interval(text) for text in _indus())
    short_b, short_s = rounding_interval("0.076"), rounding_interval("0.01")
    return [
        Mistake(
            [b.low / s.low, b.high / s.high],
            "You divided low by low and high by high. The smallest quotient is the smallest numerator over the "
            "largest denominator.",
        ),
        Mistake(
            [float(_indus()[0]) / float(_indus()[1])] * 2,
            "That is the quotient of the printed numbers, one point. Printed numbers stand for intervals.",
        ),
        Mistake(
            [short_b.low / short_s.high, short_b.high / short_s.low],
            "You read 0.010 as 0.01. The trailing zero is a printed digit: the half unit is 0.0005, not 0.005.",
        ),
    ]


def ex_02(answer: object) -> Verdict:
    """Check the standard error behind Wang's Table 1 (2) for CBEC."""
    return grade(
        answer,
        _ex_02(),
        mistakes=mistakes_02(),
        tolerance=1e-5,
        praise="The standard error is printed nowhere, and yet you know it to three digits.",
    )


def _cbec() -> tuple[float, float]:
    return tuple(float(_text("wang2025", "T1", "(2)", "CBEC", stat)) for stat in ("coef", "parenthesis"))


def _ex_02() -> float:
    coefficient, t = _cbec()
    return abs(coefficient / t)


def mistakes_02() -> list[Mistake]:
    """Typical mistakes of exercise 2."""
    coefficient, t = _cbec()
    return [
        Mistake(
            abs(t),
            "That is the number in the parenthesis. The note calls it a standard error, but it behaves as "
            "a t value: it is even negative.",
        ),
        Mistake(t, "A standard error cannot be negative. The parenthesis holds a t value."),
        Mistake(
            t / coefficient,
            "Upside down: t is coefficient over standard error, so the standard error is coefficient over t.",
        ),
        Mistake(abs(coefficient * t), "You multiplied. t is coefficient over standard error."),
    ]


def ex_03(answer: object) -> Verdict:
    """Check the number of Ding's stars that cannot come from t with 29 degrees of freedom."""
    return grade(
        answer,
        _ex_03(),
        mistakes=mistakes_03(),
        tolerance=0,
        praise="So the stars do not come from errors clustered by 30 provinces and their t(29).",
    )


def _contradicted(rule: str, df: float, reading: str = "se") -> int:
    table = stars.recompute(_cells("ding2025"), reading, stars.STAR_RULES[rule], (df, df))
    return int((~table["agrees"]).sum())


def _ex_03() -> int:
    return _contradicted("10/5/1", 29)


def mistakes_03() -> list[Mistake]:
    """Typical mistakes of exercise 3."""
    table = stars.estimates(_cells("ding2025"))
    rule = stars.STAR_RULES["10/5/1"]
    points = 0
    for row in table.itertuples():
        coefficient, error = float(row.coefficient), float(row.parenthesis)
        t = abs(coefficient) / error if error else math.inf
        points += printing.star_mark(stars.p_value(t, 29), rule) != row.stars
    return [
        Mistake(
            _contradicted("10/5/1", math.inf),
            "You used the normal distribution (or left df at its default). Pass df=(29, 29).",
        ),
        Mistake(_contradicted("5/1/0.1", 29), "You used the rule 5, 1, 0.1 percent. Ding's stars follow 10, 5, 1."),
        Mistake(
            _contradicted("10/5/1", 29, "t"),
            "You read the parentheses as t values, as the note says. They behave as standard errors.",
        ),
        Mistake(
            points,
            "You recomputed from the printed numbers as if they were exact. Where 0.000 or 0.002 is "
            "printed, many t values are possible; count only stars that no rounding explains.",
        ),
    ]


def ex_04(answer: object) -> Verdict:
    """Check the residual degrees of freedom behind column (1) of Table 3 of the third paper."""
    return grade(
        answer,
        359,
        mistakes=mistakes_04(),
        tolerance=0,
        praise="390 rows, 30 province effects, one slope: no year effects were swept out.",
    )


def mistakes_04() -> list[Mistake]:
    """Typical mistakes of exercise 4."""
    return [
        Mistake(
            388,
            "That is a regression without any fixed effects. Its R-squared would be "
            f"{_r2_at(388)}, not the printed 0.508.",
        ),
        Mistake(
            347,
            "That counts 30 province and 12 year effects, as Equation (1) of the paper has them. The R-squared "
            f"would be {_r2_at(347)}, not the printed 0.508.",
        ),
        Mistake(360, "Nearly: 390 less 30 provinces. The slope costs one more."),
        Mistake(389, "Only the slope is counted, not even a constant."),
    ]


def _r2_at(df: int) -> str:
    b, s = (_text("digital_economy_exports", "T3", "(1)", "lndig", stat) for stat in ("coef", "parenthesis"))
    return f"{identities.r2_one_regressor(stars.t_interval(b, s, 'se'), df)}"


def ex_05(answer: object) -> Verdict:
    """Check the R-squared of Wang's Tables 10 and 11 recomputed as two-regressor regressions."""
    return grade(
        answer,
        _r2(0, True),
        mistakes=mistakes_05(),
        tolerance=6e-4,
        praise="All four agree with the print to its last digit, although the tables say that controls, city "
        "effects and year effects are in.",
    )


def _r2(absorbed: int, correlated: bool) -> dict[str, float]:
    result = {}
    for (table, column), mediator in _R2_PLACES.items():
        t1, t2, z = (
            rounding_interval(_text("wang2025", table, column, term, stat))
            for term, stat in (("CBEC", "parenthesis"), (mediator, "parenthesis"), ("Sobel-Z", "sobel_z"))
        )
        n = int(_text("wang2025", table, column, "N", "n"))
        first = identities.first_path_t(z, t2) if correlated else Interval(0.0, 0.0)
        value = identities.r2_two_regressors(t1, t2, first, n, absorbed)
        result[f"{table} {column}"] = (value.low + value.high) / 2
    return result


def mistakes_05() -> list[Mistake]:
    """Typical mistakes of exercise 5."""
    return [
        Mistake(
            _r2(0, False),
            "You left out the correlation of policy and mediator. It follows from the first path's "
            "t, which the Sobel z gives away.",
        ),
        Mistake(
            _r2(280, True),
            "You counted 270 city and 12 year effects, as the tables print. Then no R-squared fits. Try absorbed=0.",
        ),
    ]


@functools.cache
def mystery_cells() -> pd.DataFrame:
    """Return the simulated printed table of exercise 6: three things were planted in a correct table."""
    cells = printing.simulated_table(20151, table="T3")
    cells.at[find(cells, "T3d", "sd", "coal", "sd"), "value"] = "57.91"
    cells.at[find(cells, "T3d", "min", "capital", "min"), "value"] = "9.63"
    cells.at[find(cells, "T3", "(2)", "zone", "stars"), "value"] = "*"
    return cells


def ex_06(answer: object) -> Verdict:
    """Check which variable of the mystery table is incoherent."""
    given = {answer} if isinstance(answer, str) else answer
    return grade(
        given,
        _mystery("incoherent"),
        mistakes=mistakes_06(),
        praise="No single damaged character brings that spread between minimum and maximum.",
    )


def _mystery(verdict: str | None) -> set[str]:
    found = forensics.read_table(mystery_cells(), reading="se", star_rule="10/5/1", dummies=["zone"])
    wanted = found["question"] if verdict is None else found["verdict"] == verdict
    return set(found.loc[wanted, "term"])


def mistakes_06() -> list[Mistake]:
    """Typical mistakes of exercise 6."""
    return [
        Mistake(
            _mystery(None),
            "These are all terms with a question. Some of them a single damaged character explains; "
            "look at the column verdict.",
        ),
        Mistake(
            _mystery("unclear scan"),
            "These are unclear scans: one character would repair each of them. Look for "
            "the one that no character repairs.",
        ),
    ]
