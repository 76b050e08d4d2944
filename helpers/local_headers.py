"""The header of a reader's own file: Chinese or English names, with a unit in brackets or without it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from helpers.study_schemas import FILLED, PAPERS, Column
from helpers.tablefiles import Problem

YEARS_ADVICE = "turn the years into rows with scripts/adapt_local_data.py (or helpers.local_adapters), one row a year"
_UNIT = re.compile(r"(.+?)[(\[【](.+)[)\]】]")
_YEAR = re.compile(r"(?:19|20)\d\d(?:\.0|年)?")


def is_year(name: str) -> bool:
    """Tell whether a header is a year: 2015, 2015.0, 2015年."""
    return bool(_YEAR.fullmatch(plain(name)))


def plain(name: str) -> str:
    """Return a header without spaces of any width, in common characters and small letters."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name)).lower()


def translate(paper: str, header: Sequence[str]) -> tuple[list[str], list[Problem], str]:
    """Return the schema's names of a header, its problems, and what to do.

    Parameters
    ----------
    paper : str
        A key of :data:`helpers.study_schemas.PAPERS`.
    header : sequence of str
        The cells of the first line.

    Returns
    -------
    tuple
        One name a cell; the problems; advice ('' for the common one).
    """
    years = [plain(name)[:4] for name in header if is_year(name)]
    if len(years) > 2:
        rule = f"years stand in columns ({years[0]} to {years[-1]}); the file needs one row for each place and year"
        return [], [Problem(rule, line=1)], YEARS_ADVICE
    known = {plain(name): one for one in PAPERS[paper] for name in (one.name, *one.headers)}
    names: list[str] = []
    problems: list[Problem] = []
    for cell in header:
        one, problem = _column(cell, known)
        names.append(one.name if one else "")
        problems += [problem] if problem else []
    if not any(names):
        rule = "no name of a column is known; the first line must hold the names, without a title above"
        return [], [Problem(rule, line=1)], ""
    twice = {name for name in names if name and names.count(name) > 1}
    problems += [Problem("this column stands more than once", 1, name) for name in sorted(twice)]
    for one in PAPERS[paper]:
        if one.name not in names and one.name not in FILLED:
            also = f" (also known as {'、'.join(one.headers)})" if one.headers else ""
            problems.append(Problem(f"this column is missing{also}", 1, one.name))
    return names, problems, ""


def _column(cell: str, known: dict[str, Column]) -> tuple[Column | None, Problem | None]:
    name = plain(cell)
    if name in known:
        return known[name], None
    if not name:
        return None, Problem("a column has no name; delete it, also when it is blank", 1)
    match = _UNIT.fullmatch(name)
    if match and match[1] in known:
        one = known[match[1]]
        if match[2] in {plain(unit) for unit in (*one.units_zh, one.unit)}:
            return one, None
        return one, Problem(f"the header says {match[2]}; the unit must be {one.unit}", 1, one.name, cell)
    return None, Problem("this column is not expected; delete it or give it a name of the schema", 1, cell.strip())
