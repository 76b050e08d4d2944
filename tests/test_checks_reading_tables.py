"""Every check of the chapter rejects the untouched starter, accepts the solution, and names each typical mistake."""

import math

import pytest

from helpers import forensics, identities, published, stars
from helpers.checks import reading_tables as check
from helpers.exercises import Mistake
from helpers.intervals import rounding_interval

NUMBERS = ["01", "02", "03", "04", "05", "06"]


def solution(number):
    """The answers by another road than the checks take: plain arithmetic on the printed numbers."""
    if number == "01":
        return [0.0755 / 0.0105, 0.0765 / 0.0095]
    if number == "02":
        return 0.0475 / 3.80
    if number == "03":
        cells = published.load_cells("ding2025")
        table = stars.recompute(cells, "se", stars.STAR_RULES["10/5/1"], (29, 29))
        return int((~table["agrees"]).sum())
    if number == "04":
        allowed = identities.implied_df(
            rounding_interval("-0.356") / rounding_interval("0.0185"), rounding_interval("0.508")
        )
        return next(df for df in (390 - 2, 390 - 30 - 1, 390 - 30 - 12 - 1) if allowed.overlaps(df))
    if number == "05":
        printed = {"T10 (1)": (-9.53, -10.74, 8.479, 2699), "T10 (2)": (-9.44, -12.18, 8.905, 2699),
                   "T10 (3)": (-11.15, -5.94, 5.138, 2699), "T11 (1)": (-6.67, -22.68, 15.06, 3231)}  # fmt: skip
        answer = {}
        for column, (t1, t2, z, n) in printed.items():
            first = 1 / math.sqrt(1 / z**2 - 1 / t2**2)
            r = first / math.sqrt(first**2 + n - 2)
            odds = (t1**2 + t2**2 + 2 * r * t1 * t2) / ((n - 3) * (1 - r**2))
            answer[column] = odds / (1 + odds)
        return answer
    found = forensics.read_table(check.mystery_cells(), dummies=["zone"])
    return set(found.loc[found["verdict"] == "incoherent", "term"])


@pytest.mark.parametrize("number", NUMBERS)
def test_starter_solution_and_mistakes(number):
    ex, mistakes = getattr(check, f"ex_{number}"), getattr(check, f"mistakes_{number}")()
    assert not ex(...), "the untouched starter must be rejected"
    assert "three dots" in ex(...).message
    assert ex(solution(number)), ex(solution(number)).message
    assert len(mistakes) >= 2
    for mistake in mistakes:
        assert isinstance(mistake, Mistake)
        verdict = ex(mistake.value)
        assert not verdict and verdict.message == mistake.message


def test_a_wrong_answer_that_is_no_known_mistake_is_rejected():
    assert not check.ex_02(0.5) and not check.ex_06("open") and not check.ex_05({"T10 (1)": 0.1})


def test_exercise_six_takes_a_name_or_a_set():
    assert check.ex_06("coal") and check.ex_06({"coal"})
