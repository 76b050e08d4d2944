"""Files with the same bytes on every machine: CSV with a stated number of digits, workbooks compared by content."""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np
import pandas as pd


def rounded(frame: pd.DataFrame, digits: Mapping[str, int]) -> pd.DataFrame:
    """Round the columns of floats to the stated digits (0 gives whole numbers as floats); no minus zero remains.

    Raises
    ------
    ValueError
        If a column of floats has no stated digits.
    """
    floats = [str(name) for name in frame.columns if pd.api.types.is_float_dtype(frame[name])]
    without = [name for name in floats if name not in digits]
    if without:
        raise ValueError(f"no digits stated for {', '.join(without)}")
    return frame.assign(**{name: frame[name].round(digits[name]) + 0.0 for name in floats})


def csv_bytes(
    frame: pd.DataFrame, digits: Mapping[str, int], *, encoding: str = "utf-8", separator: str = ","
) -> bytes:
    """Write a frame as CSV bytes: floats with the stated digits, blanks for missing cells, line ends of Unix."""
    shown = rounded(frame, digits)
    for name in shown.columns:
        if pd.api.types.is_float_dtype(shown[name]):
            form = f"%.{digits[name]}f"
            values = shown[name].to_numpy(dtype=float)
            shown[name] = np.where(np.isnan(values), "", np.char.mod(form, np.nan_to_num(values)))
    text = shown.to_csv(index=False, sep=separator, lineterminator="\n")
    return text.encode(encoding)


def same_content(left: bytes, right: bytes, name: str) -> bool:
    """Compare two files: CSV by bytes, XLSX by the cells of all sheets (workbooks carry dates of their making)."""
    if not name.endswith(".xlsx"):
        return left == right
    return _cells(left) == _cells(right)


def _cells(workbook: bytes) -> list[tuple[str, list[tuple], list[str]]]:
    from openpyxl import load_workbook  # only workbooks need it

    book = load_workbook(io.BytesIO(workbook))
    return [
        (sheet.title, list(sheet.iter_rows(values_only=True)), sorted(map(str, sheet.merged_cells.ranges)))
        for sheet in book.worksheets
    ]
