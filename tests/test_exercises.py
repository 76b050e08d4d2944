"""Grading: every form of answer, the tolerance, the mistake that is named, and answers nobody expects."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.exercises import Mistake, Verdict, grade, same

FRAME = pd.DataFrame({"city": ["杭州", "宁波"], "share": [0.25, 0.75]})
SERIES = pd.Series([1.0, 2.0], index=["a", "b"])
FORMS = [
    (3, 3.0, 4),
    (0.25, np.float64(0.25), 0.26),
    (True, np.bool_(True), False),
    ("two-way", " Two-Way ", "one-way"),
    ({"a", "b"}, ["b", "a", "a"], {"a"}),
    ([1, 2], (1.0, 2.0), [2, 1]),
    ([1, 2], pd.Series([1, 2]), [1, 2, 3]),
    ({"a": 1, "b": 2}, {"b": 2.0, "a": 1.0}, {"a": 1}),
    (np.array([1.0, 2.0]), [1, 2], np.array([1.0, 2.1])),
    (SERIES, SERIES[::-1], pd.Series([1.0, 2.0], index=["b", "a"])),
    (FRAME, FRAME.copy(), FRAME.assign(share=[0.25, 0.7])),
    (float("nan"), np.nan, 0.0),
    (float("inf"), np.inf, -np.inf),
]


class Hostile:
    """An object that raises whatever is asked of it."""

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no")

    __hash__ = None

    def __len__(self) -> int:
        raise RuntimeError("no")

    def __float__(self) -> float:
        raise RuntimeError("no")

    def __iter__(self) -> object:
        raise RuntimeError("no")


STRANGE = [
    Hostile(),
    10**400,
    1j,
    object(),
    lambda: 1,
    pd.NA,
    pd.NaT,
    dt.date(2019, 12, 24),
    [Hostile()],
    [[1], {}],
    ([1],),
    [..., ...],
    {"a": Hostile()},
    pd.DataFrame(),
    pd.Series(dtype=float),
    np.array([[1, 2], [3, 4]]),
    np.array([3.0]),
    np.array(3.0),
    "3",
    b"3",
    range(3),
    iter([1, 2]),
]


@pytest.mark.parametrize(("expected", "right", "wrong"), FORMS, ids=lambda value: type(value).__name__)
def test_each_form_knows_right_from_wrong(expected: object, right: object, wrong: object) -> None:
    assert grade(expected, expected)
    assert grade(right, expected)
    assert not grade(wrong, expected)


@pytest.mark.parametrize(("expected", "right", "wrong"), FORMS, ids=lambda value: type(value).__name__)
def test_the_starter_is_never_right(expected: object, right: object, wrong: object) -> None:
    for untouched in (..., None):
        verdict = grade(untouched, expected)
        assert not verdict
        assert verdict.message.startswith("Replace the three dots")


@pytest.mark.parametrize("expected", [form[0] for form in FORMS], ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("strange", STRANGE, ids=lambda value: type(value).__name__)
def test_a_strange_answer_gets_a_verdict_and_no_error(strange: object, expected: object) -> None:
    verdict = grade(strange, expected, mistakes=[Mistake("no form at all", "You wrote words.")])
    assert isinstance(verdict, Verdict)
    assert verdict.message
    if not isinstance(strange, np.ndarray):
        assert not verdict


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=6,
)


@settings(deadline=None)
@given(VALUES, VALUES)
def test_grading_anything_against_anything_never_stops(answer: object, expected: object) -> None:
    verdict = grade(answer, expected)
    assert verdict.passed == (answer is not None and same(answer, expected))
    assert verdict.message


@settings(deadline=None)
@given(VALUES)
def test_every_value_is_itself(value: object) -> None:
    if value is not None and "None" not in repr(value):
        assert same(value, value)


@settings(deadline=None)
@given(st.floats(-1e9, 1e9), st.floats(1e-9, 1e-2))
def test_the_tolerance_is_relative_above_one_and_absolute_below(expected: float, tolerance: float) -> None:
    size = tolerance * max(1.0, abs(expected))
    assert same(expected + 0.5 * size, expected, tolerance)
    assert not same(expected + 2.1 * size, expected, tolerance)


def test_a_mistake_is_met_with_its_own_message() -> None:
    mistakes = [Mistake(0.1, "You forgot the intercept."), Mistake({"a": 1}, "That is a mapping.")]
    assert grade(0.1, 0.2, mistakes=mistakes).message == "You forgot the intercept."
    assert grade({"a": 1.0}, 0.2, mistakes=mistakes).message == "That is a mapping."


def test_praise_and_hint_are_said() -> None:
    assert grade(1, 1, praise="Well seen.").message == "Well seen."
    assert grade(2, 1, hint="Count again.").message == "Count again."
    assert "mistake we know" in grade(2, 1).message


def test_a_mistake_that_equals_the_answer_is_a_fault_of_the_check() -> None:
    with pytest.raises(ValueError, match="this mistake equals the right answer"):
        grade(1, 2, mistakes=[Mistake(2.0, "Off by one.")])


@pytest.mark.parametrize(
    ("answer", "expected", "says"),
    [
        ([3], 3, "A single number is wanted here; this is a list."),
        (pd.Series([3]), 3, "this is a Series"),
        ("3", 3, "this is a str"),
        (FRAME[["city"]], FRAME, "These columns are missing: share."),
        ({"a", "c", "d"}, {"a", "b"}, "1 members are missing and 2 should not be there."),
        ([["a"]], {"a", "b"}, "plain values"),
    ],
)
def test_the_wrong_form_is_explained(answer: object, expected: object, says: str) -> None:
    assert says in grade(answer, expected).message


def test_rows_of_a_series_may_come_in_another_order_but_doubled_labels_may_not_hide() -> None:
    expected = pd.Series([1.0, 2.0, 3.0], index=["a", "b", "b"])
    assert same(expected.copy(), expected)
    assert not same(pd.Series([1.0, 9.0, 3.0], index=["a", "b", "b"]), expected)
    assert not same(pd.Series([1.0, 1.0, 2.0], index=["a", "a", "b"]), SERIES)


def test_a_number_is_no_truth_value() -> None:
    assert not same(1, True)
    assert not same(True, 1)


def test_a_verdict_is_a_truth_value_and_reads_in_html() -> None:
    right, wrong = Verdict(True, "Yes."), Verdict(False, "a < b & c")
    assert (bool(right), bool(wrong)) == (True, False)
    assert (repr(right), repr(wrong)) == ("Right. Yes.", "Not yet. a < b & c")
    assert wrong._repr_html_() == '<p class="verdict not-yet"><strong>Not yet.</strong> a &lt; b &amp; c</p>'
