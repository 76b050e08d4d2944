"""The real data of the book: one loader for each table, typed and checked."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

DATA = Path(__file__).resolve().parent.parent / "data"


class DataFileError(ValueError):
    """A data file breaks a rule; the message names file, column, row and rule."""


def _read(path: Path, dates: tuple[str, ...] = ()) -> pd.DataFrame:
    if not path.exists():
        raise DataFileError(f"{path.name}: the file is missing")
    return pd.read_csv(path, parse_dates=list(dates))


def load_prefectures(path: str | Path | None = None) -> pd.DataFrame:
    """Load the 337 prefectures of mainland China (codes, names, regions, coast, seats)."""
    return _read(Path(path or DATA / "geography" / "prefectures.csv"))


def load_pilot_zones(path: str | Path | None = None) -> pd.DataFrame:
    """Load the 132 pilot zones of 2015 to 2022 with host prefecture and dates."""
    return _read(Path(path or DATA / "policy" / "pilot_zones.csv"), ("signed_date", "released_date"))


def kind_of(name: str) -> str:
    """Kind of data of a data set."""
    return "published" if name in ("wang2025", "ding2025", "ding2025_table1", "digital_economy_exports") else "real"
