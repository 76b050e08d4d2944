"""Names and codes in the raw files of the province exports: three classifications of sectors, fuels, short names."""

from __future__ import annotations

from functools import cache

import pandas as pd

from helpers import datasets

#: Classification: code -> (sector of the book, Chinese name). The code C1 changes its meaning in 2017.
CLASSIFICATIONS = {
    "2002": {
        "01": ("agriculture", "农林牧渔业"),
        "02": ("mining", "采掘业"),
        "03": ("light_manufacturing", "轻纺工业"),
        "04": ("materials", "原材料工业"),
        "05": ("equipment", "机械设备制造业"),
        "06": ("utilities", "电力燃气及水的生产和供应业"),
        "07": ("construction", "建筑业"),
        "08": ("services", "第三产业"),
    },
    "2011": {
        "A": ("agriculture", "农、林、牧、渔业"),
        "B": ("mining", "采矿业"),
        "C1": ("light_manufacturing", "轻工业"),
        "C2": ("materials", "材料工业"),
        "C3": ("equipment", "装备制造业"),
        "D": ("utilities", "电力、热力、燃气及水生产和供应业"),
        "E": ("construction", "建筑业"),
        "S": ("services", "服务业"),
    },
    "2017": {
        "A": ("agriculture", "农、林、牧、渔业"),
        "B": ("mining", "采矿业"),
        "C1": ("materials", "材料工业"),
        "C2": ("equipment", "装备制造业"),
        "C3": ("light_manufacturing", "轻工业"),
        "D": ("utilities", "电力、热力、燃气及水生产和供应业"),
        "E": ("construction", "建筑业"),
        "G": ("services", "交通运输、仓储和邮政业"),
        "S": ("services", "其他服务业"),
    },
}
INDUSTRY = ("mining", "light_manufacturing", "materials", "equipment", "utilities")
FUELS_ZH = {
    "coal": "煤炭",
    "coke": "焦炭",
    "gasoline": "汽油",
    "kerosene": "煤油",
    "diesel": "柴油",
    "fuel_oil": "燃料油",
    "natural_gas": "天然气",
}
_ENDINGS = ("维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市")


def classification_of(year: int) -> str:
    """Return the classification of sectors that the tables of a year use."""
    return "2002" if year < 2012 else ("2011" if year < 2017 else "2017")


@cache
def short_name(adcode: int) -> str:
    """Return the short Chinese name of a province, as yearbooks write it."""
    table = datasets.load_provinces().set_index("adcode")["province_zh"]
    name = str(table[adcode])
    ending = next(one for one in _ENDINGS if name.endswith(one))
    return name.removesuffix(ending)


def code_table() -> pd.DataFrame:
    """Return the list of codes: classification, code, Chinese name, sector of the book."""
    rows = [
        {"classification": edition, "code": code, "name_zh": zh, "sector": sector}
        for edition, codes in CLASSIFICATIONS.items()
        for code, (sector, zh) in codes.items()
    ]
    return pd.DataFrame(rows)
