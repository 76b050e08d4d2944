"""The exercises of *From workbooks to the panel of cities*: starter rejected, answer accepted, each mistake named."""

import pytest

from helpers import published
from helpers.checks import sulfur_panel as check

NUMBERS = ("01", "02", "03", "04", "05")


@pytest.mark.parametrize("number", NUMBERS)
def test_starter_answer_and_mistakes(number):
    grade, expected = getattr(check, f"ex_{number}"), getattr(check, f"expected_{number}")()
    mistakes = getattr(check, f"mistakes_{number}")()
    assert not grade(...)
    assert grade(expected)
    assert len({str(mistake.value) for mistake in mistakes}) == len(mistakes) >= 2
    for mistake in mistakes:
        verdict = grade(mistake.value)
        assert not verdict and verdict.message == mistake.message
    assert not grade("nonsense") and not grade(-1)


def test_answers_by_hand():
    """Answers that follow from the list of zones and from printed numbers."""
    assert (
        check.expected_01() == 4 + 4 + 3 + 3
    )  # Jinhua 2018 to 2021, Mudanjiang from 2019, Baoding, Hulunbuir from 2020
    n = [published.cell("ding2025", "T3", column, "N", "n") for column in ("(1)", "(2)")]
    assert check.expected_02() == n[0] - n[1]
    assert published.cell("ding2025", "T4", "(4)", "N", "n") - 72 <= check.expected_04() < 3819
