"""What a printed number still allows: rounding intervals, and the readings one damaged character could hide.

A printed ``0.350`` says that the unrounded number lies between 0.3495 and 0.3505; ``0.35`` allows 0.345 to 0.355.
So printed numbers are kept as *text* here: a float has forgotten its trailing zeros.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)$")
_PLAUSIBLE = re.compile(r"-?(0|[1-9]\d*)?(\.\d+)?(?<=\d)$")  # nobody prints 090
STARS = ("", "*", "**", "***")
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Interval:
    """A closed interval ``[low, high]`` with the arithmetic of intervals (Moore, 1966).

    Every operation returns the smallest interval that holds all results, so a conclusion drawn from it holds for
    *every* pair of unrounded numbers. Dividing by an interval that touches zero gives an infinite end.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        """Refuse ends in the wrong order."""
        if math.isnan(self.low) or math.isnan(self.high) or self.low > self.high:
            raise ValueError(f"an interval needs low <= high, got [{self.low}, {self.high}]")

    def __neg__(self) -> Interval:
        """Return the interval of ``-x``."""
        return Interval(-self.high, -self.low)

    def __add__(self, other: Interval | float) -> Interval:
        """Return the interval of ``x + y``."""
        other = as_interval(other)
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval | float) -> Interval:
        """Return the interval of ``x - y``."""
        return self + -as_interval(other)

    def __mul__(self, other: Interval | float) -> Interval:
        """Return the interval of ``x * y``."""
        other = as_interval(other)
        corners = [a * b if a and b else 0.0 for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(corners), max(corners))

    def __truediv__(self, other: Interval | float) -> Interval:
        """Return the interval of ``x / y``; unbounded where ``y`` may be zero."""
        other = as_interval(other)
        if other.low < 0 < other.high or other.low == other.high == 0:
            return Interval(-math.inf, math.inf)
        low = 1 / other.high if other.high else -math.inf
        high = 1 / other.low if other.low else math.inf
        return self * Interval(low, high)

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, other: float) -> Interval:
        """Return the interval of ``number - x``."""
        return as_interval(other) - self

    def __rtruediv__(self, other: float) -> Interval:
        """Return the interval of ``number / x``."""
        return as_interval(other) / self

    def __abs__(self) -> Interval:
        """Return the interval of ``|x|``."""
        if self.low >= 0:
            return self
        return -self if self.high <= 0 else Interval(0.0, max(-self.low, self.high))

    def square(self) -> Interval:
        """Return the interval of the squares."""
        size = abs(self)
        return Interval(size.low**2, size.high**2)

    def root(self) -> Interval:
        """Return the interval of the square roots; negative parts are cut off at zero."""
        return Interval(math.sqrt(max(self.low, 0.0)), math.sqrt(max(self.high, 0.0)))

    def overlaps(self, other: Interval | float) -> bool:
        """Return whether the two intervals share a point (up to floating-point error)."""
        other = as_interval(other)
        slack = _TOLERANCE * max(1.0, *(abs(v) for v in (self.low, self.high, other.low, other.high) if abs(v) < 1e300))
        return self.low <= other.high + slack and other.low <= self.high + slack

    def __str__(self) -> str:
        """Return ``[low, high]`` with four digits."""
        return f"[{self.low:.4g}, {self.high:.4g}]"


def as_interval(value: Interval | float) -> Interval:
    """Return ``value`` as an interval; a plain number becomes a point."""
    return value if isinstance(value, Interval) else Interval(float(value), float(value))


def printed_number(text: str) -> float:
    """Return the number that ``text`` prints; ``ValueError`` when it is not a plainly printed number."""
    if not isinstance(text, str):
        raise ValueError(
            f"a printed number must be text, got {text!r} ({type(text).__name__}): a float has lost its trailing "
            "zeros; read the file with dtype=str"
        )
    if not NUMBER.match(text.strip()):
        raise ValueError(f"{text!r} is not a printed number")
    return float(text)


def decimals(text: str) -> int:
    """Return how many digits ``text`` prints after the decimal point (``'0.350'`` gives 3)."""
    printed_number(text)
    return len(text.strip().partition(".")[2])


def rounding_interval(text: str, nonnegative: bool = False) -> Interval:
    """Return every unrounded number that would be printed as ``text``.

    With *d* printed decimals the interval is ``x ± 0.5 * 10**-d``, both ends included, so that it does not matter how
    ties were rounded. A program that drops trailing zeros only makes the true interval narrower.

    Parameters
    ----------
    text : str
        The printed number, as text.
    nonnegative : bool
        Cut the interval at zero (standard errors, standard deviations, counts of anything).
    """
    centre, half = printed_number(text), 0.5 * 10.0 ** -decimals(text)
    low, high = centre - half, centre + half
    if nonnegative:
        if high < 0:
            raise ValueError(f"{text!r} cannot be negative")
        low = max(low, 0.0)
    return Interval(low, high)


def whole_number(text: str) -> int:
    """Return a printed count; ``ValueError`` when it is negative or has decimals."""
    number = printed_number(text)
    if number < 0 or number != int(number):
        raise ValueError(f"{text!r} is not a count")
    return int(number)


def single_character_readings(text: str) -> tuple[str, ...]:
    """Return every other text that one damaged character could have turned into ``text``.

    For a number: the minus lost or added, one digit changed, lost or added, the decimal point lost or added. For stars
    (or a blank): one star lost or added. ``text`` itself is not in the list. These are the *innocent* readings of a
    scanned cell: only a contradiction that survives all of them may be held against the print. Minus
    signs come first, then changed, lost and added characters, each from the nearest number on.
    """
    text = text.strip()
    if text in STARS:
        return tuple(STARS[i] for i in (len(text) - 1, len(text) + 1) if 0 <= i < len(STARS))
    printed_number(text)
    body = text.lstrip("+-")
    sign = text[: len(text) - len(body)]
    places, digits = range(len(body)), "0123456789"
    changed = [sign + body[:i] + d + body[i + 1 :] for i in places if body[i] != "." for d in digits]
    lost = [sign + body[:i] + body[i + 1 :] for i in places]
    added = [sign + body[:i] + d + body[i:] for i in range(len(body) + 1) for d in digits]
    if "." not in body:
        added += [sign + body[:i] + "." + body[i:] for i in range(len(body) + 1)]
    found = [body if sign else "-" + body]
    for group in (changed, lost, added):
        plausible = [reading for reading in group if reading != text and _PLAUSIBLE.match(reading)]
        found += sorted(plausible, key=lambda reading: abs(float(reading) - float(text)))
    return tuple(dict.fromkeys(found))


def damaged_readings(text: str) -> tuple[str, ...]:
    """Return :func:`single_character_readings`, and for stars also the loss or gain of a *pair*.

    The scans of these papers reached us as Markdown text, where ``**`` is one token: a pair of stars can vanish in one
    accident. So a pair counts as one character here, which makes the rule kinder to the papers.
    """
    text = text.strip()
    if text not in STARS:
        return single_character_readings(text)
    return tuple(stars for stars in STARS if 1 <= abs(len(stars) - len(text)) <= 2)


def scan_verdict(
    texts: Sequence[str],
    holds: Callable[[Sequence[str]], bool],
    uncertain: Sequence[bool] | None = None,
    confirmed: Sequence[bool] | None = None,
) -> tuple[str, str]:
    """Decide whether printed cells contradict each other, or whether one damaged character could explain it.

    Parameters
    ----------
    texts : sequence of str
        The printed cells, as text.
    holds : callable
        Takes texts in the same order and returns whether they can all be true; a ``ValueError`` counts as no.
    uncertain : sequence of bool, optional
        Cells whose scan is damaged: a contradiction among them is never held against the print.
    confirmed : sequence of bool, optional
        Cells printed a second time elsewhere in the paper: no single character can damage both, so they keep their
        reading.

    Returns
    -------
    (verdict, repair)
        ``'coherent'``, ``'incoherent'`` or ``'unclear scan'``; and the first reading that would remove the
        contradiction (empty when there is none).
    """
    texts = [text.strip() for text in texts]
    uncertain = [False] * len(texts) if uncertain is None else list(uncertain)
    confirmed = [False] * len(texts) if confirmed is None else list(confirmed)
    if not len(texts) == len(uncertain) == len(confirmed):
        raise ValueError("texts, uncertain and confirmed need the same length")

    def survives(candidate: Sequence[str]) -> bool:
        try:
            return holds(candidate)
        except ValueError:
            return False

    if survives(texts):
        return "coherent", ""
    if any(uncertain):
        return "unclear scan", "marked as unclear in the transcription"
    for i, text in enumerate(texts):
        if confirmed[i]:
            continue
        for reading in damaged_readings(text):
            if survives([*texts[:i], reading, *texts[i + 1 :]]):
                return "unclear scan", f"{text or 'no stars'} read as {reading or 'no stars'}"
    return "incoherent", ""
