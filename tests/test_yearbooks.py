"""Yearbook sheets: what is read, what is refused, what adds up."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import yearbooks

TITLE = "城市统计年鉴2012 主要指标(数据年份:2011年)\n"
NAMES = {"地区生产总值(当年价格)": "gdp", "年末总人口": "population", "人均地区生产总值": ""}


def sheet(tmp_path, text: str, encoding: str = "utf-8") -> yearbooks.Sheet:
    path = tmp_path / "city_yearbook_2012.csv"
    path.write_bytes(text.encode(encoding))
    return yearbooks.read_sheet(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_sheet_is_read_in_each_encoding_with_the_year_of_its_figures(tmp_path, encoding):
    read = sheet(tmp_path, TITLE + "城市,年末总人口（万人）\n杭州,700.5\n", encoding)
    assert (read.year, list(read.cells.columns), read.cells.iloc[0, 0]) == (2011, ["城市", "年末总人口(万人)"], "杭州")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("城市,人口\n杭州,1\n", "数据年份"),
        ("", "数据年份"),
        (TITLE + "城市,人口,人口\n杭州,1,2\n", "repeats 人口"),
        (TITLE + "城市,人口\n杭州,1,2\n", "line 3 has more cells"),
    ],
)
def test_unsafe_sheets_are_refused(tmp_path, text, words):
    with pytest.raises(yearbooks.YearbookError, match=words):
        sheet(tmp_path, text)


def test_another_encoding_is_refused(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\xff\xff\x81")
    with pytest.raises(yearbooks.YearbookError, match="neither UTF-8 nor GB 18030"):
        yearbooks.read_sheet(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("header", "parts"),
    [
        ("地区生产总值(当年价格)(万元)", ("地区生产总值(当年价格)", "万元")),
        ("年末总人口（万人）", ("年末总人口", "万人")),
        ("城市商业信用环境指数", ("城市商业信用环境指数", "")),
    ],
)
def test_the_unit_is_the_last_bracket(header, parts):
    assert yearbooks.split_header(header) == parts


def test_units_become_base_units(tmp_path):
    head = "城市,地区生产总值(当年价格)({}),年末总人口(万人),人均地区生产总值(元)\n"
    values = []
    for unit, figure in (("元", "12000000000"), ("万元", '"1,200,000"'), ("亿元", "120")):
        frame = yearbooks.harmonise(sheet(tmp_path, TITLE + head.format(unit) + f"杭州,{figure},-,5\n"), NAMES)
        assert list(frame.columns) == ["城市", "gdp", "population"]
        assert frame["population"].isna().all()
        values.append(frame["gdp"].iloc[0])
    assert values == pytest.approx([1.2e10] * 3)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("面积(万平方米)", "nobody has said what '面积' is"),
        ("年末总人口(百万人)", "the unit '百万人' is not in"),
        ("年末总人口(万人),年末总人口(人)", "two columns for 'population'"),
    ],
)
def test_unknown_headers_and_units_are_refused(tmp_path, header, words):
    cells = ",".join(["1"] * (header.count(",") + 1))
    with pytest.raises(yearbooks.YearbookError, match=words):
        yearbooks.harmonise(sheet(tmp_path, TITLE + f"城市,{header}\n杭州,{cells}\n"), NAMES)


@pytest.mark.parametrize("cell", ["12万", "1_000", "inf", "1.2.3", "<5"])
def test_a_cell_that_is_no_number_is_named(cell):
    with pytest.raises(yearbooks.YearbookError, match=f"row 1: '{cell}' is not a number"):
        yearbooks.to_numbers(pd.Series(["1", cell]), "sheet")


def test_every_mark_of_a_missing_figure_is_missing():
    assert yearbooks.to_numbers(pd.Series(yearbooks.NO_FIGURE)).isna().all()


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=20))
def test_printing_with_separators_and_reading_back_changes_nothing(numbers):
    printed = pd.Series([f"{number:,}" for number in numbers])
    assert yearbooks.to_numbers(printed).tolist() == [float(number) for number in numbers]


def test_equal_repetitions_go_and_unequal_ones_are_refused():
    frame = pd.DataFrame({"adcode": [1, 1, 2], "year": 2011, "gdp": [5.0, 5.0, 6.0]})
    assert yearbooks.drop_repeated(frame)["adcode"].tolist() == [1, 2]
    with pytest.raises(yearbooks.YearbookError, match="stands twice with other gdp"):
        yearbooks.drop_repeated(frame.assign(gdp=[5.0, 5.1, 6.0]))


def borders(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["old_adcode", "new_adcode", "share"])


def test_totals_are_added_and_ratios_are_not():
    frame = pd.DataFrame({"adcode": [1, 2, 9], "year": 2010, "gdp": [10.0, 20.0, 5.0], "index": [0.3, 0.4, np.nan]})
    joined = yearbooks.redraw_borders(frame, borders((9, 1, 0.4), (9, 2, 0.6)), ["gdp"]).set_index("adcode")
    assert joined["gdp"].tolist() == [12.0, 23.0]
    assert joined["index"].tolist() == [0.3, 0.4]
    assert joined["gdp"].sum() == frame["gdp"].sum()


@given(st.floats(0, 1), st.lists(st.floats(0, 1e12), min_size=3, max_size=3))
def test_redrawn_borders_keep_every_total(share, totals):
    frame = pd.DataFrame({"adcode": [1, 2, 9], "year": 2010, "gdp": totals})
    joined = yearbooks.redraw_borders(frame, borders((9, 1, share), (9, 2, 1 - share)), ["gdp"])
    assert joined["gdp"].sum() == pytest.approx(sum(totals))


def test_a_missing_part_makes_the_sum_missing():
    frame = pd.DataFrame({"adcode": [1, 9], "year": 2010, "gdp": [10.0, np.nan]})
    assert yearbooks.redraw_borders(frame, borders((9, 1, 1.0)), ["gdp"])["gdp"].isna().all()


def test_impossible_borders_are_refused():
    frame = pd.DataFrame({"adcode": [1, 9], "year": 2010, "gdp": [10.0, 5.0]})
    with pytest.raises(yearbooks.YearbookError, match="do not sum to 1"):
        yearbooks.redraw_borders(frame, borders((9, 1, 0.9)), ["gdp"])
    with pytest.raises(yearbooks.YearbookError, match="no row to add to"):
        yearbooks.redraw_borders(frame, borders((9, 3, 1.0)), ["gdp"])


def test_price_changes_are_linked_from_the_base_year():
    changes = pd.DataFrame({2009: [120.0], 2010: [130.0], 2011: [110.0], 2012: [90.0]}, index=["浙江省"])
    assert yearbooks.chain(changes, 2010).loc["浙江省"].tolist() == pytest.approx([1.0, 1.1, 0.99])


def test_broken_chains_are_refused():
    with pytest.raises(yearbooks.YearbookError, match="jump over"):
        yearbooks.chain(pd.DataFrame({2010: [100.0], 2012: [101.0]}), 2010)
    with pytest.raises(yearbooks.YearbookError, match="no index with the previous year"):
        yearbooks.chain(pd.DataFrame({2010: [100.0], 2011: [1.02]}, index=["浙江省"]), 2010)
