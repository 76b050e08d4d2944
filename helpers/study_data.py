"""The panel of one empirical paper: a reader's own copy if there is one, otherwise the simulated twin.

A chapter asks once, ``study = study_data.load("city_carbon")``, and takes everything from the answer: the frame, the
kind of data for its labels, the sentence about the source, and the truth, which only a twin has.

Local files stand in ``data/local`` (or in the folder that the environment variable ``BOOK_LOCAL_DATA`` names; ``none``
switches them off). What they must look like is said in :mod:`helpers.study_schemas`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers import datasets, local_files
from helpers.study_schemas import PAPERS

VARIABLE = "BOOK_LOCAL_DATA"


@dataclass(frozen=True)
class Study:
    """The panel of one paper and what a page may say about it.

    Attributes
    ----------
    paper : str
        Name of the panel: ``city_carbon``, ``city_sulfur`` or ``province_exports``.
    frame : pandas.DataFrame
        One row a unit and year, sorted, with the columns of :mod:`helpers.study_schemas`. Yours to change.
    kind : str
        ``'simulated'`` or ``'local'``.
    truth : pandas.DataFrame or None
        The columns ``quantity`` and ``value``; None for a local panel, whose truth nobody knows.
    source : str
        Where the numbers come from, for the line below figures and tables.
    """

    paper: str
    frame: pd.DataFrame
    kind: str
    truth: pd.DataFrame | None
    source: str

    @property
    def is_local(self) -> bool:
        """Whether the panel is a reader's own."""
        return self.kind == "local"

    def truth_of(self, quantity: str) -> float:
        """Return a true value of the twin; not a number (a blank cell in tables) for a local panel.

        Raises
        ------
        ValueError
            If the twin has no truth of that name; the message lists the names.
        """
        if self.truth is None:
            return float("nan")
        values = self.truth.set_index("quantity")["value"]
        if quantity not in values.index:
            raise ValueError(f"no truth {quantity!r} in {self.paper}; there are {', '.join(values.index)}")
        return float(values[quantity])

    def say(self, *, twin: str, local: str) -> str:
        """Return the sentence that fits the panel in use; one of the two may be empty."""
        return local if self.is_local else twin


def local_folder() -> Path | None:
    """Return the folder of local files; None when ``BOOK_LOCAL_DATA`` is ``none``."""
    named = os.environ.get(VARIABLE, "").strip()
    if named.lower() == "none":
        return None
    return Path(named).expanduser() if named else datasets.DATA / "local"


def local_papers() -> tuple[str, ...]:
    """Return the papers for which a local file is there."""
    folder = local_folder()
    return tuple(paper for paper in PAPERS if folder is not None and (folder / f"{paper}.csv").is_file())


def load(paper: str) -> Study:
    """Load the panel of one paper.

    Parameters
    ----------
    paper : {'city_carbon', 'city_sulfur', 'province_exports'}
        Name of the panel.

    Returns
    -------
    Study
        With a fresh frame, sorted by unit and year.

    Raises
    ------
    helpers.tablefiles.DataFileError
        If a file breaks a rule; every problem is named with file, column, line and rule.
    ValueError
        If there is no paper of that name.
    """
    if paper not in PAPERS:
        raise ValueError(f"unknown paper {paper!r}; there are {', '.join(PAPERS)}")
    if paper in local_papers():
        file = local_folder() / f"{paper}.csv"
        frame = local_files.read(paper, file)
        return Study(paper, _sorted(frame), "local", None, f"Your own data ({file.name})")
    return load_twin(paper)


def load_twin(paper: str) -> Study:
    """Load the simulated twin of one paper, whether a local file is there or not.

    Only for what holds for the twin alone, in cells tagged ``twin-only``: its raw files against its panel, its truth.

    Raises
    ------
    ValueError
        If there is no paper of that name.
    """
    if paper not in PAPERS:
        raise ValueError(f"unknown paper {paper!r}; there are {', '.join(PAPERS)}")
    frame = datasets.load(paper)
    truth = datasets.load(f"{paper}_truth")
    source = "Simulated twin with a known truth; places, zones and dates are real"
    return Study(paper, _sorted(frame), datasets.kind_of(paper), truth, source)


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values(["adcode", "year"], ignore_index=True)
