"""The exercises of *The roll-out*: starter rejected, answer accepted, each mistake named."""

import pytest

from exercise_checks import check_exercise
from helpers.checks import rollout as check

NUMBERS = ("01", "02", "03", "04", "05", "06")


@pytest.mark.parametrize("number", NUMBERS)
def test_starter_answer_and_mistakes(number):
    check_exercise(check, number)


def test_answers_by_hand():
    """The answers that can be had without the helpers."""
    assert check.expected_01() == 2  # Suzhou in Anhui and Fuzhou in Jiangxi
    assert check.expected_02() == pytest.approx((8 + 31 + 30 + 31 + 30 + 31) / 365)
    # 1 city from 2015, 12 from 2016, 22 from 2019, 23 from 2020 (December 2019), 45 from 2020 (April)
    assert check.expected_03() == 1 * 7 + 12 * 6 + 22 * 3 + 23 * 2 + 45 * 2
    assert check.expected_05() == 1 + 12
