"""Names as yearbooks and downloads write them: matched when they can be told, refused with candidates when not."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import datasets
from helpers.place_aliases import COUNTY_LEVEL_CITIES, DISSOLVED, FORMER_CODES, FORMER_NAMES, MISSPELLINGS, SPELLINGS
from helpers.place_index import stem
from helpers.place_names import PlaceNameError, match_cities, match_provinces

PREFECTURES = datasets.load_prefectures()
PROVINCES = datasets.load_provinces()


def one(name, **options):
    return int(match_cities([name], **options).iloc[0])


def refusal(name, **options):
    with pytest.raises(PlaceNameError) as caught:
        match_cities(["杭州市", name], **options)
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].startswith(f"row 1, {str(name)!r}: ")
    return caught.value.problems[0]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("杭州市", 330100), ("杭州", 330100), (" 杭　州 ", 330100), ("杭\u200b州市", 330100), ("浙江省杭州市", 330100),
        ("杭州市（含余杭、富阳）", 330100), ("杭州市①", 330100), ("杭州*", 330100), ("杭州市 Hangzhou", 330100),
        ("襄樊市", 420600), ("襄阳市(原襄樊市)", 420600), ("思茅", 530800), ("思茅地区", 530800), ("普洱", 530800),
        ("淮阴市", 320800), ("伊克昭盟", 150600), ("铜仁地区", 520600), ("哈密地区", 650500), ("昌都地区", 540300),
        ("大理", 532900), ("大理州", 532900), ("大理白族自治州", 532900), ("伊犁州", 654000), ("延边", 222400),
        ("黔东南苗族侗族自治州", 522600), ("黔东南州", 522600), ("西双版纳", 532800), ("克孜勒苏柯尔克孜", None),
        ("克州", 653000), ("巴州", 652800), ("兴安盟", 152200), ("大兴安岭", 232700), ("大兴安岭地区", 232700),
        ("吉林", 220200), ("吉林市", 220200), ("吉林省吉林市", 220200), ("北京", 110000), ("上海上海市", 310000),
        ("海南州", 632500), ("青海海南", 632500), ("海南（青海）", 632500), ("海口", 460100),
        ("泰州", 321200), ("台州", 331000), ("宜春市", 360900), ("伊春市", 230700), ("抚州", 361000), ("福州", 350100),
    ],
)  # fmt: skip
def test_chinese_names(name, code):
    if code is None:
        assert "no prefecture has this name" in refusal(name)
    else:
        assert one(name) == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (330100, 330100), (330100.0, 330100), ("330100", 330100), ("330100.0", 330100), ("'330100", 330100),
        ("３３０１００", 330100), ("330100000000", 330100), (3301, 330100), ("3301.0", 330100),
        (np.int64(330100), 330100), (1101, 110000), (500100, 500000), (522200, 520600), (632100.0, 630200),
    ],
)  # fmt: skip
def test_codes(name, code):
    assert one(name) == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Hangzhou", 330100), ("hangzhou shi", 330100), ("HangzhouShi", 330100), ("Hangzhou City", 330100),
        ("Xi'an", 610100), ("Xi’an City", 610100), ("XIAN", 610100), ("Lüliang", 141100), ("Lvliang", 141100),
        ("Enshi", 422800), ("Jilin City", 220200), ("Hohhot", 150100), ("Huhehaote", 150100), ("Urumqi", 650100),
        ("Xiangfan", 420600), ("Simao", 530800), ("Taizhou (Zhejiang)", 331000), ("Taizhou, Jiangsu", 321200),
        ("Suzhou (Anhui)", 341300), ("Yulin, Shaanxi Province", 610800), ("Yulin, Shanxi", 610800),
        ("Hainan (Qinghai)", 632500), ("Da Hinggan Ling", 232700), ("Xilingol League", 152500),
    ],
)  # fmt: skip
def test_latin_names(name, code):
    assert one(name) == code


@pytest.mark.parametrize("name", ["Yichun", "Fuzhou", "Suzhou", "Taizhou", "Yulin", "YICHUN CITY", "fuzhou shi"])
def test_shared_pinyin_is_refused_with_every_candidate(name):
    plain = name.split()[0].capitalize()
    expected = PREFECTURES[PREFECTURES["name_en"].str.startswith(f"{plain} (")]
    assert len(expected) == 2
    said = refusal(name)
    for row in expected.itertuples():
        assert f"{row.name_zh} ({row.adcode}, {row.province_zh})" in said


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("海南", ["海南藏族自治州 (632500, 青海省)", "海南省 (460000)"]),
        ("Hainan", ["海南藏族自治州", "海南省"]),
        ("大理市", ["county-level city inside 大理白族自治州 (532900, 云南省)"]),
        ("阿克苏市", ["阿克苏地区 (652900"]),
        ("毫州市", ["did you mean 亳州市 (341600, 安徽省)?"]),
        ("Beijin", ["did you mean 北京市"]),
        ("呼和浩特啊", ["did you mean 呼和浩特市"]),
        ("义乌市", ["no prefecture has this name (counties"]),
        ("浙江省", ["is a province"]), ("Zhejiang", ["is a province"]), (330000, ["code of a province"]),
        (33, ["code of a province"]), ("330106", ["county or district", "杭州市 (330100"]), (999999, ["no prefecture"]),
        ("330100.5", ["no prefecture"]), ("合计", ["row of totals"]), ("总 计", ["row of totals"]),
        ("全 国", ["row of totals"]), ("Total", ["row of totals"]), ("杭州市市辖区", ["urban core"]),
        ("杭州（市区）", ["urban core"]), ("浙江苏州", ["is not in 浙江省", "苏州市 (320500, 江苏省)"]),
        ("Suzhou, Zhejiang", ["is not in 浙江省", "苏州市", "宿州市"]),
        (None, ["blank"]), ("", ["blank"]), (float("nan"), ["blank"]), ("　", ["blank"]), ("...", ["no prefecture"]),
    ],
)  # fmt: skip
def test_refused_with_reason(name, words):
    said = refusal(name)
    for word in words:
        assert word in said


@pytest.mark.parametrize(("name", "code", "last"), [("巢湖市", 341400, 2010), ("莱芜", 371200, 2018)])
def test_dissolved_cities(name, code, last):
    assert "340100" in refusal(name) or "370100" in refusal(name)
    assert one(name, dissolved="own_code") == code
    assert one(code, dissolved="own_code") == code
    assert one(name, year=last, dissolved="own_code") == code
    refusal(name, year=last + 1, dissolved="own_code")
    refusal(code)
    with pytest.raises(ValueError, match="'refuse' or 'own_code'"):
        match_cities([name], dissolved="guess")


def test_year_tells_a_prefecture_from_the_county_level_city_of_its_name():
    assert one("毕节市") == one("毕节市", year=2011) == one("毕节地区", year=2008) == 520500
    assert "in 2008 this was a county-level city" in refusal("毕节市", year=2008)
    years = pd.Series([2010, 2012], index=["a", "b"])
    with pytest.raises(PlaceNameError, match="row a, '铜仁市': in 2010"):
        match_cities(pd.Series(["铜仁市", "铜仁市"], index=["a", "b"]), year=years)


def test_every_prefecture_is_found_under_every_name_of_the_book():
    codes = PREFECTURES["adcode"].tolist()
    for column in ("adcode", "name_zh"):
        assert match_cities(PREFECTURES[column]).tolist() == codes
    short = PREFECTURES["name_zh"].map(stem)
    assert short.is_unique
    assert match_cities(PREFECTURES["province_zh"] + short).tolist() == codes
    assert match_cities(PREFECTURES["province_zh"] + PREFECTURES["name_zh"]).tolist() == codes
    alone = short.ne("海南")
    assert match_cities(short[alone]).tolist() == PREFECTURES.loc[alone, "adcode"].tolist()
    assert match_cities(PREFECTURES["name_en"]).tolist() == codes
    assert match_cities(PREFECTURES["adcode"].astype(float) / 1).tolist() == codes


def test_small_tables_point_at_places_of_today():
    known = set(PREFECTURES["adcode"])
    for table in (FORMER_NAMES, FORMER_CODES, SPELLINGS, MISSPELLINGS):
        assert set(table.values()) <= known
    assert not set(FORMER_CODES) & known
    assert not {gone.adcode for gone in DISSOLVED.values()} & known
    types = PREFECTURES.set_index(PREFECTURES["name_zh"].map(stem))["type"]
    assert types[list(COUNTY_LEVEL_CITIES)].isin(["自治州", "地区", "盟"]).all()


def test_all_rows_in_one_message_and_the_index_is_kept():
    names = pd.Series(["杭州", "Fuzhou", "合计", None], index=[5, 7, 9, 11])
    with pytest.raises(PlaceNameError) as caught:
        match_cities(names)
    assert [problem.split(",")[0] for problem in caught.value.problems] == ["row 7", "row 9", "row 11"]
    found = match_cities(names.iloc[:1])
    assert (found.index.tolist(), str(found.dtype), found.name) == ([5], "Int64", "adcode")
    assert match_cities([]).empty
    with pytest.raises(PlaceNameError, match=r"12 names.*\n(.*\n){10}  \.\.\. and 2 more"):
        match_cities(["xyz"] * 12)
    with pytest.raises(ValueError, match="not one text"):
        match_cities("杭州")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=8))
def test_any_text_is_a_code_of_the_table_or_refused(text):
    try:
        assert one(text) in set(PREFECTURES["adcode"])
    except PlaceNameError as error:
        assert len(error.problems) == 1


# --- provinces -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("浙江", 330000), ("浙江省", 330000), ("广西壮族自治区", 450000), ("广 西", 450000), ("内蒙古", 150000),
        ("新疆维吾尔自治区", 650000), ("宁夏", 640000), ("北京市", 110000), (33, 330000), (33.0, 330000),
        (330000.0, 330000),
        ("Zhejiang", 330000), ("Zhejiang Province", 330000), ("Inner Mongolia", 150000), ("Nei Menggu", 150000),
        ("Tibet", 540000), ("Xizang", 540000), ("Guangxi Zhuang Autonomous Region", 450000), ("Shaanxi", 610000),
        ("西藏", 540000), ("陕西（含杨凌）", 610000),
    ],
)  # fmt: skip
def test_provinces(name, code):
    assert match_provinces([name]).tolist() == [code]


def test_shanxi_needs_shaanxi_beside_it():
    assert match_provinces(["Shanxi", "Shaanxi"]).tolist() == [140000, 610000]
    with pytest.raises(PlaceNameError, match=r"several provinces: 山西省 \(140000\) or 陕西省 \(610000\)"):
        match_provinces(["Hebei", "Shanxi"])


@pytest.mark.parametrize("name", ["全国", "合计", "", None, "台湾", "杭州市", 330100, 99, "新疆生产建设兵团"])
def test_what_is_no_province_is_refused(name):
    with pytest.raises(PlaceNameError, match="row 0"):
        match_provinces([name])


def test_every_province_is_found_under_every_name_of_the_book():
    for column in ("adcode", "province", "province_zh"):
        assert match_provinces(PROVINCES[column]).tolist() == PROVINCES["adcode"].tolist()
