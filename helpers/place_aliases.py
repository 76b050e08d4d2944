"""Other names and codes of China's prefectures: former ones, short ones, pinyin beside other spellings.

Small tables for :mod:`helpers.place_names`; only what a panel from 2000 on can meet. Changes from 2001 to 2019 follow
the notices of the State Council (国函) and the Ministry of Civil Affairs as the public collection
``yescallop/areacodes`` quotes them, read on 2026-11-22. For Huai'an, the two renamings of 1999 and the spellings no
notice was read.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Former name (without 市, 地区, 盟) -> today's code; the same area under another name.
FORMER_NAMES = {
    "襄樊": 420600,  # Xiangyang since 2010, 国函〔2010〕129号
    "思茅": 530800,  # Pu'er since 2007, 国函〔2007〕8号
    "淮阴": 320800,  # Huai'an since 2001
    "伊克昭": 150600,  # Ordos since 2001, 国函〔2001〕17号
    "哲里木": 150500,  # Tongliao since 1999
    "达川": 511700,  # Dazhou since 1999
}

#: Former code -> today's code, where a 地区 or 盟 became a 市; then codes under which municipalities are often filed.
FORMER_CODES = {
    142300: 141100, 452400: 451100, 452600: 451000, 452700: 451200, 532100: 530600, 612500: 611000, 642200: 640400,
    522200: 520600, 522400: 520500, 532700: 530800, 533200: 530700, 533500: 530900, 542100: 540300, 542200: 540500,
    542300: 540200, 542400: 540600, 542600: 540400, 622100: 620900, 622200: 620700, 622300: 620600, 622400: 621100,
    622600: 621200, 622700: 620800, 622800: 621000, 632100: 630200, 652100: 650400, 652200: 650500, 152100: 150700,
    152600: 150900, 152700: 150600, 152800: 150800, 110100: 110000, 120100: 120000, 310100: 310000, 500100: 500000,
}  # fmt: skip


@dataclass(frozen=True)
class Dissolved:
    """A prefecture-level city that is no more: its code, its last full year, its pinyin, who took its area."""

    adcode: int
    last_year: int
    pinyin: str
    note: str


#: Prefecture-level cities that were dissolved; no table of today's prefectures has them.
DISSOLVED = {
    "巢湖": Dissolved(341400, 2010, "chaohu", "divided in 2011 among 合肥 (340100), 芜湖 (340200) and 马鞍山 (340500)"),
    # 国函〔2011〕84号, 国函〔2018〕163号
    "莱芜": Dissolved(371200, 2018, "laiwu", "merged into 济南 (370100) in January 2019"),
}

#: Before this year the name with 市 was a county-level city (and, but for Danzhou, the prefecture a 地区).
CITY_SINCE = {"毕节": 2011, "铜仁": 2011, "日喀则": 2014, "吐鲁番": 2015, "儋州": 2015, "哈密": 2016}

#: County-level cities (with 市) that bear the name of the autonomous prefecture or 地区 around them.
COUNTY_LEVEL_CITIES = frozenset(
    ("大理", "楚雄", "恩施", "昌吉", "玉树", "临夏", "文山", "阿克苏", "喀什", "和田", "塔城", "阿勒泰")
)

#: Short names in use besides the name without its suffix.
SHORT_NAMES = {"博州": 652700, "巴州": 652800, "克州": 653000, "乌市": 650100, "呼市": 150100}

#: Slips of the pen that are met again and again; shown as candidates, never matched.
MISSPELLINGS = {"毫州": 341600, "璞阳": 410900, "瞿州": 330800, "阆坊": 131000, "荷泽": 371700}

#: Pinyin and other spellings (letters only) where the table of prefectures has another one.
SPELLINGS = {
    "huhehaote": 150100, "eerduosi": 150600, "erdos": 150600, "hulunbeier": 150700, "bayannaoer": 150800,
    "bayannaer": 150800, "wulanchabu": 150900, "xingan": 152200, "xilinguole": 152500, "alashan": 152900,
    "haerbin": 230100, "qiqihaer": 230200, "daxinganling": 232700, "lvliang": 141100, "lyuliang": 141100,
    "xiangfan": 420600, "simao": 530800, "lasa": 540100, "rikaze": 540200, "xigaze": 540200, "shigatse": 540200,
    "changdu": 540300, "linzhi": 540400, "naqu": 540600, "ali": 542500, "aba": 513200, "ngawa": 513200,
    "ganzi": 513300, "guoluo": 632600, "wulumuqi": 650100, "kelamayi": 650200, "tulufan": 650400, "kumul": 650500,
    "boertala": 652700, "bayinguoleng": 652800, "akesu": 652900, "kezilesu": 653000, "kashi": 653100,
    "hetian": 653200, "yili": 654000, "aletai": 654300,
}  # fmt: skip

#: Spellings of provinces (letters only) besides the table's; ``shanxi`` without tones is 山西 or 陕西.
PROVINCE_SPELLINGS = {
    "neimenggu": (150000,), "neimongol": (150000,), "xizang": (540000,), "guangxizhuang": (450000,),
    "ningxiahui": (640000,), "xinjianguygur": (650000,), "xinjianguighur": (650000,), "shanxi": (140000, 610000),
}  # fmt: skip

#: Words of a row that adds up others.
TOTALS = frozenset((
    "合计", "总计", "小计", "全国", "全省", "全区", "平均", "均值", "总数", "地级及以上城市合计", "地级以上城市合计",
    "城市合计", "全国合计", "total", "average", "mean", "sum", "china", "national", "nationaltotal",
))  # fmt: skip
