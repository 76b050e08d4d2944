"""Exercises that grade themselves and name the mistake.

A module in ``helpers/checks`` holds one function ``ex_NN(answer)`` for each computational exercise of a chapter. It
computes the right answer from the data, computes what the typical mistakes of the field would give, and hands both to
:func:`grade`.
"""

import html
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Verdict:
    """What the check says of an answer; true when the answer is right."""

    passed: bool
    message: str

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        return ("Right. " if self.passed else "Not yet. ") + self.message

    def _repr_html_(self) -> str:
        name, word = ("right", "Right.") if self.passed else ("not-yet", "Not yet.")
        return f'<p class="verdict {name}"><strong>{word}</strong> {html.escape(self.message)}</p>'


@dataclass(frozen=True)
class Mistake:
    """A typical wrong answer and what to tell the reader who gives it."""

    value: object
    message: str


def grade(
    answer: object,
    expected: object,
    *,
    mistakes: Sequence[Mistake] = (),
    tolerance: float = 1e-6,
    praise: str = "",
    hint: str = "",
) -> Verdict:
    """Compare an answer with the right one and with the typical mistakes.

    Parameters
    ----------
    answer : object
        What the reader computed; ``...`` is the untouched starter.
    expected : object
        The right answer: a number, text, set, sequence, mapping, Series or DataFrame.
    mistakes : sequence of Mistake
        Wrong answers worth an explanation of their own.
    tolerance : float
        Largest relative difference (absolute below one) between two numbers that count as equal.
    praise, hint : str
        What to say when the answer is right, and when it is wrong in a way no mistake explains.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        If a mistake equals the right answer: then the check could not tell them apart.
    """
    for mistake in mistakes:
        if same(mistake.value, expected, tolerance):
            raise ValueError(f"grade: this mistake equals the right answer: {mistake.message!r}")
    if answer is ... or answer is None:
        return Verdict(False, "Replace the three dots with your answer, then run the cell again.")
    if same(answer, expected, tolerance):
        return Verdict(True, praise or "Your answer agrees with ours.")
    for mistake in mistakes:
        if same(answer, mistake.value, tolerance):
            return Verdict(False, mistake.message)
    form = _form(answer, expected)
    return Verdict(False, form or hint or "Neither the answer nor a mistake we know. Print your steps and compare.")


def grade_lazily(
    answer: object,
    expected: Callable[[], object],
    mistakes: Callable[[], list[Mistake]],
    praise: str,
    tolerance: float = 1e-6,
) -> Verdict:
    """Grade an answer (see :func:`grade`); an untouched starter is sent back before anything is computed.

    Parameters
    ----------
    answer : object
        What the reader computed; ``...`` is the untouched starter.
    expected, mistakes : functions without arguments
        Compute the right answer and the typical wrong ones.
    praise, tolerance
        As in :func:`grade`.
    """
    if answer is ...:
        return grade(answer, None)
    return grade(answer, expected(), mistakes=mistakes(), praise=praise, tolerance=tolerance)


def same(left: object, right: object, tolerance: float = 1e-6) -> bool:
    """Tell whether two answers are the same up to a numerical tolerance; never raises."""
    try:
        return bool(_same(left, right, tolerance))
    except Exception:  # whatever a reader's object does when it is compared, it is not the answer
        return False


def _same(left: object, right: object, tolerance: float) -> bool:
    if isinstance(right, pd.DataFrame):
        return (
            isinstance(left, pd.DataFrame)
            and list(left.columns) == list(right.columns)
            and all(_same(left[name], right[name], tolerance) for name in right.columns)
        )
    if isinstance(right, pd.Series):
        if not isinstance(left, pd.Series) or len(left) != len(right) or set(left.index) != set(right.index):
            return False
        if right.index.is_unique:  # then the order of the rows is free
            left = left.reindex(right.index)
        return list(left.index) == list(right.index) and _same(list(left), list(right), tolerance)
    if isinstance(right, Mapping):
        return (
            isinstance(left, Mapping)
            and set(left) == set(right)
            and all(_same(left[key], right[key], tolerance) for key in right)
        )
    if isinstance(right, str):
        return isinstance(left, str) and left.strip().casefold() == right.strip().casefold()
    if isinstance(right, set | frozenset):
        return not isinstance(left, str | Mapping) and set(left) == set(right)
    if isinstance(right, Sequence | np.ndarray):
        return (
            isinstance(left, Sequence | np.ndarray | pd.Series | pd.Index)
            and not isinstance(left, str)
            and len(left) == len(right)
            and all(_same(a, b, tolerance) for a, b in zip(left, right, strict=True))
        )
    if isinstance(right, bool | np.bool_):
        return isinstance(left, bool | np.bool_) and bool(left) == bool(right)
    if isinstance(left, bool | np.bool_ | str | bytes) or np.ndim(left) > 0:
        return False
    a, b = float(left), float(right)
    if math.isnan(b) or math.isinf(b):
        return a == b or (math.isnan(a) and math.isnan(b))
    return abs(a - b) <= tolerance * max(1.0, abs(b))


def _form(answer: object, expected: object) -> str:
    if isinstance(expected, int | float | np.number) and not isinstance(answer, int | float | np.number):
        return f"A single number is wanted here; this is a {type(answer).__name__}."
    if isinstance(expected, pd.DataFrame) and isinstance(answer, pd.DataFrame):
        missing = [str(name) for name in expected.columns if name not in answer.columns]
        return f"These columns are missing: {', '.join(missing)}." if missing else ""
    if isinstance(expected, set | frozenset) and isinstance(answer, set | frozenset | list | tuple):
        try:
            given = set(answer)
        except TypeError:
            return "A set of plain values is wanted; some members here are themselves collections."
        extra, missing = len(given - expected), len(expected - given)
        return f"{missing} members are missing and {extra} should not be there."
    return ""
