"""The raw files behind the city-carbon panel, and the steps from there to the panel that are this paper's own.

Steps that any yearbook needs stand in :mod:`helpers.yearbooks`. All numbers in these files are simulated.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from helpers import datasets, yearbooks
from helpers.place_names import match_cities

FOLDER = datasets.DATA / "raw" / "city_carbon"
#: What each printed name (without its unit) is; '' is left out on purpose.
NAMES = {
    "年末总人口": "population",
    "年末常住人口": "population",
    "城镇人口": "urban_population",
    "城镇常住人口": "urban_population",
    "地区生产总值(当年价格)": "gdp",
    "地区生产总值": "gdp",
    "人均地区生产总值": "",
    "第二产业增加值": "secondary",
    "第三产业增加值": "tertiary",
    "地方财政一般预算内支出": "fiscal",
    "一般公共预算支出": "fiscal",
    "国际互联网用户数": "internet_users",
    "互联网宽带接入用户数": "internet_users",
    "年末实有城市道路面积": "road_area",
    "全社会用电量": "electricity",
    "天然气供气总量": "natural_gas",
    "液化石油气供气总量": "lpg",
    "交通运输汽油消费量": "petrol",
    "交通运输柴油消费量": "diesel",
    "集中供热量": "heat",
    "城市商业信用环境指数": "credit_environment",
    "移动通信基站数": "base_stations",
    "光缆线路密度": "cable_density",
    "人均信息技术投资": "technology_investment",
    "人均电信业务总量": "telecom_volume",
    "域名数": "domain_names",
    "数据中心机架数": "server_racks",
    "城镇单位从业人员": "employment",
    "交通运输、仓储和邮政业从业人员": "transport",
    "批发和零售业从业人员": "wholesale",
    "租赁和商务服务业从业人员": "leasing",
    "信息传输、软件和信息技术服务业从业人员": "information",
    "金融业从业人员": "finance",
    "科学研究和技术服务业从业人员": "research",
}
#: Columns that cannot be added when two cities merge.
INDICES = ("credit_environment", "base_stations", "cable_density", "technology_investment", "telecom_volume",
           "domain_names", "server_racks")  # fmt: skip
TOTALS = tuple(dict.fromkeys(name for name in NAMES.values() if name and name not in INDICES))
LOW, HIGH = ["transport", "wholesale", "leasing"], ["information", "finance", "research"]
#: Tonnes of natural gas in a cubic metre; heat delivered by a boiler per heat of its coal (assumptions).
GAS_DENSITY, BOILER_EFFICIENCY = 0.7174 / 1000, 0.70


def load_sheets() -> list[yearbooks.Sheet]:
    """Load the twelve yearbook sheets as printed, in the order of their figures."""
    files = sorted(FOLDER.glob("city_yearbook_*.csv"))
    return sorted((yearbooks.read_sheet(file) for file in files), key=lambda sheet: sheet.year)


@cache
def _stacked() -> pd.DataFrame:
    return pd.concat(
        [yearbooks.harmonise(sheet, NAMES).assign(year=sheet.year) for sheet in load_sheets()], ignore_index=True
    )


def load_stacked() -> pd.DataFrame:
    """Load all sheets below each other, in base units: ``城市`` as printed, the variables, ``year``."""
    return _stacked().copy()


def load_price_changes() -> pd.DataFrame:
    """Load the price indices of output, previous year = 100 (index: Chinese name of the province; columns: years)."""
    table = pd.read_csv(FOLDER / "price_index_by_province.csv", skiprows=1, index_col="省份")
    return table.rename(columns=int).rename_axis(index="province_zh", columns="year")


def load_border_changes() -> pd.DataFrame:
    """Load who took over a dissolved city: ``old_city``, ``old_adcode``, ``last_year``, ``new_adcode``, ``share``."""
    return pd.read_csv(FOLDER / "border_changes.csv")


def load_digital_bounds() -> pd.Series:
    """Load the upper bound of each digital indicator, in the unit of its yearbook column."""
    return pd.read_csv(FOLDER / "digital_bounds.csv", index_col="indicator")["upper_bound"]


def load_smart_city_pilots() -> pd.DataFrame:
    """Load the drawn smart-city pilots: ``adcode``, ``city``, ``year``."""
    return pd.read_csv(FOLDER / "smart_city_pilots.csv")


def co2_by_carrier(totals: pd.DataFrame) -> pd.DataFrame:
    r"""Count the CO2 of electricity, gas, transport fuels and heat, in tonnes.

    .. math:: CO2_{it} = \sum_k f_{ik} E_{ikt}

    Electricity has the official factor of its province for 2023 in every year (an assumption); fuels have the IPCC's
    default factors, gas after its density, heat as coal burnt in a boiler.

    Parameters
    ----------
    totals : pandas.DataFrame
        ``province_zh`` and energy in base units: kWh, m3, t, t, t, GJ.

    Returns
    -------
    pandas.DataFrame
        One column a carrier, the index of `totals`.

    Raises
    ------
    ValueError
        If a province has no electricity factor.
    """
    electricity = datasets.load_electricity_factors().set_index("province_zh")["co2_kg_per_kwh"]
    unknown = sorted(set(totals["province_zh"]) - set(electricity.index))
    if unknown:
        raise ValueError(f"no electricity factor for {', '.join(unknown)}")
    fuels = datasets.load_fuel_factors().set_index("fuel")
    factor, coal = fuels["co2_factor"], fuels.loc["other bituminous coal", "carbon_content"]
    return pd.DataFrame(
        {
            "electricity": totals["electricity"] * totals["province_zh"].map(electricity) / 1000,
            "natural_gas": totals["natural_gas"] * GAS_DENSITY * factor["natural gas"],
            "lpg": totals["lpg"] * factor["liquefied petroleum gas"],
            "petrol": totals["petrol"] * factor["motor gasoline"],
            "diesel": totals["diesel"] * factor["gas/diesel oil"],
            "heat": totals["heat"] / BOILER_EFFICIENCY * coal * 44 / 12 / 1000,
        }
    )


def location_quotient(frame: pd.DataFrame, branches: list[str]) -> pd.Series:
    r"""Compute equation 6 of Wang et al. (2025): share of branches in a city over their share in all cities that year.

    .. math:: Spec_{it} = \frac{\sum_j S_{ijt} / S_{it}}{\sum_i \sum_j S_{ijt} / \sum_i S_{it}}

    A city-year that lacks a branch has no quotient and is left out of both national sums.
    """
    inside = frame[branches].sum(axis=1, skipna=False)
    total = frame["employment"].where(inside.notna())
    national = inside.groupby(frame["year"]).transform("sum") / total.groupby(frame["year"]).transform("sum")
    return (inside / total / national).rename("specialisation")


def policy_flag(panel: pd.DataFrame, pilots: pd.DataFrame) -> pd.Series:
    """Return 1 for each city-year from the first year of the city on the list (``adcode``, ``year``), 0 before."""
    first = panel["adcode"].map(pilots.groupby("adcode")["year"].min())
    return (panel["year"] >= first.astype("float64").fillna(np.inf)).astype("int64")


def build_totals() -> pd.DataFrame:
    """Read all sheets; return one row a city and year, today's borders, base units, with the name of the province."""
    stacked = load_stacked()
    cities = stacked[stacked["城市"].str.strip().ne("合计")]
    codes = match_cities(cities["城市"], year=cities["year"], dissolved="own_code").astype("int64")
    coded = yearbooks.drop_repeated(cities.drop(columns="城市").assign(adcode=codes))
    joined = yearbooks.redraw_borders(coded, load_border_changes(), TOTALS)
    provinces = datasets.load_prefectures().set_index("adcode")["province_zh"]
    return joined.assign(province_zh=joined["adcode"].map(provinces)).sort_values(["adcode", "year"], ignore_index=True)


def real_gdp(totals: pd.DataFrame) -> pd.Series:
    """Deflate output to prices of 2010, in yuan, with the chained index of the province."""
    index = yearbooks.chain(load_price_changes(), 2010).stack().rename("price")
    return totals["gdp"] / totals.join(index, on=["province_zh", "year"])["price"]
