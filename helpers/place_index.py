"""The forms under which prefectures and provinces can be looked up, built once from the book's two lists of places."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from helpers import datasets
from helpers.place_aliases import COUNTY_LEVEL_CITIES, FORMER_NAMES, PROVINCE_SPELLINGS, SHORT_NAMES, SPELLINGS

_PEOPLES = "朝鲜|土家|苗|藏|羌|彝|布依|侗|哈尼|壮|傣|白|景颇|傈僳|回|蒙古|柯尔克孜|哈萨克"
_AUTONOMOUS = re.compile(f"(?:(?:{_PEOPLES})族?)*自治州$")
_SUFFIX = re.compile("(?<=..)(?:市|地区|盟|州)$")
_PROVINCE_SUFFIX = re.compile("(?:省|市|(?:壮族|回族|维吾尔)?自治区)$")
Forms = Mapping[str, frozenset[int]]


@dataclass(frozen=True)
class PlaceIndex:
    """Places by code and by form: ``label`` for messages, ``province`` of each code, Chinese and Latin forms."""

    label: Mapping[int, str]
    province: Mapping[int, int]
    han: Forms
    latin: Forms


def letters(text: str) -> str:
    """Return the Latin letters of a text, lower case, without accents, spaces and apostrophes."""
    return re.sub("[^a-z]", "", unicodedata.normalize("NFD", text.lower()))


def stem(name: str) -> str:
    """Take 市, 地区, 盟, 州 or the long ending of an autonomous prefecture off a Chinese name."""
    return _AUTONOMOUS.sub("", name) if name.endswith("自治州") else _SUFFIX.sub("", name)


@cache
def cities() -> PlaceIndex:
    """Return the index of the 337 prefecture-level units."""
    label, province = {}, {}
    han: dict[str, set[int]] = {}
    latin: dict[str, set[int]] = {}
    code_of = datasets.load_provinces().set_index("province_zh")["adcode"].to_dict()
    for row in datasets.load_prefectures().itertuples():
        label[row.adcode] = f"{row.name_zh} ({row.adcode}, {row.province_zh})"
        province[row.adcode] = code_of[row.province_zh]
        short = stem(row.name_zh)
        endings = ["市", "地区"] if row.type == "地级市" else ["市", row.type.removeprefix("自治").removeprefix("直辖")]
        if short in COUNTY_LEVEL_CITIES:
            endings.remove("市")
        _add(han, row.adcode, row.name_zh, short, *(short + ending for ending in endings))
        _add(latin, row.adcode, letters(re.sub(r" \(.*| City$| League$", "", row.name_en)))
    for name, code in FORMER_NAMES.items():
        _add(han, code, name, *(name + ending for ending in ("市", "地区", "盟")))
    for name, code in SHORT_NAMES.items():
        _add(han, code, name)
    for name, code in SPELLINGS.items():
        _add(latin, code, name)
    return PlaceIndex(label, province, _frozen(han), _frozen(latin))


@cache
def provinces() -> PlaceIndex:
    """Return the index of the 31 provinces."""
    label = {}
    han: dict[str, set[int]] = {}
    latin: dict[str, set[int]] = {}
    for row in datasets.load_provinces().itertuples():
        label[row.adcode] = f"{row.province_zh} ({row.adcode})"
        _add(han, row.adcode, row.province_zh, _PROVINCE_SUFFIX.sub("", row.province_zh))
        _add(latin, row.adcode, letters(row.province))
    for name, codes in PROVINCE_SPELLINGS.items():
        for code in codes:
            _add(latin, code, name)
    return PlaceIndex(label, {code: code for code in label}, _frozen(han), _frozen(latin))


def _add(forms: dict[str, set[int]], code: int, *names: str) -> None:
    for name in names:
        forms.setdefault(name, set()).add(code)


def _frozen(forms: Mapping[str, Iterable[int]]) -> dict[str, frozenset[int]]:
    return {name: frozenset(codes) for name, codes in forms.items()}
