"""The four kinds of data in this book, and what a mix of them is called.

Every table, figure and data passport states where its numbers come from:

=============  ==========================================================================
``real``       facts and public data (lists of cities, dates, emission factors)
``published``  numbers printed in one of the four papers
``simulated``  drawn from a documented process with a known truth
``local``      panels that a reader brought along in ``data/local``
=============  ==========================================================================
"""

from collections.abc import Iterable

KINDS: tuple[str, ...] = ("real", "published", "simulated", "local")
REAL_AND_PUBLISHED = "real and published"


def check_kind(kind: object) -> str:
    """Return ``kind`` unchanged when it is a known label.

    Parameters
    ----------
    kind : str
        One of :data:`KINDS`, or ``'real and published'`` (the name of a mix of these two).

    Raises
    ------
    ValueError
        When the label is missing, empty or unknown.
    """
    if kind is None or kind == "":
        raise ValueError(f"the kind of data is missing; state one of {', '.join(KINDS)}")
    if not isinstance(kind, str) or kind not in (*KINDS, REAL_AND_PUBLISHED):
        raise ValueError(f"unknown kind of data {kind!r}; use one of {', '.join(KINDS)}")
    return kind


def combine(*kinds: str | Iterable[str]) -> str:
    """Name the kind of a result that rests on several tables.

    The weakest source decides: anything with *simulated* in it is simulated; otherwise anything with
    *local* in it is local; otherwise the one kind that is there, or ``'real and published'``.

    Parameters
    ----------
    *kinds : str or iterable of str
        The labels of all sources, at least one; a list of labels counts as its members. A label that ``combine``
        returned may go in again.

    Returns
    -------
    str
        One of :data:`KINDS` or ``'real and published'``.

    Raises
    ------
    ValueError
        When no label is given, or one is missing or unknown.

    Examples
    --------
    >>> combine("real", "published")
    'real and published'
    >>> combine("real", "simulated", "published")
    'simulated'
    """
    labels: list[object] = []
    for kind in kinds:
        labels.extend(kind if isinstance(kind, Iterable) and not isinstance(kind, str) else [kind])
    if not labels:
        raise ValueError(f"no kind of data given; state at least one of {', '.join(KINDS)}")
    present = {check_kind(label) for label in labels}
    for decisive in ("simulated", "local"):
        if decisive in present:
            return decisive
    return present.pop() if len(present) == 1 else REAL_AND_PUBLISHED
