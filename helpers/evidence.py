"""Slow results that the book keeps: one row a draw, made by ``make evidence``, with what they were made from.

Each table ``data/evidence/<name>.csv`` has a manifest of the same name beside it: what it shows, the master seed, the
draws, fingerprints of the code and the data behind it, versions, date and seconds. ``make test`` compares the
fingerprints and draws some rows again. All evidence is simulated.
"""

from __future__ import annotations

import difflib
from pathlib import Path

import pandas as pd
import yaml

from helpers import datasets
from helpers.tablefiles import DataFileError, Problem


def folder() -> Path:
    """Return the folder of the evidence."""
    return datasets.DATA / "evidence"


def names() -> tuple[str, ...]:
    """Return the names of all tables of evidence, sorted."""
    return tuple(sorted(path.stem for path in folder().glob("*.csv")))


def manifest(name: str) -> dict:
    """Return the manifest of a table: title, columns, seed, draws, fingerprints, versions, date, seconds.

    Raises
    ------
    ValueError
        When there is no table of that name; near names are named. ``DataFileError`` when its manifest is missing.
    """
    if name not in names():
        near = difflib.get_close_matches(name, names(), n=3, cutoff=0.4)
        raise ValueError(f"no evidence {name!r}; did you mean {' or '.join(near) or ', '.join(names()) or 'nothing'}?")
    path = folder() / f"{name}.yml"
    if not path.is_file():
        raise DataFileError(path.name, [Problem("the manifest is missing")])
    return yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def load(name: str) -> pd.DataFrame:
    """Load a table of evidence, one row a draw (or a scenario and draw).

    Raises
    ------
    ValueError
        For an unknown name, or when the columns are not those of the manifest.
    """
    stated = list(manifest(name)["columns"])
    frame = pd.read_csv(folder() / f"{name}.csv", encoding="utf-8", keep_default_na=False, na_values=[""])
    if list(frame.columns) != stated:
        raise DataFileError(f"{name}.csv", [Problem(f"columns {list(frame.columns)} are not those of the manifest")])
    return frame
