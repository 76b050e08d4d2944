"""Read a reader's own panel from ``data/local``, and say everything that is wrong with it in one pass.

What cannot be misunderstood is put right without a word: a byte order mark, spaces around cells, thousands separators,
codes that a spreadsheet wrote as 330100.0, Chinese headers and group names, the order of columns. Everything else is
named with column, line and rule. Nothing is guessed.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from pathlib import Path

import pandas as pd

from helpers import datasets, local_headers, schemas
from helpers.place_aliases import DISSOLVED, TOTALS
from helpers.place_lookup import city, province
from helpers.study_schemas import FILLED, PAPERS
from helpers.tablefiles import DataFileError, Problem, read_cells, to_type

ADVICE = "correct what is named above (the page 'Your own data' says what each column holds), then run make check-data"
UTF8 = "save the file as 'CSV UTF-8 (comma delimited)'"
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_WHOLE_AS_FLOAT = re.compile(r"([+-]?\d+)\.0+")
#: Chinese values of texts that are one of a few.
_VALUES = {
    "东部": "east", "中部": "central", "西部": "west", "东北": "northeast", "东北部": "northeast",
    "东部地区": "east", "中部地区": "central", "西部地区": "west", "东北地区": "northeast",
    "京津冀": "BTH", "长三角": "YRD", "珠三角": "PRD",
}  # fmt: skip


def read(paper: str, file: Path) -> pd.DataFrame:
    """Return a local panel: typed, checked, places named as in the book's lists, columns in the order of the schema.

    Parameters
    ----------
    paper : str
        A key of :data:`helpers.study_schemas.PAPERS`.
    file : Path
        The CSV file.

    Raises
    ------
    DataFileError
        With every problem of the file: column, line, value and rule.
    """
    text, problems = _decoded(file)
    header, rest = _header(file.name, text)
    names, found, advice = local_headers.translate(paper, header)
    if found:
        raise DataFileError(file.name, [*problems, *found], advice or ADVICE, own=True)
    try:
        cells = read_cells(file.name, (",".join(names) + rest).encode("utf-8"), names)
    except DataFileError as error:
        raise DataFileError(file.name, [*problems, *error.problems], ADVICE, own=True) from None
    cells = cells.map(lambda cell: unicodedata.normalize("NFKC", cell).strip())
    cells = cells[cells.ne("").any(axis=1)]
    frame, found = _checked(paper, cells)
    problems += found
    if problems:
        raise DataFileError(file.name, problems, ADVICE, own=True)
    return frame[[one.name for one in PAPERS[paper]]].reset_index(drop=True)


def _decoded(file: Path) -> tuple[str, list[Problem]]:
    """Return the text; GBK is a problem, but the rest of the file can still be checked."""
    raw = file.read_bytes()
    if raw.startswith(b"PK"):
        raise DataFileError(file.name, [Problem("is an Excel workbook, not a CSV file")], UTF8, own=True)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        rule = f"the encoding is not UTF-8 (it looks like GBK, as Chinese Windows programs write it); {UTF8}"
        return text, [Problem(rule)] if encoding == "gb18030" else []
    raise DataFileError(file.name, [Problem("the encoding is neither UTF-8 nor GBK")], UTF8, own=True)


def _header(name: str, text: str) -> tuple[list[str], str]:
    """Split a text into its header cells and the rest, which keeps its line numbers."""
    lines = io.StringIO(text, newline="").readlines()
    reader = csv.reader(lines)
    header = next(reader, [])
    if not any(header):
        raise DataFileError(name, [Problem("the first line is blank; it must hold the names of the columns")], own=True)
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|；"):
        raise DataFileError(name, [Problem("the cells are not separated by commas", line=1)], UTF8, own=True)
    return header, "\n" * reader.line_num + "".join(lines[reader.line_num :])


def _checked(paper: str, cells: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the typed frame and all problems of its rows."""
    problems = [
        Problem("is a row of totals, not of a place; delete it", int(line), str(column), value)
        for column in cells.columns
        for line, value in cells[column].items()
        if re.sub(r"\s", "", value).lower() in TOTALS
    ]
    cells = cells.drop(index={problem.line for problem in problems}).copy()
    for one in PAPERS[paper]:
        if one.name not in cells:
            cells[one.name] = ""
        elif one.allowed:
            cells[one.name] = cells[one.name].replace(_VALUES)
        elif one.type != "text":
            cells[one.name] = cells[one.name].map(_plain_number if one.type == "number" else _plain_whole)
    problems += _places(paper, cells)
    named = {(problem.line, problem.column) for problem in problems}
    typed = {}
    for one in PAPERS[paper]:
        typed[one.name], found = to_type(cells[one.name], one.dtype, one.blank)
        problems += [problem for problem in found if (problem.line, problem.column) not in named]
    frame = pd.DataFrame(typed)
    readable = frame.drop(index={problem.line for problem in problems if problem.line in frame.index})
    readable = readable.astype({one.name: one.dtype for one in PAPERS[paper]})
    problems += schemas.broken_rules(paper, readable, cells)
    problems += _switched_off(readable) if "treated" in readable else []
    return frame, problems


def _plain_number(cell: str) -> str:
    """Take thousands separators off a number; leave everything else as it is."""
    return cell.replace(",", "") if _THOUSANDS.fullmatch(cell) else cell


def _plain_whole(cell: str) -> str:
    """Take a needless .0 off a whole number; leave everything else as it is."""
    return whole[1] if (whole := _WHOLE_AS_FLOAT.fullmatch(cell)) else cell


def _places(paper: str, cells: pd.DataFrame) -> list[Problem]:
    """Check codes and names against the book's lists, and write today's code and the official names into `cells`."""
    is_province = paper == "province_exports"
    known = datasets.load_provinces().set_index("adcode") if is_province else _prefectures()
    by_code = {text: _find(text, is_province) for text in cells["adcode"].unique()}
    problems, codes = [], cells["adcode"].map(by_code)
    for line, found in codes.items():
        if isinstance(found, str):
            problems.append(Problem(found, int(line), "adcode", cells.at[line, "adcode"]))
    good = codes[codes.map(lambda found: isinstance(found, int))].astype("int64")
    cells.loc[good.index, "adcode"] = good.astype(str)
    for column, of_province in (("city", False), ("province_zh", True), ("province", True)):
        if column in cells:
            problems += _names(cells.loc[good.index, column], good, known, of_province)
    _fill(cells, good, known, is_province)
    return problems


def _prefectures() -> pd.DataFrame:
    """Return today's prefectures and, as the papers' panels have rows of them, those that were dissolved."""
    provinces = datasets.load_provinces().set_index("adcode")
    gone = pd.DataFrame({"adcode": [one.adcode for one in DISSOLVED.values()]})
    within = provinces.loc[gone["adcode"] // 10000 * 10000]
    gone = gone.assign(name_zh=[f"{name}市" for name in DISSOLVED], type="地级市")
    gone[["province_zh", "region4"]] = within[["province_zh", "region4"]].to_numpy()
    return pd.concat([datasets.load_prefectures(), gone]).set_index("adcode")


def _find(text: str, is_province: bool) -> int | str:
    return province(text, told_apart=True) if is_province else city(text, year=None, keep=True)


def _names(cells: pd.Series, codes: pd.Series, known: pd.DataFrame, of_province: bool) -> list[Problem]:
    answers = {text: _find(text, of_province) for text in cells.unique() if text}
    problems = []
    for line, text in cells.items():
        expected = codes[line] // 10000 * 10000 if of_province else codes[line]
        found = answers.get(text, expected)
        if found != expected:
            place = known.at[codes[line], "province_zh" if of_province else "name_zh"]
            rule = f"is not the name of this row's code, which is {place}" if isinstance(found, int) else found
            problems.append(Problem(rule, int(line), str(cells.name), text))
    return problems


def _fill(cells: pd.DataFrame, codes: pd.Series, known: pd.DataFrame, is_province: bool) -> None:
    rows = known.reindex(codes).set_axis(codes.index)
    official = {name: rows[name] for name in ("province", "province_zh", "region3", "region4") if name in rows}
    if not is_province:
        official |= {"city": rows["name_zh"], "municipality": rows["type"].eq("直辖市").astype(int).astype(str)}
    for name in FILLED:
        if name in cells and name in official:
            keep = name in ("region3", "region4", "municipality")
            blank = cells.loc[codes.index, name].eq("") | (not keep)
            cells.loc[codes.index[blank], name] = official[name][blank]


def _switched_off(frame: pd.DataFrame) -> list[Problem]:
    ordered = frame.sort_values(["adcode", "year"])
    before = ordered.groupby("adcode")["treated"].shift()
    rule = "is 0 although an earlier year of this city is 1; the treatment must not switch off"
    return [Problem(rule, int(line), "treated", "0") for line in ordered.index[before.eq(1) & ordered["treated"].eq(0)]]
