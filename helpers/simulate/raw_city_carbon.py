"""Raw files of the city-carbon twin: twelve yearbook sheets, price indices and the borders that changed.

The sheets look like those a student meets, with their dirt on purpose: headers and units that change, names with and
without 市, cities that were dissolved, rows printed twice, a total row, two encodings. All numbers are simulated.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.simulate.city_carbon_outcome import MEDIATORS
from helpers.simulate.city_carbon_sample import NEW_CITIES, YEARS, load_sample
from helpers.simulate.parameters import load_parameters
from helpers.simulate.worlds import World

Array = NDArray[np.float64]
CHAOHU, LAIWU = "巢湖", "莱芜"
#: Who took over a dissolved city, with which share of its totals (real: who and when; the shares are ours).
BORDERS = {
    CHAOHU: (341400, 2010, {340100: 0.46, 340200: 0.30, 340500: 0.24}),
    LAIWU: (371200, 2018, {370100: 1.0}),
}
#: Size of a dissolved city against the most that fits into the cities that took it over.
PART_OF_ROOM = {CHAOHU: 0.3, LAIWU: 0.1}
FORMER = {420600: "襄樊", 520500: "毕节地区", 520600: "铜仁地区", 630200: "海东地区"}
#: Variable: for each first data year the printed name, unit, divisor from the unit of the world, and digits.
COLUMNS: Mapping[str, Mapping[int, tuple[str, str, float, int]]] = {
    "population": {2010: ("年末总人口", "万人", 1, 2), 2016: ("年末常住人口", "万人", 1, 2)},
    "urban_population": {2010: ("城镇人口", "万人", 1, 4), 2019: ("城镇常住人口", "人", 1e-4, 0)},
    "gdp": {
        2010: ("地区生产总值(当年价格)", "万元", 1, 0),
        2013: ("地区生产总值", "亿元", 1e4, 4),
        2019: ("地区生产总值", "元", 1e-4, 0),
    },
    "gdp_per_head": {2010: ("人均地区生产总值", "元", 1, 0)},
    "secondary": {2010: ("第二产业增加值", "万元", 1, 0), 2013: ("第二产业增加值", "亿元", 1e4, 4)},
    "tertiary": {2010: ("第三产业增加值", "万元", 1, 0), 2013: ("第三产业增加值", "亿元", 1e4, 4)},
    "fiscal": {2010: ("地方财政一般预算内支出", "万元", 1, 0), 2017: ("一般公共预算支出", "亿元", 1e4, 4)},
    "internet_users": {2010: ("国际互联网用户数", "户", 1, 0), 2015: ("互联网宽带接入用户数", "万户", 1e4, 4)},
    "road_area": {2010: ("年末实有城市道路面积", "万平方米", 1, 3)},
    "electricity": {2010: ("全社会用电量", "万千瓦时", 1, 1), 2015: ("全社会用电量", "亿千瓦时", 1e4, 5)},
    "natural_gas": {2010: ("天然气供气总量", "万立方米", 1, 2)},
    "lpg": {2010: ("液化石油气供气总量", "吨", 1, 1)},
    "petrol": {2010: ("交通运输汽油消费量", "吨", 1, 1), 2018: ("交通运输汽油消费量", "万吨", 1e4, 5)},
    "diesel": {2010: ("交通运输柴油消费量", "吨", 1, 1), 2018: ("交通运输柴油消费量", "万吨", 1e4, 5)},
    "heat": {2010: ("集中供热量", "万吨标准煤", 29.3076, 7), 2014: ("集中供热量", "万吉焦", 1, 4)},
    "credit_environment": {2010: ("城市商业信用环境指数", "", 1, 4)},
    "base_stations": {2010: ("移动通信基站数", "个/万人", 1, 6)},
    "cable_density": {2010: ("光缆线路密度", "公里/平方公里", 1, 6)},
    "technology_investment": {2010: ("人均信息技术投资", "元/人", 1, 4)},
    "telecom_volume": {2010: ("人均电信业务总量", "元/人", 1, 4)},
    "domain_names": {2010: ("域名数", "个/万人", 1, 5)},
    "server_racks": {2010: ("数据中心机架数", "个/万人", 1, 6)},
    "total": {2010: ("城镇单位从业人员", "人", 1, 0), 2014: ("城镇单位从业人员", "万人", 1e4, 4)},
    "transport": {2010: ("交通运输、仓储和邮政业从业人员", "人", 1, 0)},
    "wholesale": {2010: ("批发和零售业从业人员", "人", 1, 0)},
    "leasing": {2010: ("租赁和商务服务业从业人员", "人", 1, 0)},
    "information": {2010: ("信息传输、软件和信息技术服务业从业人员", "人", 1, 0)},
    "finance": {2010: ("金融业从业人员", "人", 1, 0)},
    "research": {2010: ("科学研究和技术服务业从业人员", "人", 1, 0)},
}
BRANCHES = ("total", "transport", "wholesale", "leasing", "information", "finance", "research")
INDICES = ("credit_environment", "base_stations", "cable_density", "technology_investment", "telecom_volume")
INDICES += ("domain_names", "server_racks")
TOTALS = tuple(name for name in COLUMNS if name not in (*INDICES, "gdp_per_head"))
MISSING_MARK = {2010: "-", 2014: "…", 2018: ""}
PADDED, WITH_TOTAL, WITH_COMMAS = (2011, 2012), (2016, 2017, 2018), (2015,)
TWICE = {2013: (340800, 430400), 2017: (510600,)}
OLD_ENCODING, WITH_BYTE_ORDER_MARK = range(2010, 2014), range(2014, 2018)


def price_chain(prices: pd.DataFrame) -> pd.DataFrame:
    """Return the price index with 2010 = 1 (index: province_zh, columns: years)."""
    changes = prices.set_index("province_zh").astype(float) / 100
    changes[YEARS[0]] = 1.0
    return changes.cumprod(axis=1)


def _tables(world: World) -> dict[str, Array]:
    """Return every printed total in the units of the world (10^4 persons, 10^4 yuan, ...), cities by years."""
    sample, shape = load_sample(), load_sample().treated.shape
    wide = {name: world.complete[name].to_numpy(dtype=float).reshape(shape) for name in world.complete.columns[4:]
            if pd.api.types.is_numeric_dtype(world.complete[name])}  # fmt: skip
    parts = {
        name: frame[name].to_numpy(dtype=float).reshape(shape)
        for key in ("economy", "energy", "digital", "employment")
        for frame in (world.parts[key],)
        for name in frame.columns[2:]
    }
    deflator = price_chain(world.parts["prices"]).loc[sample.cities["province_zh"]].to_numpy()
    population, nominal = wide["population"], parts["real_gdp"] * deflator
    tables = {name: parts[name] for name in COLUMNS if name in parts}
    tables |= {"population": population, "urban_population": wide["urban_share"] * population, "gdp": nominal}
    tables |= {"secondary": wide["secondary_share"] * nominal, "tertiary": wide["tertiary_share"] * nominal}
    tables |= {"fiscal": wide["fiscal_share"] * nominal, "internet_users": np.exp(wide["ln_internet_users"])}
    tables |= {"road_area": wide["road_area_per_capita"] * population}
    tables["credit_environment"] = np.exp(wide[MEDIATORS["environment"]])
    hidden = {"population": "population", "urban_population": "urban_share", "fiscal": "fiscal_share",
              "internet_users": "ln_internet_users", "road_area": "road_area_per_capita",
              "secondary": "secondary_share", "tertiary": "tertiary_share",
              "credit_environment": "ln_business_environment"}  # fmt: skip
    hidden |= dict.fromkeys(BRANCHES, "specialisation")
    return {
        name: np.where(sample.missing[hidden[name]], np.nan, values) if name in hidden else values
        for name, values in tables.items()
    }


def _sheet(tables: Mapping[str, Array], column: int) -> tuple[list[str], dict[str, Array]]:
    """Return names and values of one year in the borders of that year: dissolved cities stand in their own rows."""
    sample, year = load_sample(), YEARS[column]
    place = {code: row for row, code in enumerate(sample.cities["adcode"].tolist())}
    names = [FORMER.get(code, "") for code in place]
    plain = sample.cities["city"].tolist()
    for row, code in enumerate(place):
        former = (code == 420600 and year == 2010) or year < NEW_CITIES.get(code, 0)
        names[row] = names[row] if former else plain[row] if year >= 2014 else plain[row].removesuffix("市")
    values = {name: array[:, column].copy() for name, array in tables.items()}
    for old, (_, last, shares) in BORDERS.items():
        if year > last:
            continue
        names.append(old if year < 2014 else f"{old}市")
        for name, array in values.items():
            piece = np.nan
            if name in TOTALS:
                _, _, divisor, digits = _printed(name, year)
                room = min(array[place[code]] / share for code, share in shares.items())
                piece = np.round(PART_OF_ROOM[old] * room / divisor, digits - 2) * divisor
                for code, share in shares.items():
                    array[place[code]] = array[place[code]] - share * piece
            values[name] = np.append(array, piece)
    values["gdp_per_head"] = values["gdp"] / values["population"]
    return names, values


def _printed(name: str, year: int) -> tuple[str, str, float, int]:
    return COLUMNS[name][max(first for first in COLUMNS[name] if first <= year)]


def _csv(rows: list[list[str]], encoding: str) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode(encoding)


def yearbook(tables: Mapping[str, Array], column: int) -> bytes:
    """Return the sheet of one data year as it lies in the folder."""
    year = YEARS[column]
    names, values = _sheet(tables, column)
    mark = MISSING_MARK[max(first for first in MISSING_MARK if first <= year)]
    shown = [name for name in COLUMNS if not np.isnan(values[name]).all()]
    printed = {name: _printed(name, year) for name in shown}
    header = ["城市"] + [f"{title}({unit})" if unit else title for title, unit, _, _ in printed.values()]
    form = {name: f"{{:{',' if year in WITH_COMMAS else ''}.{digits}f}}" for name, (*_, digits) in printed.items()}
    body = []
    for row, city in enumerate(names):
        cells = [values[name][row] / printed[name][2] for name in shown]
        text = [mark if np.isnan(cell) else form[name].format(cell) for name, cell in zip(shown, cells, strict=True)]
        padded = f"{city[0]}\u3000{city[1]}" if year in PADDED and len(city) == 2 else city
        body.append([f"{padded} " if year == 2018 else padded, *text])
    codes = load_sample().cities["adcode"].tolist()
    for code in TWICE.get(year, ()):
        body.append(body[codes.index(code)])
    if year in WITH_TOTAL:
        sums = [np.nansum(values[name]) / printed[name][2] if name in TOTALS else np.nan for name in shown]
        text = ["" if np.isnan(total) else form[name].format(total) for name, total in zip(shown, sums, strict=True)]
        body.append(["合计", *text])
    title = [f"城市统计年鉴{year + 1} 主要指标(数据年份:{year}年)"]
    encoding = "gb18030" if year in OLD_ENCODING else "utf-8-sig" if year in WITH_BYTE_ORDER_MARK else "utf-8"
    return _csv([title, header, *body], encoding)


def files(world: World) -> dict[str, bytes]:
    """Return the raw files of a world by name: twelve sheets, price indices, borders, bounds of the digital index."""
    tables = _tables(world)
    made = {f"city_yearbook_{year + 1}.csv": yearbook(tables, column) for column, year in enumerate(YEARS)}
    prices = world.parts["prices"]
    rows = [["地区生产总值平减指数(上年=100)"], ["省份", *map(str, YEARS)]]
    rows += [[line[0], *(f"{value:.1f}" for value in line[1:])] for line in prices.itertuples(index=False)]
    made["price_index_by_province.csv"] = _csv(rows, "utf-8")
    borders = [["old_city", "old_adcode", "last_year", "new_adcode", "share"]]
    borders += [
        [old, str(code), str(last), str(new), f"{share:.2f}"]
        for old, (code, last, shares) in BORDERS.items()
        for new, share in shares.items()
    ]
    made["border_changes.csv"] = _csv(borders, "utf-8")
    bounds = [["indicator", "upper_bound"]]
    bounds += [[name, f"{bound:g}"] for name, bound in load_parameters(world.name)["digital_upper"].items()]
    made["digital_bounds.csv"] = _csv(bounds, "utf-8")
    smart = world.complete.loc[world.complete["smart_city"].eq(1)].groupby(["adcode", "city"])["year"].min()
    rows = [["adcode", "city", "year"]] + [[str(code), city, str(year)] for (code, city), year in smart.items()]
    made["smart_city_pilots.csv"] = _csv(rows, "utf-8")
    return made
