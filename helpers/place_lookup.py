"""One cleaned name to one code, or to the sentence that says why not; :mod:`helpers.place_names` asks row by row."""

from __future__ import annotations

import difflib
import re

from helpers.place_aliases import (
    CITY_SINCE,
    COUNTY_LEVEL_CITIES,
    DISSOLVED,
    FORMER_CODES,
    MISSPELLINGS,
    SHORT_NAMES,
    TOTALS,
    Dissolved,
)
from helpers.place_index import cities, letters, provinces, stem

_CODE = re.compile(r"'?(\d+)(?:\.0*)?")
_BRACKETS = re.compile(r"[(\[〔【「《]([^()\[\]〔〕【】「」《》]*)[)\]〕】」》]")
_NOT_HAN = re.compile("[^\u3400-\u9fff]")
_URBAN_CORE = re.compile("市辖区|市区|市本级|城区")
_LATIN_SUFFIX = re.compile("(?:city|shi|municipality|prefecture|league|diqu|meng|province|sheng|autonomousregion)$")


def _not_a_place(text: str) -> str:
    if not text:
        return "the name is blank; drop the row or fill the name in"
    if _NOT_HAN.sub("", text) in TOTALS or letters(text) in TOTALS:
        return "is a row of totals, not a place; drop the row"
    return ""


def city(text: str, year: int | None, keep: bool) -> int | str:
    """Return the code of one prefecture, or why there is none; `keep` allows codes of dissolved ones."""
    if problem := _not_a_place(text):
        return problem
    if number := _CODE.fullmatch(text):
        return _city_by_code(number[1], year, keep)
    notes = _BRACKETS.findall(text)
    body = _BRACKETS.sub(" ", text)
    han = _NOT_HAN.sub("", body)
    if _URBAN_CORE.search(_NOT_HAN.sub("", text)):
        return "is the urban core of a city, not the whole prefecture; use figures of the whole (全市)"
    if not han:
        body, *after = body.split(",")
        notes += after
    within = frozenset().union(*(_provinces_named(note) for note in notes))
    parts = [(han, within)] if han else [(form, within) for form in _latin_forms(body)]
    for name, place in parts if not han else _with_province_in_front(han, within):
        found = _look_up(name, place, year, keep)
        if found is not None:
            return found
    return _unknown(han, body)


def _city_by_code(digits: str, year: int | None, keep: bool) -> int | str:
    number = digits
    if len(digits) in (9, 12) and digits.endswith("000"):
        number = digits[:6]
    elif len(digits) == 4:
        number = digits + "00"
    code = FORMER_CODES.get(int(number), int(number))
    index = cities()
    if code in index.label:
        return code
    for name, gone in DISSOLVED.items():
        if code == gone.adcode:
            return _dissolved(name, gone, year, keep)
    if code in provinces().label or code * 10000 in provinces().label:
        return "is the code of a province, not of a prefecture"
    around = FORMER_CODES.get(code // 100 * 100, code // 100 * 100)
    if around in index.label:
        return f"is the code of a county or district; its prefecture is {index.label[around]}"
    return "no prefecture has this code"


def _dissolved(name: str, gone: Dissolved, year: int | None, keep: bool) -> int | str:
    if keep and (year is None or year <= gone.last_year):
        return gone.adcode
    advice = "" if keep else "; add its figures to them, or ask for its own code with dissolved='own_code'"
    return f"{name}市 ({gone.adcode}) was {gone.note}{advice}"


def _provinces_named(text: str) -> frozenset[int]:
    index = provinces()
    han = _NOT_HAN.sub("", text)
    if han:
        return index.han.get(han, frozenset())
    return next((index.latin[form] for form in _latin_forms(text) if form in index.latin), frozenset())


def _latin_forms(text: str) -> list[str]:
    """Return the letters of a text as they are, and without a word like *city* at the end."""
    plain = letters(text)
    return list(dict.fromkeys([plain, _LATIN_SUFFIX.sub("", plain)]))


def _with_province_in_front(name: str, within: frozenset[int]) -> list[tuple[str, frozenset[int]]]:
    """Return the ways to read a Chinese name: as it is, then with the name of a province taken off its front."""
    readings = [(name, within)]
    for front in sorted(provinces().han, key=len, reverse=True):
        if name.startswith(front) and len(name) > len(front) + 1:
            readings.append((name.removeprefix(front), provinces().han[front]))
    return readings


def _look_up(name: str, within: frozenset[int], year: int | None, keep: bool) -> int | str | None:
    """Return a code, a sentence, or None when nothing has this name."""
    short, index = stem(name), cities()
    for gone_name, gone in DISSOLVED.items():
        if name in (gone_name, f"{gone_name}市", gone.pinyin):
            return _dissolved(gone_name, gone, year, keep)
    if name == f"{short}市" and short in COUNTY_LEVEL_CITIES:
        (around,) = index.han[short]
        return f"is a county-level city inside {index.label[around]}; write {short} for the whole prefecture"
    if name == f"{short}市" and year is not None and year < CITY_SINCE.get(short, 0):
        return f"in {year} this was a county-level city; {short}市 is a prefecture since {CITY_SINCE[short]}"
    codes = index.han.get(name) or index.latin.get(name) or frozenset()
    if not codes:
        is_province = name in provinces().han or name in provinces().latin
        return "is a province, not a prefecture" if is_province else None
    labels = [index.label[code] for code in sorted(codes)]
    if within:
        codes = frozenset(code for code in codes if index.province[code] in within)
        if not codes:
            there = " or ".join(provinces().label[code] for code in sorted(within))
            return f"is not in {there}; candidates: {' or '.join(labels)}"
    elif name in ("海南", "hainan"):
        labels.append(provinces().label[460000])
        return f"is the name of a prefecture and of a province: {' or '.join(labels)}"
    if len(codes) > 1:
        return f"is the name of several prefectures: {' or '.join(labels)}; write the Chinese name or the code"
    return next(iter(codes))


def _unknown(han: str, body: str) -> str:
    index = cities()
    if stem(han) in MISSPELLINGS:
        near = [index.label[MISSPELLINGS[stem(han)]]]
    else:
        forms = {name: codes for name, codes in (index.han if han else index.latin).items() if name not in SHORT_NAMES}
        close = difflib.get_close_matches(han or letters(body), forms, n=3, cutoff=0.75 if han else 0.8)
        near = list(dict.fromkeys(index.label[code] for form in close for code in sorted(forms[form])))
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return f"no prefecture has this name (counties and county-level cities are not matched){hint}"


def province(text: str, told_apart: bool) -> int | str:
    """Return the code of one province, or the sentence that says why there is none; blank, ambiguous, unknown."""
    if problem := _not_a_place(text):
        return problem
    index = provinces()
    if number := _CODE.fullmatch(text):
        code = int(number[1]) * (10000 if len(number[1]) == 2 else 1)
        return code if code in index.label else "no province has this code"
    codes = _provinces_named(_BRACKETS.sub(" ", text))
    if len(codes) == 1:
        return next(iter(codes))
    if codes and told_apart:
        return 140000
    if codes:
        labels = " or ".join(index.label[code] for code in sorted(codes))
        return f"is the name of several provinces: {labels}; write the Chinese name, the code or Shaanxi"
    return "no province has this name"
