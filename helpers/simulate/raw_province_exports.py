"""Raw files behind the twin of the province exports, as a student meets them: yearbook tables, fuel tables, workbooks.

Every file has the dirt of its kind: notes above and below the table, years as columns, short names, a row for the
country and one for Tibet, sub-totals, codes that change with the classification, units in headers that change.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.simulate.province_exports_accounts import FUELS, SECTORS
from helpers.simulate.province_exports_sample import TIBET, TWIN, YEARS, parameters, provinces
from helpers.simulate.raw_province_exports_codes import (
    CLASSIFICATIONS,
    FUELS_ZH,
    INDUSTRY,
    classification_of,
    code_table,
    short_name,
)
from helpers.simulate.raw_province_exports_tables import input_output_workbook, transport_share
from helpers.simulate.worlds import World, stream

#: Yearbook files: column of the levels, Chinese header with unit, digits.
YEARBOOK = {
    "gdp": ("gdp", "地区生产总值(亿元)", 2),
    "value_added_primary": ("primary", "第一产业增加值(亿元)", 2),
    "value_added_secondary": ("secondary", "第二产业增加值(亿元)", 2),
    "value_added_tertiary": ("tertiary", "第三产业增加值(亿元)", 2),
    "population": ("population", "年末常住人口(万人)", 0),
    "trade": ("trade", "经营单位所在地进出口总额(千美元)", 0),
    "fixed_capital": ("capital", "固定资本存量(亿元)", 2),
    "energy_total": ("total_energy", "能源消费总量(万吨标准煤)", 2),
    "broadband_users": ("broadband_users", "互联网宽带接入用户(万户)", 2),
    "it_employment": ("it_employment", "信息传输、计算机服务和软件业城镇单位就业人员(万人)", 3),
    "urban_employment": ("urban_employment", "城镇单位就业人员(万人)", 2),
    "telecom_volume": ("telecom_volume", "电信业务总量(亿元)", 2),
    "mobile_penetration": ("mobile_penetration", "移动电话普及率(部/百人)", 2),
}
#: Shares: the row of the country is a mean, not a sum.
RATES = ("mobile_penetration",)
SPLIT_FROM = 2017
GAS_CHANGES = 2017
OLD_ENCODING_UNTIL = 2011


def files(world: World) -> dict[str, bytes]:
    """Return every raw file by its name.

    Parameters
    ----------
    world : World
        With the parts of :func:`helpers.simulate.province_exports.draw`.
    """
    levels = world.parts["province_years"]
    made = {f"{name}.csv": _yearbook(name, levels, world.draw) for name in YEARBOOK}
    made["inclusive_finance.csv"] = _inclusive_finance(levels)
    made["productivity.csv"] = _productivity(levels)
    made["exchange_rates.csv"] = _exchange_rates()
    made["standard_coal.csv"] = _standard_coal()
    made["sector_codes.csv"] = code_table().to_csv(index=False, lineterminator="\n").encode("utf-8-sig")
    made |= {f"fuels_{year}.csv": _fuels(world, year) for year in YEARS}
    made["sector_output.csv"] = _sectors(world, "output", "各行业总产出(亿元)", 2)
    made["sector_exports.csv"] = _sectors(world, "exports", "各行业出口额(千美元)", 0)
    for year in (2007, 2012, 2017):
        made[f"input_output_{year}.xlsx"] = input_output_workbook(world, year)
    return made


def _number(value: float, digits: int) -> str:
    return f"{value + 0.0:.{digits}f}"


def _yearbook(name: str, levels: pd.DataFrame, draw: int) -> bytes:
    """One table of the statistical yearbook's web site: four lines above, newest year first, a note below."""
    column, header, digits = YEARBOOK[name]
    wide = levels.pivot(index="adcode", columns="year", values=column)
    own = stream(TWIN, draw, f"Tibet {name}").normal(1.0, 0.05, len(YEARS))
    tibet = np.round(wide.loc[630000].to_numpy() * 0.6 * own, digits)
    country = wide.mean() if name in RATES else wide.sum() + tibet
    rows = {code: wide.loc[code].to_numpy() for code in wide.index}
    rows[TIBET] = tibet
    lines = [
        "数据库:分省年度数据",
        f"指标:{header}",
        "时间:2008-2020",
        ",".join(["地区", *(f"{y}年" for y in YEARS[::-1])]),
    ]
    numbers = [_number(v, digits) for v in np.round(country.to_numpy(), digits)[::-1]]
    lines.append(",".join(["全国", *numbers]))
    for code in sorted(rows):
        label = short_name(code) + ("  " if code % 40000 == 0 else "")
        lines.append(",".join([label, *(_number(value, digits) for value in rows[code][::-1])]))
    lines.append("注:全国数据包括西藏。")
    return ("\n".join(lines) + "\n").encode("utf-8-sig")


def _inclusive_finance(levels: pd.DataFrame) -> bytes:
    """Index file in long form, with full names, sorted by year."""
    shown = levels.sort_values(["year", "adcode"])[["province_zh", "year", "inclusive_finance"]]
    shown = shown.assign(inclusive_finance=[_number(value, 2) for value in shown["inclusive_finance"]])
    shown.columns = ["prov_name", "year", "index_aggregate"]
    return shown.to_csv(index=False, lineterminator="\n").encode()


def _productivity(levels: pd.DataFrame) -> bytes:
    """Productivity as somebody else's estimate: English names, long form."""
    shown = levels[["province", "year", "productivity"]]
    shown = shown.assign(productivity=[_number(value, 5) for value in shown["productivity"]])
    return shown.rename(columns={"productivity": "tfp"}).to_csv(index=False, lineterminator="\n").encode()


def _exchange_rates() -> bytes:
    """Yuan per 100 dollars, as yearbooks print them."""
    lines = ["年份,人民币对美元汇率(100美元)"]
    lines += [f"{year},{rate * 100:.2f}" for year, rate in zip(YEARS, parameters()["exchange_rates"], strict=True)]
    return ("\n".join(lines) + "\n").encode("utf-8-sig")


def _standard_coal() -> bytes:
    """Coefficients of standard coal per kg, gas per m3: the yearbook's appendix."""
    lines = ["能源名称,折标准煤系数,单位"]
    for fuel, value in zip(FUELS, parameters()["standard_coal"], strict=True):
        gas = fuel == "natural_gas"
        text = f"{value / 10:.4f}" if gas else f"{value:.4f}"
        lines.append(f"{FUELS_ZH[fuel]},{text},{'千克标准煤/立方米' if gas else '千克标准煤/千克'}")
    return ("\n".join(lines) + "\n").encode("utf-8-sig")


def _fuels(world: World, year: int) -> bytes:
    """Fuels by sector of one year, with a total, a sub-total of industry, and the codes of that year."""
    one = world.parts["fuels"].query("year == @year")
    later = year >= GAS_CHANGES
    units = ["亿立方米" if fuel == "natural_gas" and not later else "万吨" for fuel in FUELS]
    units = ["万立方米" if fuel == "natural_gas" and later else unit for fuel, unit in zip(FUELS, units, strict=True)]
    lines = [
        ",".join(["地区", "行业代码", "行业名称", *(f"{FUELS_ZH[f]}({u})" for f, u in zip(FUELS, units, strict=True))])
    ]
    factor = np.array([1e4 if unit == "万立方米" else 1.0 for unit in units])
    digits = [0 if unit == "万立方米" else 4 for unit in units]
    for code, rows in one.groupby("adcode"):
        by_sector = rows.set_index("sector")[list(FUELS)]
        shown = {"": ("合计", by_sector.sum()), "I": ("其中:工业", by_sector.loc[list(INDUSTRY)].sum())}
        for key, name, values in _in_classification(by_sector, classification_of(year), int(code)):
            shown[key] = (name, values)
        for key, (name, values) in shown.items():
            numbers = [_number(v, d) for v, d in zip(np.asarray(values) * factor, digits, strict=True)]
            lines.append(",".join([short_name(int(code)), key, name, *numbers]))
    encoding = "gb18030" if year <= OLD_ENCODING_UNTIL else "utf-8-sig"
    return ("\n".join(lines) + "\n").encode(encoding)


def _in_classification(by_sector: pd.DataFrame, name: str, adcode: int) -> list[tuple[str, str, pd.Series]]:
    """Return code, name and numbers in the order of a classification; services are two lines in the newest."""
    found = []
    for code, (sector, zh) in CLASSIFICATIONS[name].items():
        if sector in by_sector.index:
            values = by_sector.loc[sector]
            if name == "2017" and sector == "services":
                part = (values * transport_share(adcode)).round(4)
                values = part if code == "G" else values - part
            found.append((code, zh, values))
    return found


def _sectors(world: World, column: str, header: str, digits: int) -> bytes:
    """Output or exports by sector in the newest classification, years as columns, with a total for each province."""
    wide = world.parts["sectors"].pivot(index=["adcode", "sector"], columns="year", values=column)
    lines = [f"{header},,,{','.join([''] * (len(YEARS) - 1))}", ",".join(["地区", "代码", "行业", *map(str, YEARS)])]
    for code in provinces()["adcode"]:
        rows = wide.loc[code].loc[list(SECTORS)]
        listed = [("", "合计", rows.sum())]
        for key, (sector, zh) in CLASSIFICATIONS["2017"].items():
            values = rows.loc[sector]
            if sector == "services":
                part = (values * transport_share(int(code))).round(digits)
                values = part if key == "G" else values - part
            listed.append((key, zh, values))
        for key, zh, values in listed:
            lines.append(",".join([short_name(code), key, zh, *(_number(value, digits) for value in values)]))
    return ("\n".join(lines) + "\n").encode("utf-8-sig")
