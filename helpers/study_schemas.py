"""What the panel of each empirical paper must look like: one table of columns, and the pandera schemas made from it.

The simulated twins, a reader's own files in ``data/local``, their templates and the page *Your own data* all follow
this one table. A column has an English name and the Chinese headers under which yearbooks and downloads carry it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import pandera.pandas as pa

REGION_OF_FOUR = ("east", "central", "west", "northeast")
REGION_OF_THREE = ("east", "central", "west")
AGGLOMERATIONS = ("BTH", "YRD", "PRD")
#: Columns that are filled from the book's lists of places when a local file leaves them out.
FILLED = ("city", "province", "province_zh", "region4", "region3", "municipality")


@dataclass(frozen=True)
class Column:
    """One column of a panel.

    Attributes
    ----------
    name, unit : str
        English name; unit in words.
    headers : tuple of str
        Chinese headers that are accepted besides the name.
    description : str
        What it measures.
    low, high : float
        Bounds of a number, wide enough for any real value and narrow enough to catch a wrong unit.
    type : {'number', 'whole', 'flag', 'code', 'text'}
        A flag is 0 or 1.
    blank : bool
        Whether cells may be missing.
    units_zh : tuple of str
        Units that may stand in brackets behind a Chinese header; any other unit is refused.
    allowed : tuple of str
        The values of a text, if it is one of a few.
    """

    name: str
    unit: str
    headers: tuple[str, ...]
    description: str
    low: float = float("-inf")
    high: float = float("inf")
    type: str = "number"
    blank: bool = True
    units_zh: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()

    @property
    def dtype(self) -> str:
        """The pandas type of the column."""
        if self.type == "text":
            return "str"
        return "float64" if self.type == "number" else ("Int64" if self.blank else "int64")

    @property
    def values(self) -> str:
        """What a value may be, in words: ``0 to 1``, ``east, central, west``; '' for any text."""
        if self.allowed:
            return ", ".join(self.allowed)
        if self.type == "flag":
            return "0 or 1"
        return "" if self.type in ("text", "code") else f"{self.low:g} to {self.high:g}"

    @property
    def rule(self) -> str:
        """What a broken value must be, as the end of a message."""
        if self.allowed:
            return f"must be one of {self.values}"
        if self.type == "flag":
            return "must be one of 0, 1"
        if self.type == "code":
            return "must be a code of the book's list of places"
        return f"must lie between {self.low:g} and {self.high:g}"


def _flag(name: str, description: str, *headers: str, blank: bool = False) -> Column:
    return Column(name, "0 or 1", headers, description, 0, 1, "flag", blank)


def _text(name: str, description: str, *headers: str, allowed: Sequence[str] = (), blank: bool = False) -> Column:
    return Column(name, "text", headers, description, type="text", blank=blank, allowed=tuple(allowed))


def _number(
    name: str, unit: str, low: float, high: float, description: str, *headers: str, units: Sequence[str] = ()
) -> Column:
    return Column(name, unit, headers, description, low, high, units_zh=tuple(units))


YEAR = Column("year", "year", ("年份", "年度", "年"), "Calendar year", 2000, 2035, "whole", False)
CITY = (
    Column("adcode", "code", ("行政区划代码", "城市代码", "市代码", "区划代码"),
           "Administrative code of the prefecture (today's)", 100000, 699999, "code", False),
    YEAR,
    _text("city", "Chinese name of the prefecture", "城市", "地区", "城市名称", "市", "地级市"),
    _text("province_zh", "Chinese name of the province", "省份", "省", "所属省份", "省份名称"),
)  # fmt: skip
REGION4 = _text("region4", "One of the four official regions", "区域", "四大区域", "东中西东北", allowed=REGION_OF_FOUR)
TREATED = _flag("treated", "1 from the year in which the pilot zone counts as established (CBEC, DID)",
                "试点", "跨境电商综试区", "综试区", "did")  # fmt: skip
SHARES = ("比重", "比例", "小数")

CITY_CARBON = (
    *CITY,
    _number("carbon_intensity", "t CO2 per 10^4 yuan at 2010 prices", 0, 40,
            "CO2 over real gross domestic product (CEE, Table 1)", "碳排放强度", "碳强度", units=("吨/万元", "t/万元")),
    TREATED,
    _number("ln_gdp_per_capita", "ln(yuan at 2010 prices)", 6, 15, "Real gross domestic product a head (GDP)",
            "人均GDP对数", "人均地区生产总值对数", "ln人均GDP"),
    _number("urban_share", "share", 0, 1, "Urban over total population (Urban)", "城镇化率", "城市化率", units=SHARES),
    _number("fiscal_share", "share", 0, 4, "Fiscal expenditure over gross domestic product (Gov)",
            "财政支出占GDP比重", "政府干预", units=SHARES),
    _number("ln_internet_users", "ln(users)", 5, 20, "Internet users (Inter)", "互联网用户数对数", "互联网普及对数"),
    _number("road_area_per_capita", "m2", 0, 150, "Road area a head (Infra)", "人均道路面积", "人均城市道路面积",
            units=("平方米", "m2", "m²", "㎡")),
    _number("digital_infrastructure", "index", -50, 100, "Digital infrastructure (Table 9)", "数字基础设施"),
    _number("specialisation", "location quotient", 0, 50, "Specialisation in producer services (Spec, Table 10)",
            "生产性服务业集聚", "生产性服务业专业化"),
    _number("specialisation_low", "location quotient", 0, 50,
            "The same, transport, trade, leasing and business services (Spec_low)", "低端生产性服务业集聚"),
    _number("specialisation_high", "location quotient", 0, 50,
            "The same, information technology, finance, research (Spec_high)", "高端生产性服务业集聚"),
    _number("ln_business_environment", "ln(index)", -5, 10, "Business credit environment (lnenvir, Table 11)",
            "营商环境对数", "商业信用环境指数对数"),
    _flag("broadband_china", "1 from the year as a Broadband China city (Table 2)", "宽带中国", blank=True),
    _flag("low_carbon_city", "1 from the year as a low-carbon pilot (Table 2)", "低碳城市", "低碳试点", blank=True),
    _flag("smart_city", "1 from the year as a smart-city pilot (Table 2)", "智慧城市", blank=True),
    _flag("key_air_control", "1 from the year of special limits for air pollutants (Table 2)",
          "大气污染重点控制区", "重点控制区", blank=True),
    _flag("coastal", "1 for a coastal city (Table 5)", "沿海", "沿海城市"),
    REGION4,
    _text("agglomeration", "City cluster (Table 6): Beijing-Tianjin-Hebei, Yangtze or Pearl River Delta; blank outside",
          "城市群", allowed=AGGLOMERATIONS, blank=True),
    _number("population", "10^4 persons", 0.01, 5000, "Resident or registered population (Table 7)",
            "人口", "年末总人口", "常住人口", units=("万人",)),
    _flag("large_city", "1 above 5 million persons (Table 7)", "特大城市"),
    _number("secondary_share", "share", 0, 1, "Secondary sector over gross domestic product (Table 8)",
            "第二产业占GDP比重", "二产占比", units=SHARES),
    _number("tertiary_share", "share", 0, 1, "Tertiary sector over gross domestic product (Table 8)",
            "第三产业占GDP比重", "三产占比", units=SHARES),
)  # fmt: skip

CITY_SULFUR = (
    *CITY,
    _number("so2", "10^4 t", 0, 150, "Industrial SO2 (SO2, Table 2)", "工业二氧化硫排放量", "二氧化硫排放量", "SO2",
            units=("万吨", "10^4吨")),
    TREATED,
    _number("gdp_per_capita", "10^4 yuan", 0, 80, "Gross domestic product a head (PGDP)", "人均GDP", "人均地区生产总值",
            units=("万元",)),
    _number("secondary_share", "percent", 0, 100, "Secondary value added over gross domestic product (INDUS)",
            "第二产业占GDP比重", "第二产业增加值占GDP比重", "二产占比", units=("%", "百分比")),
    _number("urban_share", "share", 0, 1, "Urban over total population (URB)", "城镇化率", "城市化率", units=SHARES),
    _number("loans_to_gdp", "ratio", 0, 20, "Loans over gross domestic product (FIN)", "贷款余额占GDP比重", "金融发展",
            units=SHARES),
    _number("fiscal_share", "ratio", 0, 4, "Budget expenditure over gross domestic product (FIS)",
            "财政支出占GDP比重", "财政支出占比", units=SHARES),
    _number("co2", "10^4 t", 0, 60_000, "CO2 (Table 4)", "二氧化碳排放量", "碳排放量", "CO2", units=("万吨", "10^4吨")),
    _number("so2_intensity", "t per 10^4 yuan", 0, 10, "SO2 per unit of output (Table 4)", "二氧化硫排放强度",
            units=("吨/万元", "t/万元")),
    _number("green_patents", "applications", 0, 200_000, "Green patent applications (Table 5)", "绿色专利申请量",
            "绿色专利", units=("件", "项")),
    _flag("resource_based", "1 for a city of the plan for resource-based cities 2013 to 2020 (Table 6)", "资源型城市"),
    REGION4,
    _flag("large_city", "1 from 1 million residents in municipal districts (Table 8)", "大城市"),
    _flag("municipality", "1 for Beijing, Tianjin, Shanghai, Chongqing (Table 4)", "直辖市"),
)  # fmt: skip

PROVINCE_EXPORTS = (
    Column("adcode", "code", ("行政区划代码", "省份代码", "省代码", "区划代码"), "Administrative code of the province",
           100000, 699999, "code", False),
    YEAR,
    _text("province", "English name of the province"),
    _text("province_zh", "Chinese name of the province", "省份", "地区", "省", "省份名称"),
    _number("ln_export_carbon_intensity", "ln(t CO2 per million yuan of exports)", -10, 15,
            "Carbon embodied in exports over exports (lncie)", "出口隐含碳强度对数"),
    _number("ln_digital", "ln(index)", -10, 15, "Index of the digital economy (lndig)", "数字经济对数"),
    _number("ln_gdp_per_capita", "ln(10^4 yuan)", -5, 6, "Gross domestic product a head (lnpgdp)", "人均GDP对数"),
    _number("ln_openness", "ln(ratio)", -15, 3, "Trade over gross domestic product (lnopen)", "对外开放对数"),
    _number("ln_energy_structure", "ln(share)", -10, 0.5, "Coal over energy use (lnes)", "能源结构对数"),
    _number("ln_capital_intensity", "ln(10^4 yuan)", -10, 10, "Fixed capital a head (lncap)", "资本密集度对数",
            "人均资本对数"),
    _number("ln_industrial_structure", "ln(ratio)", -5, 5, "Tertiary over secondary value added (lnindus)",
            "产业结构对数"),
    _number("ln_technology", "ln(index)", -5, 5, "Total factor productivity (lntec)", "技术进步对数",
            "全要素生产率对数"),
    _number("broadband_per_100", "users per 100 persons", 0, 150, "Broadband users", "每百人互联网宽带接入用户数",
            "互联网普及率", units=("户", "户/百人")),
    _number("it_employment_share", "percent", 0, 100, "Employment in information services over urban employment",
            "计算机服务和软件业从业人员占比", "信息业从业人员占比", units=("%", "百分比")),
    _number("telecom_per_head", "yuan", 0, 200_000, "Telecommunication services a head", "人均电信业务总量",
            units=("元",)),
    _number("mobile_penetration", "phones per 100 persons", 0, 400, "Mobile phones", "移动电话普及率",
            "每百人移动电话用户数", units=("部/百人", "户/百人")),
    _number("inclusive_finance", "index", 0, 1000, "Index of digital inclusive finance", "数字普惠金融指数"),
    _text("region3", "East, central or west, the older split of 11, 8 and 11 provinces (Table 4)", "东中西",
          allowed=REGION_OF_THREE),
    _flag("high_digital", "1 for a province with a high digital level (Table 4)", "数字经济高水平"),
)  # fmt: skip

# The columns of each panel, in the order of its file.
PAPERS: dict[str, tuple[Column, ...]] = {
    "city_carbon": CITY_CARBON,
    "city_sulfur": CITY_SULFUR,
    "province_exports": PROVINCE_EXPORTS,
}
TITLES = {
    "city_carbon": "City carbon intensity (Wang et al. 2025)",
    "city_sulfur": "City SO2 (Ding 2025)",
    "province_exports": "Province exports and carbon (digital economy and exports)",
}
KEY = ("adcode", "year")


def table(paper: str) -> pd.DataFrame:
    """Return the columns of a panel as a table: name, description, unit, values, whether blank, Chinese headers."""
    rows = [
        {
            "column": one.name,
            "description": one.description,
            "unit": one.unit,
            "values": one.values,
            "blank": "may be left out" if one.name in FILLED else ("may be blank" if one.blank else "never blank"),
            "headers": "、".join(one.headers),
        }
        for one in PAPERS[paper]
    ]
    return pd.DataFrame(rows)


def _column(one: Column) -> pa.Column:
    if one.allowed:
        checks = [pa.Check.isin(one.allowed, error=one.rule)]
    elif one.type == "flag":
        checks = [pa.Check.isin((0, 1), error=one.rule)]
    else:
        checks = [] if one.type == "text" else [pa.Check.in_range(one.low, one.high, error=one.rule)]
    return pa.Column(one.dtype, checks=checks, nullable=one.blank, metadata={"dtype": one.dtype})


def _schema(columns: Sequence[Column]) -> pa.DataFrameSchema:
    return pa.DataFrameSchema({one.name: _column(one) for one in columns}, strict=True, unique=list(KEY))


_TRUTH = pa.DataFrameSchema(
    {
        "quantity": pa.Column("str", unique=True, metadata={"dtype": "str"}),
        "value": pa.Column("float64", metadata={"dtype": "float64"}),
    },
    strict=True,
)

# pandera schemas of the panels and of the truths of their twins.
STUDY_SCHEMAS: dict[str, pa.DataFrameSchema] = {
    **{paper: _schema(columns) for paper, columns in PAPERS.items()},
    **{f"{paper}_truth": _TRUTH for paper in PAPERS},
}
