"""From the names that yearbooks and downloads write to administrative codes, never by a guess.

One place has many spellings: 襄阳, 襄阳市, 襄樊市, ``Xiangyang``, 420600, 420600.0. One spelling can have many places:
``Fuzhou`` is 福州 or 抚州. What can be told is matched; everything else is refused, all rows in one message, with the
places that come into question.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import pandas as pd

from helpers.place_index import letters
from helpers.place_lookup import city, province

SHOWN = 10


class PlaceNameError(ValueError):
    """Names that no place, or more than one, answers to; the message names row, name and candidates.

    Attributes
    ----------
    problems : tuple of str
        One sentence a row, in the order of the rows; the message shows the first ten.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        lines = [f"{'1 name' if count == 1 else f'{count} names'} cannot be matched to a place"]
        lines += [f"  - {problem}" for problem in self.problems[:SHOWN]]
        lines += [f"  ... and {count - SHOWN} more"] if count > SHOWN else []
        super().__init__("\n".join(lines))


def match_cities(
    names: pd.Series | Iterable[object], year: int | pd.Series | None = None, *, dissolved: str = "refuse"
) -> pd.Series:
    """Find the administrative code of each prefecture-level unit.

    Accepted are Chinese names with or without 市, 地区, 盟, 州 or the full 自治州 (``大理``, ``大理州``), with the
    province in front or in brackets, with spaces of any width, notes in brackets and footnote marks; former names
    (``襄樊``, ``思茅``) and former codes; codes as whole numbers, floats or text (``330100.0``, ``3301``); pinyin and
    English names where only one prefecture has them, or the province stands beside (``Taizhou, Zhejiang``).

    Parameters
    ----------
    names : Series or iterable
        Names or codes, one a row.
    year : int or Series of int, optional
        Year of the rows. With it, ``毕节市`` before 2011 (then a county-level city) is refused; so are its like.
    dissolved : {'refuse', 'own_code'}
        What happens to 巢湖 (until 2010) and 莱芜 (until 2018), which no table of today's prefectures has: an error, or
        the code that they had (341400, 371200), for you to add to the cities that took them over.

    Returns
    -------
    pandas.Series
        ``adcode`` (Int64) with the index of `names`; no row is missing.

    Raises
    ------
    PlaceNameError
        If a name is blank, unknown, a total row, a province, a county, an urban core, a dissolved city, or shared by
        several prefectures. Every row is named by its index label, with the candidates.
    ValueError
        If `dissolved` is neither of the two words.
    """
    if dissolved not in ("refuse", "own_code"):
        raise ValueError(f"dissolved must be 'refuse' or 'own_code', not {dissolved!r}")
    rows = _as_series(names)
    years = year.reindex(rows.index) if isinstance(year, pd.Series) else pd.Series([year] * len(rows), dtype=object)
    keys = [
        (_as_text(name), None if pd.isna(one) else int(one)) for name, one in zip(rows, years.tolist(), strict=True)
    ]
    answers = {key: city(*key, keep=dissolved == "own_code") for key in dict.fromkeys(keys)}
    return _collect(rows, [answers[key] for key in keys])


def match_provinces(names: pd.Series | Iterable[object]) -> pd.Series:
    """Find the administrative code of each province.

    Accepted are full and short Chinese names (``广西``, ``广西壮族自治区``), codes (``330000``, ``33``, ``33.0``) and
    English names. ``Shanxi`` is refused unless ``Shaanxi`` stands in the same list: without tones both 山西 and 陕西
    read so.

    Parameters
    ----------
    names : Series or iterable
        Names or codes, one a row.

    Returns
    -------
    pandas.Series
        ``adcode`` (Int64) with the index of `names`; no row is missing.

    Raises
    ------
    PlaceNameError
        As :func:`match_cities`.
    """
    rows = _as_series(names)
    texts = [_as_text(name) for name in rows]
    told_apart = any(letters(text).startswith("shaanxi") for text in texts)
    answers = {text: province(text, told_apart) for text in dict.fromkeys(texts)}
    return _collect(rows, [answers[text] for text in texts])


def _as_series(names: pd.Series | Iterable[object]) -> pd.Series:
    if isinstance(names, str):
        raise ValueError(f"give a list or a column of names, not one text ({names!r})")
    return names if isinstance(names, pd.Series) else pd.Series(list(names), dtype=object)


def _as_text(name: object) -> str:
    return "" if name is None or pd.isna(name) else unicodedata.normalize("NFKC", str(name)).strip()


def _collect(rows: pd.Series, found: list[int | str]) -> pd.Series:
    wrong = [
        f"row {label}, {str(name)!r}: {answer}"
        for (label, name), answer in zip(rows.items(), found, strict=True)
        if isinstance(answer, str)
    ]
    if wrong:
        raise PlaceNameError(wrong)
    return pd.Series(found, index=rows.index, name="adcode", dtype="Int64")
