"""The exercises of *From workbooks to the panel of cities*: starter rejected, answer accepted, each mistake named."""

import pytest

from exercise_checks import check_exercise
from helpers import published
from helpers.checks import sulfur_panel as check

NUMBERS = ("01", "02", "03", "04", "05")


@pytest.mark.parametrize("number", NUMBERS)
def test_starter_answer_and_mistakes(number):
    check_exercise(check, number)


def test_answers_by_hand():
    """Answers that follow from the list of zones and from printed numbers."""
    assert (
        check.expected_01() == 4 + 4 + 3 + 3
    )  # Jinhua 2018 to 2021, Mudanjiang from 2019, Baoding, Hulunbuir from 2020
    n = [published.cell("ding2025", "T3", column, "N", "n") for column in ("(1)", "(2)")]
    assert check.expected_02() == n[0] - n[1]
    assert published.cell("ding2025", "T4", "(4)", "N", "n") - 72 <= check.expected_04() < 3819
