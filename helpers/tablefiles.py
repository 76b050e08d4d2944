"""Read one CSV strictly, so that whatever is wrong with it can be said with file, column, line and rule.

A spreadsheet program can change a file without a word: another encoding, semicolons, rounded codes, blank cells. This
module turns a file into text cells that know their line, turns text into numbers and dates, and collects problems. What
a table must look like is said in :mod:`helpers.schemas`.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

SHOWN = 10
_WHOLE = re.compile(r"[+-]?[0-9]+"), "must be a whole number (digits only)"
_NUMBER = (
    re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?"),
    "must be a number like 0.5 (a point as decimal sign, no separators)",
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "must be a date like 2015-03-12"
_FORMS = {"int64": _WHOLE, "Int64": _WHOLE, "float64": _NUMBER, "datetime64[us]": _DATE}


@dataclass(frozen=True)
class Problem:
    """One broken rule; ``line`` as a text editor counts, None for the file as a whole."""

    rule: str
    line: int | None = None
    column: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        """Return the problem as one line of the message."""
        place = [f"line {self.line}"] if self.line is not None else []
        place += [f"column {self.column}"] if self.column is not None else []
        place += [f"value {self.value!r}"] if self.value is not None else []
        return f"{', '.join(place)}: {self.rule}" if place else self.rule


class DataFileError(ValueError):
    """A data file breaks a rule; the message names file, column, line and rule, and what to do next.

    Attributes
    ----------
    file : str
        Name of the file.
    problems : tuple of Problem
        Every problem found, in order of line; the message shows the first ten.

    `own` is set for a reader's own file, of which the repository has no copy.
    """

    def __init__(self, file: str, problems: Sequence[Problem], advice: str = "", *, own: bool = False) -> None:
        self.file = file
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.line or 0, problem.column or "")))
        count = len(self.problems)
        lines = [f"{file}: {'1 problem' if count == 1 else f'{count} problems'}"]
        lines += [f"  - {problem}" for problem in self.problems[:SHOWN]]
        if count > SHOWN:
            lines.append(f"  ... and {count - SHOWN} more")
        advice = advice or "correct the cells named above and save the file as 'CSV UTF-8 (comma delimited)'"
        again = "" if own else "; or take the file of the book's repository again"
        super().__init__("\n".join([*lines, f"What to do: {advice}{again}."]))


def read_raw(path: Path) -> bytes:
    """Return the bytes of a file; :class:`DataFileError` when there is none."""
    if not path.is_file():
        folder = path.resolve().parent.name
        raise DataFileError(path.name, [Problem(f"the file is missing (looked for it in the folder {folder})")])
    return path.read_bytes()


def read_cells(file: str, raw: bytes, columns: Sequence[str]) -> pd.DataFrame:
    """Read a CSV as text, one row a record, indexed by the line on which the record starts.

    Parameters
    ----------
    file : str
        Name of the file, for the messages.
    raw : bytes
        Its content: UTF-8 (a byte order mark is accepted), comma separated, with a header line.
    columns : sequence of str
        The columns the header must name, in any order; no others.

    Returns
    -------
    pandas.DataFrame
        Text columns in the order of the file, '' where a cell is blank. Blank lines are skipped.

    Raises
    ------
    DataFileError
        When the file is empty, in another encoding, wrongly separated or quoted, has another header, or a record has
        too few or too many cells.
    """
    text = _decode(file, raw)
    if not text.strip():
        raise DataFileError(file, [Problem("the file is empty")])
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[tuple[int, list[str]]] = []
    start = 1
    try:
        for record in reader:
            if any(record):
                records.append((start, record))
            start = reader.line_num + 1
    except csv.Error as error:
        rule = f"cannot be read as CSV ({error}); look for a stray or missing quotation mark from here on"
        raise DataFileError(file, [Problem(rule, line=start)]) from None
    header_line, header = records[0]
    _check_header(file, header_line, header, columns)
    problems = [
        Problem(f"has {len(record)} cells, the header has {len(header)}", line=line)
        for line, record in records[1:]
        if len(record) != len(header)
    ]
    if problems:
        raise DataFileError(file, problems, "put a cell with a comma in it in double quotation marks")
    if len(records) == 1:
        raise DataFileError(file, [Problem("has a header but no rows")])
    cells = pd.DataFrame([record for _, record in records[1:]], columns=header, dtype="str")
    cells.index = pd.Index([line for line, _ in records[1:]], name="line")
    return cells


def _decode(file: str, raw: bytes) -> str:
    try:
        if not raw.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\x00" not in raw:
            return raw.decode("utf-8-sig")
        found, line = "UTF-16", 1
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        try:
            raw.decode("gb18030")
            found = "GBK or GB18030, as Chinese Windows programs write it"
        except UnicodeDecodeError:
            found = "neither UTF-8 nor GBK"
    rule = f"the encoding is not UTF-8 (it looks like {found})"
    raise DataFileError(file, [Problem(rule, line=line)], "save the file as 'CSV UTF-8 (comma delimited)'")


def _check_header(file: str, line: int, header: list[str], columns: Sequence[str]) -> None:
    if len(header) == 1 and len(columns) > 1:
        for separator, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if separator in header[0]:
                rule = f"the cells are separated by {name}, not by commas"
                raise DataFileError(file, [Problem(rule, line=line)], "save the file as 'CSV UTF-8 (comma delimited)'")
    problems = [Problem("this column is missing", line=line, column=name) for name in columns if name not in header]
    problems += [
        Problem("this column is not expected", line=line, column=name or "(no name)")
        for name in dict.fromkeys(header)
        if name not in columns
    ]
    problems += [
        Problem("this column stands more than once", line=line, column=name)
        for name in columns
        if header.count(name) > 1
    ]
    if problems:
        raise DataFileError(file, problems, f"the header must read {','.join(columns)}")


def to_type(cells: pd.Series, dtype: str, nullable: bool) -> tuple[pd.Series, list[Problem]]:
    """Turn a column of text into its type.

    Parameters
    ----------
    cells : Series of str
        '' where blank; the index holds the lines.
    dtype : str
        'int64', 'Int64', 'float64', 'datetime64[us]' or 'str'.
    nullable : bool
        Whether blank cells are allowed.

    Returns
    -------
    tuple
        The typed column (missing where a cell could not be read; an 'int64' column is then 'Int64') and the problems.
    """
    name, lines = str(cells.name), cells.index
    pattern, rule = _FORMS.get(dtype, (None, ""))
    problems: list[Problem] = []
    values: list[object] = []
    for line, text in zip(lines, cells.tolist(), strict=True):
        value: object = None
        if text == "":
            if not nullable:
                problems.append(Problem("is blank, every row needs a value", line, name))
        elif pattern is None:
            value = text
        else:
            value = _convert(text, dtype) if pattern.fullmatch(text) else None
            if value is None:
                problems.append(Problem(rule, line, name, text))
        values.append(value)
    if dtype == "int64" and problems:
        dtype = "Int64"
    return pd.Series(values, index=lines, name=name, dtype=dtype), problems


def _convert(text: str, dtype: str) -> object:
    if dtype == "datetime64[us]":
        try:
            return dt.datetime.strptime(text, "%Y-%m-%d")
        except ValueError:
            return None
    if dtype == "float64":
        return float(text)
    return int(text) if len(text) <= 18 else None
