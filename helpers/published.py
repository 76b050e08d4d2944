"""The printed tables of the papers, cell by cell."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.datasets import DATA, DataFileError

PAPERS = ("wang2025", "ding2025", "digital_economy_exports")


def load_cells(paper: str, path: str | Path | None = None) -> pd.DataFrame:
    """Load every printed cell of one paper: ``value`` is the text as printed ('' where blank), ``number`` its value."""
    if path is None and paper not in PAPERS:
        raise ValueError(f"unknown paper {paper!r}; use one of {', '.join(PAPERS)}")
    file = Path(path or DATA / "published" / f"{paper}.csv")
    if not file.exists():
        raise DataFileError(f"{file.name}: the file is missing")
    cells = pd.read_csv(file, dtype=str, keep_default_na=False)
    cells["scan_uncertain"] = cells["scan_uncertain"].astype("int64")
    cells["number"] = pd.to_numeric(cells["value"], errors="coerce")
    return cells


def load_printed_zones(path: str | Path | None = None) -> pd.DataFrame:
    """Load Table 1 of Ding (2025): the 132 zones in printed order."""
    return pd.read_csv(Path(path or DATA / "published" / "ding2025_table1.csv"), keep_default_na=False)
